"""The assessor's queue and desk; and, for everybody, an achievement's page, which tells how long an answer takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import clock
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.shown import Choice
from apps.core.views import did
from apps.credentials import documents
from apps.credentials.queries import endorsements_shown, held_by
from apps.credentials.views import public_json, wants_json
from apps.issuers import policies as seats
from apps.issuers.catalogue import language_name
from apps.issuers.models import Achievement, AchievementVersion
from apps.reviews import queries, verbs
from apps.reviews.forms import DeskForm, ReturnForm, TalkForm
from apps.reviews.models import Assignment, Review
from apps.submissions import changes, showing
from apps.submissions import queries as work
from apps.submissions import verbs as submissions
from apps.submissions.forms import MessageForm
from apps.submissions.matrix import matrix_of
from apps.submissions.models import Attempt, Submission, Support

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, QueryDict

    from apps.accounts.http import SignedInRequest
    from apps.issuers.models import Alignment, Criterion, EvidenceRequirement, Level
    from apps.submissions.models import EvidenceItem

VIEWS = {
    "all": gettext_lazy("All waiting"),
    "mine": gettext_lazy("Mine"),
    "free": gettext_lazy("Free to take"),
    "late": gettext_lazy("Late"),
    "done": gettext_lazy("Decided by me"),
}


class Asked(NamedTuple):
    """What a criterion asks for, and the skills that it, or one of its levels, meets."""

    criterion: Criterion
    requirements: Sequence[EvidenceRequirement]
    alignments: Sequence[tuple[Alignment, Level | None]]


@require_safe
def achievement(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """The newest published version, or the numbered one; for programs, the achievement as credentials hold it."""
    readable = AchievementVersion.objects.readable().filter(achievement__slug=slug).order_by("-number")
    versions = list(readable.select_related("achievement").only("number", "state", "published_at", "achievement"))
    asked = next((one for one in versions if number in {None, one.number}), None)
    if asked is None:
        raise Http404
    version = (
        AchievementVersion.objects.with_rubric().prefetch_related("achievement__issuer__approvals").get(pk=asked.pk)
    )
    if wants_json(request):
        return public_json(documents.achievement_document(version))
    context = _told(version, versions) | {
        "endorsements": endorsements_shown(version=version),
        "held": held_by(request.user, version.achievement) if request.user.is_authenticated else None,
    }
    response = render(request, "reviews/achievement.html", context)
    response["Vary"] = "Accept, Cookie"
    return response


@login_required
@never_cache
@require_safe
def preview_design(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A version in the making as visitors will read it, and an example of the JSON that will be signed."""
    mine = Achievement.objects.designed_by(request.user)
    making = AchievementVersion.objects.with_rubric().filter(
        achievement__public_id=public_id, achievement__in=mine, state__in=AchievementVersion.UNSEEN
    )
    version = get_object_or_404(making)
    readable = AchievementVersion.objects.readable().filter(achievement=version.achievement_id).order_by("-number")
    sample = documents.sample_credential(version, at=clock.now())
    context = _told(version, [version, *readable]) | {
        "making": True,
        "sample": json.dumps(sample, indent=2, ensure_ascii=False),
    }
    return render(request, "reviews/preview_design.html", context)


def _told(version: AchievementVersion, versions: list[AchievementVersion]) -> dict[str, Any]:
    """What an achievement's page tells; `versions` begin with the newest."""
    asked_by = [_asked_by(criterion, version) for criterion in version.criteria.all()]
    return {
        "version": version,
        "versions": versions,
        "newest": versions[0],
        "before": next((one for one in versions if one.number < version.number), None),
        "alignments": [one for one in version.alignments.all() if one.criterion_id is None],
        "asked": asked_by,
        "evidence_by_criterion": any(one.requirements for one in asked_by),
        "skills_by_criterion": any(one.alignments for one in asked_by),
        "language": language_name(version.language),
        "turnaround": queries.turnaround_of(version.achievement),
        "structured": documents.occupational_credential(version),
        "public_url": settings.PUBLIC_URL,
    }


def _asked_by(criterion: Criterion, version: AchievementVersion) -> Asked:
    levels = {level.pk: level for level in criterion.levels.all()}
    aligned = [
        (one, levels.get(one.level_id or 0)) for one in version.alignments.all() if one.criterion_id == criterion.pk
    ]
    return Asked(criterion, list(criterion.requirements.all()), aligned)


@login_required
@never_cache
@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """What waits for a decision, the most urgent first."""
    if not seats.assesses(request.user):
        return render(request, "reviews/no_seat.html", status=403)
    shown = request.GET.get("view", "")
    if shown not in VIEWS:
        shown = "all"
    if shown == "done":
        rows = queries.decided_by(request.user)
    else:
        rows = queries.queue_for(request.user)
        if shown == "mine":
            rows = rows.filter(is_mine=True)
        elif shown == "free":
            rows = queries.free_for(request.user)
        elif shown == "late":
            rows = queries.late(rows)
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    counts = queries.counts_for(request.user)
    views = [Choice(name, word, number=counts.get(name)) for name, word in VIEWS.items()]
    context = {"page": page, "shown": shown, "counts": counts, "views": views}
    return render(request, "reviews/queue.html", context)


@login_required
@never_cache
@require_safe
def desk(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Evidence beside the rubric. Opening is reading; taking is a button."""
    return _desk_page(request, _attempt(request, public_id))


@login_required
@require_POST
def take(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = _attempt(request, public_id)
    did(request, lambda: verbs.take(attempt, by=request.user))
    return redirect("reviews:desk", public_id)


@login_required
@require_POST
def take_next(request: SignedInRequest) -> HttpResponse:
    try:
        assignment = verbs.take_next(by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reviews:queue")
    if assignment is None:
        messages.info(request, _("Nothing is free to take just now."))
        return redirect("reviews:queue")
    return redirect("reviews:desk", assignment.attempt.public_id)


@login_required
@require_POST
def give_back(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = _attempt(request, public_id)
    held = attempt.assignments.filter(state=Assignment.State.TAKEN).first()
    try:
        if held is None:
            raise Refused(_("You don't hold this any more."))  # noqa: TRY301 - answered like the verb's refusals
        verbs.give_back(held, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reviews:desk", public_id)
    messages.success(request, _("Given back. What you marked is kept for when you take it again."))
    return redirect("reviews:queue")


@login_required
@require_POST
def decide(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Save the marks, or settle the attempt by them: two buttons of one form.

    Whoever lost it meanwhile gets their words back, with a third button that takes it again and saves.
    """
    attempt = _attempt(request, public_id)
    wants_json = request.headers.get("Accept") == "application/json"
    review = _review_of(request, attempt)
    if review is None:
        never = _("Take it first: nobody else can mark it while you hold it.")
        if not wants_json:
            messages.error(request, never)
        return JsonResponse({"errors": [never]}, status=409) if wants_json else redirect("reviews:desk", public_id)
    form = _form(attempt, review, criteria=_criteria(attempt), data=request.POST)
    again = "take" in request.POST
    saving = wants_json or again or "save" in request.POST
    if form.is_valid():
        try:
            if again:
                verbs.take(attempt, by=request.user)
            if saving:
                saved = verbs.save_marks(attempt, by=request.user, **form.words())
                at = timezone.localtime(saved.saved_at)
                if wants_json:
                    return JsonResponse({"saved": f"{at:%H:%M}"})
                messages.success(request, _("Saved."))
                return redirect("reviews:desk", public_id)
            decision = verbs.decide(attempt, by=request.user, **form.words())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            met = decision.outcome == decision.Outcome.MEETS
            said = _("Decided: awarded. The learner is told.") if met else _("Decided: not yet. The learner is told.")
            messages.success(request, said)
            return redirect("reviews:queue")
    status = 422 if Assignment.objects.live().filter(attempt=attempt, assessor=request.user).exists() else 409
    if wants_json:
        return JsonResponse(
            {"errors": [str(error) for errors in form.errors.values() for error in errors]}, status=status
        )
    return _desk_page(request, attempt, form=form, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def return_unscored(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What can't be judged as it is goes back with a reason; asked on a page of its own."""
    attempt = _attempt(request, public_id)
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.return_unscored(attempt, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Returned, not judged. The learner is told why."))
            return redirect("reviews:queue")
    context = {"attempt": attempt, "submission": attempt.submission, "form": form}
    return render(request, "reviews/return_unscored.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@limited("message")
def write_message(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = _attempt(request, public_id)
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            submissions.write_message(attempt.submission, by=request.user, text=form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Sent."))
            return redirect(f"{reverse('reviews:desk', args=[public_id])}#thread")
    return _desk_page(request, attempt, message_form=form, status=422)


@login_required
@require_POST
def hold_talk(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = _attempt(request, public_id)
    form = TalkForm(request.POST)
    if form.is_valid():
        try:
            submissions.hold_talk(attempt.submission, by=request.user, note=form.cleaned_data["note"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Written down. The learner may go on."))
            return redirect("reviews:desk", public_id)
    return _desk_page(request, attempt, talk_form=form, status=422)


def _attempt(request: SignedInRequest, public_id: str) -> Attempt:
    """One that was handed in, for who may assess it; the learner's own door is under /submissions/."""
    attempts = Attempt.objects.handed_in().filter(
        submission__achievement__in=Achievement.objects.assessable_by(request.user)
    )
    attempt = get_object_or_404(
        attempts.select_related(
            "submission__version__achievement__issuer", "submission__learner", "decision__by", "returned"
        ),
        public_id=public_id,
    )
    if attempt.submission.learner_id == request.user.pk:
        raise PermissionDenied(_("You cannot judge this one: the work is yours."))
    return attempt


def _criteria(attempt: Attempt) -> list[Criterion]:
    return list(attempt.submission.version.criteria.prefetch_related("levels"))


def _review_of(request: SignedInRequest, attempt: Attempt) -> Review | None:
    """The person's newest, under a lease that holds or has ended: whether it may be written is the verb's to say."""
    own = Review.objects.filter(assignment__attempt=attempt, assignment__assessor=request.user)
    return own.order_by("-pk").first()


def _form(attempt: Attempt, review: Review, *, criteria: list[Criterion], data: QueryDict | None = None) -> DeskForm:
    """The marks to give: what was met before is locked, and prior learning is asked about piece by piece."""
    asked = list(attempt.evidence.all()) if attempt.submission.route == Submission.Route.PRIOR_LEARNING else []
    met = work.met_before(attempt) if attempt.number > 1 else {}
    return DeskForm(data, criteria=criteria, review=review, met=met, pieces=asked)


def _desk_page(
    request: SignedInRequest,
    attempt: Attempt,
    *,
    form: DeskForm | None = None,
    message_form: MessageForm | None = None,
    talk_form: TalkForm | None = None,
    status: int = 200,
) -> HttpResponse:
    submission = attempt.submission
    version = AchievementVersion.objects.with_rubric().get(pk=submission.version_id)
    held = attempt.assignments.live().select_related("assessor", "review").prefetch_related("review__marks").first()
    mine = held is not None and held.assessor_id == request.user.pk
    prefetch_related_objects([attempt], "evidence__foreign")
    if form is None and mine and held is not None:
        form = _form(attempt, held.review, criteria=list(version.criteria.all()))
    supports = Prefetch("evidence__supports", Support.objects.select_related("criterion"))
    prefetch_related_objects([attempt], supports)
    for piece in attempt.evidence.all():
        piece.attempt = attempt
    work.give_captures(attempt, attempt.evidence.all())
    handed_in = submission.attempts.handed_in().filter(number__lt=attempt.number).select_related("answer", "returned")
    earlier = list(handed_in.prefetch_related("findings__criterion__levels").order_by("-number"))
    decision = getattr(attempt, "decision", None)
    thread = work.thread_of(submission, request.user)
    matrix = matrix_of(version.criteria.all(), attempt.evidence.all())
    context = {
        "attempt": attempt,
        "submission": submission,
        "version": version,
        "pieces": showing.show(attempt.evidence.all(), reader=request.user),
        "matrix": matrix,
        "gaps": sum(row.is_gap for row in matrix),
        "held": held,
        "mine": mine,
        "form": form,
        "can_take": held is None and attempt.state == Attempt.State.ASSESSABLE,
        "late": submission.answer_by is not None
        and submission.answer_by < clock.now().astimezone(ZoneInfo(version.achievement.issuer.time_zone)).date()
        and submission.state in {Submission.State.SUBMITTED, Submission.State.UNDER_ASSESSMENT},
        "earlier": earlier,
        "changes": changes.between(earlier[0], attempt) if earlier else None,
        "findings": attempt.findings.select_related("criterion", "first_met_in").prefetch_related("criterion__levels"),
        "decision": decision,
        "returned": getattr(attempt, "returned", None),
        # Until it is decided, who is to judge blind learns no name.
        "learner": _("The learner") if version.blind and decision is None else submission.learner.name,
        "made_before": _made_before(submission, attempt),
        "thread": thread,
        "message_form": message_form,
        "talk_form": (talk_form or TalkForm()) if decision is not None and work.talk_is_due(submission) else None,
        "resting": submission.state in Submission.RESTING,
    }
    if any(one.is_new for one in thread):
        submissions.read_thread(submission, by=request.user)
    return render(request, "reviews/desk.html", context, status=status)


def _made_before(submission: Submission, attempt: Attempt) -> list[EvidenceItem]:
    """Of work done for this badge, the pieces that are older than its beginning."""
    if submission.route != Submission.Route.WORK:
        return []
    zone = ZoneInfo(submission.version.achievement.issuer.time_zone)
    began = submission.started_at.astimezone(zone).date()
    return [piece for piece in attempt.evidence.all() if piece.made_on is not None and piece.made_on < began]
