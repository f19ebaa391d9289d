"""Save marks, decide work, or return it unjudged."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.hours import hour_of
from apps.core.refused import Refused
from apps.core.views import did_with, keeping_words
from apps.reviews import verbs
from apps.reviews.drafting import draft_note
from apps.reviews.forms import ReturnForm
from apps.reviews.models import LONGEST_WORDS, Assignment, Outcome
from apps.reviews.views.common import (
    TAKE_FIRST,
    criteria_of,
    desk_form,
    errors_of,
    handed_in,
    review_of,
    telling_why_it_went,
    to_desk,
    to_queue,
    view_of,
)
from apps.reviews.views.desk import desk_page
from apps.reviews.views.leases import next_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form

    from apps.accounts.http import SignedInRequest
    from apps.accounts.models import User
    from apps.reviews.forms import DeskForm
    from apps.reviews.models import Decision, Review
    from apps.submissions.models import Attempt

Came = TypeVar("Came")


@keeping_words
@require_POST
@telling_why_it_went
def decide(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Save the marks or settle the attempt by them: two buttons of one form. A third settles it and takes the next
    one of the view.

    If the lease was lost, the page shows what was typed, with a third button that takes the work again and saves. If
    another window has saved, it shows one that saves over that.
    """
    return marks_page(request, public_id, send=_decide)


def _decide(attempt: Attempt, by: User, form: DeskForm) -> str:
    return said_of(verbs.decide(attempt, by=by, **form.words()))


def marks_page(
    request: SignedInRequest, public_id: str, *, send: Callable[[Attempt, User, DeskForm], str]
) -> HttpResponse:
    """Handle the marks form: save it if one of the save buttons or a script sent it, else call `send`."""
    attempt = handed_in(request, public_id)
    wants_json = request.headers.get("Accept") == "application/json"
    review = review_of(request, attempt)
    if review is None:
        if not wants_json:
            messages.error(request, TAKE_FIRST)
        return JsonResponse({"errors": [TAKE_FIRST]}, status=409) if wants_json else to_desk(request, public_id)
    form = desk_form(attempt, review, reader=request.user, criteria=criteria_of(attempt), data=request.POST)
    clash = False
    if form.is_valid():
        try:
            if wants_json or _KEEPS & set(request.POST):
                saved = _keep(request, attempt, review, form)
                if wants_json:
                    return JsonResponse({"saved": hour_of(saved.saved_at), "edition": saved.edition})
                return _back_to_the_desk(request, public_id)
            said = send(attempt, request.user, form)
        except Refused as refusal:
            clash = isinstance(refusal, verbs.MarkedElsewhere)
            form.add_error(None, str(refusal))
        else:
            return _on_from(request, said)
    holds = Assignment.objects.live().filter(attempt=attempt, assessor=request.user).exists()
    status = 422 if holds and not clash else 409
    if wants_json:
        return JsonResponse({"errors": errors_of(form)} | ({"clash": True} if clash else {}), status=status)
    return desk_page(request, attempt, form=form, clash=clash, status=status)


def _on_from(request: SignedInRequest, said: str) -> HttpResponse:
    """Back to the view of the queue or, by the third button, on to its next one. `said`: what was done, which stays
    done if there is no next one.
    """
    following, refused = None, ""
    if request.POST.get("decide") == "next":
        try:
            following = next_in(view_of(request), by=request.user)
        except Refused as refusal:
            refused = str(refusal)
        else:
            words = _("%(said)s This is the next one.") if following else _("%(said)s Nothing else waits here.")
            said = words % {"said": said}
    messages.success(request, said)
    if refused:
        messages.error(request, refused)
    return to_desk(request, following.attempt.public_id) if following else to_queue(request)


def words_page(
    request: SignedInRequest,
    public_id: str,
    form: Form,
    *,
    act: Callable[..., Came],
    said: Callable[[Came], str],
) -> HttpResponse:
    """An action at the desk with a text form of its own. If it is refused, the desk shows the form as it was sent."""
    attempt = handed_in(request, public_id)
    came = did_with(request, form, partial(act, attempt, by=request.user))
    if came is None:
        return desk_page(request, attempt, asked=form, status=422)
    messages.success(request, said(came))
    return to_queue(request)


# Buttons that save marks: save, save over another window, take it again and save, draft the note and save.
_KEEPS = {"save", "over", "take", "draft"}


def _keep(request: SignedInRequest, attempt: Attempt, review: Review, form: DeskForm) -> Review:
    words = form.words()
    if "take" in request.POST:
        if words["edition"] not in (None, review.edition):
            raise verbs.MarkedElsewhere
        words["edition"] = verbs.take_again(review, by=request.user).edition
    elif "over" in request.POST:
        verbs.take_again(review, by=request.user)
        words["edition"] = None
    elif "draft" in request.POST:
        words["note"] = _with_draft(words)
    return verbs.save_marks(attempt, by=request.user, **words)


def _back_to_the_desk(request: SignedInRequest, public_id: str) -> HttpResponse:
    if "draft" in request.POST:
        messages.success(request, _("Drafted from your marks. Read it through before you send it."))
        return to_desk(request, public_id, "id_note")
    messages.success(request, _("Saved."))
    return to_desk(request, public_id)


def _with_draft(words: dict[str, Any]) -> str:
    """The note with a draft below what was typed. Refused if there is nothing to draft from, or no room."""
    drafted = draft_note(words["marks"])
    if not drafted:
        raise Refused(_("Choose levels first: the draft is made of them."))
    note: str = words["note"].strip()
    if drafted in note:
        return note
    note = f"{note}\n\n{drafted}".strip()
    if len(note) > LONGEST_WORDS:
        raise Refused(_("The note would get too long with the draft. Shorten it first."))
    return note


def said_of(decision: Decision | None) -> str:
    if decision is None:
        return _("Sent. It is decided once another person has looked.")
    if decision.released_at is None:
        return _("Decided. A moderator looks at it before the learner hears.")
    return {
        Outcome.MEETS: _("Decided: awarded. The learner is told."),
        Outcome.NOT_YET: _("Decided: not yet. The learner is told."),
        Outcome.DECLINED: _("Decided: declined. The learner is told."),
    }[Outcome(decision.outcome)]


@keeping_words
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@telling_why_it_went
def return_unscored(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Return work that can't be judged as it is, with a reason, from a separate page."""
    attempt = handed_in(request, public_id)
    form = ReturnForm(request.POST or None)
    if did_with(request, form, partial(verbs.return_unscored, attempt, by=request.user)) is not None:
        messages.success(request, _("Returned, not judged. The learner is told why."))
        return to_queue(request)
    context = {"attempt": attempt, "submission": attempt.submission, "form": form}
    return render(request, "reviews/return_unscored.html", context, status=422 if form.errors else 200)
