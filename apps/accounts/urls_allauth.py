"""The allauth URLs in use: all that it has for passwords, codes, passkeys and a second step.

Left out are lists that pages here already have, and anything that needs a phone number or another site to sign in.
Each action is one transaction, so that its event and its letter exist with it or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.db import transaction
from django.urls import path, register_converter, reverse_lazy
from django.urls.converters import StringConverter

from apps.accounts.views import AddPasskey, ConfirmLoginCode, Security, TurnOffSecondStep, by_passkey_id, still_known

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.urls import URLPattern


class Base36(StringConverter):
    """A number as allauth writes it into a link."""

    regex = "[0-9A-Za-z]+"


register_converter(Base36, "base36")
_INDEX = reverse_lazy("mfa_index")


def _door(route: str, view: Callable[..., Any], name: str) -> URLPattern:
    return path(route, transaction.atomic(view), name=name)


urlpatterns = [
    # signing in and out
    _door("signup/", account.signup, "account_signup"),
    _door("signup/passkey/", account.signup_by_passkey, "account_signup_by_passkey"),
    _door("login/", account.login, "account_login"),
    _door("login/code/", account.request_login_code, "account_request_login_code"),
    _door("login/code/confirm/", ConfirmLoginCode.as_view(), "account_confirm_login_code"),
    _door("confirm-email/", account.email_verification_sent, "account_email_verification_sent"),
    _door("inactive/", account.account_inactive, "account_inactive"),
    _door("logout/", account.logout, "account_logout"),
    _door("reauthenticate/", account.reauthenticate, "account_reauthenticate"),
    # addresses and password
    _door("email/", account.email, "account_email"),
    _door("password/change/", account.password_change, "account_change_password"),
    _door("password/set/", account.password_set, "account_set_password"),
    _door("password/reset/", account.password_reset, "account_reset_password"),
    _door("password/reset/done/", account.password_reset_done, "account_reset_password_done"),
    _door(
        "password/reset/key/<base36:uidb36>-<str:key>/",
        account.password_reset_from_key,
        "account_reset_password_from_key",
    ),
    _door("password/reset/key/done/", account.password_reset_from_key_done, "account_reset_password_from_key_done"),
    # passkeys
    _door("passkeys/signup/", passkeys.signup_webauthn, "mfa_signup_webauthn"),
    _door("passkeys/login/", passkeys.login_webauthn, "mfa_login_webauthn"),
    _door("passkeys/reauthenticate/", passkeys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    _door("passkeys/add/", AddPasskey.as_view(), "mfa_add_webauthn"),
    _door(
        "passkeys/<slug:passkey>/rename/",
        by_passkey_id(passkeys.EditWebAuthnView.as_view(success_url=_INDEX)),
        "mfa_edit_webauthn",
    ),
    _door(
        "passkeys/<slug:passkey>/remove/",
        by_passkey_id(passkeys.RemoveWebAuthnView.as_view(success_url=_INDEX)),
        "mfa_remove_webauthn",
    ),
    # the second step
    _door("security/", Security.as_view(), "mfa_index"),
    _door("second-step/", second_step.authenticate, "mfa_authenticate"),
    _door("second-step/reauthenticate/", second_step.reauthenticate, "mfa_reauthenticate"),
    _door("second-step/activate/", totp.activate_totp, "mfa_activate_totp"),
    _door("second-step/deactivate/", TurnOffSecondStep.as_view(), "mfa_deactivate_totp"),
    _door("recovery-codes/", still_known(recovery_codes.view_recovery_codes), "mfa_view_recovery_codes"),
    _door("recovery-codes/generate/", recovery_codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
    _door(
        "recovery-codes/download/", still_known(recovery_codes.download_recovery_codes), "mfa_download_recovery_codes"
    ),
]
