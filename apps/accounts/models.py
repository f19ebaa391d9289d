"""People, their consents, and the tokens that act for them."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Collate, Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import LENGTH, PublicIdField
from apps.core.text import normal_address

if TYPE_CHECKING:
    from collections.abc import Iterable


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        zone = fields.pop("time_zone", None) or settings.TIME_ZONE_DEFAULT
        user = self.model(email=normal_address(email), time_zone=zone, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, is_operator=True, **fields)

    def at(self, address: str) -> User | None:
        """The person whose primary address this is, proved or not."""
        exact = normal_address(address)
        # Lower case for the index; and exactly, since the database's capitals differ from ours.
        return self.alias(low=Lower("email")).filter(low=exact, email=exact).first()

    def get_by_natural_key(self, username: str | None) -> User:
        found = self.at(username or "")
        if found is None:
            raise self.model.DoesNotExist
        return found


class User(AbstractBaseUser, PermissionsMixin):
    """A person, who may have many addresses and belongs to no tenant. `email` is the primary address.

    All addresses, verified or not, are allauth's EmailAddress rows; `queries.addresses_of` reads them.
    """

    public_id = PublicIdField()
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=300, help_text=_("As it should stand on what you earn."))
    language = models.CharField(_("language"), max_length=10, default="en")
    # Which zones exist depends on the machine: no choices here, or other machines' data would need a migration.
    time_zone = models.CharField(_("time zone"), max_length=64, default="Pacific/Auckland")
    is_operator = models.BooleanField(
        _("operator"), default=False, help_text=_("Sees the health of the installation and its organisations.")
    )
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=clock.now)
    is_minor = models.BooleanField(
        default=False, help_text=_("Says that they are younger than this installation lets share by themselves")
    )
    leaving_at = models.DateTimeField(
        _("leaving"), null=True, editable=False, help_text=_("When the account is erased, unless they stay")
    )
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The account that this one was taken into"),
    )
    merged_at = models.DateTimeField(null=True, editable=False)
    former_names = ArrayField(
        models.CharField(max_length=300),
        default=list,
        editable=False,
        help_text=_("What they were called in accounts that were taken into this one: hidden where the name is"),
    )
    # Document -> newest version agreed to: a copy of what Consent holds, because every page asks.
    agreed_to = models.JSONField(default=dict, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = (
            models.UniqueConstraint(Lower("email"), name="one_person_per_primary_address"),
            # Databases and Python disagree about other capitals: `normal_address` handles those.
            models.CheckConstraint(
                condition=Q(email=Lower(Collate("email", "C"))), name="primary_address_in_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(name="", is_active=False, is_operator=False, is_staff=False),
                name="who_is_erased_has_no_name",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None, merged_at=None)
                | Q(merged_into__isnull=False, merged_at__isnull=False, is_active=False, is_operator=False),
                name="who_was_taken_in_is_closed",
            ),
        )
        indexes = (
            models.Index(
                fields=("leaving_at",), condition=Q(leaving_at__isnull=False, erased_at=None), name="person_leaving"
            ),
        )

    def __str__(self) -> str:
        if self.erased_at is not None:
            return gettext("Somebody who left")
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        if self.time_zone not in zoneinfo.available_timezones():
            there_is_none = gettext("There is no time zone “%(zone)s”.") % {"zone": self.time_zone}
            raise ValidationError({"time_zone": there_is_none})

    def get_short_name(self) -> str:
        return str(self)


def display_name(user: User) -> str:
    """The name that allauth uses for a person."""
    return str(user)


class Consent(models.Model):
    """A person's consent to one version of one text. Never changed: a newer version gets its own row.

    `settings.CONSENT_VERSIONS` holds the newest version of each; the texts are templates/<document>/v<version>.html.
    """

    class Document(models.TextChoices):
        TERMS = "terms", _("Terms")
        PRIVACY = "privacy", _("Privacy")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    document = models.CharField(max_length=8, choices=Document)
    version = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField()

    class Meta:
        ordering = ("-given_at", "document")
        constraints = (
            models.UniqueConstraint(fields=["person", "document", "version"], name="one_consent_per_version"),
            models.CheckConstraint(condition=Q(version__gte=1), name="consent_versions_begin_at_1"),
            models.CheckConstraint(condition=Q(document__in=["terms", "privacy"]), name="consent_to_a_known_document"),
        )

    def __str__(self) -> str:
        return f"{self.get_document_display()} {self.version}"


class GuardianConsent(models.Model):
    """A guardian's consent to what a minor shares: requested by letter, given and withdrawn by the link in it."""

    public_id = PublicIdField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="guardian_consents")
    address = models.EmailField()
    asked_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text=_("When it was taken back, or another guardian was asked"))

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("person",), condition=Q(ended_at=None), name="one_guardian_at_a_time"),
        )

    def __str__(self) -> str:
        return self.public_id


class MergeQuerySet(models.QuerySet["Merge"]):
    def live(self) -> MergeQuerySet:
        return self.filter(merged_at=None, ends_at__gt=clock.now())


class Merge(models.Model):
    """A request to merge another account into this one, and when that was done.

    The token is derived from the public id under SHARE_LINK_KEY; only its SHA-256 is stored.
    """

    class Way(models.TextChoices):
        """How the other account is proved."""

        LETTER = "letter", _("By a letter")
        SIGN_IN = "sign_in", _("By signing in to it")

    public_id = PublicIdField()
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="merges")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    way = models.CharField(max_length=8, choices=Way)
    token_hash = models.CharField(max_length=64, unique=True)
    address = models.EmailField(blank=True, help_text=_("Where the other account’s letters went"))
    asked_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    merged_at = models.DateTimeField(null=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("taker",), condition=Q(merged_at=None), name="one_merge_at_a_time"),
            models.CheckConstraint(
                condition=Q(giver__isnull=False) | Q(way="sign_in", merged_at=None), name="merge_names_both"
            ),
            models.CheckConstraint(condition=~Q(giver=models.F("taker")), name="nobody_takes_themselves_in"),
        )

    def __str__(self) -> str:
        return self.public_id


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def standing(self) -> LegalHoldQuerySet:
        return self.filter(lifted_at=None)


class LegalHold(models.Model):
    """While it is in force, nothing of a person, or of one submission of theirs, is erased or expires. The row stays
    after the hold is lifted.
    """

    public_id = PublicIdField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="holds")
    submission_id = models.CharField(
        max_length=LENGTH, blank=True, db_index=True, help_text=_("Public id of the submission; empty: all of theirs")
    )
    reason = models.TextField(_("reason"))
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ("-placed_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "submission_id"), condition=Q(lifted_at=None), name="one_hold_a_thing"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="held_for_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="lifted_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.public_id


class Scope(models.TextChoices):
    """The permissions a token can have."""

    CATALOGUE_READ = "catalogue:read", _("Read the catalogue")
    ACHIEVEMENTS_WRITE = "achievements:write", _("Draft and publish achievements")
    PROFILE_READ = "profile:read", _("Read your name and addresses")
    SUBMISSIONS_READ = "submissions:read", _("Read your submissions")
    SUBMISSIONS_WRITE = "submissions:write", _("Write and hand in submissions")
    REVIEWS_READ = "reviews:read", _("Read what waits at the desk, and what you hold")
    REVIEWS_WRITE = "reviews:write", _("Judge at the desk, hand work out, and keep comments")
    CREDENTIALS_READ = "credentials:read", _("Read your credentials")
    CREDENTIALS_WRITE = "credentials:write", _("Get badges with a code, and keep and decline awards")
    BACKPACK_READ = "backpack:read", _("Read what lies in your backpack")
    BACKPACK_WRITE = "backpack:write", _("Bring badges into your backpack, note on them, and give them up")
    COLLECTIONS_READ = "collections:read", _("Read your collections, and the links that show them")
    COLLECTIONS_WRITE = "collections:write", _("Change your collections, and show and hide them")
    SHARING_WRITE = "sharing:write", _("Say who sees your badges, and write and show your public page")
    CREDIT_READ = "credit:read", _("Read requests for credit, yours and those to your organisations")
    CREDIT_WRITE = "credit:write", _("Ask for credit, and answer in your organisations’ names")
    AWARDS_READ = "awards:read", _("Read what your organisations awarded")
    AWARDS_WRITE = "awards:write", _("Award, and change how awards stand")
    NOTICES_READ = "notices:read", _("Read your notices")
    NOTICES_WRITE = "notices:write", _("Mark your notices as read")


class ApiToken(models.Model):
    """A personal, scoped key to the API. Only its SHA-256 is kept; the key itself is shown once."""

    public_id = PublicIdField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100, help_text=_("What it is for, so that you know it again."))
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40, choices=Scope))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (models.CheckConstraint(condition=~Q(scopes=[]), name="token_has_a_scope"),)

    def __str__(self) -> str:
        return self.name

    def allows(self, scopes: Iterable[str]) -> bool:
        return set(scopes) <= set(self.scopes)


class KeptAnswer(models.Model):
    """The answer to a request with an `Idempotency-Key`, given again if the request is repeated."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="kept_answers")
    token = models.ForeignKey(ApiToken, null=True, on_delete=models.CASCADE, related_name="kept_answers")
    key = models.CharField(max_length=200)
    asked = models.CharField(max_length=64, help_text=_("SHA-256 of the address and the body"))
    status = models.PositiveSmallIntegerField(null=True, help_text=_("Empty: what was asked is being done"))
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "token", "key"), name="one_answer_a_key", nulls_distinct=False),
        )
        indexes = (models.Index(fields=("made_at",), name="kept_answer_by_age"),)

    def __str__(self) -> str:
        return self.key
