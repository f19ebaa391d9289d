"""Reads of submissions that need a name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, NamedTuple, cast

from django.db.models import DateTimeField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.models import Event
from apps.core.shown import Moment
from apps.issuers.calendar import business_day_after
from apps.submissions import manifest
from apps.submissions.models import Answer, Attempt, EvidenceItem, Finding, Message, Submission, ThreadSeen

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from apps.accounts.models import User
    from apps.issuers.models import Criterion

# A file that is larger is not read to its end while somebody waits for a page.
MOST_READ = 64 * 1024 * 1024
_WAITING = {Submission.State.SUBMITTED, Submission.State.UNDER_ASSESSMENT}
# How fast a queue moves is measured over so long, and says nothing with fewer answers.
MEASURED_OVER, FEWEST_ANSWERS = timedelta(days=60), 5
_QUEUED = (Attempt.State.SUBMITTED, Attempt.State.CHECKING, Attempt.State.ASSESSABLE)
# Of the trail, what a learner did with their work beside handing it in: its word, and its tone on the timeline.
_RESTS: dict[str, tuple[StrOrPromise, str]] = {
    "submission.withdrawn": (gettext_lazy("Withdrawn"), "back"),
    "submission.lapsed": (gettext_lazy("Lapsed"), "back"),
    "submission.reopened": (gettext_lazy("Opened again"), "done"),
}


def story_of(submission: Submission, attempts: Iterable[Attempt]) -> list[Moment]:
    """What happened to it, the oldest first, and what is still to come. `attempts` bring their `answer`."""
    story: list[Moment] = [Moment(_("Begun"), submission.started_at)]
    for attempt in sorted(attempts, key=lambda one: one.number):
        if attempt.submitted_at:
            words = _("Handed in") if attempt.number == 1 else _("Attempt %(n)d handed in") % {"n": attempt.number}
            story.append(Moment(words, attempt.submitted_at))
        returned = getattr(attempt, "returned", None)
        if returned is not None:
            story.append(Moment(_("Returned, not judged"), returned.returned_at, "back"))
        answer = getattr(attempt, "answer", None)
        if answer is not None:
            met = Moment(_("Awarded"), answer.given_at)
            story.append(met if answer.met else Moment(_("Not yet"), answer.given_at, "back"))
    rests = Event.objects.filter(subject_id=submission.public_id, kind__in=_RESTS).order_by("pk")
    story += [Moment(_RESTS[event.kind][0], event.happened_at, _RESTS[event.kind][1]) for event in rests]
    story.sort(key=lambda moment: cast("datetime", moment.at))
    if submission.state in _WAITING:
        being_judged = submission.state == Submission.State.UNDER_ASSESSMENT
        story.append(Moment(_("Being judged") if being_judged else _("Waiting for an assessor"), tone="now"))
        story.append(Moment(_("You hear by this day"), submission.answer_by, "later"))
    return story


def as_they_are(sums: dict[str, str]) -> dict[str, bool | None]:
    """Of pieces by their public id, with the SHA-256 that was signed: whether what is kept still has it.

    None where the piece or its file is gone, or there is too much to read just now.
    """
    found: dict[str, bool | None] = dict.fromkeys(sums)
    left = MOST_READ
    for piece in EvidenceItem.objects.filter(public_id__in=sums).order_by("size"):
        left -= piece.size
        if left < 0:
            break
        now = manifest.sum_now(piece)
        found[piece.public_id] = None if now is None else now == sums[piece.public_id]
    return found


def judged(submission: Submission) -> int:
    """How many attempts count against those allowed: the ones that were answered."""
    return Answer.objects.filter(attempt__submission=submission).count()


def talk_is_due(submission: Submission) -> bool:
    """Whether somebody has to talk with the learner before the next attempt may begin."""
    version = submission.version
    if version.coach_after is None or submission.state != Submission.State.NOT_YET:
        return False
    used = judged(submission)
    if used < version.coach_after or (version.attempts_allowed is not None and used >= version.attempts_allowed):
        return False
    return not submission.coach_talks.filter(after_attempt=used).exists()


def attempts_in_words(submission: Submission, *, number: int) -> str:
    """What the policy of its badge means for this submission, whose newest attempt has this number."""
    version, used = submission.version, judged(submission)
    answered = submission.state in {Submission.State.NOT_YET, Submission.State.AWARDED}
    now = used if answered else used + 1
    most = version.attempts_allowed
    said = [
        _("Attempt %(n)d; you have as many as you need.") % {"n": now}
        if most is None
        else _("Attempt %(n)d of %(most)d.") % {"n": now, "most": most}
    ]
    if number > now:
        said.append(_("What came back unjudged or was withdrawn does not count."))
    if version.coach_after is not None and submission.state != Submission.State.AWARDED:
        following = max(now, version.coach_after) + 1
        if most is None or following <= most:
            said.append(_("Before attempt %(n)d you talk with a coach.") % {"n": following})
    return " ".join(said)


def met_before(attempt: Attempt) -> dict[Criterion, Finding]:
    """What an earlier attempt of the same submission met already, by the newest word on it: it stays as it is."""
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


class Expectation(NamedTuple):
    """By when an answer can be expected. `measured` where it comes from how fast the queue moves, else promised."""

    day: date | None
    ahead: int
    measured: bool


def expected_by(submission: Submission, now: datetime) -> Expectation:
    """From the real queue: how many wait before it, and how fast this badge's work was answered lately."""
    version = submission.version
    issuer = version.achievement.issuer
    ahead = _ahead_of(submission)
    answers = Answer.objects.filter(
        attempt__submission__achievement=submission.achievement_id, given_at__gt=now - MEASURED_OVER, given_at__lte=now
    ).count()
    if answers < FEWEST_ANSWERS:
        waits = submission.state in _WAITING
        promised = submission.answer_by if waits else business_day_after(now, days=version.service_days, issuer=issuer)
        return Expectation(promised, ahead, measured=False)
    at_work = sum((now - timedelta(days=n)).weekday() < 5 for n in range(MEASURED_OVER.days))  # noqa: PLR2004 - weekdays
    days = ceil((ahead + 1) / Fraction(answers, at_work))
    return Expectation(business_day_after(now, days=days, issuer=issuer), ahead, measured=True)


def _ahead_of(submission: Submission) -> int:
    """How many attempts an assessor would take first: all that wait, for a draft; none, for what is being judged."""
    if submission.state == Submission.State.UNDER_ASSESSMENT:
        return 0
    queue = Attempt.objects.filter(state__in=_QUEUED, submission__achievement=submission.achievement_id)
    if submission.state == Submission.State.SUBMITTED:
        mine = submission.attempts.latest("number")
        sooner = Q(submission__answer_by__lt=submission.answer_by)
        queue = queue.filter(sooner | Q(submission__answer_by=submission.answer_by, pk__lt=mine.pk))
    return queue.exclude(submission=submission).count()


def unread_by(person: User) -> QuerySet[Message]:
    """Messages of others that came since this person last had their thread before their eyes."""
    seen = ThreadSeen.objects.filter(submission=OuterRef("submission"), person=person).values("seen_at")
    never = Value(datetime.min.replace(tzinfo=UTC), DateTimeField())
    return Message.objects.from_others(person).filter(written_at__gt=Coalesce(Subquery(seen), never))


class Said(NamedTuple):
    """A message as one of the two sides reads it: `who` as the badge lets it be known, `is_new` since they looked."""

    message: Message
    who: str
    is_mine: bool
    is_new: bool


def thread_of(submission: Submission, reader: User) -> list[Said]:
    """What was said, the oldest first. Where assessors don't see who it is, neither side has a name for the other."""
    seen = ThreadSeen.objects.filter(submission=submission, person=reader).values_list("seen_at", flat=True).first()
    said = []
    for message in submission.messages.select_related("author"):
        is_mine = message.author_id == reader.pk
        is_new = not is_mine and (seen is None or message.written_at > seen)
        said.append(Said(message, _called(message, submission, reader), is_mine, is_new))
    return said


def _called(message: Message, submission: Submission, reader: User) -> str:
    if message.author_id == reader.pk:
        return _("You")
    to_learner = reader.pk == submission.learner_id
    if submission.version.blind and (to_learner or not message.from_assessor):
        return _("Your assessor") if to_learner else _("The learner")
    return message.author.name
