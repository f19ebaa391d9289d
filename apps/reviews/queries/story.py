"""The history of a submission from its events, for those who may assess it."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.accounts.models import User
from apps.core.models import Event
from apps.issuers.models import AchievementVersion
from apps.reviews.models import (
    APART,
    JUDGED_ANEW,
    Appeal,
    Assignment,
    Conflict,
    Consequence,
    Decision,
    Moderation,
    Outcome,
    Part,
    Review,
)
from apps.submissions import queries as work
from apps.submissions.models import Submission

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

# The events that assessors may see: not how a learner worked before handing in.
WORDS: Mapping[str, StrOrPromise] = {
    "submission.started": gettext_lazy("Begun"),
    "submission.route_chosen": gettext_lazy("Route chosen"),
    "submission.submitted": gettext_lazy("Handed in"),
    "submission.withdrawn": gettext_lazy("Withdrawn"),
    "submission.lapsed": gettext_lazy("Lapsed"),
    "submission.reopened": gettext_lazy("Opened again"),
    "submission.retried": gettext_lazy("Next attempt begun"),
    "submission.returned": gettext_lazy("Returned, not judged"),
    "submission.not_yet": gettext_lazy("Answered: not yet"),
    "submission.declined": gettext_lazy("Answered: declined"),
    "submission.awarded": gettext_lazy("Answered: awarded"),
    "submission.sent_again": gettext_lazy("The letter sent again"),
    "attempt.frozen": gettext_lazy("Checked and frozen"),
    "attempt.broken": gettext_lazy("A file no longer matched its checksum"),
    "turn.opened": gettext_lazy("Waits to be judged"),
    "assignment.offered": gettext_lazy("Offered"),
    "assignment.taken": gettext_lazy("Taken"),
    "assignment.released": gettext_lazy("Given back"),
    "assignment.expired": gettext_lazy("Ran out"),
    "assignment.offer_lapsed": gettext_lazy("Offered, and not answered in time"),
    "assignment.taken_over": gettext_lazy("Taken over"),
    "marking.sent": gettext_lazy("Marking sent"),
    "review.passed_back": gettext_lazy("Passed back"),
    "decision.made": gettext_lazy("Decided"),
    "decision.released": gettext_lazy("Released to the learner"),
    "decision.moderated": gettext_lazy("Looked at again"),
    "appeal.lodged": gettext_lazy("Appealed"),
    "appeal.withdrawn": gettext_lazy("Appeal withdrawn"),
    "appeal.answered": gettext_lazy("Appeal decided"),
    "conflict.declared": gettext_lazy("Declared a conflict"),
    "learner.recognised": gettext_lazy("Recognised whose work it is"),
    "consequence.opened": gettext_lazy("A badge already awarded has to be dealt with"),
    "consequence.seen_to": gettext_lazy("The badge already awarded was dealt with"),
    "message.written": gettext_lazy("Message written"),
    "talk.held": gettext_lazy("Talk held"),
}
# The codes in events, with their labels.
_CODES: Mapping[str, Mapping[str, StrOrPromise]] = {
    "part": dict(Part.choices),
    "outcome": dict(Outcome.choices),
    "how": dict(Decision.How.choices),
    "verdict": dict(Moderation.Verdict.choices),
    "state": dict(Appeal.State.choices),
    "ground": dict(Appeal.Ground.choices),
    "done": dict(Consequence.Done.choices),
    "route": dict(Submission.Route.choices),
    "declared": {"no_conflict": gettext_lazy("said to have no conflict")},
}
# Events about the decision on an attempt.
_DECIDED = {
    *("decision.made", "decision.released", "submission.not_yet", "submission.declined", "submission.awarded"),
    *("consequence.opened", "consequence.seen_to", "submission.sent_again"),
}

# Events in which someone's part was ended by others.
_OF_OTHERS = ("assignment.expired", "assignment.offer_lapsed", "assignment.taken_over")


class Sealed(NamedTuple):
    """The block that an event is sealed in, and that block's hash."""

    block: int
    hash: str


class Entry(NamedTuple):
    """One line of the history. `attempt` is 0 before the first was handed in; `sealed` is None until a block holds it."""

    attempt: int
    at: datetime
    kind: str
    what: StrOrPromise
    who: StrOrPromise
    more: str
    event: str
    sealed: Sealed | None


class Chapter(NamedTuple):
    attempt: int
    entries: list[Entry]


class _Known(NamedTuple):
    """What the ids in events refer to."""

    numbers: Mapping[str, int]
    assignments: Mapping[str, Assignment]
    hushed: set[int]
    judged_anew: set[int]
    names: Mapping[str, str]


def story_of(submission: Submission, *, reader: User, leads: bool) -> list[Chapter]:
    """The history by attempt, oldest first. It hides separate markers from each other until the decision, and the
    earlier decision while the work is judged again. Only leads see what a declared conflict is.
    """
    told = Event.objects.filter(subject_id=submission.public_id, kind__in=WORDS)
    events = list(told.select_related("block").order_by("pk"))
    known = _known(submission, events, reader)
    entries, number = [], 0
    for event in events:
        number = _number(event, known) or number
        assignment = known.assignments.get(event.data.get("assignment", ""))
        if _is_hushed(event, assignment, known, number=number, reader=reader):
            continue
        more = [str(words[event.data[code]]) for code, words in _CODES.items() if event.data.get(code) in words]
        if event.kind == "conflict.declared" and leads:
            more.append(str(Conflict.Kind(event.data["conflict_kind"]).label))
        if "to" in event.data:
            more.append(known.names.get(event.data["to"], _("Somebody who left")))
        elif event.kind in _OF_OTHERS and assignment is not None:
            more.append(assignment.assessor.name)
        who = known.names.get(event.actor_id, _("Somebody who left")) if event.actor_id else "Satchel"
        sealed = Sealed(event.block.number, event.block.hash) if event.block else None
        what = WORDS[event.kind]
        entries.append(
            Entry(number, event.happened_at, event.kind, what, who, ", ".join(more), event.public_id, sealed)
        )
    return [Chapter(n, list(lines)) for n, lines in groupby(entries, key=attrgetter("attempt"))]


def _number(event: Event, known: _Known) -> int:
    """The number of the attempt an event is about, from the first of its ids that tells; 0 if none does."""
    ids = (
        str(event.data[name])
        for name in ("attempt", "decision", "review", "appeal", "consequence")
        if name in event.data
    )
    return next((known.numbers[one] for one in ids if one in known.numbers), 0)


def _is_hushed(event: Event, assignment: Assignment | None, known: _Known, *, number: int, reader: User) -> bool:
    if event.kind in _DECIDED and number in known.judged_anew:
        return True
    part = assignment.turn.part if assignment else event.data.get("part", "")
    is_judging = event.kind == "marking.sent" or assignment is not None
    return is_judging and part in APART and number in known.hushed and event.actor_id != reader.public_id


def _known(submission: Submission, events: list[Event], reader: User) -> _Known:
    attempts = list(submission.attempts.prefetch_related("turns"))
    numbers: dict[str, int] = {one.public_id: one.number for one in attempts}
    assignments = Assignment.objects.filter(attempt__submission=submission).select_related("assessor", "turn", "review")
    by_id = {one.public_id: one for one in assignments}
    number_of = {one.pk: one.number for one in attempts}
    for one in by_id.values():
        review = getattr(one, "review", None)
        if isinstance(review, Review):
            numbers[review.public_id] = number_of[one.attempt_id]
    of_submission: Any = {"attempt__submission": submission}
    for decision in Decision.objects.filter(**of_submission).select_related("appeal", "consequence"):
        for thing in (decision, getattr(decision, "appeal", None), getattr(decision, "consequence", None)):
            if thing is not None:
                numbers[thing.public_id] = number_of[decision.attempt_id]
    people = {event.actor_id for event in events} | {event.data.get("to", "") for event in events}
    names = dict(User.objects.filter(public_id__in=people - {""}).values_list("public_id", "name"))
    names[submission.learner.public_id] = work.public_identity(reader, submission.learner, of=submission)
    return _Known(numbers, by_id, _marked_apart(submission, attempts), _judged_anew(attempts, by_id, reader), names)


def _marked_apart(submission: Submission, attempts: list[Any]) -> set[int]:
    """Attempts with two separate markings, while a lead may still have to decide between them."""
    if submission.version.policy != AchievementVersion.Policy.DOUBLE_BLIND:
        return set()
    waiting = {Part.FIRST, Part.SECOND, Part.ADJUDICATE}
    return {
        attempt.number
        for attempt in attempts
        if any(turn.state == turn.State.OPEN and turn.part in waiting for turn in attempt.turns.all())
    }


def _judged_anew(attempts: list[Any], assignments: Mapping[str, Assignment], reader: User) -> set[int]:
    """Attempts whose decision is hidden from those who may take them now, as on the review page; not from whoever
    hears an appeal.
    """
    hears = {
        one.attempt_id
        for one in assignments.values()
        if one.assessor_id == reader.pk and one.turn.part == Part.APPEAL and one.state == one.State.TAKEN
    }
    return {
        attempt.number
        for attempt in attempts
        if attempt.pk not in hears
        and any(turn.state == turn.State.OPEN and turn.part in JUDGED_ANEW for turn in attempt.turns.all())
    }


HEADINGS = (
    gettext_lazy("Attempt"),
    pgettext_lazy("story", "When"),
    gettext_lazy("What"),
    gettext_lazy("Who"),
    gettext_lazy("More"),
    gettext_lazy("Code"),
    gettext_lazy("Event"),
)
