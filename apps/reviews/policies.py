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
    """Whether `user` has a seat to assess this achievement and the work isn't their own, under any address."""
    return seats.can_assess(user, submission.achievement) and not same_person(user, submission.learner)


def can_keep_comments(user: User, issuer: Issuer, achievement: Achievement | None) -> bool:
    """Whether `user` assesses the badge or, for comments on any badge, assesses for the issuer."""
    if achievement is not None:
        return achievement.issuer_id == issuer.pk and seats.can_assess(user, achievement)
    return banks_of(user).filter(pk=issuer.pk).exists()


def can_lead(user: User, submission: Submission) -> bool:
    """Whether `user` has a seat to moderate and the work isn't theirs: leads assign, take over, decide between two,
    and look again.
    """
    return seats.can_moderate(user, submission.achievement) and not same_person(user, submission.learner)


def can_play(user: User, submission: Submission, part: str) -> bool:
    """Whether `user` has the seat that a part needs, and the work isn't their own."""
    return can_lead(user, submission) if part in LEADING else can_assess(user, submission)


def has_seat_for(user: User, submission: Submission, part: str) -> bool:
    """As `can_play`, regardless of who the learner is."""
    can = seats.can_moderate if part in LEADING else seats.can_assess
    return can(user, submission.achievement)


def can_see_to_credential(user: User, submission: Submission) -> bool:
    """Whether `user` may revoke the issuer's credentials, and so see to a changed decision; never their own."""
    issuer = submission.achievement.issuer
    return seats.can_publish(user, issuer) and not same_person(user, submission.learner)
