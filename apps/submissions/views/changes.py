"""What changed from one attempt to the next, for its learner and its assessors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.submissions import changes as comparing
from apps.submissions import queries
from apps.submissions.models import Attempt

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@never_cache
@require_safe
def changes(request: SignedInRequest, public_id: str, number: int) -> HttpResponse:
    """The changes since the attempt before, or since `?since=<number>`, if this person may read that."""
    readable = Attempt.objects.visible_to(request.user).filter(submission__public_id=public_id)
    found = readable.select_related("submission__version__achievement__issuer")
    attempt = get_object_or_404(found, number=number)
    since = request.GET.get("since", "")
    before = found.filter(number__lt=number).order_by("-number")
    before = before.filter(number=int(since)) if since.isdecimal() and len(since) < 5 else before  # noqa: PLR2004 - no attempt number has as many digits
    earlier = before.first()
    if earlier is None:
        raise Http404
    context = {
        "submission": attempt.submission,
        "version": attempt.submission.version,
        "changes": comparing.between(earlier, attempt, reader=request.user),
        "is_learner": attempt.submission.learner_id == request.user.pk,
        "covered": not queries.may_know_learner(request.user, attempt.submission),
    }
    return render(request, "submissions/changes.html", context)
