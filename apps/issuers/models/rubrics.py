"""What a version asks for: outcomes, criteria with described levels, evidence, and the skills that they meet."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.issuers.models.achievements import AchievementVersion

MOST_CRITERIA = 30
MOST_LEVELS = 8
MOST_OUTCOMES = 20
MOST_REQUIREMENTS = 10
MOST_ALIGNMENTS = 100


class LearningOutcome(models.Model):
    """What an earner can do afterwards, in one sentence that begins with a verb."""

    version = models.ForeignKey(AchievementVersion, on_delete=models.CASCADE, related_name="outcomes")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_OUTCOMES)])
    text = models.CharField(_("outcome"), max_length=300)

    class Meta:
        ordering = ("version", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("version", "position"), deferrable=models.Deferrable.DEFERRED, name="outcome_place"
            ),
            models.CheckConstraint(condition=Q(position__range=(1, MOST_OUTCOMES)), name="outcome_position_1_to_20"),
        )

    def __str__(self) -> str:
        return self.text


class Criterion(models.Model):
    """One row of a rubric, with the level that has to be reached."""

    version = models.ForeignKey(AchievementVersion, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_CRITERIA)])
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
        """Its name in addresses: `/achievements/<slug>/v<n>#c2`."""
        return f"c{self.position}"


class Level(models.Model):
    """One described level of a criterion; positions count from 1, the lowest."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="levels")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_LEVELS)])
    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("descriptor"), blank=True)
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
        """Its name in addresses: `/achievements/<slug>/v<n>#c2-l3`."""
        return f"{self.criterion.code}-l{self.position}"

    @property
    def is_needed(self) -> bool:
        return self.position == self.criterion.required_level


class EvidenceRequirement(models.Model):
    """What a learner hands in for a criterion: how many pieces of which kind, and their most words or megabytes."""

    class Kind(models.TextChoices):
        """`ANY` accepts anything that shows it; the others are kinds of evidence."""

        ANY = "any", _("Anything that shows it")
        FILE = "file", _("A file")
        IMAGE = "image", _("A picture")
        AUDIO = "audio", _("A sound recording")
        VIDEO = "video", _("A video")
        LINK = "link", _("A link")
        TEXT = "text", _("A written text")

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="requirements")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_REQUIREMENTS)])
    kind = models.CharField(_("kind of evidence"), max_length=8, choices=Kind, default=Kind.ANY)
    at_least = models.PositiveSmallIntegerField(_("at least"), default=1)
    at_most = models.PositiveSmallIntegerField(_("at most"), null=True, blank=True)
    most_words = models.PositiveIntegerField(_("words at most"), null=True, blank=True)
    most_megabytes = models.PositiveIntegerField(_("megabytes at most"), null=True, blank=True)
    instructions = models.TextField(_("instructions"), blank=True)
    from_workplace = models.BooleanField(_("from real work"), default=False)
    asks_consent = models.BooleanField(_("consent of people shown"), default=False)

    class Meta:
        ordering = ("criterion", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("criterion", "position"), deferrable=models.Deferrable.DEFERRED, name="requirement_place"
            ),
            models.CheckConstraint(
                condition=Q(position__range=(1, MOST_REQUIREMENTS)), name="requirement_position_1_to_10"
            ),
            models.CheckConstraint(
                condition=Q(at_most=None) | Q(at_most__gte=F("at_least")) & Q(at_most__gte=1),
                name="requirement_least_to_most",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("any", "file", "image", "audio", "video", "link", "text")),
                name="requirement_kind_known",
            ),
        )

    def __str__(self) -> str:
        return self.get_kind_display()


class Alignment(models.Model):
    """A skill or level of a framework that a version, one of its criteria or one of their levels meets.

    A frozen copy: whatever becomes of the framework, this says what was meant. Open Badges 3.0, Alignment.
    """

    version = models.ForeignKey(AchievementVersion, on_delete=models.CASCADE, related_name="alignments")
    criterion = models.ForeignKey(Criterion, null=True, on_delete=models.CASCADE, related_name="alignments")
    level = models.ForeignKey(Level, null=True, on_delete=models.CASCADE, related_name="alignments")
    position = models.PositiveSmallIntegerField()
    target_name = models.CharField(_("name"), max_length=500)
    target_url = models.URLField(_("web address"), max_length=2000)
    target_code = models.CharField(_("code"), max_length=200, blank=True)
    target_description = models.TextField(_("description"), blank=True)
    target_framework = models.CharField(_("framework"), max_length=300, blank=True)
    target_type = models.CharField(max_length=40, blank=True)
    framework_version = models.CharField(_("framework's version"), max_length=80, blank=True)
    item_id = models.CharField(max_length=26, blank=True, help_text=_("Public id of the framework's item, if ours."))

    class Meta:
        ordering = ("version", "position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("version", "criterion", "level", "target_url", "target_code"),
                nulls_distinct=False,
                name="aligned_once",
            ),
            models.CheckConstraint(
                condition=Q(level=None) | Q(criterion__isnull=False), name="level_aligned_within_its_criterion"
            ),
        )

    def __str__(self) -> str:
        return self.target_name
