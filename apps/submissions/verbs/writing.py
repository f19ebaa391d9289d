"""Begin a submission, and write the texts of an open attempt."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import record
from apps.core.refused import Refused
from apps.issuers import comparing
from apps.issuers.models import AchievementVersion
from apps.submissions import copies, merging, policies
from apps.submissions.models import Attempt, Submission, Support, Upload
from apps.submissions.verbs.common import newest_held, opened, refuse_closed, refuse_held
from apps.submissions.verbs.journey import choose_route, refuse_route, reopen, resting

if TYPE_CHECKING:
    from apps.accounts.models import User

# The most characters in a multi-line field.
MOST_WORDS = 20_000
# A tab left open for longer starts from what is saved now.
KEEP_REVISIONS = timedelta(days=2)
# So does one from this many saves ago: a script that saves all day would fill the disk.
MOST_REVISIONS = 200


@transaction.atomic
def start(version: AchievementVersion, *, by: User, route: str = Submission.Route.WORK) -> Submission:
    """Begin a submission with an open first attempt, or return the one already under way.

    A withdrawn or lapsed submission of this version is reopened instead.
    """
    version = AchievementVersion.objects.select_related("achievement").get(pk=version.pk)
    if version.state != AchievementVersion.State.PUBLISHED:
        raise Refused(_("This version takes no new submissions."))
    if not version.takes_work:
        raise Refused(_("You hand in nothing for this badge: you get it automatically at the end of its pathway."))
    refuse_held(version.achievement, by)
    mine = Submission.objects.under_way().filter(learner=by, achievement=version.achievement)
    under_way = mine.first()
    if under_way is not None:
        return under_way
    laid_aside = resting(by, version.achievement_id).filter(version=version, forgotten_at=None).first()
    if laid_aside is not None:
        return reopen(laid_aside, by=by).submission
    refuse_closed(version.achievement, by)
    now = clock.now()
    begun = Submission(learner=by, version=version, achievement=version.achievement, route=route, started_at=now)
    refuse_route(begun, route)
    try:
        with transaction.atomic():
            begun.save()
    except IntegrityError:  # a double click: the other one was first
        return mine.get()
    Attempt.objects.create(submission=begun, number=1, saved_at=now)
    record("submission.started", begun, by=by, version=version.number, route=route)
    return begun


@transaction.atomic
def change_version(submission: Submission, *, by: User) -> Submission:
    """Move a submission to the newest version of its achievement: the learner's choice, until anything is handed in
    on the old one.

    Each piece keeps supporting the criteria that continue in the new version; support for a dropped criterion is
    removed.
    """
    attempt, submission = newest_held(submission)
    if not policies.can_edit(by, submission):
        raise PermissionDenied
    newest = submission.achievement.versions.public().with_rubric().first()
    if newest is None or newest.pk == submission.version_id:
        raise Refused(_("There is no newer version. You are on the newest already."))
    if submission.state != Submission.State.DRAFT or attempt.number > 1:
        raise Refused(_("Work was handed in on version %(n)d, so it stays there.") % {"n": submission.version.number})
    old = AchievementVersion.objects.with_rubric().get(pk=submission.version_id)
    became: dict[int, int] = {before.pk: new for new, before in comparing.pairs_of(old, newest).items()}
    supports = Support.objects.filter(evidence__attempt=attempt)
    supports.exclude(criterion__in=became).delete()
    # Update the rows, since they also hold the place to look at in a piece.
    for support in supports:
        support.criterion_id = became[support.criterion_id]
        support.save(update_fields=["criterion"])
    for upload in attempt.uploads.filter(state=Upload.State.RECEIVING):
        chosen = upload.criteria.values_list("pk", flat=True)
        upload.criteria.set([became[pk] for pk in chosen if pk in became])
    submission.version = newest
    submission.save(update_fields=["version"])
    if not newest.rpl_allowed:
        choose_route(submission, by=by, route=Submission.Route.WORK)
        submission.route = Submission.Route.WORK
    attempt.submission = submission
    for piece in attempt.evidence.all():
        piece.attempt = attempt
        copies.want(piece)
    record("submission.version_changed", submission, by=by, before=old.number, version=newest.number)
    return submission


@transaction.atomic
def save_draft(attempt: Attempt, *, by: User, edition: int, **words: str | bool) -> Attempt:
    """Save the texts of an open attempt: any of `Attempt.WRITTEN`. `edition` is the one that the writer started from.

    What another tab has saved since is merged in, so the result may hold more than was sent.
    """
    attempt = opened(attempt, by)
    before = {name: getattr(attempt, name) for name in Attempt.WRITTEN}
    if edition != attempt.edition:
        base = attempt.revisions.filter(edition=edition).first()
        words = {name: _merged(name, base.words if base else {}, before, now) for name, now in words.items()}
    changed = [name for name, now in words.items() if now != before[name]]
    if not changed:
        return attempt
    for name in changed:
        setattr(attempt, name, words[name])
    attempt.revisions.get_or_create(edition=attempt.edition, defaults={"words": before, "saved_at": attempt.saved_at})
    attempt.edition += 1
    attempt.saved_at = clock.now()
    attempt.save(update_fields=[*changed, "edition", "saved_at"])
    after = {name: getattr(attempt, name) for name in Attempt.WRITTEN}
    attempt.revisions.create(edition=attempt.edition, words=after, saved_at=attempt.saved_at)
    old = Q(saved_at__lt=attempt.saved_at - KEEP_REVISIONS) | Q(edition__lte=attempt.edition - MOST_REVISIONS)
    attempt.revisions.filter(old, edition__lt=attempt.edition).delete()
    return attempt


@transaction.atomic
def lend_sample(submission: Submission, *, by: User, lent: bool) -> Submission:
    """Say whether a submission may serve as an anonymous sample. This can be changed at any time, in any state."""
    submission = Submission.objects.locked(submission.pk)
    if not policies.can_edit(by, submission):
        raise PermissionDenied
    if lent == (submission.sample_since is not None):
        return submission
    submission.sample_since = clock.now() if lent else None
    submission.save(update_fields=["sample_since"])
    record("submission.sample_lent" if lent else "submission.sample_taken_back", submission, by=by)
    return submission


def _merged(name: str, base: dict[str, Any], before: dict[str, Any], now: Any) -> Any:
    """The value of a field after both tabs are merged. If the base is no longer kept it counts as empty, so both
    stay.
    """
    if isinstance(now, bool):
        return before[name] if now == base.get(name) else now
    longest = Attempt.ONE_LINE.get(name)
    put_together = merging.merge_line if longest else merging.merge
    merged = put_together(base.get(name, ""), before[name], now)
    if len(merged) > (longest or MOST_WORDS):
        raise Refused(
            _("You have since saved this in another tab. Copy what you wrote here, then open the page again.")
        )
    return merged
