"""The signed address in a letter that offers a seat: having it shows that you read that address's letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.signing import Signer

if TYPE_CHECKING:
    from apps.issuers.models import Invitation


def _signer() -> Signer:
    # Not SECRET_KEY: letters must still work after that is changed.
    return Signer(key=settings.SHARE_LINK_KEY, salt="issuers.invitation")


def invitation_token(invitation: Invitation) -> str:
    return _signer().sign(invitation.public_id)


def read_invitation_token(token: str) -> str:
    """The invitation's public id; raises `BadSignature` if the token isn't ours."""
    return _signer().unsign(token)
