"""Codes with which people who took part can get a badge: on a screen, a poster, a card."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.credentials.models.awards import Credential
from apps.issuers.models import AchievementVersion, Issuer

if TYPE_CHECKING:
    from apps.accounts.models import User

# No look-alikes: neither I, L and 1, nor O, Q and 0; no vowels, so that no words come up.
ALPHABET = "BCDFGHJKMNPRSTVWXZ23456789"
MOST_AWARDS = 10_000


def new_code() -> str:
    """Seven characters, 8 thousand million codes: `KTR-7F4W`."""
    signs = "".join(secrets.choice(ALPHABET) for _sign in range(7))
    return f"{signs[:3]}-{signs[3:]}"


def code_as_typed(typed: str) -> str:
    """The code that someone typed, in any spelling; empty if it can't be one."""
    signs = re.sub(r"[\s\-–—_.]", "", typed).upper()
    return f"{signs[:3]}-{signs[3:]}" if re.fullmatch(f"[{ALPHABET}]{{7}}", signs) else ""


class ClaimCodeQuerySet(models.QuerySet["ClaimCode"]):
    def visible_to(self, user: User) -> ClaimCodeQuerySet:
        """The codes of issuers that `user` runs."""
        return self.filter(issuer__in=Issuer.objects.run_by(user))

    def locked(self, pk: int) -> ClaimCode:
        return self.select_related("version__achievement__issuer", "made_by").select_for_update(of=("self",)).get(pk=pk)


class ClaimCode(models.Model):
    """A badge for everyone who took part: awarded directly, within a period, up to a limit."""

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="claim_codes")
    version = models.ForeignKey(AchievementVersion, on_delete=models.PROTECT, related_name="claim_codes")
    code = models.CharField(max_length=8, unique=True, default=new_code)
    why = models.TextField(_("why"), help_text=_("What its awards rest on. Only the issuer reads it."))
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    most = models.PositiveIntegerField(help_text=_("How many may use it"))
    taken = models.PositiveIntegerField(default=0, help_text=_("How many have, those who wait for approval too"))
    asks_approval = models.BooleanField(default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ClaimCodeQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(taken__lte=F("most")), name="claim_code_within_its_limit"),
            models.CheckConstraint(condition=Q(most__gte=1, most__lte=MOST_AWARDS), name="claim_code_has_a_limit"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="claim_code_closes_after_it_opens"),
            models.CheckConstraint(condition=~Q(why=""), name="claim_code_says_why"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def address(self) -> str:
        """The full URL, as in the QR code on a poster."""
        return f"{settings.PUBLIC_URL}{reverse('credentials:use_claim_code', args=[self.code])}"

    @property
    def standing(self) -> str:
        """Its state as a key of the pills: ended, retired (its badge is), over, early, full, open."""
        now = clock.now()
        if self.ended_at is not None:
            return "ended"
        if self.version.state != AchievementVersion.State.PUBLISHED:
            return "retired"
        if self.closes_at <= now:
            return "over"
        if self.opens_at > now:
            return "early"
        return "full" if self.taken >= self.most else "open"


class ClaimRequest(Moving):
    """One person's use of a code: awarded at once, or when somebody who may award has said yes."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        AWARDED = "awarded", _("Awarded")
        DECLINED = "declined", _("Declined")

    MOVES: ClassVar = {
        State.WAITING: frozenset({State.AWARDED, State.DECLINED}),
        State.AWARDED: frozenset(),
        State.DECLINED: frozenset(),
    }
    THING: ClassVar = _("request")

    public_id = PublicIdField()
    code = models.ForeignKey(ClaimCode, on_delete=models.PROTECT, related_name="requests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claim_requests")
    address = models.EmailField(help_text=_("What the issuer learns of whose it is, beside the name"))
    name = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    credential = models.OneToOneField(Credential, null=True, on_delete=models.PROTECT, related_name="claim_request")

    class Meta:
        ordering = ("asked_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("code", "person"), name="a_code_is_used_once_a_person"),
            models.CheckConstraint(
                condition=Q(state="awarded", credential__isnull=False) | ~Q(state="awarded") & Q(credential=None),
                name="claim_request_awarded_has_a_credential",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None) | ~Q(state="waiting") & Q(decided_at__isnull=False),
                name="claim_request_decided_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"
