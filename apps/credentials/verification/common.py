"""Checks that all kinds of badges share: dates, recipient, and revocation."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from apps.credentials.verification.report import COULD_NOT_CHECK, FAIL, MOST_SHOWN, PASS, VALIDITY

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from apps.credentials.verification.report import Report

SHA256 = frozenset({"sha256"})


class Identifier(NamedTuple):
    """A badge's recipient: in plain text, or as a salted hash. `kind`: the kind of identifier."""

    identity: str
    hashed: bool
    salt: str = ""
    kind: str = "email"


def in_time(report: Report, begins: datetime | None, ends: datetime | None, now: datetime) -> bool:
    """Check the dates: valid from its first moment until its last, exclusive."""
    name = "in_time"
    if begins is not None and now < begins:
        return report.add(
            name, VALIDITY, FAIL, _("It is not valid yet."), f"valid from {begins.isoformat()}", why="early"
        )
    if ends is None:
        since = begins.isoformat() if begins else "a day that it does not say"
        return report.add(name, VALIDITY, PASS, _("It has no end date."), f"since {since}")
    if now >= ends:
        return report.add(name, VALIDITY, FAIL, _("It has run out."), f"valid until {ends.isoformat()}", why="expired")
    return report.add(name, VALIDITY, PASS, _("It has not run out."), f"until {ends.isoformat()}")


def belongs(
    report: Report, identifiers: Sequence[Identifier], recipient: str, *, hashes: Collection[str] = SHA256
) -> bool:
    """Check whether an identifier is that address, as typed or in lower case. `hashes`: the accepted algorithms."""
    name = "recipient"
    addresses = {recipient.strip(), recipient.strip().lower()}
    for one in identifiers:
        if one.identity and any(_is(one, address, hashes) for address in addresses):
            plain = _("It was awarded to the person with that address.")
            return report.add(name, VALIDITY, PASS, plain, f"by its {_how(one)}")
    if not any(one.kind == "email" for one in identifiers):
        plain = _("Could not check whose it is: it doesn't identify anyone by an address.")
        return report.add(name, VALIDITY, COULD_NOT_CHECK, plain, "no identifier is an e-mail address")
    return report.add(name, VALIDITY, FAIL, _("It was not awarded to that address."), "no identifier matches")


def _is(one: Identifier, address: str, hashes: Collection[str]) -> bool:
    if not one.hashed:
        return address in (one.identity, one.identity.lower())
    algorithm, _dollar, given = one.identity.lower().partition("$")
    if algorithm not in hashes:
        return False
    # The issuer chose the algorithm, weak or not: nothing here relies on it for security.
    summed = hashlib.new(algorithm, (address + one.salt).encode("utf-8", "surrogatepass"), usedforsecurity=False)
    return summed.hexdigest() == given


def _how(one: Identifier) -> str:
    if not one.hashed:
        return "address as it is written"
    algorithm = one.identity.partition("$")[0].lower()
    return f"{algorithm} sum" if algorithm in SHA256 else f"{algorithm} sum, which is weak"


def taken_back(report: Report, technical: str, reason: str) -> bool:
    """Report a permanent revocation. `reason`: the issuer's own words, possibly empty."""
    why = reason.strip()[:MOST_SHOWN].rstrip(".")
    told = _("The issuer has taken it back: %(why)s.") % {"why": why}
    plain = told if why else _("The issuer has taken it back.")
    return report.add("status", VALIDITY, FAIL, plain, technical, why="revoked")


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: Python considers 1 and true equal."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
