"""The assessor's queue: its views, filters and pages, its CSV file, and a person's saved views."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.limits import limited
from apps.core.views import csv_stream, did
from apps.credentials.tables import defused
from apps.issuers import policies as seats
from apps.reviews import queries, verbs
from apps.reviews.forms import DecidedForm, DoneForm, QueueForm, from_view, place_in, view_in
from apps.reviews.models import SavedView
from apps.reviews.queries import DECIDED, DONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import tzinfo

    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.reviews.models import Assignment, Turn
    from apps.reviews.queries import Page, Place, Queue
    from apps.reviews.queries.turns import WaitingTurn
    from apps.submissions.models import Attempt

VIEWS = {
    "all": gettext_lazy("All waiting"),
    "mine": gettext_lazy("Mine"),
    "free": gettext_lazy("Free to take"),
    "soon": gettext_lazy("Due soon"),
    "late": gettext_lazy("Late"),
    "again": gettext_lazy("Second tries"),
    "second": gettext_lazy("Second marking and granting"),
    "adjudication": gettext_lazy("Adjudication"),
    "moderation": gettext_lazy("Moderation"),
    "appeals": gettext_lazy("Appeals"),
    DECIDED: gettext_lazy("Decided"),
    DONE: gettext_lazy("Done by me"),
}
FOR_LEADS = ("adjudication", "moderation", "appeals", DECIDED)
# Parameters that choose a page, not the work.
PAGING = ("after", "before", "last")
WORK = ("reference", "badge", "version", "language", "attempt", "part")
COLUMNS = (*WORK, "waiting_since", "due_on", "held_by")
DONE_COLUMNS = (*WORK, "done_at")
DECIDED_COLUMNS = (*WORK, "decided_on", "state")


@login_required
@never_cache
@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """The waiting work, most urgent first."""
    waiting = queries.Queue(request.user)
    if not waiting.badges and not seats.assesses(request.user):
        return render(request, "reviews/no_seat.html", status=403)
    counts = waiting.counts  # first: this also sets which turns are barred
    place = place_in(request.GET)
    listed = _listed(request, waiting)
    page = listed.page(place)
    led = {one.pk for one in waiting.badges if one.leads}
    chosen = _chosen(request.GET)
    context = {
        "counts": counts,
        "page": page,
        "fits": _fits(listed, page) if listed.filters and page.rows else None,
        "most_fitting": queries.MOST_FITTING,
        "is_elsewhere": bool(place.after or place.before or place.last),
        "shown": listed.view,
        "is_done": listed.view == DONE,
        "is_decided": listed.view == DECIDED,
        "is_past": listed.view in {DECIDED, DONE},
        "views": _views(counts, leads=bool(led)),
        "led": led,
        "form": listed.form,
        "narrows": listed.narrows,
        "chosen": chosen,
        "from_here": from_view(view_in(chosen)),
        "beside": _chosen(request.GET, but=("view",)),
        "saved": list(request.user.saved_views.order_by("name")),
    }
    return render(request, "reviews/queue.html", context)


@login_required
@never_cache
@limited("export", reading=True)
@require_safe
def queue_csv(request: SignedInRequest) -> Any:
    """The filtered list as a table, with references but without learners' names."""
    waiting = queries.Queue(request.user)
    if not waiting.badges and not seats.assesses(request.user):
        return render(request, "reviews/no_seat.html", status=403)
    listed = _listed(request, waiting)
    rows = ([defused(str(cell)) for cell in line] for line in listed.lines())
    return csv_stream(f"{listed.file}.csv", listed.columns, rows)


@login_required
@require_POST
def save_view(request: SignedInRequest) -> HttpResponse:
    """Save the current filters under a name."""
    asked = _chosen(QueryDict(request.POST.get("asked", "")))
    name = request.POST.get("name", "")
    did(request, lambda: verbs.save_view(by=request.user, name=name, asked=asked), _("Saved."))
    return redirect(f"{reverse('reviews:queue')}?{asked}")


@login_required
@require_POST
def forget_view(request: SignedInRequest, public_id: str) -> HttpResponse:
    saved = get_object_or_404(SavedView, person=request.user, public_id=public_id)
    verbs.forget_view(saved, by=request.user)
    return redirect("reviews:queue")


def _fits(listed: _Listed, page: Page) -> int:
    """How many match. No query is needed if all of them are on this page."""
    return listed.fits() if page.before or page.after else len(page.rows)


class _View(NamedTuple):
    """`number` is text if the count stopped early, 1000+, and None if nothing is counted."""

    value: str
    word: str
    number: int | str | None


class _Listed(NamedTuple):
    """The list to show: its view, its filters, and its rows as a page or as a table. `narrows` is true of another order,
    too, which leaves as many as the view says.
    """

    view: str
    form: QueueForm | DoneForm | DecidedForm
    filters: bool
    narrows: bool
    page: Callable[[Place], Page]
    fits: Callable[[], int]
    file: str
    columns: Sequence[str]
    lines: Callable[[], Iterator[Sequence[Any]]]


def _listed(request: SignedInRequest, waiting: Queue) -> _Listed:
    if request.GET.get("view") == DONE:
        done = queries.Done(request.user, waiting.badges)
        narrow = DoneForm(request.GET, badges=[*waiting.badges, *done.left])
        wanted = narrow.asked()
        return _Listed(
            DONE,
            narrow,
            wanted.narrows,
            wanted.narrows or wanted.oldest_first,
            partial(done.page, wanted),
            partial(done.fits, wanted),
            "done",
            DONE_COLUMNS,
            lambda: map(_done, done.all_of(wanted)),
        )
    if request.GET.get("view") == DECIDED:
        return _decided_where_led(request, waiting)
    form = QueueForm(request.GET, badges=waiting.badges, left=lambda: queries.Done(request.user, waiting.badges).left)
    asked = form.asked()
    return _Listed(
        asked.view,
        form,
        asked.narrows,
        asked.narrows or asked.sort != "due",
        partial(waiting.page, asked),
        partial(waiting.fits, asked),
        "queue",
        COLUMNS,
        lambda: map(_waiting, waiting.all_of(asked)),
    )


def _decided_where_led(request: SignedInRequest, waiting: Queue) -> _Listed:
    user, badges = request.user, waiting.badges
    decided = queries.Decided(user, badges)
    form = DecidedForm(
        request.GET,
        badges=[one for one in badges if one.leads],
        elsewhere=lambda: [*badges, *queries.Done(user, badges).left],
    )
    asked = form.asked()
    return _Listed(
        DECIDED,
        form,
        asked.narrows,
        asked.narrows,
        partial(decided.page, asked),
        partial(decided.fits, asked),
        "decided",
        DECIDED_COLUMNS,
        lambda: map(partial(_decided, zone=clock.zone(user.time_zone)), decided.all_of(asked)),
    )


def _waiting(turn: WaitingTurn) -> Sequence[Any]:
    return *_work(turn.attempt), turn.part, turn.opened_at.isoformat(), turn.due_on, turn.holder_name or ""


def _done(one: Assignment) -> Sequence[Any]:
    return *_work(one.attempt), one.turn.part, one.ended_at.isoformat() if one.ended_at else ""


def _decided(turn: Turn, *, zone: tzinfo) -> Sequence[Any]:
    """The cells of a row. It has a day and no time: of blind work, the time of an award would say whose it is."""
    submission = turn.attempt.submission
    on = submission.decided_at.astimezone(zone).date() if submission.decided_at else ""
    return *_work(turn.attempt), turn.part, on, submission.state


def _work(attempt: Attempt) -> Sequence[Any]:
    submission = attempt.submission
    version = submission.version
    return submission.reference, version.name, version.number, version.language, attempt.number


def _views(counts: dict[str, int], *, leads: bool) -> tuple[_View, ...]:
    return tuple(
        _View(name, str(word), _counted(counts[name]) if name == DONE else counts.get(name))
        for name, word in VIEWS.items()
        if leads or name not in FOR_LEADS
    )


def _counted(n: int) -> int | str:
    return n if n <= queries.MOST_COUNTED else f"{queries.MOST_COUNTED}+"


def _chosen(asked: QueryDict, *, but: tuple[str, ...] = ()) -> str:
    """The parameters of an address that choose the work."""
    kept = asked.copy()
    for name in (*PAGING, *but, *(name for name in asked if not asked[name])):
        kept.pop(name, None)
    return kept.urlencode()
