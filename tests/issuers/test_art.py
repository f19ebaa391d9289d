"""Badge pictures: what LOOK promises of them, judged on bytes and pixels."""

import hashlib
import io
import itertools
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.svgLib.path import parse_path
from PIL import Image, ImageChops

from apps.core.refused import Refused
from apps.issuers import art
from apps.issuers.art import glyphs, lettering, wording

SHEARING = art.BadgeWords(
    shape="disc", ring="stitch", cloth="tarn", ground="hills", icon="shears", ribbon="SHEARING", studs=3
)


def picture(words, size=480):
    return Image.open(io.BytesIO(art.png(art.badge(words), size))).convert("RGBA")


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
    for ground in art.GROUNDS:
        assert art.contrast(replace(SHEARING, cloth=name, ground=ground)) >= art.LEAST_CONTRAST


def test_the_small_cut_leaves_out_ground_ribbon_and_studs():
    small = replace(SHEARING, cut="small")

    assert art.badge(small) == art.badge(replace(small, ground="plain", ribbon="", studs=0, ring="double"))


@pytest.mark.parametrize(("plain", "long"), [("KORERO", "KŌRERO"), ("korero", "kōrero"), ("KARAKIA", "KĀRAKIA")])
def test_a_macron_on_the_ribbon_is_there_in_pixels(plain, long):
    """The typeface has no Ō of its own: what is drawn with and without differs only above the letter."""
    without, having = picture(replace(SHEARING, ribbon=plain)), picture(replace(SHEARING, ribbon=long))

    box = ImageChops.difference(without.convert("RGB"), having.convert("RGB")).getbbox()

    left, top, right, bottom = (edge * 240 / 480 for edge in box)
    assert 4 < right - left < 12, "one mark, over one letter"
    assert top > 145, "below the upper stitches"
    assert bottom < 152, "above the capitals"
    assert right < 120, "over the first vowel, left of the middle"


@pytest.mark.parametrize("letter", "ĀĒĪŌŪ")
def test_every_long_vowel_has_its_macron_over_its_own_middle(letter):
    """Ink above the capitals, as wide as a macron, over the middle of the letter's own ink."""
    drawn = picture(replace(SHEARING, ribbon=letter), 960)
    dark = drawn.convert("L").point(lambda value: 255 if value < 90 else 0)
    above = dark.crop((400, 4 * 145, 560, 4 * 151)).getbbox()
    below = dark.crop((400, 4 * 151, 560, 4 * 170)).getbbox()

    assert above is not None
    assert above[2] - above[0] > 4 * 4
    assert abs((above[0] + above[2]) / 2 - (below[0] + below[2]) / 2) < 4 * 1


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
        ({"shape": "blob"}, "There is no shape “blob” for badges"),
        ({"icon": "unicorn"}, "There is no icon “unicorn” for badges"),
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


# --- what is said of a badge ------------------------------------------------------------------------------------------
def test_a_badge_is_told_in_one_sentence():
    words = replace(SHEARING, shape="hexagon", cloth="harbour", ribbon="Shear", kind="capstone")

    assert art.describe(words) == (
        "A harbour-blue hexagon with shears, ribbon “SHEAR”, 3 studs, a brass edge and a star on top."
    )
    assert art.describe(replace(words, kind="stack", ribbon="", studs=1)) == (
        "A harbour-blue hexagon with shears, 1 stud, brass layers under it."
    )
    assert art.describe(replace(words, kind="single", ribbon="", studs=0)) == "A harbour-blue hexagon with shears."


@pytest.mark.parametrize(
    ("known", "named"),
    [
        (art.KINDS, wording.KIND),
        (art.SHAPES, wording.SHAPE),
        (art.RINGS, wording.RING),
        (art.CLOTHS, wording.CLOTH),
        (art.GROUNDS, wording.GROUND),
    ],
)
def test_every_word_has_a_name_that_people_read(known, named):
    assert tuple(named) == known
    assert len({str(name) for name in named.values()}) == len(known)


def test_every_word_can_be_told():
    told = {
        art.describe(replace(SHEARING, shape=shape, cloth=cloth, icon=icon))
        for shape, cloth, icon in itertools.product(art.SHAPES, art.CLOTHS, art.ICONS)
    }

    assert len(told) == len(art.SHAPES) * len(art.CLOTHS) * len(art.ICONS)


def test_what_is_well_is_said_too():
    assert art.remarks(SHEARING, [("Wool", replace(SHEARING, icon="layers"))]) == [
        ("contrast", "pass", "The picture stands out from the cloth (3.6 to 1)."),
        ("ribbon", "pass", "The ribbon can be read at 96 pixels."),
        ("likeness", "pass", "No other badge of yours looks like it."),
    ]
    assert [remark.name for remark in art.remarks(replace(SHEARING, ribbon=""))] == ["contrast", "likeness"]


def test_a_cloth_on_which_nothing_stands_out_is_warned_of(monkeypatch):
    pale = art.drawing.COLOURS["tarn"]._replace(field="#e0e0d0")
    monkeypatch.setitem(art.drawing.COLOURS, "tarn", pale)

    first = art.remarks(SHEARING)[0]

    assert (first.name, first.result) == ("contrast", "warn")
    assert "hardly stands out from the cloth (1." in first.plain


def test_a_ribbon_of_twelve_wide_letters_is_warned_of():
    assert art.remarks(replace(SHEARING, ribbon="WWWWWWWWWWWW"))[1].result == "warn"


def test_two_badges_of_one_house_that_differ_by_ground_only_are_warned_of():
    others = [
        ("Another cloth", replace(SHEARING, cloth="wine", ground="rays")),
        ("Another level", replace(SHEARING, studs=2)),
        ("Another ground", replace(SHEARING, ground="rays", ribbon="shearing")),
        ("The same", SHEARING),
    ]

    assert art.alike(SHEARING, others) == ["Another ground", "The same"]
    assert art.remarks(SHEARING, others)[-1] == (
        "likeness",
        "warn",
        "It looks like “Another ground”: at most, the ground differs. Choose another picture, cloth or ribbon.",
    )


# --- pictures of things -----------------------------------------------------------------------------------------------
def test_every_picture_is_drawn_and_every_drawing_has_a_name():
    assert sorted(glyphs.GLYPHS) == sorted(art.ICONS)
    assert len(glyphs.GLYPHS) == sum(len(group) for _heading, group in glyphs.GROUPS) >= 150
    assert len({glyph.source for glyph in glyphs.GLYPHS.values()}) == len(glyphs.GLYPHS)


def test_the_drawings_are_those_of_the_icon_set():
    folder = Path("static/node_modules/bootstrap-icons/icons")
    drawings = {path.stem: path.read_text() for path in folder.glob("*.svg")}

    assert glyphs.drawn_from(drawings) == art.ICONS


@pytest.mark.parametrize("name", art.ICONS)
def test_every_picture_fills_enough_of_the_middle_to_be_seen(name):
    """A filled glyph, not a hairline: at 48 pixels it must still be something."""
    bare = replace(SHEARING, ground="plain", ribbon="", studs=0, icon=name, cut="small")
    drawn = picture(bare, 48).convert("RGB")

    light = sum(count for count, (red, _g, _b) in drawn.getcolors(48 * 48) if red > 150)
    ring = sum(count for count, (red, _g, blue) in drawn.getcolors(48 * 48) if red > 150 and blue < 140)
    assert light - ring > 25


@pytest.mark.parametrize(
    ("asked", "first"),
    [("wool", "shears"), ("Kōrero", "speech"), ("korero", "speech"), ("whare care", "house"), ("capsule", "medicine")],
)
def test_pictures_are_found_by_many_words(asked, first):
    assert glyphs.found(asked)[0].name == first


def test_nothing_is_found_by_nonsense_and_everything_by_nothing():
    assert glyphs.found("xyzzy") == []
    assert len(glyphs.found("  ")) == len(glyphs.GLYPHS)


# --- suggestions ------------------------------------------------------------------------------------------------------
def suggested(number=0, title="Shear a full-wool ewe", **more):
    return art.suggest(number, issuer_id="kowhai", achievement_id="shear", title=title, level=3, **more)


def test_a_first_badge_takes_its_picture_ribbon_and_studs_from_title_and_level():
    words = suggested()

    assert (words.icon, words.ribbon, words.studs, words.kind) == ("shears", "SHEAR", 3, "single")
    assert words == suggested()


def test_another_one_is_another_one_and_the_same_for_everybody():
    several = [suggested(number) for number in range(6)]

    assert several == [suggested(number) for number in range(6)]
    assert len(set(several)) == 6
    assert len({(words.shape, words.ring) for words in several}) == 1


def test_a_suggestion_has_the_shape_of_the_house_and_is_like_none_of_it():
    house = replace(SHEARING, shape="scallop", ring="rope")
    first = suggested(others=[("One", house), ("Two", replace(house, cloth="clay")), ("Odd", SHEARING)])
    again = suggested(others=[("One", house), ("Two", house), ("Taken", first)])

    assert (first.shape, first.ring) == ("scallop", "rope")
    assert (again.shape, again.ring) == ("scallop", "rope")
    assert art.alike(again, [("Taken", first)]) == []


def test_a_title_that_names_no_thing_gets_a_badge_too():
    words = suggested(title="羊毛")

    assert (words.icon, words.ribbon) == ("award", "")


def test_the_studs_stop_at_five():
    assert art.suggest(0, issuer_id="i", achievement_id="a", title="Doctor", level=10).studs == 5


# --- small and smaller ------------------------------------------------------------------------------------------------
def test_at_48_pixels_and_below_the_small_cut_is_drawn():
    cuts = [art.cut_for(SHEARING, pixels).cut for pixels in (16, 48, 49, 640)]

    assert cuts == ["small", "small", "full", "full"]


def test_words_that_are_no_badges_are_read_as_none():
    assert art.read(SHEARING.to_json()) == SHEARING
    for kept in ({}, {"shape": "disc"}, SHEARING.to_json() | {"icon": "unicorn"}, {"colour": "red"}):
        assert art.read(kept) is None
    for name, wrong in (("studs", "3"), ("studs", True), ("ribbon", None), ("shape", [])):
        assert art.read(SHEARING.to_json() | {name: wrong}) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [("kind", art.KINDS), ("shape", art.SHAPES), ("ring", art.RINGS), ("cloth", art.CLOTHS), ("ground", art.GROUNDS)],
)
def test_every_choice_has_a_little_picture_of_its_own(name, words):
    pictures = [art.swatch(name, word) for word in words]

    assert len(set(pictures)) == len(words)
    for drawn in pictures:
        ET.fromstring(drawn)  # noqa: S314 - our own
        assert "id=" not in drawn, "several stand on one page"
