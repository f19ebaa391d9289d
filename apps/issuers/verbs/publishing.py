"""Review, approve, publish, retire and archive versions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.issuers import linter, policies
from apps.issuers.models import Achievement, AchievementVersion, ApprovalStep, DesignComment
from apps.issuers.verbs.drafts import changed_elsewhere
from apps.notices import verbs as notices

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User
    from apps.issuers.models import Criterion

State = AchievementVersion.State
REVIEW_SOON = timedelta(days=30)
A_DAY = timedelta(days=1)


@transaction.atomic
def send_in(version: AchievementVersion, *, by: User, note: str = "") -> AchievementVersion:
    """Ask for approval. The version can't change until it is approved or changes are requested."""
    version = AchievementVersion.objects.locked(version.pk)
    if not policies.can_design(by, version.achievement.issuer):
        raise PermissionDenied
    _refuse_unready(version)
    version.move(State.IN_APPROVAL)
    version.sent_in_by = by
    version.save(update_fields=["state", "sent_in_by"])
    _log(version, ApprovalStep.Outcome.SENT_IN, by=by, note=note)
    event = record("version.sent_in", version.achievement, by=by, number=version.number)
    for person in policies.publishers_of(version.achievement.issuer).exclude(pk=by.pk):
        _tell("design_waits", version, to=person, key=event.public_id, who=by.name, note=note.strip())
    return version


@transaction.atomic
def ask_changes(version: AchievementVersion, *, by: User, note: str) -> AchievementVersion:
    """Return a version to its designers, with what to change."""
    version = _locked_for_approval(version, by=by)
    if not note.strip():
        raise Refused(_("Say what to change."))
    version.move(State.DRAFT)
    version.save(update_fields=["state"])
    _log(version, ApprovalStep.Outcome.CHANGES_ASKED, by=by, note=note)
    event = record(
        "version.changes_asked", version.achievement, by=by, number=version.number, note=digest(note.strip())
    )
    _tell_sender(version, key=event.public_id, by=by, approved=False, note=note.strip())
    return version


@transaction.atomic
def approve(version: AchievementVersion, *, by: User, note: str = "") -> AchievementVersion:
    """Approve a version. The person who sent it in can't, if the issuer requires a second person."""
    version = _locked_for_approval(version, by=by)
    if policies.asks_approval(version.achievement.issuer) and version.sent_in_by_id == by.pk:
        raise Refused(_("You sent this in yourself. A colleague who may publish approves it."))
    version.move(State.APPROVED)
    version.save(update_fields=["state"])
    _log(version, ApprovalStep.Outcome.APPROVED, by=by, note=note)
    event = record("version.approved", version.achievement, by=by, number=version.number)
    _tell_sender(version, key=event.public_id, by=by, approved=True, note=note.strip())
    return version


@transaction.atomic
def publish(version: AchievementVersion, *, by: User, edition: int | None = None) -> AchievementVersion:
    """Freeze a version and open it for submissions; the previous one closes for new ones.

    `edition` is the one that the publisher saw: later changes have to be looked at first.
    """
    version = AchievementVersion.objects.locked(version.pk)
    issuer = version.achievement.issuer
    if not policies.can_publish(by, issuer):
        raise PermissionDenied
    if edition is not None and edition != version.edition:
        raise Refused(changed_elsewhere())
    _refuse_unready(version)
    if version.state == State.DRAFT and policies.asks_approval(issuer):
        raise Refused(_("%(issuer)s asks for a second person's approval first: send it in.") % {"issuer": issuer})
    version.move(State.PUBLISHED)
    now = clock.now()
    for older in version.achievement.versions.select_for_update(of=("self",)).public():
        older.move(State.RETIRED)
        older.save(update_fields=["state"])
        record("version.retired", older.achievement, by=by, number=older.number)
    version.published_at = now
    version.save(update_fields=["state", "published_at"])
    record("version.published", version.achievement, by=by, number=version.number)
    return version


@transaction.atomic
def retire(version: AchievementVersion, *, by: User) -> AchievementVersion:
    """Close a version for new submissions; those that have begun go on."""
    version = AchievementVersion.objects.locked(version.pk)
    if not policies.can_publish(by, version.achievement.issuer):
        raise PermissionDenied
    version.move(State.RETIRED)
    version.save(update_fields=["state"])
    record("version.retired", version.achievement, by=by, number=version.number)
    return version


@transaction.atomic
def archive(achievement: Achievement, *, by: User) -> Achievement:
    """Archive an achievement for good: no new version, no new work. What was earned stays and can be checked.

    A draft that was sent in before can't be discarded, since its log is kept: it stays as it is.
    """
    list(achievement.versions.select_for_update(of=("self",)))  # children before parents, as everywhere
    achievement = Achievement.objects.locked(achievement.pk)
    if not policies.can_publish(by, achievement.issuer):
        raise PermissionDenied
    if achievement.archived_at:
        raise Refused(_("This badge is archived already."))
    versions = list(achievement.versions.order_by("number").prefetch_related("approval_steps"))
    if not all(_may_be_put_away(one) for one in versions):
        raise Refused(_("Retire what is published, and throw the draft away, before you archive it."))
    retired = [one for one in versions if one.state == State.RETIRED]
    for version in retired:
        version.move(State.ARCHIVED)
        version.save(update_fields=["state"])
    achievement.archived_at = clock.now()
    achievement.save(update_fields=["archived_at"])
    record("achievement.archived", achievement, by=by, versions=[one.number for one in retired])
    return achievement


@transaction.atomic
def comment(version: AchievementVersion, *, by: User, text: str, criterion: Criterion | None = None) -> DesignComment:
    """Comment on an unpublished version, or on one of its criteria."""
    version = AchievementVersion.objects.locked(version.pk)
    if not policies.can_design(by, version.achievement.issuer):
        raise PermissionDenied
    if version.state not in AchievementVersion.UNSEEN:
        raise Refused(_("This version is published. Comment on the next one instead."))
    version.achievement.refuse_archived()
    version.refuse_foreign(criterion)
    if not text.strip():
        raise Refused(_("Write the comment."))
    said = DesignComment.objects.create(
        version=version,
        criterion=criterion,
        about=criterion.name if criterion else "",
        text=text.strip(),
        by=by,
        at=clock.now(),
    )
    record("design_comment.written", said, by=by, text=digest(said.text))
    return said


@transaction.atomic
def resolve_comment(comment: DesignComment, *, by: User) -> DesignComment:
    """Mark a comment as resolved. Idempotent."""
    said = DesignComment.objects.select_for_update(of=("self",)).select_related("version__achievement__issuer")
    found = said.filter(pk=comment.pk).first()
    if found is None:
        raise Refused(_("This comment was deleted with its draft."))
    comment = found
    if not policies.can_design(by, comment.version.achievement.issuer):
        raise PermissionDenied
    if comment.resolved_at is None:
        comment.resolved_at = clock.now()
        comment.save(update_fields=["resolved_at"])
        record("design_comment.resolved", comment, by=by)
    return comment


@transaction.atomic
def remind_reviews() -> int:
    """Tell the designers of each published version when its review day is near, and when it is past: once each.

    Returns how many notices are due, written now or before.
    """
    now = clock.now()
    soon = AchievementVersion.objects.public().filter(review_by__lte=now.date() + REVIEW_SOON + A_DAY)
    told = 0
    for version in soon.select_related("achievement__issuer").order_by("pk"):
        stage = _review_stage(version, now)
        for person in policies.designers_of(version.achievement.issuer) if stage else ():
            key = f"{stage}:{version.achievement.public_id}:{version.number}"
            _tell("review_due", version, to=person, key=key, day=f"{version.review_by:%Y-%m-%d}")
            told += 1
    return told


def _review_stage(version: AchievementVersion, now: datetime) -> str:
    """Whether the review day is near or past, by the date at the issuer; empty if neither."""
    today = now.astimezone(clock.zone(version.achievement.issuer.time_zone)).date()
    if version.review_by is None or version.review_by > today + REVIEW_SOON:
        return ""
    return "past" if version.review_by <= today else "near"


def _may_be_put_away(version: AchievementVersion) -> bool:
    if version.state == State.DRAFT:
        return bool(version.approval_steps.all())
    return version.state in (State.RETIRED, State.ARCHIVED)


def _locked_for_approval(version: AchievementVersion, *, by: User) -> AchievementVersion:
    version = AchievementVersion.objects.locked(version.pk)
    if not policies.can_publish(by, version.achievement.issuer):
        raise PermissionDenied
    return version


def _log(version: AchievementVersion, outcome: ApprovalStep.Outcome, *, by: User, note: str) -> None:
    ApprovalStep.objects.create(version=version, outcome=outcome, note=note.strip(), by=by, at=clock.now())


def _tell_sender(version: AchievementVersion, *, key: str, by: User, approved: bool, note: str) -> None:
    if version.sent_in_by is not None and version.sent_in_by_id != by.pk:
        _tell("design_answered", version, to=version.sent_in_by, key=key, who=by.name, approved=approved, note=note)


def _tell(kind: str, version: AchievementVersion, *, to: User, key: str, **facts: Any) -> None:
    issuer = version.achievement.issuer.name
    address = reverse("issuers:design", args=[version.achievement.public_id])
    facts |= {"badge": version.name, "issuer": issuer}
    notices.write(kind, key=f"{kind}:{key}", to=to, address=address, facts=facts)


def _refuse_unready(version: AchievementVersion) -> None:
    version.achievement.refuse_archived()
    wanted = linter.errors(AchievementVersion.objects.with_rubric().get(pk=version.pk))
    if wanted:
        raise Refused(" ".join(one.text for one in wanted))
