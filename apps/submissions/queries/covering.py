"""Mask names and addresses in text for readers who may not know whose work it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects

from apps.accounts import queries as accounts
from apps.submissions.masking import MARK, Mask
from apps.submissions.models import Attempt
from apps.submissions.queries.identity import may_know_learner

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db import models

    from apps.accounts.models import User
    from apps.submissions.models import Capture, EvidenceItem, Submission

_OPEN = Mask()
_OF_A_PIECE = ("title", "text", "transcript", "people_note", "blocked_because")


def mask_for(reader: User | None, submission: Submission) -> Mask:
    """The mask of the learner's name for what `reader` reads; an empty one for those who may know it."""
    return _OPEN if may_know_learner(reader, submission) else submission.mask


def give_masks(submissions: Iterable[Submission]) -> None:
    """Load the masks of many submissions with one query, for those that are judged blind."""
    blind = [one for one in submissions if one.version.blind]
    addresses = accounts.addresses_of_many(one.learner for one in blind)
    for one in blind:
        one.mask = one.mask_with(addresses[one.learner_id])


def cover_attempt(attempt: Attempt, *, reader: User | None) -> None:
    """Mask what was written in an attempt, and about it, in the loaded rows."""
    mask = mask_for(reader, attempt.submission)
    if not mask:
        return
    # Load these now: rows that a page loads later would not be masked.
    prefetch_related_objects([attempt], "evidence__supports__criterion", "findings")
    _cover(attempt, mask, [name for name in Attempt.WRITTEN if name != "declared_own"])
    for name, words in (("answer", "note"), ("returned", "reason")):
        _cover(getattr(attempt, name, None), mask, [words])
    cover_words(attempt.findings.all(), "comment", mask=mask)
    for piece in attempt.evidence.all():
        cover_piece(piece, mask)


def cover_piece(piece: EvidenceItem, mask: Mask) -> None:
    """Mask a piece's details, the places to look at, and what was captured of a link."""
    if not mask:
        return
    prefetch_related_objects([piece], "supports")
    piece.is_covered = True
    # An untitled link shows its address, which reveals more than a sentence does.
    for name in ("url", "title"):
        said = getattr(piece, name)
        if "://" in said and mask.hides(said):
            setattr(piece, name, MARK)
    _cover(piece, mask, _OF_A_PIECE)
    cover_words(piece.supports.all(), "quote", mask=mask)
    if piece.foreign is not None:
        _cover(piece.foreign, mask, ("achievement_name", "issuer_name", "credential_id", "issuer_id"))
        piece.foreign.report = covered_values(piece.foreign.report, mask)
    for look in (piece.kept.then, piece.kept.now, piece.kept.last) if piece.kept else ():
        if look is not None:
            _cover_look(look, mask)


def cover_words(rows: Iterable[models.Model], *names: str, mask: Mask) -> None:
    """Mask these fields of loaded rows."""
    if mask:
        for row in rows:
            _cover(row, mask, names)


def _cover_look(look: Capture, mask: Mask) -> None:
    _cover(look, mask, ("title", "text", "url", "why"))
    if look.same_as is not None:
        _cover(look.same_as, mask, ("text",))


def _cover(row: models.Model | None, mask: Mask, names: Iterable[str]) -> None:
    if row is None:
        return
    for name in names:
        setattr(row, name, mask(getattr(row, name)))
    # A masked row must never be saved.
    row.__dict__["save"] = _never


def covered_values(value: Any, mask: Mask) -> Any:
    """API data with all text masked."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {name: covered_values(one, mask) for name, one in value.items()}
    return [covered_values(one, mask) for one in value] if isinstance(value, list) else value


def _never(*_args: object, **_kwargs: object) -> None:
    message = "This row was covered for a reader: fetch it anew to change it."
    raise RuntimeError(message)
