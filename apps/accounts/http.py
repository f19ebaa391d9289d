"""What views need to know about the person behind a request."""

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
    """The person behind an API request. Raises NotAuthenticated for visitors, whom `HasScope` stops first."""
    if not isinstance(request.user, User):
        raise exceptions.NotAuthenticated
    return request.user


def reader_of(request: HttpRequest) -> User | None:
    """The reader of a public page, if signed in. Without a session cookie, no session is looked up."""
    return request.user if shell_of(request).signed_in and isinstance(request.user, User) else None


def say_password_is_gone(request: HttpRequest) -> None:
    """Tell someone who proves an address that the password chosen at its earlier sign-up, perhaps theirs, is gone."""
    messages.info(
        request,
        _(
            "The password that was chosen for this address before it was proved no longer works. If you want one, set a new one on your account’s page."
        ),
    )
