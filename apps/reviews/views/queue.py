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
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest

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
    if shown == "done":
        rows = queries.decided_by(request.user)
    else:
        rows = queries.queue_for(request.user)
        if shown == "mine":
            rows = rows.filter(is_mine=True)
        elif shown == "free":
            rows = queries.free_for(request.user)
        elif shown == "late":
            rows = queries.late(rows)
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    counts = queries.counts_for(request.user)
    views = [Choice(name, word, number=counts.get(name)) for name, word in VIEWS.items()]
    context = {"page": page, "shown": shown, "counts": counts, "views": views}
    return render(request, "reviews/queue.html", context)
