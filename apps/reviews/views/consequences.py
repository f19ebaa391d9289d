"""Credentials whose decision changed: those who run an issuer see to them, without reading evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.views import did_with
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
    """The earlier and the new decision, and the three things that may follow."""
    found = get_object_or_404(queries.consequences_for(request.user), public_id=public_id)
    form = SeeToForm(request.POST or None, meets=found.decision.outcome == Outcome.MEETS)
    seen_to = did_with(request, form, lambda **_asked: verbs.see_to(found, by=request.user, **form.words()))
    if seen_to is not None:
        messages.success(request, _SAID[Consequence.Done(seen_to.done)])
        return redirect("reviews:consequences")
    context = {
        "consequence": found,
        "decision": found.decision,
        "credential": found.credential,
        "levels": queries.levels_compared(found),
        "form": form,
    }
    return render(request, "reviews/see_to.html", context, status=422 if form.errors else 200)


_SAID = {
    Consequence.Done.REVOKED: gettext_lazy("Taken back. Its earner is told why."),
    Consequence.Done.SUPERSEDED: gettext_lazy("Replaced. Its earner is told why."),
    Consequence.Done.KEPT: gettext_lazy("Left as it is. Your reason is kept with the decision."),
}
