"""Keeps the demo's people out wherever the demo isn't allowed, even if they came with a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied

from apps.core.text import normal_address
from apps.demo import policies

if TYPE_CHECKING:
    from django.http import HttpRequest


class DemoDoor:
    """Precedes the backends that know passwords: it lets nobody in, and refuses on behalf of all of them.

    It has no `get_user`, so that nothing takes it for a backend that someone signed in by.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **credentials: Any
    ) -> None:
        email = normal_address(credentials.get("email") or username or "")
        if email in policies.ADDRESSES and not policies.may_be_here():
            raise PermissionDenied
