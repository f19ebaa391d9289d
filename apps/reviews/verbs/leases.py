"""Take work to judge, keep it while working on it, and give it back."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.wording import SOMETHING, Worded
from apps.core import prepared
from apps.core.events import record
from apps.core.refused import Refused
from apps.notices import verbs as notices
from apps.reviews import policies, queries
from apps.reviews.models import APART, MARKING, Assignment, Part, Turn
from apps.reviews.verbs.beginning import begin_review
from apps.reviews.verbs.common import (
    PLAYED_ON,
    cannot_judge,
    end,
    expire,
    held,
    held_by_another,
    lapse,
    locked,
    refuse_barred,
    said_in_words,
    still_holds,
)
from apps.reviews.verbs.turns import open_turns
from apps.submissions import verbs as submissions
from apps.submissions.models import Attempt, Submission

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

# How many candidates to try when others are taking the next ones at the same moment.
_TRIES = 50


@transaction.atomic
def take(attempt: Attempt, *, by: User) -> Assignment:
    """Take an attempt to judge, in the part that waits for `by`. If they hold it already, they continue with it."""
    attempt, submission = locked(attempt)
    if not policies.can_assess(by, submission):
        raise cannot_judge(by, submission)
    # The job that opens the turns may not have run yet.
    open_turns(attempt)
    is_gone = attempt.state == Attempt.State.WITHDRAWN
    turns = [] if is_gone else list(attempt.turns.open().order_by("pk"))
    current = {one.turn_id: one for one in attempt.assignments.open().select_related("assessor", "turn")}
    mine = next((one for one in current.values() if one.assessor_id == by.pk), None)
    if mine is not None and mine.state == Assignment.State.TAKEN and still_holds(mine):
        return mine
    for assignment in current.values():
        if assignment.state == Assignment.State.TAKEN and not still_holds(assignment):
            expire(assignment, submission)
        elif assignment != mine and assignment.is_unanswered:
            lapse(assignment, submission)
    waiting = [turn for turn in turns if is_due(turn, attempt) and policies.can_play(by, submission, turn.part)]
    if not waiting:
        raise _nothing_to_take(attempt, [turn for turn in turns if is_due(turn, attempt)])
    free = [turn for turn in waiting if turn.pk not in current or current[turn.pk] == mine]
    free += [turn for turn in waiting if turn not in free and not _stands(current[turn.pk])]
    if not free:
        raise held_by_another(current[waiting[0].pk], submission)
    turn = next((one for one in free if mine is not None and one.pk == mine.turn_id), free[0])
    refuse_barred(by, submission, part=turn.part, attempt=attempt)
    with said_in_words(by, submission, part=turn.part, attempt=attempt):
        return take_turn(turn, attempt, by=by, offered=mine)


def is_due(turn: Turn, attempt: Attempt) -> bool:
    """Whether the attempt is in a state in which this part is judged: a withdrawn one may still have open turns."""
    return attempt.state in PLAYED_ON[Part(turn.part)]


def _stands(assignment: Assignment) -> bool:
    """Whether an assignment that was open a moment ago still is, or has just run out."""
    return assignment.state in Assignment.OPEN


def _nothing_to_take(attempt: Attempt, turns: list[Turn]) -> Refused:
    if turns:
        return Refused(_("This waits for a lead: somebody with a seat to moderate takes it."))
    if attempt.state in (Attempt.State.ASSESSED, Attempt.State.CLOSED):
        return Refused(_("This is decided already."))
    return Refused(_("This is not ready to be assessed: its files are being checked, or it is decided."))


def take_turn(turn: Turn, attempt: Attempt, *, by: User, offered: Assignment | None = None) -> Assignment:
    """Take a turn. The caller holds the locks, and has checked that `by` may and that the turn is free."""
    submission = attempt.submission
    # A second look at an earlier attempt does not begin the review of the one handed in since.
    if submission.state == Submission.State.SUBMITTED and turn.part in APART:
        submission.move(Submission.State.UNDER_ASSESSMENT)
        submission.save(update_fields=["state"])
    if offered is not None and offered.state == Assignment.State.OFFERED and offered.turn_id == turn.pk:
        offered.move(Assignment.State.TAKEN)
        times = {"taken_at": Now(), "until": Now() + timedelta(hours=settings.LEASE_HOURS)}
        Assignment.objects.filter(pk=offered.pk).update(state=offered.state, **times)
        assignment = offered
        # Only these fields: turn, attempt and assessor are loaded already.
        assignment.refresh_from_db(fields=["taken_at", "until"])
    else:
        assignment = _lease(Assignment(turn=turn, attempt=attempt, assessor=by))
    if turn.part in MARKING:
        begin_review(assignment)
    record(
        "assignment.taken",
        submission,
        by=by,
        assignment=assignment.public_id,
        attempt=attempt.public_id,
        part=turn.part,
        # The page and the API say that taking declares this.
        declared="no_conflict",
    )
    if turn.part == Part.FIRST:
        notices.write(
            "being_read",
            key=f"being_read:{attempt.public_id}",
            to=submission.learner,
            address=submission.get_absolute_url(),
            facts={**submissions.named(submission), "answer_by": submission.answer_by},
        )
    return assignment


_LEASED = """
INSERT INTO reviews_assignment (public_id, turn_id, attempt_id, assessor_id, state, taken_at, until)
VALUES (%s, %s, %s, %s, %s, statement_timestamp(), statement_timestamp() + make_interval(hours => %s))
RETURNING id, taken_at, until"""


def _lease(assignment: Assignment) -> Assignment:
    """Insert a lease and read its key and times in one query: the times are the database's."""
    about = (assignment.public_id, assignment.turn_id, assignment.attempt_id, assignment.assessor_id, assignment.state)
    ((assignment.pk, assignment.taken_at, assignment.until),) = prepared.ask(_LEASED, [*about, settings.LEASE_HOURS])
    assignment._state.adding, assignment._state.db = False, connection.alias
    return assignment


def _offered_to(user: User) -> QuerySet[Assignment, tuple[int]]:
    offers = Assignment.objects.filter(assessor=user, state=Assignment.State.OFFERED)
    return offers.order_by("turn__due_on", "turn_id").values_list("pk")


def _state_locked(_user: User) -> QuerySet[Submission, tuple[str]]:
    return Submission.objects.select_for_update().filter(pk=SOMETHING).values_list("state")


_OFFERED, _STATE = Worded(_offered_to), Worded(_state_locked)


def take_next(*, by: User, asked: queries.Asked = queries.EVERYTHING) -> Assignment | None:
    """Take the most urgent turn that nobody holds, or return None. `asked` narrows this to a view of the queue, in
    its order.

    Turns offered to this person by a lead come first; turns that others are taking at this moment are skipped.
    """
    try:
        return _take_next(by, asked)
    except IntegrityError:
        # A conflict arose in between, such as becoming the learner's mentor. Look again.
        return _take_next(by, asked)


@transaction.atomic
def _take_next(by: User, asked: queries.Asked) -> Assignment | None:
    queue = queries.Queue(by)
    offered = _OFFERED.ask(by)
    matching = queue.offers(asked) if offered and asked != queries.EVERYTHING else None
    for (pk,) in offered:
        one = Assignment.objects.select_related("turn", "attempt__submission").get(pk=pk)
        if (matching is None or one.turn_id in matching) and _may_take(one, by):
            return take(one.attempt, by=by)
    for few in islice(queue.candidates(asked), _TRIES):
        turn = queries.locked_free(by, few, asked.key)
        if turn is not None:
            # The search made the same checks as `take`: a seat, no conflict, nobody else. The database enforces them
            # too. The attempt's lock is held already; child first, so its submission's comes now, possibly after a
            # wait.
            submission = turn.attempt.submission
            ((submission.state,),) = _STATE.ask(by, submission.pk)
            return take_turn(turn, turn.attempt, by=by)
    return None


def _may_take(offered: Assignment, by: User) -> bool:
    """Whether what was offered is still theirs to take; if not, it must not keep them from other work."""
    attempt, part = offered.attempt, offered.turn.part
    return (
        attempt.state != Attempt.State.WITHDRAWN
        and policies.can_play(by, attempt.submission, part)
        and queries.why_barred(by, attempt.submission, part=part, attempt=attempt) is None
    )


@transaction.atomic
def keep(attempt: Attempt, *, by: User) -> Assignment:
    """Renew the lease of someone who is still working on it."""
    attempt, _submission = locked(attempt)
    return extend(held(attempt, by))


def extend(assignment: Assignment) -> Assignment:
    Assignment.objects.filter(pk=assignment.pk).update(until=Now() + timedelta(hours=settings.LEASE_HOURS))
    assignment.refresh_from_db(fields=["until"])
    return assignment


@transaction.atomic
def give_back(attempt: Attempt, *, by: User) -> None:
    """Give a lease or an offer back; the marks given under it are kept as void."""
    attempt, submission = locked(attempt)
    current = attempt.assignments.open().filter(assessor=by).select_related("turn").first()
    if current is None or current.state == Assignment.State.TAKEN:
        current = held(attempt, by)
    end(current, Assignment.State.RELEASED)
    record("assignment.released", submission, by=by, assignment=current.public_id, attempt=attempt.public_id)


def expire_leases() -> int:
    """End leases that ran out, offers nobody answered, and those of people who may no longer judge. Their marks are
    kept, as void. Return how many ended.
    """
    over = (*Assignment.objects.lapsed(), *Assignment.objects.unanswered())
    return sum(_expire(one.pk) for one in [*over, *_of_who_may_not()])


def _of_who_may_not() -> Iterator[Assignment]:
    """Leases and offers of people whose seat has ended, whose badge has run out, or who now have a conflict."""
    for person in User.objects.filter(assignments__state__in=Assignment.OPEN).distinct():
        theirs = Assignment.objects.open().filter(assessor=person)
        held = Turn.objects.open().filter(pk__in=theirs.values("turn"))
        playable = held.playable_by(person).filter(queries.eligible_for(person))
        yield from theirs.exclude(turn__in=playable.exclude(queries.barred_from(person)).values("pk"))


@transaction.atomic
def _expire(assignment_id: int) -> bool:
    """End it if it still should end once the locks are held. Return whether it did."""
    assignment = Assignment.objects.select_related("attempt").get(pk=assignment_id)
    attempt, submission = locked(assignment.attempt)
    around = ("assessor", "offered_by", "turn")
    found = attempt.assignments.open().filter(pk=assignment_id).select_related(*around).first()
    if found is not None and found.is_unanswered:
        lapse(found, submission)
        return True
    if found is None or (
        (found.state == Assignment.State.OFFERED or still_holds(found))
        and policies.can_play(found.assessor, submission, found.turn.part)
        and queries.may_play(found.assessor, found.turn)
    ):
        return False
    expire(found, submission)
    return True
