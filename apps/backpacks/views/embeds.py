"""What strangers see of ours on other sites and paper: frames without scripts, oEmbed, and typed codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from apps.accounts.http import reader_of
from apps.backpacks import embedding, queries, records, sheet, showing
from apps.core.briefly import briefly
from apps.core.limits import limited
from apps.core.views import in_words
from apps.credentials import queries as credentials
from apps.credentials.models import Credential
from apps.credentials.published import own_path

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest

    from apps.backpacks.embedding import Frame
    from apps.credentials.models import SignedForm

# The only kind of page that others may frame, so it can do nothing but be read.
_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors *"
)
MOST_BADGES = 6


class _SeeOther(HttpResponseRedirect):
    """The target of a code today; tomorrow it may be elsewhere, or gone."""

    status_code = 303


@never_cache
@xframe_options_exempt
@briefly
@require_safe
def embed_credential(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/embed/c/<id>`: a badge and its standing now."""
    form = _signed(public_id)
    if form is None:
        return _framed(request, "gone", status=404)
    found = form.credential
    told = records.record_of(found, form=form, full=False, brief=True)
    return _framed(request, "credential", credential=found, version=found.version, record=told)


@never_cache
@xframe_options_exempt
@briefly
@require_safe
def embed_collection(request: HttpRequest, token: str) -> HttpResponse:
    """`/embed/b/<token>`: the first badges of a collection, and the standing of all of them now."""
    opened = queries.opened_by(token)
    if opened is None:
        return _framed(request, "gone", status=404)
    page = showing.page_of(opened.collection, at=token, most=queries.A_STRETCH)
    told = queries.page_of(opened.collection, page)
    badges = [one for one in page.blocks if one.is_badge][:MOST_BADGES]
    return _framed(request, "collection", **told, at=token, badges=badges, more=told["count"] - len(badges))


@never_cache
@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """`/oembed?url=&format=json|xml&maxwidth=&maxheight=`, as oEmbed 1.0 has it.

    404 if a stranger finds nothing to embed, for whatever reason; 501 for another format; 400 for an invalid request.
    """
    form = request.GET.get("format") or "json"
    if form not in {"json", "xml"}:
        return in_words(_("format can be json or xml."), status=501)
    try:
        sizes = [_size(request.GET.get(name, "")) for name in ("maxwidth", "maxheight")]
    except ValueError:
        return in_words(_("maxwidth and maxheight are whole numbers above 0."), status=400)
    if not request.GET.get("url"):
        return in_words(_("url is missing: the address of what is to be embedded."), status=400)
    frame = _frame_at(request.GET["url"])
    if frame is None:
        return in_words(_("There is nothing to embed at that address."), status=404)
    told = frame.oembed(*sizes)
    response: HttpResponse
    if form == "xml":
        response = HttpResponse(embedding.xml(told), content_type="text/xml; charset=utf-8")
    else:
        response = JsonResponse(told)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@require_safe
@limited("code", reading=True)
def open_code(request: HttpRequest, typed: str) -> HttpResponse:
    """`/v/<code>`: from paper to the page, as long as this reader may see it."""
    reader = reader_of(request)
    path = queries.path_named_by(typed, reader)
    # An issuer's claim code looks the same on paper. Strangers must not learn whether one exists.
    if path is None and reader is not None and (claim := credentials.code_of(typed)):
        path = reverse("credentials:use_claim_code", args=[claim.code])
    if path is None:
        raise Http404
    response = _SeeOther(path)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _signed(public_id: str) -> SignedForm | None:
    """The signed form if strangers may see it: a frame shows everyone the same."""
    return credentials.signed_form_at(public_id, Credential.objects.visible_to(None))


def _frame_at(address: str) -> Frame | None:
    """The frame for a page of ours that a stranger may open."""
    try:
        found = resolve(own_path(address) or "")
    except (Resolver404, ValueError):
        return None
    if found.view_name == "backpacks:credential" and (form := _signed(found.kwargs["public_id"])):
        told = records.record_of(form.credential, form=form, full=False, brief=True)
        return sheet.frame_of(told, form.credential.public_id)
    if found.view_name in {"backpacks:shared", "backpacks:shared_cv"}:
        token = found.kwargs["token"]
        if opened := queries.opened_by(token):
            collection = opened.collection
            return embedding.of_collection(token, title=collection.title, owner=collection.owner_name)
    return None


def _size(asked: str) -> int | None:
    if not asked:
        return None
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 9 else 0  # noqa: PLR2004 - enough digits
    if number < 1:
        raise ValueError(asked)
    return number


def _framed(request: HttpRequest, what: str, *, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, f"backpacks/embed_{what}.html", context, status=status)
    response["Content-Security-Policy"] = _POLICY
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
