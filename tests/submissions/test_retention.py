"""What is kept for a time is forgotten when it is over, but for what the law holds."""

import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from apps.accounts import verbs as accounts
from apps.core import clock, erasing, outbox
from apps.core.models import Event, Forgetting
from apps.core.refused import Refused
from apps.credentials import verifier
from apps.credentials.models import SignedForm
from apps.notices.models import Letter, Notice
from apps.submissions import verbs
from apps.submissions.models import Answer, Attempt, EvidenceItem, Upload
from config.retention import RETENTION, YEAR
from tests.factories import (
    browser,
    credential_with_picture,
    decided,
    events_of,
    forgotten,
    nobody_in,
    open_attempt,
    operator,
    owner_of,
    person,
    png_upload,
    published_version,
)
from tests.factories.uploads import checked_piece, mp4, sent_piece

pytestmark = pytest.mark.django_db


def later(years, kind):
    with clock.at(clock.now() + years * YEAR + timedelta(days=1)):
        forgotten = erasing.forget_class(kind)
        outbox.drain()
    return forgotten


def test_every_class_has_a_function_and_is_asked_for_each_day():
    with clock.at(clock.now() + 10 * YEAR):
        call_command("drain_jobs")
    from apps.core.tasks import forget_old

    forget_old()
    forget_old()

    assert set(RETENTION) == {
        "answers",
        "cells",
        "drafts",
        "evidence",
        "letters",
        "notices",
        "tables",
        "taken_out",
        "unproved",
        "unsent",
    }
    outbox.drain()
    assert Forgetting.objects.count() == 0  # nothing is old


def test_evidence_of_decided_work_goes_after_six_years_and_the_decision_stays():
    held = credential_with_picture()
    attempt = Attempt.objects.get(submission__learner=held.earner)
    name = attempt.evidence.get(kind="image").file.name
    told = Answer.objects.get(attempt=attempt).note

    too_soon = later(5, "evidence")
    there = default_storage.exists(name)
    forgotten = later(6, "evidence")
    again = later(6, "evidence")

    attempt.refresh_from_db()
    pieces = list(EvidenceItem.objects.filter(attempt=attempt).order_by("position"))
    assert (too_soon, there, forgotten, again) == (0, True, 1, 0)
    assert (attempt.overview, attempt.manifest, [one.text for one in pieces if one.kind == "text"]) == ("", "", ["—"])
    assert (default_storage.exists(name), Answer.objects.get(attempt=attempt).note) == (False, told)
    assert events_of(attempt.submission)[-1] == ("submission.forgotten", "")
    (done,) = Forgetting.objects.all()
    assert (done.kind, done.number) == ("evidence", 1)
    assert Event.objects.get(kind="retention.done").data == {"what": "evidence", "number": 1}
    # The badge holds: nobody says that its evidence was changed.
    report = verifier.check(held.forms.get(format=SignedForm.Format.OB3_EDDSA).text)
    assert (report.valid, {check.name: check.result for check in report.checks}["evidence"]) == (
        True,
        "could_not_check",
    )
    assert browser(held.earner).get(f"/submissions/{attempt.submission.public_id}/").status_code == 200


def after(days, kind="drafts"):
    """So long from now: how many were forgotten, and of whom it was told that theirs will be."""
    with clock.at(clock.now() + timedelta(days=days)):
        forgotten = erasing.forget_class(kind)
        outbox.drain()
    return forgotten, Letter.objects.filter(kind="draft_forgotten").count()


def test_a_draft_laid_aside_goes_after_two_years_once_its_learner_was_told_and_is_not_opened_again():
    attempt = open_attempt()
    submission, learner = attempt.submission, attempt.submission.learner
    going_on = open_attempt()
    verbs.withdraw(submission, by=learner)

    assert [after(days) for days in (690, 701, 720, 732)] == [(0, 0), (0, 1), (0, 1), (1, 1)]

    attempt.refresh_from_db()
    going_on.refresh_from_db()
    assert (attempt.overview, going_on.overview) == ("", "What I did.")
    day = (clock.now() + timedelta(days=731)).strftime("%-d %B %Y")
    assert f"are erased on {day}, unless you open it again." in Letter.objects.get(kind="draft_forgotten").text
    with pytest.raises(Refused, match="The time to keep this is over"):
        verbs.reopen(submission, by=learner)


def test_nothing_is_erased_that_nobody_was_told_of_or_that_was_opened_again_meanwhile():
    late, again = open_attempt(), open_attempt()
    for attempt in (late, again):
        verbs.withdraw(attempt.submission, by=attempt.submission.learner)

    # The first look comes three years later: a month is theirs all the same.
    told = after(1_000)
    with clock.at(clock.now() + timedelta(days=1_010)):
        verbs.reopen(again.submission, by=again.submission.learner)
        verbs.withdraw(again.submission, by=again.submission.learner)
    early, then = after(1_020), after(1_031)

    assert (told, early) == ((0, 2), (0, 2))
    late.refresh_from_db()
    again.refresh_from_db()
    assert (then[0], late.overview, again.overview) == (1, "", "What I did.")


def test_a_draft_that_only_grew_by_evidence_is_kept_as_long_as_its_letter_and_its_page_say():
    attempt = open_attempt()
    submission, learner = attempt.submission, attempt.submission.learner
    began = clock.now()

    def on(day):
        return clock.at(began + timedelta(days=day))

    with on(600):
        verbs.add_evidence(attempt, by=learner, kind="image", upload=png_upload(colour="plum"), about=nobody_in("Pic"))
        page = browser(learner).get(f"/submissions/{submission.public_id}/withdraw/")
    with on(767):
        verbs.lapse_drafts()
    with on(782):
        verbs.lapse_drafts()

    until = (began + timedelta(days=600 + 730)).date()
    assert page.context["kept_until"] == until
    assert learner.notices.filter(kind="draft_lapses").latest("pk").facts["until"] == until.isoformat()
    assert [after(day) for day in (799, 1_299, 1_301, 1_332)] == [(0, 0), (0, 0), (0, 1), (1, 1)]


def test_work_that_was_decided_is_kept_for_its_six_years_when_the_next_attempt_is_withdrawn():
    attempt = decided(short=True).attempt
    submission, learner = attempt.submission, attempt.submission.learner
    verbs.try_again(submission, by=learner)
    page = browser(learner).get(f"/submissions/{submission.public_id}/withdraw/")
    verbs.withdraw(submission, by=learner)

    told = [after(days) for days in (701, 732, 2_159, 2_161)]
    attempt.refresh_from_db()
    there = attempt.overview, attempt.manifest != ""

    assert (told, there) == ([(0, 0), (0, 0), (0, 0), (0, 1)], ("What I did.", True))
    assert page.context["kept_until"] == (clock.now() + 6 * YEAR).date()
    assert after(2_192) == (1, 1)


def test_work_that_is_opened_again_while_the_job_runs_is_neither_warned_of_nor_erased():
    _first, second, third = ones = [open_attempt() for _ in range(3)]
    for one in ones:
        verbs.withdraw(one.submission, by=one.submission.learner)

    def after_opening(days, late):
        """As `after`; between the look and the first lock, `late` is opened again."""
        still = [late.submission]

        def opening(execute, sql, *rest):
            if "FOR UPDATE" in sql and still:
                submission = still.pop()
                verbs.reopen(submission, by=submission.learner)
            return execute(sql, *rest)

        with connection.execute_wrapper(opening):
            return after(days)

    told = [after_opening(701, third), after_opening(732, second)]

    assert told == [(0, 2), (1, 2)]
    assert [Attempt.objects.get(pk=one.pk).overview for one in ones] == ["", "What I did.", "What I did."]


def test_after_a_draft_was_erased_its_badge_can_be_begun_anew():
    attempt = open_attempt()
    learner, version = attempt.submission.learner, attempt.submission.version
    verbs.withdraw(attempt.submission, by=learner)
    opens = "Open it again", "Begin the badge again"

    def told():
        page = browser(learner).get(attempt.submission.get_absolute_url()).content.decode()
        return [words in page for words in opens]

    before = told()
    after(701)
    after(732)

    assert (before, told()) == ([True, False], [False, True])
    begun = verbs.start(version, by=learner)
    assert (begun.pk == attempt.submission_id, begun.state) == (False, "draft")


def test_after_not_yet_was_erased_its_badge_can_be_begun_anew_once():
    attempt = decided(short=True).attempt
    learner, version = attempt.submission.learner, attempt.submission.version
    before = verbs.start(version, by=learner)
    later(6, "evidence")

    page = browser(learner).get(before.get_absolute_url()).content.decode()
    assert ("Start attempt 2" in page, "Begin the badge again" in page) == (False, True)
    begun = [verbs.start(version, by=learner) for _ in range(2)]

    assert (before.pk, len({one.pk for one in begun} - {before.pk})) == (attempt.submission_id, 1)


def with_picture(attempt):
    """Of everybody the same; the name that it lies under."""
    learner = attempt.submission.learner
    piece = verbs.add_evidence(
        attempt, by=learner, kind="image", upload=png_upload(colour="plum"), about=nobody_in("Pic")
    )
    return piece.file.name


def test_two_who_handed_in_the_same_file_leave_one_after_the_other_and_it_is_gone():
    version = published_version()
    ones = [open_attempt(version), open_attempt(version)]
    name, _same = (with_picture(one) for one in ones)
    outbox.drain()

    there = []
    for one in ones:
        forgotten(one.submission.learner)
        outbox.drain()
        there.append(default_storage.exists(name))

    assert there == [True, False]


@pytest.mark.parametrize("whole", [True, False], ids=["all of a person's", "one submission"])
def test_what_the_law_holds_stays_until_it_is_lifted(whole):
    attempt = decided().attempt
    learner, boss = attempt.submission.learner, operator()
    other = decided().attempt
    hold = (
        accounts.hold(learner, by=boss, reason="Case 12")
        if whole
        else verbs.hold(attempt.submission, by=owner_of(attempt.submission.achievement.issuer), reason="Case 12")
    )

    first = later(6, "evidence"), later(1, "letters")
    accounts.lift_hold(hold, by=boss)

    other.refresh_from_db()
    attempt.refresh_from_db()
    assert (first[0], attempt.overview, other.overview) == (1, "What I did.", "")
    assert later(6, "evidence") == 1


def test_only_operators_and_owners_hold_and_say_why():
    attempt = decided().attempt

    for somebody in (person(), attempt.submission.learner):
        with pytest.raises(PermissionDenied):
            verbs.hold(attempt.submission, by=somebody, reason="No.")
    with pytest.raises(PermissionDenied):
        accounts.hold(attempt.submission.learner, by=person(), reason="No.")
    with pytest.raises(Refused, match="Give a reason"):
        accounts.hold(attempt.submission.learner, by=operator(), reason=" ")


def test_words_of_letters_go_after_a_year_and_that_they_were_sent_stays():
    decided()
    outbox.drain()
    sent = Letter.objects.filter(state="sent").exclude(text="").count()
    here = Notice.objects.filter(letter=None).count()

    assert (later(1, "letters") >= sent, later(1, "notices")) == (True, here)
    assert (sent > 0, Letter.objects.exclude(text="").count()) == (True, 0)


def test_the_operator_places_lists_and_lifts_holds_by_command():
    someone, boss = person(email="hana@reid.example"), operator()

    def run(**asked):
        said = io.StringIO()
        call_command("legal_holds", stdout=said, **asked)
        return said.getvalue()

    placed = run(place="hana@reid.example", reason="Case 12", by=boss.email)
    with pytest.raises(CommandError, match="is no operator"):
        run(lift=placed.split()[0], by=someone.email)

    assert "everything of hana@reid.example, by Operator: Case 12" in placed
    assert run(lift=placed.split()[0], by=boss.email) == ""


def test_how_files_were_called_on_their_way_goes_with_the_draft_and_who_leaves():
    drafts = [open_attempt(), open_attempt()]
    for attempt in drafts:
        kept, unread = mp4(), mp4(21_000)
        checked_piece(attempt, kept, name="Mere-at-work.mp4", title="Mere")
        sent_piece(attempt, unread, name="Mere-again.mp4", title="Mere")
    erased, left = drafts
    verbs.withdraw(erased.submission, by=erased.submission.learner)

    after(701)
    after(732)
    forgotten(left.submission.learner)

    told = [(one.state, one.file_name, one.title) for one in Upload.objects.order_by("pk")]
    assert told == [("kept", "—", ""), ("kept", "—", "")] * 2
