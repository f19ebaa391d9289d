"""Work left alone: since when, and until when it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.db.models import F, Max
from django.db.models.functions import Coalesce, Greatest

from apps.core import erasing

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django_stubs_ext import WithAnnotations

    from apps.submissions.models import Submission, SubmissionQuerySet

    LeftAlone = WithAnnotations[Submission, "Touched"]


class Touched(TypedDict):
    """When a draft last changed: its text, or one of its pieces."""

    touched_at: datetime


def touched(which: SubmissionQuerySet) -> QuerySet[LeftAlone]:
    """Add `touched_at` to these submissions."""
    return which.annotate(
        saved=Max("attempts__saved_at"),
        added=Max("attempts__evidence__added_at"),
    ).annotate(touched_at=Greatest(F("saved"), Coalesce(F("added"), F("saved"))))


def kept_until(left: LeftAlone) -> datetime:
    """When withdrawn or lapsed work is erased, unless someone continues it. Work that was once decided is kept for as
    long as decided work.
    """
    until: datetime = left.touched_at + erasing.kept_for("drafts")
    return max(until, left.decided_at + erasing.kept_for("evidence")) if left.decided_at else until
