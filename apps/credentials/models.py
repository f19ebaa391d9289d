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
from apps.credentials.formats.bitstring import FEWEST_BITS
from apps.issuers.models import Achievement, AchievementVersion, Issuer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


class SigningKey(Moving):
    """An issuer's key of one kind. The private half lies encrypted under KEY_ENCRYPTION_KEYS; only workers open it."""

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

    class Algorithm(models.TextChoices):
        ED25519 = "ed25519", "Ed25519"
        P256 = "p256", "P-256"
        RSA = "rsa", "RSA 2048"

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="signing_keys")
    algorithm = models.CharField(max_length=8, choices=Algorithm, default=Algorithm.ED25519)
    name = models.CharField(
        max_length=64,
        unique=True,
        help_text=_("Of the public half, in addresses: its Multikey (z6Mk…, zDn…), or an RSA key's thumbprint"),
    )
    public_pem = models.TextField(blank=True, help_text=_("The public half of an RSA key, which its name doesn't hold"))
    encrypted = models.TextField(help_text=_("The private half: AES-256-GCM under a key-encryption key"))
    state = models.CharField(max_length=12, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text=_("When it was retired, or found to be compromised"))
    why = models.TextField(_("why"), blank=True, help_text=_("What is known of a compromised key."))

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("issuer", "algorithm"), condition=Q(state="active"), name="one_active_key_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(algorithm__in=("ed25519", "p256"), public_pem="") | Q(algorithm="rsa") & ~Q(public_pem=""),
                name="key_algorithm_known",
            ),
            models.CheckConstraint(
                condition=Q(state="active", ended_at=None) | ~Q(state="active") & ~Q(ended_at=None),
                name="key_ended_when_not_active",
            ),
        )

    def __str__(self) -> str:
        return self.name


class CredentialQuerySet(models.QuerySet["Credential"]):
    def visible_to(self, user: User | AnonymousUser | None) -> CredentialQuerySet:
        """The earner's own, and what earners have lifted out of private."""
        shown = ~Q(visibility=Credential.Visibility.PRIVATE)
        return self.filter(shown | Q(earner=user)) if user is not None and user.is_authenticated else self.filter(shown)

    def for_its_page(self) -> CredentialQuerySet:
        return self.select_related("issuer", "earner", "version__achievement")

    def issued_by(self, user: User) -> CredentialQuerySet:
        """Those of the issuers that `user` runs, however their earners show them: who holds what, and no evidence."""
        return self.filter(issuer__in=Issuer.objects.run_by(user))

    def locked(self, pk: int) -> Credential:
        return (
            self.select_related("version__achievement", "issuer", "earner", "supersedes")
            .select_for_update(of=("self",))
            .get(pk=pk)
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

    class Status(models.TextChoices):
        VALID = "valid", _("Valid")
        SUSPENDED = "suspended", _("Paused")
        REVOKED = "revoked", _("Taken back")
        SUPERSEDED = "superseded", _("Replaced")

    STATUS_MOVES: ClassVar = {
        Status.VALID: frozenset({Status.SUSPENDED, Status.REVOKED, Status.SUPERSEDED}),
        Status.SUSPENDED: frozenset({Status.VALID, Status.REVOKED, Status.SUPERSEDED}),
        Status.REVOKED: frozenset(),
        Status.SUPERSEDED: frozenset(),
    }
    ALSO: ClassVar = {"status": (Status, STATUS_MOVES)}

    class Reason(models.TextChoices):
        """Why it was taken back, in words that its page shows."""

        MISTAKE = "mistake", _("It was awarded by mistake")
        EVIDENCE = "evidence", _("The evidence turned out not to be what it was said to be")
        CONDUCT = "conduct", _("The terms of the award were broken")
        REQUEST = "request", _("The earner asked for it")
        OTHER = "other", _("Another reason")

    class Basis(models.TextChoices):
        ASSESSED = "assessed", _("Assessed evidence")
        DIRECT = "direct", _("Awarded directly")
        RENEWAL = "renewal", _("Renewed")

    class Visibility(models.TextChoices):
        PRIVATE = "private", _("Only you")
        LINK = "link", _("Who has the link")
        PUBLIC = "public", _("Everybody")

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="credentials")
    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="credentials")
    version = models.ForeignKey(AchievementVersion, on_delete=models.PROTECT, related_name="credentials")
    earner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credentials")
    earner_name = models.CharField(max_length=300, blank=True, help_text=_("What the earner was called at the award"))
    single = models.BooleanField(help_text=_("The achievement's, copied for the constraint below"))
    basis = models.CharField(max_length=12, choices=Basis)
    decision_id = models.CharField(max_length=LENGTH, null=True, help_text=_("Public id of the decision"))
    why = models.TextField(_("why"), blank=True, help_text=_("What a direct award rests on. Only the issuer reads it."))
    sent_to = models.EmailField(
        blank=True,
        help_text=_("The address that the issuer typed for a direct award: all that it learns of whose it is"),
    )
    sent_name = models.CharField(max_length=300, blank=True, help_text=_("The name that the issuer typed with it"))
    state = models.CharField(max_length=12, choices=State, default=State.AWARDED)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.PRIVATE)
    shows_name = models.BooleanField(default=True, help_text=_("Whether others see the earner's name on it"))
    shows_words = models.BooleanField(default=False, help_text=_("Whether others see what the assessor wrote"))
    status = models.CharField(max_length=12, choices=Status, default=Status.VALID)
    status_at = models.DateTimeField(null=True, help_text=_("When the status last changed"))
    status_reason = models.CharField(max_length=12, choices=Reason, blank=True)
    status_note = models.TextField(_("note"), blank=True, help_text=_("Shown on the credential's page."))
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    renews = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="renewals")
    renewed_at = models.DateTimeField(null=True)
    snapshot = models.JSONField()
    awarded_at = models.DateTimeField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ("-awarded_at", "-pk")
        indexes = (
            models.Index(
                fields=("valid_until",), condition=Q(status="valid", renewed_at=None), name="credential_running_out"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("achievement", "earner"),
                condition=Q(single=True, status__in=("valid", "suspended"), renewed_at=None),
                name="one_live_credential_a_person",
            ),
            models.UniqueConstraint(
                fields=("decision_id",),
                condition=Q(status__in=("valid", "suspended", "revoked")),
                name="one_effective_credential_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(basis="assessed", decision_id__isnull=False) | ~Q(basis="assessed"),
                name="assessed_has_a_decision",
            ),
            # One that was replaced, since it went to somebody else, leaves room for another.
            models.UniqueConstraint(fields=("renews",), condition=~Q(status="superseded"), name="renewed_once"),
            models.CheckConstraint(condition=~Q(basis="direct", why=""), name="direct_says_why"),
            models.CheckConstraint(condition=~Q(basis="direct", sent_to=""), name="direct_says_to_whom"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="valid_until_after_valid_from"
            ),
            models.CheckConstraint(
                condition=Q(status="revoked") & ~Q(status_reason="") | ~Q(status="revoked") & Q(status_reason=""),
                name="revoked_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(status="valid") | Q(status_at__isnull=False), name="status_changed_at_a_time"
            ),
            models.CheckConstraint(
                # One that supersedes a renewal stands in its place, and renews what that renewed.
                condition=~Q(basis="renewal") | ~Q(renews=None) | ~Q(supersedes=None),
                name="renewal_renews_one",
            ),
        )

    def __str__(self) -> str:
        return f"{self.version} · {self.earner}"

    def get_absolute_url(self) -> str:
        return reverse("backpacks:credential", args=[self.public_id])

    @property
    def recipient_name(self) -> str:
        """Whose it is, to the issuer: who was named in a direct award, else the earner by their account."""
        return (self.sent_name or self.sent_to) if self.sent_to else str(self.earner)

    @property
    def recipient_address(self) -> str:
        return self.sent_to or self.earner.email

    @property
    def standing(self) -> str:
        """How it stands, in the words of the pills: taken back, run out, being signed, waiting for its earner, valid."""
        if self.status != self.Status.VALID:
            return self.status
        if self.has_run_out:
            return "expired"
        return "valid" if self.state == self.State.CLAIMED else self.state

    @property
    def renewed_by(self) -> Credential | None:
        return self.renewals.exclude(status=self.Status.SUPERSEDED).first() if self.renewed_at else None

    @property
    def named(self) -> str:
        """Whom it was awarded to, by the name of that day: who takes another one since lends nobody a badge."""
        return self.earner_name or self.earner.name

    @property
    def has_run_out(self) -> bool:
        return self.valid_until is not None and self.valid_until <= clock.now()

    @property
    def is_signed(self) -> bool:
        return self.state != self.State.AWARDED

    @property
    def holds(self) -> bool:
        """Whether it is valid now: nothing has happened to it, and it has not run out."""
        return self.status == self.Status.VALID and not self.has_run_out


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
        JWT_EDDSA = "ob3-jwt-eddsa", _("Open Badges 3.0, JWT (EdDSA)")
        JWT_ES256 = "ob3-jwt-es256", _("Open Badges 3.0, JWT (ES256)")
        JWT_RS256 = "ob3-jwt-rs256", _("Open Badges 3.0, JWT (RS256)")
        OB2_JWS = "ob2-jws", _("Open Badges 2.0, signed")

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
        SVG = "svg", "SVG"

    form = models.ForeignKey(SignedForm, on_delete=models.PROTECT, related_name="bakes")
    picture = models.CharField(max_length=4, choices=Picture)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    baked_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("form", "picture"), name="one_bake_a_picture"),)

    def __str__(self) -> str:
        return self.sha256


class StatusListQuerySet(models.QuerySet["StatusList"]):
    def locked(self, pk: int) -> StatusList:
        return self.select_related("issuer").select_for_update(of=("self",), no_key=True).get(pk=pk)


class StatusList(models.Model):
    """A Bitstring Status List of an issuer: one bit a credential, at a place drawn by lot.

    The lists of the two purposes go in pairs, number n for revocation and n + 1 for suspension, and a credential has
    the same place in both (decision 11).
    """

    class Purpose(models.TextChoices):
        REVOCATION = "revocation", _("Taken back")
        SUSPENSION = "suspension", _("Paused")

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="status_lists")
    purpose = models.CharField(max_length=12, choices=Purpose)
    number = models.PositiveIntegerField(help_text=_("Stands in its address"))
    made_at = models.DateTimeField()
    changes = models.PositiveIntegerField(default=0, help_text=_("How often a bit has changed"))
    published = models.PositiveIntegerField(null=True, help_text=_("How many changes the signed texts hold"))
    published_at = models.DateTimeField(null=True)
    text = models.TextField(blank=True, help_text=_("Signed, with a Data Integrity proof"))
    jwt = models.TextField(blank=True, help_text=_("Signed, as a JWT"))

    objects = StatusListQuerySet.as_manager()

    class Meta:
        ordering = ("issuer", "number")
        constraints = (
            models.UniqueConstraint(fields=("issuer", "number"), name="one_status_list_a_number"),
            models.CheckConstraint(condition=Q(purpose__in=("revocation", "suspension")), name="status_purpose_known"),
        )

    def __str__(self) -> str:
        return f"{self.issuer} {self.number}, {self.purpose}"


class StatusEntry(models.Model):
    """A credential's place in a status list, drawn by lot at the award and never changed."""

    list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="entries")
    credential = models.OneToOneField(Credential, on_delete=models.PROTECT, related_name="status_entry")
    index = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("list", "index"), name="one_credential_an_index"),
            models.CheckConstraint(condition=Q(index__lt=FEWEST_BITS), name="index_within_its_list"),
        )

    def __str__(self) -> str:
        return f"{self.list_id}#{self.index}"


class EndorsementQuerySet(models.QuerySet["Endorsement"]):
    def live(self) -> EndorsementQuerySet:
        """Asked for, and neither refused nor over: an endorser has one of these a subject."""
        return self.filter(state__in=Endorsement.LIVE)

    def standing(self) -> EndorsementQuerySet:
        """Signed, not taken back, and by a key that still vouches for its endorser."""
        return self.filter(state=Endorsement.State.SIGNED).exclude(key__state=SigningKey.State.COMPROMISED)

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
            "superseded_by",
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
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")

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
                condition=Q(state__in=("requested", "withdrawn", "lapsed"), answered_by=None, answered_at=None)
                | ~Q(state__in=("requested", "withdrawn", "lapsed"))
                & Q(answered_by__isnull=False, answered_at__isnull=False),
                name="endorsement_answered_by_somebody",
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
