"""Keep, edit, use and retire comments of the comment bank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.issuers.models import Criterion
from apps.reviews import policies
from apps.reviews.models import LONGEST_COMMENT, BankComment, BankUse, Review
from apps.reviews.verbs.common import cannot_judge, locked

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.issuers.models import Achievement, Issuer
    from apps.submissions.models import Attempt


@transaction.atomic
def keep_comment(
    issuer: Issuer, *, by: User, text: str, achievement: Achievement | None = None, criterion_code: str = ""
) -> BankComment:
    """Keep a comment for everyone who assesses there: for any badge, for one, or for one of its criteria.

    A comment that the bank has already is not added again.
    """
    if not policies.can_keep_comments(by, issuer, achievement):
        raise PermissionDenied
    if achievement is None:
        criterion_code = ""
    elif criterion_code and not _has_criterion(achievement, criterion_code):
        raise Refused(_("This badge has no such criterion."))
    text = _checked(text)
    comment, is_new = BankComment.objects.kept().get_or_create(
        issuer=issuer,
        achievement=achievement,
        criterion_code=criterion_code,
        text=text,
        defaults={"made_by": by, "made_at": clock.now()},
    )
    if is_new:
        _record("comment.kept", comment, by=by)
    return comment


@transaction.atomic
def edit_comment(comment: BankComment, *, by: User, text: str) -> BankComment:
    """Edit a comment for everyone. Markings that have used it keep the old text."""
    comment = _locked_comment(comment, by)
    text = _checked(text)
    if text == comment.text:
        return comment
    if comment.retired_at is None:
        _refuse_second(comment, text)
    comment.text, comment.edited_at = text, clock.now()
    comment.save(update_fields=["text", "edited_at"])
    _record("comment.edited", comment, by=by)
    return comment


@transaction.atomic
def retire_comment(comment: BankComment, *, by: User) -> BankComment:
    """Stop offering a comment. It can be restored."""
    comment = _locked_comment(comment, by)
    if comment.retired_at is None:
        comment.retired_at = clock.now()
        comment.save(update_fields=["retired_at"])
        _record("comment.retired", comment, by=by)
    return comment


@transaction.atomic
def restore_comment(comment: BankComment, *, by: User) -> BankComment:
    """Offer a retired comment again."""
    comment = _locked_comment(comment, by)
    if comment.retired_at is not None:
        _refuse_second(comment, comment.text)
        comment.retired_at = None
        comment.save(update_fields=["retired_at"])
        _record("comment.restored", comment, by=by)
    return comment


@transaction.atomic
def use_comment(
    comment: BankComment, attempt: Attempt, *, by: User, criterion_code: str = "", level: int | None = None
) -> BankComment:
    """Count that a comment was put into a field of one's marking: once per field, however often this is called."""
    attempt, submission = locked(attempt)
    if not policies.can_assess(by, submission):
        raise cannot_judge(by, submission)
    comment = _locked_comment(comment, by)
    if comment.issuer_id != submission.achievement.issuer_id:
        raise Refused(_("That comment belongs to another issuer."))
    review = Review.objects.filter(assignment__attempt=attempt, assignment__assessor=by).order_by("-pk").first()
    if review is None:
        raise Refused(_("Take it first: nobody else can mark it while you hold it."))
    _use, is_new = BankUse.objects.get_or_create(
        comment=comment,
        review=review,
        criterion_code=criterion_code,
        defaults={"level": level, "used_at": clock.now()},
    )
    if is_new:
        BankComment.objects.filter(pk=comment.pk).update(uses=F("uses") + 1)
        comment.refresh_from_db(fields=["uses"])
    return comment


def _locked_comment(comment: BankComment, by: User) -> BankComment:
    """The comment under its lock. Anyone who shares the bank may change it, not only its author."""
    comment = BankComment.objects.select_for_update().get(pk=comment.pk)
    if not BankComment.objects.visible_to(by).filter(pk=comment.pk).exists():
        raise PermissionDenied
    return comment


def _has_criterion(achievement: Achievement, code: str) -> bool:
    """Whether any version has the criterion: comments on one that the newest dropped are still worth keeping."""
    positions = Criterion.objects.filter(version__achievement=achievement).values_list("position", flat=True)
    return code in {f"c{position}" for position in positions}


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refused(_("Write the comment first."))
    if len(text) > LONGEST_COMMENT:
        raise Refused(_("A comment of the bank has up to %(most)d characters.") % {"most": LONGEST_COMMENT})
    return text


def _refuse_second(comment: BankComment, text: str) -> None:
    same = BankComment.objects.kept().filter(
        issuer=comment.issuer_id, achievement=comment.achievement_id, criterion_code=comment.criterion_code, text=text
    )
    if same.exclude(pk=comment.pk).exists():
        raise Refused(_("The bank has this comment already."))


def _record(kind: str, comment: BankComment, *, by: User) -> None:
    record(kind, comment, by=by, text=digest(comment.text))
