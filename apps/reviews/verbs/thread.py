"""Tell assessors about messages from the learner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from apps.accounts.models import User
from apps.issuers import policies as seats
from apps.issuers.models import Seat
from apps.notices import verbs as notices
from apps.reviews import policies
from apps.reviews.models import Conflict, Decision, Turn
from apps.submissions import queries as work
from apps.submissions import verbs as submissions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from apps.submissions.models import Attempt, Message, Submission


@transaction.atomic
def tell_assessors(message: Message) -> None:
    """Tell those about a learner's message who should answer it; see `_hearers`. Nobody before anything is handed in,
    as nobody may read it yet.
    """
    submission = message.submission
    newest = submission.attempts.handed_in().order_by("-number").first()
    if message.from_assessor or newest is None:
        return
    for person in _hearers(message, newest):
        notices.write(
            "message",
            key=f"message:{message.public_id}",
            to=person,
            address=f"{reverse('reviews:desk', args=[newest.public_id])}#thread",
            facts={**submissions.with_reference(submission), "to_learner": False},
        )


def _hearers(message: Message, newest: Attempt) -> list[User]:
    """Whoever holds the work, or else decided it last, and those who wrote before. If none of them may be told: the
    leads of the badge, and without leads everyone who may judge it, unless their queues show it.
    """
    submission = message.submission
    wrote = submission.messages.filter(from_assessor=True, pk__lt=message.pk).values("author")
    has_it = _able(submission, newest.assignments.live().values("assessor")) or _able(
        submission, _decided_last(submission)
    )
    if near := {*has_it, *_able(submission, wrote)}:
        return sorted(near, key=lambda one: one.pk)
    judges = seats.judges_of(submission.achievement)
    if leads := _able(submission, [person for person, role in judges if role == Seat.Role.MODERATOR]):
        return leads
    if submission.state in work.WAITING:
        return []
    return _able(submission, [person for person, _role in judges])


def _decided_last(submission: Submission) -> QuerySet[Decision, Any]:
    """Who made the newest decision. Nobody while that attempt is judged again, as on appeal: others do that."""
    again = Turn.objects.open().filter(attempt__submission=submission).values("attempt")
    standing = Decision.objects.effective().filter(attempt__submission=submission).exclude(attempt__in=again)
    return standing.order_by("-decided_at", "-pk").values("by")[:1]


def _able(submission: Submission, people: Iterable[Any]) -> list[User]:
    """Those among `people` who may read the thread and be told: no minors, and nobody who declared a conflict."""
    barred = Conflict.objects.filter(submission=submission, kind__in=Conflict.DECLARED).values("assessor")
    found = User.objects.filter(pk__in=people, is_active=True, is_minor=False).exclude(pk__in=barred).order_by("pk")
    return [person for person in found if policies.can_assess(person, submission)]
