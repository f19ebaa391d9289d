"""The checks themselves, in order. A broken format or signature skips those that would come after."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from django.utils.translation import gettext_lazy as _

from apps.credentials import contexts, linked_data
from apps.credentials.verification import (
    common,
    evidence,
    inside,
    issuers,
    older,
    reading,
    saying,
    seals,
    shape,
    signatures,
    status,
    times,
    tokens,
)
from apps.credentials.verification.common import Identifier
from apps.credentials.verification.outside import Ask, Outside
from apps.credentials.verification.report import (
    AUTHENTICITY,
    COULD_NOT_CHECK,
    FAIL,
    MOST_SHOWN,
    PASS,
    VALIDITY,
    Report,
    text_of,
)
from apps.credentials.verification.values import as_list

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from apps.credentials.jose import Token
    from apps.credentials.verification.evidence import AsItIs
    from apps.credentials.verification.inside import Fallen


def verify(
    data: bytes | str,
    *,
    ask: Ask,
    now: datetime,
    recipient: str = "",
    own: Callable[[Report, str], None] | None = None,
    fallen: Fallen | None = None,
    as_it_is: AsItIs | None = None,
    at_home: Callable[[str], bool] | None = None,
) -> Report:
    """Check a baked picture, a credential's JSON or a token.

    `ask` fetches a URL; those `at_home` are answered without a request. `own(report, text)` may add checks for
    credentials of this installation, `fallen` knows the status of its endorsements, and `as_it_is` whether its
    evidence is unchanged; without it evidence isn't checked. Raises NotABadge if it is no badge.
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    report = Report(checked_at=now, sha256=hashlib.sha256(raw).hexdigest(), picture=reading.is_picture(raw))
    try:
        given = reading.read(raw)
    except reading.ReadingError as error:
        plain = _("This badge is damaged: it can't be read as it was made.")
        report.add("format", AUTHENTICITY, FAIL, plain, str(error))
        return report
    report.text, outside = given.text, Outside(ask, at_home=at_home)
    if given.older:
        older.check(report, given, outside, now=now, recipient=recipient, own=own)
        return report
    if _holds(report, given, outside):
        if own is not None:
            own(report, given.text)
        status.check(report, outside)
        if as_it_is is not None:
            # For a credential that isn't ours, don't reveal what our own URLs return.
            evidence.check(report, outside, as_it_is if report.own_id else None)
        inside.check(
            report, lambda part: _part(part, outside, now), lambda part: _part(part, outside, now, own), fallen
        )
        if recipient:
            _belongs_to(report, recipient)
            _hold_others(report, recipient)
    elif own is not None and report.valid is None:
        own(report, given.text)  # what can't be read is still not what we signed
    return report


def _part(
    given: reading.Given, outside: Outside, now: datetime, own: Callable[[Report, str], None] | None = None
) -> Report:
    """Check a credential inside another on its own. What it contains itself isn't checked."""
    report = Report(checked_at=now, text=given.text)
    holds = _holds(report, given, outside)
    if own is not None and (holds or report.valid is None):
        own(report, given.text)
    if holds:
        status.check(report, outside)
    return report


def _holds(report: Report, given: reading.Given, outside: Outside) -> bool:
    """Whether it can be read and its signature is valid. Whose signature it is, and its dates, are reported but don't
    stop further checks.
    """
    try:
        report.document = tokens.body_of(given.body) if given.token else given.body
    except tokens.ClaimsError as error:
        report.said = saying.of_verifiable(given.body)
        plain = _("It says two different things: what is signed around it does not match what it says inside.")
        return report.add("format", AUTHENTICITY, FAIL, plain, str(error))
    report.said = saying.of_verifiable(report.document)
    if not _well_formed(report, given.token):
        return False
    signed = signatures.hold(report, given.token, outside)
    if signed is None:
        return False
    issuers.check(report, signed.name, signed.key, outside)
    times.check(report, signed)
    return True


def _well_formed(report: Report, token: Token | None) -> bool:
    try:
        report.kind = shape.check(report.document, is_token=token is not None) + (", JWT" if token else "")
    except (contexts.UnknownContextError, linked_data.ContextError) as error:
        plain = _("Could not check: this kind of badge, or its vocabulary, is not known here.")
        report.add("format", AUTHENTICITY, COULD_NOT_CHECK, plain, f"context not known: {error}")
        if not (token or report.document.get("proof")):
            seals.nobody_signed(report)
        return False
    except shape.ShapeError as error:
        plain = _("This is not a complete Open Badge. Ask the issuer for the original file.")
        return report.add("format", AUTHENTICITY, FAIL, plain, str(error))
    return report.add("format", AUTHENTICITY, PASS, _("It is an Open Badge, complete and well formed."), report.kind)


def _belongs_to(report: Report, recipient: str) -> None:
    """Check the recipient by the subject's identifiers, and by an id that is itself an address (RFC 6068), as some
    issuers write it. Where no schema was applied, any value may be there.
    """
    subject = report.document["credentialSubject"]
    found = [_identifier(one) for one in as_list(subject.get("identifier")) if isinstance(one, dict)]
    scheme, _colon, address = text_of(subject.get("id")).partition(":")
    if scheme.lower() == "mailto":
        found.append(Identifier(unquote(address.partition("?")[0]), hashed=False))
    common.belongs(report, found, recipient)


def _hold_others(report: Report, recipient: str) -> None:
    """Check the recipient of each credential in a record: its maker can name anyone and include anyone's credentials."""
    others = []
    for one in report.inside:
        if not isinstance(one.document.get("credentialSubject"), dict):
            continue
        alone = Report(report.checked_at, document=one.document)
        _belongs_to(alone, recipient)
        if alone.whose is not None and alone.whose.result == FAIL:
            others.append(one.said.achievement_name or one.said.credential_id)
    if others and report.whose is not None and report.whose.result == PASS:
        report.checks.remove(report.whose)
        names = ", ".join(others)[:MOST_SHOWN]
        plain = _(
            "It names the person with that address, but contains badges that were awarded to another address: %(names)s."
        )
        technical = f"{len(others)} of {len(report.inside)} inside name another address"
        report.add("recipient", VALIDITY, COULD_NOT_CHECK, plain % {"names": names}, technical)


def _identifier(one: dict[str, Any]) -> Identifier:
    kind = text_of(one.get("identityType"))
    return Identifier(
        text_of(one.get("identityHash")),
        one.get("hashed") is True,
        text_of(one.get("salt")),
        kind="email" if kind == "emailAddress" else kind,
    )
