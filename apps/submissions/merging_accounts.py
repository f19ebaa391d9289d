"""Move submissions and uploads when two accounts are merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.events import record
from apps.submissions.models import CoachTalk, Message, Submission, ThreadSeen

if TYPE_CHECKING:
    from apps.accounts.models import User


def refuse(taker: User, giver: User) -> list[str]:
    """Why the accounts can't be merged: both have work under way for one badge, or one coached the other."""
    # Answered work can't be withdrawn; `bring` sets it aside.
    live = Submission.objects.under_way().exclude(state=Submission.State.NOT_YET)
    twice = live.filter(learner=giver, achievement__in=live.filter(learner=taker).values("achievement"))
    reasons = [
        _("Both accounts have work under way for “%(badge)s”. Withdraw one of them.") % {"badge": one.version.name}
        for one in twice.select_related("version").order_by("pk")
    ]
    for one, other in ((taker, giver), (giver, taker)):
        if CoachTalk.objects.filter(by=one, submission__learner=other).exists():
            reasons.append(_("As an assessor, one of the accounts talked through the other's work."))
    return reasons


def moves(giver: User) -> list[str]:
    n = giver.submissions.count()
    return [ngettext("%(n)d submission", "%(n)d submissions", n) % {"n": n}] if n else []


def bring(taker: User, giver: User) -> None:
    # What they wrote as the learner follows the work; what they wrote as an assessor stays theirs.
    Message.objects.filter(author=giver, submission__learner=giver).update(author=taker)
    for one, other in ((giver, taker), (taker, giver)):
        _lay_aside(one, beside=other, by=taker)
    giver.submissions.update(learner=taker)
    giver.uploads.update(learner=taker)
    seen = ThreadSeen.objects.filter(person=giver)
    seen.filter(submission__in=ThreadSeen.objects.filter(person=taker).values("submission")).delete()
    seen.update(person=taker)


def _lay_aside(one: User, *, beside: User, by: User) -> None:
    """Set aside what the first was answered on, for badges that the other continues."""
    live = Submission.objects.under_way()
    told = live.filter(learner=one, state=Submission.State.NOT_YET)
    for submission in told.filter(achievement__in=live.filter(learner=beside).values("achievement")):
        # This is not a learner's step: they can't withdraw answered work, only continue it.
        Submission.objects.filter(pk=submission.pk).update(state=Submission.State.WITHDRAWN)
        record("submission.withdrawn", submission, by=by)
