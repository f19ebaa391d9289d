"""The history of a submission, for those who may assess it: to read, to print, and for programs."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.views import csv_answer
from apps.credentials.tables import defused
from apps.issuers import policies as seats
from apps.reviews.queries.story import HEADINGS, story_of
from apps.reviews.views.common import handed_in
from apps.submissions import policies
from apps.submissions import queries as work
from apps.submissions.forms import HoldForm

if TYPE_CHECKING:
    from apps.accounts.http import SignedInRequest
    from apps.reviews.queries.story import Chapter
    from apps.submissions.models import Attempt


@login_required
@never_cache
@require_safe
def story(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = handed_in(request, public_id)
    submission = attempt.submission
    context = {"attempt": attempt, "submission": submission, "chapters": _chapters(request, attempt)}
    if policies.can_hold(request.user, submission):
        held = work.hold_on(submission, reader=request.user)
        context |= {"may_hold": True, "held": held, "form": HoldForm(initial={"submission": submission.public_id})}
    return render(request, "reviews/story.html", context)


@login_required
@never_cache
@require_safe
def story_csv(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = handed_in(request, public_id)
    response = csv_answer(f"story-{attempt.submission.reference}.csv")
    writer = csv.writer(response)
    writer.writerow(HEADINGS)
    for chapter in _chapters(request, attempt):
        for one in chapter.entries:
            cells = (one.attempt, one.at.isoformat(), one.what, one.who, one.more, one.kind, one.event)
            writer.writerow([defused(str(cell)) for cell in cells])
    return response


@login_required
@never_cache
@require_safe
def story_json(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = handed_in(request, public_id)
    body = {
        "reference": attempt.submission.reference,
        "badge": attempt.submission.version.name,
        "events": [
            {
                "id": one.event,
                "kind": one.kind,
                "at": one.at.isoformat(),
                "attempt": one.attempt,
                "what": str(one.what),
                "who": str(one.who),
                "more": one.more,
                "sealed": {"block": one.sealed.block, "hash": one.sealed.hash} if one.sealed else None,
            }
            for chapter in _chapters(request, attempt)
            for one in chapter.entries
        ],
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="story-{attempt.submission.reference}.json"'
    return response


def _chapters(request: SignedInRequest, attempt: Attempt) -> list[Chapter]:
    submission = attempt.submission
    return story_of(submission, reader=request.user, leads=seats.can_moderate(request.user, submission.achievement))
