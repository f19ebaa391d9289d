"""Credentials, and the exact bytes that were signed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import LENGTH, PublicIdField
from apps.core.moves import Moving
from apps.credentials.models.keys import SigningKey
from apps.issuers.models import Achievement, AchievementVersion, Issuer

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


# After this it is no longer shown as on its way. It can still be claimed.
UNCLAIMED_AFTER = timedelta(days=90)


class CredentialQuerySet(models.QuerySet["Credential"]):
    def visible_to(self, user: User | AnonymousUser | None) -> CredentialQuerySet:
        """The earner's own credentials, and those that earners show to others."""
        in_time = Q(shown_until=None) | Q(shown_until__gt=clock.now())
        shown = ~Q(visibility=Credential.Visibility.PRIVATE) & in_time
        return self.filter(shown | Q(earner=user)) if user is not None and user.is_authenticated else self.filter(shown)

    def for_its_page(self) -> CredentialQuerySet:
        return self.select_related("issuer", "earner", "version__achievement")

    def issued_by(self, user: User) -> CredentialQuerySet:
        """The credentials of issuers that `user` runs, whatever their earners show: who holds what, but no evidence."""
        return self.filter(issuer__in=Issuer.objects.run_by(user))

    def locked(self, pk: int) -> Credential:
        return self.to_lock().get(pk=pk)

    def to_lock(self) -> Self:
        found = self.select_related("version__achievement", "issuer", "earner", "supersedes")
        return found.select_for_update(of=("self",))


def seen_by(visibility: str, shown_until: datetime | None) -> str:
    """Who may see a credential now, given these two columns. `visible_to` asks the database the same."""
    over = shown_until is not None and shown_until <= clock.now()
    return Credential.Visibility.PRIVATE if over else visibility


class Credential(Moving):
    """One award to one person. `snapshot` is frozen at the award; the signed forms are made from it alone."""

    class State(models.TextChoices):
        AWARDED = "awarded", _("Awarded")
        BAKED = "baked", _("Signed")
        OFFERED = "offered", _("New")
        CLAIMED = "claimed", _("Kept")
        DECLINED = "declined", _("Not wanted")

    MOVES: ClassVar = {
        State.AWARDED: frozenset({State.BAKED}),
        State.BAKED: frozenset({State.OFFERED}),
        State.OFFERED: frozenset({State.CLAIMED, State.DECLINED}),
        State.CLAIMED: frozenset(),
        State.DECLINED: frozenset({State.CLAIMED}),
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
    # Neither revoked nor replaced: a paused one can be valid again. It may have expired.
    IN_FORCE: ClassVar = (Status.VALID, Status.SUSPENDED)

    class Reason(models.TextChoices):
        """Why a credential was revoked, in words that its page shows."""

        MISTAKE = "mistake", _("It was awarded by mistake")
        EVIDENCE = "evidence", _("The evidence turned out not to be what it was said to be")
        CONDUCT = "conduct", _("The terms of the award were broken")
        REQUEST = "request", _("The earner asked for it")
        OTHER = "other", _("Another reason")

    class Basis(models.TextChoices):
        ASSESSED = "assessed", _("Assessed evidence")
        DIRECT = "direct", _("Awarded directly")
        RENEWAL = "renewal", _("Renewed")
        PATHWAY = "pathway", _("Reached on a pathway")

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
    shown_until = models.DateTimeField(null=True, help_text=_("When who has the link sees it no more"))
    shows_name = models.BooleanField(default=True, help_text=_("Whether others see the earner's name on it"))
    shows_words = models.BooleanField(default=False, help_text=_("Whether others see what the assessor wrote"))
    status = models.CharField(max_length=12, choices=Status, default=Status.VALID)
    status_at = models.DateTimeField(null=True, help_text=_("When the status last changed"))
    status_reason = models.CharField(max_length=12, choices=Reason, blank=True)
    status_note = models.TextField(_("note"), blank=True, help_text=_("Shown on the credential's page."))
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    renews = models.ForeignKey("self", null=True, on_delete=models.PROTECT, db_index=False, related_name="renewals")
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
            models.Index(
                fields=("awarded_at",), condition=Q(status="valid", state="offered"), name="credential_to_claim"
            ),
            models.Index(
                fields=("issuer",),
                condition=Q(status__in=("suspended", "revoked", "superseded")),
                name="credential_in_a_status_list",
            ),
            models.Index(fields=("renews",), condition=Q(renews__isnull=False), name="credential_that_renews"),
            # Each decision checks at its commit that its credential exists, and the constraint below only covers
            # effective ones.
            models.Index(
                fields=("decision_id",), condition=Q(decision_id__isnull=False), name="credential_of_a_decision"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("awarded", "baked", "offered", "claimed", "declined")),
                name="credential_state_known",
            ),
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
            models.CheckConstraint(
                condition=Q(shown_until=None) | Q(visibility="link"), name="only_a_link_shows_until"
            ),
            # A renewal that was replaced, since it went to someone else, or revoked as a mistake, leaves room for
            # another.
            models.UniqueConstraint(
                fields=("renews",), condition=Q(status__in=("valid", "suspended")), name="renewed_once"
            ),
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
                # One that supersedes a renewal takes its place, and renews what that renewed.
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
        """The earner as the issuer knows them: the name from a direct award, otherwise the account's."""
        if self.earner.erased_at is not None:
            return str(self.earner)
        return (self.sent_name or self.sent_to) if self.sent_to else str(self.earner)

    @property
    def recipient_address(self) -> str:
        return "" if self.earner.erased_at is not None else self.sent_to or self.earner.email

    @property
    def standing(self) -> str:
        """Its standing as a key of the pills: revoked, expired, being signed, unclaimed, valid and so on."""
        if self.status != self.Status.VALID:
            return self.status
        if self.has_run_out:
            return "expired"
        if self.state == self.State.OFFERED and self._has_waited(UNCLAIMED_AFTER):
            return "unclaimed"
        return "valid" if self.state == self.State.CLAIMED else self.state

    def _has_waited(self, so_long: timedelta) -> bool:
        """Whether it has waited so long. A replacement has its predecessor's award date, but waits only since it
        replaced it.
        """
        if self.awarded_at > clock.now() - so_long:
            return False
        since = self.supersedes.status_at if self.supersedes else None
        return since is None or since <= clock.now() - so_long

    @property
    def renewed_by(self) -> Credential | None:
        return self.renewals.exclude(status=self.Status.SUPERSEDED).order_by("-pk").first() if self.renewed_at else None

    @property
    def named(self) -> str:
        """The earner's name on the day of the award: someone who takes another name later doesn't change what the
        badge says.
        """
        return self.earner_name or self.earner.name

    @property
    def seen_by(self) -> str:
        """Who may see it now: its visibility, or private once the time for it is over."""
        return seen_by(self.visibility, self.shown_until)

    @property
    def has_run_out(self) -> bool:
        return self.valid_until is not None and self.valid_until <= clock.now()

    @property
    def is_signed(self) -> bool:
        return self.state != self.State.AWARDED

    @property
    def rests_on_direct(self) -> bool:
        """Whether its issuer entered the recipient: a direct award, or its renewal, which names the same person."""
        return self.basis == self.Basis.DIRECT or (self.basis == self.Basis.RENEWAL and self.sent_to != "")

    @property
    def may_go_elsewhere(self) -> bool:
        """Whether its issuer may move it to the address that was meant. A renewal can only be moved until its earner
        claims it: someone who claimed the earlier one is no stranger.
        """
        waits = self.state in (self.State.AWARDED, self.State.BAKED, self.State.OFFERED)
        return self.rests_on_direct and (self.basis == self.Basis.DIRECT or waits)

    @property
    def holds(self) -> bool:
        """Whether it is valid now: status unchanged, and not expired."""
        return self.status == self.Status.VALID and not self.has_run_out


class ShownEvidence(models.Model):
    """A piece of evidence that the earner shows to everyone who may see the credential."""

    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="shown_evidence")
    evidence_id = models.CharField(max_length=LENGTH, db_index=True, help_text=_("Public id of the piece"))

    class Meta:
        constraints = (models.UniqueConstraint(fields=("credential", "evidence_id"), name="shown_once"),)

    def __str__(self) -> str:
        return self.evidence_id


class SignedForm(models.Model):
    """The bytes of a credential in one format: signed once, served and baked unchanged."""

    class Format(models.TextChoices):
        OB3_EDDSA = "ob3-eddsa-rdfc-2022", _("Open Badges 3.0, Data Integrity")
        JWT_EDDSA = "ob3-jwt-eddsa", _("Open Badges 3.0, JWT (EdDSA)")
        JWT_ES256 = "ob3-jwt-es256", _("Open Badges 3.0, JWT (ES256)")
        JWT_RS256 = "ob3-jwt-rs256", _("Open Badges 3.0, JWT (RS256)")
        OB2_JWS = "ob2-jws", _("Open Badges 2.0, signed")

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, db_index=False, related_name="forms")
    format = models.CharField(max_length=24, choices=Format)
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="forms")
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("credential", "format"), name="one_form_a_format"),)

    def __str__(self) -> str:
        return f"{self.credential_id} {self.format}"

    @classmethod
    def has_lost_its_key(cls, credential: str) -> Exists:
        """Whether the key that signed the shown form of a `credential` (a lookup path) is compromised."""
        signed = cls.objects.filter(credential=OuterRef(credential), format=cls.Format.OB3_EDDSA)
        return Exists(signed.filter(key__state=SigningKey.State.COMPROMISED))


class Bake(models.Model):
    """The SHA-256 of a picture with a signed form inside. Baking again must give the same. Immutable."""

    class Picture(models.TextChoices):
        PNG = "png", "PNG"
        SVG = "svg", "SVG"

    form = models.ForeignKey(SignedForm, on_delete=models.PROTECT, db_index=False, related_name="bakes")
    picture = models.CharField(max_length=4, choices=Picture)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    baked_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("form", "picture"), name="one_bake_a_picture"),)

    def __str__(self) -> str:
        return self.sha256
