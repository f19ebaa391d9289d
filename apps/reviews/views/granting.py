"""What another recommended, granted or passed back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.views import did_with
from apps.reviews import verbs
from apps.reviews.forms import GrantForm, PassBackForm
from apps.reviews.views.common import handed_in
from apps.reviews.views.desk import desk_page
from apps.reviews.views.marking import said_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@require_POST
def grant(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = handed_in(request, public_id)
    form = GrantForm(request.POST)
    decision = did_with(request, form, lambda **words: verbs.grant(attempt, by=request.user, **words))
    if decision is None:
        return desk_page(request, attempt, asked=form, status=422)
    messages.success(request, said_of(decision))
    return redirect("reviews:queue")


@login_required
@require_POST
def pass_back(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = handed_in(request, public_id)
    form = PassBackForm(request.POST)
    if did_with(request, form, lambda **words: verbs.pass_back(attempt, by=request.user, **words)) is None:
        return desk_page(request, attempt, asked=form, status=422)
    messages.success(request, _("Passed back. Who recommended it looks again, and reads why."))
    return redirect("reviews:queue")
