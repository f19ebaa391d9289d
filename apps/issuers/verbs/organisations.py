"""Organisations are founded and describe themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from apps.core import clock
from apps.core.events import record
from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def found(*, by: User, slug: str, name: str, **profile: Any) -> Issuer:
    """Found an issuer; who founds it owns it. The operator's act."""
    if not by.is_operator:
        raise PermissionDenied
    issuer = Issuer.objects.create(slug=slug, name=name, created_at=clock.now(), **profile)
    record("issuer.founded", issuer, by=by)
    return issuer
