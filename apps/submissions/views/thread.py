"""The learner's side of the thread; assessors have theirs on the review page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.ids import clean_id
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.views import keeping_words
from apps.submissions import queries, verbs
from apps.submissions.forms import MessageForm
from apps.submissions.views.common import own

if TYPE_CHECKING:
    from django.http import HttpRequest

    from apps.accounts.http import SignedInRequest
    from apps.submissions.models import Message, Submission


@keeping_words
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("message")
def thread(request: SignedInRequest, public_id: str) -> HttpResponse:
    """All messages, and a form to write another: it uses up no attempt."""
    found = own(request, public_id)
    form = MessageForm(request.POST or None)
    is_read_later = queries.is_read_later(found)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.write_message(found, by=request.user, text=form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            later = _("Sent. Assessors can read it once you hand in your work.")
            messages.success(request, later if is_read_later else _("Sent."))
            return redirect("submissions:thread", public_id)
    said = queries.thread_of(found, request.user)
    context = {
        "submission": found,
        "version": found.version,
        "thread": said,
        "form": form,
        "is_read_later": is_read_later,
    }
    return render(request, "submissions/thread.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def read_thread(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Mark messages as read. A script posts this once they are in view; without scripts it is a button."""
    found = own(request, public_id)
    verbs.read_thread(found, by=request.user, until=message_read(request, found))
    return HttpResponse(status=204) if "HX-Request" in request.headers else redirect("submissions:thread", public_id)


def message_read(request: HttpRequest, found: Submission) -> Message:
    return get_object_or_404(found.messages, public_id=clean_id(request.POST.get("until", "")))
