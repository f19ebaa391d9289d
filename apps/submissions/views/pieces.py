"""A piece of evidence added, mapped, removed."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from apps.core.ids import clean_id
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.views import did, keeping_words
from apps.submissions import parts, verbs
from apps.submissions.forms import EditForm, EvidenceForm
from apps.submissions.models import EvidenceItem
from apps.submissions.views.common import adds_evidence, newest_attempt, own, own_piece, told

if TYPE_CHECKING:
    from apps.accounts.http import SignedInRequest


@keeping_words
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload")
@adds_evidence
def add_evidence(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A page of its own, so that what was typed on the form page is saved before and lost never."""
    attempt = newest_attempt(own(request, public_id))
    wants_json = request.headers.get("Accept") == "application/json"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if request.method == "POST":
        form = EvidenceForm(request.POST, request.FILES, attempt=attempt, by=request.user)
        if form.is_valid():
            try:
                piece = verbs.add_evidence(
                    attempt, by=request.user, criteria=form.supported(), about=form.about(), **form.given()
                )
            except Refused as refusal:
                form.add_error("upload" if "upload" in form.fields else None, str(refusal))
                status = parts.STATUS.get(type(refusal), status)
            else:
                if wants_json:
                    return JsonResponse({"id": piece.public_id, "title": piece.title}, status=201)
                messages.success(request, _added(piece))
                back = f"{attempt.submission.get_absolute_url()}#evidence"
                # A script that sends with a progress bar would follow a redirect by itself and stay on this page.
                return HttpResponseClientRedirect(back) if "HX-Request" in request.headers else redirect(back)
        if wants_json:
            return JsonResponse({"errors": told(form)}, status=status)
    else:
        form = EvidenceForm(attempt=attempt, by=request.user, kind=request.GET.get("kind"))
    version = attempt.submission.version
    context = {"submission": attempt.submission, "version": version, "attempt": attempt, "form": form}
    return render(request, "submissions/add_evidence.html", context, status=status if form.errors else 200)


@keeping_words
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_evidence(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What a piece is, which criteria it supports, and where in it to look."""
    piece = own_piece(request, public_id)
    form = EditForm(request.POST or None, piece=piece)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data.get("text")
        try:
            verbs.edit_evidence(piece, by=request.user, about=form.about(), criteria=form.supported(), text=text)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{piece.attempt.submission.get_absolute_url()}#piece-{piece.public_id}")
    submission = piece.attempt.submission
    context = {"piece": piece, "form": form, "submission": submission, "version": submission.version}
    return render(request, "submissions/edit_evidence.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def order_evidence(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The order that somebody dragged the pieces into."""
    attempt = newest_attempt(own(request, public_id))
    order = [clean_id(one) for one in request.POST.getlist("order")]
    try:
        verbs.order_evidence(attempt, by=request.user, order=order)
    except Refused as refusal:
        return JsonResponse({"errors": [str(refusal)]}, status=409)
    return HttpResponse(status=204)


@login_required
@require_POST
@limited("capture")
def capture_again(request: SignedInRequest, public_id: str) -> HttpResponse:
    piece = own_piece(request, public_id)
    did(
        request,
        lambda: verbs.capture_again(piece, by=request.user),
        _("We look at it again. Open this page once more in a moment."),
    )
    return redirect("submissions:evidence", public_id)


@login_required
@require_POST
def remove_evidence(request: SignedInRequest, public_id: str) -> HttpResponse:
    piece = own_piece(request, public_id)
    did(
        request, lambda: verbs.remove_evidence(piece, by=request.user), _("Removed: %(title)s") % {"title": piece.title}
    )
    return redirect(f"{piece.attempt.submission.get_absolute_url()}#evidence")


def _added(piece: EvidenceItem) -> str:
    if piece.file_state == EvidenceItem.FileState.CHECKING:
        return _("Added: %(title)s. It is being checked; you can leave this page.") % {"title": piece.title}
    return _("Added: %(title)s") % {"title": piece.title}
