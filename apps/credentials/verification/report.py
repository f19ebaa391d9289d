"""What a check says: three results, two texts, four groups."""

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
# Looks like no result: neither passed nor failed for good.
PAUSED = "paused"
# Letters of a foreign text that a page shows.
MOST_SHOWN = 500

# What a failed check comes to, the gravest first: name, why (empty: however it failed), verdict. Whether it is genuine
# comes before whether it still holds, and what an issuer has settled before what passes by itself.
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

    `why` says in a word what it is instead: large, paper, photo, empty, bytes, picture, page, text, inside (an address
    that leads to no public place), absent (nothing of ours is seen there), other.
    """

    def __init__(self, message: StrOrPromise, why: str = "other") -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True)
class Check:
    """`plain` for everybody; `technical` for who mends it.

    `decides`: whether the whole badge stands and falls with it. `why`: of some that fail, which of several ways (of
    `status`: revoked, suspended, superseded; of `in_time`: expired, early; of `issuer`: nameless).
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
        """What to do about it; empty where it passed."""
        return advice.of(self.name, self.result, self.why)

    @property
    def look(self) -> str:
        """How it is shown: what is only paused has failed, and is no final no."""
        return PAUSED if self.why == "suspended" else self.result


@dataclass(frozen=True)
class Said:
    """What a credential of any kind says of itself, as texts; empty where it says nothing. Dates are as written."""

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
    """What answers one question of a stranger. `result` is pass only where every check is; else the worst, or partly."""

    name: str
    result: str
    checks: tuple[Check, ...]

    @property
    def look(self) -> str:
        """How it is shown: paused, where nothing else failed."""
        failed = {check.look for check in self.checks if check.result == FAIL}
        return PAUSED if failed == {PAUSED} else self.result


@dataclass
class Report:
    """The checks in the order they were made, and what the credential says of itself.

    `kind` names what it is ("Open Badges 3.0, JWT"); `sha256` is of the bytes that were given; `picture` says whether
    they are a picture; `text` is the signed text inside; `key` the verification method that was held against it;
    `zone` is the time zone in which its dates are told; `inside` are reports of the credentials in a learner record.
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
        """True when every check that decides passed, False when one failed, None when it could not be decided."""
        results = {check.result for check in self.checks if check.decides}
        if FAIL in results:
            return False
        return None if COULD_NOT_CHECK in results or not results else True

    @property
    def is_genuine(self) -> bool:
        """Whether it is shown, not merely undisputed, that it is unchanged and whose it is: runs out or not."""
        checks = [check for check in self.checks if check.decides and check.group in (AUTHENTICITY, SOURCE)]
        names = {check.name for check in checks}
        shown = "issuer" in names and not names.isdisjoint({"signature", "hosted"})
        return shown and all(check.result == PASS for check in checks)

    @property
    def verdict(self) -> str:
        """What all checks come to, for one sentence: `good`, `nameless`, `undecided`, a verdict of `_VERDICTS`, or `unsound`."""
        return self._ruling[0]

    @property
    def decider(self) -> Check | None:
        """The check that the verdict rests on; None where all is well, or nothing was checked."""
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
        """What else is wrong than what the sentence says: one trouble must not hide another."""
        return [
            check
            for check in self.checks
            if check != self.decider and (check.why == "nameless" or (check.decides and check.result == FAIL))
        ]

    @property
    def whose(self) -> Check | None:
        """The answer to whose it is, where somebody asked."""
        return next((check for check in self.checks if check.name == "recipient"), None)

    @property
    def groups(self) -> list[Group]:
        """The checks by the question that they answer, in the order in which strangers ask."""
        sorted_out = []
        for name in (VALIDITY, AUTHENTICITY, SOURCE, VALUE):
            # Whose it is, is another matter than whether it holds: pages answer it by itself.
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
        """Whether it passed."""
        self.checks.append(Check(name, group, result, plain, technical, decides, why))
        return result == PASS

    def has(self, name: str) -> bool:
        return any(check.name == name for check in self.checks)

    @property
    def is_unchanged(self) -> bool:
        """Whether what it says is what was signed or is published, whatever became of it since; or nobody could tell yet."""
        results = [check.result for check in self.checks if check.name in ("signature", "hosted")]
        return results == [PASS] or self.valid is None

    @property
    def host(self) -> str:
        """Where the issuer is at home: what it calls itself is its own choice, this is not. As it goes over the wire, so
        that letters of one script do not pass for another's.
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
    """A date that can be read; None for what is none."""
    with suppress(ValueError):
        at = moment(text)
        # At the ends of time a day in another zone is none.
        return at if 1 < at.year < MAXYEAR else None
    return None


def name_of(value: Any) -> str:
    """A name as a page may show it: what can't be seen is gone, and it is no longer than names are."""
    return core_text.seen(text_of(value)[:MOST_SHOWN])


def text_of(value: Any) -> str:
    """What a document holds at a place where a text should stand."""
    return value if isinstance(value, str) else ""
