"""Pathways: trees of rules in numbered versions that freeze when they are published."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.issuers.models import Achievement, AchievementVersion, Issuer
from apps.issuers.models.achievements import DESIGNING
from apps.pathways.models.equivalences import Equivalence
from apps.pathways.rules import tree as rules

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


class PathwayQuerySet(models.QuerySet["Pathway"]):
    def visible_to(self, user: User | AnonymousUser | None) -> PathwayQuerySet:
        """Pathways that were ever published, that `user` designs, their own plans, and those that others share."""
        published = models.Exists(PathwayVersion.objects.readable().filter(pathway=models.OuterRef("pk")))
        seen = Q(published, issuer__isnull=False) | Q(published, owner__isnull=False, shared_at__isnull=False)
        if user is None or not user.is_authenticated:
            return self.filter(seen)
        return self.filter(seen | Q(owner=user) | Q(issuer__in=Issuer.objects.manned_by(user, *DESIGNING)))

    def designed_by(self, user: User) -> PathwayQuerySet:
        """Pathways whose drafts `user` may read and write: those of issuers for which they design, and their own
        plans.
        """
        return self.filter(Q(owner=user) | Q(issuer__in=Issuer.objects.manned_by(user, *DESIGNING)))

    def locked(self, pk: int) -> Pathway:
        """The row under its lock. `no_key`, so as not to wait for looks: they lock a walk, and reference its pathway
        on commit.
        """
        return self.select_related("issuer", "owner").select_for_update(of=("self",), no_key=True).get(pk=pk)


class Pathway(models.Model):
    """A way through several badges: an issuer's, or a plan that a learner made for themselves."""

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, null=True, on_delete=models.PROTECT, related_name="pathways")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="plans", help_text=_("Of a plan")
    )
    slug = models.SlugField(max_length=80, unique=True, help_text=_("A plan's is its public id."))
    copied_from = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="copies")
    shared_at = models.DateTimeField(null=True, help_text=_("Since when who has a plan's address may read it"))
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    objects = PathwayQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(issuer=None, owner__isnull=False) | Q(issuer__isnull=False, owner=None),
                name="pathway_of_an_issuer_or_a_person",
            ),
            models.CheckConstraint(condition=Q(shared_at=None) | Q(issuer=None), name="only_plans_are_shared"),
        )

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("submissions:pathway", args=[self.slug])

    @property
    def is_plan(self) -> bool:
        return self.owner_id is not None


class PathwayVersionQuerySet(models.QuerySet["PathwayVersion"]):
    def readable(self) -> PathwayVersionQuerySet:
        """Versions that were ever published."""
        return self.exclude(state=PathwayVersion.State.DRAFT)

    def whole(self) -> PathwayVersionQuerySet:
        """With the tree, in a number of reads that doesn't depend on its size."""
        return self.select_related("pathway__issuer", "pathway__owner", "award__issuer").prefetch_related(
            models.Prefetch("nodes", Node.objects.whole())
        )

    def locked(self, pk: int) -> PathwayVersion:
        return self.select_related("pathway__issuer", "pathway__owner").select_for_update(of=("self",)).get(pk=pk)


class PathwayVersion(Moving):
    """One numbered tree of a pathway: a draft can be changed, a published one is frozen."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    MOVES: ClassVar = {
        State.DRAFT: frozenset({State.PUBLISHED}),
        State.PUBLISHED: frozenset({State.RETIRED}),
        State.RETIRED: frozenset(),
    }
    THING: ClassVar = _("version")

    pathway = models.ForeignKey(Pathway, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("what it leads to"), blank=True, help_text=_("In Markdown."))
    language = models.CharField(_("language"), max_length=12, default="en")
    award = models.ForeignKey(
        Achievement,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("awarded at the end"),
        help_text=_("The micro-credential that whoever gets to the end is given. Empty: none."),
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"),
        default=30,
        help_text=_("How long somebody has to mend it, when a badge that counted no longer stands."),
    )
    edition = models.PositiveIntegerField(default=1, help_text=_("Counts saves, so that two tabs notice each other."))
    codes = models.PositiveIntegerField(
        default=1, help_text=_("How many codes were given so far: none is ever given to another node.")
    )
    removed = models.JSONField(
        default=list, help_text=_("What was taken out of the draft, so that it can be put back; the last is the newest")
    )
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    objects = PathwayVersionQuerySet.as_manager()

    class Meta:
        ordering = ("pathway", "-number")
        constraints = (
            models.UniqueConstraint(fields=("pathway", "number"), name="pathway_version_numbered_once"),
            models.UniqueConstraint(
                fields=("pathway",), condition=Q(state="published"), name="one_published_pathway_version"
            ),
            models.UniqueConstraint(fields=("pathway",), condition=Q(state="draft"), name="one_pathway_draft"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="published_pathway_has_a_time"
            ),
            models.CheckConstraint(condition=Q(grace_days__gte=1), name="grace_of_a_day_at_least"),
        )

    def __str__(self) -> str:
        return self.name


class NodeQuerySet(models.QuerySet["Node"]):
    def whole(self) -> NodeQuerySet:
        return self.select_related("achievement__issuer", "equivalence__theirs").prefetch_related("issuers")


class Node(models.Model):
    """One rule in the tree of a version: a group of others, or something that a person can hold."""

    class Kind(models.TextChoices):
        ALL = "all", _("All of these")
        ANY = "any", _("One of these")
        SOME = "some", _("Some of these")
        CREDITS = "credits", _("So many credits")
        MILESTONE = "milestone", _("Milestone")
        BADGE = "badge", _("Badge")
        EXTERNAL = "external", _("Badge from elsewhere")
        CAPSTONE = "capstone", _("Capstone")

    # The kinds that have others beneath them; the rest are leaves. CREDITS may be both.
    GROUPS: ClassVar = rules.GROUPS

    version = models.ForeignKey(PathwayVersion, on_delete=models.CASCADE, related_name="nodes")
    code = models.CharField(max_length=8, help_text=_("Its name within the pathway: the same from version to version"))
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    position = models.PositiveSmallIntegerField(help_text=_("Among its siblings, from 0"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=200, blank=True)
    in_order = models.BooleanField(_("one after the other"), default=False)
    needed = models.PositiveSmallIntegerField(_("how many of them"), null=True, blank=True)
    achievement = models.ForeignKey(
        Achievement,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("badge"),
        help_text=_("What has to be held; of a milestone, what is awarded at it"),
    )
    equivalence = models.ForeignKey(Equivalence, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    credits = models.DecimalField(_("credits"), max_digits=6, decimal_places=1, null=True, blank=True)
    credit_framework = models.CharField(
        _("credits of"), max_length=8, choices=AchievementVersion.CreditFramework, blank=True
    )
    # Which badges bring such credits, besides those beneath: any that meet everything set here.
    level_framework = models.CharField(
        _("framework of levels"), max_length=8, choices=AchievementVersion.LevelFramework, blank=True
    )
    level_from = models.PositiveSmallIntegerField(_("from level"), null=True, blank=True)
    skills = models.JSONField(
        _("skills"), default=list, blank=True, help_text=_("Of each its name, web address and code: one is enough")
    )
    issuers = models.ManyToManyField(Issuer, blank=True, related_name="+", verbose_name=_("issuers"))

    objects = NodeQuerySet.as_manager()

    class Meta:
        ordering = ("version", "parent_id", "position")
        constraints = (
            models.UniqueConstraint(fields=("version", "code"), name="node_named_once"),
            models.UniqueConstraint(fields=("version",), condition=Q(parent=None), name="one_root_a_version"),
            models.UniqueConstraint(
                fields=("parent", "position"), name="one_node_a_place", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="node_is_not_beneath_itself"),
            models.CheckConstraint(condition=Q(parent__isnull=False) | Q(kind="all"), name="root_asks_for_all"),
            models.CheckConstraint(
                condition=~Q(kind__in=("badge", "capstone")) | Q(achievement__isnull=False), name="badge_node_has_one"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("badge", "capstone", "milestone")) | Q(achievement=None),
                name="only_badges_and_milestones_name_one",
            ),
            models.CheckConstraint(
                condition=Q(kind="external", equivalence__isnull=False) | ~Q(kind="external") & Q(equivalence=None),
                name="external_counts_by_equivalence",
            ),
            models.CheckConstraint(
                condition=Q(kind="some", needed__gte=1, needed__isnull=False) | ~Q(kind="some") & Q(needed=None),
                name="some_says_how_many",
            ),
            models.CheckConstraint(
                condition=Q(kind="credits", credits__gt=0, credits__isnull=False) & ~Q(credit_framework="")
                | ~Q(kind="credits") & Q(credits=None, credit_framework="", level_framework="", skills=[]),
                name="credits_says_how_many",
            ),
            models.CheckConstraint(
                condition=Q(level_framework="", level_from=None)
                | ~Q(level_framework="") & Q(level_from__isnull=False, level_from__range=(1, 10)),
                name="level_from_of_its_framework",
            ),
            models.CheckConstraint(condition=~Q(kind="milestone") | ~Q(name=""), name="milestone_has_a_name"),
        )

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def is_group(self) -> bool:
        return self.kind in self.GROUPS
