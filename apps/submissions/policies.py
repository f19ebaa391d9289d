"""Who may do what with a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.policies import same_person
from apps.issuers import policies as seats
from apps.submissions import queries

if TYPE_CHECKING:
    from apps.accounts.models import LegalHold, User
    from apps.issuers.models import Issuer
    from apps.submissions.models import Submission


def can_edit(user: User, submission: Submission) -> bool:
    """Whether `user` is the learner: only they may write, hand in and try again."""
    return user.pk == submission.learner_id


def can_answer(user: User, submission: Submission) -> bool:
    """Whether `user` may assess this achievement, and the work was handed in and is not their own."""
    return (
        seats.can_assess(user, submission.achievement)
        and not same_person(user, submission.learner)
        and submission.attempts.handed_in().exists()
    )


def can_hold(user: User, submission: Submission) -> bool:
    """Whether `user` is answerable for the work in court: an operator, or an owner of the issuer who didn't do the work
    themselves.
    """
    if user.is_operator:
        return True
    return can_hold_at(user, submission.achievement.issuer) and not same_person(user, submission.learner)


def can_hold_at(user: User, issuer: Issuer) -> bool:
    """Like `can_hold`, for what others handed in to this issuer."""
    return user.is_operator or seats.owns(user, issuer)


def can_lift(user: User, hold: LegalHold, submission: Submission) -> bool:
    """Whether `user` may lift this hold on the submission."""
    issuer = submission.achievement.issuer
    return can_hold(user, submission) and hold.pk in queries.liftable([hold], by=user, at=issuer)
