"""The operator's admin: view people, switch them off and make them operators, through verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import verbs
from apps.accounts.models import User
from apps.core.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest


@transaction.atomic
def taken_away(person: User, *, by: User) -> None:
    """Take away a second step and write to its owner. The letter is sent here because verbs know no sign-in pages."""
    if verbs.reset_second_step(person, by=by):
        get_adapter().send_mail("mfa/email/second_step_reset", person.email, {"user": person})


# Remove allauth's own: nobody may see or change addresses, seeds of second factors, or where people are signed in.
admin.site.unregister([EmailAddress, Authenticator, UserSession])


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ("email", "name", "is_active", "is_operator", "joined_at")
    search_fields = ("email", "name")
    fields = ("email", "name", "language", "time_zone", "is_active", "is_operator", "is_staff", "joined_at")
    actions = ("switch_off", "switch_on", "make_operator", "unmake_operator", "come_of_age", "reset_second_step")

    @admin.action(description=_("Switch off"))
    def switch_off(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._act(verbs.switch_off, request, people)

    @admin.action(description=_("Switch on"))
    def switch_on(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._act(verbs.switch_on, request, people)

    @admin.action(description=_("Make operator"))
    def make_operator(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._act(verbs.make_operator, request, people)

    @admin.action(description=_("No longer operator"))
    def unmake_operator(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._act(verbs.unmake_operator, request, people)

    @admin.action(description=_("Is old enough to share by themselves"))
    def come_of_age(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._act(verbs.come_of_age, request, people)

    @admin.action(description=_("Remove the second step"))
    def reset_second_step(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._act(taken_away, request, people)

    def _act(self, verb: Callable[..., None], request: HttpRequest, people: QuerySet[User]) -> None:
        # Oneself last: after ending their own role, an operator could not act on the others.
        for person in sorted(people, key=lambda one: one.pk == request.user.pk):
            try:
                verb(person, by=request.user)
            except Refused as refused:
                self.message_user(request, f"{person}: {refused}", messages.ERROR)
            else:
                self.message_user(request, _("Done: %(person)s.") % {"person": person}, messages.SUCCESS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_operator", False))

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False
