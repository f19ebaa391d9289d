"""Open Badges 2.1 and older: what an issuer publishes at a URL, or signs with a key that it publishes.

Open Badges 2.0, "Verification". The issuer's own document, at its own URL, says where its assertions are published
and which keys are its own; nothing that a badge itself says about its issuer is trusted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from apps.credentials import contexts, jose, strict
from apps.credentials.verification import assertion, common, saying, seals
from apps.credentials.verification.assertion import V05, V20
from apps.credentials.verification.outside import CannotResolve, parsed, refuse_led_away
from apps.credentials.verification.report import (
    AUTHENTICITY,
    COULD_NOT_CHECK,
    FAIL,
    MOST_SHOWN,
    PASS,
    SOURCE,
    VALIDITY,
    Report,
    name_of,
    text_of,
)
from apps.credentials.verification.shape import ShapeError
from apps.credentials.verification.values import as_list, id_of, is_web, origin, place, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from apps.credentials.verification.assertion import Assertion
    from apps.credentials.verification.outside import Answer, Outside
    from apps.credentials.verification.reading import Given

# Limit for an issuer's keys, if the assertion doesn't say which of them signed.
MOST_KEYS = 5
HASHES = frozenset({"md5", "sha1", "sha256", "sha512"})
PEM = "application/x-pem-file, text/plain"
_BADGE_TYPES, _ISSUER_TYPES = {"BadgeClass"}, {"Profile", "Issuer"}


class NotTheirs(Exception):
    """A document belongs to someone other than the badge says. The message is technical."""


class Behind(NamedTuple):
    """Who stands behind a badge: its BadgeClass and its issuer's Profile, as published."""

    badge_id: str
    badge: dict[str, Any]
    issuer_id: str
    issuer: dict[str, Any]


class Key(NamedTuple):
    """A key as published. `owner` is its declared owner, which 1.x has no field for."""

    id: str
    owner: str
    pem: str


def check(
    report: Report,
    given: Given,
    outside: Outside,
    *,
    now: datetime,
    recipient: str = "",
    own: Callable[[Report, str], None] | None = None,
) -> None:
    """Check one assertion: `given` itself, or what is at the URL that was given."""
    if not _found(report, given, outside):
        return
    found = _well_formed(report, given)
    if found is not None and found.revoked:
        _taken_back(report, report.document)
        return
    key = _signed(report, found, given, outside) if found and found.signed else None
    holds = found is not None and (key is not None if found.signed else _hosted(report, found, given, outside))
    if found is None or not holds:
        if own is not None and report.valid is None:
            own(report, given.text)  # what can't be read is still not what we signed
        return
    behind = _issuer_is_who_it_says(report, found, key, outside)
    common.in_time(report, found.begins, found.ends, now)
    if own is not None:
        own(report, given.text)
    if not report.has("status"):
        _still_stands(report, found, behind, outside)
    if recipient:
        common.belongs(report, found.identifiers, recipient, hashes=HASHES)


def _found(report: Report, given: Given, outside: Outside) -> bool:
    """Find the assertion to check: the one that was given, or the one at the URL that was given. Return whether there
    is one.
    """
    report.document, report.kind = given.body, "Open Badges"
    if given.address:
        report.said = replace(report.said, credential_id=given.address)
        try:
            answer = outside.get(given.address)
            if answer.gone:
                return _taken_back(report, _reason(answer, given.address))
            report.document = parsed(answer, given.address)
        except CannotResolve as error:
            return _not_to_be_had(report, error)
    report.said = saying.of_assertion(report.document)
    return True


def _well_formed(report: Report, given: Given) -> Assertion | None:
    try:
        found = assertion.read(report.document, given.address)
    except contexts.UnknownContextError as error:
        plain = _("Could not check: this kind of badge, or its vocabulary, is not known here.")
        report.add("format", AUTHENTICITY, COULD_NOT_CHECK, plain, f"context not known: {error}")
        _meant_as_signed(report, given, needed=False)
        return None
    except ShapeError as error:
        plain = _("This is not a complete Open Badge. Ask the issuer for the original file.")
        report.add("format", AUTHENTICITY, FAIL, plain, str(error))
        return None
    report.kind = found.kind
    report.said = replace(
        report.said,
        credential_id=found.id,
        valid_from=found.begins.isoformat() if found.begins else "",
        valid_until=found.ends.isoformat() if found.ends else "",
    )
    report.add("format", AUTHENTICITY, PASS, _("It is an Open Badge, complete and well formed."), found.kind)
    return found


# --- signed -----------------------------------------------------------------------------------------------------------
def _signed(report: Report, found: Assertion, given: Given, outside: Outside) -> Key | None:
    """The key that signed it, whoever it belongs to."""
    token = given.token
    if not _meant_as_signed(report, given, needed=True) or token is None:
        return None
    try:
        keys = _keys(found, outside)
        holding = next((one for one in keys if _holds(token, one)), None)
    except NotTheirs as error:
        plain = _("The issuer does not know the key that signed this.")
        report.add("issuer", SOURCE, FAIL, plain, str(error))
        return None
    except (CannotResolve, ValueError) as error:
        seals.no_key(report, str(error)[:MOST_SHOWN])
        return None
    report.key = holding.id if holding else found.key
    if holding is None:
        seals.not_genuine(report, "the signature does not match the content and key")
    else:
        seals.holds(report, token.algorithm)
    return holding


def _meant_as_signed(report: Report, given: Given, *, needed: bool) -> bool:
    """Whether there is a signature that a public key can verify, before any key is fetched."""
    if given.token is None:
        return not needed or seals.nobody_signed(report, "no JWS around the assertion")
    return seals.is_by_a_key(report, given.token)


def _holds(token: jose.Token, key: Key) -> bool:
    """Whether a key verifies the token. Raises ValueError for an unsupported key."""
    try:
        jose.verify(token, jose.public_key_of_pem(key.pem))
    except jose.TokenError:
        return False
    return True


def _keys(found: Assertion, outside: Outside) -> list[Key]:
    """Keys that may have signed it: the one that it names or, from 2.0 on, each of its issuer's.

    Raises CannotResolve, and NotTheirs for a different key, or one of another issuer.
    """
    if found.version != V20:
        answer = _not_withdrawn(outside.get(found.key, accept=PEM), found.key)
        return [Key(found.key, "", answer.body.decode("ascii", "replace"))]
    if found.key:
        return [_key_at(found.key, outside)]
    published = as_list(_behind(found, outside).issuer.get("publicKey"))[:MOST_KEYS]
    return [_key(one) if isinstance(one, dict) else _key_at(text_of(one), outside) for one in published]


def _key_at(address: str, outside: Outside) -> Key:
    """A CryptographicKey at its own URL, or within the Profile that its URL returns."""
    document = parsed(_not_withdrawn(outside.get(address), address), address)
    for one in [document, *as_list(document.get("publicKey"))]:
        if isinstance(one, dict) and one.get("id") == address:
            return _key(one)
    raise NotTheirs(f"the document at {address[:200]} is {document.get('id')!r:.200}")


def _not_withdrawn(answer: Answer, address: str) -> Answer:
    """What a key's own URL returns. Raises CannotResolve if it redirects elsewhere.

    An issuer that removes a key from its URL (410) no longer stands by what that key has signed.
    """
    refuse_led_away(answer, address)
    if answer.gone:
        raise NotTheirs(f"the key {address[:200]} was taken away (410)")
    return answer


def _key(document: dict[str, Any]) -> Key:
    return Key(*(text_of(document.get(name)) for name in ("id", "owner", "publicKeyPem")))


# --- hosted -----------------------------------------------------------------------------------------------------------
def _hosted(report: Report, found: Assertion, given: Given, outside: Outside) -> bool:
    """Check that its issuer publishes the same. What was taken down can't be compared, and doesn't stop further
    checks.
    """
    name = "hosted"
    if not _meant_as_signed(report, given, needed=False):
        return False
    if not found.id:
        plain = _("Could not check: it does not say where it is published. Check it by its address.")
        return report.add(name, AUTHENTICITY, COULD_NOT_CHECK, plain, "an assertion without an address")
    if given.address and given.address != found.id:
        plain = _("It is published at another address than the one that was given.")
        return report.add(name, AUTHENTICITY, FAIL, plain, f"{given.address[:200]} names {found.id[:200]}")
    try:
        notice = _notice(found, outside)
        published = outside.document(found.id) if notice is None else {}
    except CannotResolve as error:
        return _not_to_be_had(report, error)
    if notice is not None:
        plain = _("Its issuer has taken it down: there is nothing left to compare it with.")
        report.add(name, AUTHENTICITY, COULD_NOT_CHECK, plain, found.id)
    elif not common.same(published, report.document):
        plain = _("What its issuer publishes says something else. It was changed, or it is out of date.")
        return report.add(name, AUTHENTICITY, FAIL, plain, f"{found.id[:200]} differs")
    else:
        report.add(name, AUTHENTICITY, PASS, _("Its issuer publishes the same, word for word."), found.id)
    return True


def _not_to_be_had(report: Report, error: CannotResolve) -> bool:
    plain = _(
        "Could not compare it with what its issuer publishes: that could not be fetched. This says nothing against it."
    )
    return report.add("hosted", AUTHENTICITY, COULD_NOT_CHECK, plain, str(error))


def _notice(found: Assertion, outside: Outside) -> dict[str, Any] | None:
    """A revocation notice in place of the assertion (2.0, "Revocation"), or None. Raises CannotResolve."""
    answer = outside.get(found.id)
    if answer.gone:
        return _reason(answer, found.id)
    document = parsed(answer, found.id)
    return document if document.get("revoked") is True else None


def _reason(answer: Answer, address: str) -> dict[str, Any]:
    """The notice, if there is one: status 410 is enough, even with an empty page.

    Raises CannotResolve if the URL redirected elsewhere, since someone else's 410 revokes nothing.
    """
    refuse_led_away(answer, address)
    try:
        return parsed(answer, address)
    except CannotResolve:
        return {}


# --- who stands behind it ---------------------------------------------------------------------------------------------
def _issuer_is_who_it_says(report: Report, found: Assertion, key: Key | None, outside: Outside) -> Behind | None:
    """Check that the issuer's own document acknowledges the key, or the place where the badge is published."""
    name = "issuer"
    try:
        behind = _behind(found, outside)
    except CannotResolve as error:
        plain = _("Could not check who issued it: the issuer's address did not answer. This says nothing against it.")
        report.add(name, SOURCE, COULD_NOT_CHECK, plain, str(error))
        return None
    except NotTheirs as error:
        report.add(name, SOURCE, FAIL, _("The issuer's address describes somebody else."), str(error))
        return None
    report.said = replace(
        report.said,
        issuer_id=behind.issuer_id,
        issuer_name=name_of(behind.issuer.get("name")),
        achievement_id=behind.badge_id,
        achievement_name=name_of(behind.badge.get("name")),
    )
    host = place(behind.issuer_id)
    if key is None:
        wrong = _published_elsewhere(found, behind)
        plain = _("Its issuer does not publish badges at the address where this one is published.")
        told = _("It is published where its issuer, %(host)s, publishes its badges.") % {"host": host}
    else:
        wrong = _key_of_others(key, found, behind)
        plain = _("The issuer does not know the key that signed this.")
        told = _("The issuer's own address, %(host)s, publishes the key that signed it.") % {"host": host}
    if wrong:
        report.add(name, SOURCE, FAIL, plain, wrong)
    else:
        report.add(name, SOURCE, PASS, told, key.id if key else behind.issuer_id)
    return behind


def _behind(found: Assertion, outside: Outside) -> Behind:
    """Who stands behind it. Raises CannotResolve; NotTheirs if a URL returns another badge or issuer than expected."""
    if found.version == V05 and isinstance(found.badge, dict):  # 0.5 has no documents but the assertion itself
        issuer = found.badge["issuer"]
        return Behind("", found.badge, issuer["origin"], issuer)
    badge_id, badge = _opened(found.badge, _BADGE_TYPES, found, outside)
    issuer_id, issuer = _opened(badge.get("issuer"), _ISSUER_TYPES, found, outside)
    if not is_web(issuer_id):
        raise CannotResolve(f"the issuer, {issuer_id[:200]!r}, has no address that can be asked")
    return Behind(badge_id, badge, issuer_id, issuer)


def _opened(link: Any, types: set[str], found: Assertion, outside: Outside) -> tuple[str, dict[str, Any]]:
    """Open a link. Even a document embedded in the badge is fetched again, if it has a URL."""
    carried = link if isinstance(link, dict) else {}
    address = text_of(carried.get("id") if carried else link)
    if not is_web(address):
        if not carried:
            raise CannotResolve(f"{address[:200]!r} is no address that can be asked")
        return address, carried
    published = outside.document(address)
    named = published.get("id", None if found.version == V20 else address)
    if named != address:
        raise NotTheirs(f"the document at {address[:200]} is {named!r:.200}")
    if carried and id_of(carried.get("issuer")) != id_of(published.get("issuer")):
        raise NotTheirs(f"{address[:200]} names another issuer than the badge does")
    if not text_of(published.get("name")) or (found.version == V20 and not words(published.get("type")) & types):
        raise CannotResolve(f"{address[:200]} gave no {' or '.join(sorted(types))}")
    return address, published


def _published_elsewhere(found: Assertion, behind: Behind) -> str:
    """What is wrong with the place of publication; empty if its issuer publishes there."""
    policy = behind.issuer.get("verification")
    rules = policy if isinstance(policy, dict) else {}
    starts = [text_of(one) for one in as_list(rules.get("startsWith"))]
    if starts and not any(one and found.id.startswith(one) for one in starts):
        return f"{found.id[:200]} starts with nothing that {behind.issuer_id} allows"
    origins = [text_of(one) for one in as_list(rules.get("allowedOrigins"))]
    if not origins:  # the host of the issuer's id counts: a badge from before its move to https is at the same
        same = place(found.id) == place(behind.issuer_id) != ""
        return "" if same else f"{found.id[:200]} is not at {place(behind.issuer_id)[:200]}"
    hosts = {_authority(one) if "://" in one else one.lower() for one in origins}
    if not {_authority(found.id), urlsplit(found.id).hostname} & (hosts - {""}):
        return f"{found.id[:200]} is not at {', '.join(sorted(hosts))[:200]}"
    return ""


def _key_of_others(key: Key, found: Assertion, behind: Behind) -> str:
    """What is wrong with the key's owner; empty if it is the issuer. In 1.x only the URL can tell."""
    if found.version != V20:
        same = place(key.id) == place(behind.issuer_id) != ""
        return "" if same else f"the key {key.id[:200]} is not published by {behind.issuer_id}"
    if key.owner != behind.issuer_id:
        return f"issuer {behind.issuer_id}, key of {key.owner[:200]}"
    for one in as_list(behind.issuer.get("publicKey")):
        if id_of(one) == key.id and (not isinstance(one, dict) or one.get("publicKeyPem", key.pem) == key.pem):
            return ""
    return f"{key.id[:200]} is not in publicKey of {behind.issuer_id}"


def _authority(address: str) -> str:
    """Host and port, normalised; empty if it isn't a web URL."""
    found = origin(address)
    return f"{found[1]}:{found[2]}" if found else ""


# --- taken back? ------------------------------------------------------------------------------------------------------
def _still_stands(report: Report, found: Assertion, behind: Behind | None, outside: Outside) -> None:
    """Check its status: a hosted badge stands as long as it is published, a signed one until its issuer lists it."""
    name = "status"
    if not found.signed and (notice := _notice(found, outside)) is not None:
        _taken_back(report, notice)
        return
    plain = _("Could not check whether this was taken back. That says nothing against it.")
    try:
        listed = _listed(found, behind, outside)
    except CannotResolve as error:
        if found.signed:
            report.add(name, VALIDITY, COULD_NOT_CHECK, plain, str(error))
            return
        listed = None
    if listed is not None:
        _taken_back(report, listed)
    elif not found.signed:
        report.add(name, VALIDITY, PASS, _("The issuer has not taken it back."), f"published at {found.id[:200]}")
    elif behind is not None and behind.issuer.get("revocationList"):
        technical = f"not in {id_of(behind.issuer['revocationList'])[:200]}"
        report.add(name, VALIDITY, PASS, _("The issuer has not taken it back."), technical)


def _listed(found: Assertion, behind: Behind | None, outside: Outside) -> dict[str, Any] | None:
    """Its entry in the issuer's revocation list; None if it isn't there, or there is no list.

    Raises CannotResolve for a list that can't be read, and for someone else's, which proves nothing.
    """
    if behind is None:
        raise CannotResolve("the issuer's list is not known")
    if not behind.issuer.get("revocationList"):
        return None
    address = id_of(behind.issuer["revocationList"])
    if not is_web(address):
        raise CannotResolve(f"the issuer's list, {address[:200]!r}, has no address that can be asked")
    document = outside.document(address, most_values=strict.MOST_LISTED)
    issuer = id_of(document.get("issuer"))
    if "revokedAssertions" not in document:
        return _listed_in_1x(found, document, address)
    if issuer and issuer != behind.issuer_id:
        raise CannotResolve(f"the list at {address[:200]} is of another issuer, {issuer[:200]}")
    for one in as_list(document["revokedAssertions"]):
        entry = one if isinstance(one, dict) else {"id": one}
        if entry.get("id") == found.id or (found.uid and entry.get("uid") == found.uid):
            return entry
    return None


def _listed_in_1x(found: Assertion, document: dict[str, Any], address: str) -> dict[str, Any] | None:
    """An entry in a list of 1.x: reasons by uid."""
    if found.version == V20:
        raise CannotResolve(f"{address[:200]} gave no RevocationList")
    return {"revocationReason": document[found.uid]} if found.uid and found.uid in document else None


def _taken_back(report: Report, notice: dict[str, Any]) -> bool:
    return common.taken_back(report, "revoked", text_of(notice.get("revocationReason")))
