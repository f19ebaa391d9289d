"""An issuer's decisions in a period, for those who run it and have to show how it decides. Read in chunks.

Readers run the issuer and assess nothing here, so they get no more than an assessor may see. Events of work that is
being judged now are withheld, as they are from anyone who might take that work. For a blind version, whatever says
whose work it is is withheld too. Of a withheld event they get only the digest.
"""

from __future__ import annotations

from datetime import datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Exists, ExpressionWrapper, OuterRef, Q
from django.db.models.fields import BooleanField

from apps.accounts.queries import same_people
from apps.core import clock, events
from apps.core.models import Event, EventBlock
from apps.credentials.models import Credential
from apps.issuers.models import Achievement, AchievementVersion
from apps.reviews.models import JUDGED_ANEW, Decision, Part, Turn
from apps.reviews.queries.story import WORDS
from apps.submissions.models import Submission

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from apps.accounts.models import User
    from apps.core.events import Proof
    from apps.issuers.models import Issuer

AT_ONCE = 500
# The most events in memory at once, apart from those of one more block.
MOST_EVENTS = 10_000
# Events that may show who the learner is, whichever of their accounts they used.
_BY_LEARNERS = {
    *("submission.started", "submission.route_chosen", "submission.submitted", "submission.withdrawn"),
    *("submission.reopened", "submission.retried", "appeal.lodged", "appeal.withdrawn", "message.written"),
}
# Long texts that no row shows.
_LONG = (
    *(f"attempt__{name}" for name in ("manifest", "overview", "reflection", "what_changed")),
    *(f"attempt__submission__version__{name}" for name in ("description", "description_for_earners", "how_earned")),
)


class Asked(NamedTuple):
    """Which decisions are wanted, and by whom. The days are the issuer's, and include both the first and the last."""

    issuer: Issuer
    since: date
    until: date
    reader: User


class Row(NamedTuple):
    """A decision, with the public ids of its credentials and of the event that recorded it. `judged_anew`: the work is
    being judged again, so what was decided is withheld from the reader.
    """

    decision: Decision
    credentials: Sequence[str]
    event: str
    judged_anew: bool


class Told(NamedTuple):
    """An event, and where it is sealed. `withheld` says why the reader may not read it: the work is being judged
    (`judging`), it would say whose blind work this is (`learner`), or it says what a conflict of interest is
    (`conflict`).
    """

    event: Event
    block: int | None
    proof: Proof | None
    withheld: str


class _Work(NamedTuple):
    """What decides which events of a submission may be read. `led`: the reader moderates its achievement."""

    learner: str
    blind: bool
    judging: bool
    led: bool


def decisions_in(asked: Asked) -> QuerySet[Decision]:
    """Every decision, including replaced ones, except those on the reader's own work under any of their addresses."""
    zone = clock.zone(asked.issuer.time_zone)
    return Decision.objects.filter(
        attempt__submission__achievement__issuer=asked.issuer,
        decided_at__gte=datetime.combine(asked.since, time.min, zone),
        decided_at__lte=datetime.combine(asked.until, time.max, zone),
    ).exclude(attempt__submission__learner__in=same_people(asked.reader))


def rows_in(asked: Asked) -> Iterator[Row]:
    """A row for each decision, the oldest first."""
    anew = Turn.objects.open().filter(attempt=OuterRef("attempt"), part__in=JUDGED_ANEW)
    found = (
        decisions_in(asked)
        .annotate(judged_anew=Exists(anew))
        .select_related(
            *("by", "appeal__outcome", "replaces", "attempt__submission__learner"),
            "attempt__submission__version__achievement",
        )
        .defer(*_LONG)
        .prefetch_related("moderations")
        .order_by("decided_at", "pk")
    )
    for chunk in _chunks(found.iterator(chunk_size=AT_ONCE), AT_ONCE):
        yield from _with_ids(chunk)


def _with_ids(decisions: Sequence[Any]) -> Iterator[Row]:
    ids = [one.public_id for one in decisions]
    credentials: dict[str, list[str]] = {}
    found = Credential.objects.filter(decision_id__in=ids).order_by("pk").values_list("decision_id", "public_id")
    for decision_id, public_id in found:
        credentials.setdefault(str(decision_id), []).append(public_id)
    of_these = {one.attempt.submission.public_id for one in decisions}
    made = Event.objects.filter(kind="decision.made", subject_id__in=of_these)
    made_by = dict(made.values_list("data__decision", "public_id"))
    for one in decisions:
        yield Row(one, credentials.get(one.public_id, ()), made_by.get(one.public_id, ""), one.judged_anew)


class Trail:
    """The events of the submissions that were decided on. The chain is read as it was at the beginning: an event that
    is sealed meanwhile counts as not sealed yet, so that each event comes exactly once.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._newest = EventBlock.objects.order_by("-number").first()
        self._first: int | None = None

    def events(self) -> Iterator[Told]:
        """The sealed events block by block, in their order within the block; then those in no block yet."""
        if self._newest is not None:
            sealing = self._events().filter(block__lte=self._newest).values("block")
            blocks = EventBlock.objects.filter(pk__in=sealing).order_by("number").iterator(chunk_size=AT_ONCE)
            for some in _filled(blocks):
                self._first = some[0].number if self._first is None else self._first
                yield from self._sealed(some)
        unsealed = Q(block=None) | Q(block__gt=self._newest) if self._newest else Q()
        waiting = self._events().filter(unsealed).order_by("pk").iterator(chunk_size=AT_ONCE)
        for chunk in _chunks(waiting, AT_ONCE):
            works = self._works(chunk)
            yield from (
                Told(event, None, None, _withheld(event, works[event.subject_id]))
                for event in chunk
                if event.subject_id in works
            )

    def blocks(self) -> Iterator[EventBlock]:
        """All blocks from the first that seals one of the events to the newest. Call it after reading the events."""
        if self._first is not None and self._newest is not None:
            between = EventBlock.objects.filter(number__gte=self._first, number__lte=self._newest.number)
            yield from between.order_by("number").iterator(chunk_size=AT_ONCE)

    def _events(self) -> QuerySet[Event]:
        """The events that assessors may see: nothing about how a learner worked before handing in."""
        subjects = self._submissions().values("public_id")
        return Event.objects.filter(kind__in=WORDS, subject_id__in=subjects)

    def _submissions(self) -> QuerySet[Submission]:
        return Submission.objects.filter(pk__in=decisions_in(self._asked).values("attempt__submission"))

    def _sealed(self, blocks: Sequence[EventBlock]) -> Iterator[Told]:
        within: dict[int, list[Event]] = {block.pk: [] for block in blocks}
        for event in Event.objects.filter(block__in=blocks).order_by("pk"):
            within[event.block_id or 0].append(event)
        works = self._works(event for each in within.values() for event in each)
        for block in blocks:
            sealed = within[block.pk]
            wanted = [n for n, event in enumerate(sealed) if event.kind in WORDS and event.subject_id in works]
            proofs = events.proofs([events.leaf(event) for event in sealed], wanted)
            for n, proof in zip(wanted, proofs, strict=True):
                yield Told(sealed[n], block.number, proof, _withheld(sealed[n], works[sealed[n].subject_id]))

    def _works(self, some: Iterable[Event]) -> dict[str, _Work]:
        """Those of the submissions decided on that these events are about, by public id."""
        about = {event.subject_id for event in some if event.kind in WORDS}
        led = Achievement.objects.moderated_by(self._asked.reader).values("pk")
        found = self._submissions().filter(public_id__in=about).annotate(judging=_IS_JUDGED, led=_true(achievement=led))
        return {
            public_id: _Work(*facts)
            for public_id, *facts in found.values_list(
                "public_id", "learner__public_id", "version__blind", "judging", "led"
            )
        }


def _true(**lookup: Any) -> ExpressionWrapper:
    return ExpressionWrapper(Q(**{f"{name}__in": values for name, values in lookup.items()}), BooleanField())


# As on the review page: two people mark separately, or a decision is to be replaced by another.
_IS_JUDGED = Exists(
    Turn.objects.open().filter(
        Q(attempt__decisions__isnull=False, part__in=JUDGED_ANEW)
        | Q(
            attempt__submission__version__policy=AchievementVersion.Policy.DOUBLE_BLIND,
            part__in=(Part.FIRST, Part.SECOND, Part.ADJUDICATE),
        ),
        attempt__submission=OuterRef("pk"),
    )
)


def _withheld(event: Event, work: _Work) -> str:
    if work.judging:
        return "judging"
    tells = event.kind in _BY_LEARNERS or "credential" in event.data
    if work.blind and (tells or work.learner in (event.actor_id, *event.data.values())):
        return "learner"
    return "conflict" if event.kind == "conflict.declared" and not work.led else ""


def _chunks(rows: Iterator[Any], most: int) -> Iterator[list[Any]]:
    while chunk := list(islice(rows, most)):
        yield chunk


def _filled(blocks: Iterable[EventBlock]) -> Iterator[list[EventBlock]]:
    """The blocks in batches: each ends with the block that brings it to `MOST_EVENTS` events or more."""
    some: list[EventBlock] = []
    held = 0
    for block in blocks:
        some.append(block)
        held += block.events
        if held >= MOST_EVENTS:
            yield some
            some, held = [], 0
    if some:
        yield some
