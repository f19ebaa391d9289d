"""Cleans an untrusted SVG: it is rebuilt from only what a badge may hold.

Anything that can only be meant to act (scripts, embedded pages, external resources, entities) refuses the file. What
drawing programs leave behind (their settings, metadata, animations) is dropped.
"""

from __future__ import annotations

import base64
import binascii
import io
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError
from django.utils.translation import gettext as _
from PIL import Image

from apps.core.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

SVG = "http://www.w3.org/2000/svg"
MOST_BYTES = 1024 * 1024
MOST_ELEMENTS = 5000
MOST_DEEP = 50
# Including every copy that <use> and the like make of other parts.
MOST_DRAWN = 20_000
MOST_PICTURE_BYTES = 300 * 1024
MOST_PICTURE_PIXELS = 4_000_000
LONGEST = 2.0  # times as long as wide, or as wide as long

_ELEMENTS = frozenset(
    "a circle clipPath defs desc ellipse feBlend feColorMatrix feComponentTransfer feComposite feDropShadow feFlood "  # noqa: SIM905 - read as words
    "feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feOffset filter g image line linearGradient "
    "marker mask path pattern polygon polyline radialGradient rect stop style svg switch symbol title use".split()
)
_PAGES = frozenset({"foreignObject", "iframe", "embed", "object", "audio", "video", "canvas", "html", "body"})
_SCRIPTS = frozenset({"script", "handler", "listener"})
_LETTERS = frozenset({"text", "tspan", "tref", "textPath", "altGlyph", "flowRoot"})
_PROPERTIES = frozenset(
    "clip-path clip-rule color color-interpolation color-interpolation-filters display fill fill-opacity fill-rule "  # noqa: SIM905 - read as words
    "filter flood-color flood-opacity isolation lighting-color marker marker-end marker-mid marker-start mask mask-type "
    "mix-blend-mode opacity overflow paint-order shape-rendering stop-color stop-opacity stroke stroke-dasharray "
    "stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width transform "
    "transform-origin vector-effect visibility".split()
)
_ATTRIBUTES = _PROPERTIES | frozenset(
    "amplitude class clipPathUnits cx cy d dx dy exponent filterUnits fr fx fy gradientTransform gradientUnits height "  # noqa: SIM905 - read as words
    "id in in2 intercept k1 k2 k3 k4 markerHeight markerUnits markerWidth maskContentUnits maskUnits mode offset "
    "operator orient patternContentUnits patternTransform patternUnits points preserveAspectRatio primitiveUnits r refX "
    "refY result rx ry slope spreadMethod stdDeviation tableValues type values viewBox width x x1 x2 y y1 y2".split()
)
_HREF = frozenset({"href", "{http://www.w3.org/1999/xlink}href"})
_LOCAL = re.compile(r"""url\(\s*(['"]?)#([\w.:-]+)\1\s*\)""")
_ANY_URL = re.compile(r"url\s*\(", re.IGNORECASE)
_VALUE = re.compile(r"[\w\s#%.,()+/!-]*")
_SELECTOR = re.compile(r"[\w\s.,#*>-]+")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_PICTURE = re.compile(r"data:image/(png|jpe?g);base64,([A-Za-z0-9+/=\s]+)", re.IGNORECASE)
_PUBLIC = "-//W3C//DTD SVG"


@dataclass
class Node:
    """An element by its local name; `space` is its namespace."""

    name: str
    space: str
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    text: str = ""

    def everything(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.everything()


def clean(data: bytes) -> str:
    """The drawing as our own SVG, on a square. Raises Refused with a sentence."""
    if len(data) > MOST_BYTES:
        raise Refused(_("That drawing has more than 1 MB. Simplify its paths."))
    root = _parsed(data)
    if root.name != "svg":
        raise Refused(_("That is not an SVG drawing."))
    box = _square(root)
    _refuse_acting(root)
    sheet = _sheet_of(root)
    kept = _kept(root)
    kept.attributes = {"viewBox": box} | {
        name: value
        for name, value in kept.attributes.items()
        if name not in {"x", "y", "width", "height", "viewBox", "preserveAspectRatio"}
    }
    if sheet:
        kept.children.insert(0, Node("style", SVG, {}, text=sheet))
    _refuse_endless(kept)
    return f'<svg xmlns="{SVG}"{_written(kept)[len("<svg") :]}'


# --- reading ----------------------------------------------------------------------------------------------------------
class _Builder:
    """Builds the tree and stops as soon as it grows too large."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.open: list[Node] = []
        self.count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS:
            raise Refused(_("That drawing has more than %(most)d parts. Simplify it.") % {"most": MOST_ELEMENTS})
        if len(self.open) >= MOST_DEEP:
            raise Refused(_("The groups of that drawing are nested too deeply. Ungroup it."))
        space, _brace, name = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
        node = Node(name, space, dict(attributes))
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def end(self, tag: str) -> None:
        self.open.pop()

    def data(self, text: str) -> None:
        if self.open:
            self.open[-1].text += text

    def pi(self, target: str, text: str | None = None) -> None:
        if "stylesheet" in target:
            raise Refused(_reaches_out())

    def close(self) -> Node | None:
        return self.root


class _Parser(DefusedXMLParser):
    """Allows the plain DOCTYPE that drawing programs write, but nothing inside it."""

    def defused_start_doctype_decl(self, name: str, sysid: str | None, pubid: str | None, has_internal: int) -> None:
        if has_internal:
            raise Refused(_entities())
        if sysid and not (pubid or "").startswith(_PUBLIC):
            raise Refused(_reaches_out())


def _parsed(data: bytes) -> Node:
    parser = _Parser(target=_Builder(), forbid_dtd=True)
    try:
        parser.feed(data)
        root = parser.close()
    except DefusedXmlException:
        raise Refused(_entities()) from None
    except (ParseError, ValueError, LookupError):
        raise Refused(_("That drawing is broken: it could not be read to its end as SVG.")) from None
    if not isinstance(root, Node):
        raise Refused(_("That is not an SVG drawing."))
    return root


def _entities() -> str:
    return _("That drawing declares entities, which a badge can't hold. Save it again as plain SVG.")


def _reaches_out() -> str:
    return _("That drawing fetches something from elsewhere. Embed it, or leave it out, and save it again.")


# --- what refuses a file ----------------------------------------------------------------------------------------------
def _refuse_acting(root: Node) -> None:
    for node in root.everything():
        if node.name in _SCRIPTS or any(name.lower().startswith("on") for name in node.attributes):
            raise Refused(_("That drawing holds a script. Save it again as plain SVG."))
        if node.name in _PAGES:
            raise Refused(_("That drawing holds a piece of a page (%(name)s).") % {"name": node.name})
        if node.name in _LETTERS and node.space in {"", SVG}:
            raise Refused(
                _("That drawing holds letters that need a font. Turn them into outlines, so that all see the same.")
            )
        for name, value in node.attributes.items():
            if name in _HREF and node.space in {"", SVG} and not _may_refer(node, value.strip()):
                raise Refused(_reaches_out())
            if name in _ATTRIBUTES or name == "style":
                _refuse_far_urls(value)


def _may_refer(node: Node, address: str) -> bool:
    return address.startswith("#") or (node.name == "image" and _is_small_picture(address))


def _refuse_far_urls(value: str) -> None:
    if len(_ANY_URL.findall(value)) != len(_LOCAL.findall(value)):
        raise Refused(_reaches_out())


def _is_small_picture(address: str) -> bool:
    match = _PICTURE.fullmatch(address)
    if match is None:
        return False
    try:
        data = base64.b64decode("".join(match[2].split()), validate=True)
    except binascii.Error:
        return False
    if len(data) > MOST_PICTURE_BYTES:
        raise Refused(_("A picture inside that drawing has more than 300 KB. Make it smaller, or send a PNG."))
    _refuse_broken(data)
    return True


def _refuse_broken(data: bytes) -> None:
    try:
        picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
        few = picture.width * picture.height <= MOST_PICTURE_PIXELS
        if few:
            picture.load()
    except Exception:  # noqa: BLE001 - a reader may raise anything for a broken picture
        raise Refused(_("A picture inside that drawing is broken.")) from None
    if not few:
        raise Refused(_("A picture inside that drawing has more than 4 million pixels. Make it smaller."))


# --- what is kept -----------------------------------------------------------------------------------------------------
def _kept(node: Node) -> Node:
    """A copy of the element with only what a badge may hold."""
    kept = Node("g" if node.name == "a" else node.name, SVG, {})
    for name, value in node.attributes.items():
        if name in _HREF and node.name != "a":
            kept.attributes["href"] = "".join(value.split())
        elif name in _ATTRIBUTES and (name not in _PROPERTIES or _is_plain_value(value)):
            kept.attributes[name] = value
        elif name == "style" and (style := _declarations(value)):
            kept.attributes["style"] = style
    if node.name in {"title", "desc"}:
        kept.text = node.text.strip()
    else:
        kept.children = [_kept(child) for child in node.children if _is_kept(child)]
    return kept


def _is_kept(node: Node) -> bool:
    return node.name in _ELEMENTS and node.space in {"", SVG} and node.name != "style"


def _sheet_of(root: Node) -> str:
    """All style sheets of the drawing as one, property by property."""
    rules = []
    for node in root.everything():
        if node.name != "style" or node.space not in {"", SVG}:
            continue
        css = re.sub(r"/\*.*?\*/|<!--|-->", " ", node.text, flags=re.DOTALL)
        _refuse_far_urls(css)
        if "@" in css or "\\" in css or _RULE.sub("", css).strip():
            raise Refused(_("The style sheet of that drawing does more than a badge needs. Save it as plain SVG."))
        rules += [
            f"{selector.strip()}{{{declared}}}"
            for selector, body in _RULE.findall(css)
            if _SELECTOR.fullmatch(selector) and (declared := _declarations(body))
        ]
    return "".join(rules)


def _declarations(css: str) -> str:
    kept = []
    for part in css.split(";"):
        name, colon, value = (word.strip() for word in part.partition(":"))
        if colon and name.lower() in _PROPERTIES and _is_plain_value(value):
            kept.append(f"{name.lower()}:{value}")
    return ";".join(kept)


def _is_plain_value(value: str) -> bool:
    """Whether it is only numbers, names, functions of them and references inside the drawing: no hidden address."""
    rest = _LOCAL.sub("", value)
    return _VALUE.fullmatch(rest) is not None and "//" not in rest and "src" not in rest.lower()


def _square(root: Node) -> str:
    """The view box, widened to a square around its centre."""
    try:
        if "viewBox" in root.attributes:
            x, y, wide, high = (float(part) for part in root.attributes["viewBox"].replace(",", " ").split())
        else:
            x, y = 0.0, 0.0
            wide, high = (float(root.attributes[name].strip().removesuffix("px")) for name in ("width", "height"))
    except (KeyError, ValueError):
        raise Refused(_("That drawing does not say how large it is. Save it with a view box.")) from None
    if not all(map(math.isfinite, (x, y, wide, high))) or not (0 < wide < 1e6 and 0 < high < 1e6):  # noqa: PLR2004 - no drawing is larger
        raise Refused(_("That drawing does not say how large it is. Save it with a view box."))
    refuse_long(wide, high)
    side = max(wide, high)
    return " ".join(f"{value:g}" for value in (x - (side - wide) / 2, y - (side - high) / 2, side, side))


def refuse_long(wide: float, high: float) -> None:
    if max(wide, high) > LONGEST * min(wide, high):
        raise Refused(
            _("That picture is %(wide)d by %(high)d. A badge is about as wide as it is high: crop it.")
            % {"wide": wide, "high": high}
        )


def _refuse_endless(root: Node) -> None:
    """Refuse a drawing too large with all its copies: ten copies of ten copies, nine times over, never finishes."""
    named = {node.attributes["id"]: node for node in root.everything() if "id" in node.attributes}
    known: dict[int, int] = {}
    under_way: set[int] = set()

    def drawn(node: Node) -> int:
        if id(node) in under_way:
            raise Refused(_("A part of that drawing refers to itself."))
        if id(node) not in known:
            under_way.add(id(node))
            parts = [*node.children, *(named[name] for name in _references(node) if name in named)]
            # Bounded, so that the sum for a bomb stays a manageable number.
            known[id(node)] = min(1 + sum(map(drawn, parts)), 10 * MOST_DRAWN)
            under_way.discard(id(node))
        return known[id(node)]

    try:
        total = drawn(root)
    except RecursionError:
        total = 10 * MOST_DRAWN
    if total > MOST_DRAWN:
        raise Refused(_("That drawing copies its parts so often that it would never be drawn. Simplify it."))


def _references(node: Node) -> list[str]:
    found = [name for value in node.attributes.values() for _quote, name in _LOCAL.findall(value)]
    address = node.attributes.get("href", "")
    return [*found, address[1:]] if address.startswith("#") else found


def _written(node: Node) -> str:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    inside = escape(node.text) + "".join(map(_written, node.children))
    return f"<{node.name}{attributes}>{inside}</{node.name}>" if inside else f"<{node.name}{attributes}/>"
