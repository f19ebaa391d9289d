"""An issuer's claim codes: made, shown on a screen or a poster, ended; and open requests."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import qr
from apps.core.views import did, did_with
from apps.credentials import queries, verbs
from apps.credentials.forms import MakeClaimCodeForm
from apps.credentials.models import ClaimCode
from apps.credentials.views.desk import A_PAGE, FOLDER, desk_page, offered_at
from apps.issuers.http import run_by_reader

if TYPE_CHECKING:
    from apps.accounts.http import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim_codes(request: SignedInRequest, slug: str) -> HttpResponse:
    """`/organisations/<slug>/codes/`: all codes, the newest first, and a new one."""
    issuer = run_by_reader(request, slug)
    versions = offered_at(issuer)
    form = MakeClaimCodeForm(request.POST or None, issuer=issuer, versions=versions)
    if made := did_with(request, form, partial(verbs.make_claim_code, by=request.user)):
        messages.success(request, _("The code is %(code)s.") % {"code": made.code})
        return redirect("credentials:claim_code", slug, made.public_id)
    page = Paginator(queries.codes_of(issuer), A_PAGE).get_page(request.GET.get("page"))
    return desk_page(request, "claim_codes", issuer, {"form": form, "page": page, "offered": bool(versions)})


@login_required
@never_cache
@require_safe
def claim_code(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """One code: its QR code, and who used it."""
    code = _code(request, slug, public_id)
    page = Paginator(queries.requests_of(code), A_PAGE).get_page(request.GET.get("page"))
    return desk_page(request, "claim_code", code.issuer, {"code": code, "qr": qr.svg(code.address), "page": page})


@login_required
@never_cache
@require_safe
def poster(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """A page to print and hang up: the badge, the QR code, the code."""
    code = _code(request, slug, public_id)
    typed_at = f"{settings.PUBLIC_URL}{reverse('credentials:enter_claim_code')}"
    return render(request, f"{FOLDER}/poster.html", {"code": code, "qr": qr.svg(code.address), "typed_at": typed_at})


@login_required
@never_cache
@require_safe
def code_svg(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    code = _code(request, slug, public_id)
    return _file(str(qr.svg(code.address)).encode(), "image/svg+xml", f"{code.code}.svg")


@login_required
@never_cache
@require_safe
def code_png(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    code = _code(request, slug, public_id)
    return _file(qr.png(code.address), "image/png", f"{code.code}.png")


@login_required
@require_POST
def end_claim_code(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    code = _code(request, slug, public_id)
    did(request, lambda: verbs.end_claim_code(code, by=request.user), _("Ended. Nobody gets a badge with it any more."))
    return redirect("credentials:claim_code", slug, public_id)


@login_required
@require_POST
def approve_request(request: SignedInRequest, slug: str, public_id: str, request_id: str) -> HttpResponse:
    code = _code(request, slug, public_id)
    asked = get_object_or_404(code.requests, public_id=request_id)
    did(request, lambda: verbs.approve_request(asked, by=request.user), _("Awarded. The badge is on its way."))
    return redirect("credentials:claim_code", slug, public_id)


@login_required
@require_POST
def decline_request(request: SignedInRequest, slug: str, public_id: str, request_id: str) -> HttpResponse:
    code = _code(request, slug, public_id)
    asked = get_object_or_404(code.requests, public_id=request_id)
    did(request, lambda: verbs.decline_request(asked, by=request.user), _("Declined. They have been told."))
    return redirect("credentials:claim_code", slug, public_id)


def _code(request: SignedInRequest, slug: str, public_id: str) -> ClaimCode:
    found = ClaimCode.objects.visible_to(request.user).select_related("issuer__parent", "version__achievement")
    return get_object_or_404(found, issuer__slug=slug, public_id=public_id)


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
