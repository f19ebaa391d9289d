"""What can be earned, in numbered versions that freeze when they are published."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.core.refused import Refused
from apps.core.searching import having
from apps.issuers.models.organisations import Issuer
from apps.issuers.models.seats import Seat

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.issuers.models.rubrics import Criterion

DESIGNING = (Seat.Role.OWNER, Seat.Role.MANAGER, Seat.Role.DESIGNER)


def _gone() -> str:
    return gettext("This draft was thrown away meanwhile.")


class AchievementQuerySet(models.QuerySet["Achievement"]):
    def assessable_by(self, user: User) -> AchievementQuerySet:
        """Achievements that `user` may assess or moderate: by a seat at the issuer, further up, or for it alone."""
        return self._judged_by(user, Seat.Role.ASSESSOR, Seat.Role.MODERATOR)

    def moderated_by(self, user: User) -> AchievementQuerySet:
        """Achievements that `user` moderates: they adjudicate, review decisions, hear appeals and assign work."""
        return self._judged_by(user, Seat.Role.MODERATOR)

    def without_lead_of(self, user: User) -> AchievementQuerySet:
        """Achievements that nobody moderates, at issuers that `user` owns, there or further up."""
        leads = Seat.objects.live().filter(role=Seat.Role.MODERATOR, person__is_active=True)
        led = leads.filter(issuer__descents_below__descendant=models.OuterRef("issuer_id"))
        return self.filter(~models.Exists(led), issuer__in=Issuer.objects.manned_by(user, Seat.Role.OWNER))

    def _judged_by(self, user: User, *roles: str) -> AchievementQuerySet:
        seats = Seat.objects.live().filter(person=user, role__in=roles)
        here = models.OuterRef("issuer_id"), models.OuterRef("pk")
        mine = seats.filter(Q(achievement=here[1]) | Q(achievement=None), issuer__descents_below__descendant=here[0])
        return self.filter(models.Exists(mine))

    def designed_by(self, user: User) -> AchievementQuerySet:
        """Achievements whose drafts `user` may read: as designer, manager or owner, there or further up."""
        return self.filter(issuer__in=Issuer.objects.manned_by(user, *DESIGNING))

    def of_house(self, issuer: Issuer) -> AchievementQuerySet:
        """Achievements of the same institution: of the issuer, those above it, and everything below any of these."""
        above = issuer.descents_above.values("ancestor")
        return self.filter(issuer__in=Issuer.objects.filter(descents_above__ancestor__in=above))

    def locked(self, pk: int) -> Achievement:
        """The row under its lock. Raises Refused if it was deleted with its only draft meanwhile."""
        found = self.select_related("issuer").select_for_update(of=("self",)).filter(pk=pk).first()
        if found is None:
            raise Refused(_gone())
        return found


class Achievement(models.Model):
    """What can be earned. Its text and rubric are in versions."""

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="achievements")
    slug = models.SlugField(max_length=80, unique=True, help_text=_("Stands in signed credentials: it never changes."))
    single = models.BooleanField(
        _("once a person"), default=True, help_text=_("A person can hold one live credential of it.")
    )
    assessor_badge = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who assesses holds"),
        help_text=_("A badge that proves it, and must be valid whenever they take work. Empty: a seat is enough."),
    )
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = AchievementQuerySet.as_manager()

    class Meta:
        constraints = (
            # Lets a foreign key hold a credential's copy of issuer and `single` to the original.
            models.UniqueConstraint(fields=("id", "issuer", "single"), name="achievement_facts_to_copy"),
            models.CheckConstraint(condition=~Q(assessor_badge=F("id")), name="assessor_badge_is_another"),
        )

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("reviews:achievement", args=[self.slug])

    def refuse_archived(self) -> None:
        """Refuse if archived. Callers lock the achievement or the version first, so that the answer stays true."""
        if Achievement.objects.filter(pk=self.pk).exclude(archived_at=None).exists():
            raise Refused(gettext("This badge is archived. Copy it to begin a new one."))


class AchievementVersionQuerySet(models.QuerySet["AchievementVersion"]):
    def public(self) -> AchievementVersionQuerySet:
        """Versions in the catalogue: open for new submissions."""
        return self.filter(state=AchievementVersion.State.PUBLISHED)

    def readable(self) -> AchievementVersionQuerySet:
        """Versions with a public address: all that were ever published."""
        return self.exclude(state__in=AchievementVersion.UNSEEN)

    def visible_to(self, user: User | None) -> AchievementVersionQuerySet:
        """Versions that everyone may read, and unpublished ones where `user` designs."""
        if user is None:
            return self.readable()
        return self.filter(
            ~Q(state__in=AchievementVersion.UNSEEN) | Q(achievement__in=Achievement.objects.designed_by(user))
        )

    def newest(self) -> AchievementVersionQuerySet:
        """The version with the highest number of each achievement, whatever its state."""
        later = AchievementVersion.objects.filter(
            achievement=models.OuterRef("achievement"), number__gt=models.OuterRef("number")
        )
        return self.filter(~models.Exists(later))

    def matching(self, asked: str) -> AchievementVersionQuerySet:
        """Versions whose text or issuer's name contains everything asked for; all if nothing is asked."""
        if not asked:
            return self
        return having(self, asked, "name", "skill_sentence", "description", "tags", "achievement__issuer__name")

    def with_rubric(self) -> AchievementVersionQuerySet:
        return self.select_related("achievement__issuer").prefetch_related(
            "outcomes", "criteria__levels", "criteria__requirements", "alignments"
        )

    def locked(self, pk: int) -> AchievementVersion:
        """The row under its lock. Raises Refused if it was deleted meanwhile."""
        found = self.select_related("achievement__issuer").select_for_update(of=("self",)).filter(pk=pk).first()
        if found is None:
            raise Refused(_gone())
        return found


class AchievementVersion(Moving):
    """One numbered version of an achievement with its rubric: a draft can be changed, a published one is frozen."""

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
        State.APPROVED: frozenset({State.PUBLISHED, State.DRAFT}),
        State.PUBLISHED: frozenset({State.RETIRED}),
        State.RETIRED: frozenset({State.ARCHIVED}),
        State.ARCHIVED: frozenset(),
    }
    UNSEEN: ClassVar = (State.DRAFT, State.IN_APPROVAL, State.APPROVED)
    THING: ClassVar = _("version")

    class Kind(models.TextChoices):
        """What it is, from attendance to a whole. The values are ours; `open_badges_type` is the standard's."""

        PARTICIPATION = "Badge", _("Participation")
        ACHIEVEMENT = "Achievement", _("Achievement")
        ASSESSED = "Competency", _("Assessed")
        MICRO_CREDENTIAL = "MicroCredential", _("Micro-credential")
        CAPSTONE = "Capstone", _("Capstone")
        STACK = "Stack", _("The whole of a pathway")

    class LevelFramework(models.TextChoices):
        NZQF = "nzqf", _("NZQF")
        AQF = "aqf", _("AQF")
        EQF = "eqf", _("EQF")

    # The highest levels: NZQF and AQF count to 10, EQF to 8.
    LEVELS: ClassVar = {LevelFramework.NZQF: 10, LevelFramework.AQF: 10, LevelFramework.EQF: 8}

    class CreditFramework(models.TextChoices):
        NZQA = "nzqa", _("NZQA credits")
        ECTS = "ects", _("ECTS credits")
        OTHER = "other", _("Credits of our own")

    # Notional hours in a credit, least and most. NZQA: 10. ECTS Users' Guide 2015: 25 to 30.
    HOURS_IN_A_CREDIT: ClassVar[dict[str, tuple[Decimal, Decimal]]] = {
        CreditFramework.NZQA: (Decimal(10), Decimal(10)),
        CreditFramework.ECTS: (Decimal(25), Decimal(30)),
    }

    class Policy(models.TextChoices):
        SINGLE = "single", _("One assessor decides")
        FOUR_EYES = "four_eyes", _("One recommends, another decides")
        DOUBLE_BLIND = "double_blind", _("Two mark apart, agreement decides")

    class Participation(models.TextChoices):
        """The European recommendation's form of participation."""

        ONLINE = "online", _("Online")
        ONSITE = "onsite", _("On site")
        BLENDED = "blended", _("Blended")
        WORKPLACE = "workplace", _("At work")

    class Supervision(models.TextChoices):
        """How it is ensured that the learner did the work: the European recommendation's supervision and identity."""

        NONE = "none", _("Not checked")
        DECLARED = "declared", _("Declared by the learner")
        ATTESTED = "attested", _("Attested by somebody at work")
        SUPERVISED = "supervised", _("Supervised, identity seen")

    class PictureSource(models.TextChoices):
        DRAWN = "drawn", _("Drawn here")
        UPLOADED = "uploaded", _("Uploaded")

    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    # --- focus
    kind = models.CharField(_("kind"), max_length=40, choices=Kind, default=Kind.MICRO_CREDENTIAL)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("what it represents"), blank=True)
    description_for_earners = models.TextField(
        _("why earn it"), blank=True, help_text=_("For the learner: what it is good for, and for whom it is meant.")
    )
    skill_sentence = models.CharField(
        _("what the earner can do"),
        max_length=200,
        blank=True,
        help_text=_("As it ends the sentence: “Mere can …”."),
    )
    language = models.CharField(_("language"), max_length=12, default="en")
    # --- outcomes and criteria
    how_earned = models.TextField(_("how it is earned"), blank=True, help_text=_("In Markdown."))
    evidence_wanted = models.TextField(_("what to hand in"), blank=True, help_text=_("In Markdown."))
    # --- graphic
    picture = models.FileField(_("badge picture"), upload_to="badges/", blank=True)
    picture_svg = models.FileField(
        _("badge drawing"),
        upload_to="badges/",
        blank=True,
        help_text=_("The same as a drawing; none where the picture came as pixels."),
    )
    picture_source = models.CharField(max_length=8, choices=PictureSource, default=PictureSource.DRAWN)
    picture_words = models.JSONField(_("badge words"), default=dict, blank=True)
    picture_sha256 = models.CharField(max_length=64, blank=True)
    picture_alt = models.CharField(
        _("what the picture shows"),
        max_length=300,
        blank=True,
        help_text=_("For people who can't see it. It is signed with the badge."),
    )
    # --- metadata
    tags = models.JSONField(_("tags"), default=list, blank=True)
    field_of_study = models.CharField(_("field of work or study"), max_length=120, blank=True)
    field_code = models.CharField(
        _("its code"), max_length=20, blank=True, help_text=_("NZSCED or ISCED-F, as in 050301.")
    )
    level_framework = models.CharField(_("framework of levels"), max_length=8, choices=LevelFramework, blank=True)
    level_number = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    credit_framework = models.CharField(_("credits of"), max_length=8, choices=CreditFramework, blank=True)
    credits = models.DecimalField(_("credits"), max_digits=5, decimal_places=1, null=True, blank=True)
    hours = models.PositiveIntegerField(_("hours of work"), null=True, blank=True)
    valid_for_days = models.PositiveIntegerField(_("valid for, in days"), null=True, blank=True)
    prerequisites = models.TextField(_("what one needs before"), blank=True)
    participation = models.CharField(_("how one takes part"), max_length=12, choices=Participation, blank=True)
    assessment_type = models.CharField(
        _("how it is assessed"), max_length=200, blank=True, help_text=_("As in: a portfolio of work against a rubric.")
    )
    supervision = models.CharField(_("how identity is checked"), max_length=12, choices=Supervision, blank=True)
    stackability = models.TextField(
        _("what it counts towards"), blank=True, help_text=_("A larger award, or: it stands alone.")
    )
    cost = models.CharField(_("what it costs"), max_length=120, blank=True)
    # --- how work is judged
    rpl_allowed = models.BooleanField(
        _("prior learning"),
        default=True,
        help_text=_("Evidence from before may be handed in; the same rubric judges it."),
    )
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts"), null=True, blank=True, help_text=_("Empty: as many as a person needs.")
    )
    coach_after = models.PositiveSmallIntegerField(
        _("a talk before going on, after so many attempts"),
        null=True,
        blank=True,
        help_text=_("From then on, the learner talks with an assessor before each next attempt. Empty: never."),
    )
    service_days = models.PositiveSmallIntegerField(
        _("answer within, in business days"), default=10, validators=[MinValueValidator(1), MaxValueValidator(250)]
    )
    policy = models.CharField(_("who decides"), max_length=12, choices=Policy, default=Policy.SINGLE)
    blind = models.BooleanField(_("assessors don't see who it is"), default=False)
    moderation_percent = models.PositiveSmallIntegerField(
        _("decisions looked at again, in %"), default=0, validators=[MaxValueValidator(100)]
    )
    moderation_before = models.BooleanField(
        _("looked at again before the learner hears"),
        default=False,
        help_text=_("Otherwise afterwards: a decision that changes then leads somebody to the credential."),
    )
    review_by = models.DateField(
        _("review by"), null=True, blank=True, help_text=_("When this wording is looked at again. NZQA: 1 to 3 years.")
    )
    # --- its life
    edition = models.PositiveIntegerField(default=1, help_text=_("Counts saves, so that two tabs notice each other."))
    created_at = models.DateTimeField()
    sent_in_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("sent in by")
    )
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
            models.CheckConstraint(
                condition=Q(level_framework="", level_number=None)
                | Q(level_framework__in=("nzqf", "aqf"), level_number__isnull=False, level_number__range=(1, 10))
                | Q(level_framework="eqf", level_number__isnull=False, level_number__range=(1, 8)),
                name="level_of_its_framework",
            ),
            models.CheckConstraint(
                condition=Q(credits=None) | Q(credits__gt=0) & ~Q(credit_framework=""), name="credits_of_a_framework"
            ),
            models.CheckConstraint(condition=Q(moderation_percent__lte=100), name="moderation_in_percent"),
            models.CheckConstraint(condition=Q(attempts_allowed=None) | Q(attempts_allowed__gte=1), name="one_attempt"),
            models.CheckConstraint(
                condition=Q(coach_after=None) | Q(coach_after__gte=1), name="coach_after_one_attempt"
            ),
            models.CheckConstraint(
                condition=Q(valid_for_days=None) | Q(valid_for_days__gte=1), name="valid_for_a_day_at_least"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("published", "retired", "archived"))
                | ~Q(description="") & ~Q(how_earned="") & ~Q(skill_sentence="") & ~Q(picture_sha256=""),
                name="published_says_what_it_is",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reviews:version", args=[self.achievement.slug, self.number])

    def refuse_foreign(self, criterion: Criterion | None) -> None:
        if criterion is not None and criterion.version_id != self.pk:
            raise Refused(gettext("That criterion belongs to another version."))

    def ends_at(self, at: datetime) -> datetime | None:
        """When a credential awarded then expires, or None if it never does."""
        return at + timedelta(days=self.valid_for_days) if self.valid_for_days else None

    @property
    def level(self) -> str:
        """The level as people write it: NZQF level 4."""
        if not self.level_number:
            return ""
        return _("%(framework)s level %(n)s") % {
            "framework": self.get_level_framework_display(),
            "n": self.level_number,
        }

    @property
    def open_badges_type(self) -> str:
        """Open Badges 3.0 `achievementType`; capstones and wholes are signed as the micro-credentials they are."""
        ours = (self.Kind.CAPSTONE, self.Kind.STACK)
        return self.Kind.MICRO_CREDENTIAL.value if self.kind in ours else self.kind

    @property
    def takes_work(self) -> bool:
        """Whether work can be handed in for it; the whole of a pathway is made up of other badges."""
        return self.kind != self.Kind.STACK
