"""Reads about bulk awards: row counts, a page of rows, a worker's progress, and the report."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.models import Job
from apps.core.pills import pill_of
from apps.core.shown import Choice
from apps.credentials import mapping
from apps.credentials.models import BulkAward, BulkRow, Delivery
from apps.credentials.rows import sentences
from apps.notices.kinds import Way
from apps.notices.models import Letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

State, Row = BulkAward.State, BulkRow.State
A_PAGE = 50
# With fewer rows done, the pace says nothing about the rest.
FEWEST = 20
FAILING, GIVEN_UP = "failing", "given_up"
# A job at its third attempt is failing; two workers that collided aren't worth mentioning.
FEW_TRIES = 3
_JOBS = {State.AWARDING: "award_rows", State.UNDOING: "undo_rows"}


class Page(NamedTuple):
    """Rows by line, each with its problems; `before` and `after`: the lines from which to page back and on, or None."""

    rows: list[tuple[BulkRow, list[str]]]
    before: int | None
    after: int | None


class Pace(NamedTuple):
    """A worker's progress. `a_minute` and the remaining `minutes` are 0 until enough rows are done."""

    done: int
    total: int
    a_minute: int = 0
    minutes: int = 0

    @property
    def left(self) -> int:
        return self.total - self.done


class Letters(NamedTuple):
    """The states of the letters about a table's awards."""

    queued: int
    sent: int
    back: int
    here: int
    stopped: int


def counts_of(tables: Iterable[BulkAward]) -> dict[int, dict[str, int]]:
    """How many rows each table has in each state, by the table's key."""
    found: dict[int, dict[str, int]] = {table.pk: {} for table in tables}
    grouped = BulkRow.objects.filter(bulk__in=found).order_by().values_list("bulk", "state")
    for key, state, number in grouped.annotate(number=Count("pk")):
        found[key][state] = number
    return found


def choices_of(counts: dict[str, int]) -> list[Choice]:
    """The filters of a table's rows: the states that occur."""
    shown = [Choice("", _("All"), number=sum(counts.values()))]
    return shown + [
        Choice(state, pill_of(state, "bulk_row").word, number=counts[state]) for state in Row.values if state in counts
    ]


def page_of(table: BulkAward, state: str, *, after: int | None, before: int | None) -> Page:
    """The rows after one line or before another, so that every page costs the same."""
    found = table.rows.select_related("credential__issuer")
    if state in Row.values:
        found = found.filter(state=state)
    if before is not None:
        some = list(found.filter(number__lt=before).order_by("-number")[: A_PAGE + 1])
        rows, there_is_more = some[:A_PAGE][::-1], len(some) > A_PAGE
        back, on = there_is_more, bool(rows)
    else:
        some = list(found.filter(number__gt=after or 0).order_by("number")[: A_PAGE + 1])
        rows, there_is_more = some[:A_PAGE], len(some) > A_PAGE
        back, on = bool(rows and after), there_is_more
    said = [(row, sentences(row)) for row in rows]
    return Page(said, rows[0].number if back else None, rows[-1].number if on else None)


def pace_of(table: BulkAward, counts: dict[str, int]) -> Pace:
    """The progress of awarding, or of undoing."""
    awarded, failed, undone = (counts.get(state, 0) for state in (Row.AWARDED, Row.FAILED, Row.UNDONE))
    if table.state == State.UNDOING:
        return _pace(undone, awarded + undone, table.undone_at)
    return _pace(awarded + failed, awarded + failed + counts.get(Row.READY, 0), table.started_at)


def _pace(done: int, total: int, since: datetime | None) -> Pace:
    seconds = (clock.now() - since).total_seconds() if since else 0
    if done < FEWEST or seconds <= 0:
        return Pace(done, total)
    return Pace(done, total, round(done * 60 / seconds), round((total - done) * seconds / done / 60))


def stalled(table: BulkAward) -> str:
    """Whether workers make progress with awarding or undoing: empty if they do; FAILING if something fails and is
    retried; GIVEN_UP if all that is left has failed for good.
    """
    if table.state not in _JOBS:
        return ""
    found = list(_jobs_of(table).exclude(state=Job.State.DONE).values_list("state", "attempts"))
    if {state for state, _attempts in found} == {Job.State.DEAD}:
        return GIVEN_UP
    return FAILING if any(attempts >= FEW_TRIES for _state, attempts in found) else ""


def why_given_up(table: BulkAward) -> str:
    """The last line of the error of the first failed job, for operators."""
    first = _jobs_of(table).filter(state=Job.State.DEAD).order_by("pk").first()
    return first.last_error.strip().rpartition("\n")[2] if first else ""


def _jobs_of(table: BulkAward) -> QuerySet[Job]:
    """The jobs that award or undo, depending on the table's state."""
    return Job.objects.filter(key__startswith=f"{_JOBS[State(table.state)]}:{table.public_id}:")


def letters_of(table: BulkAward) -> Letters:
    """The state of the first letter about each award; people who want no letters are notified only under the bell."""
    first = Delivery.objects.filter(credential__bulk_row__bulk=table, kind=Delivery.Kind.AWARD)
    letter = F("notice__letter__state")
    of_none = Q(notice__letter=None)
    told = first.annotate(letter=letter).aggregate(
        queued=Count("pk", filter=Q(letter__in=("queued", "failed")) | of_none & ~Q(notice__way=Way.HERE)),
        sent=Count("pk", filter=Q(letter=Letter.State.SENT)),
        back=Count("pk", filter=Q(letter=Letter.State.BOUNCED)),
        here=Count("pk", filter=of_none & Q(notice__way=Way.HERE)),
        stopped=Count("pk", filter=Q(letter=Letter.State.CANCELLED)),
    )
    return Letters(**told)


def report_of(table: BulkAward) -> Iterator[Sequence[str]]:
    """The uploaded table with our own columns added: to be corrected and uploaded again, or kept."""
    width = len(table.columns)
    yield [*(one["name"] for one in table.columns), *mapping.own_headings()]
    words = {state: str(pill_of(state, "bulk_row").word) for state in Row.values}
    rows = table.rows.annotate(badge=F("credential__public_id")).order_by("number")
    for row in rows.iterator(chunk_size=2_000):
        cells = [*row.cells, *[""] * (width - len(row.cells))]
        address = f"{settings.PUBLIC_URL}/c/{row.badge}" if row.badge else ""
        yield [*cells, str(row.number), words[row.state], " ".join(sentences(row)), address]


def template_lines() -> list[list[str]]:
    """An empty table with one row that nobody could take for a real person."""
    ends = (clock.now() + timedelta(days=730)).date().isoformat()
    example = {
        "address": "ani.example@people.example",
        "name": "Ani Example",
        "narrative": str(_("Threw a cylinder of 20 cm at the open day.")),
        "evidence": "https://work.example/ani/cylinder https://work.example/ani/film",
        "valid_until": ends,
        "language": "mi",
    }
    return [[str(mapping.FIELDS[one]) for one in mapping.TEMPLATE], [example[one] for one in mapping.TEMPLATE]]
