"""The pieces of an attempt, and the criteria they support."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.core.erasing import NOTHING, NOWHERE
from apps.core.ids import PublicIdField
from apps.credentials import reports
from apps.credentials.models import Credential, ForeignCredential, ShownEvidence
from apps.issuers.models import Criterion
from apps.submissions.models.journey import Attempt
from apps.submissions.places import Place

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.credentials.verification import Report
    from apps.submissions.models.captures import Kept

# The file name of a piece whose file was erased.
NO_FILE = "evidence/erased"


class EvidenceQuerySet(models.QuerySet["EvidenceItem"]):
    def visible_to(self, user: User) -> EvidenceQuerySet:
        return self.filter(attempt__in=Attempt.objects.visible_to(user))

    def shown_to_strangers(self) -> EvidenceQuerySet:
        """Pieces that an earner shows on a credential visible to everyone."""
        shown = ShownEvidence.objects.filter(credential__in=Credential.objects.visible_to(None))
        return self.filter(public_id__in=shown.values("evidence_id"))


class EvidenceItem(models.Model):
    """One piece of evidence: a file, a link, a text or a credential, and the criteria that it supports.

    Files are stored by their SHA-256, so that a piece carried over to the next attempt shares its file.
    """

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("Document")
        IMAGE = "image", _("Picture")
        AUDIO = "audio", _("Sound recording")
        VIDEO = "video", _("Video")
        LINK = "link", _("Link")
        TEXT = "text", _("Text")
        REFLECTION = "reflection", _("Reflection")
        DATA = "data", _("Data or code")
        CERTIFICATE = "certificate", _("Earlier certificate")
        CREDENTIAL = "credential", _("Badge from elsewhere")

    class FileState(models.TextChoices):
        """The state of a file: `CHECKING` until a job has read all of it once."""

        CHECKING = "checking", _("Being checked")
        READY = "ready", _("Checked")
        BLOCKED = "blocked", _("Blocked")

    class Scan(models.TextChoices):
        NOT_SCANNED = "not_scanned", _("Not scanned for viruses")
        CLEAN = "clean", _("Scanned, nothing found")
        INFECTED = "infected", _("Scanned, something found")

    class People(models.TextChoices):
        """Whether people can be recognised in a piece, and agreed to that."""

        UNSAID = "", _("Not said yet")
        NOBODY = "nobody", _("Nobody can be recognised in it")
        AGREED = "agreed", _("Everyone who can be recognised agreed")

    FILES: ClassVar = (Kind.DOCUMENT, Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.DATA, Kind.CERTIFICATE)
    TEXTS: ClassVar = (Kind.TEXT, Kind.REFLECTION)
    # What is carried over to the next attempt; the id is new, and the criteria are copied separately.
    CARRIED: ClassVar = (
        *("position", "kind", "title", "text", "url", "foreign", "file", "file_name", "media_type", "size", "sha256"),
        *("file_state", "blocked_because", "scan", "scanned_at", "transcript", "made_on", "people", "people_note"),
        *("people_said_at", "shows_me", "added_at"),
    )

    public_id = PublicIdField()
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="evidence")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("text"), blank=True)
    url = models.URLField(_("address"), max_length=2000, blank=True)
    foreign = models.ForeignKey(
        ForeignCredential, null=True, blank=True, on_delete=models.PROTECT, related_name="evidence"
    )
    file = models.FileField(max_length=200, blank=True)
    file_name = models.CharField(max_length=300, blank=True, help_text=_("As the learner called it"))
    media_type = models.CharField(max_length=127, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(
        max_length=64,
        blank=True,
        help_text=_("Of the file's bytes, of the text or address in UTF-8, or of the credential's bytes"),
    )
    file_state = models.CharField(max_length=10, choices=FileState, default=FileState.READY)
    blocked_because = models.CharField(max_length=300, blank=True, help_text=_("What the learner is told"))
    scan = models.CharField(max_length=12, choices=Scan, default=Scan.NOT_SCANNED)
    scanned_at = models.DateTimeField(null=True)
    transcript = models.TextField(_("captions or transcript"), blank=True)
    made_on = models.DateField(_("when it was made"), null=True, blank=True)
    people = models.CharField(_("people in it"), max_length=8, choices=People, blank=True)
    people_note = models.CharField(_("who agreed, and how"), max_length=300, blank=True)
    people_said_at = models.DateTimeField(null=True)
    shows_me = models.BooleanField(
        _("it shows who I am"), default=False, help_text=_("Where assessors don't see who it is, it lies under a veil")
    )
    criteria: models.ManyToManyField[Criterion, Support] = models.ManyToManyField(
        Criterion, through="submissions.Support", related_name="evidence", blank=True
    )
    key = models.CharField(
        max_length=64, null=True, blank=True, help_text=_("How its sender names it, who may send it twice")
    )
    added_at = models.DateTimeField()

    # Its text is masked for a reader who may not know whose it is (queries.cover_piece).
    is_covered = False
    # What was captured of a link, if a page asked for it (queries.give_captures).
    kept: Kept | None = None

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ("attempt", "position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("attempt", "key"), name="one_piece_a_key"),
            models.CheckConstraint(
                condition=(
                    Q(kind__in=("document", "image", "audio", "video", "data", "certificate"))
                    & Q(size__gt=0, url="", text="", foreign=None)
                    & ~Q(file="")
                    | Q(kind="link", file="", text="", foreign=None) & ~Q(url="")
                    | Q(kind__in=("text", "reflection"), file="", url="", foreign=None) & ~Q(text="")
                    | Q(kind="credential", file="", url="", text="", foreign__isnull=False)
                ),
                name="evidence_holds_what_its_kind_says",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$") | Q(file_state__in=("checking", "blocked"), sha256=""),
                name="evidence_has_a_sum",
            ),
            models.CheckConstraint(
                condition=~Q(file_state="ready") | Q(file="") | ~Q(media_type=""), name="checked_file_has_a_type"
            ),
            models.CheckConstraint(
                condition=Q(file_state="blocked") | Q(blocked_because=""), name="only_a_blocked_file_says_why"
            ),
            models.CheckConstraint(
                condition=Q(scan="not_scanned", scanned_at=None) | ~Q(scan="not_scanned") & Q(scanned_at__isnull=False),
                name="scanned_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(people="", people_said_at=None) | ~Q(people="") & Q(people_said_at__isnull=False),
                name="consent_said_at_some_time",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def told_sum(self) -> str:
        """Its SHA-256 for this reader; empty for masked text, since a reader could try names until one matches."""
        return "" if self.is_covered and not self.has_file else self.sha256

    @property
    def has_file(self) -> bool:
        return self.kind in self.FILES

    @cached_property
    def report(self) -> Report | None:
        """What the last check of a badge from elsewhere found."""
        return reports.read(self.foreign.report) if self.foreign else None

    @property
    def is_erased(self) -> bool:
        """Whether its content was erased: its learner left, or the time to keep it is over."""
        is_empty = self.text == NOTHING or self.url == NOWHERE or self.file.name == NO_FILE
        return self.title == NOTHING and (is_empty or self.kind == self.Kind.CREDENTIAL)


class Support(models.Model):
    """A criterion that a piece supports, and where in the piece to look."""

    evidence = models.ForeignKey(
        EvidenceItem, on_delete=models.CASCADE, related_name="supports", db_column="evidenceitem_id"
    )
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="supports")
    page = models.PositiveIntegerField(_("page"), null=True, blank=True)
    seconds = models.PositiveIntegerField(_("time"), null=True, blank=True, help_text=_("From the beginning"))
    quote = models.CharField(_("words to look for"), max_length=500, blank=True)

    class Meta:
        db_table = "submissions_evidenceitem_criteria"
        ordering = ("criterion__position",)
        constraints = (
            models.UniqueConstraint(fields=("evidence", "criterion"), name="supports_a_criterion_once"),
            models.CheckConstraint(condition=Q(page=None) | Q(page__gte=1), name="pages_count_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.evidence}: {self.criterion}"

    @property
    def place(self) -> Place:
        return Place(self.page, self.seconds, self.quote)
