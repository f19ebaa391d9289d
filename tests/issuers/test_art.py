"""Badge pictures: what LOOK promises of them, judged on bytes and pixels."""

import hashlib
import io
import itertools
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.svgLib.path import parse_path
from PIL import Image

from apps.core.refused import Refused
from apps.issuers import art
from apps.issuers.art import drawing, lettering

SHEARING = art.BadgeWords(
    shape="disc", ring="stitch", cloth="tarn", ground="hills", icon="shears", ribbon="SHEARING", studs=3
)


def picture(words, size=480):
    return Image.open(io.BytesIO(art.png(art.badge(words), size))).convert("RGBA")


def luminance(colour):
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_equal_words_give_equal_bytes():
    again = art.BadgeWords(**SHEARING.to_json())

    assert art.badge(again) == art.badge(SHEARING)
    assert art.png(art.badge(again)) == art.png(art.badge(SHEARING))


def test_every_word_changes_the_picture():
    others = [
        {"shape": "hexagon"},
        {"ring": "rope"},
        {"cloth": "wine"},
        {"ground": "dots"},
        {"icon": "heart"},
        {"ribbon": "WOOL"},
        {"studs": 4},
        {"kind": "stack"},
        {"kind": "capstone"},
        {"cut": "small"},
    ]
    pictures = [art.badge(SHEARING), *(art.badge(replace(SHEARING, **other)) for other in others)]

    assert len(set(pictures)) == len(others) + 1


@pytest.mark.parametrize(("shape", "ring"), list(itertools.product(art.SHAPES, art.RINGS)))
def test_every_shape_with_every_ring_is_drawn_inside_the_canvas(shape, ring):
    drawn = picture(replace(SHEARING, shape=shape, ring=ring), 240)

    left, top, right, bottom = drawn.getbbox()
    assert drawn.size == (240, 240)
    assert 2 <= left <= 12
    assert 228 <= right <= 238
    assert top >= 2
    assert bottom <= 238


def test_a_badge_is_well_formed_and_holds_neither_text_nor_anything_from_elsewhere():
    svg = art.badge(replace(SHEARING, kind="capstone"))

    names = {element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()}  # noqa: S314 - our own

    assert names == {"svg", "path", "g", "rect", "circle", "clipPath"}
    assert "href" not in svg
    assert "style=" not in svg


@pytest.mark.parametrize("name", art.CLOTHS)
def test_the_icon_stands_out_from_the_cloth(name):
    cloth = drawing.COLOURS[name]

    assert contrast(cloth.mark, cloth.field) >= 3
    assert contrast(cloth.mark, cloth.ground) >= 3


def test_the_small_cut_leaves_out_ground_ribbon_and_studs():
    small = replace(SHEARING, cut="small")

    assert art.badge(small) == art.badge(replace(small, ground="plain", ribbon="", studs=0, ring="double"))


def test_a_macron_on_the_ribbon_is_there_in_pixels():
    """The typeface has no Ō of its own: what is drawn with and without differs only above the letter."""
    plain, long = picture(replace(SHEARING, ribbon="KORERO")), picture(replace(SHEARING, ribbon="KŌRERO"))

    ink = [
        (x, y)
        for y in range(plain.height)
        for x in range(plain.width)
        if plain.getpixel((x, y)) != long.getpixel((x, y))
    ]

    scale = 480 / 240
    xs, ys = [x / scale for x, _y in ink], [y / scale for _x, y in ink]
    assert ink
    assert max(xs) - min(xs) < 12, "one mark, over one letter"
    assert min(ys) > 145, "below the upper stitches"
    assert max(ys) < 152, "above the capitals"
    assert min(xs) < 120, "over the first O, left of the middle"


def test_a_letter_and_a_mark_typed_apart_are_the_same_badge():
    assert art.badge(replace(SHEARING, ribbon="KO\u0304RERO")) == art.badge(replace(SHEARING, ribbon="KŌRERO"))


def test_a_long_ribbon_is_set_smaller_and_stays_on_it():
    words = replace(SHEARING, ribbon="WWWWWWWWWWWW")

    path = lettering.outline(words.ribbon, centre=120, baseline=165.6, size=14.2, most=172)

    bounds = BoundsPen(None)
    parse_path(path, bounds)
    left, top, right, bottom = bounds.bounds
    assert (round(left), round(right)) == (34, 206)
    assert top > 145
    assert bottom < 165.6


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"shape": "blob"}, "No badge has the shape “blob”"),
        ({"icon": "unicorn"}, "No badge has the icon “unicorn”"),
        ({"ribbon": "THIRTEEN LONG"}, "A ribbon holds up to 12 letters."),
        ({"ribbon": "المهارة"}, "The ribbon's typeface has no"),
        ({"studs": 6}, "A badge has up to 5 studs."),
        ({"studs": -1}, "A badge has up to 5 studs."),
    ],
)
def test_words_that_no_badge_knows_are_refused_in_a_sentence(wrong, sentence):
    with pytest.raises(Refused, match=sentence):
        replace(SHEARING, **wrong)


def test_a_word_of_another_kind_is_refused():
    with pytest.raises(Refused, match="A badge knows no “colour”"):
        art.complete({"colour": "red"}, issuer_id="i", achievement_id="a")


def test_badges_of_one_issuer_share_shape_and_ring_and_what_was_chosen_stays():
    one = art.complete({"icon": "tree", "cloth": "wine"}, issuer_id="kowhai", achievement_id="a")
    other = art.complete({}, issuer_id="kowhai", achievement_id="b")

    assert (one.shape, one.ring) == (other.shape, other.ring)
    assert (one.icon, one.cloth) == ("tree", "wine")
    assert one == art.complete({"icon": "tree", "cloth": "wine"}, issuer_id="kowhai", achievement_id="a")


def test_what_is_drawn_by_lot_uses_the_whole_choice():
    drawn = [art.complete({}, issuer_id=f"i{n}", achievement_id=f"a{n}") for n in range(200)]

    assert {words.shape for words in drawn} == set(art.SHAPES)
    assert {words.ring for words in drawn} == set(art.RINGS)
    assert {words.cloth for words in drawn} == set(art.CLOTHS)
    assert {words.ground for words in drawn} == set(art.GROUNDS)


def test_the_typeface_is_the_one_whose_sum_is_written_down():
    sum_, _, name = (lettering.FONT.parent / "SHA256SUMS").read_text().strip().partition("  ")

    assert name == lettering.FONT.name
    assert hashlib.sha256(lettering.FONT.read_bytes()).hexdigest() == sum_
