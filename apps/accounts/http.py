"""What views are handed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from rest_framework import exceptions

from apps.accounts.models import User

if TYPE_CHECKING:
    from rest_framework.request import Request


class SignedInRequest(HttpRequest):
    """A request behind `login_required`."""

    user: User


def person_of(request: Request) -> User:
    """Who asks the API. Raises NotAuthenticated for a visitor, whom `HasScope` has turned away before."""
    if not isinstance(request.user, User):
        raise exceptions.NotAuthenticated
    return request.user
