"""Strict JSON parsing (RFC 8259, with the restrictions of I-JSON, RFC 7493), with limits before anything is built."""

from __future__ import annotations

import json
import re
from typing import Any

MOST_TEXT = 1024 * 1024
DEEPEST = 40
# Four times a credential with thirty criteria of four levels each and twenty pieces of evidence, or a learner record of
# thirty badges. Even the hardest document of this size takes a third of a second to canonicalise.
MOST_VALUES = 10_000
# A revocation list may be longer than any credential: as many as a megabyte has URLs.
MOST_LISTED = 50_000
# Beyond these, readers disagree (RFC 8259, section 6).
MOST_DIGITS = 15
MOST_SIGNS_OF_A_NUMBER = 30

# A string, closed or not: possessive matching, so that nothing is looked at twice.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]", re.ASCII)


class JSONError(ValueError):
    """What is wrong with a text that should be JSON; the message is technical."""


def parse(text: str, *, most_values: int = MOST_VALUES) -> dict[str, Any]:
    """Parse one JSON object: no duplicate names, no NaN, no lone surrogates, neither too deep nor too large. Raises
    JSONError.
    """
    if text.lstrip()[:1] != "{":
        raise JSONError("not a JSON object")
    if len(text) > MOST_TEXT:
        raise JSONError("larger than 1 MB")
    _refuse_many(text, most_values)
    try:
        body: dict[str, Any] = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_modest, parse_float=_modest_float
        )
        # Half a character can only come from an escape: the text itself is UTF-8.
        if _SURROGATE.search(text):
            json.dumps(body, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise JSONError(f"not JSON as it must be: {str(error)[:200]}") from None
    _refuse_deep(body)
    return body


def _refuse_many(text: str, most: int) -> None:
    """Count the characters that start or separate values; only if there are many, discount those inside strings."""
    if _values(text) > most and _values(_STRING.sub("", text)) > most:
        raise JSONError(f"more than {most} values")


def _values(text: str) -> int:
    return text.count(",") + text.count("{") + text.count("[")


def _refuse_deep(body: dict[str, Any]) -> None:
    level: list[Any] = [body]
    for _depth in range(DEEPEST):
        inside: list[Any] = []
        for one in level:
            inside += [
                deeper
                for deeper in (one.values() if isinstance(one, dict) else one)
                if deeper.__class__ is dict or deeper.__class__ is list
            ]
        if not inside:
            return
        level = inside
    raise JSONError(f"nested more than {DEEPEST} levels deep")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return body


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _modest(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError("a number is too large to be read alike everywhere")
    return int(digits)


def _modest_float(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")) or len(digits) > MOST_SIGNS_OF_A_NUMBER:
        raise ValueError("a number is too large to be read alike everywhere")
    return value
