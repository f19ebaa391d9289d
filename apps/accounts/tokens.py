"""The signed address in a letter to a guardian: whoever has it reads the letters of that address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.signing import Signer

if TYPE_CHECKING:
    from apps.accounts.models import GuardianConsent


def _signer() -> Signer:
    # Not SECRET_KEY: a letter must still do what it says after that was changed.
    return Signer(key=settings.SHARE_LINK_KEY, salt="accounts.guardian")


def guardian_token(asked: GuardianConsent) -> str:
    return _signer().sign(asked.public_id)


def read_guardian_token(token: str) -> str:
    """The public id of what was asked; `BadSignature` for no token of ours."""
    return _signer().unsign(token)
