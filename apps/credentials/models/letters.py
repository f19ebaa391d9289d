"""Letters about an award, to whom and what became of them; and the claim link in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import PublicIdField
from apps.credentials.models.awards import Credential
from apps.notices.kinds import Way
from apps.notices.models import Letter, Notice

if TYPE_CHECKING:
    from datetime import datetime

# How many times an issuer may have the letter about an award sent again.
MOST_AGAIN = 5


class Delivery(models.Model):
    """One notification of an award: the first, sent again, or a reminder. Its outcome is with its notice and letter."""

    class Kind(models.TextChoices):
        AWARD = "award", _("The award")
        AGAIN = "again", _("Sent once more")
        OWN = "own", _("Sent where the earner asked")
        REMINDER = "reminder", _("A reminder")

    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, db_index=False, related_name="deliveries")
    notice = models.OneToOneField(Notice, on_delete=models.CASCADE, related_name="award_delivery")
    kind = models.CharField(max_length=8, choices=Kind)
    number = models.PositiveSmallIntegerField(default=0, help_text=_("Which one, or after how many days"))
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("written_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("credential", "kind", "number"), name="told_once"),
            models.CheckConstraint(
                condition=Q(kind="award", number=0)
                | Q(kind__in=("again", "own"), number__gte=1, number__lte=MOST_AGAIN)
                | Q(kind="reminder", number__in=(7, 30)),
                name="delivery_kind_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.credential_id} {self.kind} {self.number}"

    @property
    def state(self) -> str:
        """Its state as a key of the pills: the letter's; waiting for the digest; or shown only under the bell."""
        letter = self.notice.letter
        if letter is None:
            return "here" if self.notice.way == Way.HERE else Letter.State.QUEUED
        if letter.state == Letter.State.BOUNCED and letter.bounced_for_good:
            return "address_needed"
        return str(letter.state)

    @property
    def sent_at(self) -> datetime | None:
        return self.notice.letter.sent_at if self.notice.letter else None


class ClaimLinkQuerySet(models.QuerySet["ClaimLink"]):
    def live(self, moment: datetime | None = None) -> ClaimLinkQuerySet:
        """Links that still work: not used or expired; the award neither revoked, replaced nor suspended."""
        waiting = (Credential.State.OFFERED, Credential.State.DECLINED)
        return self.filter(
            ends_at__gt=moment or clock.now(),
            credential__state__in=waiting,
            credential__status=Credential.Status.VALID,
        )


class ClaimLink(models.Model):
    """The claim link in an award's letters. Anyone who has it reads the mail of `address`, so it proves the address.

    The token is derived from the public id with SHARE_LINK_KEY; only its SHA-256 is stored.
    """

    public_id = PublicIdField()
    credential = models.OneToOneField(Credential, on_delete=models.CASCADE, related_name="claim_link")
    token_hash = models.CharField(max_length=64, unique=True)
    address = models.EmailField()
    ends_at = models.DateTimeField()
    address_needed_at = models.DateTimeField(
        null=True, help_text=_("When a letter came back, since there is nobody at the address")
    )

    objects = ClaimLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return self.public_id
