"""The checks themselves, in order. A broken format or signature hides what would come after."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from apps.credentials import contexts, multikey, proofs
from apps.credentials.verification import common, embedded, older, reading, saying, shape
from apps.credentials.verification.common import Identifier, as_list
from apps.credentials.verification.outside import Ask, CannotResolve, Outside
from apps.credentials.verification.report import (
    AUTHENTICITY,
    COULD_NOT_CHECK,
    FAIL,
    PASS,
    SOURCE,
    VALIDITY,
    VALUE,
    Report,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django_stubs_ext import StrOrPromise

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
        older.check(report, given, outside, now=now, recipient=recipient, own=own)
        return report
    if given.token:
        plain = _("Could not check: this is a badge of a kind that is not read here yet. That says nothing against it.")
        report.add("format", AUTHENTICITY, COULD_NOT_CHECK, plain, "")
        return report
    report.document, report.said, report.kind = given.body, saying.of_verifiable(given.body), "Open Badges 3.0"
    if not (_well_formed(report) and _signed(report, outside)):
        if own is not None and report.valid is None:
            own(report, given.text)  # what can't be read is still not what we signed
        return report
    _in_time(report, now)
    if own is not None:
        own(report, given.text)
    if "credentialStatus" in report.document and not report.has("status"):
        report.add(
            "status",
            VALIDITY,
            COULD_NOT_CHECK,
            _("Could not check whether this was taken back. That says nothing against it."),
            "credentialStatus is not read here yet",
        )
    if endorsements := embedded.inside(report.document):
        _endorsed(report, endorsements[:MOST_ENDORSEMENTS], outside, fallen, more=len(endorsements) > MOST_ENDORSEMENTS)
    if recipient:
        _belongs_to(report, recipient)
    return report


def _well_formed(report: Report) -> bool:
    try:
        shape.check_contexts(report.document)
        shape.check_schema(report.document)
        shape.check_terms(report.document)
    except contexts.UnknownContextError as error:
        plain = _("Could not check: this kind of badge, or its vocabulary, is not known here.")
        report.add("format", AUTHENTICITY, COULD_NOT_CHECK, plain, f"context not known: {error}")
        if not report.document.get("proof"):
            _nobody_signed(report)
        return False
    except shape.ShapeError as error:
        plain = _("This is not a complete Open Badge. Ask the issuer for the original file.")
        return report.add("format", AUTHENTICITY, FAIL, plain, str(error))
    return report.add(
        "format", AUTHENTICITY, PASS, _("It is an Open Badge, complete and well formed."), "Open Badges 3.0"
    )


def _signed(report: Report, outside: Outside) -> bool:
    """The signature over the bytes, then whether the key is really the issuer's; that alone hides nothing."""
    proof = _one_proof(report)
    key = _key(report, proof, outside) if proof else None
    if not proof or not key or not _holds(report, proof, key):
        return False
    _issuer_is_who_it_says(report, multikey.encode(key), outside)
    return True


def _one_proof(report: Report) -> dict[str, Any] | None:
    found = as_list(report.document.get("proof"))
    if not found:
        _nobody_signed(report)
    elif len(found) > 1:
        plain = _("Could not check: it is signed more than once.")
        report.add("signature", AUTHENTICITY, COULD_NOT_CHECK, plain, "more than one proof")
    elif found[0].get("cryptosuite") != proofs.CRYPTOSUITE:
        plain = _("Could not check: it is signed in a way that is not read here.")
        report.add("signature", AUTHENTICITY, COULD_NOT_CHECK, plain, f"no {proofs.CRYPTOSUITE} proof")
    else:
        return dict(found[0])
    return None


def _key(report: Report, proof: dict[str, Any], outside: Outside) -> bytes | None:
    """The key that should have signed. Where its method is named after it, nothing is fetched for a file that fails."""
    method = proof.get("verificationMethod")
    report.key = method if isinstance(method, str) else ""
    controller, _hash, fragment = report.key.partition("#")
    with suppress(ValueError):
        return multikey.decode(fragment)
    if controller != report.said.issuer_id:
        _not_the_issuers(report, controller)
        return None
    try:
        multibase = _published_key(outside.document(controller), report.key)
        if not multibase:
            _unknown_key(report, controller)
            return None
        return multikey.decode(multibase)
    except (CannotResolve, ValueError) as error:
        plain = _("Could not check the signature: the key that made it was not to be had.")
        report.add("signature", AUTHENTICITY, COULD_NOT_CHECK, plain, f"{report.key[:200]}: {error}")
        return None


def _holds(report: Report, proof: dict[str, Any], key: bytes) -> bool:
    try:
        proofs.verify(report.document, proof, key)
    except proofs.AmbiguousError as error:
        plain = _("Could not check the signature: it holds signs that programs read differently.")
        return report.add("signature", AUTHENTICITY, COULD_NOT_CHECK, plain, str(error))
    except proofs.ProofError as error:
        plain = _("It was changed after it was signed, or the signature is not genuine.")
        return report.add("signature", AUTHENTICITY, FAIL, plain, str(error))
    plain = _("Not one letter has changed since it was signed.")
    return report.add("signature", AUTHENTICITY, PASS, plain, proofs.CRYPTOSUITE)


def _nobody_signed(report: Report) -> bool:
    plain = _("Nobody signed this. Anyone could have written it.")
    return report.add("signature", AUTHENTICITY, FAIL, plain, "no proof in the document")


def _not_the_issuers(report: Report, controller: str) -> bool:
    plain = _("The key that signed this is not of the issuer that it names.")
    return report.add("issuer", SOURCE, FAIL, plain, f"issuer {report.said.issuer_id}, key of {controller[:200]}")


def _unknown_key(report: Report, controller: str) -> bool:
    plain = _("The issuer does not know the key that signed this.")
    return report.add("issuer", SOURCE, FAIL, plain, f"{report.key[:200]} is not in assertionMethod of {controller}")


def _issuer_is_who_it_says(report: Report, multibase: str, outside: Outside) -> bool:
    """Whether the issuer's own document names the key as one that signs for it."""
    name, method = "issuer", report.key
    controller = method.partition("#")[0]
    if controller != report.said.issuer_id:
        return _not_the_issuers(report, controller)
    try:
        published = outside.document(controller)
    except CannotResolve as error:
        plain = _("Could not check who signed: the issuer's address did not answer. This says nothing against it.")
        return report.add(name, SOURCE, COULD_NOT_CHECK, plain, str(error))
    if published.get("id") != controller:
        plain = _("The issuer's address answers for somebody else.")
        return report.add(name, SOURCE, FAIL, plain, f"the document at {controller} is {published.get('id')!r:.200}")
    named = [one.get("id") if isinstance(one, dict) else one for one in as_list(published.get("assertionMethod"))]
    if method not in named or _published_key(published, method) != multibase:
        return _unknown_key(report, controller)
    host = urlsplit(controller).netloc or controller
    told = _("The issuer's own address, %(host)s, publishes the key that signed it.") % {"host": host}
    return report.add(name, SOURCE, PASS, told, method)


def _published_key(published: dict[str, Any], method: str) -> str:
    """The key that a controller document gives for a method of its own; empty when it gives none."""
    given = [*as_list(published.get("verificationMethod")), *as_list(published.get("assertionMethod"))]
    for one in given:
        if isinstance(one, dict) and (one.get("id"), one.get("controller")) == (method, published.get("id")):
            return str(one.get("publicKeyMultibase", ""))
    return ""


def _in_time(report: Report, now: datetime) -> None:
    try:
        begins = _moment(report.document["validFrom"])
        ends = _moment(report.document["validUntil"]) if "validUntil" in report.document else None
    except (KeyError, ValueError, TypeError) as error:
        report.add("in_time", VALIDITY, FAIL, _("Its dates can't be read."), str(error))
        return
    common.in_time(report, begins, ends, now)


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
        _signed(part, outside)
        _in_time(part, report.checked_at)
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
    found = as_list(report.document["credentialSubject"].get("identifier"))
    identifiers = [
        Identifier(str(one.get("identityHash", "")), bool(one.get("hashed")), str(one.get("salt", ""))) for one in found
    ]
    common.belongs(report, identifiers, recipient)


def _moment(value: Any) -> datetime:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError(f"{value} has no zone")
    return at
