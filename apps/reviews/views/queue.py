"""The assessor's queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.shown import Choice
from apps.issuers import policies as seats
from apps.reviews import queries

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.accounts.models import User
    from apps.reviews.models import Turn

VIEWS = {
    "all": gettext_lazy("All waiting"),
    "mine": gettext_lazy("Mine"),
    "free": gettext_lazy("Free to take"),
    "late": gettext_lazy("Late"),
    "done": gettext_lazy("Decided by me"),
}


@login_required
@never_cache
@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """What waits for a decision, the most urgent first."""
    if not seats.assesses(request.user):
        return render(request, "reviews/no_seat.html", status=403)
    shown = request.GET.get("view", "")
    if shown not in VIEWS:
        shown = "all"
    rows = queries.decided_by(request.user) if shown == "done" else _waiting(request.user, shown)
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    counts = queries.counts_for(request.user)
    views = [Choice(name, word, number=counts.get(name)) for name, word in VIEWS.items()]
    context = {"page": page, "shown": shown, "counts": counts, "views": views}
    return render(request, "reviews/queue.html", context)


def _waiting(user: User, shown: str) -> QuerySet[Turn]:
    waiting = queries.queue_for(user)
    if shown == "mine":
        return waiting.filter(is_mine=True)
    if shown == "free":
        return queries.free_for(user)
    return queries.late(waiting) if shown == "late" else waiting
