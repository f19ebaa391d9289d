"""What happens to people and their tokens."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import transaction

from apps.accounts.models import ApiToken, Scope, User
from apps.core import clock
from apps.core.events import record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

TOKEN_PREFIX = "satchel_"  # noqa: S105 - the part of a token that everybody may know


@transaction.atomic
def register(
    *,
    email: str,
    name: str,
    password: str | None,
    time_zone: str = "Pacific/Auckland",
    is_operator: bool = False,
) -> User:
    """Make a person whose address is known to be theirs: an operator's act, or the demo's. None: no password yet."""
    user = User.objects.create_user(email, password, name=name, time_zone=time_zone, is_operator=is_operator)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    record("person.registered", user, by=user)
    return user


@transaction.atomic
def create_token(
    person: User, *, by: User, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new key to the API, and its secret, which is shown once and kept nowhere."""
    if by.pk != person.pk:
        raise PermissionDenied
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person,
        name=name,
        token_hash=token_digest(secret),
        scopes=[Scope(scope).value for scope in scopes],
        created_at=clock.now(),
        expires_at=expires_at,
    )
    record("token.created", token, by=by, scopes=token.scopes)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User) -> None:
    """End a key at once. Asked twice, it stays ended."""
    token = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if by.pk != token.person_id:
        raise PermissionDenied
    if token.revoked_at:
        return
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    record("token.revoked", token, by=by)


def token_digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
