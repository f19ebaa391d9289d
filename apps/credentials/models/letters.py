"""What was written of an award, to whom and what became of it; and the link in it by which the award is kept."""

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

# So often an issuer may have a letter of an award sent once more.
MOST_AGAIN = 5


class Delivery(models.Model):
    """One telling of an award: the first, once more, a reminder. How it went stands with its notice and its letter."""

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
        """In the words of the pills: a letter's; waiting for the digest; or told under the bell alone."""
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
        """Those that still open: not used, not run out; the award neither taken back, replaced nor paused."""
        waiting = (Credential.State.OFFERED, Credential.State.DECLINED)
        return self.filter(
            ends_at__gt=moment or clock.now(),
            credential__state__in=waiting,
            credential__status=Credential.Status.VALID,
        )


class ClaimLink(models.Model):
    """The link in an award's letters. Whoever has it reads the letters of `address`, so that it proves the address.

    The token is derived from the public id under SHARE_LINK_KEY; only its SHA-256 is stored.
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
