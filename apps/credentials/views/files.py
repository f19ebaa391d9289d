"""The files of a credential: each signed form as it stands, the pictures that hold one, the hosted form of 2.0.

Nobody signs in for these. What is not for the visitor to see is not there, and asked about again each time, since its
earner may hide it any second.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.http import reader_of
from apps.core.briefly import briefly
from apps.core.views import gone
from apps.credentials import documents, proofs, queries
from apps.credentials.models import Bake, Credential, SignedForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from apps.credentials.models import CredentialQuerySet

Format = SignedForm.Format
JSON_TYPES = ("application/vc", "application/vc+ld+json", "application/ld+json", "application/json")
JWT_TYPE = "application/vc+jwt"
# `/c/<id>.jwt?alg=`; the first one where nothing is asked.
JWTS = {"ES256": Format.JWT_ES256, "EdDSA": Format.JWT_EDDSA, "RS256": Format.JWT_RS256}
PICTURE_TYPES = {Bake.Picture.PNG: "image/png", Bake.Picture.SVG: "image/svg+xml"}
# A drawing acts on nothing and reaches nowhere, opened by itself too.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


class NotYetSigned(Exception):
    """The form is being made: asked again in a moment, it is there."""


def or_gone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What is not there because its earner left is gone for good (410); whose it was, nobody is told."""

    @wraps(view)
    def wrapped(request: HttpRequest, public_id: str, **more: str) -> HttpResponse:
        try:
            return view(request, public_id, **more)
        except Http404:
            if not queries.is_left(public_id):
                raise
        return gone(request)

    return wrapped


@dataclass(frozen=True)
class File:
    """A file as it goes out. `body` is made only when it is needed."""

    etag: str
    media_type: str
    name: str = ""
    policy: str = ""


@or_gone
@briefly
@require_safe
def credential_json(request: HttpRequest, public_id: str) -> HttpResponse:
    """The signed bytes, exactly as they were signed."""
    return _text(request, public_id, Format.OB3_EDDSA, str(request.get_preferred_type(JSON_TYPES) or JSON_TYPES[0]))


@or_gone
@require_safe
def credential_jwt(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same as a JWT: ES256, or EdDSA and RS256 by `?alg=`."""
    asked = request.GET.get("alg", "ES256")
    if asked not in JWTS:
        return HttpResponse(
            _("alg can be %(names)s.") % {"names": ", ".join(JWTS)},
            status=400,
            content_type="text/plain; charset=utf-8",
        )
    return _text(request, public_id, JWTS[asked], JWT_TYPE)


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
    """The hosted form of Open Badges 2.0; 410 and a tombstone when it no longer stands (2.0, "Revoking")."""
    found = get_object_or_404(seen_by(request), public_id=public_id)
    body, status = documents.hosted(found)
    response = HttpResponse(proofs.dump(body), content_type="application/ld+json", status=status)
    return dressed(response)


def seen_by(request: HttpRequest) -> CredentialQuerySet:
    """What this visitor may see."""
    return Credential.objects.visible_to(reader_of(request))


def dressed(response: HttpResponse) -> HttpResponse:
    """May be fetched from other sites; kept by nobody without asking again."""
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Accept, Cookie"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def not_yet_signed() -> HttpResponse:
    response = HttpResponse(_("Being signed."), status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = "5"
    return response


def _text(request: HttpRequest, public_id: str, kind: Format, media_type: str) -> HttpResponse:
    try:
        form = _form(request, public_id, kind)
    except NotYetSigned:
        return not_yet_signed()
    file = File(f'"{form.sha256}"', media_type)
    return unchanged(request, file) or answer(file, form.text.encode())


def _picture(request: HttpRequest, public_id: str, kind: Format, picture: str) -> HttpResponse:
    """Spliced from artwork and text; the storage is asked only for who doesn't have it yet."""
    try:
        form = _form(request, public_id, kind)
    except NotYetSigned:
        return not_yet_signed()
    version = form.credential.version
    if picture not in queries.pictures_for(kind, version):
        raise Http404
    sums = f"{version.picture_sha256[:32]}{form.sha256[:32]}"
    file = File(
        f'"{sums}-{picture}"',
        PICTURE_TYPES[Bake.Picture(picture)],
        name=f"badge-{public_id[:8]}.{picture}",
        policy=SVG_POLICY if picture == Bake.Picture.SVG else "",
    )
    return unchanged(request, file) or answer(file, queries.baked(picture, form, version))


def _form(request: HttpRequest, public_id: str, kind: Format) -> SignedForm:
    """One question to the database for what is there; a second one tells what is being made from what is not there."""
    forms = SignedForm.objects.filter(format=kind, credential__in=seen_by(request).filter(public_id=public_id))
    form = forms.select_related("credential__version").first()
    if form is None:
        get_object_or_404(seen_by(request), public_id=public_id)
        raise NotYetSigned
    return form


def unchanged(request: HttpRequest, file: File) -> HttpResponse | None:
    if file.etag not in parse_etags(request.headers.get("If-None-Match", "")):
        return None
    response = dressed(HttpResponseNotModified())
    response["ETag"] = file.etag
    return response


def answer(file: File, body: bytes) -> HttpResponse:
    response = dressed(HttpResponse(body, content_type=file.media_type))
    response["ETag"] = file.etag
    if file.name:
        response["Content-Disposition"] = f'inline; filename="{file.name}"'
    if file.policy:
        response["Content-Security-Policy"] = file.policy
    return response
