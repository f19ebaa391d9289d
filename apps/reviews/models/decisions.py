"""Decisions, and what follows from them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.credentials.models import Credential
from apps.reviews.models.marking import Outcome, Review
from apps.reviews.models.turns import Turn
from apps.submissions.models import Attempt


class DecisionQuerySet(models.QuerySet["Decision"]):
    def effective(self) -> DecisionQuerySet:
        """Decisions that no other has replaced."""
        return self.filter(replaced_by=None)


class Decision(models.Model):
    """The settled outcome of an attempt. It never changes; another decision replaces it.

    The learner hears nothing of it until it is released.
    """

    Outcome: ClassVar = Outcome

    class How(models.TextChoices):
        ASSESSED = "assessed", _("One assessor")
        GRANTED = "granted", _("Recommended, then granted")
        AGREED = "agreed", _("Two assessors agreed")
        ADJUDICATED = "adjudicated", _("Decided between two")
        MODERATED = "moderated", _("Changed by a moderator")
        APPEALED = "appealed", _("Decided on appeal")

    # These may differ from what the levels say. They always give a reason.
    REASONED: ClassVar = (How.MODERATED, How.APPEALED)

    public_id = PublicIdField()
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="decisions")
    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=12, choices=Outcome)
    how = models.CharField(max_length=12, choices=How, default=How.ASSESSED)
    differs = models.BooleanField(default=False, help_text=_("The levels alone would say something else"))
    reason = models.TextField(blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    decided_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, help_text=_("When the learner was told"))
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("attempt",), condition=Q(replaces=None), name="one_first_decision"),
            models.CheckConstraint(
                condition=~Q(how__in=("moderated", "appealed")) | ~Q(reason=""), name="a_changed_decision_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(differs=False) | Q(how__in=("moderated", "appealed")), name="only_a_lead_differs"
            ),
        )
        indexes = (models.Index(fields=("by", "-decided_at", "-id"), name="decision_by_person"),)

    def __str__(self) -> str:
        return f"{self.attempt}: {self.get_outcome_display()}"


class Consequence(models.Model):
    """A decision changed after its credential was issued: a person must see to the credential, which stands until
    then.
    """

    class Done(models.TextChoices):
        REVOKED = "revoked", _("Revoked")
        SUPERSEDED = "superseded", _("Replaced")
        KEPT = "kept", _("Left as it is")

    public_id = PublicIdField()
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="consequence")
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="consequences")
    opened_at = models.DateTimeField()
    done = models.CharField(max_length=12, choices=Done, blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(done="", by=None, done_at=None) | ~Q(done="") & Q(by__isnull=False, done_at__isnull=False),
                name="who_saw_to_it_and_when",
            ),
            models.CheckConstraint(condition=~Q(done="kept") | ~Q(note=""), name="left_for_a_reason"),
        )

    def __str__(self) -> str:
        return f"{self.decision}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:see_to", args=[self.public_id])


class Moderation(models.Model):
    """A second look at a decision from the sample: agreed, changed, or judged again."""

    class Verdict(models.TextChoices):
        AGREED = "agreed", _("Agreed")
        CHANGED = "changed", _("Changed")
        AGAIN = "again", _("To be judged again")

    public_id = PublicIdField()
    turn = models.OneToOneField(Turn, on_delete=models.PROTECT, related_name="moderation")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="moderations")
    verdict = models.CharField(max_length=8, choices=Verdict)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="moderations")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(verdict="agreed") | ~Q(reason=""), name="moderation_says_why"),
        )

    def __str__(self) -> str:
        return f"{self.decision}: {self.get_verdict_display()}"


class Appeal(Moving):
    """A learner's appeal against a decision. There is only one, and its outcome is final."""

    class State(models.TextChoices):
        LODGED = "lodged", _("Lodged")
        UPHELD = "upheld", _("Upheld")
        DISMISSED = "dismissed", _("Dismissed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES: ClassVar = {
        State.LODGED: frozenset({State.UPHELD, State.DISMISSED, State.WITHDRAWN}),
        State.UPHELD: frozenset(),
        State.DISMISSED: frozenset(),
        State.WITHDRAWN: frozenset(),
    }
    THING: ClassVar = _("appeal")

    class Ground(models.TextChoices):
        PROCESS = "process", _("It was not judged as the page of this badge says")
        EVIDENCE = "evidence", _("Evidence was overlooked or misread")
        BIAS = "bias", _("The assessor had a conflict of interest, or was biased")
        CIRCUMSTANCE = "circumstance", _("Something kept me from showing what I can do")
        OTHER = "other", _("Something else")

    public_id = PublicIdField()
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="appeal")
    state = models.CharField(max_length=12, choices=State, default=State.LODGED)
    ground = models.CharField(_("on what ground"), max_length=12, choices=Ground)
    grounds = models.TextField(_("what went wrong, and what you ask for"))
    lodged_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    outcome = models.OneToOneField(Decision, null=True, on_delete=models.PROTECT, related_name="answers_appeal")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(grounds=""), name="appeal_has_grounds"),
            models.CheckConstraint(
                condition=Q(state__in=("upheld", "dismissed"), outcome__isnull=False, answered_at__isnull=False)
                | Q(state__in=("lodged", "withdrawn"), outcome=None),
                name="an_answered_appeal_has_a_decision",
            ),
        )

    def __str__(self) -> str:
        return f"{self.decision}: {self.get_state_display()}"
