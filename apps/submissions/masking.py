"""Mask a person's name and addresses in text, and leave the rest as it was written.

Names are found however they are written: with or without macrons and accents, composed or decomposed in Unicode, in
capitals, or run together as in file names. The number of passes over a text is fixed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MARK = "▒▒▒"
# Shorter parts of a name are too often words of their own: “Li”, “Jo”, “de”.
SHORTEST_PART = 3
# A shorter name, run together, occurs inside other words.
SHORTEST_JOINED = 6
# Limits for the parts of a name, and for addresses.
MOST_PARTS = 12
MOST_ADDRESSES = 50
# Words further apart are not one name.
WIDEST_GAP = 3

# The characters between the words of a name.
_BETWEEN = " -.,_/+’'\u00a0\t\n"
# In a script without spaces, a name is found inside a run of letters.
_NO_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
# “And Ahmad” and “to Ahmad” are one word each in Arabic.
_ARABIC_BEFORE = re.compile("^[\u0648\u0641\u0628\u0644\u0643]{1,2}(?=[\u0620-\u064a]{3})")
_TATWEEL = "\u0640"
# What joins words in file names, handles and addresses: there, a name in lower case is a name.
_JOINED_BEFORE = re.compile(r"(?:[/@~_=]|\w\.)$")
_JOINED_AFTER = re.compile(r"[@_]|\.\w")
# A name run together with the next: AnaReed.
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_UNSEEN = {"Mn", "Mc", "Me", "Cf"}


def _ranges() -> str:
    """Combining marks and invisible characters, as the inside of a regular expression's brackets."""
    codes = [code for code in range(0x80, 0x10000) if unicodedata.category(chr(code)) in _UNSEEN]
    starts = [code for code, before in zip(codes, [0, *codes], strict=False) if code != before + 1]
    ends = [code for code, after in zip(codes, [*codes[1:], 0], strict=True) if after != code + 1]
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))


_WORD = re.compile(rf"(?:[^\W_]|[{_ranges()}])+")


class Word(NamedTuple):
    """A word with its position, and in the form used for comparison."""

    start: int
    end: int
    plain: str


def plain(words: str) -> str:
    """The text in lower case, without accents and invisible characters."""
    if words.isascii():
        return words.lower()
    signs = unicodedata.normalize("NFKD", words.casefold())
    return "".join(sign for sign in signs if sign != _TATWEEL and unicodedata.category(sign) not in _UNSEEN)


_plain_word = lru_cache(maxsize=8192)(plain)


class Mask:
    """Masks a person's names, parts of names, addresses and ids. `Mask()` masks nothing."""

    def __init__(self, *, names: Iterable[str] = (), addresses: Iterable[str] = (), ids: Iterable[str] = ()) -> None:
        self._whole: dict[str, list[list[str]]] = {}
        self._parts: set[str] = set()
        self._joined: set[str] = set()
        literal = [one for address in sorted(addresses)[:MOST_ADDRESSES] for one in _address(address)]
        literal += [re.escape(one) for one in ids]
        for name in names:
            said = [found[0] for found in _WORD.finditer(name)][:MOST_PARTS]
            words = [one for one in map(plain, said) if one]
            for order in _orders(words):
                self._whole.setdefault(order[0], []).append(order)
                if len(order) > 1 and len("".join(order)) >= SHORTEST_JOINED:
                    self._joined.add("".join(order))
            self._parts |= {one for one in words if len(one) >= SHORTEST_PART and not one.isdigit()}
            literal += _inside_others(name, said)
        self._needles = {*self._whole, *self._parts, *self._joined}
        self._literal = re.compile("|".join(literal), re.IGNORECASE) if literal else None

    def __bool__(self) -> bool:
        return bool(self._needles or self._literal)

    def __call__(self, text: str) -> str:
        told: list[str] = []
        at = 0
        for start, end in _put_together(text, sorted(self._spans(text))):
            told += [text[at:start], MARK]
            at = end
        return "".join([*told, text[at:]])

    def hides(self, address: str) -> bool:
        """Whether a web address identifies the person. Names in it are lower-case, escaped and run together."""
        said = unquote(address)
        words = {plain(found[0]) for found in _WORD.finditer(said)}
        long = {part for part in self._parts if len(part) >= SHORTEST_JOINED}
        return self(said) != said or bool(words & self._parts) or any(part in word for part in long for word in words)

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the spans to mask; they may overlap."""
        if self._literal:
            yield from (found.span() for found in self._literal.finditer(text))
        # Checking the whole text first is much faster than going word by word.
        looked = plain(text)
        if not any(needle in looked for needle in self._needles):
            return
        words = [Word(*found.span(), _plain_word(found[0])) for found in _WORD.finditer(text)]
        for number, word in enumerate(words):
            for name in self._whole.get(word.plain, ()):
                here = words[number : number + len(name)]
                if [one.plain for one in here] == name and _is_one_name(text, here):
                    yield word.start, here[-1].end
            if self._is_part(text, word):
                yield word.start, word.end

    def _is_part(self, text: str, word: Word) -> bool:
        if word.plain in self._joined:
            return True
        if word.plain in self._parts or _ARABIC_BEFORE.sub("", word.plain) in self._parts:
            return _is_a_name_here(text, word)
        pieces = _CAMEL.split(text[word.start : word.end])
        return len(pieces) > 1 and any(plain(piece) in self._parts for piece in pieces)


def _orders(words: list[str]) -> list[list[str]]:
    """A name as it is said, with its last word first, and reversed."""
    orders = [words, words[-1:] + words[:-1], words[::-1]] if words else []
    return [order for number, order in enumerate(orders) if order not in orders[:number]]


def _address(address: str) -> Iterator[str]:
    """Yield an email address as a pattern: also with a tag, and as it is escaped in a web address."""
    local, _sign, host = address.lower().partition("@")
    yield rf"(?<![\w.]){re.escape(local)}(?:\+[\w.+-]{{0,64}})?(?:@|%40){re.escape(host)}(?![\w-]|\.\w)"


def _inside_others(name: str, words: list[str]) -> Iterator[str]:
    """Yield the forms of a name found letter by letter: in scripts without spaces, and escaped as in JSON."""
    for one in (name.strip(), *words):
        if _NO_SPACES.search(one) and (len(one) >= SHORTEST_PART or one == name.strip()):
            yield re.escape(one)
        if not one.isascii() and len(one) >= SHORTEST_PART:
            for form in ("NFC", "NFD"):
                yield re.escape(json.dumps(unicodedata.normalize(form, one))[1:-1])


def _is_one_name(text: str, words: list[Word]) -> bool:
    """Whether the words are side by side; a single word must count as any part of a name does."""
    if len(words) == 1:
        return _is_a_name_here(text, words[0])
    gaps = [text[one.end : other.start] for one, other in pairwise(words)]
    return all(_joins(gap) and "\n\n" not in gap for gap in gaps)


def _joins(gap: str) -> bool:
    return len(gap) <= WIDEST_GAP and not gap.strip(_BETWEEN)


def _is_a_name_here(text: str, word: Word) -> bool:
    """Whether it is capitalised, in a script without capitals, or joined to others as in a file name or handle."""
    first = text[word.start]
    if first.isupper() or first.lower() == first.upper():
        return True
    before, after = text[max(word.start - 2, 0) : word.start], text[word.end : word.end + 2]
    return bool(_JOINED_BEFORE.search(before) or _JOINED_AFTER.match(after))


def _put_together(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Merge spans that touch: a first name followed by the last name gets one mark."""
    start, end = -1, -1
    for first, last in spans:
        gap = text[end:first]
        if start >= 0 and (first <= end or ("\n" not in gap and _joins(gap))):
            end = max(end, last)
            continue
        if start >= 0:
            yield start, end
        start, end = first, last
    if start >= 0:
        yield start, end
