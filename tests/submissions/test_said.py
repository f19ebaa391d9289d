"""What is said of a piece in two tabs is put together, and who saves last is told."""

import json
from dataclasses import replace
from datetime import date

import pytest

from apps.core.models import Event
from apps.submissions import said, verbs
from apps.submissions.places import Place
from tests.factories import browser, open_attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt():
    return open_attempt()


@pytest.fixture
def piece(attempt):
    edge = attempt.submission.version.criteria.get(position=1)
    about = verbs.About(title="Log", made_on=date(2026, 3, 2), people="nobody")
    text = "Ten knives.\n\nAll sharp."
    learner = attempt.submission.learner
    return verbs.add_evidence(attempt, by=learner, kind="text", text=text, about=about, criteria={edge: Place(4)})


def fields_of(piece, **changed):
    """What the page of a piece sends: what it was opened with, and what was typed on it since."""
    page = browser(piece.attempt.submission.learner).get(f"/evidence/{piece.public_id}/edit/")
    form = page.context["form"]
    typed = {name: form[name].value() for name in form.fields}
    typed = {name: value for name, value in typed.items() if value not in (None, False)} | changed
    return {name: "on" if value is True else value for name, value in typed.items() if value is not None}


def save(piece, fields, *, script=False):
    headers = {"Accept": "application/json"} if script else {}
    person = piece.attempt.submission.learner
    answer = browser(person).post(f"/evidence/{piece.public_id}/edit/", fields, headers=headers)
    piece.refresh_from_db()
    return answer


def test_a_page_that_saves_by_itself_hears_what_is_kept_and_leaves_no_trail(piece):
    answer = save(piece, fields_of(piece, text="Eleven knives.", title=""), script=True)

    told = answer.json()
    assert (answer.status_code, told["merged"], sorted(told)) == (200, {}, ["edition", "merged", "saved"])
    assert said.read(told["edition"]) == said.of(piece).fields()
    assert (piece.text, piece.title) == ("Eleven knives.", "Eleven knives.")
    edited = Event.objects.filter(kind="evidence.edited")
    assert edited.count() == 0
    for _twice in range(2):
        save(piece, fields_of(piece))
    assert [one.data["sha256"] for one in edited] == [piece.sha256]


def test_what_two_tabs_say_of_one_piece_is_all_there_and_the_later_is_told(piece):
    first = fields_of(piece, text="Ten knives.\n\nAll sharp, by a stranger's word.", c2=True)
    second = fields_of(
        piece, text="Ten knives, one afternoon.\n\nAll sharp.", title="Log, day two", c1_place="p. 5", people="agreed"
    )

    one = save(piece, first, script=True)
    other = save(piece, second, script=True)

    text = "Ten knives, one afternoon.\n\nAll sharp, by a stranger's word."
    assert (one.json()["merged"], other.json()["merged"]) == ({}, {"text": text, "c2": True, "c2_place": ""})
    assert (piece.text, piece.title, piece.people) == (text, "Log, day two", "agreed")
    assert said.of(piece).places == {"c1": "page 5", "c2": ""}


def test_without_a_script_the_page_opens_once_more_and_says_so(piece):
    mine, theirs = fields_of(piece, title="Log, mine"), fields_of(piece, title="Log, theirs")

    answers = [save(piece, fields) for fields in (mine, theirs)]

    assert [one.url for one in answers] == [
        f"{piece.attempt.submission.get_absolute_url()}#piece-{piece.public_id}",
        f"/evidence/{piece.public_id}/edit/",
    ]
    page = browser(piece.attempt.submission.learner).get(answers[1].url)
    assert page.context["form"]["title"].value() == "Log, mine / Log, theirs"


def test_a_tick_taken_off_goes_and_one_whose_place_the_other_tab_moved_stays(piece):
    off, moved = fields_of(piece, c1=None, c1_place=""), fields_of(piece, c1_place="p. 7")

    save(piece, off)
    gone = dict(said.of(piece).places)
    save(piece, moved)

    assert (gone, said.of(piece).places) == ({}, {"c1": "page 7"})


def test_what_does_not_fit_into_the_field_together_is_refused_and_nothing_is_lost(piece):
    first = fields_of(piece, title="a" * 200)
    second = fields_of(piece, title="b" * 200)
    save(piece, first)

    refused = save(piece, second, script=True)

    assert (refused.status_code, piece.title) == (422, "a" * 200)
    assert refused.json()["errors"] == [
        "You have since saved this in another tab. Copy what you wrote here, then open the page again."
    ]


HOSTILE = ["", "no JSON", "[1]", "7", "[" * 100_000, '{"text": 5}', '{"text": true, "c1": "yes", "title": false}']


@pytest.mark.parametrize("edition", [*HOSTILE, json.dumps({"c9": True, "x_place": "y"})], ids=range(8))
def test_an_edition_that_was_never_ours_loses_nothing(piece, edition):
    answer = save(piece, fields_of(piece, edition=edition, text="Eleven knives."), script=True)

    assert (answer.status_code, "Eleven knives." in piece.text, piece.people) == (200, True, "nobody")
    assert said.of(piece).places["c1"].startswith("page 4")


def test_what_a_page_holds_of_a_piece_reads_back_as_it_was(piece):
    assert (
        said.read(said.write(said.of(piece)))
        == said.of(piece).fields()
        == {
            "title": "Log",
            "text": "Ten knives.\n\nAll sharp.",
            "transcript": "",
            "made_on": "2026-03-02",
            "people": "nobody",
            "people_note": "",
            "shows_me": False,
            "c1": True,
            "c1_place": "page 4",
        }
    )


def test_what_a_program_said_of_a_piece_and_its_page_does_not_show_stays(attempt):
    about = verbs.About(title="Log", transcript="Ten knives, all sharp.", people="agreed", people_note="In writing.")
    kind, learner = "reflection", attempt.submission.learner
    piece = verbs.add_evidence(attempt, by=learner, kind=kind, text="I learnt.", about=about)

    save(piece, fields_of(piece, title="Log, day two"))

    piece.refresh_from_db()
    assert said.of(piece).about == replace(about, title="Log, day two")
