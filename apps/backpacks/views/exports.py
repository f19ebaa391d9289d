"""Downloads of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.backpacks import exporting, verbs
from apps.backpacks.models import BackpackItem
from apps.core import clock
from apps.core.limits import limited

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@never_cache
@require_safe
def export(request: SignedInRequest) -> HttpResponse:
    count = BackpackItem.objects.visible_to(request.user).kept().count()
    return render(request, "backpacks/export.html", {"count": count})


@login_required
@require_safe
@limited("export", reading=True)
def export_as(request: SignedInRequest, name: str) -> Any:
    return exporting.sent_as(name, request.user)


@login_required
@require_POST
@reauthentication_required
@limited("export")
def export_account(request: SignedInRequest) -> Any:
    """Send the account's archive. It holds addresses and correspondence, so an open session is not enough."""
    chunks = verbs.export_account(request.user, by=request.user)
    return exporting.sent(chunks, f"account-{clock.now().date().isoformat()}.zip", "application/zip")
