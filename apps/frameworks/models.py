"""Skills, levels and occupations defined by others: frameworks in frozen versions, and the files they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.core.searching import MOST_WORDS, Plain
from apps.frameworks.copies import ItemCopy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_SUM = r"^[0-9a-f]{64}$"
_ADDRESS = r"^https?://[^[:space:]]+$"


class FrameworkQuerySet(models.QuerySet["Framework"]):
    def visible_to(self, user: Any) -> FrameworkQuerySet:
        """Frameworks with a version, which everyone may read; the first version may still be under way."""
        return self.filter(models.Exists(FrameworkVersion.objects.current().filter(framework=models.OuterRef("pk"))))

    def open(self) -> FrameworkQuerySet:
        """Frameworks that may be aligned to and may get a next version."""
        return self.visible_to(None).filter(state=Framework.State.ACTIVE)

    def locked(self, pk: int) -> Framework:
        return self.select_for_update(of=("self",)).get(pk=pk)


class Framework(Moving):
    """A list of skills, levels or occupations that its publisher maintains. Its items are in versions."""

    class State(models.TextChoices):
        ACTIVE = "active", _("In use")
        RETIRED = "retired", _("Retired")

    MOVES: ClassVar = {
        State.ACTIVE: frozenset({State.RETIRED}),
        State.RETIRED: frozenset({State.ACTIVE}),
    }
    THING: ClassVar = _("framework")

    class Kind(models.TextChoices):
        SKILLS = "skills", _("Skills")
        LEVELS = "levels", _("Levels")
        OCCUPATIONS = "occupations", _("Occupations")

    public_id = PublicIdField()
    slug = models.SlugField(
        max_length=80, unique=True, help_text=_("Stands in addresses that are signed: it never changes.")
    )
    identifier = models.CharField(max_length=200, blank=True, help_text=_("What its publisher calls it, as in CASE"))
    title = models.CharField(_("title"), max_length=200)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    source_url = models.URLField(_("where it comes from"), max_length=2000, blank=True)
    licence = models.CharField(_("licence"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.SKILLS)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField()

    objects = FrameworkQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("identifier",), condition=~Q(identifier=""), name="one_framework_a_name"),
            models.CheckConstraint(condition=Q(state__in=("active", "retired")), name="framework_state_known"),
            models.CheckConstraint(
                condition=Q(kind__in=("skills", "levels", "occupations")), name="framework_kind_known"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="framework_has_a_title"),
            models.CheckConstraint(
                condition=Q(source_url="") | Q(source_url__regex=_ADDRESS), name="framework_source_is_an_address"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("frameworks:framework", args=[self.slug])


class FrameworkVersionQuerySet(models.QuerySet["FrameworkVersion"]):
    def current(self) -> FrameworkVersionQuerySet:
        return self.filter(state=FrameworkVersion.State.CURRENT)

    def readable(self) -> FrameworkVersionQuerySet:
        """Versions with a public address: all that were ever current."""
        return self.exclude(state=FrameworkVersion.State.DRAFT)


class FrameworkVersion(Moving):
    """One import of a framework: filled as a draft, and frozen from the moment it is current."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Being imported")
        CURRENT = "current", _("Current")
        RETIRED = "retired", _("Retired")

    MOVES: ClassVar = {
        State.DRAFT: frozenset({State.CURRENT}),
        State.CURRENT: frozenset({State.RETIRED}),
        State.RETIRED: frozenset(),
    }
    THING: ClassVar = _("version")

    class Format(models.TextChoices):
        CASE = "case", _("CASE 1.1")
        CSV = "csv", _("CSV")

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    label = models.CharField(_("version"), max_length=60)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    format = models.CharField(max_length=4, choices=Format)
    sha256 = models.CharField(max_length=64, help_text=_("Of the file it came from"))
    items_count = models.PositiveIntegerField(default=0)
    depths = models.JSONField(default=list, help_text=_("How many items stand at each depth, the top first"))
    imported_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    objects = FrameworkVersionQuerySet.as_manager()

    class Meta:
        ordering = ("framework", "-number")
        constraints = (
            models.UniqueConstraint(fields=("framework", "number"), name="framework_version_numbered_once"),
            models.UniqueConstraint(fields=("framework", "label"), name="framework_version_labelled_once"),
            models.UniqueConstraint(
                fields=("framework",), condition=Q(state="current"), name="one_current_framework_version"
            ),
            models.UniqueConstraint(fields=("framework",), condition=Q(state="draft"), name="one_import_at_a_time"),
            models.CheckConstraint(
                condition=Q(state="draft", imported_at=None, retired_at=None)
                | Q(state="current", imported_at__isnull=False, retired_at=None)
                | Q(state="retired", imported_at__isnull=False, retired_at__isnull=False),
                name="framework_version_has_its_times",
            ),
            models.CheckConstraint(condition=Q(format__in=("case", "csv")), name="framework_version_format_known"),
            models.CheckConstraint(condition=Q(sha256__regex=_SUM), name="framework_version_has_a_sum"),
            models.CheckConstraint(condition=~Q(label=""), name="framework_version_has_a_label"),
        )

    def __str__(self) -> str:
        return f"{self.framework}, {self.label}"

    def get_absolute_url(self) -> str:
        page = self.framework.get_absolute_url()
        return page if self.state == self.State.CURRENT else f"{page}?version={self.number}"


class ItemQuerySet(models.QuerySet["Item"]):
    def readable(self) -> ItemQuerySet:
        return self.exclude(version__state=FrameworkVersion.State.DRAFT)

    def open(self) -> ItemQuerySet:
        """Items that may be aligned to: current, and neither they nor their framework retired."""
        return self.filter(
            version__state=FrameworkVersion.State.CURRENT,
            version__framework__state=Framework.State.ACTIVE,
            retired=False,
        )

    def matching(self, asked: str) -> ItemQuerySet:
        """Items whose code or statements contain every word of `asked`; all if it is empty."""
        rows = self
        for word in asked.split()[:MOST_WORDS]:
            rows = rows.filter(search_key__contains=Plain(Value(word)))
        return rows


class Item(models.Model):
    """One skill, level or occupation in one version of its framework.

    Everything below an item follows it directly, at the positions up to `last`.
    """

    public_id = PublicIdField()
    # No index: it would be the start of two others.
    version = models.ForeignKey(FrameworkVersion, on_delete=models.CASCADE, related_name="items", db_index=False)
    # The triggers' migration adds the foreign key: to an item of the same version.
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="children", db_constraint=False
    )
    position = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    depth = models.PositiveSmallIntegerField()
    identifier = models.CharField(max_length=200, help_text=_("Its CASE identifier, or its code"))
    code = models.CharField(_("code"), max_length=100, blank=True)
    statement = models.CharField(_("statement"), max_length=300)
    full_statement = models.TextField(blank=True, help_text=_("Where it says more than the statement"))
    kind = models.CharField(_("kind"), max_length=100, blank=True)
    url = models.URLField(_("web address"), max_length=2000, blank=True)
    levels = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    retired = models.BooleanField(default=False)
    search_key = models.GeneratedField(
        expression=Func(
            Lower(
                Concat("code", Value(" "), "statement", Value(" "), "full_statement", output_field=models.TextField())
            ),
            function="immutable_unaccent",
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ("version", "position")
        constraints = (
            models.UniqueConstraint(fields=("version", "identifier"), name="item_named_once"),
            models.UniqueConstraint(fields=("version", "position"), name="item_place"),
            # Lets a foreign key hold a parent to the same version.
            models.UniqueConstraint(fields=("id", "version"), name="item_and_its_version"),
            models.CheckConstraint(condition=~Q(identifier=""), name="item_has_an_identifier"),
            models.CheckConstraint(condition=~Q(statement=""), name="item_has_a_statement"),
            models.CheckConstraint(
                condition=Q(parent=None, depth=0) | Q(parent__isnull=False, depth__gt=0), name="item_depth_by_parent"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")) | Q(parent=None), name="item_is_not_its_own_parent"),
            models.CheckConstraint(condition=Q(last__gte=F("position")), name="item_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(url="") | Q(url__regex=_ADDRESS), name="item_url_is_an_address"),
        )
        indexes = (
            models.Index(fields=("version", "depth", "position"), name="item_by_depth"),
            GinIndex(OpClass(F("search_key"), name="gin_trgm_ops"), name="item_by_words"),
        )

    # The types in Open Badges 3.0; kinds without their own use a name of the framework's kind.
    TARGET_TYPES: ClassVar = {
        Framework.Kind.SKILLS: "ceasn:Competency",
        Framework.Kind.LEVELS: "ext:Level",
        Framework.Kind.OCCUPATIONS: "CTDL",
    }

    def __str__(self) -> str:
        return f"{self.code} {self.statement}".strip()

    def get_absolute_url(self) -> str:
        return reverse("frameworks:item", args=[self.version.framework.slug, self.public_id])

    @property
    def within(self) -> int:
        """The number of items below it, at any depth."""
        return self.last - self.position

    @property
    def indent(self) -> int:
        """Its indentation on a page, which stops at the fourth level."""
        return min(self.depth, 4)

    def copy(self) -> ItemCopy:
        """What an alignment copies of it. Needs its version's framework."""
        framework = self.version.framework
        is_case = self.version.format == FrameworkVersion.Format.CASE
        return ItemCopy(
            target_name=self.statement,
            target_url=self.url or f"{settings.PUBLIC_URL}{self.get_absolute_url()}",
            target_code=self.code or self.identifier,
            target_description=self.full_statement,
            target_framework=framework.title,
            target_type="CFItem" if is_case else self.TARGET_TYPES[Framework.Kind(framework.kind)],
            framework_version=self.version.label,
            item=self.public_id,
        )


class FrameworkImportQuerySet(models.QuerySet["FrameworkImport"]):
    def under_way(self) -> FrameworkImportQuerySet:
        return self.filter(state__in=FrameworkImport.UNDER_WAY)

    def locked(self, pk: int) -> FrameworkImport:
        return self.select_for_update(of=("self",)).get(pk=pk)


class FrameworkImport(Moving):
    """A file that someone chose: what was found in it, and how far its import has come."""

    class State(models.TextChoices):
        CHECKED = "checked", _("Checked")
        REFUSED = "refused", _("Refused")
        CONFIRMED = "confirmed", _("Waiting its turn")
        IMPORTING = "importing", _("Being imported")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Stopped")
        DROPPED = "dropped", _("Not used")

    MOVES: ClassVar = {
        State.CHECKED: frozenset({State.CONFIRMED, State.DROPPED}),
        State.REFUSED: frozenset(),
        State.CONFIRMED: frozenset({State.IMPORTING, State.FAILED}),
        State.IMPORTING: frozenset({State.DONE, State.FAILED}),
        State.DONE: frozenset(),
        State.FAILED: frozenset(),
        State.DROPPED: frozenset(),
    }
    UNDER_WAY: ClassVar = (State.CONFIRMED, State.IMPORTING)
    THING: ClassVar = _("import")

    public_id = PublicIdField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="framework_imports")
    framework = models.ForeignKey(Framework, null=True, on_delete=models.SET_NULL, related_name="imports")
    version = models.OneToOneField(FrameworkVersion, null=True, on_delete=models.SET_NULL, related_name="origin")
    against = models.ForeignKey(
        FrameworkVersion,
        null=True,
        on_delete=models.PROTECT,
        related_name="compared_with",
        help_text=_("The version that was current when the file was checked"),
    )
    state = models.CharField(max_length=9, choices=State)
    file = models.FileField(upload_to="frameworks/", max_length=200, blank=True)
    file_name = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=4, choices=FrameworkVersion.Format, blank=True)
    about = models.JSONField(default=dict, help_text=_("Of the framework: title, kind, publisher and so on"))
    counts = models.JSONField(default=dict, help_text=_("How many items are new, changed, removed, the same"))
    examples = models.JSONField(default=dict, help_text=_("The first few of those that are new, changed or removed"))
    findings = models.JSONField(default=list, help_text=_("[row, column, severity, sentence]"))
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    refusal = models.TextField(blank=True, help_text=_("Why it stopped"))
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = FrameworkImportQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("checked", "confirmed", "importing"), ended_at=None)
                | Q(state__in=("refused", "done", "failed", "dropped"), ended_at__isnull=False),
                name="import_ended_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("checked", "refused", "dropped")) | Q(confirmed_at__isnull=False),
                name="import_confirmed_has_a_time",
            ),
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(refusal=""), name="import_stopped_says_why"),
            models.CheckConstraint(condition=Q(rows_done__lte=F("rows_total")), name="import_does_no_more_than_all"),
            models.CheckConstraint(condition=Q(sha256__regex=_SUM), name="import_has_a_sum"),
        )

    def __str__(self) -> str:
        return self.title or self.file_name

    def get_absolute_url(self) -> str:
        return reverse("frameworks:import", args=[self.public_id])

    @property
    def title(self) -> str:
        return str(self.about.get("title", ""))

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY

    @property
    def findings_total(self) -> int:
        """The number of findings, of which only the first are kept."""
        return sum(int(self.counts.get(name, 0)) for name in ("errors", "warnings", "notes"))

    @property
    def kind_label(self) -> StrOrPromise:
        return Framework.Kind(self.about.get("kind", Framework.Kind.SKILLS)).label
