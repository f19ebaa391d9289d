"""What views are handed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from apps.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request behind `login_required`."""

    user: User
