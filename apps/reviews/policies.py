"""Who may mark, decide and lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.policies import same_person
from apps.issuers import policies as seats
from apps.reviews.models import LEADING, banks_of

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.issuers.models import Achievement, Issuer
    from apps.submissions.models import Submission


def can_assess(user: User, submission: Submission) -> bool:
    """A seat to assess this achievement, on work that isn't one's own under any address."""
    return seats.can_assess(user, submission.achievement) and not same_person(user, submission.learner)


def can_keep_comments(user: User, issuer: Issuer, achievement: Achievement | None) -> bool:
    """Whoever assesses the badge; or, for comments on any badge of the issuer, whoever assesses there."""
    if achievement is not None:
        return achievement.issuer_id == issuer.pk and seats.can_assess(user, achievement)
    return banks_of(user).filter(pk=issuer.pk).exists()


def can_lead(user: User, submission: Submission) -> bool:
    """A seat to moderate, on work that isn't one's own: hands out, takes over, decides between, looks again."""
    return seats.can_moderate(user, submission.achievement) and not same_person(user, submission.learner)


def can_play(user: User, submission: Submission, part: str) -> bool:
    """The seat that a part in judging asks for, on work that isn't one's own."""
    return can_lead(user, submission) if part in LEADING else can_assess(user, submission)


def has_seat_for(user: User, submission: Submission, part: str) -> bool:
    """As `can_play`, whoever the learner is."""
    can = seats.can_moderate if part in LEADING else seats.can_assess
    return can(user, submission.achievement)


def can_see_to_credential(user: User, submission: Submission) -> bool:
    """Who may take a credential back also sees to one whose decision changed; never to their own."""
    issuer = submission.achievement.issuer
    return seats.can_publish(user, issuer) and not same_person(user, submission.learner)
