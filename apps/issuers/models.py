"""Who issues, who may do what there, and what can be earned: achievements in numbered, frozen versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.core.searching import having

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User


class Issuer(models.Model):
    """An organisation, or a person, who stands behind credentials."""

    public_id = PublicIdField()
    slug = models.SlugField(max_length=80, unique=True, help_text=_("Stands in signed credentials: it never changes."))
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    url = models.URLField(_("web address"), blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Pacific/Auckland")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("credentials:issuer", args=[self.slug])

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()


class SeatQuerySet(models.QuerySet["Seat"]):
    def live(self, moment: datetime | None = None) -> SeatQuerySet:
        return self.filter(Q(until=None) | Q(until__gt=moment or clock.now()), ended_at=None)


class Seat(models.Model):
    """A person's part at an issuer; an assessor's may be for one achievement only."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")
        DESIGNER = "designer", _("Designer")
        ASSESSOR = "assessor", _("Assessor")
        MODERATOR = "moderator", _("Moderator")
        RECOGNISER = "recogniser", _("Recogniser")
        VIEWER = "viewer", _("Viewer")

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="seats")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(max_length=12, choices=Role)
    achievement = models.ForeignKey("Achievement", null=True, on_delete=models.PROTECT, related_name="seats")
    until = models.DateTimeField(null=True)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("issuer", "person", "role", "achievement"),
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="one_live_seat_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(achievement=None) | Q(role="assessor"), name="only_assessors_sit_at_one_achievement"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.person}"


class AchievementQuerySet(models.QuerySet["Achievement"]):
    def assessable_by(self, user: User) -> AchievementQuerySet:
        """Where `user` holds a seat to assess or to moderate, there or at this achievement alone."""
        seats = Seat.objects.live().filter(person=user, role__in=(Seat.Role.ASSESSOR, Seat.Role.MODERATOR))
        here = models.OuterRef("issuer_id"), models.OuterRef("pk")
        mine = seats.filter(Q(achievement=None) | Q(achievement=here[1]), issuer=here[0])
        return self.filter(models.Exists(mine))


class Achievement(models.Model):
    """What can be earned. Its words and its rubric stand in versions."""

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="achievements")
    slug = models.SlugField(max_length=80, unique=True, help_text=_("Stands in signed credentials: it never changes."))
    single = models.BooleanField(
        _("once a person"), default=True, help_text=_("A person can hold one live credential of it.")
    )
    created_at = models.DateTimeField()

    objects = AchievementQuerySet.as_manager()

    class Meta:
        constraints = (
            # Lets a credential's copy of issuer and `single` be held to the original by a foreign key.
            models.UniqueConstraint(fields=("id", "issuer", "single"), name="achievement_facts_to_copy"),
        )

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("credentials:achievement", args=[self.slug])


class AchievementVersionQuerySet(models.QuerySet["AchievementVersion"]):
    def public(self) -> AchievementVersionQuerySet:
        """What the catalogue lists: open for new submissions."""
        return self.filter(state=AchievementVersion.State.PUBLISHED)

    def readable(self) -> AchievementVersionQuerySet:
        """What has an address for everybody: every version that was ever published."""
        return self.exclude(state__in=AchievementVersion.UNSEEN)

    def matching(self, asked: str) -> AchievementVersionQuerySet:
        """Those in whose words, or whose issuer's name, everything asked for stands; all for nothing."""
        if not asked:
            return self
        return having(self, asked, "name", "skill_sentence", "description", "tags", "achievement__issuer__name")

    def with_rubric(self) -> AchievementVersionQuerySet:
        return self.select_related("achievement__issuer").prefetch_related("criteria__levels")


class AchievementVersion(Moving):
    """One numbered wording of an achievement with its rubric: free to change as a draft, frozen once published."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_APPROVAL = "in_approval", _("In approval")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")
        ARCHIVED = "archived", _("Archived")

    MOVES: ClassVar = {
        State.DRAFT: frozenset({State.IN_APPROVAL, State.PUBLISHED}),
        State.IN_APPROVAL: frozenset({State.DRAFT, State.APPROVED}),
        State.APPROVED: frozenset({State.PUBLISHED}),
        State.PUBLISHED: frozenset({State.RETIRED}),
        State.RETIRED: frozenset({State.ARCHIVED}),
        State.ARCHIVED: frozenset(),
    }
    UNSEEN: ClassVar = (State.DRAFT, State.IN_APPROVAL, State.APPROVED)
    THING: ClassVar = _("version")

    class Kind(models.TextChoices):
        """Values are Open Badges 3.0 achievement types."""

        BADGE = "Badge", _("Badge")
        COMPETENCY = "Competency", _("Competency")
        MICRO_CREDENTIAL = "MicroCredential", _("Micro-credential")

    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    kind = models.CharField(_("kind"), max_length=40, choices=Kind, default=Kind.MICRO_CREDENTIAL)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("what it represents"))
    how_earned = models.TextField(_("how it is earned"), help_text=_("In Markdown."))
    skill_sentence = models.CharField(
        _("what the earner can do"), max_length=200, help_text=_("As it ends the sentence: “Mere can …”.")
    )
    evidence_wanted = models.TextField(_("what to hand in"), blank=True, help_text=_("In Markdown."))
    language = models.CharField(_("language"), max_length=12, default="en")
    tags = models.JSONField(_("tags"), default=list, blank=True)
    level = models.CharField(_("level"), max_length=60, blank=True)
    credits = models.DecimalField(_("credits"), max_digits=5, decimal_places=1, null=True, blank=True)
    hours = models.PositiveIntegerField(_("hours of work"), null=True, blank=True)
    valid_for_days = models.PositiveIntegerField(_("valid for, in days"), null=True, blank=True)
    service_days = models.PositiveSmallIntegerField(
        _("answer within, in business days"), default=10, validators=[MinValueValidator(1), MaxValueValidator(250)]
    )
    picture = models.FileField(_("badge picture"), upload_to="badges/", blank=True)
    picture_words = models.JSONField(_("badge words"), default=dict, blank=True)
    picture_sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    objects = AchievementVersionQuerySet.as_manager()

    class Meta:
        ordering = ("achievement", "-number")
        constraints = (
            models.UniqueConstraint(fields=("achievement", "number"), name="version_numbered_once"),
            models.UniqueConstraint(
                fields=("achievement",), condition=Q(state="published"), name="one_published_version"
            ),
            models.UniqueConstraint(
                fields=("achievement",),
                condition=Q(state__in=("draft", "in_approval", "approved")),
                name="one_version_in_the_making",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "in_approval", "approved")) | Q(published_at__isnull=False),
                name="published_has_a_time",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("credentials:version", args=[self.achievement.slug, self.number])


class Criterion(models.Model):
    """One row of a rubric, with the level that has to be reached."""

    version = models.ForeignKey(AchievementVersion, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(30)])
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    required = models.BooleanField(_("required"), default=True)
    required_level = models.PositiveSmallIntegerField(_("level needed"), validators=[MinValueValidator(1)])

    class Meta:
        ordering = ("version", "position")
        verbose_name_plural = _("criteria")
        constraints = (
            models.UniqueConstraint(
                fields=("version", "position"), deferrable=models.Deferrable.DEFERRED, name="criterion_place"
            ),
            models.CheckConstraint(condition=Q(position__range=(1, 30)), name="criterion_position_1_to_30"),
            models.CheckConstraint(condition=Q(required_level__gte=1), name="criterion_needs_a_level"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """How addresses name it: `/achievements/<slug>/v<n>#c2`."""
        return f"c{self.position}"


class Level(models.Model):
    """One described step on a criterion; positions run from 1, the lowest."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="levels")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(8)])
    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("descriptor"))
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ("criterion", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("criterion", "position"), deferrable=models.Deferrable.DEFERRED, name="level_place"
            ),
            models.CheckConstraint(condition=Q(position__range=(1, 8)), name="level_position_1_to_8"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """How addresses name it: `/achievements/<slug>/v<n>#c2-l3`."""
        return f"{self.criterion.code}-l{self.position}"

    @property
    def is_needed(self) -> bool:
        return self.position == self.criterion.required_level
