"""Taking work, and giving it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.refused import Refused
from apps.core.views import did
from apps.reviews import verbs
from apps.reviews.models import Assignment
from apps.reviews.views.common import handed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@require_POST
def take(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = handed_in(request, public_id)
    did(request, lambda: verbs.take(attempt, by=request.user))
    return redirect("reviews:desk", public_id)


@login_required
@require_POST
def take_next(request: SignedInRequest) -> HttpResponse:
    try:
        assignment = verbs.take_next(by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reviews:queue")
    if assignment is None:
        messages.info(request, _("Nothing is free to take just now."))
        return redirect("reviews:queue")
    return redirect("reviews:desk", assignment.attempt.public_id)


@login_required
@require_POST
def give_back(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = handed_in(request, public_id)
    held = attempt.assignments.filter(state=Assignment.State.TAKEN).first()
    try:
        if held is None:
            raise Refused(_("You don't hold this any more."))  # noqa: TRY301 - answered like the verb's refusals
        verbs.give_back(held, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reviews:desk", public_id)
    messages.success(request, _("Given back. What you marked is kept for when you take it again."))
    return redirect("reviews:queue")
