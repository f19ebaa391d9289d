"""The comment bank's page."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.ids import clean_id
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.searching import asked_of
from apps.core.views import csv_answer, did, keeping_words
from apps.issuers import policies as seats
from apps.reviews import verbs
from apps.reviews.forms.notes import BankForm, KeepForm
from apps.reviews.models import BankComment
from apps.reviews.queries import shelves
from apps.reviews.views.common import errors_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@never_cache
@require_safe
def bank(request: SignedInRequest) -> HttpResponse:
    """The comments used where this person assesses, by badge and criterion: to search, add and edit."""
    if not seats.assesses(request.user):
        return render(request, "reviews/no_seat.html", status=403)
    return _bank_page(request)


@keeping_words
@require_POST
@limited("note")
def keep_comment(request: SignedInRequest) -> HttpResponse:
    """Keep a comment from the bank's page, with where it fits."""
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
    """Edit a comment in its row or on a page of its own; a script receives the new text."""
    comment = found_comment(request, public_id)
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
        return JsonResponse({"errors": errors_of(form)}, status=422)
    return render(
        request,
        "reviews/edit_comment.html",
        {"comment": comment, "form": form, "back": _at(comment, request)},
        status=422 if form.errors else 200,
    )


@login_required
@require_POST
def retire_comment(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Retire a comment. The list then offers to restore it."""
    comment = found_comment(request, public_id)
    retired = verbs.retire_comment(comment, by=request.user)
    return redirect(f"{_at(comment, request).partition('#')[0]}&retired={retired.public_id}")


@login_required
@require_POST
def restore_comment(request: SignedInRequest, public_id: str) -> HttpResponse:
    comment = found_comment(request, public_id)
    did(request, lambda: verbs.restore_comment(comment, by=request.user), _("Back in the bank."))
    return redirect(_at(comment, request))


@login_required
@never_cache
@require_safe
def bank_csv(request: SignedInRequest) -> HttpResponse:
    """All the comments that this person shares, retired ones included."""
    if not seats.assesses(request.user):
        return render(request, "reviews/no_seat.html", status=403)
    response = csv_answer("comment-bank.csv")
    writer = csv.writer(response)
    writer.writerow(shelves.HEADINGS)
    writer.writerows(shelves.lines(request.user))
    return response


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


def found_comment(request: SignedInRequest, public_id: str) -> BankComment:
    """A comment of a bank that this person shares, retired or not."""
    comments = BankComment.objects.visible_to(request.user).select_related("issuer", "achievement")
    return get_object_or_404(comments, public_id=public_id)


def _at(comment: BankComment, request: SignedInRequest) -> str:
    """The address of its row, in the list as it was filtered."""
    badge = comment.achievement.slug if comment.achievement else ""
    chosen = badge if request.POST.get("badge") else ""
    return f"{reverse('reviews:bank')}?badge={chosen}#comment-{comment.public_id}"
