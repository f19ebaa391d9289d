"""What counts as something else: a badge of another institution, or from elsewhere, in place of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.issuers.models import Achievement, AchievementVersion, Issuer

if TYPE_CHECKING:
    from apps.accounts.models import User


class EquivalenceQuerySet(models.QuerySet["Equivalence"]):
    def visible_to(self, user: User) -> EquivalenceQuerySet:
        """Rules for the issuers that `user` runs: what they say counts, and what others say about their badges."""
        mine = Issuer.objects.run_by(user)
        return self.filter(Q(issuer__in=mine) | Q(theirs__issuer__in=mine))

    def in_force(self) -> EquivalenceQuerySet:
        return self.filter(state=Equivalence.State.ACCEPTED)

    def locked(self, pk: int) -> Equivalence:
        return self.select_related("issuer", "theirs__issuer", "counts_as").select_for_update(of=("self",)).get(pk=pk)


class Equivalence(Moving):
    """An issuer's statement that someone else's badge counts: in place of one of its own, or as a step by itself.

    The badge is one of this installation (`theirs`), whose issuer has to agree, or one from elsewhere, known by the
    ids of its issuer and achievement in the signed credential.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waiting for the other side")
        ACCEPTED = "accepted", _("Counts")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Taken back before it was answered")
        ENDED = "ended", _("Counts no more")

    MOVES: ClassVar = {
        State.PROPOSED: frozenset({State.ACCEPTED, State.DECLINED, State.WITHDRAWN}),
        State.ACCEPTED: frozenset({State.ENDED}),
        State.DECLINED: frozenset(),
        State.WITHDRAWN: frozenset(),
        State.ENDED: frozenset(),
    }
    THING: ClassVar = _("equivalence")

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="equivalences")
    state = models.CharField(max_length=12, choices=State, default=State.PROPOSED)
    theirs = models.ForeignKey(
        Achievement,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="counting_elsewhere",
        verbose_name=_("their badge"),
    )
    foreign_issuer_id = models.CharField(_("id of its issuer"), max_length=2000, blank=True)
    foreign_achievement_id = models.CharField(_("id of the badge"), max_length=2000, blank=True)
    foreign_issuer_name = models.CharField(_("issued by"), max_length=300, blank=True)
    foreign_name = models.CharField(_("called"), max_length=300, blank=True)
    counts_as = models.ForeignKey(
        Achievement,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="equivalences",
        verbose_name=_("counts as"),
        help_text=_("A badge of ours that it stands for, in every pathway. Empty: it is a step by itself."),
    )
    credits = models.DecimalField(_("credits"), max_digits=5, decimal_places=1, null=True, blank=True)
    credit_framework = models.CharField(
        _("credits of"), max_length=8, choices=AchievementVersion.CreditFramework, blank=True
    )
    why = models.TextField(_("why it counts"), help_text=_("Everybody reads it beside the step."))
    answer = models.TextField(_("answer"), blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = EquivalenceQuerySet.as_manager()

    class Meta:
        ordering = ("-proposed_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(theirs__isnull=False, foreign_issuer_id="", foreign_achievement_id="")
                | Q(theirs=None) & ~Q(foreign_issuer_id="") & ~Q(foreign_achievement_id="") & ~Q(foreign_name=""),
                name="equivalence_of_one_badge",
            ),
            models.CheckConstraint(
                condition=Q(theirs=None) | Q(counts_as=None) | ~Q(theirs=F("counts_as")), name="equivalence_of_another"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="equivalence_says_why"),
            models.CheckConstraint(
                condition=Q(credits=None) | Q(credits__gt=0) & ~Q(credit_framework=""),
                name="equivalence_credits_of_a_framework",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("proposed", "withdrawn")) | Q(answered_at__isnull=False),
                name="equivalence_answered_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | ~Q(state="ended") & Q(ended_at=None),
                name="equivalence_ended_at_a_time",
            ),
            models.UniqueConstraint(
                fields=("issuer", "theirs", "foreign_issuer_id", "foreign_achievement_id", "counts_as"),
                condition=Q(state__in=("proposed", "accepted")),
                nulls_distinct=False,
                name="one_live_equivalence_of_a_kind",
            ),
        )

    def __str__(self) -> str:
        return self.foreign_name or str(self.theirs)
