"""Who may do what with a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.submissions.models import Submission


def can_edit(user: User, submission: Submission) -> bool:
    """The learner alone writes, hands in and begins again."""
    return user.pk == submission.learner_id
