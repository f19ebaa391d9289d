"""Withdraw work, and reopen it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.core import clock
from apps.core.refused import Refused
from apps.core.views import did
from apps.submissions import queries, retention, verbs
from apps.submissions.models import Submission
from apps.submissions.views.common import own

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Ask for confirmation, and say what happens to the work; withdraw it."""
    found = own(request, public_id)
    refused = ""
    if request.method == "POST":
        try:
            verbs.withdraw(found, by=request.user)
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Withdrawn. Open it again whenever you like."))
            return redirect(found)
    elif not found.can_move(Submission.State.WITHDRAWN):
        return redirect(found)
    context = {"submission": found, "version": found.version, "refused": refused, "kept_until": _kept_until(found)}
    return render(request, "submissions/withdraw.html", context, status=409 if refused else 200)


def _kept_until(found: Submission) -> date:
    """The day on which it would be erased, which is never before its learner is warned."""
    left = queries.touched(Submission.objects.filter(pk=found.pk)).get()
    return max(queries.kept_until(left), clock.now() + retention.WARNED_BEFORE).date()


@login_required
@require_POST
def reopen(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = own(request, public_id)
    did(request, lambda: verbs.reopen(found, by=request.user), _("Open again, with everything that was in it."))
    return redirect(found)
