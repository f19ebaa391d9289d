"""Lookups and decorators for the pages of one's own submissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django_permissions_policy.decorators import permissions_policy_override

from apps.core.ids import clean_id
from apps.submissions.models import Attempt, EvidenceItem, Submission

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms

    from apps.accounts.http import SignedInRequest


_records = permissions_policy_override({**settings.PERMISSIONS_POLICY, "camera": "self", "microphone": "self"})
_sends = csp_update({"connect-src": [settings.BUCKET_ORIGIN] if settings.BUCKET_ORIGIN else []})


def adds_evidence(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a page on which evidence is added use the camera and microphone, and send large files to the bucket, if
    there is one. No other page may.
    """
    return _sends(_records(view))


def own(request: SignedInRequest, public_id: str) -> Submission:
    mine = Submission.objects.filter(learner=request.user).select_related("version__achievement__issuer", "learner")
    return get_object_or_404(mine, public_id=public_id)


def own_piece(request: SignedInRequest, public_id: str) -> EvidenceItem:
    mine = EvidenceItem.objects.filter(attempt__submission__learner=request.user)
    return get_object_or_404(mine.select_related("attempt__submission__version"), public_id=public_id)


def newest_attempt(found: Submission) -> Attempt:
    attempt = found.attempts.order_by("-number").first()
    if attempt is None:
        raise Http404
    attempt.submission = found
    return attempt


def attempt_written(request: SignedInRequest, found: Submission) -> Attempt:
    """The attempt that the form was opened for: text from a page left open must not go into the next attempt."""
    attempt = newest_attempt(found)
    meant = clean_id(request.POST.get("attempt", "")) or attempt.public_id
    if meant != attempt.public_id:
        attempt = get_object_or_404(found.attempts, public_id=meant)
        attempt.submission = found
    return attempt


def told(form: forms.Form) -> list[str]:
    """The form's errors as sentences for a script."""
    return [str(error) for errors in form.errors.values() for error in errors]
