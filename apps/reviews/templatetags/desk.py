"""Facts about reviews for pages of the lower apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django import template
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.core import clock
from apps.reviews import queries
from apps.reviews.models import Appeal, Assignment, Decision, Review
from apps.submissions import queries as work

if TYPE_CHECKING:
    from datetime import date, datetime

    from apps.accounts.models import User
    from apps.issuers.models import Issuer
    from apps.submissions.models import Attempt, Submission
    from apps.submissions.queries import Formerly

register = template.Library()

_SENT = (Review.State.SUBMITTED, Review.State.ACCEPTED)


class Reader(NamedTuple):
    """Who is reading a learner's work now, as the learner may know them."""

    name: str
    since: datetime


@register.simple_tag
def reader_of(submission: Submission) -> Reader | None:
    """Whoever holds a live lease on the newest attempt, or None."""
    newest = submission.attempts.order_by("-number").values("pk")[:1]
    held = Assignment.objects.live().filter(attempt__in=newest).select_related("assessor").first()
    if held is None or held.taken_at is None:
        return None
    return Reader(work.public_identity(submission.learner, held.assessor, of=submission), held.taken_at)


class Standing(NamedTuple):
    """What has become of an answer, and still may: the last day to appeal, the appeal, who changed the decision of
    each attempt as the learner may know them, and when the marks came in.
    """

    appeal_until: date | None
    appeal: Appeal | None
    changed_by: dict[int, str]
    marked_at: datetime | None


@register.simple_tag
def standing_of(submission: Submission) -> Standing:
    decided = Decision.objects.filter(attempt__submission=submission, released_at__isnull=False)
    decisions = list(decided.select_related("by", "appeal__outcome").order_by("attempt__number", "pk"))
    appeals = [one.appeal for one in decisions if hasattr(one, "appeal")]
    changed = {
        one.attempt_id: _changed_by(one, blind=submission.version.blind)
        for one in decisions
        if one.replaces_id is not None
    }
    return Standing(
        _appeal_until(submission, decisions), appeals[-1] if appeals else None, changed, _marked_at(submission)
    )


def _marked_at(submission: Submission) -> datetime | None:
    """When the last marks were sent, if the submission awaits its decision."""
    if submission.state != submission.State.AWAITING_DECISION:
        return None
    sent = Review.objects.filter(assignment__attempt__submission=submission, state__in=_SENT)
    at: datetime | None = sent.aggregate(at=Max("submitted_at"))["at"]
    return at


def _appeal_until(submission: Submission, decisions: list[Decision]) -> date | None:
    if not decisions:
        return None
    decision = queries.appealable(submission, now=clock.now())
    return queries.last_day_to_appeal(decision, submission.achievement.issuer) if decision else None


def _changed_by(decision: Decision, *, blind: bool) -> str:
    if decision.how == Decision.How.APPEALED:
        return _("Decided on your appeal") if blind else _("Decided on your appeal by %(name)s") % {"name": decision.by}
    if decision.how == Decision.How.MODERATED:
        return _("Changed by a moderator") if blind else _("Changed by %(name)s, who moderates") % {"name": decision.by}
    return _("Judged again") if blind else _("Judged again by %(name)s") % {"name": decision.by}


@register.filter
def of_attempt(changed_by: dict[int, str], pk: int) -> str:
    return changed_by.get(pk, "")


@register.filter
def formerly(attempt: Attempt) -> list[Formerly]:
    return work.told_before(attempt)


@register.simple_tag
def changed_decisions(user: User, issuer: Issuer) -> int:
    """How many of an issuer's credentials wait for `user` to see to them because a decision changed."""
    return queries.consequences_for(user).filter(done="", credential__issuer=issuer).count()
