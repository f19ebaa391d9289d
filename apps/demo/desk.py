"""What the demo's assessors, leads and learners do about work that was handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.demo.designing import issuer_of, user_of
from apps.issuers.models import Achievement
from apps.notices import verbs as notices
from apps.reviews import queries
from apps.reviews import verbs as reviews
from apps.reviews.models import Annotation, BankComment, Mark, Part, Review
from apps.submissions import places
from apps.submissions import queries as work
from apps.submissions.models import Attempt, Submission

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from apps.accounts.models import User
    from apps.demo import shapes
    from apps.issuers.models import Criterion

    Said = Sequence[tuple[int | None, str]]
    Steps = Mapping[int, str]
    Marks = Mapping[Criterion, tuple[int | None, str]]


# --- the rows behind the data
# -----------------------------------------------------------------------------------------
def back(person: shapes.Person) -> User:
    """The user of a person who returns and first reads their notices."""
    user = user_of(person)
    notices.read_all(by=user)
    return user


def submission_of(story: shapes.Story) -> Submission:
    return Submission.objects.get(learner__email=story.learner.email, achievement__slug=story.achievement.slug)


def attempt_of(story: shapes.Story) -> Attempt:
    return submission_of(story).attempts.select_related("submission__version").order_by("-number")[0]


def marks_of(attempt: Attempt, said: Said) -> Marks:
    """The marks, without criteria that an earlier attempt met: those stay as they are."""
    met = work.met_before(attempt)
    told = zip(attempt.submission.version.criteria.all(), said, strict=True)
    return {criterion: mark for criterion, mark in told if criterion not in met}


def steps_of(attempt: Attempt, said: Steps | None) -> Mapping[Criterion, str]:
    """The next steps by criterion; `said` has them by the criterion's number, as the stories do."""
    criteria = attempt.submission.version.criteria.all()
    return {one: step for one in criteria if (step := (said or {}).get(one.position))}


def answers_of(marks: Marks) -> dict[str, bool]:
    """The four questions, answered so that work that falls short of the rubric was not sufficient."""
    enough = all(level is not None and level >= one.required_level for one, (level, _) in marks.items() if one.required)
    return dict.fromkeys(Review.Question.values, True) | {Review.Question.SUFFICIENT.value: enough}


# --- marking ----------------------------------------------------------------------------------------------------------
def mark(story: shapes.Story, desk: shapes.Desk) -> None:
    """Take and mark the work, without sending the marking."""
    attempt, assessor = attempt_of(story), user_of(desk.by)
    reviews.take(attempt, by=assessor)
    annotate(attempt, desk.notes, by=assessor)
    reviews.save_marks(attempt, by=assessor, marks=marks_of(attempt, desk.marks), answers={}, note=desk.note)


def send(
    story: shapes.Story,
    by: shapes.Person,
    said: Said,
    note: str = "",
    *notes: shapes.Noted,
    declines: bool = False,
    next_steps: Steps | None = None,
) -> None:
    """Mark and send, whatever follows from it."""
    attempt, assessor = attempt_of(story), user_of(by)
    reviews.take(attempt, by=assessor)
    annotate(attempt, notes, by=assessor)
    marks = marks_of(attempt, said)
    asked = attempt.evidence.all() if story.prior_learning else ()
    checks = {piece: (dict.fromkeys(Review.Question.values, True), "") for piece in asked}
    answers = answers_of(marks)
    steps = steps_of(attempt, next_steps)
    reviews.decide(
        attempt,
        by=assessor,
        marks=marks,
        next_steps=steps,
        answers=answers,
        note=note,
        checks=checks,
        declines=declines,
    )


def annotate(attempt: Attempt, notes: Sequence[shapes.Noted], *, by: User) -> None:
    criteria = {one.position: one for one in attempt.submission.version.criteria.all()}
    for one in notes:
        reviews.annotate(
            attempt,
            by=by,
            evidence=attempt.evidence.get(title=one.on) if one.on else None,
            criterion=criteria[one.criterion] if one.criterion else None,
            place=places.parse(one.at),
            text=one.text,
            for_learner=one.for_learner,
        )


def reply(story: shapes.Story, by: shapes.Person, text: str) -> None:
    """Answer the newest note among assessors."""
    there = Annotation.objects.filter(review__assignment__attempt=attempt_of(story), parent=None, for_learner=False)
    reviews.reply(there.latest("written_at"), by=user_of(by), text=text)


def hand_back(story: shapes.Story, by: shapes.Person, reason: str) -> None:
    attempt, assessor = attempt_of(story), user_of(by)
    reviews.take(attempt, by=assessor)
    reviews.return_unscored(attempt, by=assessor, reason=reason)


def recuse(story: shapes.Story, by: shapes.Person, kind: str, reason: str) -> None:
    """Take the work, see whose it is, and leave it to others."""
    attempt, assessor = attempt_of(story), user_of(by)
    reviews.take(attempt, by=assessor)
    reviews.recuse(attempt, by=assessor, kind=kind, reason=reason)


# --- what others decide -----------------------------------------------------------------------------------------------
def grant(story: shapes.Story, by: shapes.Person, note: str = "") -> None:
    attempt, grantor = attempt_of(story), user_of(by)
    reviews.take(attempt, by=grantor)
    reviews.grant(attempt, by=grantor, note=note)


def pass_back(story: shapes.Story, by: shapes.Person, reason: str) -> None:
    attempt, grantor = attempt_of(story), user_of(by)
    reviews.take(attempt, by=grantor)
    reviews.pass_back(attempt, by=grantor, reason=reason)


def adjudicate(story: shapes.Story, by: shapes.Person, chosen: Sequence[str | tuple[int, str]], note: str) -> None:
    """Choose on each criterion: “first” or “second” marking, or one's own level and comment."""
    attempt, lead = attempt_of(story), user_of(by)
    reviews.take(attempt, by=lead)
    theirs = {part: queries.marking_of(attempt, part) for part in (Part.FIRST, Part.SECOND)}
    marks: dict[Criterion, tuple[int | None, str]] = {}
    adopted: dict[Criterion, str] = {}
    for criterion, choice in zip(attempt.submission.version.criteria.all(), chosen, strict=True):
        if not isinstance(choice, str):
            marks[criterion], adopted[criterion] = choice, Mark.Adopted.OWN
        elif (sent := theirs[Part(choice)]) is not None:
            found = sent.marks.get(criterion=criterion)
            marks[criterion], adopted[criterion] = (found.level, found.comment), choice
    reviews.decide(attempt, by=lead, marks=marks, answers=answers_of(marks), note=note, adopted=adopted)


def agree(story: shapes.Story, by: shapes.Person, reason: str = "") -> None:
    attempt, moderator = attempt_of(story), user_of(by)
    reviews.take(attempt, by=moderator)
    reviews.agree(attempt, by=moderator, reason=reason)


def change(
    story: shapes.Story, by: shapes.Person, said: Said, *, note: str, reason: str, next_steps: Steps | None = None
) -> None:
    attempt, moderator = attempt_of(story), user_of(by)
    reviews.take(attempt, by=moderator)
    marks = marks_of(attempt, said)
    steps = steps_of(attempt, next_steps)
    reviews.change_decision(
        attempt, by=moderator, marks=marks, next_steps=steps, answers=answers_of(marks), note=note, reason=reason
    )


def answer(story: shapes.Story, by: shapes.Person, said: Said, *notes: shapes.Noted, note: str, reason: str) -> None:
    """Decide an appeal with one's own marks."""
    attempt, lead = attempt_of(story), user_of(by)
    reviews.take(attempt, by=lead)
    annotate(attempt, notes, by=lead)
    marks = marks_of(attempt, said)
    reviews.answer_appeal(attempt, by=lead, marks=marks, answers=answers_of(marks), note=note, reason=reason)


# --- what learners do -------------------------------------------------------------------------------------------------
def appeal(story: shapes.Story, ground: str, grounds: str) -> None:
    reviews.lodge_appeal(submission_of(story), by=back(story.learner), ground=ground, grounds=grounds)


def keep(story: shapes.Story) -> None:
    """Keep the badge from the backpack, and for some learners show it to everyone at once."""
    credential = Credential.objects.filter(
        earner=user_of(story.learner), achievement__slug=story.achievement.slug
    ).first()
    if credential is None:  # the final decision was “not yet”
        return
    credentials.claim(credential, by=back(story.learner))
    if story.public:
        credentials.show(credential, Credential.Visibility.PUBLIC, by=credential.earner)


# --- the bank ---------------------------------------------------------------------------------------------------------
def keep_comment(house: shapes.House, by: shapes.Person, text: str) -> None:
    """Keep a comment for any badge there."""
    reviews.keep_comment(issuer_of(house), by=user_of(by), text=text)


def keep_comment_on(badge: shapes.Achievement, by: shapes.Person, text: str, code: str = "") -> None:
    achievement = Achievement.objects.select_related("issuer").get(slug=badge.slug)
    reviews.keep_comment(achievement.issuer, by=user_of(by), text=text, achievement=achievement, criterion_code=code)


def use_comment(story: shapes.Story, by: shapes.Person, text: str, *, code: str, level: int | None) -> None:
    """Use a comment in a marking, counted as the desk counts it."""
    comment = BankComment.objects.get(text=text, issuer__slug=story.achievement.house)
    reviews.use_comment(comment, attempt_of(story), by=user_of(by), criterion_code=code, level=level)
