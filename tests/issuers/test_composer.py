"""Step 3 of the design wizard by plain POST and GET: choosing, looking, suggestions, saving, sending."""

import io
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.core.models import Event
from apps.issuers import art, verbs
from apps.issuers.art import suggesting
from apps.issuers.models import AchievementVersion
from tests.factories import RUBRIC, WORDS, drafted_version, issuer_with_owner, owner_of, published_version, seated

pytestmark = pytest.mark.django_db

CHOSEN = {
    "shape": "hexagon",
    "cloth": "harbour",
    "ring": "rope",
    "ground": "waves",
    "icon": "water",
    "ribbon": "kōrero",
    "studs": "2",
    "kind": "single",
}
WORDS_CHOSEN = art.BadgeWords(**CHOSEN | {"studs": 2})
TOLD = "A harbour-blue hexagon with a drop of water, ribbon “KŌRERO”, 2 studs."


@pytest.fixture
def design():
    """(draft, its owner's client, the address of its graphic)"""
    draft = drafted_version(name="Shear a full-wool ewe", level_framework="nzqf", level_number=3)
    return draft, client_of(owner_of(draft.achievement.issuer)), f"/designs/{draft.achievement.public_id}/graphic/"


def client_of(somebody):
    client = Client()
    client.force_login(somebody)
    return client


def chosen_on(page):
    """The words that the page would send."""
    form = page.context["form"]
    return {name: str(form[name].value()) for name in CHOSEN}


def png(size=(500, 500), colour="teal"):
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return SimpleUploadedFile("badge.png", data.getvalue(), content_type="image/png")


def kept(file):
    with file.open("rb") as opened:
        return opened.read()


# --- drawing ----------------------------------------------------------------------------------------------------------
def test_the_page_begins_with_the_badge_that_is_saved(design):
    draft, client, at = design

    page = client.get(at)

    assert chosen_on(page) == {name: str(draft.picture_words[name]) for name in CHOSEN}
    assert page.context["form"]["alt"].value() == draft.picture_alt
    html = page.content.decode()
    for name, known in (("shape", art.SHAPES), ("cloth", art.CLOTHS), ("ring", art.RINGS), ("ground", art.GROUNDS)):
        for word in known:
            mark = " checked" if word == draft.picture_words[name] else ""
            assert f'<input type="radio" name="{name}" value="{word}"{mark}>' in html
    assert html.count('type="radio" name="icon"') == len(art.ICONS)
    assert "style=" not in html
    assert "<script>" not in html


def test_save_and_go_on_saves_and_goes_on(design):
    draft, client, at = design

    answer = client.post(at, CHOSEN | {"alt": TOLD, "edition": draft.edition, "next": "on"})

    assert answer.url == f"/designs/{draft.achievement.public_id}/metadata/"
    version = AchievementVersion.objects.get()
    assert (art.read(version.picture_words), version.picture_alt) == (WORDS_CHOSEN, TOLD)
    assert Event.objects.filter(kind="picture.drawn").count() == 1


def test_save_stays_and_says_so(design):
    draft, client, at = design

    answer = client.post(at, CHOSEN | {"alt": "", "edition": draft.edition, "next": "stay"}, follow=True)

    assert answer.redirect_chain == [(at, 302)]
    assert "Saved." in answer.content.decode()
    assert AchievementVersion.objects.get().picture_alt == TOLD


def test_to_look_is_not_to_save(design):
    draft, client, at = design

    page = client.post(at, CHOSEN | {"alt": "Mine.", "edition": draft.edition, "show": "1"})

    assert page.status_code == 200
    assert page.context["words"] == WORDS_CHOSEN
    assert chosen_on(page) == CHOSEN
    assert page.context["form"]["alt"].value() == "Mine."
    assert AchievementVersion.objects.get().picture_words == draft.picture_words


def test_another_one_is_a_suggestion_and_keeps_what_belongs_to_the_house(design):
    draft, client, at = design

    named = [glyph.name for glyph in suggesting.icons_for(draft.name, draft.skill_sentence)]

    first = client.post(at, CHOSEN | {"alt": TOLD, "edition": draft.edition, "another": "1"})
    second = client.post(at, chosen_on(first) | {"alt": "", "edition": draft.edition, "another": "2"})

    for page in (first, second):
        words = page.context["words"]
        assert page.status_code == 200
        assert (words.shape, words.ring, words.kind) == ("hexagon", "rope", "single")
        assert (words.icon in named, words.studs) == (True, 3)
        assert page.context["form"]["alt"].value() == art.describe(words), "the words follow the picture"
    assert first.context["words"] != second.context["words"]
    assert [page.context["another"] for page in (first, second)] == [2, 3]
    assert AchievementVersion.objects.get().edition == draft.edition


def test_another_one_leaves_words_of_ones_own(design):
    draft, client, at = design

    page = client.post(at, CHOSEN | {"alt": "Two shears, crossed.", "edition": draft.edition, "another": "7"})

    assert page.context["form"]["alt"].value() == "Two shears, crossed."


def test_pictures_are_looked_for_without_a_script(design):
    draft, client, at = design

    page = client.post(at, CHOSEN | {"find": "Kōrero", "edition": draft.edition, "show": "1"})
    nothing = client.post(at, CHOSEN | {"find": "xyzzy", "edition": draft.edition, "show": "1"})

    assert [tile.value for group in page.context["form"].groups for tile in group.tiles] == ["speech", "chat"]
    assert page.context["form"].nearest[0][:3] == ("water", "A drop of water", True)
    assert "No picture is called that. Try a plainer word.</p>" in nothing.content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ribbon": "THIRTEEN LONG"}, "A ribbon holds up to 12 letters."),
        ({"ribbon": "羊毛"}, "The ribbon&#x27;s typeface has no 毛 羊."),
        ({"ribbon": "a\x01b"}, "control character"),
        ({"shape": "blob"}, "blob is not one of the available choices"),
        ({"studs": "6"}, "6 is not one of the available choices"),
        ({"alt": "x" * 301}, "at most 300 characters"),
    ],
)
def test_what_no_badge_can_have_is_told_and_nothing_typed_is_lost(wrong, sentence, design):
    draft, client, at = design

    page = client.post(at, CHOSEN | {"alt": "Mine.", "edition": draft.edition} | wrong)

    assert page.status_code == 422
    assert sentence in page.content.decode()
    form = page.context["form"]
    assert {name: form[name].value() for name in (*CHOSEN, "alt")} == CHOSEN | {"alt": "Mine."} | wrong
    assert AchievementVersion.objects.get().edition == draft.edition


def test_a_tab_that_is_behind_is_refused_and_a_link_carries_what_it_chose(design):
    draft, client, at = design
    client.post(at, CHOSEN | {"cloth": "wine", "edition": draft.edition})

    page = client.post(at, CHOSEN | {"alt": "Mine.", "edition": draft.edition})
    opened = client.get(page.context["anew"])

    assert page.status_code == 409
    assert "This has since been changed in another window" in page.content.decode()
    assert chosen_on(page) == CHOSEN
    assert AchievementVersion.objects.get().picture_words["cloth"] == "wine"
    assert chosen_on(opened) == CHOSEN
    assert opened.context["form"]["alt"].value() == "Mine."
    again = client.post(at, CHOSEN | {"edition": opened.context["form"]["edition"].value()})
    assert again.status_code == 302


# --- the preview ------------------------------------------------------------------------------------------------------
def test_the_preview_shows_the_words_in_all_sizes_and_says_what_there_is_to_say(design):
    _draft, client, at = design

    page = client.get(f"{at}preview/", CHOSEN)

    html = page.content.decode()
    assert "<html" not in html
    assert f'data-told="{TOLD}"' in html
    large, small = (urlsplit(page.context[name]) for name in ("large", "small"))
    assert large.path == small.path == f"{at}preview.svg"
    assert parse_qs(large.query) == {name: [value] for name, value in CHOSEN.items()}
    assert parse_qs(small.query) == {name: [value] for name, value in (CHOSEN | {"cut": "small"}).items()}
    assert [remark.result for remark in page.context["said"]] == ["pass", "pass", "pass"]
    assert client.get(page.context["large"]).content == art.badge(WORDS_CHOSEN).encode()
    assert client.get(page.context["small"]).content == art.badge(replace(WORDS_CHOSEN, cut="small")).encode()


def test_the_preview_is_a_drawing_that_acts_on_nothing(design):
    _draft, client, at = design

    answer = client.get(f"{at}preview.svg", CHOSEN)

    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    assert answer.headers["Cache-Control"] == "private, max-age=3600"


def test_the_preview_names_the_badge_that_it_looks_like(design):
    draft, client, at = design
    issuer = draft.achievement.issuer
    verbs.draft(
        issuer,
        by=owner_of(issuer),
        slug="other",
        words=WORDS | {"name": "Grind & set"},
        rubric=RUBRIC,
        picture_words=WORDS_CHOSEN.to_json() | {"ground": "rays"},
    )

    html = client.get(f"{at}preview/", CHOSEN).content.decode()

    assert "It looks like “Grind &amp; set”: at most, the ground differs." in html


def test_a_wrong_word_is_told_and_the_rest_is_shown(design):
    draft, client, at = design

    page = client.get(f"{at}preview/", CHOSEN | {"ribbon": "THIRTEEN LONG", "shape": "blob"})

    assert "A ribbon holds up to 12 letters." in page.content.decode()
    saved = draft.picture_words
    assert page.context["words"] == replace(WORDS_CHOSEN, ribbon=saved["ribbon"], shape=saved["shape"])


@pytest.mark.parametrize(
    "query", ["", "shape=%00", "studs=" + "9" * 5000, "ribbon=%F0%9F%90%91", "icon=x&icon=y", "cut=%00"]
)
def test_nothing_that_is_asked_for_breaks_it(query, design):
    _draft, client, at = design

    answers = [client.get(f"{at}{name}?{query}").status_code for name in ("", "preview/", "preview.svg")]

    assert answers == [200, 200, 200]


def test_the_preview_asks_the_database_as_often_for_a_house_of_three(design, django_assert_max_num_queries):
    draft, client, at = design
    issuer = draft.achievement.issuer
    counts = []
    for number in range(3):
        verbs.draft(issuer, by=owner_of(issuer), slug=f"other-{number}", words=WORDS, rubric=RUBRIC)
        with django_assert_max_num_queries(100) as asked:
            client.get(f"{at}preview/", CHOSEN)
        counts.append(len(asked))

    assert len(set(counts)) == 1


# --- who, and when ----------------------------------------------------------------------------------------------------
def test_designers_see_it_and_others_do_not(design):
    draft, _client, at = design
    issuer = draft.achievement.issuer
    _elsewhere, theirs = issuer_with_owner()
    people = [seated(role, issuer) for role in ("manager", "designer", "assessor", "viewer")]

    for path in (at, f"{at}preview/", f"{at}preview.svg", f"{at}upload/"):
        answers = [client_of(somebody).get(path).status_code for somebody in (*people, theirs)]
        assert answers == [200, 200, 404, 404, 404], path
        assert Client().get(path).url.startswith("/accounts/login/"), path


def test_in_approval_it_leads_back_to_the_design_and_changes_nothing(design):
    draft, client, at = design
    AchievementVersion.objects.update(state="in_approval")
    back = f"/designs/{draft.achievement.public_id}/"

    answers = [client.get(at), client.post(at, CHOSEN | {"edition": 1}), client.post(f"{at}upload/", {"alt": "x"})]

    assert [answer.url for answer in answers] == [back, back, back]
    assert AchievementVersion.objects.get().picture_words == draft.picture_words


def test_what_is_published_has_no_composer():
    version = published_version()
    client = client_of(owner_of(version.achievement.issuer))

    assert client.get(f"/designs/{version.achievement.public_id}/graphic/").status_code == 404


# --- a picture of one's own -------------------------------------------------------------------------------------------
def test_upload_saves_and_the_step_then_begins_with_it(design):
    draft, client, at = design

    answer = client.post(
        f"{at}upload/", {"upload": png(), "alt": "A square.", "edition": draft.edition, "next": "stay"}
    )

    assert answer.url == at
    assert client.get(at).url == f"{at}upload/"
    page = client.get(f"{at}upload/").content.decode()
    assert "The picture now" in page
    assert "A square." in page
    version = AchievementVersion.objects.get()
    assert (version.picture_source, version.picture_alt) == ("uploaded", "A square.")
    drawn = client.get(f"{at}?way=draw")
    assert "A picture that was uploaded is in use." in drawn.content.decode()
    assert chosen_on(drawn) == {name: str(draft.picture_words[name]) for name in CHOSEN}


def test_a_script_that_sends_is_told_where_to_go_on(design):
    draft, client, at = design
    sent = {"upload": png(), "alt": "A square.", "edition": draft.edition, "next": "on"}

    answer = client.post(f"{at}upload/", sent, headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == f"/designs/{draft.achievement.public_id}/metadata/"


@pytest.mark.parametrize(
    ("name", "data", "status", "sentence"),
    [
        ("a.png", b"", 409, "That file is empty."),
        ("a.png", b"hello", 409, "A badge picture is a PNG, a JPEG or an SVG."),
        ("a.png", bytes(3 * 1024 * 1024), 409, "That file is 2.0\xa0MB; the most is 2.0\xa0MB."),
        ("a.svg", b"<svg viewBox='0 0 9 9'><script/></svg>", 409, "That drawing holds a script."),
        ("a.svg", b"<svg viewBox='0 0 9 9' onload='x'/>", 409, "That drawing holds a script."),
        (None, None, 422, "Choose a picture."),
    ],
)
def test_what_can_be_no_badge_is_told_and_the_words_stay(name, data, status, sentence, design):
    draft, client, at = design
    sent = {"alt": "A square.", "edition": draft.edition}
    if name:
        sent["upload"] = SimpleUploadedFile(name, data)

    page = client.post(f"{at}upload/", sent)

    assert page.status_code == status
    assert sentence in page.content.decode()
    assert page.context["form"]["alt"].value() == "A square."
    assert AchievementVersion.objects.get().picture_sha256 == draft.picture_sha256


def test_a_picture_needs_words(design):
    draft, client, at = design

    page = client.post(f"{at}upload/", {"upload": png(), "alt": "", "edition": draft.edition})

    assert page.status_code == 422
    assert AchievementVersion.objects.get().picture_sha256 == draft.picture_sha256


def test_what_an_uploaded_picture_shows_can_be_said_anew_without_sending_it_again(design):
    draft, client, at = design
    client.post(f"{at}upload/", {"upload": png(), "alt": "A square.", "edition": draft.edition})
    before = AchievementVersion.objects.get()

    client.post(f"{at}upload/", {"alt": "A teal square.", "edition": before.edition})

    version = AchievementVersion.objects.get()
    assert (version.picture_alt, version.picture_sha256) == ("A teal square.", before.picture_sha256)


# --- the addresses that stay ------------------------------------------------------------------------------------------
def test_a_drawn_badge_has_an_address_as_a_drawing_for_everybody():
    version = published_version()
    path = f"/achievements/{version.achievement.slug}/v1/badge"

    svg, pixels = (Client().get(f"{path}.{ending}") for ending in ("svg", "png"))

    assert svg.content == art.badge(art.read(version.picture_words)).encode()
    assert pixels.content == kept(version.picture)
    assert svg.headers["Content-Type"] == "image/svg+xml"
    assert svg.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    )
    for name in ("Cache-Control", "Cross-Origin-Resource-Policy", "Access-Control-Allow-Origin"):
        assert svg.headers[name] == pixels.headers[name]
    assert svg.headers["X-Content-Type-Options"] == "nosniff"


def test_a_picture_that_came_as_pixels_has_no_address_as_a_drawing(design):
    draft, _client, _at = design
    owner = owner_of(draft.achievement.issuer)
    uploaded = verbs.upload_picture(draft, by=owner, data=png().read(), alt="A square.", edition=draft.edition)
    verbs.publish(uploaded, by=owner)

    assert Client().get(f"/achievements/{draft.achievement.slug}/v1/badge.svg").status_code == 404


def test_a_draft_shows_no_drawing_to_anybody(design):
    draft, client, _at = design

    assert client.get(f"/achievements/{draft.achievement.slug}/v1/badge.svg").status_code == 404


def test_a_link_with_words_is_only_a_beginning(design):
    draft, client, at = design

    page = client.get(f"{at}?{urlencode({'cloth': 'wine', 'shape': 'blob', 'unknown': 'x'})}")

    assert page.context["words"] == replace(art.read(draft.picture_words), cloth="wine")
    assert AchievementVersion.objects.get().edition == draft.edition
