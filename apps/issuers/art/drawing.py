"""A badge picture from its words: an SVG of 240 by 240, in layers from the outside in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from apps.issuers.art import lettering
from apps.issuers.art.glyphs import ICONS
from apps.issuers.art.shapes import MIDDLE, Outline, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.issuers.art.words import BadgeWords


class Cloth(NamedTuple):
    """The five colours of a field of work. `mark` has a contrast of 3:1 or more to `field` and `ground`."""

    edge: str
    band: str
    field: str
    ground: str
    mark: str


COLOURS = {
    "tarn": Cloth("#0a332e", "#14564e", "#1d7266", "#2a8a7b", "#f7f1dc"),
    "saddle": Cloth("#4a230c", "#7a3f18", "#9a5524", "#b36c36", "#fff3df"),
    "harbour": Cloth("#0f2a4a", "#1c4a7d", "#27609c", "#3b78b6", "#f3f4e8"),
    "moss": Cloth("#2b3410", "#4d5c1d", "#64752b", "#7d8d3d", "#fbf7df"),
    "wine": Cloth("#421022", "#701f3c", "#8d2f50", "#a5486a", "#fdeee4"),
    "slate": Cloth("#20272d", "#3c4852", "#50606c", "#677884", "#f5f3e6"),
    "gorse": Cloth("#5d3c00", "#a86f08", "#d69a1c", "#e5b244", "#33210a"),
    "clay": Cloth("#551a10", "#8c3323", "#a94734", "#bf6350", "#fff0e2"),
}
BRASS, BRASS_DEEP, BRASS_DARK = "#f3cf6b", "#c48d1b", "#7a5206"
INK_ON_BRASS, FOLD = "#33210a", "#3f2a02"

# Where each layer ends, as a share of the full size.
EDGE, BAND, RING, RIM, FIELD = 1.0, 0.965, 0.872, 0.8, 0.785
# A stack and a capstone have brass around the badge, which is a little smaller to make room.
INSIDE_BRASS = 0.96


def badge(words: BadgeWords) -> str:
    """The badge as SVG. Equal words give equal bytes."""
    size = 1.0 if words.kind == "single" else INSIDE_BRASS
    cloth = COLOURS[words.cloth]
    small = words.cut == "small"
    layers = [
        _around(words),
        bare(words),
        "" if small else _clipped_ground(words, size, cloth),
        _icon(words, cloth),
    ]
    if not small:
        layers += [_ribbon(words.ribbon), _studs(words, cloth)]
    if words.kind == "capstone":
        layers.append(_star())
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240">{"".join(layers)}</svg>'


def bare(words: BadgeWords) -> str:
    """Edge, band, ring and field, with nothing on them."""
    size = 1.0 if words.kind == "single" else INSIDE_BRASS
    cloth = COLOURS[words.cloth]
    ring = _plain if words.cut == "small" else _RINGS[words.ring]
    return "".join(
        (
            _fill(words.shape, size * EDGE, cloth.edge),
            _fill(words.shape, size * BAND, cloth.band),
            ring(words, size, cloth),
            _fill(words.shape, size * RIM, cloth.edge),
            _fill(words.shape, size * FIELD, cloth.field),
        )
    )


def _fill(shape: str, share: float, colour: str) -> str:
    return f'<path d="{Outline(shape, share).path}" fill="{colour}"/>'


def _line(path: str, colour: str, width: float, more: str = "") -> str:
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{number(width)}"{more}/>'


def _around(words: BadgeWords) -> str:
    """Two brass layers under a stack; a brass edge around a capstone."""
    if words.kind == "stack":
        under = ((7.5, BRASS_DARK), (5, BRASS), (2.5, BRASS_DEEP))
        return "".join(
            f'<g transform="translate(0 {number(down)})">{_fill(words.shape, 0.965, colour)}</g>'
            for down, colour in under
        )
    if words.kind == "capstone":
        return _fill(words.shape, 1.03, BRASS_DARK) + _fill(words.shape, 1.015, BRASS)
    return ""


# --- rings ------------------------------------------------------------------------------------------------------------
def _plain(words: BadgeWords, size: float, _cloth: Cloth) -> str:
    return _line(Outline(words.shape, size * RING).path, BRASS, 5)


def _stitch(words: BadgeWords, size: float, cloth: Cloth) -> str:
    """A saddle stitch, its thread lying in a dark groove. Whole stitches only: the seam must close."""
    ring = Outline(words.shape, size * RING)
    unit = ring.length() / round(ring.length() / 15.5)
    dashes = f' stroke-linecap="round" stroke-dasharray="{number(unit * 0.5)} {number(unit * 0.5)}"'
    groove = _line(ring.path, cloth.edge, 6, f' stroke-opacity=".5"{dashes} transform="translate(0 1.3)"')
    return groove + _line(ring.path, BRASS, 3.4, dashes)


def _rope(words: BadgeWords, size: float, cloth: Cloth) -> str:
    """A twisted cord: slanted strands across a brass band."""
    ring = Outline(words.shape, size * RING)
    strands = []
    for point, out in ring.points(round(ring.length() / 7.2)):
        # (-out.y, out.x) points along the cord; each strand runs outward and onward at once.
        dx, dy = out.x * 3.5 - out.y * 2.6, out.y * 3.5 + out.x * 2.6
        start, end = (number(point.x - dx), number(point.y - dy)), (number(point.x + dx), number(point.y + dy))
        strands.append(f"M{' '.join(start)}L{' '.join(end)}")
    return (
        _line(ring.path, cloth.edge, 11.5)
        + _line(ring.path, BRASS_DEEP, 9)
        + _line("".join(strands), BRASS, 3.6, ' stroke-linecap="round"')
    )


def _milled(words: BadgeWords, size: float, cloth: Cloth) -> str:
    """The edge of a coin."""
    ring = Outline(words.shape, size * RING)
    ticks = []
    for point, out in ring.points(round(ring.length() / 6.2)):
        ticks.append(
            f"M{number(point.x - out.x * 4)} {number(point.y - out.y * 4)}"
            f"L{number(point.x + out.x * 4)} {number(point.y + out.y * 4)}"
        )
    return (
        _line(Outline(words.shape, size * (RING + 0.056)).path, BRASS, 2)
        + _line("".join(ticks), BRASS, 2.3, ' stroke-opacity=".8"')
        + _line(Outline(words.shape, size * (RING - 0.056)).path, cloth.edge, 1.5)
    )


def _double(words: BadgeWords, size: float, _cloth: Cloth) -> str:
    outer, inner = Outline(words.shape, size * (RING + 0.038)).path, Outline(words.shape, size * (RING - 0.016)).path
    return _line(outer, BRASS, 2) + _line(inner, BRASS, 4.2)


_RINGS: dict[str, Callable[[BadgeWords, float, Cloth], str]] = {
    "stitch": _stitch,
    "rope": _rope,
    "milled": _milled,
    "double": _double,
}


# --- the field --------------------------------------------------------------------------------------------------------
def _hills(cloth: Cloth) -> str:
    return (
        f'<path d="M0 142Q44 84 92 118T164 104T240 88V240H0Z" fill="{cloth.ground}" opacity=".6"/>'
        f'<path d="M0 176Q58 122 118 150T240 128V240H0Z" fill="{cloth.ground}"/>'
    )


def _rays(cloth: Cloth) -> str:
    """Sixteen wedges from the centre; their corners are on a square far outside, clipped to the field."""
    corners = [
        "290",
        "120",
        "287",
        "153",
        "277",
        "185",
        "261",
        "214",
        "240",
        "240",
        "214",
        "261",
        "185",
        "277",
        "153",
        "287",
    ]
    ring = [(int(x) - 120, int(y) - 120) for x, y in zip(corners[::2], corners[1::2], strict=True)]
    wedges = []
    for turn in range(4):
        for (ax, ay), (bx, by) in zip(ring[::2], ring[1::2], strict=True):
            a, b = (ax, ay), (bx, by)
            for _quarter in range(turn):
                a, b = (-a[1], a[0]), (-b[1], b[0])
            wedges.append(f"M120 120L{120 + a[0]} {120 + a[1]}L{120 + b[0]} {120 + b[1]}Z")
    return f'<path d="{"".join(wedges)}" fill="{cloth.ground}" opacity=".7"/>'


def _waves(cloth: Cloth) -> str:
    rows = "".join(
        f"M{-6 - (21 if n % 2 else 0)} {40 + n * 21}q21-13 42 0t42 0t42 0t42 0t42 0t42 0t42 0" for n in range(9)
    )
    return _line(rows, cloth.ground, 5)


def _weave(cloth: Cloth) -> str:
    """A basket weave: three strands across and three down, by turns."""
    strands = []
    for row in range(10):
        for column in range(10):
            x, y = 20 + column * 20, 20 + row * 20
            across = (row + column) % 2 == 0
            strands += [f"M{x + 2} {y + n}h16" if across else f"M{x + n} {y + 2}v16" for n in (4, 10, 16)]
    return _line("".join(strands), cloth.ground, 3.6, ' stroke-linecap="round" opacity=".8"')


def _furrows(cloth: Cloth) -> str:
    """Ploughed land that runs to the horizon."""
    rows = "".join(f"M120 62Q{120 + n * 14} 132 {120 + n * 40} 252" for n in range(-5, 6))
    return _line(rows, cloth.ground, 6)


def _dots(cloth: Cloth) -> str:
    rows = "".join(f"M{30 + x * 18 + (y % 2) * 9} {30 + y * 16}h0" for y in range(12) for x in range(11))
    return _line(rows, cloth.ground, 6, ' stroke-linecap="round"')


_GROUNDS: dict[str, Callable[[Cloth], str]] = {
    "hills": _hills,
    "rays": _rays,
    "waves": _waves,
    "weave": _weave,
    "furrows": _furrows,
    "dots": _dots,
}


def ground(word: str, cloth: Cloth) -> str:
    """The pattern all over the canvas; nothing if it is plain."""
    draw = _GROUNDS.get(word)
    return draw(cloth) if draw else ""


def _clipped_ground(words: BadgeWords, size: float, cloth: Cloth) -> str:
    if not (drawn := ground(words.ground, cloth)):
        return ""
    clip = Outline(words.shape, size * FIELD).path
    return f'<clipPath id="field"><path d="{clip}"/></clipPath><g clip-path="url(#field)">{drawn}</g>'


# --- what is on it
# ----------------------------------------------------------------------------------------------------
_LIFT = {"shield": -7.0, "arch": 3.0}


def _icon(words: BadgeWords, cloth: Cloth) -> str:
    if words.cut == "small":
        wide, middle = 112.0, MIDDLE
    elif words.ribbon:
        wide, middle = 82.0, 94.0
    else:
        wide, middle = 94.0, 108.0 if words.studs else 118.0
    middle += _LIFT.get(words.shape, 0) * (0.4 if words.cut == "small" else 1)
    place = f"translate({number(MIDDLE - wide / 2)} {number(middle - wide / 2)}) scale({number(wide / 16)})"
    drawn = ICONS[words.icon]
    return (
        f'<g transform="translate(0 3)" opacity=".4"><g transform="{place}" fill="{cloth.edge}">{drawn}</g></g>'
        f'<g transform="{place}" fill="{cloth.mark}">{drawn}</g>'
    )


_LETTER, _LINE, _SPACING = 14.2, 172.0, 1.1


def letter_height(ribbon: str) -> float:
    """The height of a capital on this ribbon, on the canvas of 240."""
    return lettering.fitted(ribbon, size=_LETTER, most=_LINE, spacing=_SPACING)


def _ribbon(text: str) -> str:
    """39 high from y 139, with folded tails. Its letters are outlines; long text is made smaller, not wrapped."""
    if not text:
        return ""
    letters = lettering.outline(text, centre=MIDDLE, baseline=165.6, size=_LETTER, most=_LINE, spacing=_SPACING)
    stitches = _line("M29 144h182M29 173h182", BRASS_DEEP, 1.8, ' stroke-dasharray="5 3.500" stroke-linecap="round"')
    return (
        f'<path d="M6 154h38v36H6l11-18zM234 154h-38v36h38l-11-18z" fill="{BRASS_DARK}"/>'
        f'<path d="M24 178h20v12zM216 178h-20v12z" fill="{FOLD}"/>'
        f'<rect x="22" y="139" width="196" height="39" rx="4" fill="{BRASS}"/>'
        f'{stitches}<path d="{letters}" fill="{INK_ON_BRASS}"/>'
    )


def _studs(words: BadgeWords, cloth: Cloth) -> str:
    y = 193.0 if words.ribbon else 181.0
    first = MIDDLE - (words.studs - 1) * 8.5
    return "".join(
        f'<circle cx="{number(x)}" cy="{number(y + 1)}" r="7" fill="{cloth.edge}"/>'
        f'<circle cx="{number(x)}" cy="{number(y)}" r="6" fill="{BRASS_DEEP}"/>'
        f'<circle cx="{number(x - 0.8)}" cy="{number(y - 1)}" r="4" fill="{BRASS}"/>'
        for x in (first + n * 17 for n in range(words.studs))
    )


def _star() -> str:
    return (
        f'<circle cx="120" cy="19" r="18.500" fill="{BRASS_DARK}"/><circle cx="120" cy="18" r="16.500" fill="{BRASS}"/>'
        f'<g transform="translate(110.400 7.600) scale(1.200)" fill="#5d3c00">{ICONS["star"]}</g>'
    )
