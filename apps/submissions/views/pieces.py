"""A piece of evidence added, mapped, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.views import did
from apps.submissions import verbs
from apps.submissions.forms import EvidenceForm, MapForm
from apps.submissions.models import EvidenceItem
from apps.submissions.views.common import newest_attempt, own, own_piece

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload")
def add_evidence(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A page of its own, so that what was typed on the form page is saved before and lost never."""
    attempt = newest_attempt(own(request, public_id))
    if request.method == "POST":
        form = EvidenceForm(request.POST, request.FILES, attempt=attempt)
        if form.is_valid():
            try:
                piece = verbs.add_evidence(attempt, by=request.user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error("upload" if "upload" in form.fields else None, str(refusal))
            else:
                messages.success(request, _added(piece))
                back = f"{attempt.submission.get_absolute_url()}#evidence"
                # A script that sends with a progress bar would follow a redirect by itself and stay on this page.
                return HttpResponseClientRedirect(back) if "HX-Request" in request.headers else redirect(back)
    else:
        form = EvidenceForm(attempt=attempt, kind=request.GET.get("kind"))
    context = {
        "submission": attempt.submission,
        "version": attempt.submission.version,
        "attempt": attempt,
        "form": form,
    }
    return render(request, "submissions/add_evidence.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def map_evidence(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Say which criteria a piece supports."""
    piece = own_piece(request, public_id)
    form = MapForm(request.POST or None, attempt=piece.attempt, initial={"criteria": piece.criteria.all()})
    if request.method == "POST" and form.is_valid():
        try:
            verbs.map_evidence(piece, by=request.user, criteria=form.cleaned_data["criteria"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{piece.attempt.submission.get_absolute_url()}#evidence")
    submission = piece.attempt.submission
    context = {"piece": piece, "form": form, "submission": submission, "version": submission.version}
    return render(request, "submissions/map_evidence.html", context, status=422 if form.errors else 200)


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
