"""Decisions, and what may still be done about them."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from django.conf import settings

from apps.core import clock
from apps.core.questions import Question
from apps.reviews.models import JUDGED_ANEW, Appeal, Decision, Mark, Moderation, Part, Review
from apps.submissions.models import Submission

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet, Value

    from apps.issuers.models import Issuer
    from apps.submissions.models import Attempt


def decision_on(attempt: Attempt) -> Decision | None:
    """The decision in force, released or not, or None."""
    found = _DECISION.first(attempt.pk)
    if found is not None:
        found.attempt = attempt
    return found


def _decision(attempt: Value) -> QuerySet[Decision]:
    return Decision.objects.effective().filter(attempt=attempt).select_related("by", "review").order_by("pk")


_DECISION = Question(_decision)


def is_judged_anew(attempt: Attempt) -> bool:
    """Whether an open turn will lead to a decision that replaces the earlier one."""
    return attempt.turns.open().filter(part__in=JUDGED_ANEW).exists()


def line_of(decision: Decision) -> list[Decision]:
    """A decision and those that it replaced, newest first."""
    found = [decision]
    while found[-1].replaces is not None:
        found.append(found[-1].replaces)
    return found


def marking_of(attempt: Attempt, part: str) -> Review | None:
    """The sent marking of one part that counts: not one passed back, nor one from before a new judging."""
    sent = Review.objects.filter(
        assignment__attempt=attempt,
        assignment__turn__part=part,
        state__in=(Review.State.SUBMITTED, Review.State.ACCEPTED),
    )
    again = Moderation.objects.filter(turn__attempt=attempt, verdict=Moderation.Verdict.AGAIN).order_by("-turn").first()
    if again is not None:
        sent = sent.filter(assignment__turn__gt=again.turn_id)
    return sent.select_related("assignment__assessor").order_by("-pk").first()


def sides_of(attempt: Attempt) -> dict[str, Review]:
    """The two markings between which a lead decides, by marker."""
    parts = {Mark.Adopted.FIRST.value: Part.FIRST, Mark.Adopted.SECOND.value: Part.SECOND}
    found = {whose: marking_of(attempt, part) for whose, part in parts.items()}
    return {whose: review for whose, review in found.items() if review is not None}


def appealable(submission: Submission, *, now: datetime) -> Decision | None:
    """The decision that the learner may appeal against now: released, within the issuer's days, and not yet appealed.
    Otherwise None.
    """
    if submission.state not in Submission.ANSWERED:
        return None
    newest = Decision.objects.effective().filter(attempt__submission=submission, released_at__isnull=False)
    decision = newest.order_by("-attempt__number").first()
    if decision is None or decision.released_at is None or decision.how == Decision.How.APPEALED:
        return None
    issuer = submission.achievement.issuer
    if last_day_to_appeal(decision, issuer) < now.astimezone(clock.zone(issuer.time_zone)).date():
        return None
    return None if Appeal.objects.filter(decision=decision).exists() else decision


def last_day_to_appeal(decision: Decision, issuer: Issuer) -> date:
    """The last day, in the issuer's time zone, to appeal against a released decision. If the issuer hears no appeals,
    the day before its release.
    """
    released = cast("datetime", decision.released_at).astimezone(clock.zone(issuer.time_zone)).date()
    return released + timedelta(days=issuer.appeal_days or -1)


def in_sample(attempt: Attempt, *, percent: int) -> bool:
    """Whether an attempt gets a second look. It depends only on the attempt, so the answer never changes, and on the
    application's secret, so no assessor can predict it.
    """
    drawn = hmac.digest(settings.SECRET_KEY.encode(), f"moderation:{attempt.public_id}".encode(), hashlib.sha256)
    return int.from_bytes(drawn[:8], "big") * 100 < percent << 64
