"""Pages on which a person writes their public page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.backpacks import counting, queries, tokens, verbs
from apps.backpacks.forms import ProfileForm, PublishForm
from apps.core.views import did, did_with

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_profile(request: SignedInRequest) -> HttpResponse:
    found = queries.profile_of(request.user)
    words = ("handle", "headline", "about", "shows_skills")
    form = ProfileForm(request.POST or None, initial={n: getattr(found, n) for n in words} if found else None)
    written = did_with(request, form, lambda **facts: verbs.edit_profile(request.user, by=request.user, **facts))
    if written is not None:
        messages.success(request, _("Saved."))
        return redirect("backpacks:edit_profile")
    context = {
        "profile": found,
        "form": form,
        "publish_form": PublishForm(initial={"may_be_found": bool(found and found.may_be_found)}),
        "address": tokens.profile_address_of(found) if found else "",
        "collections": queries.public_collections_of(request.user),
        "views": counting.totals("profile", [request.user.public_id]).get(request.user.public_id, 0),
    }
    return render(request, "backpacks/edit_profile.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def turn_on_profile(request: SignedInRequest) -> HttpResponse:
    form = PublishForm(request.POST)
    if form.is_valid():
        found = form.cleaned_data["may_be_found"]
        did(
            request,
            lambda: verbs.turn_on_profile(request.user, by=request.user, may_be_found=found),
            _("Your page is on: anyone can open it."),
        )
    return redirect("backpacks:edit_profile")


@login_required
@require_POST
def turn_off_profile(request: SignedInRequest) -> HttpResponse:
    verbs.turn_off_profile(request.user, by=request.user)
    messages.success(request, _("Your page is off. Its address shows nothing now."))
    return redirect("backpacks:edit_profile")
