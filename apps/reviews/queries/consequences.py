"""Credentials whose decision changed after they were issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from apps.issuers.models import RUNNING, Issuer
from apps.reviews.models import Consequence
from apps.submissions import queries as work

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.accounts.models import User
    from apps.issuers.models import Criterion
    from apps.reviews.models import Decision


class Compared(NamedTuple):
    """The name of a criterion's level in the previous decision and in the newest; empty if it has none."""

    criterion: Criterion
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def consequences_for(user: User) -> QuerySet[Consequence]:
    """Consequences where `user` may revoke credentials, never their own. Open ones come first, the oldest on top."""
    run = Issuer.objects.manned_by(user, *RUNNING)
    return (
        Consequence.objects.filter(credential__issuer__in=run)
        .exclude(credential__earner=user)
        .select_related(
            *("decision__replaces__review", "decision__review", "decision__attempt__submission", "by"),
            *("credential__version__achievement", "credential__issuer", "credential__earner"),
        )
        .order_by("done_at", "opened_at", "pk")
    )


def levels_compared(consequence: Consequence) -> list[Compared]:
    """Compare the levels criterion by criterion. Whoever sees to a credential reads no evidence and no comments."""
    decision = consequence.decision
    met_before = {criterion.pk: found.level for criterion, found in work.met_before(decision.attempt).items()}
    before, after = (met_before | _levels(one) for one in (decision.replaces, decision))
    found = []
    for criterion in consequence.credential.version.criteria.prefetch_related("levels"):
        names = {level.position: level.name for level in criterion.levels.all()}
        found.append(Compared(criterion, *(names.get(one.get(criterion.pk, 0), "") for one in (before, after))))
    return found


def _levels(decision: Decision | None) -> dict[int, int]:
    if decision is None:
        return {}
    return {mark.criterion_id: mark.level for mark in decision.review.marks.all() if mark.level is not None}
