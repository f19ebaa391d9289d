"""What views are handed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from rest_framework import exceptions

from apps.accounts.models import User
from apps.core.context import shell_of

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


def reader_of(request: HttpRequest) -> User | None:
    """Who reads a page that needs nobody. Without the session's cookie, no session is looked for."""
    return request.user if shell_of(request).signed_in and isinstance(request.user, User) else None
