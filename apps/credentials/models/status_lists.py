"""Status lists: how anyone finds out whether a credential still stands."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.credentials.formats.bitstring import FEWEST_BITS, MORE_BITS
from apps.credentials.models.awards import Credential
from apps.issuers.models import Issuer


class StatusListQuerySet(models.QuerySet["StatusList"]):
    def locked(self, pk: int) -> StatusList:
        return self.select_related("issuer").select_for_update(of=("self",), no_key=True).get(pk=pk)


class StatusList(models.Model):
    """A Bitstring Status List of an issuer: one bit per credential, at a random place.

    The lists of the two purposes come in pairs, number n for revocation and n + 1 for suspension, and a credential
    has the same place in both (decision 11).
    """

    class Purpose(models.TextChoices):
        REVOCATION = "revocation", _("Taken back")
        SUSPENSION = "suspension", _("Paused")

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="status_lists")
    purpose = models.CharField(max_length=12, choices=Purpose)
    number = models.PositiveIntegerField(help_text=_("Stands in its address"))
    size = models.PositiveIntegerField(default=FEWEST_BITS, help_text=_("In bits"))
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
            models.CheckConstraint(condition=Q(size__in=(FEWEST_BITS, MORE_BITS)), name="status_list_size_known"),
        )

    def __str__(self) -> str:
        return f"{self.issuer} {self.number}, {self.purpose}"


class StatusEntry(models.Model):
    """A credential's place in a status list, drawn at random at the award and never changed; triggers keep both."""

    list = models.ForeignKey(StatusList, on_delete=models.PROTECT, db_index=False, related_name="entries")
    credential = models.OneToOneField(Credential, on_delete=models.PROTECT, related_name="status_entry")
    index = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("list", "index"), name="one_credential_an_index"),)

    def __str__(self) -> str:
        return f"{self.list_id}#{self.index}"
