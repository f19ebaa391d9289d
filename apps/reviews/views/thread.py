"""Messages to the learner, and talks with them, from the desk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.views import did_with, keeping_words
from apps.reviews.forms import TalkForm
from apps.reviews.views.common import handed_in, telling_why_it_went, to_desk
from apps.reviews.views.desk import desk_page
from apps.submissions import verbs as submissions
from apps.submissions.forms import MessageForm
from apps.submissions.views.thread import message_read

if TYPE_CHECKING:
    from apps.accounts.http import SignedInRequest


@keeping_words
@require_POST
@limited("message")
@telling_why_it_went
def write_message(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = handed_in(request, public_id)
    form = MessageForm(request.POST)
    if did_with(request, form, partial(submissions.write_message, attempt.submission, by=request.user)) is None:
        return desk_page(request, attempt, message_form=form, status=422)
    messages.success(request, _("Sent."))
    return to_desk(request, public_id, "thread")


@login_required
@require_POST
@telling_why_it_went
def read_thread(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Mark messages as read. A script posts this once they are in view; without scripts it is a button."""
    found = handed_in(request, public_id).submission
    submissions.read_thread(found, by=request.user, until=message_read(request, found))
    if "HX-Request" in request.headers:
        return HttpResponse(status=204)
    return to_desk(request, public_id, "thread")


@keeping_words
@require_POST
@telling_why_it_went
def hold_talk(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = handed_in(request, public_id)
    form = TalkForm(request.POST)
    if form.is_valid():
        try:
            submissions.hold_talk(attempt.submission, by=request.user, note=form.cleaned_data["note"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Written down. The learner may go on."))
            return to_desk(request, public_id)
    return desk_page(request, attempt, talk_form=form, status=422)
