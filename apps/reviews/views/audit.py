"""An issuer's decisions, for those who run it and have to show them to an accrediting body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.limits import limited
from apps.issuers.http import run_by_reader
from apps.reviews import audit, queries
from apps.reviews.forms import AuditForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.issuers.models import Issuer


@login_required
@never_cache
@require_safe
def audit_trail(request: SignedInRequest, slug: str) -> HttpResponse:
    """`?since=`, `?until=`: how many decisions there are in this period, and the link to the export."""
    issuer = run_by_reader(request, slug)
    return _page(request, issuer, AuditForm(request.GET, issuer=issuer))


@login_required
@never_cache
@limited("export", reading=True)
@require_safe
def audit_trail_zip(request: SignedInRequest, slug: str) -> Any:
    issuer = run_by_reader(request, slug)
    form = AuditForm(request.GET, issuer=issuer)
    asked = form.asked(request.user)
    return _page(request, issuer, form) if asked is None else sent(asked, method=request.method)


def sent(asked: queries.AuditAsked, *, method: str | None) -> StreamingHttpResponse:
    """The export as a response. HEAD gets an empty one, since servers would read a full one to its end and discard it."""
    chunks = audit.archive(asked) if method == "GET" else ()
    response = StreamingHttpResponse(chunks, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{audit.file_name(asked)}"'
    response["Cache-Control"] = "no-store"
    return response


def _page(request: SignedInRequest, issuer: Issuer, form: AuditForm) -> HttpResponse:
    asked = form.asked(request.user)
    context = {
        "issuer": issuer,
        "runs": True,
        "form": form,
        "asked": asked,
        "count": queries.decisions_in(asked).count() if asked else 0,
    }
    return render(request, "reviews/audit_trail.html", context, status=200 if asked else 422)
