"""Authenticates API requests, by a session or by a personal token in `Authorization: Bearer`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions, permissions

from apps.accounts import queries
from apps.accounts.http import person_of
from apps.accounts.models import ApiToken
from apps.accounts.verbs import token_digest
from apps.core import clock

if TYPE_CHECKING:
    from rest_framework.request import Request

    from apps.accounts.models import User


class BearerToken(authentication.BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = ApiToken.objects.select_related("person").filter(token_hash=token_digest(secret.strip())).first()
        now = clock.now()
        if (
            token is None
            or token.revoked_at
            or (token.expires_at and token.expires_at <= now)
            or not token.person.is_active
            or import_string(settings.KEPT_OUT)(token.person)
        ):
            raise exceptions.AuthenticationFailed(_("This token is not valid, or is no longer valid."))
        # In the token owner's time zone, since they read the date.
        today = now.astimezone(clock.zone(token.person.time_zone)).date()
        if token.last_used_on != today:
            ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BearerTokenScheme(OpenApiAuthenticationExtension):
    target_class = "apps.accounts.authentication.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class HasScope(permissions.BasePermission):
    """Checks a view's `scopes`, given by method: one, or several that are all needed. A session has them all, a token
    only its own.

    A view without `scopes` is open to everyone. If its person has not agreed to the newest terms, a token can still
    read, so that no report breaks overnight; it can write again once they have.
    """

    message: str | None = None

    def has_permission(self, request: Request, view: Any) -> bool:
        scopes = getattr(view, "scopes", None)
        if scopes is None:
            return True
        # HEAD must reveal nothing that GET doesn't allow.
        needed = scopes.get("GET" if request.method == "HEAD" else request.method)
        if needed is None:
            return request.method == "OPTIONS" or request.method not in view.allowed_methods
        if not request.user.is_authenticated:
            return False
        token: ApiToken | None = request.auth  # type: ignore[assignment] # the stubs know REST framework's own tokens only
        if token is None:
            return True
        if request.method not in permissions.SAFE_METHODS and queries.open_documents(person_of(request)):
            self.message = _("The terms have changed. Sign in and agree to them, then this token writes again.")
            return False
        return token.allows([needed] if isinstance(needed, str) else needed)
