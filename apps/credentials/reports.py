"""Reports as stored and sent: plain values of limited size, and read back for a page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from apps.core import clock
from apps.core.text import FORBIDDEN
from apps.credentials.models import Verdict
from apps.credentials.verification import PASS, Check, Report, common
from apps.credentials.verification.report import Said

if TYPE_CHECKING:
    from collections.abc import Mapping

# A badge may contain megabytes of text. Nobody's name or address is as long as this.
MOST_OF_A_TEXT = 2_000
_FOR_PAGES = ("narrative", "own_id", "zone", "trouble", "decides", "why")


def sent(report: Report) -> dict[str, Any]:
    """`report.to_json()` without control characters, lone surrogates and overlong texts."""
    return {name: _modest(value) for name, value in report.to_json().items()}


def stored(report: Report) -> dict[str, Any]:
    """The same, with what pages need in addition: the overall result, and how each check counts."""
    told = sent(report) | {
        "narrative": modest(report.said.narrative),
        "own_id": report.own_id,
        "zone": report.zone,
        "trouble": str(report.decider.plain) if report.decider else "",
        "decides": [check.decides for check in report.checks],
        "why": [check.why for check in report.checks],
    }
    return told | ({"inside": [stored(one) for one in report.inside]} if report.inside else {})


def modest(text: str) -> str:
    """A badge's text, limited to what a table can hold."""
    return FORBIDDEN.sub("\ufffd", text[:MOST_OF_A_TEXT])


def for_programs(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A stored report as it would have been sent."""
    told = {name: value for name, value in kept.items() if name not in _FOR_PAGES}
    return told | ({"inside": [for_programs(one) for one in kept["inside"]]} if "inside" in kept else {})


def read(kept: Mapping[str, Any]) -> Report:
    """Restore a stored report as far as pages show it, including older ones with fewer details.

    Anything that has expired since the check counts as expired: nobody needs to be asked for that.
    """
    report = Report(
        checked_at=datetime.fromisoformat(kept["checked_at"]),
        checks=[
            Check(**told, decides=decides, why=why)
            for told, decides, why in zip(
                kept["checks"], _each(kept, "decides", True), _each(kept, "why", ""), strict=True
            )
        ],
        said=Said(
            credential_id=kept["credential"],
            issuer_id=kept["issuer"],
            issuer_name=kept["issuer_name"],
            achievement_name=kept["achievement"],
            narrative=kept.get("narrative", ""),
            valid_from=kept["valid_from"],
            valid_until=kept["valid_until"],
        ),
        kind=kept["kind"],
        key=kept["key"],
        own_id=kept.get("own_id", ""),
        zone=kept.get("zone", "UTC"),
        sha256=kept["sha256"],
        inside=[read(one) for one in kept.get("inside", ())],
    )
    now = clock.now()
    for place, check in enumerate(report.checks):
        if check.name == "in_time" and check.result == PASS and report.ends is not None and report.ends <= now:
            common.in_time(report, None, report.ends, now)
            report.checks[place] = report.checks.pop()
    return report


def _each(kept: Mapping[str, Any], name: str, otherwise: Any) -> list[Any]:
    """A stored value for each check; if an older version didn't store it, the default."""
    found: list[Any] = kept.get(name) or [otherwise] * len(kept["checks"])
    return found


def verdict_of(report: Report) -> Verdict:
    return {True: Verdict.VALID, False: Verdict.INVALID, None: Verdict.UNDECIDED}[report.valid]


def _modest(value: Any) -> Any:
    if isinstance(value, str):
        return modest(value)
    if isinstance(value, dict):
        return {name: _modest(one) for name, one in value.items()}
    return [_modest(one) for one in value] if isinstance(value, list) else value
