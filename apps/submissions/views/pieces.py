"""Add, edit, replace, order and remove pieces of evidence."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from apps.core import clock
from apps.core.hours import hour_of
from apps.core.ids import clean_id
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.views import did, keeping_words
from apps.submissions import parts, said, verbs
from apps.submissions.forms import EditForm, EvidenceForm, ReplaceForm
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
    """Add a piece on a page of its own, so that the form page is saved first and nothing typed is lost."""
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
                # A script that sends with a progress bar would follow a redirect itself and stay on this page.
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
@adds_evidence
def edit_evidence(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Edit a piece: its details, the criteria it supports, and where in it to look. A script autosaves and reads
    JSON.
    """
    piece = own_piece(request, public_id)
    form = EditForm(request.POST or None, piece=piece)
    wants_json = request.headers.get("Accept") == "application/json"
    if request.method == "POST" and form.is_valid():
        try:
            piece = verbs.edit_evidence(piece, by=request.user, by_itself=wants_json, **form.given())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            merged = form.merged(piece)
            if wants_json:
                kept = {"edition": said.write(said.of(piece)), "saved": hour_of(clock.now())}
                return JsonResponse(kept | {"merged": merged})
            if merged:
                messages.info(request, _("You also wrote in another tab. Both are kept: look it over."))
                return redirect("submissions:edit_evidence", public_id)
            messages.success(request, _("Saved."))
            return redirect(f"{piece.attempt.submission.get_absolute_url()}#piece-{piece.public_id}")
    if wants_json and form.errors:
        return JsonResponse({"errors": told(form)}, status=422)
    return _edit_page(request, piece, form=form)


@keeping_words
@require_POST
@limited("upload")
@adds_evidence
def replace_file(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Replace the file of a piece, because it was blocked or another one shows the work better."""
    piece = own_piece(request, public_id)
    if not piece.has_file:
        raise Http404
    form = ReplaceForm(request.POST, request.FILES, piece=piece)
    if form.is_valid():
        try:
            piece = verbs.replace_file(piece, by=request.user, upload=form.cleaned_data["upload"])
        except Refused as refusal:
            form.add_error("upload", str(refusal))
            if type(refusal) in parts.STATUS:
                return _edit_page(request, piece, replacing=form, status=parts.STATUS[type(refusal)])
        else:
            messages.success(request, _added(piece))
            return redirect(f"{piece.attempt.submission.get_absolute_url()}#piece-{piece.public_id}")
    return _edit_page(request, piece, replacing=form)


def _edit_page(
    request: SignedInRequest,
    piece: EvidenceItem,
    *,
    form: EditForm | None = None,
    replacing: ReplaceForm | None = None,
    status: int = 422,
) -> HttpResponse:
    submission = piece.attempt.submission
    context = {
        "piece": piece,
        "form": form or EditForm(piece=piece),
        "replacing": replacing or (ReplaceForm(piece=piece) if piece.has_file else None),
        "submission": submission,
        "version": submission.version,
    }
    asked_again = (form and form.errors) or (replacing and replacing.errors)
    return render(request, "submissions/edit_evidence.html", context, status=status if asked_again else 200)


@login_required
@require_POST
def order_evidence(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Save the order that someone dragged the pieces into."""
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
