"""Put comments from the bank into a field of a marking, and keep comments from there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.searching import asked_of
from apps.core.views import did_with, keeping_words
from apps.reviews import verbs
from apps.reviews.forms.notes import BankForm
from apps.reviews.models import BankComment
from apps.reviews.views.bank import found_comment
from apps.reviews.views.common import (
    TAKE_FIRST,
    criteria_of,
    errors_of,
    handed_in,
    review_of,
    telling_why_it_went,
    to_desk,
    view_of,
)
from apps.reviews.views.marks_form import not_kept

if TYPE_CHECKING:
    from apps.accounts.http import SignedInRequest
    from apps.reviews.models import Review
    from apps.submissions.models import Attempt

MOST_OFFERED = 200


@keeping_words
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@telling_why_it_went
def comments(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The comments that the bank suggests for one field: as JSON for a script, else as a page with a button each.

    The marks form has a button that posts here, so the marks are saved first.
    """
    attempt = handed_in(request, public_id)
    if request.method == "POST":
        code = request.POST.get("pick", "")
        asked_for = urlencode(
            {"criterion": _code_in(attempt, code)} | ({"from": view} if (view := view_of(request)) else {})
        )
        return not_kept(request, attempt) or redirect(f"{reverse('reviews:comments', args=[public_id])}?{asked_for}")
    code, asked = _code_in(attempt, request.GET.get("criterion", "")), asked_of(request)
    found = BankComment.objects.matching(asked).suggested(
        attempt.submission.achievement, to=request.user, criterion_code=code, level=_level(request.GET.get("level"))
    )
    offered = list(found[: MOST_OFFERED + 1])
    more = len(offered) > MOST_OFFERED
    if request.headers.get("Accept") == "application/json":
        rows = [
            {"id": one.public_id, "text": one.text, "uses": one.uses, "fits": one.fits > 0}
            for one in offered[:MOST_OFFERED]
        ]
        return JsonResponse({"comments": rows, "more": more})
    context = {
        "attempt": attempt,
        "submission": attempt.submission,
        "criterion": next((one for one in criteria_of(attempt) if one.code == code), None),
        "comments": offered[:MOST_OFFERED],
        "more": more,
        "asked": asked,
        "code": code,
    }
    return render(request, "reviews/comments.html", context)


@keeping_words
@require_POST
def use_comment(request: SignedInRequest, public_id: str, comment_id: str) -> HttpResponse:
    """Count a use. Without a script, also put the comment into the field of the saved marks."""
    attempt, comment = handed_in(request, public_id), found_comment(request, comment_id)
    code, level = _code_in(attempt, request.POST.get("criterion", "")), _level(request.POST.get("level"))
    wants_json = request.headers.get("Accept") == "application/json"
    try:
        if not wants_json:
            level = _put_in(request, attempt, code, comment.text)
        used = verbs.use_comment(comment, attempt, by=request.user, criterion_code=code, level=level)
    except Refused as refusal:
        if wants_json:
            return JsonResponse({"errors": [str(refusal)]}, status=409)
        messages.error(request, str(refusal))
    else:
        if wants_json:
            return JsonResponse({"uses": used.uses})
        messages.success(request, _("Inserted. Change the wording if it doesn't quite fit."))
    return to_desk(request, public_id, code or "id_note")


@keeping_words
@require_POST
@limited("note")
@telling_why_it_went
def keep_from_desk(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Keep the text of a marks field in the bank, for its criterion. Without a script, the marks are saved first."""
    attempt = handed_in(request, public_id)
    wants_json = request.headers.get("Accept") == "application/json"
    code = _code_in(attempt, request.POST.get("keep", ""))
    if not wants_json and (refused := not_kept(request, attempt)):
        return refused
    form = BankForm({"text": request.POST.get(f"{code}-comment" if code else "note", "")})
    achievement = attempt.submission.achievement
    keep = partial(
        verbs.keep_comment, achievement.issuer, by=request.user, achievement=achievement, criterion_code=code
    )
    problem = ""
    if did_with(request, form, keep) is None:
        problem = _("Write the comment first.") if form.has_error("text", "required") else " ".join(errors_of(form))
    if wants_json:
        done = {"done": _("Kept in the bank.")}
        return JsonResponse({"errors": [problem]}, status=422) if problem else JsonResponse(done)
    if problem:
        messages.error(request, problem)
    else:
        messages.success(request, _("Kept in the bank."))
    return to_desk(request, public_id, code or "id_note")


def _code_in(attempt: Attempt, code: str) -> str:
    """A criterion's code, or empty for the note to the learner."""
    return code if code in {one.code for one in criteria_of(attempt)} else ""


def _level(said: str | None) -> int | None:
    return int(said) if said and said.isdecimal() and len(said) <= 2 else None  # noqa: PLR2004 - two digits name every level


def _put_in(request: SignedInRequest, attempt: Attempt, code: str, text: str) -> int | None:
    """Append the text to the field. Return the criterion's level, if any."""
    review: Review | None = review_of(request, attempt)
    if review is None:
        raise Refused(TAKE_FIRST)
    answers = {question.value: getattr(review, question) for question in review.Question}
    mark = next((one for one in review.marks.select_related("criterion") if one.criterion.code == code), None)
    level = mark.level if mark else None
    marks, next_steps, adopted = {}, {}, {}
    if code:
        criterion = next(one for one in criteria_of(attempt) if one.code == code)
        marks[criterion] = (level, _behind(mark.comment if mark else "", text))
        next_steps[criterion] = mark.next_step if mark else ""
        adopted[criterion] = mark.adopted if mark else ""
    verbs.save_marks(
        attempt,
        by=request.user,
        marks=marks,
        next_steps=next_steps,
        answers=answers,
        note=review.note if code else _behind(review.note, text),
        adopted=adopted,
        declines=review.declines,
    )
    return level


def _behind(before: str, text: str) -> str:
    return f"{before.rstrip()}\n\n{text}" if before.strip() else text
