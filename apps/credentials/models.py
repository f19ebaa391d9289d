"""Credentials, the keys that sign them, and the exact bytes that were signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import LENGTH, PublicIdField
from apps.core.moves import Moving
from apps.issuers.models import Achievement, AchievementVersion, Issuer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


class SigningKey(Moving):
    """An issuer's key. The private half lies encrypted under KEY_ENCRYPTION_KEYS; only workers open it."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")
        COMPROMISED = "compromised", _("Compromised")

    MOVES: ClassVar = {
        State.ACTIVE: frozenset({State.RETIRED, State.COMPROMISED}),
        State.RETIRED: frozenset({State.COMPROMISED}),
        State.COMPROMISED: frozenset(),
    }
    THING: ClassVar = _("key")

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="signing_keys")
    multibase = models.CharField(max_length=64, unique=True, help_text=_("The public half, as a Multikey: z6Mk…"))
    encrypted = models.TextField(help_text=_("The private half: AES-256-GCM under a key-encryption key"))
    state = models.CharField(max_length=12, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("issuer",), condition=Q(state="active"), name="one_active_key"),)

    def __str__(self) -> str:
        return self.multibase


class CredentialQuerySet(models.QuerySet["Credential"]):
    def visible_to(self, user: User | AnonymousUser | None) -> CredentialQuerySet:
        """The earner's own, and what earners have lifted out of private."""
        shown = ~Q(visibility=Credential.Visibility.PRIVATE)
        return self.filter(shown | Q(earner=user)) if user is not None and user.is_authenticated else self.filter(shown)

    def for_its_page(self) -> CredentialQuerySet:
        return self.select_related("issuer", "earner", "version__achievement")

    def locked(self, pk: int) -> Credential:
        return (
            self.select_related("version__achievement", "issuer", "earner").select_for_update(of=("self",)).get(pk=pk)
        )


class Credential(Moving):
    """One award to one person. `snapshot` is frozen at the award; the signed forms are made from it alone."""

    class State(models.TextChoices):
        AWARDED = "awarded", _("Awarded")
        BAKED = "baked", _("Signed")
        OFFERED = "offered", _("New")
        CLAIMED = "claimed", _("Kept")

    MOVES: ClassVar = {
        State.AWARDED: frozenset({State.BAKED}),
        State.BAKED: frozenset({State.OFFERED}),
        State.OFFERED: frozenset({State.CLAIMED}),
        State.CLAIMED: frozenset(),
    }
    THING: ClassVar = _("credential")

    class Basis(models.TextChoices):
        ASSESSED = "assessed", _("Assessed evidence")

    class Visibility(models.TextChoices):
        PRIVATE = "private", _("Only you")
        LINK = "link", _("Who has the link")
        PUBLIC = "public", _("Everybody")

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="credentials")
    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="credentials")
    version = models.ForeignKey(AchievementVersion, on_delete=models.PROTECT, related_name="credentials")
    earner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credentials")
    single = models.BooleanField(help_text=_("The achievement's, copied for the constraint below"))
    basis = models.CharField(max_length=12, choices=Basis)
    decision_id = models.CharField(max_length=LENGTH, unique=True, null=True, help_text=_("Public id of the decision"))
    state = models.CharField(max_length=12, choices=State, default=State.AWARDED)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.PRIVATE)
    shows_name = models.BooleanField(default=True, help_text=_("Whether others see the earner's name on it"))
    shows_words = models.BooleanField(default=False, help_text=_("Whether others see what the assessor wrote"))
    snapshot = models.JSONField()
    awarded_at = models.DateTimeField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ("-awarded_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("achievement", "earner"), condition=Q(single=True), name="one_live_credential_a_person"
            ),
            models.CheckConstraint(
                condition=Q(basis="assessed", decision_id__isnull=False) | ~Q(basis="assessed"),
                name="assessed_has_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="valid_until_after_valid_from"
            ),
        )

    def __str__(self) -> str:
        return f"{self.version} · {self.earner}"

    def get_absolute_url(self) -> str:
        return reverse("backpacks:credential", args=[self.public_id])

    @property
    def standing(self) -> str:
        """How it stands, in the words of the pills: being signed, waiting for its earner, valid, run out."""
        if self.valid_until is not None and self.valid_until <= clock.now():
            return "expired"
        return "valid" if self.state == self.State.CLAIMED else self.state

    @property
    def is_signed(self) -> bool:
        return self.state != self.State.AWARDED


class ShownEvidence(models.Model):
    """A piece of evidence that its earner shows to who may see the credential."""

    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="shown_evidence")
    evidence_id = models.CharField(max_length=LENGTH, db_index=True, help_text=_("Public id of the piece"))

    class Meta:
        constraints = (models.UniqueConstraint(fields=("credential", "evidence_id"), name="shown_once"),)

    def __str__(self) -> str:
        return self.evidence_id


class SignedForm(models.Model):
    """The bytes of a credential in one format: signed once, served and baked as they stand. Never changed."""

    class Format(models.TextChoices):
        OB3_EDDSA = "ob3-eddsa-rdfc-2022", _("Open Badges 3.0, Data Integrity")

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="forms")
    format = models.CharField(max_length=24, choices=Format)
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="forms")
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("credential", "format"), name="one_form_a_format"),)

    def __str__(self) -> str:
        return f"{self.credential_id} {self.format}"


class Bake(models.Model):
    """The SHA-256 of a picture with a signed form inside. Baking again must give the same. Never changed."""

    class Picture(models.TextChoices):
        PNG = "png", "PNG"

    form = models.ForeignKey(SignedForm, on_delete=models.PROTECT, related_name="bakes")
    picture = models.CharField(max_length=4, choices=Picture)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    baked_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("form", "picture"), name="one_bake_a_picture"),)

    def __str__(self) -> str:
        return self.sha256
