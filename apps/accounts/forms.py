"""Forms about people. allauth's forms are used as they are, with our own wording."""

from __future__ import annotations

import struct
import zoneinfo
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as second_step
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import forms as recovery_codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from cryptography.exceptions import InvalidSignature
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts import merging, verbs
from apps.accounts.adapter import is_lost
from apps.accounts.models import Scope, User
from apps.core import clock
from apps.core.forms import PlainText
from apps.core.text import normal_address

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase
    from django_stubs_ext import StrOrPromise

_STRONG = _("Ten characters or more. A few words that only you would put together are best.")
_ON_PAPER = _("As it should stand on what you earn.")


class Ours:
    """Gives one of allauth's forms our labels and hints, and removes its placeholders, which repeat the labels."""

    fields: dict[str, forms.Field]
    labels: ClassVar[dict[str, StrOrPromise]] = {}
    hints: ClassVar[dict[str, StrOrPromise]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, _LABELS.get(name, field.label))
            field.help_text = self.hints.get(name, "" if isinstance(field, account.PasswordField) else field.help_text)
            # The honeypot field hides itself with an inline style, which our policy forbids; our style sheet hides
            # it.
            for spare in ("placeholder", "style"):
                field.widget.attrs.pop(spare, None)


_LABELS: dict[str, StrOrPromise] = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "oldpassword": _("Your current password"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
    "code": _("Code"),
}


# --- signing in and up ------------------------------------------------------------------------------------------------
def linked_texts() -> str:
    """The links shown under the consent box to the texts one agrees to."""
    links: str = format_html(
        '<a href="{}" target="_blank">{}</a> · <a href="{}" target="_blank">{}</a> {}',
        *(reverse("terms"), gettext("Terms"), reverse("privacy"), gettext("Privacy")),
        gettext("(each opens in a new tab)"),
    )
    return links


class Agreement(forms.Form):
    """Consent to the newest terms and privacy notice."""

    agree = forms.BooleanField(
        label=_("I agree to the terms and have read the privacy notice."),
        error_messages={"required": _("Nothing can be kept for you without this.")},
    )


def _younger() -> str:
    return gettext("I am younger than %(age)s") % {"age": settings.GUARDIAN_AGE}


class Newcomer(forms.Form):
    """The questions for everyone who signs in for the first time."""

    name = PlainText(label=_("Your name"), max_length=300, help_text=_ON_PAPER)
    younger = forms.BooleanField(
        label=lazy(_younger, str)(),
        required=False,
        help_text=_("Then nothing of yours is shown to others until a guardian agrees."),
    )
    agree = Agreement.base_fields["agree"]


class AskedAnew(Agreement):
    """For someone marked as young at a sign-up that was never proved: the mark stays unless they remove it."""

    younger = Newcomer.base_fields["younger"]
    field_order = ("younger", "agree")


class ToAddress(Ours):
    """Normalises what is typed as addresses are stored, so that letters go to exactly an account's address."""

    cleaned_data: dict[str, Any]

    def clean_email(self) -> str:
        self.cleaned_data["email"] = normal_address(self.cleaned_data["email"])
        self.fields["email"].run_validators(self.cleaned_data["email"])  # it may now be too long or invalid
        address: str = super().clean_email()  # type: ignore[misc]  # of the form that this is mixed into
        return address


class SignupForm(ToAddress, account.SignupForm):
    """Sign-up with a password, or with `by_passkey` without one."""

    name = Newcomer.base_fields["name"]
    younger = Newcomer.base_fields["younger"]
    agree = Newcomer.base_fields["agree"]
    # Set by the browser's script; if there is none, or the zone is unknown, the installation's is used.
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-time-zone": True}))
    account_already_exists: bool
    field_order = ("name", "email", "password1", "younger", "agree")
    labels: ClassVar = {"password1": _("Password")}
    hints: ClassVar = {
        "password1": _STRONG,
        "younger": Newcomer.base_fields["younger"].help_text,
        "agree": lazy(linked_texts, str)(),
    }

    def clean_time_zone(self) -> str:
        told: str = self.cleaned_data["time_zone"]
        return told if told in zoneinfo.available_timezones() else settings.TIME_ZONE_DEFAULT

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponseBase | None]:
        if self.account_already_exists and self.cleaned_data.get("password1"):
            # Hashing takes half a second: without it, the timing would reveal who has an account.
            User().set_password(self.cleaned_data["password1"])
        try:
            with transaction.atomic():
                return super().try_save(request)  # type: ignore[no-any-return]
        except IntegrityError:  # another window used the same address at the same moment
            self.account_already_exists = True
            return super().try_save(request)  # type: ignore[no-any-return]

    def save(self, request: HttpRequest) -> User:
        user: User = super().save(request)
        verbs.sign_up(user, by=user)
        if self.cleaned_data["younger"]:
            verbs.say_minor(user, by=user)
        return user


class LoginForm(Ours, account.LoginForm):
    def clean_login(self) -> str:
        return normal_address(super().clean_login())


class RequestLoginCodeForm(ToAddress, account.RequestLoginCodeForm):
    """Also sent from the sign-in page, where one address field, named `login`, serves password and code."""

    def add_prefix(self, field_name: str) -> str:
        name: str = super().add_prefix("login" if field_name == "email" else field_name)
        return name


class ConfirmLoginCodeForm(Ours, account.ConfirmLoginCodeForm):
    pass


class ConfirmEmailVerificationCodeForm(Ours, account.ConfirmEmailVerificationCodeForm):
    def clean_code(self) -> str:
        """Check the code. It proves the address even if an account was made for it that nobody has ever signed in to:
        the prover's own account takes that one in (`verbs.take_in_welcomed`).
        """
        try:
            code: str = super().clean_code()
        except forms.ValidationError as error:
            is_made_for_it = self.user is not None and merging.welcomed(self.user, self.email or "") is not None
            if error.code != "email_taken" or not is_made_for_it:
                raise
            code = self.cleaned_data["code"]
        return code


class ResetPasswordForm(ToAddress, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(Ours, account.ResetPasswordKeyForm):
    hints: ClassVar = {"password1": _STRONG}


class ReauthenticateForm(Ours, account.ReauthenticateForm):
    pass


class StillKnown(Ours):
    """Reports a lost seed instead of a wrong code: trying again would not help."""

    user: User

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # of the form that this is mixed into
        except forms.ValidationError:
            if is_lost(self.user):
                raise forms.ValidationError(
                    gettext(
                        "This installation can no longer check your codes. Sign in with a passkey, or ask whoever runs it to remove your second step."
                    ),
                    code="lost",
                ) from None
            raise
        return code


class AuthenticateForm(StillKnown, second_step.AuthenticateForm):
    hints: ClassVar = {"code": _("From your authenticator app, or one of your recovery codes.")}


class ReauthenticateByCodeForm(StillKnown, second_step.ReauthenticateForm):
    hints: ClassVar = {"code": _("From your authenticator app, or one of your recovery codes.")}


# Raised while reading an answer that is no credential, or is signed by another key than it says.
_NOT_ONE = (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error, InvalidSignature)


class Whole:
    """Refuses a passkey's answer that can't be read: it may come from someone pretending to be a browser."""

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()  # type: ignore[misc, no-any-return]
        except _NOT_ONE:
            raise get_adapter().validation_error("incorrect_credential") from None

    def clean_credential(self) -> Any:
        read = getattr(super(), "clean_credential", None)
        try:
            return read() if read else self.cleaned_data["credential"]  # type: ignore[attr-defined]
        except _NOT_ONE:
            raise get_adapter().validation_error("incorrect_credential") from None


class LoginPasskeyForm(Whole, passkeys.LoginWebAuthnForm):
    pass


class AuthenticatePasskeyForm(Whole, passkeys.AuthenticateWebAuthnForm):
    pass


class ReauthenticatePasskeyForm(Whole, passkeys.ReauthenticateWebAuthnForm):
    pass


class SignupPasskeyForm(Whole, Ours, passkeys.SignupWebAuthnForm):
    name = PlainText(label=_("Name of the passkey"), max_length=100, required=False)
    hints: ClassVar = {"name": _("So that you know it again among others.")}


# --- one's own account ------------------------------------------------------------------------------------------------
def _zones() -> list[tuple[str, str]]:
    return [(zone, zone) for zone in sorted(zoneinfo.available_timezones())]


class ProfileForm(forms.ModelForm[User]):
    name = PlainText(label=_("Your name"), max_length=300, help_text=_ON_PAPER)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones)

    class Meta:
        model = User
        fields = ("name", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["time_zone"] = clock.zone(self.instance.time_zone).key


class LeaveForm(forms.Form):
    address = PlainText(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("Type it by hand, so that nobody leaves by mistake."),
    )


class MergeForm(forms.Form):
    address = forms.EmailField(
        label=_("An address of the other account"),
        max_length=254,
        help_text=_("We send a letter to that account’s main address. Open its link here, within an hour."),
    )


class GuardianForm(forms.Form):
    address = forms.EmailField(label=_("Your guardian’s e-mail address"), max_length=254)


class AddEmailForm(ToAddress, account.AddEmailForm):
    hints: ClassVar = {"email": _("We send a code there. The address is added when you type it.")}


class ChangePasswordForm(Ours, account.ChangePasswordForm):
    hints: ClassVar = {"password1": _STRONG}


class SetPasswordForm(Ours, account.SetPasswordForm):
    hints: ClassVar = {"password1": _STRONG}


class ActivateTOTPForm(Ours, totp.ActivateTOTPForm):
    labels: ClassVar = {"code": _("Code from the app")}


class GenerateRecoveryCodesForm(recovery_codes.GenerateRecoveryCodesForm):
    """Allows recovery codes only with a second step: they are a way past it."""

    def clean(self) -> dict[str, Any]:
        if not Authenticator.objects.filter(user=self.user, type=Authenticator.Type.TOTP).exists():
            raise get_adapter().validation_error("cannot_generate_recovery_codes")
        return super().clean()  # type: ignore[no-any-return]


class AddPasskeyForm(SignupPasskeyForm):
    pass


class RenamePasskeyForm(Ours, passkeys.EditWebAuthnForm):
    name = PlainText(label=_("Name of the passkey"), max_length=100)


class TokenForm(forms.Form):
    name = PlainText(label=_("What it is for"), max_length=100)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=_("How long it works"),
        choices=[("30", _("30 days")), ("90", _("90 days")), ("365", _("A year")), ("none", _("Until you revoke it"))],
        initial="90",
        coerce=lambda days: None if days == "none" else timedelta(days=int(days)),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].initial = [Scope.CATALOGUE_READ]

    def clean(self) -> dict[str, Any]:
        """Replace `days` by `expires_at`: None for a token that works until it is revoked."""
        asked: dict[str, Any] = super().clean() or {}
        lifetime = asked.pop("days", None)
        return asked | {"expires_at": clock.now() + lifetime if lifetime else None}
