"""Whether the letter with an answer reached the learner, for assessors. It shows no name and no address."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.core import clock
from apps.notices import queries as notices
from apps.notices.models import Notice
from apps.reviews.queries.decisions import is_judged_anew

if TYPE_CHECKING:
    from apps.notices.queries import Posted
    from apps.submissions.models import Attempt


class AnswerLetter(NamedTuple):
    """The newest letter with an answer to an attempt. `why_not`: why it can't be sent again; empty if it can."""

    notice: Notice
    posted: Posted
    why_not: str


def letter_about(attempt: Attempt) -> AnswerLetter | None:
    """None if no such letter was written: there is no answer yet, or the award has a letter of its own."""
    named = attempt.public_id
    keys = [f"{kind}:{named}" for kind in ("not_yet", "declined", "returned")]
    told = Notice.objects.filter(Q(key__in=keys) | Q(key__startswith=f"decided_anew:{named}:"))
    found = told.filter(person=attempt.submission.learner_id).select_related("letter", "person").order_by("-pk").first()
    if found is None:
        return None
    return AnswerLetter(found, notices.posted(found), _why_not(attempt) or notices.why_not_again(found, clock.now()))


def _why_not(attempt: Attempt) -> str:
    if is_judged_anew(attempt):
        return _("It is being judged again, and the learner will hear the outcome.")
    if attempt.submission.attempts.handed_in().filter(number__gt=attempt.number).exists():
        return _("The learner has handed in another attempt since.")
    return ""
