"""From a drawing to the bytes that a phone, a screen or a scanner would have made of it."""

from __future__ import annotations

import random
from functools import cache
from html import escape
from io import BytesIO
from time import gmtime
from typing import TYPE_CHECKING, Any

import resvg_py
from PIL import Image, ImageChops

from apps.issuers.art.lettering import FONT

if TYPE_CHECKING:
    from collections.abc import Sequence

INK = "#26343f"
PAPER = "#fbfaf5"
_GRAIN = 9
_PHOTO_WIDTH = 720
_SCREEN_WIDTH = 920
_PAGE_WIDTH = 720
_FILM_WIDTH = 480
_BADGE_WIDTH = 400


def dice(seed: str) -> random.Random:
    """The same throws for the same seed, so that every college gets the same pictures."""
    return random.Random(seed)  # noqa: S311 - decoration


def drawing(width: int, height: int, *parts: str, ground: str = PAPER) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<rect width="{width}" height="{height}" fill="{ground}"/>{"".join(parts)}</svg>'
    )


def rect(x: float, y: float, width: float, height: float, fill: str, *, round: float = 0, more: str = "") -> str:  # noqa: A002 - the word for it
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{round}" fill="{fill}" {more}/>'


def circle(x: float, y: float, radius: float, fill: str, more: str = "") -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}" {more}/>'


def oval(x: float, y: float, across: float, down: float, fill: str, more: str = "") -> str:  # noqa: PLR0917 - as SVG has it
    return f'<ellipse cx="{x}" cy="{y}" rx="{across}" ry="{down}" fill="{fill}" {more}/>'


def path(d: str, fill: str = "none", *, stroke: str = "none", width: float = 0, more: str = "") -> str:
    return (
        f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{width}" '
        f'stroke-linecap="round" stroke-linejoin="round" {more}/>'
    )


def line(  # noqa: PLR0917 - as SVG has it
    x1: float, y1: float, x2: float, y2: float, stroke: str = INK, width: float = 2, more: str = ""
) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{stroke}" stroke-width="{width}" stroke-linecap="round" {more}/>'


def group(*parts: str, move: tuple[float, float] = (0, 0), turn: float = 0, scale: float = 1, more: str = "") -> str:
    return f'<g transform="translate({move[0]} {move[1]}) rotate({turn}) scale({scale})" {more}>{"".join(parts)}</g>'


def words(
    x: float, y: float, text: str, size: float = 24, *, fill: str = INK, anchor: str = "start", more: str = ""
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-family="Atkinson Hyperlegible Next" font-weight="700" font-size="{size}" '
        f'fill="{fill}" text-anchor="{anchor}" {more}>{escape(text)}</text>'
    )


def handwriting(x: float, y: float, text: str, size: float = 24, *, fill: str = "#27408b", seed: str = "") -> str:
    """Ballpoint handwriting: slanted, and never quite on the line."""
    throws = dice(f"{text}{x}{y}{seed}")
    lean = group(
        words(0, 0, text, size, fill=fill),
        move=(x + throws.uniform(-2, 2), y + throws.uniform(-2.5, 2.5)),
        turn=throws.uniform(-1.2, 1.2),
    )
    return lean.replace("scale(1)", "skewX(-11)")


def shadow(x: float, y: float, across: float, down: float, strength: float = 0.25) -> str:
    return oval(x, y, across, down, "#000", f'fill-opacity="{strength}"')


def as_photo(svg: str) -> bytes:
    """JPEG, with the grain and the darker corners of a phone held in bad light."""
    picture = _paint(svg, _PHOTO_WIDTH)
    picture = ImageChops.add(picture, _grain(picture.size), offset=-_GRAIN)
    return _saved(ImageChops.multiply(picture, _corners(picture.size)), "JPEG", quality=80)


def as_screenshot(svg: str) -> bytes:
    return _saved(_paint(svg, _SCREEN_WIDTH), "PNG", compress_level=3)


def as_badge(svg: str) -> bytes:
    """A picture to bake a badge into."""
    return _saved(_paint(svg, _BADGE_WIDTH), "PNG")


def as_scan(pages: Sequence[str]) -> bytes:
    """A PDF of pages as a flat-bed scanner makes it: slightly grey, slightly crooked."""
    scanned = [
        _paint(page, _PAGE_WIDTH).rotate(dice(page).uniform(-0.6, 0.6), Image.Resampling.BILINEAR, fillcolor="#ecebe6")
        for page in pages
    ]
    when = gmtime(0)
    return _saved(
        scanned[0], "PDF", save_all=True, append_images=scanned[1:], resolution=87, creationDate=when, modDate=when
    )


def as_frame(svg: str) -> bytes:
    """A frame of a film, as WebP."""
    return _saved(_paint(svg, _FILM_WIDTH), "WEBP", quality=55, method=2)


def _paint(svg: str, width: int) -> Image.Image:
    png = resvg_py.svg_to_bytes(svg_string=svg, width=width, font_files=[str(FONT)], skip_system_fonts=True)
    return Image.open(BytesIO(bytes(png))).convert("RGB")


@cache
def _grain(size: tuple[int, int]) -> Image.Image:
    speckled = Image.frombytes("L", size, dice("grain").randbytes(size[0] * size[1]))
    speckled = speckled.point([level * 2 * _GRAIN // 255 for level in range(256)])
    return Image.merge("RGB", (speckled,) * 3)


@cache
def _corners(size: tuple[int, int]) -> Image.Image:
    light = Image.radial_gradient("L").resize(size).point([255 - level // 4 for level in range(256)])
    return Image.merge("RGB", (light,) * 3)


def _saved(picture: Image.Image, kind: str, **how: Any) -> bytes:
    into = BytesIO()
    picture.save(into, kind, **how)
    return into.getvalue()
