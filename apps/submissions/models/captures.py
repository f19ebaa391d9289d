"""Captures of links that are evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.submissions.models.journey import Submission

if TYPE_CHECKING:
    from collections.abc import Iterable


class CaptureQuerySet(models.QuerySet["Capture"]):
    def of_link(self, submission_id: int, url: str) -> CaptureQuerySet:
        """Captures of one link, newest first. Attempts carry links over, so a submission's attempts share them."""
        return self.filter(submission_id=submission_id, url=url).order_by("-at", "-pk")

    def newest_fetched(self, submission_id: int, urls: Iterable[str]) -> dict[str, Capture]:
        """The newest successful capture of each address."""
        fetched = self.filter(submission_id=submission_id, url__in=urls, outcome=Capture.Outcome.FETCHED)
        return {one.url: one for one in fetched.defer("text").order_by("at", "pk")}


class Capture(models.Model):
    """One look at a link: the page's title and text with their sums, or why nothing could be kept. Never changed."""

    class Outcome(models.TextChoices):
        FETCHED = "fetched", _("Kept")
        FAILED = "failed", _("Could not be kept")

    public_id = PublicIdField()
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="captures")
    url = models.URLField(_("address"), max_length=2000)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    why = models.CharField(max_length=300, blank=True, help_text=_("It could not be kept, in words"))
    media_type = models.CharField(max_length=127, blank=True)
    title = models.CharField(max_length=300, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text=_("Of the answer, in bytes"))
    sha256 = models.CharField(max_length=64, blank=True, help_text=_("Of the answer's bytes, which are not kept"))
    text = models.TextField(blank=True, help_text=_("What a person reads there; empty where `same_as` has it"))
    text_sha256 = models.CharField(max_length=64, blank=True, help_text=_("Of the text in UTF-8"))
    same_as = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="seen_again", help_text=_("It said the same then")
    )

    objects = CaptureQuerySet.as_manager()

    class Meta:
        ordering = ("submission", "at", "pk")
        indexes = (models.Index(fields=("submission", "at"), name="capture_by_submission"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome="fetched", why="")
                & Q(sha256__regex=r"^[0-9a-f]{64}$", text_sha256__regex=r"^[0-9a-f]{64}$")
                | Q(outcome="failed", sha256="", text_sha256="", title="", text="", size=0, same_as=None) & ~Q(why=""),
                name="capture_kept_something_or_says_why",
            ),
            models.CheckConstraint(condition=Q(same_as=None) | Q(text=""), name="captured_text_is_kept_once"),
        )

    def __str__(self) -> str:
        return f"{self.url} {self.outcome}"

    @property
    def was_fetched(self) -> bool:
        return self.outcome == self.Outcome.FETCHED

    @property
    def words(self) -> str:
        return (self.same_as or self).text

    def says_the_same(self, other: Capture) -> bool:
        """Whether a reader sees what they saw then. The bytes of a page differ each time; its text doesn't."""
        if self.has_words or other.has_words:
            return (self.title, self.text_sha256) == (other.title, other.text_sha256)
        return self.sha256 == other.sha256

    @property
    def has_words(self) -> bool:
        return self.text_sha256 != NO_WORDS


class Kept(NamedTuple):
    """A link as pages show it. `then`: what counts as handed in; `now`: the newest content; `last`: the last look;
    `is_early`: `then` was captured before the hand-in, and nothing soon after.
    """

    then: Capture | None = None
    now: Capture | None = None
    last: Capture | None = None
    is_early: bool = False

    @property
    def is_gone(self) -> bool:
        """Whether the link once had content, and the last look found none."""
        return self.now is not None and self.last is not None and not self.last.was_fetched

    @property
    def has_changed(self) -> bool:
        return self.then is not None and self.now is not None and not self.then.says_the_same(self.now)


# The SHA-256 of an empty text.
NO_WORDS = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
