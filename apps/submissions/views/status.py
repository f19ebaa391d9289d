"""The status of a submission: who has it, since when, when an answer can be expected, and what happens next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.shortcuts import render

from apps.core import clock
from apps.submissions import queries
from apps.submissions.models import Attempt, Finding, Submission

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


def status_page(request: SignedInRequest, found: Submission, newest: Attempt) -> HttpResponse:
    attempts = found.attempts.select_related("answer", "returned").prefetch_related(
        Prefetch(
            "findings",
            Finding.objects.select_related("criterion", "first_met_in").prefetch_related("criterion__levels"),
        ),
        "evidence__criteria",
        "former_answers",
    )
    told = list(attempts.order_by("-number"))
    waits = found.state in queries.WAITING
    context = beside(found, newest) | {
        "submission": found,
        "version": found.version,
        "attempts": told,
        "newest": newest,
        "story": queries.story_of(found, told),
        "expected": queries.expected_by(found, clock.now()) if waits else None,
        "checking": newest.state in {Attempt.State.SUBMITTED, Attempt.State.CHECKING},
        "resting": found.state in Submission.RESTING,
        "talk_is_due": queries.talk_is_due(found),
        "can_try_again": found.can_move(Submission.State.DRAFT) and not _used_up(found),
        "thread": queries.thread_of(found, request.user),
    }
    return render(request, "submissions/submission.html", context)


def beside(found: Submission, newest: Attempt) -> dict[str, Any]:
    """What the form page shows too: the number of attempts, what was agreed, and why the last was returned."""
    before = found.attempts.filter(number=newest.number - 1).select_related("returned").first()
    return {
        "attempts_in_words": queries.attempts_in_words(found, number=newest.number),
        "talk": found.coach_talks.order_by("-after_attempt").first(),
        "returned": getattr(before, "returned", None),
        "can_withdraw": found.can_move(Submission.State.WITHDRAWN),
    }


def _used_up(found: Submission) -> bool:
    most = found.version.attempts_allowed
    return most is not None and queries.judged(found) >= most
