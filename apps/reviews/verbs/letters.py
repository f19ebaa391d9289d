"""Send the letter with an answer again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.events import record
from apps.core.refused import Refused
from apps.notices import verbs as notices
from apps.reviews import policies, queries
from apps.reviews.verbs.common import cannot_judge, locked

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.notices.models import Letter
    from apps.submissions.models import Attempt


@transaction.atomic
def send_again(attempt: Attempt, *, by: User) -> Letter:
    """Mail the learner the letter with their answer again. Anyone who may assess or lead there may ask for it."""
    attempt, submission = locked(attempt)
    if not (policies.can_assess(by, submission) or policies.can_lead(by, submission)):
        raise cannot_judge(by, submission)
    found = queries.letter_about(attempt)
    if found is None:
        raise Refused(_("There is no letter with an answer to send again."))
    if found.why_not:
        raise Refused(found.why_not)
    letter = notices.send_again(found.notice)
    record("submission.sent_again", submission, by=by, attempt=attempt.public_id, letter=letter.public_id)
    return letter
