"""Organisations, from the institution at the top to those that sign."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import PublicIdField

if TYPE_CHECKING:
    from apps.accounts.models import User


class IssuerQuerySet(models.QuerySet["Issuer"]):
    def manned_by(self, user: User, *roles: str) -> IssuerQuerySet:
        """Issuers where `user` has one of these roles, there or further up; any role if none is named."""
        from apps.issuers.models.seats import Seat

        seats = Seat.objects.live().filter(person=user, achievement=None)
        if roles:
            seats = seats.filter(role__in=roles)
        return self.filter(models.Exists(seats.filter(issuer__descents_below__descendant=models.OuterRef("pk"))))

    def run_by(self, user: User) -> IssuerQuerySet:
        """Issuers whose people `user` may see and seat: those they own or manage, there or further up."""
        from apps.issuers.models.seats import RUNNING

        return self.manned_by(user, *RUNNING)

    def visible_to(self, user: User) -> IssuerQuerySet:
        """Issuers whose inner pages `user` may open: all for the operator, else where they sit, or below that."""
        from apps.issuers.models.seats import Seat

        if user.is_operator:
            return self
        seats = Seat.objects.live().filter(person=user)
        above = seats.filter(achievement=None, issuer__descents_below__descendant=models.OuterRef("pk"))
        here = seats.filter(issuer=models.OuterRef("pk"))
        return self.filter(models.Exists(above) | models.Exists(here))

    def locked(self, pk: int) -> Issuer:
        """The row under its lock: seats change one at a time. `no_key`: references to the issuer need not wait."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class EvidenceType(models.TextChoices):
    """The types of files that an issuer may accept as evidence."""

    DOCUMENTS = "documents", _("Documents")
    PICTURES = "pictures", _("Pictures")
    SOUND = "sound", _("Sound recordings")
    VIDEO = "video", _("Videos")
    DATA = "data", _("Tables and data")
    ARCHIVES = "archives", _("Zip files")


class Issuer(models.Model):
    """An organisation or a person that stands behind credentials. An institution is one with others below it."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("Organisation")
        INDIVIDUAL = "individual", _("Person")

    class Terminology(models.TextChoices):
        """What this issuer's pages call an achievement; code and API always use the same word."""

        BADGE = "badge", _("Badge")
        MICRO_CREDENTIAL = "micro_credential", _("Micro-credential")

    # What an operator checks before verifying an issuer.
    ATTESTED = ("name", "kind", "url")

    public_id = PublicIdField()
    slug = models.SlugField(max_length=80, unique=True, help_text=_("Stands in signed credentials: it never changes."))
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ORGANISATION)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    url = models.URLField(_("web address"), blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        validators=[RegexValidator("^[A-Z]{2}$", _("Two capital letters, as in NZ."))],
        help_text=_("Two letters, as in NZ. The European profile asks for it."),
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="Pacific/Auckland")
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True)
    logo_sha256 = models.CharField(max_length=64, blank=True)
    terminology = models.CharField(
        _("what you call an achievement"), max_length=20, choices=Terminology, default=Terminology.BADGE
    )
    brand_colour = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        validators=[RegexValidator("^#[0-9a-f]{6}$", _("A colour as in #1f4d3a."))],
        help_text=_("Of the line at the top of your page."),
    )
    linkedin_number = models.CharField(
        _("LinkedIn organisation number"),
        max_length=20,
        blank=True,
        validators=[RegexValidator("^[0-9]+$", _("Digits only."))],
        help_text=_("Your logo then stands beside the badge on a profile there."),
    )
    quality_provider = models.TextField(
        _("who you are as a provider"), blank=True, help_text=_("What you teach, since when, and who stands behind it.")
    )
    quality_process = models.TextField(
        _("how you assure quality"), blank=True, help_text=_("Who checks assessors and decisions, and how often.")
    )
    quality_review = models.TextField(
        _("when you review"), blank=True, help_text=_("How often a badge is looked at again, and by whom.")
    )
    asks_approval = models.BooleanField(
        _("a second person approves before publishing"),
        default=False,
        help_text=_("Whoever sends a version in cannot approve it."),
    )
    bars_colleagues = models.BooleanField(
        _("colleagues don't judge each other"),
        default=False,
        help_text=_("Nor does who coached the learner: work goes to somebody further away."),
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("appeal within, in days"),
        default=20,
        validators=[MaxValueValidator(365)],
        help_text=_("So long after a decision its learner may appeal. 0: never."),
    )
    evidence_types = ArrayField(
        models.CharField(max_length=10, choices=EvidenceType),
        verbose_name=_("files that you take as evidence"),
        default=list,
        blank=True,
        help_text=_("Choose none to take them all. Words, links and badges are always taken."),
    )
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = IssuerQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=("organisation", "individual")), name="issuer_kind_known"),
            models.CheckConstraint(
                condition=Q(terminology__in=("badge", "micro_credential")), name="issuer_terminology_known"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="issuer_not_below_itself"),
            models.CheckConstraint(
                condition=Q(
                    evidence_types__contained_by=["documents", "pictures", "sound", "video", "data", "archives"]
                ),
                name="issuer_takes_known_files",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("credentials:issuer", args=[self.slug])

    @property
    def attested(self) -> str:
        """SHA-256 of who it says it is."""
        return hashlib.sha256("\0".join(str(getattr(self, name)) for name in self.ATTESTED).encode()).hexdigest()

    @property
    def logo_address(self) -> str:
        """The path of the logo, which changes with each new logo; empty if there is none."""
        return f"{reverse('issuers:logo', args=[self.slug])}?{self.logo_sha256[:8]}" if self.logo_sha256 else ""


class Descent(models.Model):
    """Pairs of issuers, one at any distance below the other, or the same. Only a trigger on Issuer writes it."""

    ancestor = models.ForeignKey(Issuer, on_delete=models.CASCADE, related_name="descents_below")
    descendant = models.ForeignKey(Issuer, on_delete=models.CASCADE, related_name="descents_above")
    steps = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("descendant", "ancestor"), name="descent_once"),)

    def __str__(self) -> str:
        return f"{self.descendant} below {self.ancestor}"


class Approval(models.Model):
    """What an authority has granted to an issuer: a registration, an accreditation, a consent to assess."""

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.CASCADE, related_name="approvals")
    authority = models.CharField(_("authority"), max_length=200)
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    url = models.URLField(_("where it can be looked up"), blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ("issuer", "authority", "pk")
        constraints = (
            models.UniqueConstraint(fields=("issuer", "authority", "reference"), name="approval_named_once"),
        )

    def __str__(self) -> str:
        return self.authority

    @property
    def has_run_out(self) -> bool:
        """Whether it has expired, by the issuer's own calendar; the day itself still counts."""
        if self.until is None:
            return False
        return self.until < clock.now().astimezone(clock.zone(self.issuer.time_zone)).date()
