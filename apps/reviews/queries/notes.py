"""The notes of an attempt, as its review page shows them to assessors and as its learner reads them."""

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
    """A note for one reader: its piece, the address of its place, and what the reader may do with it. `called` maps
    user ids to what to call people whose names are hidden here.
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
        """Its author, as the reader may know them."""
        return self.called.get(self.note.by_id, self.note.by.name)

    @property
    def who_resolved(self) -> StrOrPromise:
        by = self.note.resolved_by
        return self.called.get(by.pk, by.name) if by else ""

    @property
    def is_kept(self) -> bool:
        """Whether it comes from a marking that ended unsent and was not continued."""
        return self.note.review.state not in (Review.State.DRAFT, *SENT)

    @property
    def in_short(self) -> str:
        """Text for a link: the place, or else how the note begins."""
        return str(self.note.place) or self.note.text

    @property
    def may_resolve(self) -> bool:
        return not self.note.for_learner


@dataclass
class DeskNotes:
    """The notes of one attempt, for an assessor. `can_write`: they hold it."""

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
    """Fetch the notes in one query. The caller has checked that `reader` may assess the attempt."""
    notes = DeskNotes(attempt, can_write, list(criteria), list(pieces))
    shown = {one.piece.pk: one for one in notes.pieces}
    found = list(
        Annotation.objects.filter(review__assignment__attempt=attempt)
        .unsealed_for(reader)
        .newest()
        .select_related("by", "review__assignment", "criterion", "resolved_by")
    )
    # The reader's own text is not masked: it is also in a form.
    others = [note for note in found if note.by_id != reader.pk]
    work.cover_words(others, "text", "quote", mask=work.mask_for(reader, attempt.submission))
    called = _markers(attempt) if others else {}
    answers: dict[int, list[Noted]] = defaultdict(list)
    for note in sorted(found, key=lambda one: (one.written_at, one.pk)):
        if note.parent_id is not None:
            answers[note.parent_id].append(_noted(note, None, reader, called, may_write=True))
    # A note copied into another's marking is shown only there.
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
    """What to call the two markers while a lead has yet to decide between them: their names are hidden."""
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
    """What stays the same when a note is copied into another review."""
    return (note.by_id, note.written_at, note.parent_id, note.evidence_id, note.criterion_id, note.place, note.text)


@dataclass(frozen=True)
class Told:
    """A note as the learner reads it: its place and its text, without anyone's name."""

    note: Annotation

    @property
    def href(self) -> str:
        """The address of this note on the piece's own page."""
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
    """What learners were told about several attempts, read at once. Attempts need their `answer`: nothing is read for
    those without one.
    """

    def __init__(self, attempts: Iterable[Attempt]) -> None:
        self.by_attempt: dict[int, list[Told]] = defaultdict(list)
        answered = [attempt for attempt in attempts if getattr(attempt, "answer", None) is not None]
        found = Annotation.objects.told().filter(review__assignment__attempt__in=answered)
        for note in found.select_related("evidence", "criterion", "review__assignment").order_by(
            "evidence__position", "seconds", "page", "pk"
        ):
            self.by_attempt[note.review.assignment.attempt_id].append(Told(note))

    def about(self, attempt_id: int, criterion_id: int | None) -> list[Told]:
        """Notes on one criterion; with None, those on no criterion."""
        return [one for one in self.by_attempt[attempt_id] if one.note.criterion_id == criterion_id]


def told_on(piece: EvidenceItem) -> list[Annotation]:
    """The notes that the learner was told on one piece."""
    found = Annotation.objects.told().filter(evidence=piece).select_related("criterion")
    return list(found.order_by("seconds", "page", "pk"))
