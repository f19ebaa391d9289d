"""The assessor's queue: its views, filters and pages, as a table to take along, and the choices that a person keeps."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.core.limits import limited
from apps.core.shown import Choice
from apps.core.views import did
from apps.credentials.tables import defused
from apps.issuers import policies as seats
from apps.reviews import queries, verbs
from apps.reviews.forms import QueueForm, place_in
from apps.reviews.models import SavedView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.accounts.models import User
    from apps.reviews.queries import Queue
    from apps.submissions.models import Attempt

VIEWS = {
    "all": gettext_lazy("All waiting"),
    "mine": gettext_lazy("Mine"),
    "free": gettext_lazy("Free to take"),
    "soon": gettext_lazy("Due soon"),
    "late": gettext_lazy("Late"),
    "again": gettext_lazy("Second tries"),
    "second": gettext_lazy("Second marking"),
    "adjudication": gettext_lazy("To decide between"),
    "moderation": gettext_lazy("To look at again"),
    "appeals": gettext_lazy("Appeals"),
    "done": gettext_lazy("Done by me"),
}
FOR_LEADS = ("adjudication", "moderation", "appeals")
# Parts of the address that say which page, and not which work.
PAGING = ("after", "before", "last")
WORK = ("reference", "badge", "version", "language", "attempt", "part")
COLUMNS = (*WORK, "waiting_since", "due_on", "held_by")
DONE_COLUMNS = (*WORK, "done_at")


@login_required
@never_cache
@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """What waits for a decision, the most urgent first."""
    waiting = queries.Queue(request.user)
    if not waiting.badges and not seats.assesses(request.user):
        return render(request, "reviews/no_seat.html", status=403)
    form = QueueForm(request.GET, badges=waiting.badges)
    asked, place = form.asked(), place_in(request.GET)
    is_done = request.GET.get("view") == "done"
    led = {one.pk for one in waiting.badges if one.leads}
    context = {
        "counts": waiting.counts,  # first: they tell the page what is kept from this person
        "page": queries.done_page(request.user, place) if is_done else waiting.page(asked, place),
        "is_elsewhere": bool(place.after or place.before or place.last),
        "shown": "done" if is_done else asked.view,
        "is_done": is_done,
        "views": _views(waiting, leads=bool(led)),
        "led": led,
        "form": form,
        "narrows": asked.narrows or asked.sort != "due",
        "chosen": _chosen(request.GET),
        "beside": _chosen(request.GET, but=("view",)),
        "saved": list(request.user.saved_views.order_by("name")),
    }
    return render(request, "reviews/queue.html", context)


@login_required
@never_cache
@limited("export", reading=True)
@require_safe
def queue_csv(request: SignedInRequest) -> Any:
    """The same choice as a table: with references, and no learner's name."""
    waiting = queries.Queue(request.user)
    if not waiting.badges and not seats.assesses(request.user):
        return render(request, "reviews/no_seat.html", status=403)
    is_done = request.GET.get("view") == "done"
    asked = QueueForm(request.GET, badges=waiting.badges).asked()
    lines = _written(DONE_COLUMNS, _done(request.user)) if is_done else _written(COLUMNS, _waiting(waiting, asked))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{"done" if is_done else "queue"}.csv"'
    return response


@login_required
@require_POST
def save_view(request: SignedInRequest) -> HttpResponse:
    """Keep a choice of work under a name."""
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


class _Echo:
    """A file that gives back what is written to it, line by line."""

    def write(self, line: str) -> str:
        return line


def _written(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    # Spreadsheets take a table for what it is only with a mark at its beginning.
    yield "\ufeff" + writer.writerow(columns)
    for row in rows:
        yield writer.writerow([defused(str(cell)) for cell in row])


def _waiting(waiting: Queue, asked: queries.Asked) -> Iterator[Sequence[Any]]:
    for turn in waiting.all_of(asked):
        yield *_work(turn.attempt), turn.part, turn.opened_at.isoformat(), turn.due_on, turn.holder_name or ""


def _done(user: User) -> Iterator[Sequence[Any]]:
    for one in queries.done_by(user).iterator(chunk_size=500):
        yield *_work(one.attempt), one.turn.part, one.ended_at.isoformat() if one.ended_at else ""


def _work(attempt: Attempt) -> Sequence[Any]:
    submission = attempt.submission
    version = submission.version
    return submission.reference, version.name, version.number, version.language, attempt.number


def _views(waiting: Queue, *, leads: bool) -> tuple[Choice, ...]:
    counts = waiting.counts
    return tuple(
        Choice(name, str(word), number=counts.get(name))
        for name, word in VIEWS.items()
        if leads or name not in FOR_LEADS
    )


def _chosen(asked: QueryDict, *, but: tuple[str, ...] = ()) -> str:
    """What of an address says which work."""
    kept = asked.copy()
    for name in (*PAGING, *but, *(name for name in asked if not asked[name])):
        kept.pop(name, None)
    return kept.urlencode()
