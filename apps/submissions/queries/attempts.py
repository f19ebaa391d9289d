"""The attempts of a submission: its history, how many count, and what was met before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.models import Event
from apps.core.shown import Moment
from apps.submissions.models import Answer, Attempt, Finding, FormerAnswer, Submission
from apps.submissions.queries.waiting import WAITING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

    from apps.issuers.models import Criterion

# Events other than handing in and answers: the label, and its tone on the timeline.
_RESTS: dict[str, tuple[StrOrPromise, str]] = {
    "submission.withdrawn": (gettext_lazy("Withdrawn"), "back"),
    "submission.lapsed": (gettext_lazy("Lapsed"), "back"),
    "submission.reopened": (gettext_lazy("Opened again"), "done"),
    "appeal.lodged": (gettext_lazy("Appeal lodged"), "done"),
    "appeal.withdrawn": (gettext_lazy("Appeal withdrawn"), "back"),
    "appeal.answered": (gettext_lazy("Appeal answered"), "done"),
}


# The status of work that waits for an answer.
_NOW: dict[str, StrOrPromise] = {
    Submission.State.SUBMITTED: gettext_lazy("Waiting for an assessor"),
    Submission.State.UNDER_ASSESSMENT: gettext_lazy("Being judged"),
    Submission.State.AWAITING_DECISION: gettext_lazy("Marked, and looked at once more"),
    Submission.State.UNDER_APPEAL: gettext_lazy("Your appeal is being heard"),
}


def story_of(submission: Submission, attempts: Iterable[Attempt]) -> list[Moment]:
    """The history of a submission, oldest first, and what is still to come. `attempts` bring their `answer`."""
    story: list[Moment] = [Moment(_("Begun"), submission.started_at)]
    for attempt in sorted(attempts, key=lambda one: one.number):
        if attempt.submitted_at:
            words = _("Handed in") if attempt.number == 1 else _("Attempt %(n)d handed in") % {"n": attempt.number}
            story.append(Moment(words, attempt.submitted_at))
        returned = getattr(attempt, "returned", None)
        if returned is not None:
            story.append(Moment(_("Returned, not judged"), returned.returned_at, "back"))
        answer = getattr(attempt, "answer", None)
        story += [_told_in_story(one) for one in (*attempt.former_answers.all(), answer) if one is not None]
    rests = Event.objects.filter(subject_id=submission.public_id, kind__in=_RESTS).order_by("pk")
    story += [Moment(_RESTS[event.kind][0], event.happened_at, _RESTS[event.kind][1]) for event in rests]
    story.sort(key=lambda moment: cast("datetime", moment.at))
    if submission.state in WAITING:
        story.append(Moment(_NOW[submission.state], tone="now"))
        story.append(Moment(_("You hear by this day"), submission.answer_by, "later"))
    return story


def _told_in_story(answer: Answer | FormerAnswer) -> Moment:
    if answer.met:
        return Moment(_("Awarded"), answer.given_at)
    return Moment(_("Declined") if answer.declined else _("Not yet"), answer.given_at, "back")


class Formerly(NamedTuple):
    """What a learner was told before, with its findings in the form of current ones."""

    answer: FormerAnswer
    findings: list[Finding]


def told_before(attempt: Attempt) -> list[Formerly]:
    """Former answers, newest first. `attempt` brings its findings, which name the criteria."""
    by_code = {one.criterion.code: one.criterion for one in attempt.findings.all()}
    formers = sorted(attempt.former_answers.all(), key=lambda one: one.pk, reverse=True)
    return [
        Formerly(
            former,
            [
                Finding(
                    attempt=attempt,
                    criterion=by_code[one["criterion"]],
                    level=one["level"],
                    met=one["met"],
                    comment=one["comment"],
                    next_step=one.get("next_step", ""),  # what was laid aside before there were any
                )
                for one in former.findings
            ],
        )
        for former in formers
    ]


def judged(submission: Submission) -> int:
    """How many attempts count against those allowed: those that were answered."""
    return Answer.objects.filter(attempt__submission=submission).count()


def talk_is_due(submission: Submission) -> bool:
    """Whether someone has to talk with the learner before the next attempt may begin."""
    version = submission.version
    if version.coach_after is None or submission.state != Submission.State.NOT_YET:
        return False
    used = judged(submission)
    if used < version.coach_after or (version.attempts_allowed is not None and used >= version.attempts_allowed):
        return False
    return not submission.coach_talks.filter(after_attempt=used).exists()


def attempts_in_words(submission: Submission, *, number: int) -> str:
    """What the badge's limit on attempts means for a submission whose newest attempt has this number."""
    version, used = submission.version, judged(submission)
    answered = submission.state in {*Submission.ANSWERED, Submission.State.UNDER_APPEAL}
    now = used if answered else used + 1
    most = version.attempts_allowed
    if number == now:
        said = [
            _("Attempt %(n)d; you have as many as you need.") % {"n": now}
            if most is None
            else _("Attempt %(n)d of %(most)d.") % {"n": now, "most": most}
        ]
    else:
        # The number on the page includes attempts that don't count, so say how many are used without one.
        said = [
            _("You have as many attempts as you need.")
            if most is None
            else _("Of %(most)d attempts you have used %(n)d.") % {"n": used, "most": most},
            _("What came back unjudged or was withdrawn does not count."),
        ]
    if version.coach_after is not None and submission.state not in {
        Submission.State.AWARDED,
        Submission.State.DECLINED,
    }:
        following = max(now, version.coach_after) + 1
        if most is None or following <= most:
            said.append(_("Before attempt %(n)d you talk with a coach.") % {"n": following})
    return " ".join(said)


def met_before(attempt: Attempt) -> dict[Criterion, Finding]:
    """What an earlier attempt of the submission met, by its newest finding: it stays as it is."""
    if attempt.number == 1:
        return {}
    met = (
        Finding.objects.filter(
            attempt__submission=attempt.submission_id,
            attempt__number__lt=attempt.number,
            criterion__version=attempt.submission.version_id,
            met=True,
        )
        .select_related("criterion", "attempt", "first_met_in")
        .order_by("attempt__number")
    )
    return {finding.criterion: finding for finding in met}


def lives_beside(submission: Submission) -> bool:
    """Whether the learner has begun the same badge again, so that this submission can't be continued."""
    mine = Submission.objects.under_way().filter(learner=submission.learner_id)
    others = mine.filter(achievement=submission.achievement_id)
    return others.exclude(pk=submission.pk).exists()
