"""A person's own account, and the texts they agree to. Signing in is allauth's: see `urls_allauth`."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import ConfirmLoginCodeView
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal import flows as webauthn_flows
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.core.signing import BadSignature
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language

from apps.accounts import merging, queries, verbs
from apps.accounts import tokens as tokens_of_letters
from apps.accounts.adapter import is_lost
from apps.accounts.devices import device_of
from apps.accounts.forms import Agreement, AskedAnew, GuardianForm, LeaveForm, MergeForm, ProfileForm, TokenForm
from apps.accounts.http import say_password_is_gone
from apps.accounts.models import GuardianConsent, Merge, User
from apps.core.context import shell_of
from apps.core.limits import limited
from apps.core.typed import is_ours
from apps.core.views import back, did, did_with

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from apps.accounts.forms import AddPasskeyForm
    from apps.accounts.http import SignedInRequest

# The browser keeps this on the way from one account to the other.
MERGE_COOKIE = "satchel_merge"


@login_required
@require_safe
def account(request: SignedInRequest) -> HttpResponse:
    return redirect("accounts:profile")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        verbs.edit_profile(request.user, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


@csrf_exempt
@require_POST
def speak(request: HttpRequest) -> HttpResponse:
    """Switch languages, as for the theme: the choice is kept in the browser, and on the account of a person."""
    if not is_ours(request):
        return back(request)
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise BadRequest(f"No language {language[:20]!r} here")
    if shell_of(request).signed_in and isinstance(request.user, User):
        verbs.speak(request.user, by=request.user, language=language)
    return set_language(request)


@login_required
@never_cache
@require_safe
def sessions(request: SignedInRequest) -> HttpResponse:
    here = request.session.session_key
    rows = [
        {
            "device": device_of(one.user_agent) or _("An unknown browser"),
            "network": one.ip,
            "since": one.created_at,
            "is_here": one.session_key == here,
        }
        for one in queries.sessions_of(request.user)
    ]
    rows.sort(key=lambda row: not row["is_here"])
    return render(
        request, "accounts/sessions.html", {"sessions": rows, "elsewhere": any(not r["is_here"] for r in rows)}
    )


@login_required
@require_POST
def sign_out_elsewhere(request: SignedInRequest) -> HttpResponse:
    verbs.sign_out_elsewhere(request.user, by=request.user, here=request.session.session_key)
    messages.success(request, _("Signed out everywhere else."))
    return redirect("accounts:sessions")


class ConfirmLoginCode(ConfirmLoginCodeView):
    """Check a code, which proves the address. A password chosen for it earlier may be someone else's."""

    def form_valid(self, form: Form) -> HttpResponse:
        person = self._process.user
        is_dropped = self._action == "verify" and verbs.drop_unproved_sign_up(person, by=person)
        response: HttpResponse = super().form_valid(form)
        if is_dropped:
            say_password_is_gone(self.request)
        return response


class Security(IndexView):
    """Passkeys and the second step. `passkey_id` is the name of a passkey in addresses."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        for passkey in context["authenticators"].get(Authenticator.Type.WEBAUTHN, ()):
            passkey.passkey_id = tokens_of_letters.passkey_id(passkey.instance.pk)
        return context


def by_passkey_id(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap one of allauth's views, which take a primary key, because those must not be exposed."""

    @wraps(view)
    def wrapped(request: HttpRequest, passkey: str) -> HttpResponse:
        mine = Authenticator.objects.filter(user=request.user.pk, type=Authenticator.Type.WEBAUTHN)
        keys = mine.values_list("pk", flat=True)
        return view(request, pk=next((pk for pk in keys if tokens_of_letters.passkey_id(pk) == passkey), 0))

    return wrapped


class AddPasskey(AddWebAuthnView):
    """Add a passkey that signs in by itself: it is stored on the device and asks for finger, face or PIN."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["js_data"] = {"creation_options": webauthn.begin_registration(self.request.user, passwordless=True)}
        return context  # type: ignore[no-any-return]

    def form_valid(self, form: AddPasskeyForm) -> HttpResponse:
        # As at sign-up, without recovery codes: those belong to the second step, which a passkey does not turn on.
        webauthn_flows.signup_authenticator(self.request, user=self.request.user, **form.cleaned_data)
        get_adapter().send_notification_mail("mfa/email/webauthn_added", self.request.user)
        return redirect("mfa_index")


def still_known(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Don't show codes that no longer fit anything: see `adapter.is_lost`."""

    @login_required
    @wraps(view)
    def wrapped(request: SignedInRequest) -> HttpResponse:
        if not is_lost(request.user):
            return view(request)
        messages.error(request, _("These codes are lost. Turn the second step off and on again to get new ones."))
        return redirect("mfa_index")

    return wrapped


class TurnOffSecondStep(DeactivateTOTPView):
    """Turn off the second step, and delete its recovery codes with it: they have nothing left to get past."""

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        Authenticator.objects.filter(user=self.request.user, type=Authenticator.Type.RECOVERY_CODES).delete()
        return response


@login_required
@reauthentication_required(allow_get=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("leave")
def leave(request: SignedInRequest) -> HttpResponse:
    """Show what goes and what stays, and offer the archive first. Anyone who is leaving can still cancel."""
    form = LeaveForm(request.POST or None)
    gone = did_with(request, form, lambda address: verbs.leave(request.user, by=request.user, address=address))
    if gone is not None:
        return redirect("accounts:leave")
    context = {"form": form, "days": verbs.COOLING_OFF.days}
    return render(request, "accounts/leave.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def stay(request: SignedInRequest) -> HttpResponse:
    did(request, lambda: verbs.stay(request.user, by=request.user), _("You stay. Nothing was erased."))
    return redirect("accounts:leave")


@never_cache
@require_safe
@limited("paper", reading=True)
def erasure(request: HttpRequest, reference: str) -> HttpResponse:
    """The certificate of an erasure, which names nobody; its address is in the last letter to the person."""
    found = queries.erasure(reference)
    if found is None:
        raise Http404
    response = render(request, "accounts/erasure.html", {"erasure": found})
    response["X-Robots-Tag"] = "noindex"
    return response


# --- merging accounts -------------------------------------------------------------------------------------------------
@login_required
@reauthentication_required(allow_get=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("merge")
def ask_merge(request: SignedInRequest) -> HttpResponse:
    """Choose the account to merge into this one, and prove it by a letter to it or by signing in to it."""
    form = MergeForm(request.POST or None)

    def asked(address: str) -> bool:
        verbs.ask_merge(request.user, by=request.user, address=address)
        return True

    if did_with(request, form, asked) is not None:
        # The same message whether or not there is such an account.
        messages.success(request, _("If that address has an account, a letter is on its way there."))
        return redirect("accounts:ask_merge")
    return render(request, "accounts/ask_merge.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
@reauthentication_required
@limited("merge")
def begin_merge(request: SignedInRequest) -> HttpResponse:
    """Sign out of this account and into the other in the same browser, which keeps the key to the first."""
    asked = verbs.begin_merge(request.user, by=request.user)
    get_adapter(request).logout(request)
    there = reverse("accounts:merge_here")
    response = redirect_to_login(there)
    response.set_cookie(
        MERGE_COOKIE,
        tokens_of_letters.merge_token(asked.public_id),
        expires=asked.ends_at,
        path=there,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("merge")
def merge_here(request: SignedInRequest) -> HttpResponse:
    """Signed in to the other account, show what moves, and confirm. Signing in within the key's half-hour is the
    proof; a session from before that isn't.
    """
    asked = queries.merge_by(request.COOKIES.get(MERGE_COOKIE, ""))
    if asked is None or asked.way != Merge.Way.SIGN_IN or not _came_in_since(request, asked.asked_at):
        messages.info(request, _("Begin in the account that you stay with."))
        return redirect("accounts:ask_merge")
    response = _merge(request, asked, giver=request.user)
    if request.method == "POST" and isinstance(response, HttpResponseRedirect):
        response.delete_cookie(MERGE_COOKIE, path=reverse("accounts:merge_here"))
    return response


def _came_in_since(request: SignedInRequest, moment: datetime) -> bool:
    records = get_authentication_records(request, request.user)
    return any(one["at"] >= moment.timestamp() for one in records)


@login_required
@reauthentication_required(allow_get=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("merge")
def merge_by_letter(request: SignedInRequest, token: str) -> HttpResponse:
    """The link in the letter to the other account: it works only for the person who asked."""
    asked = queries.merge_by(token)
    if asked is None or asked.giver is None or asked.taker_id != request.user.pk:
        raise Http404
    return _merge(request, asked, giver=asked.giver)


def _merge(request: SignedInRequest, asked: Merge, *, giver: User) -> HttpResponse:
    is_letter = asked.way == Merge.Way.LETTER

    def merge() -> None:
        verbs.merge(asked, by=request.user)
        if not is_letter:
            get_adapter(request).logout(request)  # it belongs to the account that is closed now

    if request.method == "POST" and did(request, merge, _("Done. Everything is in one account now.")):
        return redirect("account_email" if is_letter else "account_login")
    same = giver.pk == asked.taker_id
    context = {
        "taker": asked.taker,
        "giver": giver,
        "same": same,
        "reasons": [] if same else merging.why_not(asked.taker, giver, by_letter=is_letter),
        "moves": merging.what_moves(giver),
        "stays": merging.stays(giver),
    }
    return render(request, "accounts/merge.html", context)


# --- minors and their guardians ---------------------------------------------------------------------------------------
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invite")
def guardian(request: SignedInRequest) -> HttpResponse:
    form = GuardianForm(request.POST or None)
    before = request.user.guardian_consents.filter(ended_at=None).first()
    asked = did_with(request, form, lambda address: verbs.ask_guardian(request.user, by=request.user, address=address))
    if asked is not None:
        if before is not None and (before.pk, before.asked_at) == (asked.pk, asked.asked_at):
            messages.info(
                request, _("We wrote to them less than a day ago. If the letter is lost, ask again tomorrow.")
            )
        else:
            messages.success(request, _("A letter is on its way to your guardian."))
        return redirect("accounts:guardian")
    context = {"form": form, "age": settings.GUARDIAN_AGE, "asked": before}
    return render(request, "accounts/guardian.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def say_minor(request: SignedInRequest) -> HttpResponse:
    verbs.say_minor(request.user, by=request.user)
    messages.success(request, _("Noted. What you shared is hidden until your guardian agrees."))
    return redirect("accounts:guardian")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def guardian_consent(request: HttpRequest, token: str) -> HttpResponse:
    """Ask a guardian for consent, and let them withdraw it. The link in the letter is enough."""
    try:
        public_id = tokens_of_letters.read_guardian_token(token)
    except BadSignature:
        raise Http404 from None
    asked = get_object_or_404(GuardianConsent.objects.select_related("person"), public_id=public_id)
    if request.method == "POST":
        if request.POST.get("answer") == "yes":
            did(request, lambda: verbs.give_guardian_consent(asked), _("Thank you. They can share now."))
        else:
            did(request, lambda: verbs.end_guardian_consent(asked), _("Noted. Nothing of theirs is shown to others."))
        return redirect("accounts:guardian_consent", token)
    response = render(request, "accounts/guardian_consent.html", {"asked": asked, "age": settings.GUARDIAN_AGE})
    response["X-Robots-Tag"] = "noindex"
    return response


# --- consents ---------------------------------------------------------------------------------------------------------
@require_safe
def document(request: HttpRequest, document: str, version: int | None = None) -> HttpResponse:
    """The terms or the privacy notice: the newest version, or an earlier one that someone may have agreed to."""
    newest = settings.CONSENT_VERSIONS[document]
    version = newest if version is None else version
    if not 1 <= version <= newest:
        raise Http404
    context = {
        "version": version,
        "newest": reverse(document) if version < newest else "",
        "earlier": [
            (number, reverse(f"{document}_version", kwargs={"version": number})) for number in range(1, newest)
        ],
    }
    return render(request, f"{document}/v{version}.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: SignedInRequest) -> HttpResponse:
    """What one agreed to and when. A newer version of a text is asked about here once, before the next page."""
    is_asked = queries.is_asked_anew(request.user)
    form = AskedAnew(request.POST or None, initial={"younger": True}) if is_asked else Agreement(request.POST or None)
    onward = get_next_redirect_url(request)
    if request.method == "POST" and form.is_valid():
        verbs.consent(request.user, by=request.user, is_minor=form.cleaned_data.get("younger", True))
        messages.success(request, _("Noted. You find what you agreed to here at any time."))
        return HttpResponseRedirect(onward or reverse("accounts:consent"))
    asked = [(name, settings.CONSENT_VERSIONS[name]) for name in queries.open_documents(request.user)]
    context = {"form": form, "asked": asked, "given": request.user.consents.all(), "next": onward or ""}
    return render(request, "accounts/consent.html", context)


# --- API keys ---------------------------------------------------------------------------------------------------------
@login_required
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("token")
def tokens(request: SignedInRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            token, secret = verbs.create_token(request.user, by=request.user, **form.cleaned_data)
            told = {"token": token.name}
            get_adapter(request).send_notification_mail("account/email/token_created", request.user, told)
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
