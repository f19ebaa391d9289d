"""A learner's submissions: the list, the status, handing in, trying again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import clock
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.submissions import queries, verbs
from apps.submissions.matrix import matrix_of
from apps.submissions.models import Attempt, Submission
from apps.submissions.views.common import adds_evidence, newest_attempt, own
from apps.submissions.views.status import status_page
from apps.submissions.views.writing import form_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@require_safe
def submissions(request: SignedInRequest) -> HttpResponse:
    mine = (
        Submission.objects.filter(learner=request.user)
        .select_related("version__achievement__issuer")
        .annotate(has_news=Exists(queries.unread_by(request.user).filter(submission=OuterRef("pk"))))
        .order_by("-started_at", "-pk")
    )
    page = Paginator(mine, 25).get_page(request.GET.get("page"))
    return render(request, "submissions/submissions.html", {"page": page})


@login_required
@never_cache
@require_safe
@adds_evidence
def submission(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The form while the attempt is open; after that, its status."""
    found = own(request, public_id)
    attempt = newest_attempt(found)
    if attempt.state == Attempt.State.OPEN and found.state == Submission.State.DRAFT:
        return form_page(request, attempt)
    return status_page(request, found, attempt)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("submit")
def submit(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Review the attempt, then hand it in: nothing can be changed after that."""
    found = own(request, public_id)
    attempt = newest_attempt(found)
    refused = ""
    if request.method == "POST":
        try:
            handed_in = verbs.submit(attempt, by=request.user)
        except Refused as refusal:
            refused = str(refusal)
            attempt = newest_attempt(own(request, public_id))
        else:
            day = handed_in.answer_by
            messages.success(
                request, _("Handed in. You hear by %(day)s.") % {"day": date_format(day, "j F") if day else ""}
            )
            return redirect(found)
    # A double click or another tab: an attempt is handed in only once.
    if attempt.state != Attempt.State.OPEN or attempt.submission.state != Submission.State.DRAFT:
        return redirect(found)
    pieces = list(attempt.evidence.prefetch_related("criteria", "supports"))
    context = {
        "submission": found,
        "version": found.version,
        "attempt": attempt,
        "pieces": pieces,
        "matrix": matrix_of(found.version.criteria.all(), pieces),
        "answer_by": verbs.promised_date(found.version, clock.now(), days=found.days_promised),
        "missing": verbs.what_is_missing(attempt),
        "refused": refused,
    }
    return render(request, "submissions/submit.html", context, status=409 if refused else 200)


@login_required
@require_POST
def try_again(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = own(request, public_id)
    try:
        attempt = verbs.try_again(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Attempt %(number)d is open. Everything is carried over.") % {"number": attempt.number}
        )
    return redirect(found)
