"""Whether a signature is valid: Data Integrity proofs of one kind, and compact tokens of three.

This shows that nothing has changed since someone signed. `issuers` finds out who that was: a key in the file itself
(after the # of its method, or in a token's `jwk`) is used to verify the signature, but proves no identity.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.translation import gettext_lazy as _

from apps.credentials import contexts, jose, multikey, proofs
from apps.credentials.verification import issuers, seals
from apps.credentials.verification.outside import CannotResolve
from apps.credentials.verification.report import AUTHENTICITY, COULD_NOT_CHECK, FAIL, SOURCE, text_of
from apps.credentials.verification.values import as_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.credentials.jose import PublicKey, Token
    from apps.credentials.verification.outside import Outside
    from apps.credentials.verification.report import Report

# Each is canonicalised and verified.
MOST_PROOFS = 4
# For a token that names no key, how many of its issuer's are tried.
MOST_TRIED = 8
# RFC 7515, sections 4.1.2 and 4.1.5 to 4.1.8: places of a key, chosen by whoever made the token.
NOT_FOLLOWED = ("jku", "x5u", "x5c", "x5t", "x5t#S256")


@dataclass(frozen=True)
class Signed:
    """A valid signature: the key, its name in the file (empty if none), and when it was made and expires."""

    name: str
    key: PublicKey
    created: Any = None
    expires: Any = None


def hold(report: Report, token: Token | None, outside: Outside) -> Signed | None:
    """Add the check `signature`, or `issuer` if the key isn't the issuer's. None unless the signature is valid."""
    return _hold_token(report, token, outside) if token else _hold_proofs(report, outside)


# --- Data Integrity ---------------------------------------------------------------------------------------------------
def _hold_proofs(report: Report, outside: Outside) -> Signed | None:
    """Verify every supported proof; each must be valid. One is enough, since each covers the whole document. The number
    of proofs that are looked at is limited; the report says so, and doesn't pass.

    Issuers may sign in two ways for different readers; unsupported proofs are mentioned in the technical text. So are
    proofs by someone else whose key isn't in the file: they are no word of the issuer's.
    """
    found = as_list(report.document.get("proof"))
    if not found:
        seals.nobody_signed(report)
        return None
    readable = [one for one in found if _is_readable(one)]
    if not readable:
        seals.not_read(report, f"not read: {_kinds(found)}")
        return None
    known = [one for one in readable if _is_looked_at(one, report.said.issuer_id)] or readable[:1]
    # The issuer's own first: where there are too many, whose it is and how it stands are asked about all the same.
    looked_at = sorted(known, key=lambda one: not _is_issuers(one, report.said.issuer_id))[:MOST_PROOFS]
    held, summed = [], cache(lambda: proofs.sum_of(report.document))
    for one in looked_at:
        signed = _hold_proof(report, one, summed, outside)
        if signed is None:
            return None
        held.append(signed)
    unread = [one for one in found if not any(one is other for other in looked_at)]
    if len(known) > MOST_PROOFS:
        seals.more_than_read(report, f"{len(found)} proofs, of which {MOST_PROOFS} are looked at")
    else:
        seals.holds(report, proofs.CRYPTOSUITE + (f"; not looked at: {_kinds(unread)}" if unread else ""))
    signed = next((one for one in held if issuers.may_be_of(one.name, report.said.issuer_id)), held[0])
    report.key = signed.name
    return signed


def _is_readable(proof: Any) -> bool:
    """Whether a proof is supported. One in a chain (`previousProof`) covers earlier proofs, and is verified
    differently.
    """
    return (
        isinstance(proof, dict)
        and (proof.get("type"), proof.get("cryptosuite")) == ("DataIntegrityProof", proofs.CRYPTOSUITE)
        and "previousProof" not in proof
    )


def _is_looked_at(proof: dict[str, Any], issuer_id: str) -> bool:
    return _is_issuers(proof, issuer_id) or _key_in(text_of(proof.get("verificationMethod"))) is not None


def _is_issuers(proof: dict[str, Any], issuer_id: str) -> bool:
    """Whether the issuer's, by the name of its key."""
    return issuers.may_be_of(text_of(proof.get("verificationMethod")), issuer_id)


def _kinds(found: list[Any]) -> str:
    named = [one if isinstance(one, dict) else {} for one in found[:MOST_PROOFS]]
    return ", ".join(
        f"{text_of(one.get('cryptosuite') or one.get('type'))[:60] or 'nothing'}"
        f"{' with previousProof' if 'previousProof' in one else ''}"
        for one in named
    )


def _key_in(name: str) -> PublicKey | None:
    """The key in a method's name, after its #."""
    with suppress(ValueError):
        return Ed25519PublicKey.from_public_bytes(multikey.decode(name.partition("#")[2]))
    return None


def _hold_proof(report: Report, proof: dict[str, Any], summed: Callable[[], bytes], outside: Outside) -> Signed | None:
    name = text_of(proof.get("verificationMethod"))
    report.key = name
    # If the file contains the key, verify first: nobody is asked about a file with an invalid signature.
    key = _key_in(name) or _named(report, name, outside)
    if key is None:
        return None
    if not isinstance(key, Ed25519PublicKey):
        seals.not_genuine(report, f"{proofs.CRYPTOSUITE} signs with Ed25519, which {name[:200]} is not")
        return None
    if not _is_valid(report, proof, key, summed):
        return None
    return Signed(name, key, proof.get("created"), proof.get("expires"))


def _is_valid(report: Report, proof: dict[str, Any], key: Ed25519PublicKey, summed: Callable[[], bytes]) -> bool:
    """Whether the proof is valid; if not, a check says why."""
    try:
        proofs.verify(report.document, proof, key.public_bytes_raw(), summed=summed)
    except contexts.UnknownContextError as error:
        return seals.not_read(report, f"context not known: {error}")
    except proofs.AmbiguousError as error:
        plain = _("Could not check the signature: it contains characters or numbers that programs read differently.")
        return report.add("signature", AUTHENTICITY, COULD_NOT_CHECK, plain, str(error))
    except proofs.TooHardError as error:
        return seals.too_hard(report, str(error))
    except proofs.ProofError as error:
        return seals.not_genuine(report, str(error))
    return True


def _named(report: Report, name: str, outside: Outside) -> PublicKey | None:
    """The issuer's key by this name; None if a check says why there is none."""
    issuer_id = report.said.issuer_id
    try:
        if issuers.may_be_of(name, issuer_id):
            return issuers.key_named(name, issuer_id, outside)
        refused = issuers.not_theirs(issuer_id, name)
    except issuers.NotTheirsError as error:
        refused = error
    except CannotResolve as error:
        seals.no_key(report, f"{name[:200]}: {error}")
        return None
    report.add("issuer", SOURCE, FAIL, refused.plain, str(refused))
    return None


# --- tokens -----------------------------------------------------------------------------------------------------------
def _hold_token(report: Report, token: Token, outside: Outside) -> Signed | None:
    if not seals.is_by_a_key(report, token):
        return None
    name = text_of(token.header.get("kid"))
    name = "" if name == report.said.issuer_id else name
    report.key = name[:500]
    key = _key_of_token(report, token, name, outside)
    if key is None:
        return None
    ignored = [one for one in NOT_FOLLOWED if one in token.header]
    seals.holds(report, token.algorithm + (f"; not followed: {', '.join(ignored)}" if ignored else ""))
    report.key = report.key or f"jwk {jose.thumbprint(jose.public_jwk(key))}"
    return Signed(name, key)


def _key_of_token(report: Report, token: Token, name: str, outside: Outside) -> PublicKey | None:
    """The key that verifies the token; None if a check says why there is none."""
    in_file = _header_key(token)
    if in_file is not None:
        tried = [in_file]
    elif name:
        found = _named(report, name, outside)
        if found is None:
            return None
        tried = [found]
    else:
        tried = _unnamed(report, token, outside)
        if not tried:
            return None
    why = ""
    for key in tried:
        try:
            jose.verify(token, key)
        except jose.TokenError as error:
            why = str(error)
        else:
            return key
    seals.not_genuine(report, why)
    return None


def _header_key(token: Token) -> PublicKey | None:
    """The public key in the header, if any. Anything else is ignored: `kid` or the issuer's document may name a key."""
    jwk = token.header.get("jwk")
    with suppress(ValueError):
        return jose.public_key_of(jwk) if isinstance(jwk, dict) else None
    return None


def _unnamed(report: Report, token: Token, outside: Outside) -> list[PublicKey]:
    """The issuer's keys of the token's kind; none if a check says why."""
    try:
        found = issuers.keys_for(token.algorithm, report.said.issuer_id, outside)
    except issuers.NotTheirsError as error:
        report.add("issuer", SOURCE, FAIL, error.plain, str(error))
        return []
    except CannotResolve as error:
        seals.no_key(report, str(error))
        return []
    if not found:
        seals.no_key(report, f"the token names no key, and its issuer publishes none for {token.algorithm}")
    return found[:MOST_TRIED]
