"""The checks themselves, in order. A broken format or signature hides what would come after."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext_lazy as _

from apps.credentials import contexts
from apps.credentials.verification import (
    embedded,
    issuers,
    reading,
    saying,
    shape,
    signatures,
    status,
    times,
    tokens,
)
from apps.credentials.verification.outside import Ask, Outside
from apps.credentials.verification.report import (
    AUTHENTICITY,
    COULD_NOT_CHECK,
    FAIL,
    PASS,
    VALIDITY,
    VALUE,
    Report,
)
from apps.credentials.verification.values import as_list

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

    from apps.credentials.jose import Token

# Each costs a signature to check, and perhaps a question to somebody's server.
MOST_ENDORSEMENTS = 10


class Fallen(Protocol):
    def __call__(self, addresses: Sequence[str]) -> dict[str, StrOrPromise]:
        """Of endorsements with these ids, those that no longer stand, each with why, in a sentence."""


def verify(
    data: bytes | str,
    *,
    ask: Ask,
    now: datetime,
    recipient: str = "",
    own: Callable[[Report, str], None] | None = None,
    fallen: Fallen | None = None,
) -> Report:
    """Check a baked picture, a credential's JSON or a token.

    `ask` gets what lies at an address; `own(report, text)` may add checks for credentials of this installation, and
    `fallen` knows how endorsements of this installation stand. Raises NotABadge for what is none.
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    report = Report(checked_at=now, sha256=hashlib.sha256(raw).hexdigest(), picture=reading.is_picture(raw))
    try:
        given = reading.read(raw)
    except reading.ReadingError as error:
        plain = _("This badge is damaged: it can't be read as it was made.")
        report.add("format", AUTHENTICITY, FAIL, plain, str(error))
        return report
    report.text, outside = given.text, Outside(ask)
    if given.older:
        plain = _("Could not check: this is a badge of a kind that is not read here yet. That says nothing against it.")
        report.add("format", AUTHENTICITY, COULD_NOT_CHECK, plain, "")
        return report
    return _verifiable(report, given, outside, recipient=recipient, own=own, fallen=fallen)


def _verifiable(
    report: Report,
    given: reading.Given,
    outside: Outside,
    *,
    recipient: str,
    own: Callable[[Report, str], None] | None,
    fallen: Fallen | None,
) -> Report:
    """A verifiable credential, with a proof inside or in a token."""
    try:
        report.document = tokens.body_of(given.body) if given.token else given.body
    except tokens.ClaimsError as error:
        report.said = saying.of_verifiable(given.body)
        plain = _("It says two different things: what is sealed around it is not what it says inside.")
        report.add("format", AUTHENTICITY, FAIL, plain, str(error))
        return report
    report.said = saying.of_verifiable(report.document)
    report.kind = _kind(report.document, is_token=given.token is not None)
    if not (_well_formed(report, given.token) and _signed(report, given.token, outside)):
        if own is not None and report.valid is None:
            own(report, given.text)  # what can't be read is still not what we signed
        return report
    if own is not None:
        own(report, given.text)
    status.check(report, outside)
    if endorsements := embedded.inside(report.document):
        _endorsed(report, endorsements[:MOST_ENDORSEMENTS], outside, fallen, more=len(endorsements) > MOST_ENDORSEMENTS)
    if recipient:
        _belongs_to(report, recipient)
    return report


def _well_formed(report: Report, token: Token | None) -> bool:
    try:
        shape.check_contexts(report.document)
        shape.check_schema(report.document)
        shape.check_terms(report.document)
    except contexts.UnknownContextError as error:
        plain = _("Could not check: this kind of badge, or its vocabulary, is not known here.")
        report.add("format", AUTHENTICITY, COULD_NOT_CHECK, plain, f"context not known: {error}")
        if not (token or report.document.get("proof")):
            signatures.nobody_signed(report)
        return False
    except shape.ShapeError as error:
        plain = _("This is not a complete Open Badge. Ask the issuer for the original file.")
        return report.add("format", AUTHENTICITY, FAIL, plain, str(error))
    return report.add(
        "format", AUTHENTICITY, PASS, _("It is an Open Badge, complete and well formed."), "Open Badges 3.0"
    )


def _kind(document: dict[str, Any], *, is_token: bool) -> str:
    model = " (Verifiable Credentials 1.1)" if tokens.V1 in as_list(document.get("@context")) else ""
    return f"Open Badges 3.0{model}{', JWT' if is_token else ''}"


def _signed(report: Report, token: Token | None, outside: Outside) -> bool:
    """The signature, then whether the key is really the issuer's, and the time; those two alone hide nothing."""
    signed = signatures.hold(report, token, outside)
    if signed is None:
        return False
    issuers.check(report, signed.name, signed.key, outside)
    times.check(report, signed)
    return True


def _endorsed(
    report: Report, endorsements: list[embedded.Embedded], outside: Outside, fallen: Fallen | None, *, more: bool
) -> None:
    """Each endorsement inside is checked as a credential of its own. One that does not hold fails the badge.

    `more`: there are others, which are not looked at.
    """
    results, why = set(), ""
    gone = fallen([str(one.document.get("id", "")) for one in endorsements]) if fallen else {}
    for one in endorsements:
        if one.document.get("id") in gone:
            continue
        part = Report(checked_at=report.checked_at, document=one.document, said=saying.of_verifiable(one.document))
        _signed(part, None, outside)
        if one.document["credentialSubject"].get("id") != one.about:
            part.add("about", VALUE, FAIL, "", "it is about something else")
        results |= {check.result for check in part.checks}
        why = why or next((check.technical for check in part.checks if check.result != PASS), "")
    if FAIL in results:
        report.add("endorsements", VALUE, FAIL, _("An endorsement inside it is not genuine."), why)
        return
    if gone:
        # The issuer's own word still stands: an earner does not lose a badge when somebody else takes back theirs.
        address, plain = next(iter(gone.items()))
        report.add("endorsements", VALUE, FAIL, plain, f"{address} no longer stands", decides=False)
    elif COULD_NOT_CHECK in results or more:
        plain = _("Could not check every endorsement inside it. That says nothing against it.")
        report.add("endorsements", VALUE, COULD_NOT_CHECK, plain, why or f"more than {MOST_ENDORSEMENTS}")
    else:
        plain = _("Each endorsement inside it is signed by the organisation that it names.")
        report.add("endorsements", VALUE, PASS, plain, f"{len(endorsements)} checked")


def _belongs_to(report: Report, recipient: str) -> None:
    """Whether one of the salted hashes is of that address, as typed or in small letters."""
    addresses = {recipient.strip(), recipient.strip().lower()}
    subject = report.document["credentialSubject"]
    identifiers = as_list(subject.get("identifier"))
    for one in identifiers:
        salt, given = str(one.get("salt", "")), str(one.get("identityHash", ""))
        known = addresses if not one.get("hashed") else {_sum(address + salt) for address in addresses}
        if given in known or given.lower() in known:
            report.add("recipient", VALIDITY, PASS, _("It was awarded to the person with that address."))
            return
    if not identifiers:
        plain = _("Could not check whose it is: it names nobody by an address.")
        report.add("recipient", VALIDITY, COULD_NOT_CHECK, plain, "credentialSubject has no identifier")
        return
    report.add("recipient", VALIDITY, FAIL, _("It was not awarded to that address."), "no identifier matches")


def _sum(text: str) -> str:
    return "sha256$" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
