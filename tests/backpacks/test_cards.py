"""Pictures beside links and codes for cameras: the right size, the right words, and the same blank for what isn't shown."""

from copy import deepcopy
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from apps.backpacks import boards, codes, paper, tokens, verbs
from tests.answers import headers_of
from tests.factories import browser, credential_with_picture, person

pytestmark = pytest.mark.django_db
NAME = "Tāne Hēnare"


@pytest.fixture(scope="module")
def made(around_the_file):
    found = credential_with_picture(learner=person(NAME))
    verbs.show_credential(found, by=found.earner, visibility="link")
    return type(found).objects.for_its_page().get(pk=found.pk)


@pytest.fixture
def credential(made):
    return deepcopy(made)


@pytest.fixture
def link(credential):
    collection = verbs.make_collection(by=credential.earner, title="Blades")
    verbs.collect(collection, credential.backpack_item, by=credential.earner)
    return verbs.share(collection, by=credential.earner)


@pytest.fixture
def profile(credential):
    verbs.edit_profile(
        credential.earner, by=credential.earner, handle="tane", headline="Shearer", about="", shows_skills=False
    )
    return verbs.turn_on_profile(credential.earner, by=credential.earner)


def picture_at(path, **options):
    answer = Client().get(path, **options)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    return Image.open(BytesIO(answer.content)).convert("RGB")


def test_collections_and_public_pages_have_cards_of_the_size_that_others_show(link, profile):
    paths = [f"/b/{tokens.token_of(link.public_id)}/card.png", "/p/tane/card.png", "/p/TANE/card.png"]

    cards = [picture_at(path) for path in paths]

    assert [card.size for card in cards] == [(1200, 630)] * 3
    assert [card.getpixel((20, 20)) for card in cards] == [(0x0D, 0x3F, 0x39)] * 3
    assert cards[0].tobytes() != cards[1].tobytes()
    assert cards[1].tobytes() == cards[2].tobytes()
    # The badge stands on the left, the sign of a person too: there is more than paper.
    assert all(len(card.crop((60, 130, 440, 550)).getcolors(200_000)) > 20 for card in cards)


def test_the_card_of_a_collection_says_whose_it_is_what_is_in_it_and_how_that_stands(link):
    token = tokens.token_of(link.public_id)
    board, names, pictures = boards.of_collection(link.collection, token)

    assert board == paper.Board("Blades", f"Put together by {NAME}", "1 badge · It is valid.")
    assert (len(names), [one[:4] for one in pictures()]) == (1, [b"\x89PNG"])


def test_what_is_hidden_leaves_the_card_of_its_collection(link, credential):
    token = tokens.token_of(link.public_id)
    etag = Client().get(f"/b/{token}/card.png").headers["ETag"]
    assert Client().get(f"/b/{token}/card.png", headers={"If-None-Match": etag}).status_code == 304

    verbs.show_credential(credential, by=credential.earner, visibility="private")

    changed = Client().get(f"/b/{token}/card.png", headers={"If-None-Match": etag})
    assert (changed.status_code, changed.headers["ETag"] == etag) == (200, False)
    assert boards.of_collection(link.collection, token)[1] == []


@pytest.mark.parametrize("count", range(7))
def test_a_card_is_set_for_any_number_of_pictures_and_the_longest_names(count):
    data = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(data, "JPEG")
    told = paper.Board("Kaitiakitanga " * 14, "Put together by Mārama Te Ōhākī Tīpene-Hoult", "3 badges", sign="MT")

    drawn = Image.open(BytesIO(paper.board(told._replace(pictures=(data.getvalue(),) * count))))

    assert drawn.size == (1200, 630)
    # Nothing runs over the edges.
    assert {drawn.convert("RGB").getpixel((x, y)) for x in (4, 1195) for y in range(100, 630, 10)} == {(244, 243, 236)}


def test_the_card_of_what_is_not_shown_and_of_what_never_was_is_one_picture(credential, link, profile):
    token = tokens.token_of(link.public_id)
    verbs.revoke_link(link, by=credential.earner)
    verbs.show_credential(credential, by=credential.earner, visibility="private")
    verbs.turn_off_profile(credential.earner, by=credential.earner)
    paths = [
        *(f"/c/{credential.public_id}/card.png", f"/c/{'a' * 26}/card.png"),
        *(f"/b/{token}/card.png", f"/b/{'b' * 26}/card.png", f"/b/{link.collection.public_id}/card.png"),
        *("/p/tane/card.png", "/p/nobody/card.png"),
    ]

    answers = [Client().get(path) for path in paths]

    first = answers[0]
    assert (first.status_code, first.headers["Content-Type"]) == (404, "image/png")
    assert Image.open(BytesIO(first.content)).size == (1200, 630)
    assert {(one.status_code, one.content, str(headers_of(one))) for one in answers} == {
        (404, first.content, str(headers_of(first)))
    }
    assert browser(credential.earner).get(paths[0]).status_code == 200


def test_pages_name_their_cards(link, profile):
    token = tokens.token_of(link.public_id)
    for path, card in ((f"/b/{token}/", f"/b/{token}/card.png"), ("/p/tane", "/p/tane/card.png")):
        page = Client().get(path).content.decode()
        assert f'<meta property="og:image" content="http://localhost:8000{card}">' in page
        assert '<meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">' in page
        assert '<meta name="twitter:card" content="summary_large_image">' in page


def test_codes_for_cameras_are_drawings_and_pictures_that_browsers_keep(credential, link):
    for path in (f"/c/{credential.public_id}", f"/b/{tokens.token_of(link.public_id)}"):
        png = picture_at(f"{path}/qr.png")
        assert (png.width, png.size) == (png.height, (png.width, png.width))
        assert png.width >= 500
        drawing = Client().get(f"{path}/qr.svg")
        assert (drawing.headers["Content-Type"], drawing.content[:4]) == ("image/svg+xml", b"<svg")
        for end in ("svg", "png"):
            etag = Client().get(f"{path}/qr.{end}").headers["ETag"]
            assert Client().get(f"{path}/qr.{end}", headers={"If-None-Match": etag}).status_code == 304


def test_a_code_for_cameras_is_for_who_may_see_the_thing(credential, link):
    token = tokens.token_of(link.public_id)
    verbs.revoke_link(link, by=credential.earner)
    verbs.show_credential(credential, by=credential.earner, visibility="private")

    def statuses(reader):
        paths = [f"/c/{credential.public_id}/qr.svg", f"/c/{credential.public_id}/qr.png", f"/b/{token}/qr.png"]
        return [browser(reader).get(path).status_code for path in paths]

    assert (statuses(None), statuses(person()), statuses(credential.earner)) == (
        [404, 404, 404],
        [404, 404, 404],
        [200, 200, 404],
    )


def test_record_and_card_print_the_short_address_where_there_is_one(credential):
    path = f"/c/{credential.public_id}"

    def texts():
        pages = PdfReader(BytesIO(Client().get(f"{path}.pdf").content)).pages
        return " ".join("".join(page.extract_text() for page in pages).split())

    before, card = texts(), Client().get(f"{path}/card.png")
    code = verbs.make_code(credential, by=credential.earner)

    assert "Quicker to type" not in before
    assert f"Quicker to type: {codes.address_of(code)}" in texts()
    after = Client().get(f"{path}/card.png", headers={"If-None-Match": card.headers["ETag"]})
    assert (after.status_code, after.content == card.content) == (200, False)
