"""Who may mark and decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.policies import same_person
from apps.issuers import policies as seats

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.submissions.models import Submission


def can_assess(user: User, submission: Submission) -> bool:
    """A seat to assess this achievement, on work that isn't one's own under any address."""
    return seats.can_assess(user, submission.achievement) and not same_person(user, submission.learner)
