"""Which language a page has, and what a cache between us and a reader is told about it."""

from datetime import date

import pytest
from django.test import Client
from django.utils import formats, translation

from apps.core import outbox
from tests.factories import awarded_credential, nobody_in, person, png_upload, published_version

pytestmark = pytest.mark.django_db


def varies(answer):
    return {word.strip() for word in answer.headers.get("Vary", "").split(",") if word.strip()}


@pytest.mark.parametrize(
    ("asked", "cookie", "language"),
    [
        ("", "", "en"),
        ("mi-NZ,mi;q=0.9,en;q=0.8", "", "mi"),
        ("ar", "", "ar"),
        ("fr,de;q=0.5", "", "en"),
        ("ar", "mi", "mi"),
        ("mi", "fr", "mi"),
        ("mi", "x" * 4000, "mi"),
        ("*;q=abc,,;", "", "en"),
    ],
)
def test_a_visitor_is_spoken_to_as_chosen_then_as_the_browser_asks(client, asked, cookie, language):
    if cookie:
        client.cookies["django_language"] = cookie

    answer = client.get("/help/", headers={"Accept-Language": asked})

    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in answer.content.decode()
    assert answer.headers["Content-Language"] == language


def test_a_persons_own_language_goes_before_the_browsers(client):
    aroha = person()
    aroha.language = "mi"
    aroha.save(update_fields=["language"])
    client.force_login(aroha)
    client.cookies["django_language"] = "ar"

    answer = client.get("/help/", headers={"Accept-Language": "en"})

    assert '<html lang="mi"' in answer.content.decode()
    assert answer.headers["Content-Language"] == "mi"


def test_a_language_that_is_spoken_no_more_leaves_the_browsers(client):
    aroha = person()
    aroha.language = "tlh"
    aroha.save(update_fields=["language"])
    client.force_login(aroha)

    assert client.get("/help/", headers={"Accept-Language": "mi"}).headers["Content-Language"] == "mi"


def test_one_request_leaves_nothing_behind_for_the_next(client):
    client.get("/help/", headers={"Accept-Language": "ar"})

    assert translation.get_language() == "en"


@pytest.mark.parametrize("path", ["/", "/help/", "/catalogue/", "/verify/", "/nowhere/", "/accounts/login/"])
def test_a_public_page_says_that_language_and_person_change_it(client, path):
    assert {"Accept-Language", "Cookie"} <= varies(client.get(path))


def test_pages_of_an_issuer_a_badge_and_a_credential_say_so_too(client):
    credential = awarded_credential()
    client.force_login(credential.earner)
    version = credential.version

    for path in (
        credential.issuer.get_absolute_url(),
        version.achievement.get_absolute_url(),
        version.get_absolute_url(),
        credential.get_absolute_url(),
    ):
        assert varies(client.get(path)) == {"Accept", "Accept-Language", "Cookie"}, path


def test_what_is_signed_or_read_by_programs_is_the_same_in_every_language():
    with translation.override("mi"):
        credential = awarded_credential()
    version, page = credential.version, credential.get_absolute_url()
    asked = [
        (f"{page}.json", "*/*"),
        (page, "application/vc"),
        (page, "application/json"),
        (f"{page}.png", "*/*"),
        (credential.issuer.get_absolute_url(), "application/ld+json"),
        (version.get_absolute_url(), "application/ld+json"),
        (f"{version.get_absolute_url()}/badge.png", "*/*"),
    ]

    for path, accept in asked:
        bodies = set()
        for language in ("en", "mi", "ar"):
            client = Client()
            client.force_login(credential.earner)
            client.cookies["django_language"] = language
            answer = client.get(path, headers={"Accept": accept, "Accept-Language": language})
            assert answer.status_code == 200, path
            assert "Accept-Language" not in varies(answer), path
            assert "Content-Language" not in answer.headers, path
            bodies.add(answer.content)
        assert len(bodies) == 1, path
    assert credential.snapshot["evidence"][0]["name"] == "Evidence 1"


def test_a_credentials_page_names_its_evidence_in_the_readers_language(client):
    credential = awarded_credential()
    credential.earner.language = "mi"
    credential.earner.save(update_fields=["language"])
    client.force_login(credential.earner)

    page = client.get(credential.get_absolute_url()).content.decode()

    assert "Taunakitanga 1</a>, kuputuhi</p>" in page


def test_a_form_refuses_in_the_readers_language(client):
    answer = client.post("/verify/", {"text": "x"}, headers={"Accept-Language": "mi"})

    assert answer.status_code == 422
    assert "Ehara tēnā i te tohu whakamana" in answer.content.decode()
    answer = client.post("/verify/", {"recipient": "nobody"}, headers={"Accept-Language": "mi"})
    assert "Tuhia he wāhitau īmēra e tika ana." in answer.content.decode()


def test_an_error_page_is_in_the_readers_language(client):
    client.raise_request_exception = False

    answer = client.get("/verify/", headers={"Accept-Language": "ar", "Host": "bad_host!"})
    assert answer.status_code == 400
    answer = client.get("/nowhere/", headers={"Accept-Language": "ar"})
    assert (answer.status_code, "هذه الصفحة ليست هنا" in answer.content.decode()) == (404, True)


def test_a_problem_of_the_api_is_told_in_the_language_that_was_asked_for(client):
    answer = client.get("/api/v1/me/", headers={"Authorization": "Bearer no", "Accept-Language": "mi"})

    assert answer.json()["detail"] == "Kāore tēnei kī e mana ana, kua pau rānei tōna wā."
    assert "Accept-Language" in varies(answer)
    assert "Accept-Language" not in varies(client.get("/api/v1/achievements/"))


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [("en", "7 December 2026", "7 Dec 2026"), ("mi", "7 Hakihea 2026", "7 Haki 2026"), ("ar", "7 ديسمبر، 2026", None)],
)
def test_dates_are_written_as_people_here_write_them(language, long, short):
    day = date(2026, 12, 7)

    with translation.override(language):
        assert formats.date_format(day) == long
        if short:
            assert formats.date_format(day, "SHORT_DATE_FORMAT") == short
            assert formats.get_format("FIRST_DAY_OF_WEEK") == 1
            assert "%d/%m/%Y" in formats.get_format("DATE_INPUT_FORMATS")
            assert "%m/%d/%Y" not in formats.get_format("DATE_INPUT_FORMATS")


def test_a_letter_is_in_the_language_of_who_gets_it():
    from apps.notices.models import Letter
    from apps.submissions import verbs as submissions
    from tests.factories import open_attempt

    learner = person("Aroha")
    learner.language = "mi"
    learner.save(update_fields=["language"])
    attempt = open_attempt(published_version(), learner=learner)
    submissions.add_evidence(attempt, by=learner, kind="image", upload=png_upload(), about=nobody_in("After"))

    with translation.override("ar"):
        submissions.submit(attempt, by=learner)
        outbox.drain()

    letter = Letter.objects.get(kind="handed_in")
    assert letter.subject.startswith("Kei a mātou āu mahi: ")
    assert '<html lang="mi" dir="ltr">' in letter.html
