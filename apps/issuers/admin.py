"""The operator's admin: view issuers, and verify them through verbs; nothing is edited here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.issuers import verbs
from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Issuer)
class IssuerAdmin(admin.ModelAdmin[Issuer]):
    list_display = ("name", "slug", "kind", "parent", "verified_at", "created_at")
    list_filter = ("kind", "verified_at")
    list_select_related = ("parent",)
    search_fields = ("name", "slug", "place")
    actions = ("verify", "unverify")
    fields = (
        *("name", "slug", "parent", "kind", "description", "url", "email", "place", "country", "time_zone"),
        *("terminology", "linkedin_number", "quality_provider", "quality_process", "quality_review", "asks_approval"),
        *("evidence_types", "verified_at", "created_at"),
    )

    @admin.action(description=_("Verify: you know who stands behind them"))
    def verify(self, request: HttpRequest, issuers: QuerySet[Issuer]) -> None:
        self._act(verbs.verify, request, issuers)

    @admin.action(description=_("No longer verified"))
    def unverify(self, request: HttpRequest, issuers: QuerySet[Issuer]) -> None:
        self._act(verbs.unverify, request, issuers)

    def _act(self, verb: Callable[..., Issuer], request: HttpRequest, issuers: QuerySet[Issuer]) -> None:
        if not isinstance(request.user, User):
            raise PermissionDenied
        for issuer in issuers:
            verb(issuer, by=request.user)
            self.message_user(request, _("Done: %(issuer)s.") % {"issuer": issuer}, messages.SUCCESS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_operator", False))

    def has_view_permission(self, request: HttpRequest, obj: Issuer | None = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Issuer | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Issuer | None = None) -> bool:
        return False
