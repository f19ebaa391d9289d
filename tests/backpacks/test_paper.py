"""What is set in type: each letter as it should look, whatever people are called and whatever they write."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
import typst
from PIL import Image, ImageChops
from pypdf import PdfReader

from apps.backpacks import paper
from apps.backpacks.records import Artefact, CriterionResult, EvidenceRecord, Signed

AT = datetime(2026, 5, 3, 4, 5, 6, tzinfo=UTC)
RECORD = EvidenceRecord(
    full=True,
    address="https://satchel.example/c/aaaaaaaaaaaaaaaaaaaaaaaaaa",
    issuer_name="Te Kura o Ngā Awa",
    issuer_address="https://satchel.example/issuers/awa",
    earner_name="Tāne Hēnare",
    badge_name="Sharpen a knife",
    badge_version="2",
    badge_address="https://satchel.example/achievements/knife/v2",
    badge_type="Certificate",
    picture="https://satchel.example/achievements/knife/v2/badge.png",
    description="Keeps a blade **sharp**.",
    how_earned="- Show it.\n- Tell it.",
    skill_sentence="sharpen a knife",
    basis="Work judged by an assessor",
    assessed=True,
    judges=1,
    standing="valid",
    standing_since=None,
    standing_why="",
    standing_note="",
    awarded_on=AT,
    valid_from=AT,
    valid_until=None,
    zone="Pacific/Auckland",
    criteria=(CriterionResult("Edge", "Even", "Even each time.", 2, 3, 2, "Even", met=True, comment="Ka pai."),),
    note="Kia ora.",
    said="",
    evidence=(
        Artefact("Evidence 1", "Image", "Image", ("Edge",), "ab" * 32, "https://satchel.example/e/a", open=True),
    ),
    components=(),
    credits_earned="",
    signed=Signed("Open Badges 3.0", "https://satchel.example/issuers/awa#z6Mk", "cd" * 32, AT),
)


@pytest.fixture(scope="module")
def badge():
    data = BytesIO()
    Image.new("RGBA", (64, 64), "teal").save(data, "PNG")
    return data.getvalue()


def drawn(text):
    """The ink of one line, set as everything is."""
    source = b"""#let data = json(bytes(sys.inputs.data))
    #set page(width: 300pt, height: 60pt, margin: 8pt)
    #set text(font: data.fonts, size: 30pt)
    #data.text"""
    data = json.dumps({"fonts": paper.FAMILIES, "text": text})
    png = typst.compile(
        source, font_paths=paper._fonts(), ignore_system_fonts=True, sys_inputs={"data": data}, format="png", ppi=72
    )
    return ImageChops.invert(Image.open(BytesIO(png)).convert("L"))


@pytest.mark.parametrize("letter", ["ō", "Ō", "ā", "ē", "ī", "ū"])
def test_a_macron_stands_over_its_vowel(letter):
    plain = letter.translate(str.maketrans("ōŌāēīū", "oOaeıu"))

    with_macron, without = drawn(letter), drawn(plain)

    # Ink, not the shades at its edge.
    added, lost = (
        ImageChops.subtract(*both).point(lambda shade: shade if shade > 128 else 0)
        for both in ((with_macron, without), (without, with_macron))
    )
    left, top, right, bottom = added.getbbox()
    assert lost.getbbox() is None
    assert bottom <= without.getbbox()[1] + 1
    assert right - left > 2 * (bottom - top)
    assert with_macron.getbbox()[2] <= without.getbbox()[2] + 3


@pytest.mark.parametrize(
    "name",
    [
        "王小明",
        "山田ひかり",
        "김철수",
        "محمد علي",
        "דוד",
        "नेहा शर्मा",
        "Ελένη",
        "Иван Ђорђевић",
        "Nguyễn Đặng",
        "Łukasz",
    ],
)
def test_a_name_in_any_of_these_scripts_is_set_and_not_boxed(name, badge):
    assert paper.lacking(name) == set()
    assert drawn(name).tobytes() != drawn("\N{WHITE SQUARE}" * len(name)).tobytes()

    # An archive's PDF takes no letter without a glyph: typst would refuse it.
    reader = PdfReader(BytesIO(paper.pdf(replace(RECORD, earner_name=name), badge=badge, signed_text="{}")))

    assert paper._STAND_IN not in reader.pages[0].extract_text()


def test_who_searches_or_copies_finds_each_vowel_as_it_is_written(badge):
    words = "Kōwhai Ōrākau school, tō mātou kōrero: o O ā ē ī ū"
    reader = PdfReader(BytesIO(paper.pdf(replace(RECORD, note=words), badge=badge, signed_text="{}")))

    assert words in " ".join("".join(page.extract_text() for page in reader.pages).split())


def test_letters_that_no_typeface_here_has_are_said_to_be_missing(badge):
    record = replace(RECORD, earner_name="გიორგი", note="Well done 🐑")

    text = " ".join(
        page.extract_text() for page in PdfReader(BytesIO(paper.pdf(record, badge=badge, signed_text="{}"))).pages
    )

    assert paper.lacking(record.earner_name + "🐑") == set("გიორგი🐑")
    assert "□" * 6 in text
    assert "are shown as squares" in text


def test_two_who_judged_are_said_to_be_two():
    one, two = RECORD.statement, replace(RECORD, judges=2).statement

    assert ("judged by an assessor" in one, "judged by 2 assessors" in two) == (True, True)


def test_words_are_never_read_as_instructions(badge):
    hostile = '#panic("x") = no \\ $x$ *b* @ref <l> `raw` // gone /* \u202e\u0007 "] }'
    record = replace(
        RECORD, earner_name=hostile, badge_name=hostile, issuer_name=hostile, note=hostile, skill_sentence=hostile
    )

    text = PdfReader(BytesIO(paper.pdf(record, badge=badge, signed_text=hostile))).pages[0].extract_text()

    assert '#panic("x") = no' in re.sub(r"\s+", " ", text)
    assert paper.card(record, badge=badge).startswith(b"\x89PNG")


def test_the_paper_says_what_the_issuer_wrote(badge):
    record = replace(RECORD, assessed=False, note="", said="She threw **a cylinder**.")

    text = PdfReader(BytesIO(paper.pdf(record, badge=badge, signed_text="{}"))).pages[0].extract_text()

    assert "What the issuer wrote She threw a cylinder." in re.sub(r"\s+", " ", text)


def test_the_longest_record_is_cut_where_it_would_take_long(badge):
    much = "Kōrero **mai**. " * 5_000
    record = replace(RECORD, note=much, description=much)

    pages = PdfReader(BytesIO(paper.pdf(record, badge=badge, signed_text="{}"))).pages

    assert len(pages) < 15


def test_a_card_without_a_skill_or_an_assessment_says_what_is_true():
    plain = replace(RECORD, skill_sentence="", earner_name="")
    direct = replace(RECORD, assessed=False)

    assert plain.statement == (
        "Te Kura o Ngā Awa confirms that the holder of this badge earned Sharpen a knife on 3 May 2026, judged by an "
        "assessor against a published rubric."
    )
    assert direct.statement == "Te Kura o Ngā Awa awarded Sharpen a knife to Tāne Hēnare on 3 May 2026."
