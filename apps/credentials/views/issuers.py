"""What programs read about an issuer: its keys in every form, its documents, its status lists. Always public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core import tags
from apps.core.briefly import briefly
from apps.core.kept import Kept
from apps.core.views import in_words
from apps.credentials import documents, queries
from apps.credentials.models import StatusList
from apps.credentials.views import LD_JSON, public_json, to_all
from apps.credentials.views.files import JSON_TYPES, JWT_TYPE, not_yet_signed
from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from apps.credentials.models import SigningKey

# Of lists of what was taken back, by their tags, as much as one process keeps, and of one: some hundred thousand badges.
_lists: Kept[bytes] = Kept(most_bytes=32 * 1024 * 1024, largest=16 * 1024 * 1024)
JWT_TYPES = (JWT_TYPE, "application/jwt", "application/vc+ld+json+jwt", "text/plain")


@require_safe
def did(request: HttpRequest, slug: str) -> HttpResponse:
    """`/issuers/<slug>/did.json`: the DID document, if our origin can have one (did:web, section 2.5.2)."""
    issuer = _issuer(slug)
    if not settings.PUBLIC_URL.startswith("https://"):
        raise Http404
    return public_json(request, documents.did_document(issuer), media_type="application/did+ld+json")


@require_safe
def ob2(request: HttpRequest, slug: str) -> HttpResponse:
    """`/issuers/<slug>/ob2.json`: the Profile of Open Badges 2.0."""
    return public_json(request, documents.ob2_profile(_issuer(slug)))


# It lists everything an issuer ever revoked, so it is looked up once for all requests within a second, and written again
# only if something changed.
@require_safe
@briefly
def ob2_revocations(request: HttpRequest, slug: str) -> HttpResponse:
    """`/issuers/<slug>/ob2-revocations.json`: signed assertions that no longer stand."""
    issuer = _issuer(slug)
    tag = _tag_of_list(issuer, documents.ob2_revocations_sum(issuer))
    written = _lists.get(tag)
    if written is None and not tags.has_it(request, tag):
        # It has its own sum: something may have changed since.
        summed, written = documents.ob2_revocations(issuer)
        tag = _tag_of_list(issuer, summed)
        _lists.put(tag, written, len(written))
    return to_all(tags.answer(request, tag, lambda: written or b"", media_type=LD_JSON), kept="no-cache")


def _tag_of_list(issuer: Issuer, summed: str) -> str:
    return tags.tag_of(f"{queries.ob2_revocations_url(issuer.slug)} {summed}".encode())


@require_safe
def key(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """`/issuers/<slug>/keys/<name>`: the public key that a JWT's `kid` names, as a JWK and a verification method."""
    found = get_object_or_404(queries.key_named(slug, name))
    return _gone(found) or public_json(request, documents.key_document(found), media_type="application/json")


@require_safe
def ob2_key(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The same as the CryptographicKey of Open Badges 2.0. Only RSA keys sign there."""
    found = get_object_or_404(queries.rsa_key_named(slug, name))
    return _gone(found) or public_json(request, documents.ob2_key(found))


@require_safe
def ob2_badge_class(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """`/achievements/<slug>/v<n>/ob2.json`: the BadgeClass."""
    version = get_object_or_404(queries.readable_version(slug, number))
    return public_json(request, documents.ob2_badge_class(version))


@require_safe
def status(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """`/status/<issuer>/<n>`: a Bitstring Status List, with a Data Integrity proof or, by `Accept`, as a JWT."""
    lists = StatusList.objects.filter(issuer__slug=slug, number=number)
    found = get_object_or_404(lists.only("text", "jwt", "published", "public_id"))
    if found.published is None:
        return not_yet_signed()
    asked = request.get_preferred_type([*JSON_TYPES, *JWT_TYPES]) or JSON_TYPES[0]
    as_jwt = asked in JWT_TYPES
    etag = f'"{found.public_id}-{found.published}{"-jwt" if as_jwt else ""}"'
    text = found.jwt if as_jwt else found.text
    response = tags.answer(request, etag, text.encode, media_type=asked)
    # A change must be visible within five seconds.
    response["Cache-Control"] = "public, no-cache"
    response["Vary"] = "Accept"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _issuer(slug: str) -> Issuer:
    return get_object_or_404(Issuer, slug=slug)


def _gone(key: SigningKey) -> HttpResponse | None:
    """410 for a compromised key: a client that fetches a key from its own URL asks nobody else about it.

    The issuer's document keeps it, marked as revoked.
    """
    if key.state != documents.COMPROMISED:
        return None
    return in_words(_("This key may be compromised. Nothing that it signed is valid."), status=410)
