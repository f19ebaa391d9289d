"""Step 3 of the design wizard: the badge picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.issuers.forms.designs import GraphicForm
from apps.issuers.views.designs import step_of_wizard

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def graphic(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The picture as it is drawn, and what it shows in words."""
    return step_of_wizard(request, public_id, "graphic", GraphicForm)
