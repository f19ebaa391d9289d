"""The checks themselves, in order. A broken format or signature hides what would come after."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext_lazy as _

from apps.credentials import contexts, multikey, proofs
from apps.credentials.verification import reading, shape
from apps.credentials.verification.report import (
    AUTHENTICITY,
    COULD_NOT_CHECK,
    FAIL,
    PASS,
    SOURCE,
    VALIDITY,
    Report,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class CannotResolve(Exception):
    """The issuer's document is not to be had just now; the message says why."""


class Resolve(Protocol):
    def __call__(self, address: str) -> dict[str, Any]:
        """The issuer document at an address. Raises CannotResolve."""


def verify(
    data: bytes | str, *, resolve: Resolve, now: datetime, recipient: str = "", own: Callable[[Report, str], None] | None = None
) -> Report:
    """Check a baked picture or a credential's JSON.

    `own(report, text)` may add checks for credentials of this installation. Raises NotABadge for what is none.
    """
    report = Report(checked_at=now)
    try:
        text, report.document = reading.read(data)
    except reading.ReadingError as error:
        report.add("format", AUTHENTICITY, FAIL, _("This badge is damaged: it can't be read as it was made."), str(error))
        return report
    if not (_well_formed(report) and _signed(report, resolve)):
        return report
    _in_time(report, now)
    if "credentialStatus" in report.document:
        report.add(
            "status",
            VALIDITY,
            COULD_NOT_CHECK,
            _("Could not check whether this was taken back. That says nothing against it."),
            "credentialStatus is not read here yet",
        )
    if own is not None:
        own(report, text)
    if recipient:
        _belongs_to(report, recipient)
    return report


def _well_formed(report: Report) -> bool:
    try:
        shape.check_contexts(report.document)
    except contexts.UnknownContextError as error:
        return report.add(
            "format",
            AUTHENTICITY,
            COULD_NOT_CHECK,
            _("Could not check: this kind of badge, or its vocabulary, is not known here."),
            f"context not known: {error}",
        )
    except shape.ShapeError as error:
        return _broken(report, error)
    try:
        shape.check_schema(report.document)
        shape.check_terms(report.document)
    except shape.ShapeError as error:
        return _broken(report, error)
    return report.add("format", AUTHENTICITY, PASS, _("It is an Open Badge, complete and well formed."), "Open Badges 3.0")


def _broken(report: Report, error: Exception) -> bool:
    plain = _("This is not a complete Open Badge. Ask the issuer for the original file.")
    return report.add("format", AUTHENTICITY, FAIL, plain, str(error))


def _signed(report: Report, resolve: Resolve) -> bool:
    """The signature over the bytes, then whether the key is really the issuer's."""
    document = report.document
    proof_list = document.get("proof")
    proof_list = proof_list if isinstance(proof_list, list) else [proof_list] if proof_list else []
    if not proof_list:
        plain = _("Nobody signed this. Anyone could have written it.")
        return report.add("signature", AUTHENTICITY, FAIL, plain, "no proof in the document")
    readable = [one for one in proof_list if isinstance(one, dict) and one.get("cryptosuite") == proofs.CRYPTOSUITE]
    if not readable:
        plain = _("Could not check: it is signed in a way that is not read here.")
        return report.add("signature", AUTHENTICITY, COULD_NOT_CHECK, plain, f"no {proofs.CRYPTOSUITE} proof")
    if len(readable) > 1 or len(proof_list) > 1:
        plain = _("Could not check: it is signed more than once.")
        return report.add("signature", AUTHENTICITY, COULD_NOT_CHECK, plain, "more than one proof")
    proof = readable[0]
    method = str(proof.get("verificationMethod", ""))
    controller, _hash, fragment = method.partition("#")
    report.key = method
    try:
        if proof.get("proofPurpose") != "assertionMethod":
            raise proofs.ProofError("proofPurpose is not assertionMethod")
        key = multikey.decode(fragment)
        proofs.verify(document, proof, key)
    except (proofs.ProofError, ValueError) as error:
        plain = _("It was changed after it was signed, or the signature is not genuine.")
        return report.add("signature", AUTHENTICITY, FAIL, plain, str(error))
    report.add("signature", AUTHENTICITY, PASS, _("Not one letter has changed since it was signed."), proofs.CRYPTOSUITE)
    return _issuer_is_who_it_says(report, controller, method, fragment, resolve)


def _issuer_is_who_it_says(report: Report, controller: str, method: str, multibase: str, resolve: Resolve) -> bool:
    name = "issuer"
    if controller != report.issuer_id:
        plain = _("The key that signed this is not the issuer's that it names.")
        return report.add(name, SOURCE, FAIL, plain, f"issuer {report.issuer_id}, key of {controller}")
    try:
        published = resolve(controller)
    except CannotResolve as error:
        plain = _("Could not check who signed: the issuer's address did not answer. This says nothing against it.")
        return report.add(name, SOURCE, COULD_NOT_CHECK, plain, str(error))
    if published.get("id") != controller:
        plain = _("The issuer's address answers for somebody else.")
        return report.add(name, SOURCE, FAIL, plain, f"the document at {controller} is {published.get('id')}")
    allowed = _as_list(published.get("assertionMethod"))
    methods = [one for one in [*_as_list(published.get("verificationMethod")), *allowed] if isinstance(one, dict)]
    keys = [one for one in methods if one.get("id") == method and one.get("controller") == controller]
    permitted = any(one == method or (isinstance(one, dict) and one.get("id") == method) for one in allowed)
    if not permitted or not any(one.get("publicKeyMultibase") == multibase for one in keys):
        plain = _("The issuer does not know the key that signed this.")
        return report.add(name, SOURCE, FAIL, plain, f"{method} is not in assertionMethod of {controller}")
    plain = _("%(issuer)s stands behind it: its address publishes the key that signed.") % {
        "issuer": report.issuer_name or report.issuer_id
    }
    return report.add(name, SOURCE, PASS, plain, method)


def _in_time(report: Report, now: datetime) -> None:
    try:
        begins = _moment(report.document["validFrom"])
        ends = _moment(report.document["validUntil"]) if "validUntil" in report.document else None
    except (KeyError, ValueError, TypeError) as error:
        report.add("in_time", VALIDITY, FAIL, _("Its dates can't be read."), str(error))
        return
    if now < begins:
        report.add("in_time", VALIDITY, FAIL, _("It is not valid yet."), f"validFrom {begins.isoformat()}")
    elif ends is not None and now >= ends:
        report.add("in_time", VALIDITY, FAIL, _("It has run out."), f"validUntil {ends.isoformat()}")
    elif ends is None:
        report.add("in_time", VALIDITY, PASS, _("It is valid now and has no end date."), f"since {begins.isoformat()}")
    else:
        report.add("in_time", VALIDITY, PASS, _("It is valid now."), f"until {ends.isoformat()}")


def _belongs_to(report: Report, recipient: str) -> None:
    address = recipient.strip().lower()
    subject = report.document.get("credentialSubject", {})
    for one in _as_list(subject.get("identifier") if isinstance(subject, dict) else None):
        if not isinstance(one, dict):
            continue
        salted = address + str(one.get("salt", ""))
        given = str(one.get("identityHash", ""))
        found = "sha256$" + hashlib.sha256(salted.encode()).hexdigest() if one.get("hashed") else address
        if given.lower() == found:
            report.add("recipient", VALIDITY, PASS, _("It was awarded to the person with that address."))
            return
    report.add("recipient", VALIDITY, FAIL, _("It was not awarded to that address."), "no identifier matches")


def _moment(value: Any) -> datetime:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError(f"{value} has no zone")
    return at


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
