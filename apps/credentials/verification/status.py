"""Whether a credential was revoked or suspended, by the lists that it names.

Supported are BitstringStatusListEntry (W3C Bitstring Status List 1.0), its forerunner StatusList2021Entry, and
1EdTechRevocationList (1EdTech Revocation List Status Method 1.0). Of the first two, a list counts if the credential's
own issuer has signed it, for that URL and that purpose, and its dates are valid. One that doesn't count proves
nothing: anyone between us and the issuer could have put it there, so the answer is "could not check", never that the
credential was revoked, or wasn't. Apart from that, only what the issuer signed into the credential can make the check
fail: a place that its list doesn't have. `ttl` limits caching, and nothing is cached here.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from apps.credentials import contexts, jose, linked_data, strict
from apps.credentials.formats import bitstring
from apps.credentials.verification import common, issuers, saying, shape, signatures, times, tokens
from apps.credentials.verification.outside import CannotResolve, parsed
from apps.credentials.verification.report import COULD_NOT_CHECK, FAIL, MOST_SHOWN, PASS, VALIDITY, Report, text_of
from apps.credentials.verification.values import as_list, id_of, is_web

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.credentials.verification.outside import Answer, Outside

# Each is a request to someone else's server, a signature, and perhaps two megabytes to unpack.
MOST_ENTRIES = 4
# For a badge and everything inside it together.
MOST_LISTS = 8
# Sixteen million credentials.
MOST_BYTES = 2 * 1024 * 1024
ACCEPTED = "application/vc, application/ld+json, application/json, application/vc+jwt, application/jwt, text/plain"
REVOCATION, SUSPENSION = "revocation", "suspension"
LISTS = {
    "BitstringStatusListEntry": "BitstringStatusListCredential",
    "StatusList2021Entry": "StatusList2021Credential",
}
REVOKED, SUSPENDED, NOWHERE, UNKNOWN, CLEAR, OF_NO_ACCOUNT = range(6)
# An entry has one of each of these.
_ONE_EACH = ("type", "statusPurpose", "statusListCredential", "statusListIndex", "statusSize")
_INDEX = re.compile(r"[0-9]{1,12}", re.ASCII)


class _NoListError(Exception):
    """What is at a list's URL isn't a list that counts. The message is technical."""


class _NoPlaceError(Exception):
    """The credential's place can't exist in its list. The message is technical."""


@dataclass(frozen=True)
class Found:
    """The result of one entry, the worst first (`REVOKED` to `OF_NO_ACCOUNT`); `reason`: the issuer's own words."""

    standing: int
    technical: str
    reason: str = ""


def check(report: Report, outside: Outside) -> None:
    """Add the check `status`, if the credential names lists and our own record hasn't answered already."""
    if "credentialStatus" not in report.document or report.has("status"):
        return
    entries = _entries(report.document["credentialStatus"])
    found = [_read(report, one, outside) for one in entries[:MOST_ENTRIES]]
    if len(entries) > MOST_ENTRIES:
        found.append(Found(UNKNOWN, f"{len(entries)} entries, of which {MOST_ENTRIES} are read"))
    worst = min(found, key=lambda one: one.standing, default=Found(OF_NO_ACCOUNT, "no entry"))
    _tell(report, worst, "; ".join(one.technical for one in found))


def _entries(given: Any) -> list[Any]:
    """The entries as signed: a proof covers statements, however they are split over objects and lists."""
    pieces: dict[str | int, list[Any]] = {}
    for number, one in enumerate(as_list(given)):
        name = id_of(one) if isinstance(one, dict) else ""
        pieces.setdefault(name or number, []).append(one)
    return [entry for several in pieces.values() for entry in _put_together(several)]


def _put_together(pieces: list[Any]) -> list[Any]:
    """Merge everything under one id into one entry. If it has several values where only one is allowed, the pieces
    stay separate, but each gets all the indexes: which belongs to which was not signed.
    """
    if not isinstance(pieces[0], dict):
        return pieces
    said: dict[str, dict[str, Any]] = {}
    for name, value in (member for one in pieces for member in one.items()):
        several = value if isinstance(value, list) and value else [value]
        said.setdefault(name, {}).update({json.dumps(one, sort_keys=True): one for one in several})
    entry = {name: [*told.values()] if len(told) > 1 else next(iter(told.values())) for name, told in said.items()}
    if not any(isinstance(entry.get(name), list) for name in _ONE_EACH):
        return [entry]
    places = entry.get("statusListIndex")
    return [one | {"statusListIndex": places} for one in pieces] if isinstance(places, list) else pieces


def _tell(report: Report, worst: Found, technical: str) -> None:
    if worst.standing == REVOKED:
        common.taken_back(report, technical, worst.reason)
    elif worst.standing == SUSPENDED:
        report.add("status", VALIDITY, FAIL, _("The issuer has paused it."), technical, why="suspended")
    elif worst.standing == NOWHERE:
        plain = _("It names a place that isn't in the list of badges taken back.")
        report.add("status", VALIDITY, FAIL, plain, technical)
    elif worst.standing == UNKNOWN:
        plain = _("Could not check whether this was taken back. That says nothing against it.")
        report.add("status", VALIDITY, COULD_NOT_CHECK, plain, technical)
    elif worst.standing == CLEAR:
        report.add("status", VALIDITY, PASS, _("The issuer has not taken it back."), technical)
    else:
        plain = _("The issuer keeps no list in which it could be taken back.")
        report.add("status", VALIDITY, PASS, plain, technical or "no entry")


def _read(report: Report, entry: Any, outside: Outside) -> Found:
    kind = text_of(entry.get("type")) if isinstance(entry, dict) else ""
    try:
        if kind in LISTS:
            return _in_bits(report, entry, outside)
        if kind == "1EdTechRevocationList":
            return _by_name(report, entry, outside)
    except _NoPlaceError as error:
        return Found(NOWHERE, str(error))
    except (_NoListError, CannotResolve) as error:
        return Found(UNKNOWN, str(error))
    return Found(UNKNOWN, f"a status of type {kind[:60]!r} is not read here")


# --- a place in a list of bits ----------------------------------------------------------------------------------------
def _in_bits(report: Report, entry: dict[str, Any], outside: Outside) -> Found:
    """Look up a bit. Raises _NoPlaceError, _NoListError and CannotResolve."""
    purpose, address = text_of(entry.get("statusPurpose")), text_of(entry.get("statusListCredential"))
    if purpose not in (REVOCATION, SUSPENSION):
        if not purpose:
            raise _NoListError("statusPurpose is missing")
        return Found(OF_NO_ACCOUNT, f"an entry of purpose {purpose[:60]!r}, which takes nothing back")
    if not is_web(address):
        raise _NoListError(f"statusListCredential is no address: {address[:200]!r}")
    if entry.get("statusSize", 1) != 1:
        raise _NoListError(f"statusSize {entry['statusSize']!r:.20} is not read here")
    index = _index(entry.get("statusListIndex"))
    bits = _list(report, entry["type"], address, purpose, outside)
    try:
        is_set = bitstring.is_set(bits, index)
    except bitstring.BitstringError as error:
        raise _NoPlaceError(f"{address}: {error}") from None
    short = f", a list of only {len(bits) * 8}" if len(bits) * 8 < bitstring.FEWEST_BITS else ""
    told = f"{purpose}: {address}#{index} is {int(is_set)}{short}"
    if not is_set:
        return Found(CLEAR, told)
    if purpose == SUSPENSION or _is_only_paused(report, entry, index, outside):
        return Found(SUSPENDED, told)
    return Found(REVOKED, told)


def _index(value: Any) -> int:
    """The index. Raises _NoPlaceError unless it is a whole number from 0 up, as digits or number; _NoListError for
    several.
    """
    if isinstance(value, list):
        raise _NoListError(f"statusListIndex is {value!r:.60}")
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else text_of(value)
    if not _INDEX.fullmatch(text):
        raise _NoPlaceError(f"statusListIndex is {value!r:.60}")
    return int(text)


def _is_only_paused(report: Report, entry: dict[str, Any], index: int, outside: Outside) -> bool:
    """Whether the same place is set in the suspension list, if `statusReference` names one (decision 11).

    Other issuers use that member for pages for people, or nothing: then it stays revoked.
    """
    address, _hash, place = text_of(entry.get("statusReference")).partition("#")
    if place != str(index) or not is_web(address):
        return False
    with suppress(_NoListError, CannotResolve, bitstring.BitstringError):
        return bitstring.is_set(_list(report, entry["type"], address, SUSPENSION, outside), index)
    return False


def _list(report: Report, kind: str, address: str, purpose: str, outside: Outside) -> bytes:
    """The bits of a list that counts. Raises _NoListError and CannotResolve."""
    key = (kind, address, purpose, report.said.issuer_id)
    bits: bytes = _once(outside, key, lambda: _bits(report, kind, address, purpose, outside))
    return bits


def _once(outside: Outside, key: tuple[str, ...], read: Callable[[], Any]) -> Any:
    """A list's content, read once: many credentials in a record may name it. Raises as `read`, and _NoListError."""
    if key not in outside.lists:
        if len(outside.lists) >= MOST_LISTS:
            raise _NoListError(f"more than {MOST_LISTS} lists")
        outside.lists[key] = None
        outside.lists[key] = read()
    if outside.lists[key] is None:
        raise _NoListError(f"the list at {key[1]} does not count")
    return outside.lists[key]


def _bits(report: Report, kind: str, address: str, purpose: str, outside: Outside) -> bytes:
    """Read a list. Raises _NoListError and CannotResolve."""
    part, token = _credential_at(report, address, outside)
    body, subject = part.document, part.document.get("credentialSubject")
    if LISTS[kind] not in as_list(body.get("type")) or not isinstance(subject, dict):
        raise _NoListError(f"what lies at {address} is no {LISTS[kind]}")
    # Bitstring Status List, section 2.2: the id is optional, and must be the URL if present.
    if body.get("id", address) != address:
        raise _NoListError(f"the list at {address} is {body['id']!r:.200}")
    if part.said.issuer_id != report.said.issuer_id:
        raise _NoListError(f"the list at {address} is by {part.said.issuer_id[:200]!r}, who is not the issuer")
    if purpose not in as_list(subject.get("statusPurpose")):
        raise _NoListError(f"the list at {address} is for {subject.get('statusPurpose')!r:.60}, not for {purpose}")
    _believe(part, token, address, outside)
    # Gzip in base64url begins with H, so a leading u is the Multibase prefix, which the forerunner doesn't have.
    packed = text_of(subject.get("encodedList")).rstrip("=")
    try:
        return bitstring.decode(packed if packed.startswith("u") else f"u{packed}", most_bytes=MOST_BYTES)
    except bitstring.BitstringError as error:
        raise _NoListError(f"the list at {address}: {error}") from None


def _credential_at(report: Report, address: str, outside: Outside) -> tuple[Report, jose.Token | None]:
    """A list as served: JSON with a proof, or a token, recognised by content."""
    answer = outside.get(address, accept=ACCEPTED)
    if answer.gone:
        raise CannotResolve(f"{address} was taken away (410)")
    body, token = _opened(answer, address)
    return Report(report.checked_at, document=body, said=saying.of_verifiable(body)), token


def _opened(answer: Answer, address: str) -> tuple[dict[str, Any], jose.Token | None]:
    text = answer.body.decode("utf-8", "replace").strip(" \t\r\n")
    if not jose.is_compact(text):
        return parsed(answer, address), None
    try:
        token = jose.parse(text)
        payload = strict.parse(token.payload.decode())
        if "validFrom" in payload:
            payload.pop("nbf", None)  # in lists that are signed again for each request, some have that moment here
        return tokens.body_of(payload), token
    except (jose.TokenError, tokens.ClaimsError, ValueError) as error:
        raise _NoListError(f"the list at {address}: {error}") from None


def _believe(part: Report, token: jose.Token | None, address: str, outside: Outside) -> None:
    """Raise _NoListError unless all of the list is signed by its issuer, and its dates are valid."""
    if token is None:
        _refuse_unsigned_words(part.document, address)
    signed = signatures.hold(part, token, outside)
    if signed is not None:
        issuers.check(part, signed.name, signed.key, outside)
        times.check(part, signed)
    if part.valid is not True:
        why = next((one for one in part.checks if one.result != PASS), None)
        raise _NoListError(f"the list at {address}: {why.name}: {why.technical}" if why else f"{address} is not signed")


def _refuse_unsigned_words(body: dict[str, Any], address: str) -> None:
    """Raise _NoListError for unknown terms: a proof covers only what the contexts know, so a list under another name
    would be read but was never signed.
    """
    try:
        for one in as_list(body.get("@context")):
            if not isinstance(one, str):
                raise _NoListError(f"the list at {address} defines words of its own")
            contexts.document(one)
        shape.check_terms(body)
    except (contexts.UnknownContextError, linked_data.ContextError, shape.ShapeError) as error:
        raise _NoListError(f"the list at {address}: {error}") from None


# --- a list of names --------------------------------------------------------------------------------------------------
def _by_name(report: Report, entry: dict[str, Any], outside: Outside) -> Found:
    """Look up a 1EdTechRevocationList: ids in unsigned JSON, so only https shows whose it is.

    Raises _NoListError and CannotResolve.
    """
    address = text_of(entry.get("id"))
    if not address.startswith("https://") or not is_web(address):
        raise _NoListError(f"the id of a 1EdTechRevocationList is an address with https, not {address[:200]!r}")
    issuer_id = report.said.issuer_id
    names: dict[str, str] = _once(outside, ("names", address, issuer_id), lambda: _names(address, issuer_id, outside))
    if report.said.credential_id in names:
        return Found(REVOKED, f"{address} lists it", names[report.said.credential_id])
    return Found(CLEAR, f"{address} does not list it")


def _names(address: str, issuer_id: str, outside: Outside) -> dict[str, str]:
    """Revoked ids with their reasons. Raises _NoListError and CannotResolve."""
    listed = outside.document(address, most_values=strict.MOST_LISTED)
    issuer = listed.get("issuer", issuer_id)
    if (issuer.get("id") if isinstance(issuer, dict) else issuer) != issuer_id:
        raise _NoListError(f"the list at {address} is by {issuer!r:.200}, who is not the issuer")
    revoked = listed.get("revokedCredentials")
    if not isinstance(revoked, list) or not all(isinstance(one, dict) for one in revoked):
        raise _NoListError(f"the list at {address} has no revokedCredentials that can be read")
    # Section "Checking": listed, and `revoked` is true or left out.
    return {
        text_of(one.get("id")): text_of(one.get("revocationReason"))[:MOST_SHOWN]
        for one in revoked
        if one.get("revoked", True) is not False
    }
