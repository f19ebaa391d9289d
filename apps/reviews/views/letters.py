"""Send the letter with an answer again, from the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.views import did
from apps.reviews import verbs
from apps.reviews.views.common import handed_in, to_desk

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@require_POST
def send_again(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = handed_in(request, public_id)
    did(request, lambda: verbs.send_again(attempt, by=request.user), _("On its way again."))
    return to_desk(request, public_id)
