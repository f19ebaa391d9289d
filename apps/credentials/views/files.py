"""The files of a credential: each signed form, the pictures that hold one, the hosted form of 2.0.

No sign-in needed. What the visitor may not see is 404, checked on each request, since its earner may hide it at any
time.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.http import reader_of
from apps.core import views as core
from apps.core.briefly import briefly
from apps.core.kept import Kept
from apps.core.tags import has_it, tag_of
from apps.credentials import documents, proofs, queries
from apps.credentials.models import Bake, Credential, SignedForm

if TYPE_CHECKING:
    from django.http import HttpRequest

    from apps.credentials.models import CredentialQuerySet

Format = SignedForm.Format
JSON_TYPES = ("application/vc", "application/vc+ld+json", "application/ld+json", "application/json")
JWT_TYPE = "application/vc+jwt"
# `/c/<id>.jwt?alg=`; the first is the default.
JWTS = {"ES256": Format.JWT_ES256, "EdDSA": Format.JWT_EDDSA, "RS256": Format.JWT_RS256}
PICTURE_TYPES = {Bake.Picture.PNG: "image/png", Bake.Picture.SVG: "image/svg+xml"}
# An SVG runs nothing and loads nothing, even when opened on its own.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


MEGABYTE = 1024 * 1024


class Held(NamedTuple):
    """A file made for one visitor and kept for others, with the hash of the form inside."""

    form_sha256: str
    body: bytes


# By credential, form and picture. A signed form never changes, so for each visitor the database is only asked who may
# see it now (`queries.lying_at`).
_held = Kept[Held](most_bytes=32 * MEGABYTE, largest=MEGABYTE)


# What isn't there because its earner was erased.
or_gone = core.or_gone(queries.is_left)


@dataclass(frozen=True)
class File:
    """A file as served. `vary`: the request headers that its bytes depend on, including those that say who asks."""

    etag: str
    media_type: str
    name: str = ""
    policy: str = ""
    vary: tuple[str, ...] = ("Cookie",)


@or_gone
@briefly
@require_safe
def credential_json(request: HttpRequest, public_id: str) -> HttpResponse:
    """The signed bytes, exactly as signed."""
    media_type = str(request.get_preferred_type(JSON_TYPES) or JSON_TYPES[0])
    return _serve(request, public_id, Format.OB3_EDDSA, media_type, vary=("Accept",))


@or_gone
@require_safe
def credential_jwt(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same as a JWT: ES256, or EdDSA and RS256 by `?alg=`."""
    asked = request.GET.get("alg", "ES256")
    if asked not in JWTS:
        return core.in_words(_("alg can be %(names)s.") % {"names": ", ".join(JWTS)}, status=400)
    return _serve(request, public_id, JWTS[asked], JWT_TYPE)


@or_gone
@require_safe
def credential_png(request: HttpRequest, public_id: str) -> HttpResponse:
    return _picture(request, public_id, Format.OB3_EDDSA, Bake.Picture.PNG)


@or_gone
@require_safe
def credential_svg(request: HttpRequest, public_id: str) -> HttpResponse:
    return _picture(request, public_id, Format.OB3_EDDSA, Bake.Picture.SVG)


@or_gone
@require_safe
def credential_ob2_png(request: HttpRequest, public_id: str) -> HttpResponse:
    return _picture(request, public_id, Format.OB2_JWS, Bake.Picture.PNG)


@or_gone
@require_safe
def credential_ob2_svg(request: HttpRequest, public_id: str) -> HttpResponse:
    return _picture(request, public_id, Format.OB2_JWS, Bake.Picture.SVG)


@or_gone
@require_safe
def credential_ob2_json(request: HttpRequest, public_id: str) -> HttpResponse:
    """The hosted form of Open Badges 2.0; 410 and a revocation notice if it no longer stands (2.0, "Revoking")."""
    found = get_object_or_404(seen_by(request), public_id=public_id)
    told, status = documents.hosted(found)
    body = proofs.dump(told).encode()
    vary = whose(shown=found.seen_by != Credential.Visibility.PRIVATE)
    file = File(tag_of(body), "application/ld+json", vary=vary)
    if status != HTTPStatus.OK:  # always sent in full, since it says whether it still stands
        return answer(file, body, status=status)
    return unchanged(request, file) or answer(file, body)


def seen_by(request: HttpRequest) -> CredentialQuerySet:
    """The credentials that this visitor may see."""
    return Credential.objects.visible_to(reader_of(request))


def whose(*, shown: bool) -> tuple[str, ...]:
    """The Vary headers: none for what everyone may see; Cookie for what is hidden from others."""
    return () if shown else ("Cookie",)


def dressed(response: HttpResponse, vary: tuple[str, ...] = ("Cookie",)) -> HttpResponse:
    """Allow fetching from other sites, and caching only with revalidation."""
    response["Cache-Control"] = "private, no-cache"
    if vary:
        response["Vary"] = ", ".join(vary)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def not_yet_signed() -> HttpResponse:
    response = core.in_words(_("Being signed."), status=503)
    response["Retry-After"] = "5"
    return response


def _picture(request: HttpRequest, public_id: str, kind: Format, picture: Bake.Picture) -> HttpResponse:
    return _serve(
        request,
        public_id,
        kind,
        PICTURE_TYPES[picture],
        picture=picture,
        name=f"badge-{public_id[:8]}.{picture}",
        policy=SVG_POLICY if picture == Bake.Picture.SVG else "",
    )


def _serve(
    request: HttpRequest,
    public_id: str,
    kind: Format,
    media_type: str,
    *,
    picture: str = "",
    name: str = "",
    policy: str = "",
    vary: tuple[str, ...] = (),
) -> HttpResponse:
    """Serve a signed form, or a `picture` with it inside: from this process's memory, or spliced from artwork and
    text.
    """
    key = (public_id, kind, picture)
    held = _held.get(key)
    lies = queries.lying_at(public_id, kind, known=held.form_sha256 if held else "")
    if lies is None or not lies.is_for(reader_of(request)):
        _held.drop(key)
        raise Http404
    if not lies.sha256:
        return not_yet_signed()
    if picture and picture not in queries.pictures_for(kind, lies.version):
        raise Http404
    sha256 = lies.sha256
    etag = f'"{lies.picture_sha256[:32]}{sha256[:32]}-{picture}"' if picture else f'"{sha256}"'
    found = File(etag, media_type, name, policy, (*vary, *whose(shown=lies.is_shown)))
    # The storage is only read if the client doesn't have it yet.
    if (same := unchanged(request, found)) is not None:
        return same
    if held is None or held.form_sha256 != sha256:
        body = queries.baked(picture, lies.form, lies.version) if picture else lies.text.encode()
        held = Held(sha256, body)
        _held.put(key, held, len(body))
    return answer(found, held.body)


def unchanged(request: HttpRequest, file: File) -> HttpResponse | None:
    if not has_it(request, file.etag):
        return None
    response = dressed(HttpResponseNotModified(), file.vary)
    response["ETag"] = file.etag
    return response


def answer(file: File, body: bytes, *, status: int = HTTPStatus.OK) -> HttpResponse:
    response = dressed(HttpResponse(body, content_type=file.media_type, status=status), file.vary)
    response["ETag"] = file.etag
    if file.name:
        response["Content-Disposition"] = f'inline; filename="{file.name}"'
    if file.policy:
        response["Content-Security-Policy"] = file.policy
    return response
