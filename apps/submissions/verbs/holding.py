"""A piece of work is kept by law, whatever its learner and the clock ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from apps.accounts import verbs as accounts
from apps.submissions import policies

if TYPE_CHECKING:
    from apps.accounts.models import LegalHold, User
    from apps.submissions.models import Submission


def hold(submission: Submission, *, by: User, reason: str) -> LegalHold:
    """See that nothing of it is erased or runs out, and that its learner's account isn't either. An operator's act, or
    an owner's of the issuer it was handed in to. Asked twice, the first hold stands.
    """
    if not policies.can_hold(by, submission):
        raise PermissionDenied
    return accounts.hold(submission.learner, by=by, reason=reason, submission_id=submission.public_id)
