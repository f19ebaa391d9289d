"""A person's own settings: name, time zone, keys to the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import verbs
from apps.accounts.forms import ProfileForm, TokenForm
from apps.core.limits import limited

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("token")
def tokens(request: SignedInRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        _token, secret = verbs.create_token(request.user, by=request.user, **form.cleaned_data)
        form = TokenForm()
    mine = request.user.api_tokens.filter(revoked_at=None)
    response = render(request, "accounts/tokens.html", {"form": form, "tokens": mine, "secret": secret})
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def revoke_token(request: SignedInRequest, public_id: str) -> HttpResponse:
    token = get_object_or_404(request.user.api_tokens, public_id=public_id)
    verbs.revoke_token(token, by=request.user)
    messages.success(request, _("Revoked: %(name)s.") % {"name": token.name})
    return redirect("accounts:tokens")
