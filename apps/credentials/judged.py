"""What an assessment passes to an award: levels reached and the frozen evidence, without anyone's own words."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Piece:
    """One piece of evidence as a credential may describe it: no title, no file name.

    `genre` is a neutral word ("Image", "Document"); `criteria` are codes of the rubric (c1, c2); `sha256` is hex.
    """

    public_id: str
    genre: str
    media_type: str
    criteria: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class Judged:
    """`levels`: code of a criterion (c1) → position of the level reached, from 1. `judges`: how many people marked
    the work.
    """

    levels: dict[str, int] = field(default_factory=dict)
    evidence: tuple[Piece, ...] = ()
    judges: int = 1
