"""What views are handed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
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


def say_password_is_gone(request: HttpRequest) -> None:
    """To who proves an address with which somebody signed up before, perhaps they themselves."""
    messages.info(
        request,
        _(
            "The password that was chosen for this address before it was proved no longer works. If you want one, set a new one on your account’s page."
        ),
    )
