"""Messages between a learner and assessors about a submission, which use up no attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.notices import verbs as notices
from apps.submissions import policies
from apps.submissions.models import LONGEST_MESSAGE, Message, Submission, ThreadSeen
from apps.submissions.verbs.common import with_reference

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def write_message(submission: Submission, *, by: User, text: str) -> Message:
    """Write to the other side. The learner is told here; the reviews app tells assessors."""
    submission = Submission.objects.locked(submission.pk)
    from_assessor = by.pk != submission.learner_id
    if from_assessor and not policies.can_answer(by, submission):
        raise PermissionDenied
    if submission.state in Submission.RESTING:
        raise Refused(_("This was laid aside, so its thread is closed. It goes on when the work does."))
    if not text.strip():
        raise Refused(_("Write something first."))
    if len(text) > LONGEST_MESSAGE:
        raise Refused(_("A message has up to %(most)d characters.") % {"most": LONGEST_MESSAGE})
    message = Message.objects.create(
        submission=submission, author=by, from_assessor=from_assessor, text=text, written_at=clock.now()
    )
    record("message.written", submission, by=by, message=message.public_id, text=digest(text))
    _saw(submission, by, message)
    if from_assessor:
        notices.write(
            "message",
            key=f"message:{message.public_id}",
            to=submission.learner,
            address=f"{submission.get_absolute_url()}#thread",
            facts={**with_reference(submission), "to_learner": True},
        )
    return message


@transaction.atomic
def read_thread(submission: Submission, *, by: User, until: Message) -> None:
    """Mark the thread as read by a person, up to this message."""
    if by.pk != submission.learner_id and not policies.can_answer(by, submission):
        raise PermissionDenied
    _saw(submission, by, until)


def _saw(submission: Submission, person: User, until: Message) -> None:
    at = until.written_at
    seen, is_first = ThreadSeen.objects.get_or_create(submission=submission, person=person, defaults={"seen_at": at})
    if not is_first:
        # A page left open shows less than the person has read since.
        ThreadSeen.objects.filter(pk=seen.pk, seen_at__lt=at).update(seen_at=at)
