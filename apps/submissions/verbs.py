"""What happens to a submission: started, written, handed in, frozen, answered, begun again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import clock, outbox
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.credentials import queries as credentials
from apps.issuers import comparing
from apps.issuers.calendar import business_day_after
from apps.issuers.models import AchievementVersion
from apps.notices import verbs as notices
from apps.submissions import files, manifest, policies
from apps.submissions.models import Answer, Attempt, EvidenceItem, Finding, Submission

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from django.core.files.uploadedfile import UploadedFile

    from apps.accounts.models import User
    from apps.issuers.models import Achievement, Criterion

MOST_PIECES = 50


@transaction.atomic
def start(version: AchievementVersion, *, by: User) -> Submission:
    """Begin a submission with an open first attempt; the one already under way is given back."""
    version = AchievementVersion.objects.select_related("achievement").get(pk=version.pk)
    if version.state != AchievementVersion.State.PUBLISHED:
        raise Refused(_("This version takes no new submissions."))
    _refuse_held(version.achievement, by)
    under_way = Submission.objects.filter(
        learner=by, achievement=version.achievement, state__in=Submission.LIVE
    ).first()
    if under_way is not None:
        return under_way
    now = clock.now()
    try:
        with transaction.atomic():
            submission = Submission.objects.create(
                learner=by, version=version, achievement=version.achievement, started_at=now
            )
    except IntegrityError:  # a double click: the other one was first
        return Submission.objects.get(learner=by, achievement=version.achievement, state__in=Submission.LIVE)
    Attempt.objects.create(submission=submission, number=1, saved_at=now)
    record("submission.started", submission, by=by, version=version.number)
    return submission


@transaction.atomic
def change_version(submission: Submission, *, by: User) -> Submission:
    """Go on with the newest wording of the achievement: a learner's choice, while nothing was judged by the old one.

    Each piece of evidence supports what its criteria have become; where one is gone, the piece supports one less.
    """
    submission = Submission.objects.locked(submission.pk)
    if not policies.can_edit(by, submission):
        raise PermissionDenied
    newest = submission.achievement.versions.public().with_rubric().first()
    if newest is None or newest.pk == submission.version_id:
        raise Refused(_("There is no newer version. You are on the newest already."))
    attempt = submission.attempts.locked_newest()
    if submission.state != Submission.State.DRAFT or attempt.number > 1:
        raise Refused(_("Your work was judged by version %(n)d, so it stays there.") % {"n": submission.version.number})
    old = AchievementVersion.objects.with_rubric().get(pk=submission.version_id)
    became: dict[int, int] = {before.pk: new for new, before in comparing.pairs_of(old, newest).items()}
    for piece in attempt.evidence.prefetch_related("criteria"):
        piece.criteria.set([became[one.pk] for one in piece.criteria.all() if one.pk in became])
    submission.version = newest
    submission.save(update_fields=["version"])
    record("submission.version_changed", submission, by=by, before=old.number, version=newest.number)
    return submission


@transaction.atomic
def save_draft(attempt: Attempt, *, by: User, overview: str, reflection: str, edition: int) -> Attempt:
    """Keep the words of an open attempt. `edition` is the one that the writer began from."""
    attempt = _opened(attempt, by)
    if edition != attempt.edition and (attempt.overview, attempt.reflection) != (overview, reflection):
        raise Refused(_("You saved this in another tab meanwhile. Copy what you wrote here, then open the page again."))
    attempt.overview, attempt.reflection = overview, reflection
    attempt.edition += 1
    attempt.saved_at = clock.now()
    attempt.save(update_fields=["overview", "reflection", "edition", "saved_at"])
    return attempt


@transaction.atomic
def add_evidence(
    attempt: Attempt,
    *,
    by: User,
    kind: str,
    title: str = "",
    text: str = "",
    url: str = "",
    upload: UploadedFile | None = None,
    criteria: Iterable[Criterion] = (),
) -> EvidenceItem:
    """Add a piece of evidence to an open attempt and say which criteria it supports."""
    attempt = _opened(attempt, by)
    if attempt.evidence.count() >= MOST_PIECES:
        raise Refused(_("An attempt holds up to %(most)d pieces of evidence.") % {"most": MOST_PIECES})
    last = attempt.evidence.aggregate(last=Max("position"))["last"] or 0
    piece = EvidenceItem(attempt=attempt, position=last + 1, kind=kind, title=title, added_at=clock.now())
    if piece.has_file:
        if upload is None:
            raise Refused(_("Choose a file first."))
        kept = files.keep(upload, image=kind == EvidenceItem.Kind.IMAGE)
        piece.file, piece.file_name, piece.media_type = kept.name, kept.file_name, kept.media_type
        piece.size, piece.sha256 = kept.size, kept.sha256
    elif kind == EvidenceItem.Kind.LINK:
        piece.url, piece.sha256 = url, manifest.sum_of(url)
    else:
        piece.text, piece.sha256 = text, manifest.sum_of(text)
    piece.title = piece.title or (piece.file_name or piece.url or str(EvidenceItem.Kind.TEXT.label))[:300]
    piece.save()
    piece.criteria.set(_of_its_rubric(attempt, criteria))
    record("evidence.added", attempt.submission, by=by, evidence=piece.public_id, sha256=piece.sha256)
    return piece


@transaction.atomic
def map_evidence(piece: EvidenceItem, *, by: User, criteria: Iterable[Criterion]) -> None:
    """Say anew which criteria a piece supports."""
    attempt = _opened(piece.attempt, by)
    piece.criteria.set(_of_its_rubric(attempt, criteria))


@transaction.atomic
def remove_evidence(piece: EvidenceItem, *, by: User) -> None:
    """Take a piece out of an open attempt. Its bytes stay while another attempt holds them."""
    attempt = _opened(piece.attempt, by)
    EvidenceItem.objects.filter(pk=piece.pk).delete()
    record("evidence.removed", attempt.submission, by=by, evidence=piece.public_id, sha256=piece.sha256)


@transaction.atomic
def submit(attempt: Attempt, *, by: User) -> Submission:
    """Hand an attempt in: no more edits. A job sums the evidence and freezes the manifest."""
    attempt = _opened(attempt, by)
    submission = attempt.submission
    if missing := what_is_missing(attempt):
        raise Refused(missing[0])
    now = clock.now()
    attempt.move(Attempt.State.SUBMITTED)
    attempt.submitted_at = now
    attempt.save(update_fields=["state", "submitted_at"])
    submission.move(Submission.State.SUBMITTED)
    submission.submitted_at = now
    submission.answer_by = promised_date(submission.version, now)
    submission.save(update_fields=["state", "submitted_at", "answer_by"])
    record("submission.submitted", submission, by=by, attempt=attempt.public_id, number=attempt.number)
    outbox.enqueue(
        "apps.submissions.tasks.freeze", key=f"freeze:{attempt.public_id}:{now.timestamp()}", attempt_id=attempt.pk
    )
    notices.write(
        "handed_in",
        key=f"handed_in:{attempt.public_id}",
        to=submission.learner,
        address=submission.get_absolute_url(),
        facts={**_named(submission), "answer_by": submission.answer_by, "reference": submission.reference},
    )
    return submission


def freeze(attempt_id: int) -> None:
    """Sum the evidence again, freeze the manifest, and make the attempt ready to assess.

    A file that no longer agrees with its sum gives the attempt back to the learner.
    """
    with transaction.atomic():
        attempt = Attempt.objects.select_related("submission").select_for_update(of=("self",)).get(pk=attempt_id)
        if attempt.state == Attempt.State.SUBMITTED:
            attempt.move(Attempt.State.CHECKING)
            attempt.save(update_fields=["state"])
    pieces = list(attempt.evidence.prefetch_related("criteria"))
    broken = next((piece for piece in pieces if manifest.first_difference(piece)), None)
    with transaction.atomic():
        attempt = Attempt.objects.locked(attempt_id)
        if attempt.state != Attempt.State.CHECKING:
            return
        submission = Submission.objects.locked(attempt.submission_id)
        if broken:
            attempt.move(Attempt.State.OPEN)
            attempt.save(update_fields=["state"])
            submission.move(Submission.State.DRAFT)
            submission.save(update_fields=["state"])
            record("attempt.broken", submission, by=None, attempt=attempt.public_id, evidence=broken.public_id)
            notices.write(
                "file_broken",
                key=f"file_broken:{broken.public_id}:{attempt.submitted_at}",
                to=submission.learner,
                address=submission.get_absolute_url(),
                facts={**_named(submission), "piece": broken.title},
            )
            return
        attempt.submission = submission
        attempt.manifest = manifest.compose(attempt, pieces)
        attempt.manifest_sha256 = manifest.sum_of(attempt.manifest)
        attempt.move(Attempt.State.ASSESSABLE)
        attempt.save(update_fields=["state", "manifest", "manifest_sha256"])
        record("attempt.frozen", submission, by=None, attempt=attempt.public_id, manifest=attempt.manifest_sha256)


@dataclass(frozen=True)
class Told:
    """What the assessors release about one criterion."""

    criterion: Criterion
    level: int
    met: bool
    comment: str


@transaction.atomic
def answer(attempt: Attempt, *, met: bool, findings: Sequence[Told], note: str, by: User, at: datetime) -> Submission:
    """Close an assessed attempt with what the learner is told. Reviews decides; the journey is kept here.

    The caller holds the locks on the attempt and its submission and has asked who may.
    """
    attempt.move(Attempt.State.CLOSED)
    attempt.save(update_fields=["state"])
    submission = attempt.submission
    submission.move(Submission.State.AWARDED if met else Submission.State.NOT_YET)
    submission.decided_at = at
    submission.save(update_fields=["state", "decided_at"])
    Answer.objects.create(attempt=attempt, met=met, note=note, given_at=at)
    Finding.objects.bulk_create(
        Finding(attempt=attempt, criterion=one.criterion, level=one.level, met=one.met, comment=one.comment)
        for one in findings
    )
    record(f"submission.{submission.state}", submission, by=by, attempt=attempt.public_id, note=digest(note))
    if not met:
        to_change = [{"criterion": one.criterion.name, "comment": one.comment} for one in findings if not one.met]
        notices.write(
            "not_yet",
            key=f"not_yet:{attempt.public_id}",
            to=submission.learner,
            address=submission.get_absolute_url(),
            facts={**_named(submission), "to_change": to_change, "note": note},
        )
    return submission


def _named(submission: Submission) -> dict[str, str]:
    """What every notice about a submission names."""
    return {"badge": submission.version.name, "issuer": submission.version.achievement.issuer.name}


@transaction.atomic
def try_again(submission: Submission, *, by: User) -> Attempt:
    """Open the next attempt after a “not yet”, with everything of the last carried over."""
    submission = Submission.objects.locked(submission.pk)
    if not policies.can_edit(by, submission):
        raise PermissionDenied
    submission.move(Submission.State.DRAFT)
    _refuse_held(submission.achievement, by)
    submission.save(update_fields=["state"])
    last = submission.attempts.order_by("-number").first()
    if last is None:
        raise Refused(_("There is nothing to carry over."))
    most = submission.version.attempts_allowed
    if most is not None and last.number >= most:
        raise Refused(
            ngettext("This badge allows one attempt.", "This badge allows %(most)d attempts.", most) % {"most": most}
        )
    now = clock.now()
    attempt = Attempt.objects.create(
        submission=submission,
        number=last.number + 1,
        overview=last.overview,
        reflection=last.reflection,
        saved_at=now,
    )
    for piece in last.evidence.prefetch_related("criteria"):
        held = {name: getattr(piece, name) for name in EvidenceItem.CARRIED}
        EvidenceItem.objects.create(attempt=attempt, **held).criteria.set(piece.criteria.all())
    record("submission.retried", submission, by=by, attempt=attempt.public_id, number=attempt.number)
    return attempt


def what_is_missing(attempt: Attempt) -> list[str]:
    """What keeps an attempt from being handed in, in sentences to the learner."""
    missing = []
    if not attempt.overview.strip():
        missing.append(_("Write the overview: what you did, where and when."))
    if not attempt.reflection.strip():
        missing.append(_("Write the reflection: what you learnt, and what you would do differently."))
    pieces = list(attempt.evidence.prefetch_related("criteria"))
    if not pieces:
        missing.append(_("Add at least one piece of evidence."))
        return missing
    served = {criterion.pk for piece in pieces for criterion in piece.criteria.all()}
    missing += [
        _("Say which evidence supports “%(criterion)s”.") % {"criterion": criterion}
        for criterion in attempt.submission.version.criteria.all()
        if criterion.required and criterion.pk not in served
    ]
    return missing


def promised_date(version: AchievementVersion, moment: datetime) -> date:
    """The day by which the issuer answers."""
    return business_day_after(moment, days=version.service_days, issuer=version.achievement.issuer)


def _refuse_held(achievement: Achievement, learner: User) -> None:
    """What one holds already could not be awarded again: better said before the work than after."""
    if credentials.held_by(learner, achievement) is not None:
        raise Refused(_("You hold this badge already."))


def _opened(attempt: Attempt, by: User) -> Attempt:
    """The attempt under its lock, once it is known that `by` may write in it now."""
    attempt = Attempt.objects.locked(attempt.pk)
    attempt.submission = Submission.objects.locked(attempt.submission_id)
    if not policies.can_edit(by, attempt.submission):
        raise PermissionDenied
    if attempt.state != Attempt.State.OPEN or attempt.submission.state != Submission.State.DRAFT:
        raise Refused(_("This attempt was handed in, so it stays as it is."))
    return attempt


def _of_its_rubric(attempt: Attempt, criteria: Iterable[Any]) -> list[Criterion]:
    chosen = list(criteria)
    if any(criterion.version_id != attempt.submission.version_id for criterion in chosen):
        raise Refused(_("Those criteria belong to another version."))
    return chosen
