"""Evidence and its journey: a submission, its numbered attempts, and the pieces in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.credentials.models import Credential, ShownEvidence
from apps.issuers.models import Achievement, AchievementVersion, Criterion

if TYPE_CHECKING:
    from apps.accounts.models import User


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: User) -> SubmissionQuerySet:
        """The learner's own, and those handed in where `user` holds a seat to assess."""
        granted = Achievement.objects.assessable_by(user)
        handed_in = models.Exists(Attempt.objects.handed_in().filter(submission=models.OuterRef("pk")))
        return self.filter(Q(learner=user) | Q(handed_in) & Q(version__achievement__in=granted))

    def locked(self, pk: int) -> Submission:
        return self.select_related("version__achievement__issuer", "learner").select_for_update(of=("self",)).get(pk=pk)


class Submission(Moving):
    """A learner's evidence for one version of an achievement, from first draft to decision."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Handed in")
        UNDER_ASSESSMENT = "under_assessment", _("Being assessed")
        NOT_YET = "not_yet", _("Not yet met")
        AWARDED = "awarded", _("Awarded")

    MOVES: ClassVar = {
        State.DRAFT: frozenset({State.SUBMITTED}),
        State.SUBMITTED: frozenset({State.UNDER_ASSESSMENT, State.DRAFT}),
        State.UNDER_ASSESSMENT: frozenset({State.NOT_YET, State.AWARDED}),
        State.NOT_YET: frozenset({State.DRAFT}),
        State.AWARDED: frozenset(),
    }
    # One of these at a time for a learner and an achievement.
    LIVE: ClassVar = (State.DRAFT, State.SUBMITTED, State.UNDER_ASSESSMENT, State.NOT_YET)
    THING: ClassVar = _("submission")

    public_id = PublicIdField()
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="submissions")
    version = models.ForeignKey(AchievementVersion, on_delete=models.PROTECT, related_name="submissions")
    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="submissions")
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    answer_by = models.DateField(null=True, help_text=_("The promised date"))

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("learner", "achievement"),
                condition=Q(state__in=("draft", "submitted", "under_assessment", "not_yet")),
                name="one_live_submission_an_achievement",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False),
                name="handed_in_has_a_time",
            ),
        )
        indexes = (models.Index(fields=("state", "answer_by", "id"), name="submission_by_due_date"),)

    def __str__(self) -> str:
        return f"{self.version} ({self.public_id[:6]})"

    def get_absolute_url(self) -> str:
        return reverse("submissions:submission", args=[self.public_id])

    @property
    def reference(self) -> str:
        """A short name for people to read out: S-7K2M."""
        return f"S-{self.public_id[:4].upper()}"


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def visible_to(self, user: User) -> AttemptQuerySet:
        """The learner's own, and those handed in where `user` holds a seat to assess."""
        granted = Achievement.objects.assessable_by(user)
        return self.filter(
            Q(submission__learner=user) | ~Q(state=Attempt.State.OPEN) & Q(submission__achievement__in=granted)
        )

    def handed_in(self) -> AttemptQuerySet:
        return self.exclude(state=Attempt.State.OPEN)

    def locked(self, pk: int) -> Attempt:
        return self.select_for_update(of=("self",)).get(pk=pk)

    def locked_newest(self) -> Attempt:
        """The last sitting of a submission."""
        return self.select_for_update(of=("self",)).latest("number")


class Attempt(Moving):
    """One sitting of a submission: written while open, then frozen with a manifest of what was handed in."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SUBMITTED = "submitted", _("Handed in")
        CHECKING = "checking", _("Being checked")
        ASSESSABLE = "assessable", _("Ready to assess")
        ASSESSED = "assessed", _("Assessed")
        CLOSED = "closed", _("Closed")

    MOVES: ClassVar = {
        State.OPEN: frozenset({State.SUBMITTED}),
        State.SUBMITTED: frozenset({State.CHECKING}),
        State.CHECKING: frozenset({State.ASSESSABLE, State.OPEN}),
        State.ASSESSABLE: frozenset({State.ASSESSED}),
        State.ASSESSED: frozenset({State.CLOSED}),
        State.CLOSED: frozenset(),
    }
    THING: ClassVar = _("attempt")

    public_id = PublicIdField()
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    overview = models.TextField(_("overview"), blank=True)
    reflection = models.TextField(_("reflection"), blank=True)
    edition = models.PositiveIntegerField(default=0, help_text=_("Counts saves, so that two tabs notice each other"))
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    manifest = models.TextField(blank=True, help_text=_("Frozen JSON: what was handed in, with SHA-256 sums"))
    manifest_sha256 = models.CharField(max_length=64, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ("submission", "number")
        constraints = (
            models.UniqueConstraint(fields=("submission", "number"), name="attempt_numbered_once"),
            models.UniqueConstraint(fields=("submission",), condition=~Q(state="closed"), name="one_attempt_at_a_time"),
            models.CheckConstraint(
                condition=Q(state__in=("open", "submitted", "checking")) | ~Q(manifest_sha256=""),
                name="assessable_has_a_manifest",
            ),
        )

    def __str__(self) -> str:
        return f"{self.submission}, attempt {self.number}"

    @property
    def size(self) -> int:
        """How many bytes were handed in, words included."""
        words = (self.overview, self.reflection, *(piece.text or piece.url for piece in self.evidence.all()))
        return sum(len(one.encode()) for one in words) + sum(piece.size for piece in self.evidence.all())


class EvidenceQuerySet(models.QuerySet["EvidenceItem"]):
    def visible_to(self, user: User) -> EvidenceQuerySet:
        return self.filter(attempt__in=Attempt.objects.visible_to(user))

    def shown_to_strangers(self) -> EvidenceQuerySet:
        """What an earner shows on a credential that strangers may see."""
        shown = ShownEvidence.objects.filter(credential__in=Credential.objects.visible_to(None))
        return self.filter(public_id__in=shown.values("evidence_id"))


class EvidenceItem(models.Model):
    """One piece of evidence: a file, a picture, a link or a text, and the criteria that it supports.

    Files are kept by their SHA-256, so that a piece carried over to the next attempt shares its bytes.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        IMAGE = "image", _("Picture")
        LINK = "link", _("Link")
        TEXT = "text", _("Text")

    # What goes over to the next attempt; the id is new, and what it supports follows by itself.
    CARRIED: ClassVar = (
        *("position", "kind", "title", "text", "url", "file", "file_name", "media_type", "size", "sha256", "added_at"),
    )

    public_id = PublicIdField()
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="evidence")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("text"), blank=True)
    url = models.URLField(_("address"), max_length=2000, blank=True)
    file = models.FileField(max_length=200, blank=True)
    file_name = models.CharField(max_length=300, blank=True, help_text=_("As the learner called it"))
    media_type = models.CharField(max_length=127, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, help_text=_("Of the file's bytes, or of the text or address in UTF-8"))
    criteria = models.ManyToManyField(Criterion, related_name="evidence", blank=True)
    added_at = models.DateTimeField()

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ("attempt", "position", "pk")
        constraints = (
            models.CheckConstraint(
                condition=(
                    Q(kind__in=("file", "image"), size__gt=0, url="", text="") & ~Q(file="") & ~Q(media_type="")
                    | Q(kind="link", file="", text="") & ~Q(url="")
                    | Q(kind="text", file="", url="") & ~Q(text="")
                ),
                name="evidence_holds_what_its_kind_says",
            ),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="evidence_has_a_sum"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def has_file(self) -> bool:
        return self.kind in {self.Kind.FILE, self.Kind.IMAGE}

    @property
    def is_shown_inline(self) -> bool:
        return self.media_type in {"image/png", "image/jpeg", "image/webp", "image/gif"}


class Finding(models.Model):
    """What the learner was told about one criterion of an attempt, released with the decision."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="findings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="findings")
    level = models.PositiveSmallIntegerField(help_text=_("Position of the level reached"))
    met = models.BooleanField()
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ("attempt", "criterion__position")
        constraints = (models.UniqueConstraint(fields=("attempt", "criterion"), name="one_finding_a_criterion"),)

    def __str__(self) -> str:
        return f"{self.criterion}: {self.level}"


class Answer(models.Model):
    """The decision on an attempt as the learner reads it: the outcome and a note to them."""

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="answer")
    met = models.BooleanField()
    note = models.TextField(blank=True)
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.attempt}: {'met' if self.met else 'not yet'}"
