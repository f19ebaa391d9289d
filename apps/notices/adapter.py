"""Adapts allauth to Satchel: what it does to people is recorded, and its letters go through our outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login, unstash_login
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from apps.accounts import queries
from apps.accounts import verbs as accounts
from apps.accounts.devices import device_of
from apps.accounts.http import say_password_is_gone
from apps.core import clock, limits
from apps.core.events import record
from apps.notices import verbs, words

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress
    from django.http import HttpRequest, HttpResponse

    from apps.accounts.models import User

# Letters sent because something touches the security of an account -> the event to record. None: one of our own verbs
# has recorded it.
EVENTS: dict[str, str | None] = {
    "account/email/email_added": "address.added",
    "account/email/email_changed": "address.made_primary",
    "account/email/email_deleted": "address.removed",
    "account/email/password_changed": "password.changed",
    "account/email/password_reset": "password.reset",
    "account/email/password_set": "password.set",
    "account/email/token_created": None,
    "mfa/email/webauthn_added": "passkey.added",
    "mfa/email/webauthn_removed": "passkey.removed",
    "mfa/email/totp_activated": "second_step.activated",
    "mfa/email/totp_deactivated": "second_step.deactivated",
    "mfa/email/recovery_codes_generated": "recovery_codes.generated",
}
_NEW_PASSWORD = {"password.changed", "password.reset", "password.set"}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is switched off."),
        "cannot_remove_primary_email": _("Letters go to this address. Send them to another one first, then remove it."),
        "duplicate_email": _("This address is yours already."),
        "email_password_mismatch": _("That address and password do not match."),
        "email_taken": _("This address belongs to another account."),
        "enter_current_password": _("That is not your password now."),
        "incorrect_code": _("That is not the code. Look in the newest letter."),
        "incorrect_password": _("That is not your password."),
        "max_email_addresses": _("You can have %d addresses at most. Remove one first."),
        "too_many_login_attempts": _("That failed too often. Wait a few minutes, then try again."),
        "unverified_primary_email": _("Confirm the address first. Until then no letter can go there."),
        "same_as_current": _("That is the address the code went to."),
        "rate_limited": _("You did that too often in a short time. Wait a minute, then try again."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.plain(super().get_client_ip(request))

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.mfa.stages.AuthenticateStage": "apps.accounts.adapter.SecondStep"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        if import_string(settings.KEPT_OUT)(user):
            clear_login(request)
            return self.respond_user_inactive(request, user)  # type: ignore[no-any-return]
        return super().pre_login(request, user, **kwargs)  # type: ignore[no-any-return]

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use your authenticator app"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        return [one | {"description": words[one["id"]]} for one in super().get_reauthentication_methods(user)]

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - allauth's signature
        user.name = form.cleaned_data.get("name", "")
        user.time_zone = form.cleaned_data["time_zone"]
        here = translation.get_language()
        if here in dict(settings.LANGUAGES):
            user.language = here
        return super().save_user(request, user, form, commit)  # type: ignore[no-any-return]

    def set_password(self, user: User, password: str) -> None:
        """Save only the password: meanwhile, others may have switched the person off or changed their role."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            accounts.take_in_welcomed(email_address.user, address=email_address.email)
        if confirmed and request.user.is_authenticated:
            self.send_notification_mail("account/email/email_added", request.user, {"added": email_address.email})
        elif confirmed:
            with transaction.atomic():
                record("address.confirmed", email_address.user, by=email_address.user)
            if _signed_up_with_password(request) and not email_address.user.has_usable_password():
                say_password_is_gone(request)  # something was awarded to the address in the meantime
        return confirmed

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_URL + path.replace("UID-KEY", quote(key))

    # --- letters ------------------------------------------------------------------------------------------------------
    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        event = EVENTS[template_prefix]
        agent = self.get_http_user_agent(self.request)
        with transaction.atomic():
            if event:
                record(event, user, by=user)
            if event in _NEW_PASSWORD:
                accounts.sign_out_elsewhere(user, by=user, here=self.request.session.session_key)
                accounts.revoke_tokens(user, by=user)
            super().send_notification_mail(
                template_prefix, user, {"user": user, "device": device_of(agent), **(context or {})}, email
            )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write `templates/<prefix>_{subject.txt,message.txt,message.html}` in the person's language, and queue it."""
        person = context.get("user") or queries.owner_of(email)
        context = {**context, **words.frame(), "person": person, "email": email}
        language = person.language if person else translation.get_language()
        zone = clock.zone(person.time_zone if person else settings.TIME_ZONE)
        with translation.override(language), timezone.override(zone):
            subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", context).split())
            context["subject"] = subject
            text = render_to_string(f"{template_prefix}_message.txt", context).strip() + "\n"
            html = words.inlined(render_to_string(f"{template_prefix}_message.html", context))
        verbs.write_for_sign_in(kind=template_prefix, to=email, person=person, subject=subject, text=text, html=html)


def _signed_up_with_password(request: HttpRequest) -> bool:
    login = unstash_login(request, peek=True)
    return login is not None and "passkey_signup" not in login.state
