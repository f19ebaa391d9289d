"""The notes of an attempt as a page shows them: at the desk to one who may assess it, and to its learner."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.issuers.models import AchievementVersion
from apps.reviews.models import Annotation, Mark, Part, Review
from apps.reviews.models.annotations import SENT
from apps.reviews.queries.decisions import sides_of
from apps.submissions import queries as work
from apps.submissions.showing import address_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django_stubs_ext import StrOrPromise

    from apps.accounts.models import User
    from apps.issuers.models import Criterion
    from apps.submissions.models import Attempt, EvidenceItem
    from apps.submissions.showing import Shown


@dataclass(frozen=True)
class Noted:
    """A note for one reader: the piece it stands on with the address of the place, and what they may do with it.
    `called`: by whose id, what those are called who have no name here.
    """

    note: Annotation
    shown: Shown | None
    address: str = ""
    is_mine: bool = False
    may_change: bool = False
    may_remove: bool = False
    answers: tuple[Noted, ...] = ()
    called: Mapping[int, StrOrPromise] = field(default_factory=dict)

    @property
    def who(self) -> StrOrPromise:
        """Who wrote it, as its reader may know them."""
        return self.called.get(self.note.by_id, self.note.by.name)

    @property
    def who_resolved(self) -> StrOrPromise:
        by = self.note.resolved_by
        return self.called.get(by.pk, by.name) if by else ""

    @property
    def is_kept(self) -> bool:
        """From a marking that ended unsent, and that its marker has not gone on with."""
        return self.note.review.state not in (Review.State.DRAFT, *SENT)

    @property
    def in_short(self) -> str:
        """For a link: where it stands, else how it begins."""
        return str(self.note.place) or self.note.text

    @property
    def may_resolve(self) -> bool:
        return not self.note.for_learner


@dataclass
class DeskNotes:
    """Of one attempt, for one who may assess it. `can_write`: they hold it."""

    attempt: Attempt
    can_write: bool
    criteria: list[Criterion]
    pieces: list[Shown]
    on_pieces: dict[int, list[Noted]] = field(default_factory=lambda: defaultdict(list))
    on_rubric: list[Noted] = field(default_factory=list)
    on_criteria: dict[int, list[Noted]] = field(default_factory=lambda: defaultdict(list))


def desk_notes(
    attempt: Attempt, *, reader: User, can_write: bool, criteria: Iterable[Criterion], pieces: Iterable[Shown]
) -> DeskNotes:
    """In one query. `reader` may assess the attempt: whoever calls this has asked."""
    notes = DeskNotes(attempt, can_write, list(criteria), list(pieces))
    shown = {one.piece.pk: one for one in notes.pieces}
    found = list(
        Annotation.objects.filter(review__assignment__attempt=attempt)
        .unsealed_for(reader)
        .newest()
        .select_related("by", "review__assignment", "criterion", "resolved_by")
    )
    # One's own words stay as they were typed: they stand in a form too.
    others = [note for note in found if note.by_id != reader.pk]
    work.cover_words(others, "text", "quote", mask=work.mask_for(reader, attempt.submission))
    called = _markers(attempt) if others else {}
    answers: dict[int, list[Noted]] = defaultdict(list)
    for note in sorted(found, key=lambda one: (one.written_at, one.pk)):
        if note.parent_id is not None:
            answers[note.parent_id].append(_noted(note, None, reader, called, may_write=True))
    # One that came along into another's marking is shown there alone.
    last = {_as_written(note): note.pk for note in sorted(found, key=lambda one: one.review_id)}
    for note in found:
        if note.parent_id is not None or last[_as_written(note)] != note.pk:
            continue
        piece = shown.get(note.evidence_id or 0)
        noted = _noted(note, piece, reader, called, may_write=can_write, answers=answers[note.pk])
        if note.evidence_id is None:
            notes.on_rubric.append(noted)
        else:
            notes.on_pieces[note.evidence_id].append(noted)
        if note.criterion_id is not None:
            notes.on_criteria[note.criterion_id].append(noted)
    return notes


def _markers(attempt: Attempt) -> dict[int, StrOrPromise]:
    """What the two are called between whom a lead is to decide: while that is open, they have no names."""
    if attempt.submission.version.policy != AchievementVersion.Policy.DOUBLE_BLIND:
        return {}
    if not attempt.turns.open().filter(part=Part.ADJUDICATE).exists():
        return {}
    return {review.assignment.assessor_id: _MARKERS[whose] for whose, review in sides_of(attempt).items()}


_MARKERS = {Mark.Adopted.FIRST.value: _("First marker"), Mark.Adopted.SECOND.value: _("Second marker")}


def _noted(
    note: Annotation,
    shown: Shown | None,
    reader: User,
    called: Mapping[int, StrOrPromise],
    *,
    may_write: bool,
    answers: Iterable[Noted] = (),
) -> Noted:
    mine = note.by_id == reader.pk
    unsent = may_write and note.review.state == Review.State.DRAFT
    in_own_marking = note.parent_id is None and note.review.assignment.assessor_id == reader.pk
    return Noted(
        note,
        shown,
        address=address_at(shown, note.place) if shown else "",
        is_mine=mine,
        may_change=mine and unsent,
        may_remove=unsent and (mine or in_own_marking),
        answers=tuple(answers),
        called=called,
    )


def _as_written(note: Annotation) -> tuple[object, ...]:
    """What stays the same of a note wherever it comes along."""
    return (note.by_id, note.written_at, note.parent_id, note.evidence_id, note.criterion_id, note.place, note.text)


@dataclass(frozen=True)
class Told:
    """A note as its learner reads it: where it stands, and in its own words. Nobody's name."""

    note: Annotation

    @property
    def href(self) -> str:
        """The piece's own page, at this note."""
        if self.note.evidence is None:
            return ""
        return f"{reverse('submissions:evidence', args=[self.note.evidence.public_id])}#note-{self.note.public_id}"

    @property
    def where(self) -> str:
        """The piece, and the place in it."""
        if self.note.evidence is None:
            return ""
        place = str(self.note.place)
        named = f"{self.note.evidence.position}. {self.note.evidence.title}"
        return f"{named} · {place}" if place else named


class ToldNotes:
    """What learners were told on some attempts, read at once. They bring their `answer`: without one nothing is read."""

    def __init__(self, attempts: Iterable[Attempt]) -> None:
        self.by_attempt: dict[int, list[Told]] = defaultdict(list)
        answered = [attempt for attempt in attempts if getattr(attempt, "answer", None) is not None]
        found = Annotation.objects.told().filter(review__assignment__attempt__in=answered)
        for note in found.select_related("evidence", "criterion", "review__assignment").order_by(
            "evidence__position", "seconds", "page", "pk"
        ):
            self.by_attempt[note.review.assignment.attempt_id].append(Told(note))

    def about(self, attempt_id: int, criterion_id: int | None) -> list[Told]:
        """Those on one criterion; with None, those on no criterion."""
        return [one for one in self.by_attempt[attempt_id] if one.note.criterion_id == criterion_id]


def told_on(piece: EvidenceItem) -> list[Annotation]:
    """What the learner was told on one piece."""
    found = Annotation.objects.told().filter(evidence=piece).select_related("criterion")
    return list(found.order_by("seconds", "page", "pk"))
