"""The review page (the desk): evidence beside the rubric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.reviews import queries
from apps.reviews.forms import TalkForm
from apps.reviews.models import JUDGED_ANEW, MARKING, Part, alike
from apps.reviews.place import place_at
from apps.reviews.queries.notes import desk_notes
from apps.reviews.views.common import desk_form, handed_in, telling_why_it_went
from apps.reviews.views.part import part_of
from apps.submissions import changes, showing
from apps.submissions import queries as work
from apps.submissions.matrix import matrix_of
from apps.submissions.models import Submission, Support

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.reviews.forms import DeskForm
    from apps.submissions.forms import MessageForm
    from apps.submissions.models import Attempt, EvidenceItem, Finding


@login_required
@never_cache
@require_safe
@telling_why_it_went
def desk(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Evidence beside the rubric. Opening the page doesn't take the work; a button does."""
    return desk_page(request, handed_in(request, public_id))


@login_required
@never_cache
@require_safe
@telling_why_it_went
def evidence(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Only what was handed in, for a second window beside the desk."""
    attempt = handed_in(request, public_id)
    _bring_pieces(attempt)
    work.cover_attempt(attempt, reader=request.user)
    context = {
        "attempt": attempt,
        "submission": attempt.submission,
        "version": attempt.submission.version,
        "pieces": showing.show(attempt.evidence.all(), reader=request.user),
        "covered": not work.may_know_learner(request.user, attempt.submission),
    }
    return render(request, "reviews/evidence.html", context)


def desk_page(
    request: SignedInRequest,
    attempt: Attempt,
    *,
    form: DeskForm | None = None,
    asked: Form | None = None,
    clash: bool = False,
    message_form: MessageForm | None = None,
    talk_form: TalkForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the desk. `asked`: another form that was refused. `clash`: another window has saved the marks since."""
    submission = attempt.submission
    version = submission.version
    prefetch_related_objects([version], "criteria__levels")
    place = place_at(attempt, request.user)
    mine = place.mine
    _bring_pieces(attempt)
    if form is None and mine and mine.turn.part in MARKING:
        form = desk_form(attempt, mine.review, reader=request.user, criteria=list(version.criteria.all()))
    earlier = _earlier(attempt)
    # When work is judged again, its marker must not see the earlier decision.
    decision = None if place.part in _FRESH else queries.decision_on(attempt)
    findings = _findings(attempt)
    for one in (attempt, *earlier):
        one.submission = submission
        work.cover_attempt(one, reader=request.user)
    mask = work.mask_for(request.user, submission)
    work.cover_words(findings, "comment", mask=mask)
    if form is not None:
        work.cover_words(form.met.values(), "comment", mask=mask)
        # A refused form has loaded pieces of its own.
        for piece in form.pieces:
            work.cover_piece(piece, mask)
    thread = work.thread_of(submission, request.user)
    matrix = matrix_of(version.criteria.all(), attempt.evidence.all())
    pieces = showing.show(attempt.evidence.all(), reader=request.user)
    context = {
        "attempt": attempt,
        "submission": submission,
        "version": version,
        "pieces": pieces,
        "notes": desk_notes(
            attempt,
            reader=request.user,
            can_write=mine is not None and mine.turn.part in MARKING,
            criteria=version.criteria.all(),
            pieces=pieces,
        ),
        "matrix": matrix,
        "gaps": sum(row.is_gap for row in matrix),
        "place": place,
        "held": place.held,
        "mine": mine,
        "form": form,
        "clash": clash,
        # Whoever sends marks may take the next one with them; a second look has buttons of its own.
        "goes_on": mine is not None and form is not None and form.part != Part.MODERATE and not clash,
        # A form can only be continued in a part that is marked the same way.
        "can_take": place.can_take and (form is None or (place.turn and place.turn.part in alike(form.part))),
        "late": submission.answer_by is not None
        and submission.answer_by < clock.now().astimezone(clock.zone(version.achievement.issuer.time_zone)).date()
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
        "letter": queries.letter_about(attempt) if place.is_settled and not form else None,
        **part_of(
            place,
            part=form.part if form else place.part,
            decision=decision,
            criteria=list(version.criteria.all()),
            asked=asked,
            mask=mask,
        ),
    }
    return render(request, "reviews/desk.html", context, status=status)


# Whoever hears an appeal reads the decision it is against.
_FRESH = JUDGED_ANEW - {Part.APPEAL}


def _findings(attempt: Attempt) -> list[Finding]:
    """What the learner was told; empty if there is no answer yet."""
    if not hasattr(attempt, "answer"):
        return []
    return list(attempt.findings.select_related("criterion", "first_met_in").prefetch_related("criterion__levels"))


def _bring_pieces(attempt: Attempt) -> None:
    """Load the evidence to show, with what each piece supports and the captures of links."""
    supports = Prefetch("evidence__supports", Support.objects.select_related("criterion"))
    prefetch_related_objects([attempt], supports)
    if any(piece.foreign_id for piece in attempt.evidence.all()):
        prefetch_related_objects([attempt], "evidence__foreign")
    for piece in attempt.evidence.all():
        piece.attempt = attempt
    work.give_captures(attempt, attempt.evidence.all())


def _earlier(attempt: Attempt) -> list[Attempt]:
    """The attempts handed in before, newest first, with their answers."""
    if attempt.number == 1:
        return []
    before = attempt.submission.attempts.handed_in().filter(number__lt=attempt.number)
    before = before.select_related("answer", "returned").prefetch_related("findings__criterion__levels")
    return list(before.order_by("-number"))


def _made_before(submission: Submission, attempt: Attempt) -> list[EvidenceItem]:
    """For work done for this badge, the pieces made before it was begun."""
    if submission.route != Submission.Route.WORK:
        return []
    zone = clock.zone(submission.version.achievement.issuer.time_zone)
    began = submission.started_at.astimezone(zone).date()
    return [piece for piece in attempt.evidence.all() if piece.made_on is not None and piece.made_on < began]
