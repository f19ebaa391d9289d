"""Adapts allauth's passkeys and second step to Satchel. Its letters are written in `apps.notices.adapter`."""

from __future__ import annotations

import base64
import secrets
from functools import cache
from typing import TYPE_CHECKING

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.devices import device_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.models import User


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That code is not right. Check it, or wait for the next one."),
        "incorrect_credential": _("That passkey did not work. Try again, or sign in another way."),
        "unverified_email": _("Confirm your e-mail addresses first, or remove the ones you have not confirmed."),
        "cannot_generate_recovery_codes": _("Recovery codes belong to the second step. Turn it on first."),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a second factor's seed: a database copy must not hold it, as it is worth as much as the factor."""
        return _box(settings.SHARE_LINK_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a seed. If SHARE_LINK_KEY has changed since, return a random seed that no code fits."""
        try:
            return _box(settings.SHARE_LINK_KEY).decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        """Name a passkey after the present device, which is usually where it is stored."""
        return device_of(self.request.headers.get("User-Agent", "")) or gettext("Passkey")

    def _get_site_name(self) -> str:
        return settings.SITE_NAME


def is_lost(person: User) -> bool:
    """Whether their codes can't be checked any more: SHARE_LINK_KEY is not the one their seed was encrypted with."""
    for one in Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP):
        try:
            _box(settings.SHARE_LINK_KEY).decrypt(one.data["secret"].encode())
        except InvalidToken:
            return True
    return False


@cache
def _box(secret: str) -> Fernet:
    """A separate key, derived from a secret that web processes hold and that outlives SECRET_KEY."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"satchel: second factors").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


class SecondStep(AuthenticateStage):
    """Ask people who use an authenticator app for their second step. Passkeys sign in by themselves, and having one
    rules out no other way: losing the only one must not lose the account.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        person = self.login.user
        if person is None or not Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
            return None, True
        return super().handle()  # type: ignore[no-any-return]
