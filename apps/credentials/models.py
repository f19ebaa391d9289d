"""Credentials, the keys that sign them, and the exact bytes that were signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

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


class EndorsementQuerySet(models.QuerySet["Endorsement"]):
    def live(self) -> EndorsementQuerySet:
        """Asked for, and neither refused nor over: an endorser has one of these a subject."""
        return self.filter(state__in=Endorsement.LIVE)

    def signed(self) -> EndorsementQuerySet:
        return self.filter(state=Endorsement.State.SIGNED)

    def asked_of(self, user: User) -> EndorsementQuerySet:
        """Those asked of an organisation that `user` runs."""
        return self.filter(endorser__in=Issuer.objects.run_by(user))

    def asked_for(self, user: User) -> EndorsementQuerySet:
        """Those that `user` asked for, and those of what `user` runs."""
        run = Issuer.objects.run_by(user)
        return self.filter(Q(asked_by=user) | Q(issuer__in=run) | Q(version__achievement__issuer__in=run))

    def visible_to(self, user: User | AnonymousUser | None) -> EndorsementQuerySet:
        """For everybody what was signed about what everybody may see; the rest for the two sides."""
        told = Q(state__in=(Endorsement.State.SIGNED, Endorsement.State.REVOKED))
        shown = told & (Q(credential=None) | Q(credential__in=Credential.objects.visible_to(user)))
        if user is None or not user.is_authenticated:
            return self.filter(shown)
        ours = self.asked_of(user).values("pk")
        return self.filter(shown | Q(pk__in=ours) | Q(pk__in=self.asked_for(user).values("pk")))

    def with_names(self) -> EndorsementQuerySet:
        """With all that `subject`, and a line about it, need."""
        return self.select_related(
            "endorser",
            "issuer",
            "version__achievement__issuer",
            "credential__version__achievement",
            "credential__issuer",
            "credential__earner",
            "asked_by",
        )

    def locked(self, pk: int) -> Endorsement:
        return self.with_names().select_for_update(of=("self",)).get(pk=pk)


Endorsable = Issuer | AchievementVersion | Credential


class Endorsement(Moving):
    """What one organisation says, signed, for an issuer, a version of an achievement, or a credential of others."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("Asked for")
        ACCEPTED = "accepted", _("Being signed")
        SIGNED = "signed", _("Signed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        LAPSED = "lapsed", _("Lapsed")
        REVOKED = "revoked", _("Taken back")

    MOVES: ClassVar = {
        State.REQUESTED: frozenset({State.ACCEPTED, State.DECLINED, State.WITHDRAWN, State.LAPSED}),
        State.ACCEPTED: frozenset({State.SIGNED}),
        State.SIGNED: frozenset({State.REVOKED}),
        State.DECLINED: frozenset(),
        State.WITHDRAWN: frozenset(),
        State.LAPSED: frozenset(),
        State.REVOKED: frozenset(),
    }
    LIVE: ClassVar = (State.REQUESTED, State.ACCEPTED, State.SIGNED)
    THING: ClassVar = _("endorsement")

    public_id = PublicIdField()
    endorser = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="endorsements_given")
    issuer = models.ForeignKey(Issuer, null=True, on_delete=models.PROTECT, related_name="endorsements")
    version = models.ForeignKey(AchievementVersion, null=True, on_delete=models.PROTECT, related_name="endorsements")
    credential = models.ForeignKey(Credential, null=True, on_delete=models.PROTECT, related_name="endorsements")
    state = models.CharField(max_length=12, choices=State, default=State.REQUESTED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="endorsements_asked")
    asked_at = models.DateTimeField()
    note = models.TextField(blank=True, help_text=_("The words of who asked"))
    expires_at = models.DateTimeField()
    comment = models.TextField(blank=True, help_text=_("The endorser's words, in Markdown: they are signed"))
    reason = models.TextField(blank=True, help_text=_("Why it was declined"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="endorsements_answered"
    )
    answered_at = models.DateTimeField(null=True)
    key = models.ForeignKey(SigningKey, null=True, on_delete=models.PROTECT, related_name="endorsements")
    text = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    signed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text=_("When it was withdrawn or taken back, or lapsed"))

    objects = EndorsementQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(issuer__isnull=False, version=None, credential=None)
                | Q(issuer=None, version__isnull=False, credential=None)
                | Q(issuer=None, version=None, credential__isnull=False),
                name="endorsement_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=("endorser", "issuer", "version", "credential"),
                condition=Q(state__in=("requested", "accepted", "signed")),
                nulls_distinct=False,
                name="one_live_endorsement_a_subject",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("signed", "revoked"), signed_at__isnull=False, key__isnull=False) & ~Q(text="")
                | ~Q(state__in=("signed", "revoked")) & Q(signed_at=None, key=None, text=""),
                name="endorsement_signed_has_a_text",
            ),
            models.CheckConstraint(
                condition=Q(issuer=None) | ~Q(issuer=F("endorser")), name="endorsement_not_of_oneself"
            ),
        )

    def __str__(self) -> str:
        return f"{self.endorser} · {self.subject_name}"

    def get_absolute_url(self) -> str:
        return reverse("credentials:endorsement", args=[self.public_id])

    @property
    def subject(self) -> Endorsable:
        """One of the three is there: `endorsement_of_one_thing`."""
        return cast("Endorsable", self.issuer or self.version or self.credential)

    @property
    def subject_name(self) -> str:
        return self.issuer.name if self.issuer else self.badge.name

    @property
    def badge(self) -> AchievementVersion:
        """The version that it is about, where it is not about an issuer: the one endorsed, or the one earned."""
        return cast("AchievementVersion", self.version or (self.credential and self.credential.version))

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.state == self.State.REQUESTED and self.expires_at > clock.now()
