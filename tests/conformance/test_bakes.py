"""What we bake, in each kind of picture and of either version, read back by programs that are not ours."""

import io

import pytest
from openbadges_bakery import png_bakery, utils
from openbadgeslib import baking as theirs

from apps.credentials import baking, proofs
from apps.credentials.formats import ob2, vcjwt
from apps.issuers import art
from tests.conformance.conftest import ISSUER, KID, SIGNERS, SNAPSHOTS, signed

LOOK = art.complete({}, issuer_id="a", achievement_id="b")
SVG = art.badge(LOOK)
PNG = art.png(SVG)
pytestmark = pytest.mark.parametrize("kind", ["minimal", "rich", "revocable"])


def newer(kind):
    snapshot = SNAPSHOTS[kind]
    yield proofs.dump(signed(snapshot))
    for key in SIGNERS.values():
        yield vcjwt.build(snapshot, kid=KID, private_key=key)


def older(kind):
    return ob2.sign(SNAPSHOTS[kind], creator=f"{ISSUER}/ob2-key.json", private_key=SIGNERS["RS256"])


def test_openbadgeslib_reads_every_form_of_open_badges_3(kind):
    for text in newer(kind):
        picture, drawing = baking.bake_png(PNG, text), baking.bake_svg(SVG.encode(), text)

        assert theirs.extract_png(picture, keyword=theirs.ITXT_KEYWORD_OB3) == text
        assert theirs.extract_svg(drawing, element=theirs.SVG_ELEMENT_OB3, text_fallback=True) == text
        assert baking.read(picture) == baking.read(drawing) == (3, text)


def test_openbadgeslib_and_the_bakery_read_a_signed_badge_of_open_badges_2(kind):
    text = older(kind)
    picture = baking.bake_png(PNG, text, version=2)
    drawing = baking.bake_svg(SVG.encode(), text, version=2)

    assert theirs.extract_png(picture) == theirs.extract_svg(drawing) == text
    assert utils.unbake(io.BytesIO(picture)) == utils.unbake(io.BytesIO(drawing)) == text
    assert baking.read(picture) == baking.read(drawing) == (2, text)


def test_the_bakery_reads_a_hosted_badge_of_open_badges_2(kind):
    document = ob2.assertion(SNAPSHOTS[kind])
    text = proofs.dump(document)
    picture = baking.bake_png(PNG, text, version=2)
    drawing = baking.bake_svg(SVG.encode(), text, version=2)

    assert utils.unbake(io.BytesIO(picture)) == text
    assert utils.unbake(io.BytesIO(drawing)) == document["id"]
    assert baking.read(picture) == baking.read(drawing) == (2, text)


def test_we_read_what_they_bake_and_replace_it(kind):
    text = older(kind)
    for picture in (theirs.bake_png(PNG, text), png_bakery.bake(io.BytesIO(PNG), text).read()):
        assert baking.read(picture) == (2, text)
        assert baking.bake_png(picture, text, version=2) == baking.bake_png(PNG, text, version=2)
    for drawing in (theirs.bake_svg(SVG.encode(), text), utils.bake(io.BytesIO(SVG.encode()), text).read()):
        assert baking.read(drawing) == (2, text)
        assert baking.read(baking.bake_svg(drawing, "a.b.c")) == (3, "a.b.c")
