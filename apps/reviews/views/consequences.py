"""Credentials whose decision changed: who runs an issuer sees to them, and reads no evidence in doing so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.refused import Refused
from apps.issuers import policies as seats
from apps.reviews import queries, verbs
from apps.reviews.forms import SeeToForm
from apps.reviews.models import Consequence, Outcome

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@never_cache
@require_safe
def consequences(request: SignedInRequest) -> HttpResponse:
    if not seats.runs(request.user):
        raise Http404
    page = Paginator(queries.consequences_for(request.user), 25).get_page(request.GET.get("page"))
    return render(request, "reviews/consequences.html", {"page": page})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def see_to(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What was decided before and is now, and the three things that may follow."""
    found = get_object_or_404(queries.consequences_for(request.user), public_id=public_id)
    form = SeeToForm(request.POST or None, meets=found.decision.outcome == Outcome.MEETS)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            seen_to = verbs.see_to(found, by=request.user, **form.words())
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, _SAID[Consequence.Done(seen_to.done)]())
            return redirect("reviews:consequences")
    context = {
        "consequence": found,
        "decision": found.decision,
        "credential": found.credential,
        "levels": queries.levels_compared(found),
        "form": form,
    }
    return render(request, "reviews/see_to.html", context, status=422 if form.errors and status == 200 else status)


_SAID = {
    Consequence.Done.REVOKED: lambda: _("Taken back. Its earner is told why."),
    Consequence.Done.SUPERSEDED: lambda: _("Replaced. Its earner is told why."),
    Consequence.Done.KEPT: lambda: _("Left as it is. Why is kept with the decision."),
}
