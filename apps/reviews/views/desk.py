"""The desk: evidence beside the rubric."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.issuers.models import AchievementVersion
from apps.reviews import policies, queries
from apps.reviews.forms import DeskForm, TalkForm
from apps.reviews.models import MARKING, Assignment
from apps.reviews.views.common import desk_form, handed_in
from apps.submissions import changes, showing
from apps.submissions import queries as work
from apps.submissions import verbs as submissions
from apps.submissions.matrix import matrix_of
from apps.submissions.models import Attempt, Submission, Support

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.submissions.forms import MessageForm
    from apps.submissions.models import EvidenceItem


@login_required
@never_cache
@require_safe
def desk(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Evidence beside the rubric. Opening is reading; taking is a button."""
    return desk_page(request, handed_in(request, public_id))


def desk_page(
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
    open_now = attempt.assignments.open().select_related("assessor", "turn", "review").prefetch_related("review__marks")
    current = list(open_now.order_by("turn"))
    mine = next((one for one in current if one.assessor_id == request.user.pk and one.holds_still), None)
    waiting = [
        turn for turn in attempt.turns.open().order_by("pk") if policies.can_play(request.user, submission, turn.part)
    ]
    taken = {one.turn_id: one for one in current if one.holds_still or one.state == Assignment.State.OFFERED}
    free = next(
        (turn for turn in waiting if turn.pk not in taken or taken[turn.pk].assessor_id == request.user.pk), None
    )
    held = mine or next((taken[turn.pk] for turn in waiting if turn.pk in taken), None)
    prefetch_related_objects([attempt], "evidence__foreign")
    if form is None and mine and mine.turn.part in MARKING:
        form = desk_form(attempt, mine.review, criteria=list(version.criteria.all()))
    supports = Prefetch("evidence__supports", Support.objects.select_related("criterion"))
    prefetch_related_objects([attempt], supports)
    for piece in attempt.evidence.all():
        piece.attempt = attempt
    work.give_captures(attempt, attempt.evidence.all())
    handed_in = submission.attempts.handed_in().filter(number__lt=attempt.number).select_related("answer", "returned")
    earlier = list(handed_in.prefetch_related("findings__criterion__levels").order_by("-number"))
    decision = queries.decision_on(attempt)
    findings = list(attempt.findings.select_related("criterion", "first_met_in").prefetch_related("criterion__levels"))
    for one in (attempt, *earlier):
        one.submission = submission
        work.cover_attempt(one, reader=request.user)
    mask = work.mask_for(request.user, submission)
    work.cover_words(findings, "comment", mask=mask)
    if form is not None:
        work.cover_words(form.met.values(), "comment", mask=mask)
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
        "turn": mine.turn if mine else free,
        "form": form,
        "can_take": mine is None and free is not None,
        "late": submission.answer_by is not None
        and submission.answer_by < clock.now().astimezone(ZoneInfo(version.achievement.issuer.time_zone)).date()
        and submission.state in work.WAITING,
        "earlier": earlier,
        "changes": changes.between(earlier[0], attempt, reader=request.user) if earlier else None,
        "findings": findings,
        "decision": decision,
        "returned": getattr(attempt, "returned", None),
        "learner": work.public_identity(request.user, submission.learner, of=submission),
        "covered": not work.may_know_learner(request.user, submission),
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
