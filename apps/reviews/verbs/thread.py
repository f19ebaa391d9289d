"""Tell assessors about messages from the learner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from apps.accounts.models import User
from apps.notices import verbs as notices
from apps.reviews import policies
from apps.submissions import verbs as submissions

if TYPE_CHECKING:
    from apps.submissions.models import Message


@transaction.atomic
def tell_assessors(message: Message) -> None:
    """Tell whoever holds the work about a learner's message, and those who wrote before and may still read it."""
    submission = message.submission
    newest = submission.attempts.handed_in().order_by("-number").first()
    if message.from_assessor or newest is None:
        return
    held = newest.assignments.live().values("assessor")
    wrote = submission.messages.filter(from_assessor=True, pk__lt=message.pk).values("author")
    for person in User.objects.filter(Q(pk__in=held) | Q(pk__in=wrote)).order_by("pk"):
        if policies.can_assess(person, submission):
            notices.write(
                "message",
                key=f"message:{message.public_id}",
                to=person,
                address=f"{reverse('reviews:desk', args=[newest.public_id])}#thread",
                facts={**submissions.named(submission), "reference": submission.reference, "to_learner": False},
            )
