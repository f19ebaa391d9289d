"""What the addresses of a submission look up: one's own work alone. Assessors read at their desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from apps.accounts.http import person_of
from apps.submissions.models import Attempt, EvidenceItem, Submission

if TYPE_CHECKING:
    from rest_framework.request import Request


def own(request: Request, public_id: str) -> Submission:
    mine = Submission.objects.filter(learner=person_of(request)).select_related("version__achievement__issuer")
    return get_object_or_404(mine, public_id=public_id)


def own_attempt(request: Request, public_id: str, number: int) -> Attempt:
    mine = Attempt.objects.filter(submission__learner=person_of(request)).select_related(
        "submission__version__achievement__issuer", "answer"
    )
    return get_object_or_404(mine, submission__public_id=public_id, number=number)


def own_piece(request: Request, public_id: str) -> EvidenceItem:
    mine = EvidenceItem.objects.filter(attempt__submission__learner=person_of(request))
    return get_object_or_404(mine.select_related("attempt__submission__version", "foreign"), public_id=public_id)
