"""What changed between two texts, word by word, for components/diff.html."""

from __future__ import annotations

import re
from typing import NamedTuple

from apps.core.matching import MOST, Matcher

# A word with the space after it; scripts that write without spaces go sign by sign.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]\s*|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+\s*|\s+")


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
    """Paragraphs are matched first, then the words of those that changed.

    What is not compared by then, since that would take too long, is told as removed and written anew.
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
    # What was removed takes no line of its own.
    return Piece(piece.how, text, piece.text[len(text) :] if piece.how == "added" else " ")


def _words(pieces: list[Piece], before: str, after: str, left: int) -> int:
    """How many comparisons are left after these."""
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
