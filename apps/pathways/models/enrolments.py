"""Who walks a pathway, what they reached on it, and what counted towards it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.credentials.models import Credential, ForeignCredential
from apps.issuers.models import RUNNING, Issuer, Seat
from apps.pathways.models.equivalences import Equivalence
from apps.pathways.models.pathways import Pathway, PathwayVersion

if TYPE_CHECKING:
    from datetime import date, datetime

    from apps.accounts.models import User


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def live(self) -> EnrolmentQuerySet:
        return self.exclude(state=Enrolment.State.LEFT)

    def watched(self) -> EnrolmentQuerySet:
        """Walks under way, and walks left with something reached: what was awarded there can still fall."""
        reached = models.Exists(Stack.objects.live().filter(enrolment=models.OuterRef("pk")))
        return self.filter(~Q(state=Enrolment.State.LEFT) | Q(reached), learner__erased_at=None)

    def due(self, now: datetime) -> EnrolmentQuerySet:
        """Walks on which something that counted has expired since the last look."""
        return self.watched().filter(next_look_at__lte=now)

    def locked(self, pk: int) -> Enrolment:
        return (
            self.select_related("version__pathway__issuer", "pathway", "learner")
            .select_for_update(of=("self",))
            .get(pk=pk)
        )


class Enrolment(Moving):
    """A person on a pathway, held to the version that they began or moved to. Its standing is worked out again
    whenever something changes, and can be worked out from nothing.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Under way")
        COMPLETE = "complete", _("Complete")
        LEFT = "left", _("Left")

    MOVES: ClassVar = {
        State.ACTIVE: frozenset({State.COMPLETE, State.LEFT}),
        State.COMPLETE: frozenset({State.ACTIVE, State.LEFT}),
        State.LEFT: frozenset({State.ACTIVE}),
    }
    THING: ClassVar = _("pathway")

    public_id = PublicIdField()
    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="enrolments")
    version = models.ForeignKey(PathwayVersion, on_delete=models.PROTECT, related_name="enrolments")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrolments")
    state = models.CharField(max_length=12, choices=State, default=State.ACTIVE)
    target_on = models.DateField(_("to be done by"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, help_text=_("When its learner was last told that the day comes near"))
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    # The result of the last look.
    steps_done = models.PositiveSmallIntegerField(default=0)
    steps_total = models.PositiveSmallIntegerField(default=0, help_text=_("The fewest that lead to the end"))
    credits_done = models.DecimalField(max_digits=7, decimal_places=1, default=0)
    capstone_open = models.BooleanField(default=False, help_text=_("Whether the capstone may be handed in"))
    looked_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True, help_text=_("When the first of what counts runs out"))

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("pathway", "learner"), name="one_enrolment_a_person"),
            models.CheckConstraint(
                condition=Q(state="left", left_at__isnull=False) | ~Q(state="left") & Q(left_at=None),
                name="left_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="complete") | Q(completed_at__isnull=False), name="complete_at_a_time"
            ),
        )
        indexes = (
            models.Index(
                fields=("next_look_at",), condition=Q(next_look_at__isnull=False), name="enrolment_to_look_at"
            ),
            models.Index(fields=("version", "id"), condition=~Q(state="left"), name="enrolment_by_version"),
        )

    def __str__(self) -> str:
        return f"{self.pathway}: {self.learner}"

    def get_absolute_url(self) -> str:
        return reverse("submissions:pathway", args=[self.pathway.slug])

    @property
    def can_move_on(self) -> bool:
        """Whether they can move to a newer version. At the end there is no need, but a plan grows as one goes."""
        return self.state == self.State.ACTIVE or (self.state == self.State.COMPLETE and self.pathway.is_plan)


class StackQuerySet(models.QuerySet["Stack"]):
    def run_by(self, user: User) -> StackQuerySet:
        """Stacks of the issuers that `user` runs: who was awarded what, but no evidence."""
        return self.filter(enrolment__pathway__issuer__in=Issuer.objects.run_by(user))

    def at_risk(self) -> StackQuerySet:
        """Stacks that someone has to decide on; people who have left could not be told."""
        return self.filter(state=Stack.State.AT_RISK, enrolment__learner__erased_at=None)

    def live(self) -> StackQuerySet:
        return self.exclude(state=Stack.State.TAKEN_BACK)

    def locked(self, pk: int) -> Stack:
        return (
            self.select_related("enrolment__pathway__issuer", "enrolment__learner", "version", "credential")
            .select_for_update(of=("self",))
            .get(pk=pk)
        )


class Stack(Moving):
    """What a person reached on a pathway, its end or a milestone, with the award it led to.

    It is never silently lost: when something that counted no longer stands, it is at risk until a person decides.
    """

    class State(models.TextChoices):
        STANDING = "standing", _("Stands")
        AT_RISK = "at_risk", _("At risk")
        TAKEN_BACK = "taken_back", _("Taken back")

    MOVES: ClassVar = {
        State.STANDING: frozenset({State.AT_RISK, State.TAKEN_BACK}),
        State.AT_RISK: frozenset({State.STANDING, State.TAKEN_BACK}),
        State.TAKEN_BACK: frozenset(),
    }
    THING: ClassVar = _("stack")

    public_id = PublicIdField()
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="stacks")
    version = models.ForeignKey(PathwayVersion, on_delete=models.PROTECT, related_name="stacks")
    code = models.CharField(max_length=8, help_text=_("Of the node that was reached: the root's for the whole pathway"))
    state = models.CharField(max_length=12, choices=State, default=State.STANDING)
    credential = models.ForeignKey(
        Credential,
        null=True,
        on_delete=models.PROTECT,
        related_name="stacks",
        help_text=_("The award, if there is one"),
    )
    credits = models.DecimalField(max_digits=7, decimal_places=1, default=0)
    reached_at = models.DateTimeField()
    at_risk_since = models.DateTimeField(null=True)
    grace_until = models.DateTimeField(null=True)
    fallen = models.JSONField(default=list, help_text=_("Codes of the steps that no longer stand"))
    excused = models.JSONField(default=list, help_text=_("Codes of steps that a person let stand"))

    objects = StackQuerySet.as_manager()

    class Meta:
        ordering = ("-reached_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("enrolment", "code"), condition=~Q(state="taken_back"), name="one_live_stack_a_node"
            ),
            models.CheckConstraint(
                condition=Q(state="at_risk", at_risk_since__isnull=False, grace_until__isnull=False)
                | ~Q(state="at_risk") & Q(at_risk_since=None, grace_until=None, fallen=[]),
                name="at_risk_since_and_until",
            ),
        )

    def __str__(self) -> str:
        return f"{self.enrolment} {self.code}"

    @property
    def grace_day(self) -> date | None:
        """The day by which it can be mended, in the issuer's zone."""
        if self.grace_until is None:
            return None
        issuer = self.enrolment.pathway.issuer
        return self.grace_until.astimezone(clock.zone(issuer.time_zone if issuer is not None else "UTC")).date()


class ComponentQuerySet(models.QuerySet["Component"]):
    def named(self) -> ComponentQuerySet:
        """With everything needed to name each."""
        return self.select_related("credential__version", "credential__issuer", "foreign")


class Component(models.Model):
    """What counted for a stack when it was reached: one credential for one step, once. Never changed."""

    stack = models.ForeignKey(Stack, on_delete=models.PROTECT, related_name="components")
    code = models.CharField(max_length=8, help_text=_("Of the step"))
    credential = models.ForeignKey(Credential, null=True, on_delete=models.PROTECT, related_name="counted_for")
    foreign = models.ForeignKey(ForeignCredential, null=True, on_delete=models.PROTECT, related_name="counted_for")
    equivalence = models.ForeignKey(Equivalence, null=True, on_delete=models.PROTECT, related_name="+")
    credits = models.DecimalField(max_digits=5, decimal_places=1, default=0)

    objects = ComponentQuerySet.as_manager()

    class Meta:
        ordering = ("stack", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(credential__isnull=False, foreign=None) | Q(credential=None, foreign__isnull=False),
                name="component_is_one_credential",
            ),
            models.CheckConstraint(
                condition=Q(foreign=None) | Q(equivalence__isnull=False), name="foreign_counts_by_equivalence"
            ),
            models.UniqueConstraint(
                fields=("stack", "credential"), condition=Q(credential__isnull=False), name="credential_counts_once"
            ),
            models.UniqueConstraint(
                fields=("stack", "foreign"), condition=Q(foreign__isnull=False), name="foreign_credential_counts_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.stack_id} {self.code}"

    @property
    def badge(self) -> str:
        """The badge's name, as its issuer calls it."""
        if self.credential is not None:
            return self.credential.version.name
        return self.foreign.achievement_name if self.foreign is not None else ""

    @property
    def issuer(self) -> str:
        if self.credential is not None:
            return self.credential.issuer.name
        return self.foreign.issuer_name if self.foreign is not None else ""


class StackDecision(models.Model):
    """A person's decision on a stack at risk. Never changed."""

    class Outcome(models.TextChoices):
        KEEP = "keep", _("It stands as it is")
        MORE_TIME = "more_time", _("More time to mend it")
        TAKE_BACK = "take_back", _("Taken back")

    stack = models.ForeignKey(Stack, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=12, choices=Outcome)
    reason = models.TextField(_("reason"), help_text=_("The earner reads it."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("stack", "decided_at", "pk")
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="stack_decision_says_why"),)

    def __str__(self) -> str:
        return f"{self.stack_id} {self.outcome}"


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, user: User) -> GroupQuerySet:
        """Groups the user mentors, was asked to join as a learner, or whose issuer they run."""
        asked = Group.objects.filter(memberships__enrolment__learner=user, memberships__ended_at=None)
        led = Group.objects.led_by(user)
        mine = Q(pk__in=led.values("pk")) | Q(pk__in=asked.values("pk"))
        return self.filter(mine | Q(pathway__issuer__in=Issuer.objects.manned_by(user, *RUNNING)))

    def led_by(self, user: User) -> GroupQuerySet:
        """Groups that `user` mentors; on an issuer's pathway, as long as they have a seat there or further up."""
        return self.seen().filter(mentor=user)

    def seen(self) -> GroupQuerySet:
        """Groups whose mentors, whoever they are, may see the members."""
        seats = Seat.objects.live().filter(
            person=models.OuterRef("mentor"), issuer__descents_below__descendant=models.OuterRef("pathway__issuer")
        )
        return self.filter(Q(pathway__issuer=None) | Q(models.Exists(seats)))

    def locked(self, pk: int) -> Group:
        return self.select_related("pathway__issuer", "mentor").select_for_update(of=("self",)).get(pk=pk)


class Group(models.Model):
    """Learners on one pathway with a mentor, who sees the progress of those who agree."""

    public_id = PublicIdField()
    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(_("name"), max_length=200)
    mentor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mentored_groups")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("pathways:group", args=[self.public_id])


class Membership(models.Model):
    """A learner in a group: asked, then, once they agree, seen by the mentor, until either ends it."""

    public_id = PublicIdField()
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="memberships")
    asked_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("group", "asked_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("group", "enrolment"), condition=Q(ended_at=None), name="one_membership_a_group"
            ),
        )

    def __str__(self) -> str:
        return f"{self.group}: {self.enrolment}"
