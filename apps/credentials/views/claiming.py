"""Keeping an award with the link in its letter, and getting one with a code."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts import merging
from apps.accounts import queries as people
from apps.accounts.http import reader_of, say_password_is_gone
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.text import masked_address
from apps.core.views import did
from apps.credentials import queries, verbs
from apps.credentials.forms import ClaimCodeForm, MoveInForm
from apps.credentials.models import ClaimRequest, code_as_typed

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.credentials.models import ClaimLink


@never_cache
@limited("claim", reading=True)
@require_http_methods(["GET", "HEAD", "POST"])
def claim_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """`/claim/<token>/`, out of a letter. Opening it keeps nothing: programs follow links to look at them.

    A link that is guessed, used, run out or of an award that no longer stands is not there.
    """
    link = queries.claim_link(token)
    if link is None:
        raise Http404
    earner, reader = link.credential.earner, reader_of(request)
    is_mine, is_new = reader == earner, reader is None and people.may_move_in(earner, link.address)
    form = MoveInForm(request.POST or None, initial={"name": earner.name}) if is_new else None
    # Nobody was ever in the account that the letter went to: it may come to the one that its reader is in.
    is_unused = reader is not None and people.may_move_in(earner, link.address)
    reasons = merging.why_not(reader, earner, by_letter=False) if reader is not None and is_unused else []
    if request.method == "POST":
        if reader is None and form is None:
            return redirect_to_login(request.path)
        if is_mine or (form is not None and form.is_valid()):
            return _keep(request, link, form)
        if is_unused and not reasons and "mine" in request.POST:
            kept: HttpResponse = _keep_as_own(cast("SignedInRequest", request), link)
            return kept
    response = render(
        request,
        "credentials/claim/link.html",
        {
            "link": link,
            "credential": link.credential,
            "to": masked_address(link.address),
            "form": form,
            "is_mine": is_mine,
            "is_unused": is_unused,
            "reasons": reasons,
            "here": request.path,
        },
        status=422 if form is not None and form.errors else 200,
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _keep(request: HttpRequest, link: ClaimLink, form: MoveInForm | None) -> HttpResponse:
    reader = reader_of(request)
    had_password = reader is None and people.has_unproved_password(link.credential.earner)
    told = {"name": form.cleaned_data["name"], "is_minor": form.cleaned_data["younger"]} if form is not None else {}
    try:
        kept = verbs.claim_by_link(link, by=reader, **told)
    except Refused as refused:  # in another window, a moment ago
        if reader is None:
            return redirect_to_login(reverse("backpacks:backpack"))
        messages.error(request, str(refused))
        return redirect("backpacks:backpack")
    messages.success(request, _("Kept. Nobody else sees it until you say so."))
    if reader is not None:
        return redirect("backpacks:backpack")
    if had_password:
        say_password_is_gone(request)
    # The letter came to their address, as a code by mail does.
    record_authentication(request, kept.earner, method="code", email=link.address)
    there = Login(user=kept.earner, redirect_url=reverse("backpacks:backpack"), email=link.address)
    response: HttpResponse = perform_login(request, there)
    return response


# An address more is a way more into the account, as on the page of one's addresses.
@reauthentication_required
def _keep_as_own(request: SignedInRequest, link: ClaimLink) -> HttpResponse:
    done = _("Kept. The address is yours now, and nobody else sees the badge until you say so.")
    if did(request, lambda: verbs.claim_as_own(link, by=request.user), done):
        get_adapter(request).send_notification_mail("account/email/email_added", request.user, {"added": link.address})
    return redirect("backpacks:backpack")


@login_required
@never_cache
@limited("claim_code", reading=True)
@require_http_methods(["GET", "HEAD"])
def enter_claim_code(request: SignedInRequest) -> HttpResponse:
    """`/claim/code/`: for who has a code on paper."""
    form = ClaimCodeForm(request.GET or None)
    if form.is_bound and form.is_valid():
        code = code_as_typed(form.cleaned_data["code"])
        if code and queries.code_of(code) is not None:
            return redirect("credentials:use_claim_code", code)
        form.add_error("code", _("There is no such code. Check it again: codes never have a vowel, a 0 or a 1."))
    return render(request, "credentials/claim/enter_code.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@never_cache
@limited("claim_code", reading=True)
@require_http_methods(["GET", "HEAD", "POST"])
def use_claim_code(request: SignedInRequest, code: str) -> HttpResponse:
    """`/claim/code/<code>/`, out of a square on a poster. Who has not signed in learns of no code whether there is one."""
    found = queries.code_of(code)
    if found is None:
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            used = verbs.use_claim_code(found, by=request.user)
        except Refused as refusal:
            refused = str(refusal)
        else:
            if used.state == ClaimRequest.State.AWARDED:
                messages.success(request, _("It is yours. We are signing it now, and it is in your backpack."))
                return redirect("backpacks:backpack")
            return redirect("credentials:use_claim_code", found.code)
    context = {
        "code": found,
        "used": found.requests.filter(person=request.user).select_related("credential").first(),
        "closed": queries.why_closed(found),
        "refused": refused,
        "address": next(iter(people.verified_addresses_of(request.user)), ""),
    }
    return render(request, "credentials/claim/code.html", context, status=409 if refused else 200)
