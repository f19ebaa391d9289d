"""Pages and files that say what a credential is and whether it holds. Nobody signs in for these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import parse_etags
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.http import reader_of
from apps.core.limits import limited
from apps.credentials import baking, documents, queries, verifier
from apps.credentials.forms import VerifyForm
from apps.credentials.models import Credential
from apps.credentials.verification import NotABadge
from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.http import HttpRequest

    from apps.credentials.models import SignedForm

A_PAGE = 24
JSON_TYPES = ("application/vc", "application/vc+ld+json", "application/ld+json", "application/json")


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: it prefers one of the JSON types to a page."""
    return request.get_preferred_type(["text/html", *JSON_TYPES]) in JSON_TYPES


def public_json(body: dict[str, Any]) -> HttpResponse:
    """What programs may read from anywhere, beside the page of the same address."""
    response = JsonResponse(body, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False})
    response["Vary"] = "Accept, Cookie"
    response["Cache-Control"] = "public, max-age=60"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    """`/issuers/<slug>`: the page; or, for programs, profile and controller document with every key."""
    found = get_object_or_404(Issuer.objects.select_related("parent"), slug=slug)
    if wants_json(request):
        return public_json(documents.issuer_document(found))
    context = {
        "issuer": found,
        "approvals": found.approvals.select_related("issuer"),
        "page": Paginator(queries.offered_by(found), A_PAGE).get_page(request.GET.get("page")),
    }
    response = render(request, "credentials/issuer.html", context)
    response["Vary"] = "Accept, Cookie"
    return response


@require_safe
def credential_json(request: HttpRequest, public_id: str) -> HttpResponse:
    """The signed bytes, exactly as they were signed, for who may see the credential."""
    form = signed_form_or_404(request, public_id)
    if form is None:
        return not_yet_signed()
    asked = request.get_preferred_type(JSON_TYPES) or "application/vc"
    return file_answer(request, form.text.encode, etag=f'"{form.sha256}"', media_type=str(asked))


@require_safe
def credential_png(request: HttpRequest, public_id: str) -> HttpResponse:
    """The badge picture with the signed credential inside."""
    form = signed_form_or_404(request, public_id)
    if form is None:
        return not_yet_signed()
    version, text = form.credential.version, form.text
    return file_answer(
        request,
        lambda: baking.bake_png(queries.artwork(version), text),
        etag=f'"{version.picture_sha256[:32]}{form.sha256[:32]}"',
        media_type="image/png",
        name=f"badge-{public_id[:8]}.png",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@limited("verify")
def verify(request: HttpRequest) -> HttpResponse:
    """Check a badge from anywhere: a picture, an address or a text. Nothing of it is kept."""
    form = VerifyForm(request.POST or None, request.FILES or None)
    report, error = None, ""
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            if cleaned["url"]:
                report = verifier.check_url(cleaned["url"])
            elif cleaned["picture"] is not None:
                report = verifier.check(cleaned["picture"].read(verifier.MOST_BYTES + 1))
            else:
                report = verifier.check(cleaned["text"])
        except NotABadge as refusal:
            error = str(refusal)
    context = {"form": form, "report": report, "error": error}
    return render(request, "credentials/verify.html", context, status=422 if error or form.errors else 200)


def signed_form_or_404(request: HttpRequest, public_id: str) -> SignedForm | None:
    """The signed form of what this visitor may see; None while it is being signed."""
    among = Credential.objects.visible_to(reader_of(request))
    form = queries.signed_form_at(public_id, among)
    if form is None and not among.filter(public_id=public_id).exists():
        raise Http404
    return form


def not_yet_signed() -> HttpResponse:
    response = HttpResponse("Being signed.", status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = "5"
    return response


def file_answer(
    request: HttpRequest, body: Callable[[], bytes], *, etag: str, media_type: str, name: str = ""
) -> HttpResponse:
    """A file that is made only where the reader hasn't got it.

    May be fetched from other sites; asked about again each time, since its earner may hide it any second.
    """
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(body(), content_type=media_type)
        if name:
            response["Content-Disposition"] = f'inline; filename="{name}"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Accept, Accept-Language, Cookie"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
