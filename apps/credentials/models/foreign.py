"""Credentials from other issuers that people keep here, with the result of each check."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.credentials.models.checked import Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

_SUM = r"^[0-9a-f]{64}$"
# Why a valid one says little: its issuer is known by a key alone, and anyone can make a key under any name.
NAMELESS = "nameless"


def vouched(before: str = "") -> Q:
    """Valid, from an issuer whose own URL confirms it, and proved to be its holder's; `before` is a lookup prefix."""
    named = Q(**{f"{before}verdict": Verdict.VALID}) & ~Q(**{f"{before}why": NAMELESS})
    return named & ~Q(**{f"{before}proved_address": ""})


class ForeignCredentialQuerySet(models.QuerySet["ForeignCredential"]):
    def visible_to(self, user: User | AnonymousUser | None) -> ForeignCredentialQuerySet:
        """Only the holder's own."""
        return self.filter(holder=user) if user is not None and user.is_authenticated else self.none()

    def kept(self) -> ForeignCredentialQuerySet:
        return self.filter(state=ForeignCredential.State.KEPT)

    def due(self, now: datetime) -> ForeignCredentialQuerySet:
        """Those due to be checked again, the longest overdue first."""
        return self.kept().filter(next_check_at__lte=now).order_by("next_check_at", "pk")

    def locked(self, pk: int) -> ForeignCredential:
        return self.select_related("holder").select_for_update(of=("self",)).get(pk=pk)


class ForeignCredential(Moving):
    """A credential of another issuer that a person keeps here: the bytes as they were given, never changed.

    What it says of itself is copied from it at that time; how it stands is what the last check found.
    """

    class State(models.TextChoices):
        KEPT = "kept", _("Kept")
        SUPERSEDED = "superseded", _("Replaced")
        GIVEN_UP = "given_up", _("Given up")

    MOVES: ClassVar = {
        State.KEPT: frozenset({State.SUPERSEDED, State.GIVEN_UP}),
        State.SUPERSEDED: frozenset(),
        State.GIVEN_UP: frozenset(),
    }
    THING: ClassVar = _("credential")

    public_id = PublicIdField()
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="foreign_credentials")
    state = models.CharField(max_length=12, choices=State, default=State.KEPT)
    file = models.CharField(max_length=200, help_text=_("Where the bytes lie in the storage"))
    sha256 = models.CharField(max_length=64, help_text=_("Of the bytes"))
    size = models.PositiveIntegerField()
    is_picture = models.BooleanField()
    text = models.TextField(help_text=_("The signed text inside"))
    kind = models.CharField(max_length=100, help_text=_("Such as “Open Badges 3.0”"))
    identity = models.CharField(
        max_length=64, help_text=_("SHA-256 of the ids of issuer and credential: the same for the same credential")
    )
    issuer_id = models.TextField(blank=True)
    issuer_name = models.TextField(blank=True)
    achievement_id = models.TextField(blank=True)
    achievement_name = models.TextField(blank=True)
    credential_id = models.TextField(blank=True)
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    proved_address = models.EmailField(
        blank=True, help_text=_("The holder's address that it was awarded to; empty where it proves none")
    )
    verdict = models.CharField(max_length=10, choices=Verdict)
    why = models.CharField(max_length=12, blank=True, help_text=_("Of some verdicts: revoked, expired and so on"))
    report = models.JSONField()
    kept_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text=_("When it was replaced or given up"))

    objects = ForeignCredentialQuerySet.as_manager()

    class Meta:
        ordering = ("-kept_at", "-pk")
        indexes = (
            models.Index(fields=("next_check_at",), condition=Q(state="kept"), name="foreign_credential_to_check"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("holder", "identity"), condition=Q(state="kept"), name="one_foreign_credential_kept"
            ),
            models.CheckConstraint(
                condition=Q(state="kept", ended_at=None, next_check_at__isnull=False)
                | ~Q(state="kept") & Q(ended_at__isnull=False, next_check_at=None),
                name="foreign_credential_ended_is_over",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=("valid", "invalid", "undecided")), name="foreign_credential_is_a_badge"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=_SUM, identity__regex=_SUM), name="foreign_credential_has_sums"
            ),
        )

    def __str__(self) -> str:
        return self.achievement_name or self.credential_id


class ForeignCheck(models.Model):
    """A kept credential's state when it was added, and each time that changed. Immutable."""

    credential = models.ForeignKey(ForeignCredential, on_delete=models.PROTECT, related_name="checks")
    verdict = models.CharField(max_length=10, choices=Verdict)
    why = models.CharField(max_length=12, blank=True)
    report = models.JSONField()
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ("credential", "checked_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(verdict__in=("valid", "invalid", "undecided")), name="foreign_check_of_a_badge"
            ),
        )

    def __str__(self) -> str:
        return f"{self.credential_id} {self.verdict}"
