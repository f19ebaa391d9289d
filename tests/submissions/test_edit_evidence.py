"""A piece is said anew: what it is, what it supports and where to look; and put into another order."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from apps.core import clock
from apps.core.models import Event
from apps.core.refused import Refused
from apps.submissions import manifest, verbs
from apps.submissions.places import Place
from tests.factories import browser, nobody_in, open_attempt, person, png_upload, published_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt():
    return open_attempt()


@pytest.fixture
def text(attempt):
    return attempt.evidence.get()


def supports_of(piece):
    return [(one.criterion.code, one.place) for one in piece.supports.all()]


def test_it_holds_what_was_said_last_and_leaves_its_trail(attempt, text):
    learner = attempt.submission.learner
    edge = attempt.submission.version.criteria.get(position=1)
    about = verbs.About(title="Log, day two", made_on=date(2026, 3, 2), people="agreed", people_note="Both customers")

    piece = verbs.edit_evidence(text, by=learner, about=about, criteria={edge: Place(4, None, "edge")}, text="Eleven.")

    piece.refresh_from_db()
    assert (piece.title, piece.text, piece.made_on, piece.people, piece.people_note) == (
        *("Log, day two", "Eleven.", date(2026, 3, 2), "agreed", "Both customers"),
    )
    assert piece.people_said_at is not None
    assert (piece.sha256, supports_of(piece)) == (manifest.sum_of("Eleven."), [("c1", Place(4, None, "edge"))])
    assert Event.objects.filter(kind="evidence.edited").count() == 1


def test_saying_the_same_again_leaves_the_moment_of_consent_as_it_was(attempt, text):
    learner = attempt.submission.learner
    about = nobody_in("Log")
    first = verbs.edit_evidence(text, by=learner, about=about, criteria=[])

    with clock.at(clock.now().replace(year=2030)):
        again = verbs.edit_evidence(text, by=learner, about=about, criteria=[])

    assert (again.people_said_at, Event.objects.filter(kind="evidence.edited").count()) == (first.people_said_at, 0)


def test_nobody_edits_the_piece_of_another(attempt, text):
    with pytest.raises(PermissionDenied):
        verbs.edit_evidence(text, by=person(), about=nobody_in("Mine"), criteria=[])
    with pytest.raises(PermissionDenied):
        verbs.order_evidence(attempt, by=person(), order=[])

    verbs.edit_evidence(text, by=attempt.submission.learner, about=nobody_in("Mine"), criteria=[])


def test_what_was_handed_in_is_not_edited(attempt, text):
    learner = attempt.submission.learner
    verbs.submit(attempt, by=learner)

    with pytest.raises(Refused, match="handed in"):
        verbs.edit_evidence(text, by=learner, about=nobody_in("Other"), criteria=[])
    with pytest.raises(Refused, match="handed in"):
        verbs.order_evidence(attempt, by=learner, order=[text.public_id])


def test_criteria_of_another_version_are_refused(attempt, text):
    other = published_version().criteria.first()

    with pytest.raises(Refused, match="another version"):
        verbs.edit_evidence(text, by=attempt.submission.learner, about=nobody_in("Log"), criteria=[other])


def three_pieces(attempt):
    learner = attempt.submission.learner
    for title in ("B", "C"):
        verbs.add_evidence(attempt, by=learner, kind="text", text=title, title=title)
    return [piece.public_id for piece in attempt.evidence.all()]


def titles(attempt):
    return [piece.title for piece in attempt.evidence.all()]


def test_pieces_come_in_the_order_that_was_asked_and_the_rest_behind(attempt):
    _a, b, c = three_pieces(attempt)

    verbs.order_evidence(attempt, by=attempt.submission.learner, order=[c, b, "not a piece of it"])

    assert titles(attempt) == ["C", "B", "Log"]


@pytest.mark.parametrize(
    ("step", "which", "order"),
    [("up", 1, ["B", "Log", "C"]), ("down", 1, ["Log", "C", "B"]), ("up", 0, ["Log", "B", "C"])],
)
def test_buttons_move_a_piece_by_one_place_and_save_the_words_first(attempt, step, which, order):
    pieces = three_pieces(attempt)
    typed = {"overview": "Ten knives.", "edition": attempt.edition, "next": f"{step}:{pieces[which]}"}

    answer = browser(attempt.submission.learner).post(f"{attempt.submission.get_absolute_url()}save/", typed)

    attempt.refresh_from_db()
    assert (answer.status_code, titles(attempt), attempt.overview) == (302, order, "Ten knives.")


def test_a_piece_that_is_sent_twice_with_one_key_is_there_once(attempt):
    learner = attempt.submission.learner

    first = verbs.add_evidence(attempt, by=learner, kind="image", upload=png_upload(), about=nobody_in("A"), key="k1")
    again = verbs.add_evidence(attempt, by=learner, kind="image", upload=png_upload(), about=nobody_in("A"), key="k1")

    assert (first, attempt.evidence.count()) == (again, 2)


def test_the_form_shows_what_was_said_and_keeps_it(attempt, text):
    there = f"/evidence/{text.public_id}/edit/"
    learner = browser(attempt.submission.learner)
    sent = {"title": "Log", "text": "Ten.", "c1": "on", "c1_place": "page 4 · “edge”", "c2_place": "2:15"}

    answer = learner.post(there, sent)

    assert answer.status_code == 302
    assert supports_of(text) == [("c1", Place(4, None, "edge")), ("c2", Place(None, 135, ""))]
    page = learner.get(there).content.decode()
    assert [
        words for words in ('value="page 4 · “edge”"', 'value="2:15"', ">\nTen.</textarea>") if words not in page
    ] == []


def test_an_empty_text_is_told_and_changes_nothing(attempt, text):
    learner = browser(attempt.submission.learner)

    answer = learner.post(f"/evidence/{text.public_id}/edit/", {"title": "Log", "text": " "})

    text.refresh_from_db()
    assert (answer.status_code, text.text) == (422, "I sharpened ten knives.")


def test_a_sample_is_lent_and_taken_back_at_any_time():
    attempt = open_attempt()
    submission, learner = attempt.submission, attempt.submission.learner
    verbs.lend_sample(submission, by=learner, lent=True)
    verbs.lend_sample(submission, by=learner, lent=True)
    verbs.submit(attempt, by=learner)

    with pytest.raises(PermissionDenied):
        verbs.lend_sample(submission, by=person(), lent=False)
    back = browser(learner).post(f"{submission.get_absolute_url()}lend-sample/", {"lent": "no"})

    submission.refresh_from_db()
    assert (back.status_code, submission.sample_since) == (302, None)
    kinds = ["submission.sample_lent", "submission.sample_taken_back"]
    assert list(Event.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", flat=True)) == kinds


def test_the_words_for_a_piece_that_was_taken_out_meanwhile_come_back():
    attempt = open_attempt()
    piece, learner = attempt.evidence.get(), browser(attempt.submission.learner)
    address = f"/evidence/{piece.public_id}/edit/"
    assert learner.get(address).status_code == 200
    verbs.remove_evidence(piece, by=attempt.submission.learner)

    answer = learner.post(address, {"title": "The edge after an hour of work"})

    assert (answer.status_code, "The edge after an hour of work" in answer.content.decode()) == (404, True)
    with pytest.raises(Refused, match="since been taken out"):
        verbs.edit_evidence(piece, by=attempt.submission.learner, about=nobody_in("Late"), criteria=[])


def test_a_piece_that_was_taken_out_meanwhile_supports_nothing(attempt, text):
    learner = attempt.submission.learner
    edge = attempt.submission.version.criteria.get(position=1)
    verbs.map_evidence(text, by=learner, criteria=[edge])
    before = supports_of(text)
    verbs.remove_evidence(text, by=learner)

    with pytest.raises(Refused, match="This piece has since been taken out"):
        verbs.map_evidence(text, by=learner, criteria=[edge])

    assert before == [("c1", Place())]
