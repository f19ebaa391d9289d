"""Assessors declare a conflict, or that they recognised the learner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.core.refused import Refused
from apps.core.views import did_with, keeping_words
from apps.reviews import verbs
from apps.reviews.forms import RecuseForm
from apps.reviews.models import Conflict
from apps.reviews.views.common import handed_in, telling_why_it_went, to_desk, to_queue

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@keeping_words
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@telling_why_it_went
def recuse(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Declare a conflict; work that one held goes to someone else."""
    attempt = handed_in(request, public_id)
    form = RecuseForm(request.POST or None)
    if did_with(request, form, lambda **words: verbs.recuse(attempt, by=request.user, **words)) is not None:
        return _handed_on(request)
    context = {
        "attempt": attempt,
        "submission": attempt.submission,
        "form": form,
        "has_marked": attempt.assignments.filter(assessor=request.user, taken_at__isnull=False).exists(),
    }
    return render(request, "reviews/recuse.html", context, status=422 if form.errors else 200)


@keeping_words
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@telling_why_it_went
def recognise(request: SignedInRequest, public_id: str) -> HttpResponse:
    """For blind work: continue, which is recorded with the marking, or leave it to someone else."""
    attempt = handed_in(request, public_id)
    if not attempt.submission.version.blind:
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            if "leave" in request.POST:
                verbs.recuse(attempt, by=request.user, kind=Conflict.Kind.RECOGNISED)
                return _handed_on(request)
            verbs.recognise(attempt, by=request.user)
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Kept with your marking. Go on."))
            return to_desk(request, public_id)
    context = {"attempt": attempt, "submission": attempt.submission, "refused": refused}
    return render(request, "reviews/recognise.html", context, status=422 if refused else 200)


def _handed_on(request: SignedInRequest) -> HttpResponse:
    messages.success(request, _("Someone else will judge it. It won't come to you again."))
    return to_queue(request)
