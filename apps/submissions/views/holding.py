"""Legal holds on submissions to an organisation: listed, placed and lifted by its owners and by operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.core.views import did, did_with
from apps.issuers import policies as seats
from apps.issuers.models import Issuer
from apps.submissions import policies, queries, verbs
from apps.submissions.forms import HoldForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.accounts.models import LegalHold

A_PAGE = 25


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def holds(request: SignedInRequest, slug: str) -> HttpResponse:
    """`/organisations/<slug>/holds/`: the holds in force, and a form to place one. The page names no learner."""
    issuer = _owned(request, slug)
    form = HoldForm(request.POST or None)

    def place(submission: str, reason: str) -> LegalHold:
        return verbs.hold(queries.called(submission, at=issuer), by=request.user, reason=reason)

    if did_with(request, form, place):
        messages.success(request, _("On hold. Nothing of it is erased until the hold is lifted."))
        return redirect("submissions:holds", slug)
    page = Paginator(queries.holds_at(issuer, reader=request.user).standing(), A_PAGE).get_page(request.GET.get("page"))
    held = queries.held(page.object_list, reader=request.user, at=issuer)
    return _page(request, "holds", issuer, {"form": form, "page": page, "held": held})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lift_hold(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """Ask for confirmation first, because what the hold kept may then be erased."""
    issuer = _owned(request, slug)
    hold = get_object_or_404(queries.holds_at(issuer, reader=request.user), public_id=public_id)
    if request.method == "POST":
        did(
            request,
            lambda: verbs.lift_hold(hold, by=request.user),
            _("Lifted. What is due to be erased is erased from now on."),
        )
    if request.method == "POST" or hold.lifted_at is not None:
        return redirect("submissions:holds", slug)
    (held,) = queries.held([hold], reader=request.user, at=issuer)
    return _page(request, "lift_hold", issuer, {"held": held})


def _owned(request: SignedInRequest, slug: str) -> Issuer:
    """The organisation, if the reader may place holds there; else 404."""
    issuer = get_object_or_404(Issuer.objects.visible_to(request.user).select_related("parent"), slug=slug)
    if not policies.can_hold_at(request.user, issuer):
        raise Http404
    return issuer


def _page(request: SignedInRequest, name: str, issuer: Issuer, context: dict[str, Any]) -> HttpResponse:
    """A page with the organisation's navigation."""
    wrong = "form" in context and context["form"].errors
    context |= {"issuer": issuer, "runs": seats.can_edit(request.user, issuer)}
    return render(request, f"submissions/{name}.html", context, status=422 if wrong else 200)
