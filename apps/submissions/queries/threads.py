"""The messages about a submission, as each side reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import DateTimeField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from apps.submissions.models import Message, Submission, ThreadSeen
from apps.submissions.queries.covering import mask_for
from apps.submissions.queries.identity import public_identity

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.accounts.models import User


def unread_by(person: User) -> QuerySet[Message]:
    """Messages by others that arrived since this person last read their thread."""
    seen = ThreadSeen.objects.filter(submission=OuterRef("submission"), person=person).values("seen_at")
    never = Value(datetime.min.replace(tzinfo=UTC), DateTimeField())
    return Message.objects.from_others(person).filter(written_at__gt=Coalesce(Subquery(seen), never))


def is_read_later(submission: Submission) -> bool:
    """Whether assessors can't read the thread yet, as nothing was handed in; see `policies.can_answer`."""
    return submission.state == Submission.State.DRAFT and not submission.attempts.handed_in().exists()


class Said(NamedTuple):
    """A message for one reader: `who` as far as they may know, `is_new` since they last looked."""

    message: Message
    who: str
    is_mine: bool
    is_new: bool
    text: str


def thread_of(submission: Submission, reader: User) -> list[Said]:
    """The messages, oldest first. If the badge is judged blind, neither side has a name for the other."""
    seen = ThreadSeen.objects.filter(submission=submission, person=reader).values_list("seen_at", flat=True).first()
    mask = mask_for(reader, submission)
    said = []
    for message in submission.messages.select_related("author"):
        is_mine = message.author_id == reader.pk
        is_new = not is_mine and (seen is None or message.written_at > seen)
        who = _("You") if is_mine else public_identity(reader, message.author, of=submission)
        said.append(Said(message, who, is_mine, is_new, mask(message.text)))
    return said
