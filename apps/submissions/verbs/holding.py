"""Put work on legal hold, regardless of its learner's wishes and of time limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from apps.accounts import verbs as accounts
from apps.submissions import policies

if TYPE_CHECKING:
    from apps.accounts.models import LegalHold, User
    from apps.submissions.models import Submission


def hold(submission: Submission, *, by: User, reason: str) -> LegalHold:
    """Keep the work and its learner's account from erasure and expiry. Only an operator may do this, or an owner of
    the issuer it was handed in to. Refused while one stands.
    """
    if not policies.can_hold(by, submission):
        raise PermissionDenied
    return accounts.hold(submission.learner, by=by, reason=reason, submission_id=submission.public_id)
