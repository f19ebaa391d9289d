"""What pages of the rooms below tell of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django import template

from apps.reviews.models import Assignment
from apps.submissions.queries import public_identity

if TYPE_CHECKING:
    from datetime import datetime

    from apps.submissions.models import Submission

register = template.Library()


class Reader(NamedTuple):
    """Who reads a piece of work now, as its learner may know it."""

    name: str
    since: datetime


@register.simple_tag
def reader_of(submission: Submission) -> Reader | None:
    """Of the lease that holds; nothing while nobody has the work."""
    held = Assignment.objects.live().filter(attempt__submission=submission).select_related("assessor").first()
    if held is None or held.taken_at is None:
        return None
    return Reader(public_identity(submission.learner, held.assessor, of=submission), held.taken_at)
