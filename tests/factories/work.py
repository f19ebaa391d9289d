from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.accounts.models import User
from apps.core import outbox
from apps.credentials.models import Credential
from apps.issuers import verbs as issuers
from apps.issuers.models import AchievementVersion, Criterion
from apps.reviews import verbs as reviews
from apps.reviews.models import Appeal, Decision, Review
from apps.submissions import queries, verbs
from apps.submissions.models import Attempt, EvidenceItem
from tests.factories.people import person
from tests.factories.rubrics import assessor_of, drafted_version, owner_of, published_version, seated
from tests.shelf import shelved

ALL_GOOD = {question.value: True for question in Review.Question}


WORDS_OF_AN_ATTEMPT = {
    "context_place": "A woolshed near Gore",
    "context_period": "March 2026",
    "context_role": "I ground the gear.",
    "context_confirmer": "",
    "overview": "What I did.",
    "reflection": "What I learnt.",
    "declared_own": True,
}


def nobody_in(title: str) -> verbs.About:
    """A piece of that title in which nobody can be recognised."""
    return verbs.About(title=title, people=EvidenceItem.People.NOBODY)


def png_upload(name: str = "after.png", *, colour: str = "teal") -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "PNG")
    return SimpleUploadedFile(name, data.getvalue(), content_type="image/png")


@shelved
def open_attempt(version: AchievementVersion | None = None, *, learner: User | None = None) -> Attempt:
    """Everything is there to be handed in: words, and one text that supports every criterion."""
    learner = learner or person("Learner")
    submission = verbs.start(version or published_version(), by=learner)
    attempt = submission.attempts.get()
    verbs.save_draft(attempt, by=learner, edition=attempt.edition, **WORDS_OF_AN_ATTEMPT)
    verbs.add_evidence(
        attempt,
        by=learner,
        kind=EvidenceItem.Kind.TEXT,
        title="Log",
        text="I sharpened ten knives.",
        criteria=Criterion.objects.filter(version=submission.version),
    )
    attempt.refresh_from_db()
    return attempt


@shelved
def changed(attempt: Attempt) -> Attempt:
    """A further attempt, ready to be handed in: what changed is said, and that it is one's own work."""
    return verbs.save_draft(
        attempt,
        by=attempt.submission.learner,
        edition=attempt.edition,
        what_changed="I ground it anew.",
        declared_own=True,
    )


@shelved
def submitted_attempt(version: AchievementVersion | None = None, *, learner: User | None = None) -> Attempt:
    """Handed in; the job that freezes it is still to come."""
    attempt = open_attempt(version, learner=learner)
    verbs.submit(attempt, by=attempt.submission.learner)
    attempt.refresh_from_db()
    return attempt


@shelved
def assessable_attempt(version: AchievementVersion | None = None, *, learner: User | None = None) -> Attempt:
    attempt = submitted_attempt(version, learner=learner)
    return waiting(attempt)


@shelved
def waiting(attempt: Attempt) -> Attempt:
    """Frozen, and in the queue: as the jobs do after handing in."""
    verbs.freeze(attempt.pk)
    reviews.open_turns(attempt)
    return _anew(attempt)


@shelved
def taken_attempt(version: AchievementVersion | None = None, *, assessor: User | None = None) -> tuple[Attempt, User]:
    attempt = assessable_attempt(version)
    assessor = assessor or assessor_of(attempt.submission.achievement)
    reviews.take(attempt, by=assessor)
    return attempt, assessor


def marks_for(attempt: Attempt, *, short: bool = False) -> dict[Criterion, tuple[int | None, str]]:
    """Every criterion at the level needed, or, when `short`, the first one below it with a comment; but for those that
    an earlier attempt met.
    """
    met = queries.met_before(attempt)
    marks: dict[Criterion, tuple[int | None, str]] = {
        criterion: (criterion.required_level, "Well shown.")
        for criterion in attempt.submission.version.criteria.all()
        if criterion not in met
    }
    if short:
        first = next(iter(marks))
        marks[first] = (first.required_level - 1, "Set the edge evenly, then show it again.")
    return marks


@shelved
def decided(*, short: bool = False, version: AchievementVersion | None = None, step: str = "") -> Decision:
    """`step`: the next step that is asked for on the first criterion."""
    attempt, assessor = taken_attempt(version)
    marks = marks_for(attempt, short=short)
    steps = {next(iter(marks)): step}
    return reviews.decide(attempt, by=assessor, marks=marks, next_steps=steps, answers=ALL_GOOD, note="Thank you.")


@shelved
def recommended(*, short: bool = False, version: AchievementVersion | None = None) -> Review:
    """Four eyes: one assessor recommended it, and it waits for another person to grant that."""
    attempt, assessor = taken_attempt(version or published_version(policy="four_eyes"))
    marks = marks_for(attempt, short=short)
    reviews.decide(attempt, by=assessor, marks=marks, answers=ALL_GOOD, note="Well done.")
    sent = Review.objects.select_related("assignment__assessor", "assignment__attempt")
    return sent.get(assignment__attempt=attempt)


@shelved
def granting(**facts) -> tuple[Attempt, User]:
    """As `recommended`, and somebody has taken it to grant it."""
    return _taken_by_another(recommended(**facts).assignment.attempt, "assessor")


@shelved
def marked_apart(version: AchievementVersion | None = None, *, agreed: bool = False) -> Attempt:
    """Two assessors sent theirs apart: the first below what is needed on one criterion, the second, unless they
    `agreed`, not.
    """
    attempt = assessable_attempt(version or published_version(policy="double_blind"))
    for short, words in ((True, "The first."), (agreed, "The second.")):
        assessor = assessor_of(attempt.submission.achievement)
        reviews.take(attempt, by=assessor)
        reviews.decide(attempt, by=assessor, marks=marks_for(attempt, short=short), answers=ALL_GOOD, note=words)
    return _anew(attempt)


@shelved
def adjudicating(version: AchievementVersion | None = None) -> tuple[Attempt, User]:
    """As `marked_apart`, and a lead has taken it to decide between the two."""
    return _taken_by_another(marked_apart(version), "moderator")


@shelved
def sampled(*, before: bool = False, short: bool = False, **words) -> Decision:
    """Decided, and in the sample: a moderator is to look again, before the learner hears or after."""
    draft = drafted_version(moderation_percent=100, **words)
    AchievementVersion.objects.filter(pk=draft.pk).update(moderation_before=before)
    draft.refresh_from_db()
    return decided(short=short, version=issuers.publish(draft, by=owner_of(draft.achievement.issuer)))


@shelved
def moderating(**facts) -> tuple[Attempt, User]:
    """As `sampled`, and a moderator has taken it."""
    return _taken_by_another(sampled(**facts).attempt, "moderator")


@shelved
def appealed(*, short: bool = True, version: AchievementVersion | None = None) -> Appeal:
    """Decided, and its learner appealed."""
    decision = decided(short=short, version=version)
    submission = decision.attempt.submission
    return reviews.lodge_appeal(
        submission, by=submission.learner, ground="evidence", grounds="Nobody watched the second film."
    )


@shelved
def hearing(**facts) -> tuple[Attempt, User]:
    """As `appealed`, and a lead has taken it to hear that."""
    return _taken_by_another(appealed(**facts).decision.attempt, "moderator")


def _taken_by_another(attempt: Attempt, role: str) -> tuple[Attempt, User]:
    somebody = seated(role, attempt.submission.achievement.issuer)
    reviews.take(attempt, by=somebody)
    return _anew(attempt), somebody


def _anew(attempt: Attempt) -> Attempt:
    related = ("submission__version__achievement__issuer", "submission__learner")
    return Attempt.objects.select_related(*related).get(pk=attempt.pk)


@shelved
def second_attempt(version: AchievementVersion | None = None, *, learner: User | None = None) -> Attempt:
    """Ready to be assessed, after a first that was met but for one criterion."""
    first = assessable_attempt(version, learner=learner)
    assessor = assessor_of(first.submission.achievement)
    reviews.take(first, by=assessor)
    reviews.decide(first, by=assessor, marks=marks_for(first, short=True), answers=ALL_GOOD, note="Nearly.")
    learner = first.submission.learner
    second = verbs.try_again(first.submission, by=learner)
    verbs.save_draft(
        second, by=learner, edition=0, overview="What I did, evenly.", what_changed="The edge.", declared_own=True
    )
    verbs.submit(second, by=learner)
    return waiting(second)


@shelved
def awarded_credential(*, version: AchievementVersion | None = None) -> Credential:
    """Awarded, signed, baked, offered and in the backpack: every job of it has run."""
    decision = decided(version=version)
    outbox.drain()
    return Credential.objects.select_related("version__achievement", "issuer", "earner").get(
        decision_id=decision.public_id
    )


@shelved
def credential_with_picture(
    *,
    learner: User | None = None,
    title: str = "After",
    name: str = "after.png",
    version: AchievementVersion | None = None,
) -> Credential:
    """As `awarded_credential`, for a text and a picture."""
    attempt = open_attempt(version, learner=learner)
    learner = attempt.submission.learner
    verbs.add_evidence(
        attempt,
        by=learner,
        kind=EvidenceItem.Kind.IMAGE,
        upload=png_upload(name, colour="olive"),
        about=nobody_in(title),
    )
    verbs.submit(attempt, by=learner)
    waiting(attempt)
    assessor = assessor_of(attempt.submission.achievement)
    reviews.take(attempt, by=assessor)
    decision = reviews.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="Thank you.")
    outbox.drain()
    return Credential.objects.select_related("version__achievement", "issuer", "earner").get(
        decision_id=decision.public_id
    )
