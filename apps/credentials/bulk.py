"""Reads about tables of people: how many rows stand how, a page of them, how far a worker is, and the report."""

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
# So few tell nothing of how fast the others will be.
FEWEST = 20
FAILING, GIVEN_UP = "failing", "given_up"
# What is tried for the third time fails; two workers that met are no reason to speak of it.
FEW_TRIES = 3
_JOBS = {State.AWARDING: "award_rows", State.UNDOING: "undo_rows"}


class Page(NamedTuple):
    """Rows by their lines, each with what is wrong with it; `before` and `after`: the line from which to go back and
    on, or None.
    """

    rows: list[tuple[BulkRow, list[str]]]
    before: int | None
    after: int | None


class Pace(NamedTuple):
    """How far a worker is. `a_minute` is known once there is something to tell it by; `minutes` are left then."""

    done: int
    total: int
    a_minute: int = 0
    minutes: int = 0

    @property
    def left(self) -> int:
        return self.total - self.done


class Letters(NamedTuple):
    """How the letters of a table's awards stand."""

    queued: int
    sent: int
    back: int
    here: int
    stopped: int


def counts_of(tables: Iterable[BulkAward]) -> dict[int, dict[str, int]]:
    """How many rows of each stand how, by its key."""
    found: dict[int, dict[str, int]] = {table.pk: {} for table in tables}
    grouped = BulkRow.objects.filter(bulk__in=found).order_by().values_list("bulk", "state")
    for key, state, number in grouped.annotate(number=Count("pk")):
        found[key][state] = number
    return found


def choices_of(counts: dict[str, int]) -> list[Choice]:
    """The filters of its rows: those that there are any of."""
    shown = [Choice("", _("All"), number=sum(counts.values()))]
    return shown + [
        Choice(state, pill_of(state, "bulk_row").word, number=counts[state]) for state in Row.values if state in counts
    ]


def page_of(table: BulkAward, state: str, *, after: int | None, before: int | None) -> Page:
    """The rows behind one line or before another, so that a page costs the same wherever it stands."""
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
    """Of what workers are at: awarding, or taking back."""
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
    """Whether workers get on with awarding, or with taking back: empty where they do; FAILING where something fails, and
    is tried again; GIVEN_UP where nothing of it is.
    """
    if table.state not in _JOBS:
        return ""
    found = list(_jobs_of(table).exclude(state=Job.State.DONE).values_list("state", "attempts"))
    if {state for state, _attempts in found} == {Job.State.DEAD}:
        return GIVEN_UP
    return FAILING if any(attempts >= FEW_TRIES for _state, attempts in found) else ""


def why_given_up(table: BulkAward) -> str:
    """What the first of its jobs that were given up ended with, for who mends it."""
    first = _jobs_of(table).filter(state=Job.State.DEAD).order_by("pk").first()
    return first.last_error.strip().rpartition("\n")[2] if first else ""


def _jobs_of(table: BulkAward) -> QuerySet[Job]:
    """Of those who award, or take back, as it stands."""
    return Job.objects.filter(key__startswith=f"{_JOBS[State(table.state)]}:{table.public_id}:")


def letters_of(table: BulkAward) -> Letters:
    """Of the first letter of each award; who wants none is told under the bell alone."""
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
    """The table as it was given, with our own columns behind: to be corrected and given again, or to be kept."""
    width = len(table.columns)
    yield [*(one["name"] for one in table.columns), *mapping.own_headings()]
    words = {state: str(pill_of(state, "bulk_row").word) for state in Row.values}
    rows = table.rows.annotate(badge=F("credential__public_id")).order_by("number")
    for row in rows.iterator(chunk_size=2_000):
        cells = [*row.cells, *[""] * (width - len(row.cells))]
        address = f"{settings.PUBLIC_URL}/c/{row.badge}" if row.badge else ""
        yield [*cells, str(row.number), words[row.state], " ".join(sentences(row)), address]


def template_lines() -> list[list[str]]:
    """An empty table with one row that nobody could take for a person's."""
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
