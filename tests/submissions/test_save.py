"""The form of an attempt as a script and a browser without scripts use it."""

import pytest
from django.test import Client

from apps.submissions import verbs
from tests.factories import decided, open_attempt, png_upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt():
    return open_attempt()


@pytest.fixture
def learner(attempt):
    client = Client()
    client.force_login(attempt.submission.learner)
    return client


def address(attempt, what):
    return f"{attempt.submission.get_absolute_url()}{what}/"


def test_a_script_that_saves_hears_the_new_edition_and_what_is_still_missing(attempt, learner):
    typed = {"overview": "Ten knives.", "reflection": "", "edition": attempt.edition}

    answer = learner.post(address(attempt, "save"), typed, headers={"accept": "application/json"}).json()

    assert (answer["edition"], answer["missing"]) == (
        attempt.edition + 1,
        [
            {
                "words": "Write the reflection: what you learnt, and what you would do differently.",
                "href": "#id_reflection",
            }
        ],
    )


def test_what_two_tabs_wrote_stands_there_together_and_both_are_told(attempt, learner):
    began = attempt.edition
    accept = {"accept": "application/json"}
    first = {"overview": "What I did.\nFirst the stone.", "reflection": attempt.reflection, "edition": began}
    second = {"overview": "What I did.\nThen the strop.", "reflection": "Patience.", "edition": began}
    learner.post(address(attempt, "save"), first, headers=accept)

    answer = learner.post(address(attempt, "save"), second, headers=accept)

    attempt.refresh_from_db()
    both = "What I did.\nFirst the stone.\nThen the strop."
    assert (attempt.overview, attempt.reflection) == (both, "Patience.")
    assert (answer.status_code, answer.json()["merged"]) == (200, {"overview": both})


def test_what_was_typed_while_another_tab_handed_it_in_comes_back_to_be_copied(attempt, learner):
    verbs.submit(attempt, by=attempt.submission.learner)
    typed = {"overview": "Eleven knives.", "reflection": "More patience.", "edition": attempt.edition}

    answer = learner.post(address(attempt, "save"), typed)

    page = answer.content.decode()
    assert answer.status_code == 409
    wanted = ("Eleven knives.", "More patience.", "was handed in, so it stays", "Open what was handed in")
    assert [words for words in wanted if words not in page] == []
    assert [words for words in ("data-autosave", 'value="submit"', 'value="add:') if words in page] == []


@pytest.mark.parametrize(
    ("step", "onward"),
    [
        ("add:link", "evidence/?kind=link"),
        ("submit", "submit/"),
        ("", ""),
        ("add:poison", ""),
        ("lend:yes", ""),
        ("route:prior_learning", ""),
        ("route:poison", ""),
    ],
)
def test_every_way_off_the_form_saves_it_first(attempt, learner, step, onward):
    typed = {"overview": "Ten knives.", "reflection": "Patience.", "edition": attempt.edition, "next": step}

    answer = learner.post(address(attempt, "save"), typed)

    attempt.refresh_from_db()
    assert (answer.url, attempt.overview) == (f"{attempt.submission.get_absolute_url()}{onward}", "Ten knives.")


def test_the_buttons_beside_the_words_are_of_the_same_form_and_do_what_they_say(attempt, learner):
    submission = attempt.submission
    page = learner.get(submission.get_absolute_url()).content.decode()
    told = []

    for step in ("lend:yes", "route:prior_learning", "lend:no", "route:work"):
        attempt.refresh_from_db()
        learner.post(address(attempt, "save"), {"overview": step, "edition": attempt.edition, "next": step})
        submission.refresh_from_db()
        told.append((submission.sample_since is not None, submission.route))

    assert [
        page.count(f'form="attempt" name="next" value="{step}"') for step in ("lend:yes", "route:prior_learning")
    ] == [1, 1]
    assert told == [(True, "work"), (True, "prior_learning"), (False, "prior_learning"), (False, "work")]


@pytest.mark.parametrize("script", [True, False])
def test_after_a_file_was_sent_the_browser_goes_back_to_the_form_by_itself(attempt, learner, script):
    sent = {"kind": "image", "upload": png_upload(), "title": "After"}

    answer = learner.post(address(attempt, "evidence"), sent, headers={"hx-request": "true"} if script else {})

    back = f"{attempt.submission.get_absolute_url()}#evidence"
    assert answer.headers["HX-Redirect" if script else "Location"] == back
    assert attempt.evidence.filter(title="After").count() == 1


def test_who_was_signed_out_while_writing_gets_the_words_back(attempt):
    typed = {"overview": "Ten knives, one afternoon.", "reflection": "Patience above all.", "edition": attempt.edition}

    answer = Client().post(address(attempt, "save"), typed)

    page = answer.content.decode()
    assert answer.status_code == 401
    assert [
        words for words in ("Ten knives, one afternoon.", "Patience above all.", "Sign in") if words not in page
    ] == []
    told = Client().post(address(attempt, "save"), typed, headers={"accept": "application/json"})
    assert (told.status_code, told.json()) == (401, {"errors": ["You were signed out. Sign in again."]})


def test_a_page_that_was_open_too_long_gives_the_words_back_but_no_secret(attempt):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(attempt.submission.learner)
    typed = {"overview": "Ten knives, one afternoon.", "password": "correct horse battery", "edition": 1}

    answer = strict.post(address(attempt, "save"), typed)
    foreign = strict.post(address(attempt, "save"), typed, headers={"sec-fetch-site": "cross-site"})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert ("Ten knives, one afternoon." in page, "correct horse" in page) == (True, False)
    assert "Ten knives" not in foreign.content.decode()


def test_a_text_that_is_too_long_is_refused_by_the_name_of_its_field(attempt, learner):
    sent = {"overview": "x" * 20_001, "edition": attempt.edition}
    there = f"/submissions/{attempt.submission.public_id}/save/"

    heard = learner.post(there, sent, headers={"accept": "application/json"})
    page = learner.post(there, sent)

    words = "“Overview” has 20001 characters; the most is 20000."
    assert (heard.status_code, heard.json()) == (422, {"errors": [words]})
    assert (page.status_code, words in page.content.decode()) == (422, True)


def test_the_words_of_a_page_left_open_are_none_of_the_next_attempt():
    first = decided(short=True).attempt
    learner = Client()
    learner.force_login(first.submission.learner)
    second = verbs.try_again(first.submission, by=first.submission.learner)
    typed = {"overview": "From the old page.", "reflection": "Old.", "edition": second.edition}

    stale = learner.post(address(second, "save"), typed | {"attempt": first.public_id})

    second.refresh_from_db()
    assert (stale.status_code, "From the old page." in stale.content.decode(), second.overview) == (
        *(409, True),
        first.overview,
    )
    learner.post(address(second, "save"), typed | {"attempt": second.public_id})
    second.refresh_from_db()
    assert second.overview == "From the old page."
