"""The comment bank: comments that an issuer's assessors keep for reuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import MD5
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.searching import having
from apps.issuers.models import Achievement, Issuer, Seat
from apps.reviews.models.marking import Review

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from apps.accounts.models import User

    Suggestion = WithAnnotations["BankComment", "Fitting"]

LONGEST_COMMENT = 2_000


def banks_of(user: User) -> models.QuerySet[Issuer]:
    """The issuers whose comment bank `user` shares: those where they assess or moderate, even if only one badge."""
    return Issuer.objects.filter(
        Q(pk__in=Issuer.objects.manned_by(user, Seat.Role.ASSESSOR, Seat.Role.MODERATOR).values("pk"))
        | Q(pk__in=Achievement.objects.assessable_by(user).values("issuer"))
    )


class Fitting(TypedDict):
    """How well a comment fits a field. `fits`: 2 for its criterion, 1 for any criterion, 0 for another. Also whether
    it was used at that level, and how often this person used it, in total and in accepted markings.
    """

    fits: int
    fits_level: bool
    own_accepted: int
    own_uses: int


class BankCommentQuerySet(models.QuerySet["BankComment"]):
    def visible_to(self, user: User) -> BankCommentQuerySet:
        """Comments for badges that `user` may assess, and general ones of the banks they share."""
        return self.filter(
            Q(achievement__in=Achievement.objects.assessable_by(user))
            | Q(achievement=None, issuer__in=banks_of(user).values("pk"))
        )

    def kept(self) -> BankCommentQuerySet:
        return self.filter(retired_at=None)

    def matching(self, asked: str) -> BankCommentQuerySet:
        return having(self, asked, "text") if asked else self

    def suggested(
        self, achievement: Achievement, *, to: User, criterion_code: str, level: int | None
    ) -> models.QuerySet[Suggestion]:
        """Comments for work on a badge, best fit first: by criterion, by level, then by one's own use.

        Uses in accepted markings count before other uses.
        """
        here = self.kept().filter(Q(achievement=achievement) | Q(achievement=None, issuer=achievement.issuer_id))
        at_level = BankUse.objects.filter(comment=OuterRef("pk"), criterion_code=criterion_code, level=level)
        own = Q(used__review__assignment__assessor=to)
        return here.annotate(
            fits=Case(
                When(achievement=achievement, criterion_code=criterion_code, then=Value(2)),
                When(criterion_code="", then=Value(1)),
                default=Value(0),
                output_field=IntegerField(),
            ),
            fits_level=Exists(at_level),
            own_accepted=Count("used", filter=own & Q(used__review__state=Review.State.ACCEPTED)),
            own_uses=Count("used", filter=own),
        ).order_by("-fits", "-fits_level", "-own_accepted", "-own_uses", "-uses", "pk")


class BankComment(models.Model):
    """A comment for reuse: for any badge of an issuer, for one badge, or for one criterion of it.

    It names a criterion by its code, so it stays with the criterion from version to version.
    """

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="bank_comments")
    achievement = models.ForeignKey(Achievement, null=True, on_delete=models.PROTECT, related_name="bank_comments")
    criterion_code = models.CharField(_("criterion"), max_length=40, blank=True)
    text = models.TextField(_("comment"), max_length=LONGEST_COMMENT)
    uses = models.PositiveIntegerField(_("used"), default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    objects = BankCommentQuerySet.as_manager()

    class Meta:
        ordering = ("-uses", "pk")
        constraints = (
            models.UniqueConstraint(
                "issuer",
                "achievement",
                "criterion_code",
                MD5("text"),
                condition=Q(retired_at=None),
                nulls_distinct=False,
                name="a_comment_is_kept_once",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="a_comment_says_something"),
            models.CheckConstraint(
                condition=Q(criterion_code="") | Q(achievement__isnull=False), name="a_criterion_is_a_badges"
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]


class BankUse(models.Model):
    """One use of a comment in one field of a marking. An empty code is the note to the learner."""

    comment = models.ForeignKey(BankComment, on_delete=models.CASCADE, related_name="used")
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="+")
    criterion_code = models.CharField(max_length=40, blank=True)
    level = models.PositiveSmallIntegerField(null=True, help_text=_("What was chosen on the criterion then"))
    used_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("comment", "review", "criterion_code"), name="one_use_a_field"),)

    def __str__(self) -> str:
        return f"{self.comment}: {self.review}"
