"""Who may judge a badge, and the badge that proves they can."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.core.views import did_with
from apps.issuers import verbs
from apps.issuers.models import Achievement
from apps.issuers.queries.organisations import proving
from apps.reviews import queries
from apps.reviews.forms import AssessorBadgeForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_assessor_badge(request: SignedInRequest, public_id: str) -> HttpResponse:
    """For those who design or run it: which badge assessors must hold, which of them have it, and until when."""
    mine = Achievement.objects.designed_by(request.user).select_related("issuer", "assessor_badge")
    achievement = get_object_or_404(mine, public_id=public_id)
    offered = proving(achievement)
    form = AssessorBadgeForm(request.POST or None, now=achievement.assessor_badge, offered=offered)
    if did_with(request, form, partial(verbs.set_assessor_badge, achievement, by=request.user)):
        messages.success(request, _("Saved."))
        return redirect("reviews:set_assessor_badge", public_id)
    context = {
        "achievement": achievement,
        "version": achievement.versions.order_by("-number").first(),
        "badge": next((one for one in offered if one.achievement.pk == achievement.assessor_badge_id), None),
        "judges": queries.judges_of(achievement),
        "form": form,
    }
    return render(request, "reviews/set_assessor_badge.html", context, status=422 if form.errors else 200)
