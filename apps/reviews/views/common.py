"""Lookups and forms that several review pages share."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.typed import typed_in
from apps.core.views import in_words
from apps.issuers import policies as seats
from apps.reviews import queries
from apps.reviews.forms import BetweenForm, DeskForm, LeadForm, from_view, queue_at, view_in
from apps.reviews.models import Part, Review
from apps.submissions import queries as work
from apps.submissions.models import Submission

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form
    from django.http import HttpResponse, HttpResponseRedirect, QueryDict

    from apps.accounts.http import SignedInRequest
    from apps.accounts.models import User
    from apps.issuers.models import Criterion
    from apps.submissions.models import Attempt, Finding

TAKE_FIRST = gettext_lazy("Take it first: nobody else can mark it while you hold it.")


def handed_in(request: SignedInRequest, public_id: str) -> Attempt:
    """An attempt that was handed in, for someone who may assess it; the learner's pages are under /submissions/."""
    related = ("submission__version__achievement__issuer", "submission__learner", "answer", "returned")
    attempt = queries.at_desk(request.user).select_related(*related).filter(public_id=public_id).first()
    if attempt is None:
        get_object_or_404(queries.seated_at(request.user), public_id=public_id)
        raise PermissionDenied(_("You cannot judge this one: the work is yours."))
    return attempt


def telling_why_it_went(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Tell someone whose work has left their desk why, with what they typed and where to go next. Anyone else gets
    404.
    """

    @wraps(view)
    def asked(request: SignedInRequest, public_id: str) -> HttpResponse:
        try:
            return view(request, public_id)
        except Http404:
            why = queries.why_it_went(request.user, public_id)
            if not why:
                raise
            if request.headers.get("Accept") == "application/json":
                return JsonResponse({"errors": [why], "gone": True}, status=409)
            if "HX-Request" in request.headers:
                return in_words(why, status=409)
            context = {"why": why, "typed": typed_in(request), "assesses": seats.assesses(request.user)}
            return render(request, "reviews/went_away.html", context, status=409)

    return asked


def view_of(request: SignedInRequest) -> str:
    """The view of the queue that the work was opened from, as parameters; empty for the bare queue.

    Every way on from a desk carries it as `?from=`, so nothing is kept between requests.
    """
    return view_in(request.GET.get("from", ""))


def to_queue(request: SignedInRequest) -> HttpResponseRedirect:
    """Back to the view that the work was opened from."""
    return redirect(queue_at(view_of(request)))


def to_desk(request: SignedInRequest, public_id: str, at: str = "") -> HttpResponseRedirect:
    """To the desk of an attempt, which keeps the view. `at`: the id of an element there."""
    address = reverse("reviews:desk", args=[public_id]) + from_view(view_of(request))
    return redirect(f"{address}#{at}" if at else address)


def criteria_of(attempt: Attempt) -> list[Criterion]:
    return list(attempt.submission.version.criteria.prefetch_related("levels"))


def review_of(request: SignedInRequest, attempt: Attempt) -> Review | None:
    """The person's newest review, under a live or an ended lease; the verbs check whether it may be written."""
    own = Review.objects.filter(assignment__attempt=attempt, assignment__assessor=request.user)
    return own.select_related("assignment__turn").order_by("-pk").first()


def desk_form(
    attempt: Attempt, review: Review, *, reader: User, criteria: list[Criterion], data: QueryDict | None = None
) -> DeskForm:
    """The form for the part: criteria met before are locked, and prior learning is asked about piece by piece."""
    asked = list(attempt.evidence.all()) if attempt.submission.route == Submission.Route.PRIOR_LEARNING else []
    facts: dict[str, Any] = {"criteria": criteria, "review": review, "met": met_before(attempt), "pieces": asked}
    part = review.assignment.turn.part
    if part == Part.ADJUDICATE:
        found = queries.sides_of(attempt)
        sides = {whose: {mark.criterion_id: mark for mark in one.marks.all()} for whose, one in found.items()}
        for marks in sides.values():
            # They are shown, and become the comments of whoever chooses them.
            work.cover_words(marks.values(), "comment", mask=work.mask_for(reader, attempt.submission))
        return BetweenForm(data, sides=sides, **facts)
    return (LeadForm if part in (Part.MODERATE, Part.APPEAL) else DeskForm)(data, **facts)


def errors_of(form: Form) -> list[str]:
    """The form's errors as a list, for a script or for one sentence."""
    return [str(error) for errors in form.errors.values() for error in errors]


def met_before(attempt: Attempt) -> dict[Criterion, Finding]:
    return work.met_before(attempt) if attempt.number > 1 else {}
