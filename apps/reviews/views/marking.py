"""Marks saved, work decided, or given back unjudged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.refused import Refused
from apps.reviews import verbs
from apps.reviews.forms import ReturnForm
from apps.reviews.models import Assignment, Outcome
from apps.reviews.views.common import criteria_of, desk_form, handed_in, review_of
from apps.reviews.views.desk import desk_page

if TYPE_CHECKING:
    from apps.accounts.http import SignedInRequest
    from apps.reviews.models import Decision


@login_required
@require_POST
def decide(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Save the marks, or settle the attempt by them: two buttons of one form.

    Whoever lost it meanwhile gets their words back, with a third button that takes it again and saves.
    """
    attempt = handed_in(request, public_id)
    wants_json = request.headers.get("Accept") == "application/json"
    review = review_of(request, attempt)
    if review is None:
        never = _("Take it first: nobody else can mark it while you hold it.")
        if not wants_json:
            messages.error(request, never)
        return JsonResponse({"errors": [never]}, status=409) if wants_json else redirect("reviews:desk", public_id)
    form = desk_form(attempt, review, criteria=criteria_of(attempt), data=request.POST)
    again = "take" in request.POST
    saving = wants_json or again or "save" in request.POST
    if form.is_valid():
        try:
            if again:
                verbs.take(attempt, by=request.user)
            if saving:
                saved = verbs.save_marks(attempt, by=request.user, **form.words())
                at = timezone.localtime(saved.saved_at)
                if wants_json:
                    return JsonResponse({"saved": f"{at:%H:%M}"})
                messages.success(request, _("Saved."))
                return redirect("reviews:desk", public_id)
            decision = verbs.decide(attempt, by=request.user, **form.words())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said_of(decision))
            return redirect("reviews:queue")
    status = 422 if Assignment.objects.live().filter(attempt=attempt, assessor=request.user).exists() else 409
    if wants_json:
        return JsonResponse(
            {"errors": [str(error) for errors in form.errors.values() for error in errors]}, status=status
        )
    return desk_page(request, attempt, form=form, status=status)


def _said_of(decision: Decision | None) -> str:
    if decision is None:
        return _("Sent. It is decided once another person has looked.")
    if decision.released_at is None:
        return _("Decided. A moderator looks at it before the learner hears.")
    return {
        Outcome.MEETS: _("Decided: awarded. The learner is told."),
        Outcome.NOT_YET: _("Decided: not yet. The learner is told."),
        Outcome.DECLINED: _("Decided: declined. The learner is told."),
    }[Outcome(decision.outcome)]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def return_unscored(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What can't be judged as it is goes back with a reason; asked on a page of its own."""
    attempt = handed_in(request, public_id)
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.return_unscored(attempt, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Returned, not judged. The learner is told why."))
            return redirect("reviews:queue")
    context = {"attempt": attempt, "submission": attempt.submission, "form": form}
    return render(request, "reviews/return_unscored.html", context, status=422 if form.errors else 200)
