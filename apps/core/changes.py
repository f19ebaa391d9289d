"""What changed between two texts, word by word, for components/diff.html."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

# A word with the space after it; scripts that write without spaces go sign by sign.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]\s*|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+\s*|\s+")
# Above this many comparisons in all, what is left is told as removed and written anew.
MOST = 4_000_000


class Piece(NamedTuple):
    """`how`: same, added or removed. `space`: what follows the text and is marked as neither."""

    how: str
    text: str
    space: str = ""


class Changes(NamedTuple):
    """`added` and `removed` count words."""

    pieces: list[Piece]
    added: int
    removed: int


def between(before: str, after: str) -> Changes:
    """Paragraphs are matched first, then the words of those that changed."""
    pieces: list[Piece] = []
    old, new = _paragraphs(before), _paragraphs(after)
    left = MOST - len(old) * len(new)
    if left < 0:
        old, new = [before], [after]
    for how, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
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
    # What was removed takes no line of its own.
    return Piece(piece.how, text, piece.text[len(text) :] if piece.how == "added" else " ")


def _words(pieces: list[Piece], before: str, after: str, left: int) -> int:
    """How many comparisons are left after these."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    left -= len(old) * len(new)
    if left < 0:
        _add(pieces, "removed", before)
        _add(pieces, "added", after)
        return left
    bare = [word.strip() for word in old], [word.strip() for word in new]
    for how, a1, a2, b1, b2 in SequenceMatcher(None, *bare, autojunk=False).get_opcodes():
        if how == "equal":
            _add(pieces, "same", "".join(new[b1:b2]))
        else:
            _add(pieces, "removed", "".join(old[a1:a2]))
            _add(pieces, "added", "".join(new[b1:b2]))
    return left


def _paragraphs(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _add(pieces: list[Piece], how: str, text: str) -> None:
    if not text:
        return
    if pieces and pieces[-1].how == how:
        pieces[-1] = Piece(how, pieces[-1].text + text)
    else:
        pieces.append(Piece(how, text))
