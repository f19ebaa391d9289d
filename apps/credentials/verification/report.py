"""What a check says: three results, two texts, four groups."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import MAXYEAR, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PASS, FAIL, COULD_NOT_CHECK = "pass", "fail", "could_not_check"
VALIDITY, AUTHENTICITY, SOURCE, VALUE = "validity", "authenticity", "source", "value"
PARTLY = "partly"
# Letters of a foreign text that a page shows.
MOST_SHOWN = 500


class NotABadge(Exception):
    """What was given is no badge at all. The message is for the person who gave it."""


@dataclass(frozen=True)
class Check:
    """`plain` for everybody; `technical` for who mends it.

    `decides`: whether the whole badge stands and falls with it.
    """

    name: str
    group: str
    result: str
    plain: StrOrPromise
    technical: str = ""
    decides: bool = True


@dataclass(frozen=True)
class Group:
    """What answers one question of a stranger. `result` is pass only where every check is; else the worst, or partly."""

    name: str
    result: str
    checks: tuple[Check, ...]


@dataclass
class Report:
    """The checks in the order they were made, and what the credential says of itself.

    `sha256` is of the bytes that were given; `picture` says whether they are a picture.
    """

    checked_at: datetime
    checks: list[Check] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    own_id: str = ""
    sha256: str = ""
    picture: bool = False

    @property
    def valid(self) -> bool | None:
        """True when every check that decides passed, False when one failed, None when it could not be decided."""
        results = {check.result for check in self.checks if check.decides}
        if FAIL in results:
            return False
        return None if COULD_NOT_CHECK in results or not results else True

    @property
    def groups(self) -> list[Group]:
        """The checks by the question that they answer, in the order in which strangers ask."""
        sorted_out = []
        for name in (VALIDITY, AUTHENTICITY, SOURCE, VALUE):
            checks = tuple(check for check in self.checks if check.group == name)
            results = {check.result for check in checks}
            if checks:
                result = FAIL if FAIL in results else results.pop() if len(results) == 1 else PARTLY
                sorted_out.append(Group(name, result, checks))
        return sorted_out

    def add(
        self, name: str, group: str, result: str, plain: StrOrPromise, technical: str = "", *, decides: bool = True
    ) -> bool:
        self.checks.append(Check(name, group, result, plain, technical, decides))
        return result == PASS

    def has(self, name: str) -> bool:
        return any(check.name == name for check in self.checks)

    @property
    def credential_id(self) -> str:
        return _text(self.document.get("id"))

    @property
    def issuer_name(self) -> str:
        issuer = self.document.get("issuer")
        return _text(issuer.get("name")) if isinstance(issuer, dict) else ""

    @property
    def issuer_id(self) -> str:
        issuer = self.document.get("issuer")
        return _text(issuer.get("id") if isinstance(issuer, dict) else issuer)

    @property
    def achievement(self) -> dict[str, Any]:
        subject = self.document.get("credentialSubject")
        found = subject.get("achievement") if isinstance(subject, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def achievement_name(self) -> str:
        return _text(self.achievement.get("name"))

    @property
    def is_unchanged(self) -> bool:
        """Whether what it says is what was signed, whatever became of it since; or nobody could tell yet."""
        results = [check.result for check in self.checks if check.name == "signature"]
        return results == [PASS] or self.valid is None

    @property
    def narrative(self) -> str:
        """What the credential says of the award itself, where it does: that no work was assessed, for example."""
        subject = self.document.get("credentialSubject")
        return _text(subject.get("narrative"))[:MOST_SHOWN] if isinstance(subject, dict) else ""

    @property
    def begins(self) -> datetime | None:
        return _moment(self.valid_from)

    @property
    def ends(self) -> datetime | None:
        return _moment(self.valid_until)

    @property
    def valid_from(self) -> str:
        return _text(self.document.get("validFrom"))

    @property
    def valid_until(self) -> str:
        return _text(self.document.get("validUntil"))

    def to_json(self) -> dict[str, Any]:
        return {
            "valid": self.valid,
            "checked_at": self.checked_at.isoformat(),
            "credential": self.credential_id,
            "issuer": self.issuer_id,
            "issuer_name": self.issuer_name,
            "achievement": self.achievement_name,
            "valid_from": self.valid_from,
            "valid_until": self.valid_until,
            "key": self.key,
            "checks": [
                {
                    "name": check.name,
                    "group": check.group,
                    "result": check.result,
                    "plain": str(check.plain),
                    "technical": check.technical,
                }
                for check in self.checks
            ],
        }


def _moment(text: str) -> datetime | None:
    """A date that can be read; None for what is none."""
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
        # At the ends of time a day in another zone is none.
        return at if at.tzinfo and 1 < at.year < MAXYEAR else None
    return None


def _text(value: Any) -> str:
    """What a document holds at a place where a text should stand."""
    return value if isinstance(value, str) else ""
