"""What a badge of any issuer says it is aligned with: the badge, its criteria, and the levels reached on them.

It has been read before, but its issuer may have written anything where the specification allows it: whatever makes no
sense is ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from apps.credentials.verification import reading
from apps.credentials.verification.report import NotABadge

if TYPE_CHECKING:
    from collections.abc import Iterator

# Anything longer is no list of skills.
MOST = 200
LONGEST = 500


class Aligned(NamedTuple):
    """`criterion` and `level`, in the issuer's words, show that it is met; both are empty if the whole badge is
    aligned.
    """

    name: str
    framework: str = ""
    code: str = ""
    criterion: str = ""
    level: str = ""


def of(text: str) -> list[Aligned]:
    """The alignments in the badge's order, each once. Empty if it names none, or if its badge is at another URL."""
    try:
        given = reading.read(text.encode())
    except (NotABadge, reading.ReadingError):
        return []
    body = given.body if isinstance(given.body, dict) else {}
    body = body["vc"] if isinstance(body.get("vc"), dict) else body
    found = _older(body) if given.older else _newer(body)
    return list(dict.fromkeys(one for _n, one in zip(range(MOST), found, strict=False)))


def _older(body: dict[str, Any]) -> Iterator[Aligned]:
    badge = body.get("badge")
    yield from _each(badge.get("alignment") if isinstance(badge, dict) else None)


def _newer(body: dict[str, Any]) -> Iterator[Aligned]:
    for subject in _objects(body.get("credentialSubject")):
        reached = {
            one.get("resultDescription"): one.get("achievedLevel")
            for one in _objects(subject.get("result"))
            if isinstance(one.get("resultDescription"), str)
        }
        for achievement in _objects(subject.get("achievement")):
            yield from _each(achievement.get("alignment"))
            for described in _objects(achievement.get("resultDescription")):
                yield from _by_result(described, reached)


def _by_result(described: dict[str, Any], reached: dict[Any, Any]) -> Iterator[Aligned]:
    name = described.get("id")
    level = reached.get(name) if isinstance(name, str) else None
    levels = _objects(described.get("rubricCriterionLevel"))
    at = next((n for n, one in enumerate(levels) if level and one.get("id") == level), None)
    of_level = _words(levels[at].get("name")) if at is not None else ""
    criterion = _words(described.get("name"))
    for one in _each(described.get("alignment")):
        yield one._replace(criterion=criterion, level=of_level)
    if at is not None:
        for one in _each(levels[at].get("alignment")):
            yield one._replace(criterion=criterion, level=of_level)


def _each(value: Any) -> Iterator[Aligned]:
    for one in _objects(value):
        if name := _words(one.get("targetName")):
            yield Aligned(name, _words(one.get("targetFramework")), _words(one.get("targetCode")))


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def _words(value: Any) -> str:
    return " ".join(value.split())[:LONGEST] if isinstance(value, str) else ""
