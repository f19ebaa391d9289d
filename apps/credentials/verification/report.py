"""A report on a badge: three results, two texts, four groups."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import MAXYEAR
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from apps.core import text as core_text
from apps.credentials.verification import advice
from apps.credentials.verification.values import moment, place

if TYPE_CHECKING:
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

PASS, FAIL, COULD_NOT_CHECK = "pass", "fail", "could_not_check"
VALIDITY, AUTHENTICITY, SOURCE, VALUE = "validity", "authenticity", "source", "value"
PARTLY = "partly"
# How a suspended badge is shown: neither passed nor failed for good.
PAUSED = "paused"
# Characters of someone else's text that a page shows.
MOST_SHOWN = 500

# The verdict for a failed check, the gravest first: name, why (empty: any), verdict. Whether it is genuine comes
# before whether it is still valid, and what the issuer decided before what changes with time.
_VERDICTS = (
    ("signature", "", "changed"),
    ("hosted", "", "changed"),
    ("record", "", "changed"),
    ("format", "", "damaged"),
    ("issuer", "", "not_who_it_says"),
    ("status", "revoked", "taken_back"),
    ("status", "superseded", "replaced"),
    ("recipient", "", "not_theirs"),
    ("in_time", "expired", "run_out"),
    ("status", "suspended", "paused"),
    ("in_time", "early", "early"),
)


class NotABadge(Exception):
    """What was given is no badge at all. The message is for the person who gave it.

    `why` says in a word what it is instead: large, paper, photo, empty, bytes, picture, page, text, inside (a URL
    that isn't on the public internet), absent (nothing visible at one of our URLs), other.
    """

    def __init__(self, message: StrOrPromise, why: str = "other") -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True)
class Check:
    """`plain` for everyone; `technical` for whoever fixes it.

    `decides`: whether the whole badge depends on it. `why`: for some failures, which of several kinds (`status`:
    revoked, suspended, superseded; `in_time`: expired, early; `issuer`: nameless).
    """

    name: str
    group: str
    result: str
    plain: StrOrPromise
    technical: str = ""
    decides: bool = True
    why: str = ""

    @property
    def remedy(self) -> StrOrPromise:
        """What to do about it; empty if it passed."""
        return advice.of(self.name, self.result, self.why)

    @property
    def look(self) -> str:
        """How it is shown: suspended counts as failed, but isn't a final no."""
        return PAUSED if self.why == "suspended" else self.result


@dataclass(frozen=True)
class Said:
    """What a credential of any kind says about itself, as text; empty if it says nothing. Dates are as written."""

    credential_id: str = ""
    issuer_id: str = ""
    issuer_name: str = ""
    achievement_id: str = ""
    achievement_name: str = ""
    narrative: str = ""
    valid_from: str = ""
    valid_until: str = ""


@dataclass(frozen=True)
class Group:
    """The checks that answer one of a visitor's questions. `result` is pass only if every check passed; otherwise the
    worst, or partly.
    """

    name: str
    result: str
    checks: tuple[Check, ...]

    @property
    def look(self) -> str:
        """How it is shown: paused, if nothing else failed."""
        failed = {check.look for check in self.checks if check.result == FAIL}
        return PAUSED if failed == {PAUSED} else self.result


@dataclass
class Report:
    """The checks in the order they were made, and what the credential says about itself.

    `kind` names the format ("Open Badges 3.0, JWT"); `sha256` is of the bytes that were given; `picture` says whether
    they are a picture; `text` is the signed text inside; `key` the verification method used; `zone` is the time zone
    in which its dates are shown; `inside` are reports on the credentials in a learner record.
    """

    checked_at: datetime
    checks: list[Check] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)
    said: Said = field(default_factory=Said)
    kind: str = ""
    text: str = ""
    key: str = ""
    own_id: str = ""
    zone: str = "UTC"
    sha256: str = ""
    picture: bool = False
    inside: list[Report] = field(default_factory=list)

    @property
    def valid(self) -> bool | None:
        """True if every deciding check passed, False if one failed, None if it couldn't be decided."""
        results = {check.result for check in self.checks if check.decides}
        if FAIL in results:
            return False
        return None if COULD_NOT_CHECK in results or not results else True

    @property
    def is_genuine(self) -> bool:
        """Whether it is proven, not merely undisputed, that it is unchanged and who issued it, even if it has
        expired.
        """
        checks = [check for check in self.checks if check.decides and check.group in (AUTHENTICITY, SOURCE)]
        names = {check.name for check in checks}
        shown = "issuer" in names and not names.isdisjoint({"signature", "hosted"})
        return shown and all(check.result == PASS for check in checks)

    @property
    def verdict(self) -> str:
        """The overall result: `good`, `nameless`, `undecided`, a verdict of `_VERDICTS`, or `unsound`."""
        return self._ruling[0]

    @property
    def decider(self) -> Check | None:
        """The check that decides the verdict; None if all is well, or nothing was checked."""
        return self._ruling[1]

    @property
    def _ruling(self) -> tuple[str, Check | None]:
        deciding = [check for check in self.checks if check.decides]
        failed = [check for check in deciding if check.result == FAIL]
        for name, why, verdict in _VERDICTS:
            for check in failed:
                if check.name == name and why in ("", check.why):
                    return verdict, check
        if failed:
            return "unsound", failed[0]
        open_ones = [check for check in deciding if check.result == COULD_NOT_CHECK]
        nameless = next((check for check in self.checks if check.why == "nameless"), None)
        if self.valid and nameless:
            return "nameless", nameless
        return ("good" if self.valid else "undecided"), next(iter(open_ones), None)

    @property
    def besides(self) -> list[Check]:
        """What else is wrong besides the decider: one problem must not hide another."""
        return [
            check
            for check in self.checks
            if check != self.decider and (check.why == "nameless" or (check.decides and check.result == FAIL))
        ]

    @property
    def whose(self) -> Check | None:
        """The check of the recipient, if one was asked for."""
        return next((check for check in self.checks if check.name == "recipient"), None)

    @property
    def groups(self) -> list[Group]:
        """The checks by the question that they answer, in the order in which visitors ask."""
        sorted_out = []
        for name in (VALIDITY, AUTHENTICITY, SOURCE, VALUE):
            # The recipient is separate from whether it is valid: pages answer it on its own.
            checks = tuple(check for check in self.checks if check.group == name and check.name != "recipient")
            results = {check.result for check in checks}
            if checks:
                result = FAIL if FAIL in results else results.pop() if len(results) == 1 else PARTLY
                sorted_out.append(Group(name, result, checks))
        return sorted_out

    def add(
        self,
        name: str,
        group: str,
        result: str,
        plain: StrOrPromise,
        technical: str = "",
        *,
        decides: bool = True,
        why: str = "",
    ) -> bool:
        """Add a check; return whether it passed."""
        self.checks.append(Check(name, group, result, plain, technical, decides, why))
        return result == PASS

    def has(self, name: str) -> bool:
        return any(check.name == name for check in self.checks)

    @property
    def is_unchanged(self) -> bool:
        """Whether what it says is what was signed or published, whatever has become of it since; or nobody could tell
        yet.
        """
        results = [check.result for check in self.checks if check.name in ("signature", "hosted")]
        return results == [PASS] or self.valid is None

    @property
    def host(self) -> str:
        """The issuer's host, which unlike its name it can't choose freely. In its encoded form, so that letters of
        one script can't pass for another's.
        """
        issuer = self.said.issuer_id
        if issuer.startswith("did:web:"):
            issuer = f"https://{unquote(issuer.split(':')[2])}"
        return core_text.seen(place(issuer))

    @property
    def begins(self) -> datetime | None:
        return readable_moment(self.said.valid_from)

    @property
    def ends(self) -> datetime | None:
        return readable_moment(self.said.valid_until)

    def to_json(self) -> dict[str, Any]:
        return {
            "valid": self.valid,
            "verdict": self.verdict,
            "checked_at": self.checked_at.isoformat(),
            "kind": self.kind,
            "sha256": self.sha256,
            "credential": self.said.credential_id,
            "issuer": self.said.issuer_id,
            "issuer_name": self.said.issuer_name,
            "issuer_host": self.host,
            "achievement": self.said.achievement_name,
            "valid_from": self.said.valid_from,
            "valid_until": self.said.valid_until,
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
            **({"inside": [one.to_json() for one in self.inside]} if self.inside else {}),
        }


def readable_moment(text: str) -> datetime | None:
    """A date that can be read; otherwise None."""
    with suppress(ValueError):
        at = moment(text)
        # At the extremes of the calendar, a date can't be converted to another zone.
        return at if 1 < at.year < MAXYEAR else None
    return None


def name_of(value: Any) -> str:
    """A name as a page may show it: without invisible characters, and no longer than names are."""
    return core_text.seen(text_of(value)[:MOST_SHOWN])


def text_of(value: Any) -> str:
    """The value if it is text, otherwise ""."""
    return value if isinstance(value, str) else ""
