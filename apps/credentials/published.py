"""What lies at our own addresses for a stranger, as our views serve it: the verifier does not ask us over the network."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from apps.credentials import documents, queries
from apps.credentials.models import Credential
from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from collections.abc import Callable

    Served = tuple[dict[str, Any], HTTPStatus]


def at(path: str) -> Served | None:
    """The document at a path of ours, and its status; None where a stranger finds nothing."""
    for pattern, served in _SERVED.items():
        if named := pattern.fullmatch(path):
            return served(**named.groupdict())
    return None


def _issuer(slug: str) -> Served | None:
    document = documents.issuer_document(slug)
    return (document, HTTPStatus.OK) if document else None


def _ob2_profile(slug: str) -> Served | None:
    issuer = Issuer.objects.filter(slug=slug).first()
    return (documents.ob2_profile(issuer), HTTPStatus.OK) if issuer else None


def _ob2_revocations(slug: str) -> Served | None:
    issuer = Issuer.objects.filter(slug=slug).first()
    return (documents.ob2_revocations(issuer), HTTPStatus.OK) if issuer else None


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


_SLUG = "(?P<slug>[A-Za-z0-9_-]+)"
_SERVED: dict[re.Pattern[str], Callable[..., Served | None]] = {
    re.compile(f"/issuers/{_SLUG}"): _issuer,
    re.compile(f"/issuers/{_SLUG}/ob2\\.json"): _ob2_profile,
    re.compile(f"/issuers/{_SLUG}/ob2-revocations\\.json"): _ob2_revocations,
    re.compile(f"/issuers/{_SLUG}/keys/(?P<name>[A-Za-z0-9_-]+)/ob2\\.json"): _ob2_key,
    re.compile(f"/achievements/{_SLUG}/v(?P<number>[0-9]{{1,9}})/ob2\\.json"): _ob2_badge_class,
    re.compile(r"/c/(?P<public_id>[a-z2-7]{26})/ob2\.json"): _ob2_assertion,
}
