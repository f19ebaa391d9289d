"""The keys that sign for an issuer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.issuers.models import Issuer


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
