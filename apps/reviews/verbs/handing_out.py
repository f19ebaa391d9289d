"""Leads assign work, share it out evenly, or take it over."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.events import record
from apps.core.refused import Refused
from apps.notices import verbs as notices
from apps.reviews import policies
from apps.reviews.models import Assignment, Turn
from apps.reviews.verbs.common import (
    end,
    lapse,
    last_day_of_offer,
    locked,
    named_part,
    offer,
    refuse_barred,
    said_in_words,
    still_holds,
)
from apps.reviews.verbs.leases import is_due, take, take_turn
from apps.submissions import verbs as submissions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from apps.submissions.models import Attempt


class SharedOut(NamedTuple):
    """The offers made, and the turns left over, each with the reason."""

    offered: list[Assignment]
    left: list[tuple[Turn, str]]


@transaction.atomic
def assign(turn: Turn, *, to: User, by: User) -> Assignment:
    """Offer someone a turn that nobody is working on. It is kept for them for some days; no lease runs until they
    take it.
    """
    attempt, submission = locked(turn.attempt)
    if not policies.can_lead(by, submission):
        raise PermissionDenied
    turn = Turn.objects.locked(turn.pk)
    if turn.state != Turn.State.OPEN or not is_due(turn, attempt):
        raise Refused(_("This does not wait any more."))
    current = turn.assignments.open().select_related("assessor", "offered_by", "turn").first()
    if current is not None and current.is_unanswered:
        lapse(current, submission)
        current = None
    if current is not None and current.state == Assignment.State.TAKEN and still_holds(current):
        raise Refused(_("%(name)s is working on this. Take it over first.") % {"name": current.assessor})
    if current is not None and current.state == Assignment.State.OFFERED and current.assessor_id == to.pk:
        return current
    # Check only the seat: a refusal must not reveal whose work it is.
    if not policies.has_seat_for(to, submission, turn.part):
        raise Refused(_("%(name)s has no seat for this.") % {"name": to})
    try:
        refuse_barred(to, submission, part=turn.part, attempt=attempt)
        with said_in_words(to, submission, part=turn.part, attempt=attempt):
            if current is not None:
                was_offered = current.state == Assignment.State.OFFERED
                end(current, Assignment.State.RELEASED if was_offered else Assignment.State.EXPIRED)
            offered = offer(turn, attempt, to=to, by=by)
    except Refused:
        # The reason is private: it could tell a lead who the learner of blind work is.
        raise Refused(_("%(name)s must not judge this one.") % {"name": to}) from None
    record(
        "assignment.offered",
        submission,
        by=by,
        assignment=offered.public_id,
        attempt=attempt.public_id,
        to=to.public_id,
    )
    if to.pk != by.pk:
        notices.write(
            "work_offered",
            key=f"work_offered:{offered.public_id}",
            to=to,
            address=reverse("reviews:desk", args=[attempt.public_id]),
            facts={
                **submissions.with_reference(submission),
                "due_on": turn.due_on,
                "part": named_part(turn),
                "until": last_day_of_offer(submission),
            },
        )
    return offered


def share_out(turns: Iterable[Turn], *, among: Sequence[User], by: User) -> SharedOut:
    """Offer each turn to the person with the least in hand who may judge it. Each offer is its own transaction."""
    if not among:
        raise Refused(_("Choose who is to share it."))
    in_hand = {person.pk: 0 for person in among}
    counted = Count("assignments", filter=Q(assignments__state__in=Assignment.OPEN))
    in_hand |= dict(User.objects.filter(pk__in=in_hand).annotate(n=counted).values_list("pk", "n"))
    offered, left = [], []
    for turn in turns:
        why = ""
        for person in sorted(among, key=lambda one: (in_hand[one.pk], one.pk)):
            try:
                offered.append(assign(turn, to=person, by=by))
            except Refused as refusal:
                why = str(refusal)
            else:
                in_hand[person.pk] += 1
                break
        else:
            left.append((turn, why))
    return SharedOut(offered, left)


@transaction.atomic
def take_over(attempt: Attempt, *, by: User, turn: Turn | None = None) -> Assignment:
    """Continue, as a lead, with what someone else holds; they are told, and their marks are kept as void. `turn` says
    which, if several are held at once; otherwise the first.
    """
    attempt, submission = locked(attempt)
    if not policies.can_lead(by, submission):
        raise PermissionDenied
    held = attempt.assignments.open().select_related("assessor", "turn").order_by("turn")
    current = held.first() if turn is None else held.filter(turn=turn).first()
    if current is None:
        raise Refused(_("Nobody holds this any more: take it."))
    if current.assessor_id == by.pk:
        return take(attempt, by=by)
    if not is_due(current.turn, attempt):
        raise Refused(_("This does not wait any more."))
    refuse_barred(by, submission, part=current.turn.part, attempt=attempt)
    end(current, Assignment.State.RELEASED)
    record(
        "assignment.taken_over",
        submission,
        by=by,
        assignment=current.public_id,
        attempt=attempt.public_id,
    )
    notices.write(
        "taken_over",
        key=f"taken_over:{current.public_id}",
        to=current.assessor,
        address=reverse("reviews:queue"),
        facts={**submissions.with_reference(submission), "returned": False},
    )
    # Exactly that turn: another turn of the same work may be free too.
    with said_in_words(by, submission, part=current.turn.part, attempt=attempt):
        return take_turn(Turn.objects.locked(current.turn_id), attempt, by=by)
