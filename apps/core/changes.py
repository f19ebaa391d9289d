"""Word-by-word differences between two texts, for components/diff.html."""

from __future__ import annotations

import re
from typing import NamedTuple

from apps.core.matching import MOST, Matcher

# A word with the space after it; scripts written without spaces are split by character.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]\s*|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+\s*|\s+")


class Piece(NamedTuple):
    """`how`: same, added or removed. `space`: the white space after the text, which is marked as neither."""

    how: str
    text: str
    space: str = ""


class Changes(NamedTuple):
    """`added` and `removed` count words."""

    pieces: list[Piece]
    added: int
    removed: int


def between(before: str, after: str) -> Changes:
    """Compare paragraphs first, then the words of those that changed.

    Once the comparison budget is spent, the rest counts as removed and added.
    """
    pieces: list[Piece] = []
    old, new = _paragraphs(before), _paragraphs(after)
    left = MOST
    for how, a1, a2, b1, b2 in Matcher(old, new).get_opcodes():
        if how == "equal":
            _add(pieces, "same", "".join(new[b1:b2]))
        else:
            left = _words(pieces, "".join(old[a1:a2]), "".join(new[b1:b2]), left)
    counts = {how: sum(len(one.text.split()) for one in pieces if one.how == how) for how in ("added", "removed")}
    return Changes([_apart(one) for one in pieces], counts["added"], counts["removed"])


def _apart(piece: Piece) -> Piece:
    if piece.how == "same" or not piece.text.strip():
        return piece
    text = piece.text.rstrip()
    # Removed text gets no line of its own.
    return Piece(piece.how, text, piece.text[len(text) :] if piece.how == "added" else " ")


def _words(pieces: list[Piece], before: str, after: str, left: int) -> int:
    """Add the differences to `pieces`; return how many comparisons are left."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = Matcher([word.strip() for word in old], [word.strip() for word in new], most=left)
    for how, a1, a2, b1, b2 in matcher.get_opcodes():
        if how == "equal":
            _add(pieces, "same", "".join(new[b1:b2]))
        else:
            _add(pieces, "removed", "".join(old[a1:a2]))
            _add(pieces, "added", "".join(new[b1:b2]))
    return matcher.left


def _paragraphs(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _add(pieces: list[Piece], how: str, text: str) -> None:
    if not text:
        return
    if pieces and pieces[-1].how == how:
        pieces[-1] = Piece(how, pieces[-1].text + text)
    else:
        pieces.append(Piece(how, text))
