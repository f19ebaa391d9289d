"""Save the marks form when another of its buttons was pressed, before doing what that button does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages

from apps.core.refused import Refused
from apps.reviews import verbs
from apps.reviews.models import Assignment
from apps.reviews.views.common import TAKE_FIRST, criteria_of, desk_form, review_of, to_desk
from apps.reviews.views.desk import desk_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.submissions.models import Attempt


def not_kept(request: SignedInRequest, attempt: Attempt) -> HttpResponse | None:
    """Save the marks as typed and return None. If that is refused, return the desk with everything that was typed."""
    review = review_of(request, attempt)
    if review is None:
        messages.error(request, TAKE_FIRST)
        return to_desk(request, attempt.public_id)
    form = desk_form(attempt, review, reader=request.user, criteria=criteria_of(attempt), data=request.POST)
    if form.is_valid():
        try:
            verbs.save_marks(attempt, by=request.user, **form.words())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return None
    holds = Assignment.objects.live().filter(attempt=attempt, assessor=request.user).exists()
    return desk_page(request, attempt, form=form, status=422 if holds else 409)
