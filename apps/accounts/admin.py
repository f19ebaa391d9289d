"""The operator's admin: people can be looked at and switched off, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin

from apps.accounts.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest

# allauth registers its own: addresses, seeds of second factors, and where people sit are nobody's to change or read.
admin.site.unregister([EmailAddress, Authenticator, UserSession])


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ("email", "name", "is_active", "is_operator", "joined_at")
    search_fields = ("email", "name")
    fields = ("email", "name", "language", "time_zone", "is_active", "is_operator", "is_staff", "joined_at")
    readonly_fields = ("email", "joined_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False
