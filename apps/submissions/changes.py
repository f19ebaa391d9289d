"""The differences between two attempts of a submission: texts, pieces, and what each piece supports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.columns import column
from apps.submissions.models import Attempt
from apps.submissions.queries import cover_attempt

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from apps.accounts.models import User
    from apps.submissions.models import EvidenceItem


class ChangedWords(NamedTuple):
    """A field of the form, before and after."""

    name: str
    label: StrOrPromise
    before: str
    after: str


class Kept(NamedTuple):
    """A criterion that a piece supports, and where to look for it."""

    criterion: str
    place: str


@dataclass(frozen=True)
class ChangedPiece:
    """A piece before, after, or both. The same bytes under another title are the same piece."""

    before: EvidenceItem | None
    after: EvidenceItem | None

    @property
    def shown(self) -> EvidenceItem:
        piece = self.after or self.before
        if piece is None:
            raise LookupError
        return piece

    @property
    def how(self) -> str:
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "unchanged" if self.before.sha256 == self.after.sha256 else "changed"

    @cached_property
    def supports_before(self) -> list[Kept]:
        return _supports(self.before)

    @cached_property
    def supports_after(self) -> list[Kept]:
        return _supports(self.after)

    @property
    def is_remapped(self) -> bool:
        return None not in (self.before, self.after) and self.supports_before != self.supports_after


@dataclass(frozen=True)
class Changes:
    """The changes from one attempt to a later one: the `words` that differ, and all `pieces` of both."""

    before: Attempt
    after: Attempt
    words: list[ChangedWords]
    pieces: list[ChangedPiece]

    def count(self, how: str) -> int:
        return sum(one.how == how for one in self.pieces)

    @property
    def remapped(self) -> int:
        return sum(one.is_remapped for one in self.pieces)

    @property
    def in_short(self) -> str:
        """A summary: 2 pieces new, 1 removed, overview changed."""
        told = []
        if new := self.count("added"):
            told.append(ngettext("%(n)d piece new", "%(n)d pieces new", new) % {"n": new})
        if removed := self.count("removed"):
            told.append(ngettext("%(n)d piece removed", "%(n)d pieces removed", removed) % {"n": removed})
        if changed := self.count("changed"):
            told.append(ngettext("%(n)d piece changed", "%(n)d pieces changed", changed) % {"n": changed})
        if self.remapped:
            told.append(
                ngettext("%(n)d piece supports something else", "%(n)d pieces support something else", self.remapped)
                % {"n": self.remapped}
            )
        told += [_("%(words)s changed") % {"words": one.label} for one in self.words]
        return f"{capfirst(', '.join(told))}." if told else _("No evidence and no words changed.")


# What is written about the change itself, or for one attempt only, isn't compared.
_NOT_COMPARED = {"what_changed", "declared_own"}


def between(before: Attempt, after: Attempt, *, reader: User) -> Changes:
    """The changes as `reader` may read them. Pieces are paired by their real titles, before masking."""
    prefetch_related_objects([before, after], "evidence__supports__criterion")
    paired = _paired(list(before.evidence.all()), list(after.evidence.all()))
    for attempt in (before, after):
        cover_attempt(attempt, reader=reader)
    words = [
        ChangedWords(name, column(Attempt, name).verbose_name, getattr(before, name), getattr(after, name))
        for name in Attempt.WRITTEN
        if name not in _NOT_COMPARED and getattr(before, name) != getattr(after, name)
    ]
    return Changes(before, after, words, paired)


def _paired(old: list[EvidenceItem], new: list[EvidenceItem]) -> list[ChangedPiece]:
    """Pieces of the later attempt in order, each with its earlier form; then those removed.

    A piece is recognised by its bytes and title, else by its bytes, else by its title.
    """
    was: dict[int, EvidenceItem] = {}
    left = list(old)
    for same in (_bytes_and_title, _bytes, _title):
        for piece in new:
            found = next((one for one in left if same(one) == same(piece)), None) if piece.pk not in was else None
            if found is not None:
                was[piece.pk] = found
                left.remove(found)
    return [ChangedPiece(was.get(piece.pk), piece) for piece in new] + [ChangedPiece(piece, None) for piece in left]


def _bytes_and_title(piece: EvidenceItem) -> tuple[str, ...]:
    return (*_bytes(piece), piece.title)


def _bytes(piece: EvidenceItem) -> tuple[str, ...]:
    # A file that is still being checked has no sum yet, so it matches no other.
    return (piece.kind, piece.sha256 or piece.public_id)


def _title(piece: EvidenceItem) -> tuple[str, ...]:
    return (piece.kind, piece.title)


def _supports(piece: EvidenceItem | None) -> list[Kept]:
    supports = piece.supports.all() if piece else ()
    told = [
        (one.criterion.position, Kept(f"{one.criterion.position}. {one.criterion.name}", str(one.place)))
        for one in supports
    ]
    return [kept for _position, kept in sorted(told)]
