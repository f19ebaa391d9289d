"""Reads of submissions that need a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.core.shown import Moment
from apps.submissions.models import Submission

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.submissions.models import Attempt

_WAITING = {Submission.State.SUBMITTED, Submission.State.UNDER_ASSESSMENT}


def story_of(submission: Submission, attempts: Iterable[Attempt]) -> list[Moment]:
    """What happened to it, the oldest first, and what is still to come. `attempts` bring their `answer`."""
    story = [Moment(_("Begun"), submission.started_at)]
    for attempt in sorted(attempts, key=lambda one: one.number):
        if attempt.submitted_at:
            words = _("Handed in") if attempt.number == 1 else _("Attempt %(n)d handed in") % {"n": attempt.number}
            story.append(Moment(words, attempt.submitted_at))
        answer = getattr(attempt, "answer", None)
        if answer is not None:
            met = Moment(_("Awarded"), answer.given_at)
            story.append(met if answer.met else Moment(_("Not yet"), answer.given_at, "back"))
    if submission.state in _WAITING:
        judged = submission.state == Submission.State.UNDER_ASSESSMENT
        story.append(Moment(_("Being judged") if judged else _("Waiting for an assessor"), tone="now"))
        story.append(Moment(_("You hear by this day"), submission.answer_by, "later"))
    return story
