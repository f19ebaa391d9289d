"""Look up one's own submissions, attempts, pieces and uploads. Assessors have addresses of their own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from apps.accounts.http import person_of
from apps.core.problems import Away, Conflict, Full, TooLarge, Unfit
from apps.core.refused import Refused
from apps.submissions import files, parts
from apps.submissions.models import Attempt, EvidenceItem, Submission, Upload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rest_framework.request import Request

    from apps.issuers.models import Criterion

_PROBLEMS = {files.TooLarge: TooLarge, parts.BadPart: Unfit, parts.NoRoom: Full, parts.Away: Away}


def own(request: Request, public_id: str) -> Submission:
    mine = Submission.objects.filter(learner=person_of(request)).select_related("version__achievement__issuer")
    return get_object_or_404(mine, public_id=public_id)


def own_attempt(request: Request, public_id: str, number: int) -> Attempt:
    mine = Attempt.objects.filter(submission__learner=person_of(request)).select_related(
        "submission__version__achievement__issuer", "answer", "returned"
    )
    return get_object_or_404(mine, submission__public_id=public_id, number=number)


def own_piece(request: Request, public_id: str) -> EvidenceItem:
    mine = EvidenceItem.objects.filter(attempt__submission__learner=person_of(request))
    return get_object_or_404(mine.select_related("attempt__submission__version", "foreign"), public_id=public_id)


def own_upload(request: Request, public_id: str) -> Upload:
    mine = Upload.objects.visible_to(person_of(request)).select_related("attempt__submission", "piece")
    return get_object_or_404(mine, public_id=public_id)


def rubric_of(attempt: Attempt) -> dict[str, Criterion]:
    return {one.code: one for one in attempt.submission.version.criteria.all()}


@contextmanager
def told_by_status() -> Iterator[None]:
    """Give a refused file or part the HTTP status that clients expect."""
    try:
        yield
    except Refused as refusal:
        raise _PROBLEMS.get(type(refusal), Conflict)(str(refusal)) from None
