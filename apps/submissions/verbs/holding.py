"""Place work under a legal hold, regardless of its learner's wishes and of time limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts import verbs as accounts
from apps.core.refused import Refused
from apps.submissions import policies
from apps.submissions.models import Submission

if TYPE_CHECKING:
    from apps.accounts.models import LegalHold, User


@transaction.atomic
def hold(submission: Submission, *, by: User, reason: str) -> LegalHold:
    """Keep the work and its learner's account from erasure and expiry. Only an operator may do this, or an owner of
    the issuer it was handed in to, unless the work is their own. Refused while one stands, and when the work is
    already erased.
    """
    submission = Submission.objects.locked(submission.pk)
    if not policies.can_hold_at(by, submission.achievement.issuer):
        raise PermissionDenied
    if not policies.can_hold(by, submission):
        raise Refused(_("This work is yours. Ask another owner, or an operator, to place the hold."))
    if submission.forgotten_at is not None:
        raise Refused(_("There is nothing left to hold: this work was erased when the time to keep it was over."))
    return accounts.hold(submission.learner, by=by, reason=reason, submission_id=submission.public_id)


@transaction.atomic
def lift_hold(hold: LegalHold, *, by: User) -> None:
    """Lift a hold on a submission. For operators, and for the issuer's owners if one of them placed it, unless the work
    is their own. Idempotent.
    """
    around = Submission.objects.select_related("achievement__issuer", "learner")
    submission = around.get(public_id=hold.submission_id)
    if not policies.can_lift(by, hold, submission):
        raise PermissionDenied
    accounts.lift_hold(hold, by=by)
