"""Batches of checks: progress and results. For anyone with the URL; no sign-in needed."""

from __future__ import annotations

import csv
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.core.views import csv_answer
from apps.credentials import queries, reports, tables, verbs
from apps.credentials.models import Batch

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


def _of_a_batch(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Pass the view its batch; 410 if it is over. Not cached, not indexed, no referrer."""

    @wraps(view)
    @never_cache
    def wrapped(request: HttpRequest, public_id: str, **kwargs: Any) -> HttpResponse:
        found = get_object_or_404(Batch, public_id=public_id)
        response = (
            render(request, "credentials/batch_over.html", status=410)
            if found.is_over
            else view(request, found, **kwargs)
        )
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


@require_safe
@_of_a_batch
def batch(request: HttpRequest, found: Batch) -> HttpResponse:
    """The progress, and a line for each item; the page refreshes itself until it is done."""
    verdicts = queries.verdicts_in(found)
    asked = request.GET.get("verdict", "")
    shown = asked if asked in {one.value for one in verdicts} else ""
    counts = {one.value: one.number or 0 for one in verdicts}
    context = {
        "batch": found,
        "verdicts": verdicts,
        "shown": shown,
        "items": queries.items_in(found, shown),
        "total": counts[""],
        "done": counts[""] - counts.get("waiting", 0),
    }
    return render(request, "credentials/batch.html", context)


@require_safe
@_of_a_batch
def batch_item(request: HttpRequest, found: Batch, position: int) -> HttpResponse:
    """One item, with its whole report."""
    near = {one.position: one for one in queries.items_near(found, position)}
    if position not in near:
        raise Http404
    item = near[position]
    report = reports.read(item.report) if item.report else None
    before, after = near.get(position - 1), near.get(position + 1)
    context = {"batch": found, "item": item, "report": report, "before": before, "after": after}
    return render(request, "credentials/batch_item.html", context)


@require_safe
@_of_a_batch
def batch_csv(request: HttpRequest, found: Batch) -> HttpResponse:
    response = csv_answer(f"checked-{found.public_id[:8]}.csv")
    writer = csv.writer(response)
    writer.writerow(tables.headings())
    writer.writerows(
        tables.line(
            item.name,
            item.ruling,
            refusal=item.refusal,
            report=reports.read(item.report) if item.report else None,
            url=f"{settings.PUBLIC_URL}{item.get_absolute_url()}",
        )
        for item in queries.items_in(found)
    )
    return response


@require_safe
@_of_a_batch
def batch_json(request: HttpRequest, found: Batch) -> HttpResponse:
    response = JsonResponse(queries.batch_for_programs(found), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="checked-{found.public_id[:8]}.json"'
    return response


@require_POST
@_of_a_batch
def delete_batch(request: HttpRequest, found: Batch) -> HttpResponse:
    verbs.delete_batch(found)
    messages.success(request, _("Deleted: what you gave, and what was found."))
    return redirect("credentials:verify")
