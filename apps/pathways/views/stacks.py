"""What is at risk on an issuer's pathways, for those who run it and have to decide."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.core import clock
from apps.core.views import did_with
from apps.pathways import queries, verbs
from apps.pathways.forms.stacks import DecideForm
from apps.pathways.models import Stack

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest

A_PAGE = 25


@login_required
@never_cache
@require_safe
def stacks(request: SignedInRequest) -> HttpResponse:
    """Everything at risk that this person may decide on; those out of time first."""
    found = (
        Stack.objects.run_by(request.user)
        .at_risk()
        .select_related("enrolment__learner", "enrolment__pathway__issuer", "version", "credential__version")
        .order_by("grace_until", "pk")
    )
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "pathways/stacks/stacks.html", {"page": page, "now": clock.now()})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stack(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One of them: what it rests on, what has fallen, and the decision."""
    mine = Stack.objects.run_by(request.user).select_related(
        "enrolment__learner", "enrolment__pathway__issuer", "version", "credential__version"
    )
    found = get_object_or_404(mine, public_id=public_id)
    form = DecideForm(request.POST or None)
    if did_with(request, form, partial(verbs.decide, found, by=request.user)):
        messages.success(request, _("Decided. The earner has been told."))
        return redirect("pathways:stacks")
    context = {
        "stack": found,
        "form": form,
        "told": queries.stack_in_words(found),
        "decisions": found.decisions.select_related("by"),
    }
    return render(request, "pathways/stacks/stack.html", context)
