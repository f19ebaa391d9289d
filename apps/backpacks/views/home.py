"""The home page, and the search in the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.http import reader_of
from apps.accounts.models import User
from apps.backpacks import finding, queries, today
from apps.core.context import shell_of
from apps.core.searching import asked_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """For visitors: what Satchel is, on one screen. For people: what to do next in their present role."""
    shell = shell_of(request)
    if shell.role is None or not isinstance(request.user, User):
        return render(request, "backpacks/home/visitor.html", {"versions": queries.front_window()})
    context = today.of(shell.role.name, request.user, also=[role.name for role in shell.roles])
    return render(request, f"backpacks/home/{shell.role.name}.html", context)


@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """`/search/?q=`: public badges for everyone; for people also their own things, and work they may judge."""
    asked = asked_of(request)
    user = reader_of(request)
    groups = finding.find(asked, user=user) if asked else []
    context = {"asked": asked, "groups": groups, "count": sum(group.count for group in groups)}
    return render(request, "backpacks/search.html", context)
