"""Bulk awards: upload a table, name its columns, check its rows, award, undo."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from apps.core import clock
from apps.core.limits import limited
from apps.core.views import did, did_with
from apps.credentials import bulk as reads
from apps.credentials import sheets, verbs
from apps.credentials.forms import BulkAwardForm, MapForm, TableForm, UndoForm
from apps.credentials.models import BulkAward, BulkRow
from apps.credentials.views.desk import desk_page, offered_at
from apps.issuers.http import run_by_reader

if TYPE_CHECKING:
    from apps.accounts.http import SignedInRequest

A_PAGE = 25
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# A larger workbook would take longer than anyone waits for a page.
MOST_IN_A_WORKBOOK = 20_000
State, Row = BulkAward.State, BulkRow.State


@login_required
@never_cache
@require_safe
def bulk_awards(request: SignedInRequest, slug: str) -> HttpResponse:
    """`/organisations/<slug>/bulk/`: every table uploaded here, the newest first."""
    issuer = run_by_reader(request, slug)
    found = issuer.bulk_awards.select_related("version", "by")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    counts = reads.counts_of(page.object_list)
    tables = [(one, counts[one.pk], sum(counts[one.pk].values())) for one in page]
    return desk_page(request, "bulk_awards", issuer, {"page": page, "tables": tables})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload")
def begin_bulk_award(request: SignedInRequest, slug: str) -> HttpResponse:
    """Choose a badge and a table. Nothing is awarded before someone has seen the results of its check."""
    issuer = run_by_reader(request, slug)
    versions = offered_at(issuer)
    form = BulkAwardForm(request.POST or None, request.FILES or None, versions=versions)
    if made := did_with(request, form, partial(verbs.begin_bulk, by=request.user)):
        return _there(request, made)
    return desk_page(request, "begin_bulk_award", issuer, {"form": form, "offered": bool(versions)})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_award(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """One table: its columns; a worker's progress; each row's check and outcome.

    A POST sets what the columns hold. `?columns=1` asks for them again, `?state=` filters rows, `?after=` and
    `?before=` page from a line.
    """
    found = _found(request, slug, public_id)
    asks = found.state == State.CHECKED and "columns" in request.GET
    if request.method == "POST" or found.state == State.DRAFT or asks:
        return _map(request, found)
    counts = reads.counts_of([found])[found.pk]
    shown = request.GET.get("state", _first_shown(found, counts))
    context: dict[str, Any] = {
        "bulk": found,
        "counts": counts,
        "total": sum(counts.values()),
        "choices": reads.choices_of(counts),
        "shown": shown,
        "page": reads.page_of(found, shown, after=_line(request, "after"), before=_line(request, "before")),
        "under_way": found.state in {State.CHECKING, State.AWARDING, State.UNDOING},
        "form": None,
        "workbook": sum(counts.values()) <= MOST_IN_A_WORKBOOK,
    }
    if found.state == State.CHECKING:
        context["read"] = verbs.rows_read(found)
    elif found.state in {State.AWARDING, State.UNDOING}:
        context |= {"pace": reads.pace_of(found, counts), "stalled": reads.stalled(found)}
    elif found.state == State.CHECKED:
        context |= _to_award(found, counts)
    if found.state not in BulkAward.OPEN:
        context["letters"] = reads.letters_of(found)
    return desk_page(request, "bulk_award", found.issuer, context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload")
def give_bulk_table(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """Replace the table with a corrected one."""
    found = _found(request, slug, public_id)
    form = TableForm(request.POST or None, request.FILES or None)
    if given := did_with(request, form, partial(verbs.give_table, found, by=request.user)):
        return _there(request, given)
    return desk_page(request, "give_bulk_table", found.issuer, {"form": form, "bulk": found})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def award_bulk(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """Award a table, after a page that says what will happen."""
    found = _found(request, slug, public_id)
    if request.method == "POST":
        did(request, lambda: verbs.award_bulk(found, by=request.user))
        return redirect(found)
    if found.state != State.CHECKED:
        return redirect(found)
    counts = reads.counts_of([found])[found.pk]
    context = {"bulk": found, "problems": counts.get(Row.PROBLEM, 0), **_to_award(found, counts)}
    return desk_page(request, "award_bulk", found.issuer, context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo_bulk(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """Undo all of it, within the hour: on a page of its own, since this can't be reversed."""
    found = _found(request, slug, public_id)
    form = UndoForm(request.POST or None)
    if did_with(request, form, partial(verbs.undo_bulk, found, by=request.user)):
        return redirect(found)
    if request.method != "POST" and not found.can_be_undone:
        return redirect(found)
    awarded = reads.counts_of([found])[found.pk].get(Row.AWARDED, 0)
    return desk_page(request, "undo_bulk", found.issuer, {"form": form, "bulk": found, "awarded": awarded})


@login_required
@require_POST
def drop_bulk(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    found = _found(request, slug, public_id)
    if did(
        request, lambda: verbs.drop_bulk(found, by=request.user), _("Deleted: the table, and what was found in it.")
    ):
        return redirect("credentials:bulk_awards", slug)
    return redirect(found)


@login_required
@never_cache
@require_safe
@limited("export", reading=True)
def bulk_report(request: SignedInRequest, slug: str, public_id: str, kind: str) -> HttpResponse:
    """The table with each row's check and outcome; very long tables only as CSV."""
    found = _found(request, slug, public_id)
    if found.state in {State.DRAFT, State.CHECKING}:
        raise Http404
    if kind == "xlsx" and found.rows.count() > MOST_IN_A_WORKBOOK:
        messages.error(request, _("This table is too long for a workbook. Download the report as text (CSV)."))
        return redirect(found)
    return _file(f"awards-{found.public_id[:8]}", kind, reads.report_of(found))


@login_required
@require_safe
def bulk_template(request: SignedInRequest, slug: str, kind: str) -> HttpResponse:
    """An empty table to start with."""
    run_by_reader(request, slug)
    return _file("table", kind, reads.template_lines())


# --- inside -----------------------------------------------------------------------------------------------------------
def _found(request: SignedInRequest, slug: str, public_id: str) -> BulkAward:
    visible = BulkAward.objects.visible_to(request.user).select_related("issuer__parent", "version__achievement", "by")
    return get_object_or_404(visible, issuer__slug=slug, public_id=public_id)


def _map(request: SignedInRequest, found: BulkAward) -> HttpResponse:
    # Every column may be left out, in which case a program sends nothing at all.
    typed = request.POST if request.method == "POST" else None
    form = MapForm(typed, columns=found.columns, mapped=found.mapping)
    if did_with(request, form, partial(verbs.map_columns, found, by=request.user)):
        return redirect(found)
    return desk_page(request, "map_columns", found.issuer, {"form": form, "bulk": found})


def _to_award(found: BulkAward, counts: dict[str, int]) -> dict[str, int]:
    """How many rows would be awarded now, and how many have expired since they were checked."""
    over = found.rows.over_at(clock.now()).count()
    return {"ready": counts.get(Row.READY, 0) - over, "over": over}


def _first_shown(found: BulkAward, counts: dict[str, int]) -> str:
    """The rows to show first: those that need something done."""
    if found.state == State.CHECKED and counts.get(Row.PROBLEM):
        return Row.PROBLEM
    return Row.FAILED if found.state == State.DONE and counts.get(Row.FAILED) else ""


def _line(request: SignedInRequest, name: str) -> int | None:
    told = request.GET.get(name, "")
    return int(told) if told.isdecimal() and len(told) < 8 else None  # noqa: PLR2004 - no table has lines beyond


def _there(request: SignedInRequest, made: BulkAward) -> HttpResponse:
    """A redirect that a script with a progress bar follows: a plain one would leave it on its page."""
    there = made.get_absolute_url()
    return HttpResponseClientRedirect(there) if "HX-Request" in request.headers else redirect(there)


def _file(name: str, kind: str, lines: Any) -> HttpResponse:
    response = HttpResponse(sheets.written(kind, lines), content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
