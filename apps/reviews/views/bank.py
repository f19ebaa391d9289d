"""The comment bank: its page, and the way from a field of the desk into it and back."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.ids import clean_id
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.searching import asked_of
from apps.core.views import did, keeping_words
from apps.issuers import policies as seats
from apps.reviews import verbs
from apps.reviews.forms.notes import BankForm, KeepForm
from apps.reviews.models import BankComment
from apps.reviews.queries import shelves
from apps.reviews.views.common import criteria_of, handed_in, review_of
from apps.reviews.views.marks_form import not_kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.accounts.http import SignedInRequest
    from apps.reviews.models import Review
    from apps.submissions.models import Attempt

MOST_OFFERED = 200


@login_required
@never_cache
@require_safe
def bank(request: SignedInRequest) -> HttpResponse:
    """What is said often where this person assesses: by badge and criterion, to search, add to and tidy."""
    if not seats.assesses(request.user):
        return render(request, "reviews/no_seat.html", status=403)
    return _bank_page(request)


@keeping_words
@require_POST
@limited("note")
def keep_comment(request: SignedInRequest) -> HttpResponse:
    """From the page of the bank: a comment, and where it fits."""
    if not seats.assesses(request.user):
        return render(request, "reviews/no_seat.html", status=403)
    shelf = shelves.chosen(request.user, badge=request.POST.get("badge", ""))
    form = KeepForm(request.POST, places_to_keep=shelf.choices())
    if form.is_valid():
        issuer, achievement, code = shelf.place_of(form.cleaned_data["fits"])
        try:
            kept = verbs.keep_comment(
                issuer, by=request.user, text=form.cleaned_data["text"], achievement=achievement, criterion_code=code
            )
        except Refused as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, _("Kept in the bank."))
            return redirect(_at(kept, request))
    return _bank_page(request, keep_form=form, badge=request.POST.get("badge", ""), status=422)


@keeping_words
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("note")
def edit_comment(request: SignedInRequest, public_id: str) -> HttpResponse:
    """In its row, or on a page of its own; a script hears what it is now."""
    comment = _found(request, public_id)
    wants_json = request.headers.get("Accept") == "application/json"
    form = BankForm(request.POST if request.method == "POST" else None, initial={"text": comment.text})
    if form.is_valid():
        try:
            edited = verbs.edit_comment(comment, by=request.user, text=form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error("text", str(refusal))
        else:
            if wants_json:
                return JsonResponse({"id": edited.public_id, "text": edited.text})
            messages.success(request, _("Saved."))
            return redirect(_at(edited, request))
    if wants_json and form.is_bound:
        return JsonResponse({"errors": _told(form)}, status=422)
    return render(
        request,
        "reviews/edit_comment.html",
        {"comment": comment, "form": form, "back": _at(comment, request)},
        status=422 if form.errors else 200,
    )


@login_required
@require_POST
def retire_comment(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Gone from the list; above it stands what was retired, to be taken back."""
    comment = _found(request, public_id)
    retired = verbs.retire_comment(comment, by=request.user)
    return redirect(f"{_at(comment, request).partition('#')[0]}&retired={retired.public_id}")


@login_required
@require_POST
def restore_comment(request: SignedInRequest, public_id: str) -> HttpResponse:
    comment = _found(request, public_id)
    did(request, lambda: verbs.restore_comment(comment, by=request.user), _("Back in the bank."))
    return redirect(_at(comment, request))


@login_required
@never_cache
@require_safe
def bank_csv(request: SignedInRequest) -> HttpResponse:
    """All that this person shares, what was retired too."""
    if not seats.assesses(request.user):
        return render(request, "reviews/no_seat.html", status=403)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="comment-bank.csv"'
    # Spreadsheets take a table for what it is only with a mark at its beginning.
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(shelves.HEADINGS)
    writer.writerows(shelves.lines(request.user))
    return response


@keeping_words
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What the bank offers for one field of a marking: to a script as JSON, else as a page with a button each.

    The form of the marks comes here by a button of its own, and so is kept first.
    """
    attempt = handed_in(request, public_id)
    if request.method == "POST":
        code = request.POST.get("pick", "")
        return not_kept(request, attempt) or redirect(
            f"{reverse('reviews:comments', args=[public_id])}?criterion={_code_in(attempt, code)}"
        )
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


@login_required
@require_POST
def use_comment(request: SignedInRequest, public_id: str, comment_id: str) -> HttpResponse:
    """Count it, for a script that has put it in; else put it in, too, where the marks are kept."""
    attempt, comment = handed_in(request, public_id), _found(request, comment_id)
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
        messages.success(request, _("Put in. Say it in your own words where it doesn't quite fit."))
    return redirect(f"{reverse('reviews:desk', args=[public_id])}#{code or 'id_note'}")


@keeping_words
@require_POST
@limited("note")
def keep_from_desk(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A comment as it stands in a field of the marks, kept in the bank for its criterion. The marks are kept first."""
    attempt = handed_in(request, public_id)
    wants_json = request.headers.get("Accept") == "application/json"
    code = _code_in(attempt, request.POST.get("keep", ""))
    if not wants_json and (refused := not_kept(request, attempt)):
        return refused
    form = BankForm({"text": request.POST.get(f"{code}-comment" if code else "note", "")})
    achievement = attempt.submission.achievement
    act: Callable[[], object] = lambda: verbs.keep_comment(  # noqa: E731 - named for the two who call it
        achievement.issuer,
        by=request.user,
        text=form.cleaned_data["text"],
        achievement=achievement,
        criterion_code=code,
    )
    problem = ""
    if not form.is_valid():
        problem = _("Write the comment first.") if form.has_error("text", "required") else " ".join(_told(form))
    else:
        try:
            act()
        except Refused as refusal:
            problem = str(refusal)
    if wants_json:
        done = {"done": _("Kept in the bank.")}
        return JsonResponse({"errors": [problem]}, status=422) if problem else JsonResponse(done)
    if problem:
        messages.error(request, problem)
    else:
        messages.success(request, _("Kept in the bank."))
    return redirect(f"{reverse('reviews:desk', args=[public_id])}#{code or 'id_note'}")


def _bank_page(
    request: SignedInRequest, *, keep_form: KeepForm | None = None, badge: str = "", status: int = 200
) -> HttpResponse:
    asked = asked_of(request)
    shelf = shelves.chosen(
        request.user, badge=badge or request.GET.get("badge", ""), criterion=request.GET.get("criterion", "")
    )
    resting = request.GET.get("view") == "retired"
    rows = shelf.comments(retired=resting).matching(asked)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    retired = clean_id(request.GET.get("retired", ""))
    undo = BankComment.objects.visible_to(request.user).exclude(retired_at=None)
    context: dict[str, Any] = {
        "shelf": shelf,
        "page": page,
        "groups": shelf.grouped(page.object_list),
        "asked": asked,
        "resting": resting,
        "counts": shelf.counts(),
        "keep_form": keep_form or KeepForm(places_to_keep=shelf.choices()),
        "undo": undo.filter(public_id=retired).first() if retired else None,
    }
    return render(request, "reviews/bank.html", context, status=status)


def _found(request: SignedInRequest, public_id: str) -> BankComment:
    comments = BankComment.objects.visible_to(request.user).select_related("issuer", "achievement")
    return get_object_or_404(comments, public_id=public_id)


def _at(comment: BankComment, request: SignedInRequest) -> str:
    """Its row in the list, as the list was looked at."""
    badge = comment.achievement.slug if comment.achievement else ""
    chosen = badge if request.POST.get("badge") else ""
    return f"{reverse('reviews:bank')}?badge={chosen}#comment-{comment.public_id}"


def _code_in(attempt: Attempt, code: str) -> str:
    """A criterion's code; or nothing, for the note to the learner."""
    return code if code in {one.code for one in criteria_of(attempt)} else ""


def _level(said: str | None) -> int | None:
    return int(said) if said and said.isdecimal() and len(said) <= 2 else None  # noqa: PLR2004 - two digits name every level


def _put_in(request: SignedInRequest, attempt: Attempt, code: str, text: str) -> int | None:
    """Behind what stands in the field already. The level that the criterion has, if any."""
    review: Review | None = review_of(request, attempt)
    if review is None:
        raise Refused(_("Take it first: nobody else can mark it while you hold it."))
    answers = {question.value: getattr(review, question) for question in review.Question}
    mark = next((one for one in review.marks.select_related("criterion") if one.criterion.code == code), None)
    level = mark.level if mark else None
    marks, adopted = {}, {}
    if code:
        criterion = next(one for one in criteria_of(attempt) if one.code == code)
        marks[criterion] = (level, _behind(mark.comment if mark else "", text))
        adopted[criterion] = mark.adopted if mark else ""
    verbs.save_marks(
        attempt,
        by=request.user,
        marks=marks,
        answers=answers,
        note=review.note if code else _behind(review.note, text),
        adopted=adopted,
        declines=review.declines,
    )
    return level


def _behind(before: str, text: str) -> str:
    return f"{before.rstrip()}\n\n{text}" if before.strip() else text


def _told(form: BankForm) -> list[str]:
    return [str(error) for errors in form.errors.values() for error in errors]
