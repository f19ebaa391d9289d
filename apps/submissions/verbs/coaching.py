"""A talk between two attempts, if a badge requires one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.notices import verbs as notices
from apps.submissions import policies, queries
from apps.submissions.models import CoachTalk, Submission
from apps.submissions.verbs.common import named

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def hold_talk(submission: Submission, *, by: User, note: str) -> CoachTalk:
    """Record a talk with the learner and what was agreed, so that the next attempt may begin."""
    submission = Submission.objects.locked(submission.pk)
    if not policies.can_answer(by, submission):
        raise PermissionDenied
    if not note.strip():
        raise Refused(_("Write what you agreed: the learner reads it before they go on."))
    if not queries.talk_is_due(submission):
        raise Refused(_("No talk is due here: it was held already, or the work is with an assessor."))
    talk = CoachTalk.objects.create(
        submission=submission, after_attempt=queries.judged(submission), by=by, note=note, held_at=clock.now()
    )
    record("talk.held", submission, by=by, talk=talk.public_id, note=digest(note))
    notices.write(
        "talk_held",
        key=f"talk_held:{talk.public_id}",
        to=submission.learner,
        address=submission.get_absolute_url(),
        facts={**named(submission), "note": note},
    )
    return talk
