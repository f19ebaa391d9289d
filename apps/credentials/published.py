"""What our own URLs return to visitors, as our views serve it: the verifier doesn't ask us over the network."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from apps.credentials import documents, proofs, queries
from apps.credentials.models import Credential, SigningKey, StatusList
from apps.credentials.verification import Answer
from apps.credentials.verification.values import origin
from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from collections.abc import Callable

Served = tuple[dict[str, Any], HTTPStatus]

CREDENTIAL = re.compile(r"/c/(?P<id>[a-z2-7]{26})(?:\.(?P<ending>json|jwt|png|svg))?/?")
OB2_CREDENTIAL = re.compile(r"/c/(?P<id>[a-z2-7]{26})/ob2\.(?P<ending>json|png|svg)")


def own_path(url: str) -> str | None:
    """The path of a URL under one of our origins, present or former, which are never fetched over the network; None
    for others.
    """
    ours = {origin(one) for one in (settings.PUBLIC_URL, *settings.FORMER_PUBLIC_URLS)}
    found = origin(url)
    return urlsplit(url).path if found and found in ours else None


def at(path: str, accept: str = "") -> Answer | None:
    """What one of our paths returns; None if visitors find nothing there."""
    if named := _STATUS.fullmatch(path):
        return _status_list(named["slug"], int(named["number"]), accept)
    if named := _REVOCATIONS.fullmatch(path):
        return _ob2_revocations(named["slug"])
    for pattern, served in _SERVED.items():
        if named := pattern.fullmatch(path):
            found = served(**named.groupdict())
            return None if found is None else Answer(proofs.dump(found[0]).encode(), found[1])
    return None


def _status_list(slug: str, number: int, accept: str) -> Answer | None:
    """A signed status list, in the form that is asked for first; None if it isn't signed yet."""
    found = StatusList.objects.filter(issuer__slug=slug, number=number).only("text", "jwt").first()
    text = "" if found is None else found.jwt if "jwt" in accept.partition(",")[0] else found.text
    return Answer(text.encode()) if text else None


def _issuer(slug: str) -> Served | None:
    document = documents.issuer_document(slug)
    return (document, HTTPStatus.OK) if document else None


def _did(slug: str) -> Served | None:
    issuer = Issuer.objects.filter(slug=slug).first()
    return (documents.did_document(issuer), HTTPStatus.OK) if issuer else None


def _key(slug: str, name: str) -> Served | None:
    key = SigningKey.objects.select_related("issuer").filter(issuer__slug=slug, name=name).first()
    if key is None:
        return None
    return ({}, HTTPStatus.GONE) if key.state == documents.COMPROMISED else (documents.key_document(key), HTTPStatus.OK)


def _ob2_profile(slug: str) -> Served | None:
    issuer = Issuer.objects.filter(slug=slug).first()
    return (documents.ob2_profile(issuer), HTTPStatus.OK) if issuer else None


def _ob2_revocations(slug: str) -> Answer | None:
    """As long as a book: it is written as it is served, and not put together to be taken apart."""
    issuer = Issuer.objects.filter(slug=slug).first()
    return Answer(documents.ob2_revocations(issuer)[1]) if issuer else None


def _ob2_key(slug: str, name: str) -> Served | None:
    key = queries.rsa_key_named(slug, name).first()
    if key is None:
        return None
    return ({}, HTTPStatus.GONE) if key.state == documents.COMPROMISED else (documents.ob2_key(key), HTTPStatus.OK)


def _ob2_badge_class(slug: str, number: str) -> Served | None:
    version = queries.readable_version(slug, int(number)).first()
    return (documents.ob2_badge_class(version), HTTPStatus.OK) if version else None


def _ob2_assertion(public_id: str) -> Served | None:
    credential = Credential.objects.visible_to(None).filter(public_id=public_id).first()
    return documents.hosted(credential) if credential else None


def _endorser(public_id: str) -> Served | None:
    document = documents.endorser_document(public_id)
    return (document, HTTPStatus.OK) if document else None


_SLUG = "(?P<slug>[A-Za-z0-9_-]+)"
_STATUS = re.compile(f"/status/{_SLUG}/(?P<number>[0-9]{{1,9}})")
_REVOCATIONS = re.compile(f"/issuers/{_SLUG}/ob2-revocations\\.json")
_SERVED: dict[re.Pattern[str], Callable[..., Served | None]] = {
    re.compile(f"/issuers/{_SLUG}"): _issuer,
    re.compile(f"/issuers/{_SLUG}/did\\.json"): _did,
    re.compile(f"/issuers/{_SLUG}/keys/(?P<name>[A-Za-z0-9_-]+)"): _key,
    re.compile(f"/issuers/{_SLUG}/ob2\\.json"): _ob2_profile,
    re.compile(f"/issuers/{_SLUG}/keys/(?P<name>[A-Za-z0-9_-]+)/ob2\\.json"): _ob2_key,
    re.compile(f"/achievements/{_SLUG}/v(?P<number>[0-9]{{1,9}})/ob2\\.json"): _ob2_badge_class,
    re.compile(r"/c/(?P<public_id>[a-z2-7]{26})/ob2\.json"): _ob2_assertion,
    re.compile(r"/endorsements/(?P<public_id>[a-z2-7]{26})/endorser"): _endorser,
}
