"""The workload of each assessor, for their lead."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.limits import limited
from apps.core.views import csv_answer
from apps.credentials.tables import defused
from apps.issuers import policies as seats
from apps.reviews import queries

if TYPE_CHECKING:
    from apps.accounts.http import SignedInRequest
    from apps.reviews.queries import Load

COLUMNS = ("assessor", "taken", "offered", "late", "sent_in_30_days", "median_days", "offered_until")


class Bar(NamedTuple):
    """A load to draw: lengths in per cent of the largest."""

    load: Load
    length: float
    late: float


@login_required
@never_cache
@require_safe
def workload(request: SignedInRequest) -> HttpResponse:
    """Who has how much, the largest load first."""
    loads = sorted(_loads(request), key=lambda one: (-one.in_hand, -one.late))
    full = max([one.in_hand for one in loads], default=0) or 1
    bars = [Bar(one, round(one.in_hand / full * 100, 2), round(one.late / full * 100, 2)) for one in loads]
    return render(request, "reviews/workload.html", {"bars": bars, "days": queries.LATELY.days})


@login_required
@never_cache
@limited("export", reading=True)
@require_safe
def workload_csv(request: SignedInRequest) -> HttpResponse:
    response = csv_answer("workload.csv")
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for one in _loads(request):
        days = "" if one.days is None else f"{one.days:.1f}"
        until = "" if one.until is None else one.until.isoformat(timespec="seconds")
        writer.writerow([defused(str(one.person)), one.held, one.offered, one.late, one.sent, days, until])
    return response


def _loads(request: SignedInRequest) -> list[Load]:
    if not seats.moderates(request.user):
        raise Http404
    return queries.workload_of(request.user)
