"""Badges in SVG: one element directly after the root's start tag. Every other byte stays as it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from apps.credentials.baking.kinds import MOST_OF_BADGE, OB2, OB3, Baked, BakingError, NoBadgeError

if TYPE_CHECKING:
    from apps.credentials.baking.kinds import Version

SVG = "http://www.w3.org/2000/svg"
# Expat rereads an unclosed token again and again: one of 20 MB would take a second.
MOST_BYTES = 8 * 1024 * 1024
MOST_ELEMENTS = 100_000
# All of one element's attributes are in memory before any handler is called.
MOST_ATTRIBUTES = 200_000
MOST_DEEP = 500
MOST_KEPT = 256 * 1024
# In all of these `=` is a single byte, so attributes can be counted without parsing.
_ENCODINGS = {"utf-8", "utf-16", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"}
_ELEMENTS: dict[Version, tuple[str, str]] = {
    OB2: ("http://openbadges.org", "assertion"),
    OB3: ("https://purl.imsglobal.org/ob/v3p0", "credential"),
}
# Names with their namespaces, as expat writes them.
_VERSIONS = {f"{space}}}{name}": version for version, (space, name) in _ELEMENTS.items()}
_ROOTS = {f"{SVG}}}svg", "svg"}
_DECLARED = b"xmlns:openbadges"
# Each character of a start tag is looked at once; what expat has accepted is well formed.
_START_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*+>""")
_ATTRIBUTE = re.compile(rb"""([^\s=/>"'<]+)\s*=\s*("[^"]*"|'[^']*')""")
# XML can't express these, and reads CR as LF.
_CONTROLS = tuple(sign for sign in range(0x20) if sign not in b"\t\n")
_QUOTED = '&<>"\n\r\t'
_UNWRITABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass
class _Badge:
    version: Version
    verify: str
    start: int
    end: int = 0
    length: int = 0
    parts: list[str] = field(default_factory=list)


def is_svg(data: bytes) -> bool:
    """Whether the data looks like SVG: text in any XML encoding that starts with a tag and contains an svg tag."""
    start = data[: 64 * 1024].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return start.startswith(b"<") and (b"<svg" in start or b":svg" in start)


class PreparedSvg(NamedTuple):
    """A drawing without any badges, split where one goes in, with its prefix declared."""

    version: Version
    head: bytes
    tail: bytes

    def bake(self, text: str) -> bytes:
        return b"".join((self.head, _element(text, self.version), self.tail))


def bake_svg(svg: bytes, text: str, *, version: Version = OB3) -> bytes:
    """Bake `text` into a drawing, replacing any badge in it. Equal input gives equal bytes."""
    return prepare_svg(svg, version=version).bake(text)


def prepare_svg(svg: bytes, *, version: Version = OB3) -> PreparedSvg:
    """Prepare a drawing for baking many badges. Raises BakingError. The last ones of usual size are cached."""
    return _kept(svg, version) if len(svg) <= MOST_KEPT else _prepared(svg, version)


def _prepared(svg: bytes, version: Version) -> PreparedSvg:
    found = _read(svg)
    if found.encoding not in {None, "utf-8", "us-ascii"} or svg.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BakingError("only UTF-8 can be baked into")
    tag = _start_tag(svg, found.root)
    if tag.endswith(b"/>"):
        raise BakingError("there is nothing drawn in the picture")
    parts, place = [], found.drawing
    for badge in found.badges:
        parts.append(svg[place : badge.start])
        place = badge.end
    head = svg[: found.root] + _declaring(tag, _ELEMENTS[version][0])
    return PreparedSvg(version, head, b"".join([*parts, svg[place:]]))


_kept = lru_cache(maxsize=32)(_prepared)


def read_svg(svg: bytes) -> Baked:
    """The badge of either version. Raises BakingError if there is none, more than one, or one that can't be read."""
    badges = _read(svg).badges
    if not badges:
        raise NoBadgeError("no badge inside")
    if len(badges) > 1:
        raise BakingError("more than one badge inside")
    (badge,) = badges
    # An older hosted badge has its URL in the attribute and its whole text inside.
    text = "".join(badge.parts).strip() or badge.verify.strip()
    if not text:
        raise BakingError("the badge is empty")
    return Baked(badge.version, text)


# --- writing ----------------------------------------------------------------------------------------------------------
def _element(text: str, version: Version) -> bytes:
    data, name = _written(text), f"openbadges:{_ELEMENTS[version][1]}"
    if not text.startswith("{"):
        quoted = quoteattr(text) if any(map(text.__contains__, _QUOTED)) else f'"{text}"'
        return f"<{name} verify={quoted}/>".encode()
    # For a hosted badge of 2.0, readers look for the URL first.
    verify = f" verify={quoteattr(json.loads(text)['id'])}" if version == OB2 else ""
    inside = data.replace(b"]]>", b"]]]]><![CDATA[>") if b">" in data else data
    return b"".join((f"<{name}{verify}><![CDATA[".encode(), inside, f"]]></{name}>".encode()))


def _written(text: str) -> bytes:
    """Encode the text as UTF-8. A quick look shows for most texts that they contain nothing forbidden in SVG."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        data = b"\xef"
    if (b"\xef" in data or any(map(data.__contains__, _CONTROLS))) and (wrong := _UNWRITABLE.search(text)):
        raise BakingError(f"{wrong[0]!r} can't stand in SVG")
    return data


def _declaring(tag: bytes, space: str) -> bytes:
    """The root's start tag with the prefix declared; a declaration for another badge is overwritten."""
    quoted = f'"{space}"'.encode()
    for one in _ATTRIBUTE.finditer(tag):
        if one[1] == _DECLARED:
            return tag[: one.start(2)] + quoted + tag[one.end(2) :]
    return tag[:-1] + b" " + _DECLARED + b"=" + quoted + b">"


def _start_tag(svg: bytes, place: int) -> bytes:
    tag = _START_TAG.match(svg, place)
    if tag is None:
        raise BakingError("the drawing is not in an encoding that can be baked into")
    return tag[0]


# --- reading ----------------------------------------------------------------------------------------------------------
class _Parser(DefusedXMLParser):
    """Accepts the plain DOCTYPE that drawing programs write, with nothing inside it, and no entities.

    Expat calls only the needed handlers: passing every comment, line and attribute through Python would be slow.
    """

    def __init__(self, drawing: _Drawing) -> None:
        super().__init__(target=drawing, forbid_dtd=True)
        drawing.parser = self
        self.parser.XmlDeclHandler = drawing.declared
        self.parser.StartElementHandler = drawing.start
        self.parser.EndElementHandler = drawing.end
        self.parser.DefaultHandlerExpand = None
        self.parser.SkippedEntityHandler = self._refuse_entity

    def defused_start_doctype_decl(self, name: str, sysid: str | None, pubid: str | None, has_internal: int) -> None:
        if has_internal:
            raise BakingError("the drawing declares entities")

    def _refuse_entity(self, name: str, is_parameter: int) -> None:
        if not is_parameter:
            raise ValueError(f"{name} is defined elsewhere")


class _Drawing:
    """Records where the root's start tag is, and each badge; nothing else of the drawing is kept."""

    def __init__(self, svg: bytes) -> None:
        self.svg = svg
        self.parser: _Parser
        self.encoding: str | None = None
        self.root = -1
        self.badges: list[_Badge] = []
        self._inside: _Badge | None = None
        self._deep = 0
        self._deep_of_badge = 0
        self._count = 0

    @property
    def drawing(self) -> int:
        """Where the root's start tag ends."""
        return self.root + len(_start_tag(self.svg, self.root))

    def declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.encoding = encoding.lower() if encoding else None
        if self.encoding is not None and self.encoding not in _ENCODINGS:
            raise ValueError(f"{encoding} is not read here")

    def start(self, tag: str, attributes: list[str]) -> None:
        """Handle a start tag. `attributes`: names and values alternate."""
        self._count += 1
        self._deep += 1
        if self._count > MOST_ELEMENTS or self._deep > MOST_DEEP:
            raise BakingError(f"more than {MOST_ELEMENTS} parts, or {MOST_DEEP} inside of each other")
        if self.root < 0:
            if tag not in _ROOTS:
                raise BakingError("not an SVG drawing")
            self.root = self._place()
        elif self._inside is None and tag in _VERSIONS:
            told = dict(zip(attributes[::2], attributes[1::2], strict=True))
            self._inside = _Badge(_VERSIONS[tag], told.get("verify", ""), self._place())
            self._deep_of_badge = self._deep
            self.badges.append(self._inside)
            self.parser.parser.CharacterDataHandler = self._data

    def end(self, _tag: str) -> None:
        if self._inside is not None and self._deep == self._deep_of_badge:
            self._inside.end = self._end_of(self._inside)
            self._inside = None
            self.parser.parser.CharacterDataHandler = None
        self._deep -= 1

    def _data(self, text: str) -> None:
        if self._inside is not None:
            self._inside.length += len(text)
            if self._inside.length > MOST_OF_BADGE:
                raise BakingError("the badge is larger than 4 MB")
            self._inside.parts.append(text)

    def close(self) -> None:
        """The parser expects this of its target."""

    def _place(self) -> int:
        place: int = self.parser.parser.CurrentByteIndex
        return place

    def _end_of(self, badge: _Badge) -> int:
        """Where a badge ends. Expat says where an end tag begins; a self-closing element ends with its own tag."""
        tag = _START_TAG.match(self.svg, badge.start)
        if tag is not None and tag[0].endswith(b"/>"):
            return tag.end()
        return self.svg.find(b">", self._place()) + 1


def _read(svg: bytes) -> _Drawing:
    if len(svg) > MOST_BYTES:
        raise BakingError("a drawing larger than 8 MB")
    if svg.count(b"=") > MOST_ATTRIBUTES:
        raise BakingError(f"more than {MOST_ATTRIBUTES} attributes")
    drawing = _Drawing(svg)
    parser = _Parser(drawing)
    try:
        parser.feed(svg)
        parser.close()
    except DefusedXmlException:
        raise BakingError("the drawing declares entities") from None
    except (ParseError, ValueError, LookupError):
        raise BakingError("the drawing could not be read to its end as SVG") from None
    return drawing
