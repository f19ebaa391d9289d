"""The signed address in a letter that offers a seat: whoever has it can read the letters of that address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.signing import Signer

if TYPE_CHECKING:
    from apps.issuers.models import Invitation


def _signer() -> Signer:
    # Not SECRET_KEY: a letter must still do what it says after that was changed.
    return Signer(key=settings.SHARE_LINK_KEY, salt="issuers.invitation")


def invitation_token(invitation: Invitation) -> str:
    return _signer().sign(invitation.public_id)


def read_invitation_token(token: str) -> str:
    """The invitation's public id; `BadSignature` for no token of ours."""
    return _signer().unsign(token)
