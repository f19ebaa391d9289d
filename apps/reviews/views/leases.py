"""Take work, keep it, take it over, and give it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.ids import clean_id
from apps.core.refused import Refused
from apps.core.templatetags.satchel import until
from apps.core.views import did, keeping_words
from apps.reviews import policies, queries, verbs
from apps.reviews.forms import QueueForm
from apps.reviews.place import place_at
from apps.reviews.views.common import handed_in, telling_why_it_went, to_desk, to_queue, view_of

if TYPE_CHECKING:
    from apps.accounts.http import SignedInRequest
    from apps.accounts.models import User
    from apps.reviews.models import Assignment


@login_required
@require_POST
def take(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = handed_in(request, public_id)
    did(request, lambda: verbs.take(attempt, by=request.user))
    return to_desk(request, public_id)


@login_required
@require_POST
def take_next(request: SignedInRequest) -> HttpResponse:
    """Take the most urgent work; `from` narrows it to the view of the queue that had the button."""
    view = view_of(request)
    try:
        assignment = next_in(view, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return to_queue(request)
    if assignment is None:
        nothing = (
            _("Nothing in this view is free to take just now.") if view else _("Nothing is free to take just now.")
        )
        messages.info(request, nothing)
        return to_queue(request)
    return to_desk(request, assignment.attempt.public_id)


def next_in(view: str, *, by: User) -> Assignment | None:
    """Take the most urgent work in a view of the queue, or return None."""
    if not view:
        return verbs.take_next(by=by)
    badges = queries.reach_of(by)
    form = QueueForm(QueryDict(view), badges=badges, left=lambda: queries.Done(by, badges).left)
    return verbs.take_next(by=by, asked=form.asked())


@login_required
@require_POST
@telling_why_it_went
def give_back(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = handed_in(request, public_id)
    try:
        verbs.give_back(attempt, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return to_desk(request, public_id)
    messages.success(request, _("Given back. What you marked is kept for when you take it again."))
    return to_queue(request)


@keeping_words
@require_POST
@telling_why_it_went
def keep(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Renew the lease. A script is told until when, or why it is lost."""
    attempt = handed_in(request, public_id)
    wants_json = request.headers.get("Accept") == "application/json"
    try:
        assignment = verbs.keep(attempt, by=request.user)
    except Refused as refusal:
        if wants_json:
            return JsonResponse({"errors": [str(refusal)]}, status=409)
        messages.error(request, str(refusal))
        return to_desk(request, public_id)
    if wants_json and assignment.until is not None:
        return JsonResponse({"until": strip_tags(until(assignment.until))})
    messages.success(request, _("It stays with you."))
    return to_desk(request, public_id)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A lead continues with what someone else holds, once they have confirmed it on a separate page."""
    attempt = handed_in(request, public_id)
    if not policies.can_lead(request.user, attempt.submission):
        raise PermissionDenied
    asked = request.GET.get("turn", "")
    # The form posts to its own address, which says which of two turns.
    turn = get_object_or_404(attempt.turns, public_id=clean_id(asked)) if asked else None
    if request.method == "POST":
        did(
            request,
            lambda: verbs.take_over(attempt, by=request.user, turn=turn),
            _("It is yours now. They have been told."),
        )
        return to_desk(request, public_id)
    theirs = place_at(attempt, request.user).theirs
    held = next((one for one in theirs if turn is None or one.turn_id == turn.pk), None)
    context = {"attempt": attempt, "submission": attempt.submission, "held": held}
    return render(request, "reviews/take_over.html", context)
