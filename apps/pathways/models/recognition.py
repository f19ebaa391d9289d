"""Recognition of credit: what a partner promises to count, and what a learner asks it to count."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import GuardianConsent
from apps.core import clock
from apps.core.ids import LENGTH, PublicIdField
from apps.core.moves import Moving
from apps.credentials.models import Credential, ForeignCredential
from apps.issuers.models import RUNNING, Achievement, AchievementVersion, Issuer, Seat
from apps.pathways import crediting
from apps.pathways.models.pathways import Pathway, PathwayVersion

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User

# The roles that answer requests for credit in a partner's name.
RECOGNISING = (Seat.Role.RECOGNISER, *RUNNING)


def _named(before: str = "") -> Coalesce:
    """The name of the badge or pathway in its newest readable version; `before` leads to the agreement."""
    badges = AchievementVersion.objects.readable().filter(achievement=OuterRef(f"{before}achievement"))
    pathways = PathwayVersion.objects.readable().filter(pathway=OuterRef(f"{before}pathway"))
    newest = [Subquery(rows.order_by("-number").values("name")[:1]) for rows in (badges, pathways)]
    return Coalesce(*newest)


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> AgreementQuerySet:
        """Agreements of the issuers that `user` runs, and of the partners for which they recognise credit."""
        run, recognised = Issuer.objects.run_by(user), Issuer.objects.manned_by(user, *RECOGNISING)
        return self.filter(Q(issuer__in=run) | Q(partner__in=recognised))

    def with_names(self) -> AgreementQuerySet:
        """With `named`, the name of the badge or pathway that each is about."""
        return self.select_related("issuer", "partner", "achievement", "pathway").annotate(named=_named())

    def in_force(self) -> AgreementQuerySet:
        """Agreements shown to everyone on the pages of the badge and the pathway: from first to last day, at the
        issuer.
        """
        day = Func(Value(clock.now()), F("issuer__time_zone"), function="satchel_day", output_field=models.DateField())
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), state=Agreement.State.AGREED, starts_on__lte=day)

    def locked(self, pk: int) -> Agreement:
        return self.with_names().select_for_update(of=("self",)).get(pk=pk)


class Agreement(Moving):
    """A partner's promise to count a badge or a whole pathway towards something of its own."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waiting for the partner")
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Taken back before it was answered")
        ENDED = "ended", _("Ended")

    MOVES: ClassVar = {
        State.PROPOSED: frozenset({State.AGREED, State.DECLINED, State.WITHDRAWN}),
        State.AGREED: frozenset({State.ENDED}),
        State.DECLINED: frozenset(),
        State.WITHDRAWN: frozenset(),
        State.ENDED: frozenset(),
    }
    THING: ClassVar = _("agreement")
    named: str  # by `with_names`

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="agreements")
    achievement = models.ForeignKey(
        Achievement, null=True, blank=True, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("badge")
    )
    pathway = models.ForeignKey(
        Pathway, null=True, blank=True, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("pathway")
    )
    state = models.CharField(max_length=12, choices=State, default=State.PROPOSED)
    partner = models.ForeignKey(
        Issuer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="promises",
        verbose_name=_("partner"),
        help_text=_("An organisation of this installation; otherwise it is named below."),
    )
    partner_name = models.CharField(_("name of the partner"), max_length=300, blank=True)
    partner_url = models.URLField(_("its web address"), max_length=2000, blank=True)
    partner_email = models.EmailField(
        _("where its answers come from"), blank=True, help_text=_("Requests are sent there with a signed link.")
    )
    counts_towards = models.CharField(_("counts towards"), max_length=300, help_text=_("A programme, course or award"))
    credits = models.DecimalField(_("credits"), max_digits=5, decimal_places=1)
    credit_framework = models.CharField(_("credits of"), max_length=8, choices=AchievementVersion.CreditFramework)
    level_framework = models.CharField(
        _("framework of levels"), max_length=8, choices=AchievementVersion.LevelFramework, blank=True
    )
    level_number = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    cost = models.CharField(_("what it costs"), max_length=120, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ("-proposed_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(achievement=None, pathway__isnull=False) | Q(achievement__isnull=False, pathway=None),
                name="agreement_on_a_badge_or_a_pathway",
            ),
            models.CheckConstraint(
                condition=Q(partner__isnull=False, partner_name="", partner_email="")
                | Q(partner=None) & ~Q(partner_name="") & ~Q(partner_email=""),
                name="agreement_with_one_partner",
            ),
            models.CheckConstraint(condition=Q(partner=None) | ~Q(partner=F("issuer")), name="partner_is_another"),
            models.CheckConstraint(
                condition=Q(credits__gt=0) & ~Q(credit_framework=""), name="agreement_on_some_credits"
            ),
            models.CheckConstraint(
                condition=Q(level_framework="", level_number=None)
                | ~Q(level_framework="") & Q(level_number__isnull=False, level_number__range=(1, 10)),
                name="agreement_level_of_its_framework",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="agreement_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("proposed", "withdrawn")) | Q(answered_at__isnull=False),
                name="agreement_answered_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.partner_called}: {self.counts_towards}"

    def get_absolute_url(self) -> str:
        """The address of its page at its issuer."""
        return reverse("pathways:agreement", args=[self.issuer.slug, self.public_id])

    @property
    def on(self) -> Achievement | Pathway:
        """The badge or the pathway that counts."""
        found = self.achievement or self.pathway
        if found is None:
            message = "The database lets none be on nothing."
            raise TypeError(message)
        return found

    @property
    def partner_called(self) -> str:
        return self.partner.name if self.partner else self.partner_name

    @property
    def level(self) -> str:
        """The level as people write it: NZQF level 4."""
        if not self.level_number:
            return ""
        return gettext("%(framework)s level %(n)s") % {
            "framework": self.get_level_framework_display(),
            "n": self.level_number,
        }

    @property
    def worth(self) -> str:
        """The credits in words: “5 NZQA credits, 50 hours”."""
        return crediting.in_words(self.credits, self.credit_framework)

    @property
    def hours_in_words(self) -> str:
        return crediting.hours_in_words(self.credits, self.credit_framework)

    @property
    def holds(self) -> bool:
        """Whether credit can be asked for under it today."""
        today = clock.now().astimezone(clock.zone(self.issuer.time_zone)).date()
        in_time = self.starts_on <= today and (self.ends_on is None or today <= self.ends_on)
        return self.state == self.State.AGREED and in_time


class CreditRequestQuerySet(models.QuerySet["CreditRequest"]):
    def visible_to(self, user: User) -> CreditRequestQuerySet:
        """The learner's own, and those to the partners for which `user` recognises credit."""
        return self.filter(Q(learner=user) | Q(pk__in=CreditRequest.objects.put_to(user).values("pk")))

    def put_to(self, user: User) -> CreditRequestQuerySet:
        """Requests to the partners for which `user` recognises credit, without those that were withdrawn."""
        recognised = Issuer.objects.manned_by(user, *RECOGNISING)
        return self.exclude(state=CreditRequest.State.WITHDRAWN).filter(agreement__partner__in=recognised)

    def behind_links(self, now: datetime) -> CreditRequestQuerySet:
        """Requests to partners without an account here whose link still opens something."""
        return self.exclude(link_sha256="").exclude(state=CreditRequest.State.WITHDRAWN).filter(link_until__gt=now)

    def shown_to_partners(self) -> CreditRequestQuerySet:
        """Requests whose dossier is open to the partner; an outside partner sees it until it has answered. A minor's
        is only open while a guardian agrees.
        """
        agreed = GuardianConsent.objects.filter(person=OuterRef("learner"), given_at__isnull=False, ended_at=None)
        shown = self.exclude(state=CreditRequest.State.WITHDRAWN).filter(
            Q(learner__is_minor=False) | Exists(agreed), learner__erased_at=None
        )
        asked = Q(state=CreditRequest.State.ASKED, link_until__gt=clock.now())
        return shown.filter(Q(agreement__partner__isnull=False) | asked)

    def resting_on(self, credential: Credential) -> CreditRequestQuerySet:
        return self.filter(dossier__credential=credential)

    def with_names(self) -> CreditRequestQuerySet:
        """With `named`, the name of the badge or pathway that each is about."""
        related = ("agreement__issuer", "agreement__partner", "agreement__achievement", "agreement__pathway", "learner")
        return self.select_related(*related).annotate(named=_named("agreement__"))

    def locked(self, pk: int) -> CreditRequest:
        return self.with_names().select_for_update(of=("self",)).get(pk=pk)


class CreditRequest(Moving):
    """A learner's request that a partner count what they hold, with a dossier that can be checked."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Accepted")
        PARTLY = "partly", _("Partly accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Taken back")

    MOVES: ClassVar = {
        State.ASKED: frozenset({State.ACCEPTED, State.PARTLY, State.DECLINED, State.WITHDRAWN}),
        State.ACCEPTED: frozenset(),
        State.PARTLY: frozenset(),
        State.DECLINED: frozenset(),
        State.WITHDRAWN: frozenset(),
    }
    THING: ClassVar = _("request")
    named: str  # by `with_names`
    ANSWERED: ClassVar = frozenset({State.ACCEPTED, State.PARTLY, State.DECLINED})

    public_id = PublicIdField()
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="requests")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credit_requests")
    state = models.CharField(max_length=12, choices=State, default=State.ASKED)
    note = models.TextField(_("note"), blank=True, help_text=_("To the partner"))
    credits_asked = models.DecimalField(_("credits asked for"), max_digits=5, decimal_places=1)
    credits_granted = models.DecimalField(_("credits counted"), max_digits=5, decimal_places=1, null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True, help_text=_("The learner reads it."))
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_name = models.CharField(
        _("your name"), max_length=300, blank=True, help_text=_("Of who answered by the link, without an account")
    )
    link_sha256 = models.CharField(max_length=64, blank=True, help_text=_("Of the token in the letter's link"))
    link_until = models.DateTimeField(null=True)

    objects = CreditRequestQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("link_sha256",), condition=~Q(link_sha256=""), name="one_request_a_link"),
            models.CheckConstraint(
                condition=Q(link_sha256="", link_until=None) | ~Q(link_sha256="") & Q(link_until__isnull=False),
                name="link_has_an_end",
            ),
            models.UniqueConstraint(
                fields=("agreement", "learner"),
                condition=Q(state__in=("asked", "accepted", "partly")),
                name="one_live_request_an_agreement",
            ),
            models.CheckConstraint(condition=Q(credits_asked__gt=0), name="request_for_some_credits"),
            models.CheckConstraint(
                condition=Q(state="accepted", credits_granted=F("credits_asked"))
                | Q(state="partly", credits_granted__gt=0, credits_granted__lt=F("credits_asked"))
                | Q(state__in=("asked", "declined", "withdrawn"), credits_granted=None),
                name="credits_counted_as_answered",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("partly", "declined")) | ~Q(reason=""), name="less_than_asked_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("accepted", "partly", "declined"), answered_at__isnull=False)
                | Q(state__in=("asked", "withdrawn"), answered_at=None),
                name="request_answered_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agreement}: {self.learner}"

    def get_absolute_url(self) -> str:
        return reverse("backpacks:credit_request", args=[self.public_id])

    @property
    def worth(self) -> str:
        """The credits asked for, in words: “5 NZQA credits, 50 hours”."""
        return crediting.in_words(self.credits_asked, self.agreement.credit_framework)

    @property
    def granted_in_words(self) -> str:
        granted = self.credits_granted
        return crediting.in_words(granted, self.agreement.credit_framework) if granted is not None else ""

    @property
    def counted(self) -> str:
        """The credits counted, in words: “3 of 5 NZQA credits”; those asked for unless only part was counted."""
        asked = crediting.credits_in_words(self.credits_asked, self.agreement.credit_framework)
        if self.state != self.State.PARTLY or self.credits_granted is None:
            return asked
        return gettext("%(n)s of %(credits)s") % {"n": crediting.number(self.credits_granted), "credits": asked}

    @property
    def is_answered(self) -> bool:
        return self.state in self.ANSWERED

    @property
    def days_waiting(self) -> int:
        return (clock.now() - self.asked_at).days

    @property
    def link_is_over(self) -> bool:
        """Whether a partner without an account here can no longer answer."""
        over = self.link_until is not None and self.link_until <= clock.now()
        return over and self.state == self.State.ASKED


class DossierItem(models.Model):
    """A credential that a request for credit rests on: one of ours or one from elsewhere. Never changed."""

    request = models.ForeignKey(CreditRequest, on_delete=models.CASCADE, related_name="dossier")
    position = models.PositiveSmallIntegerField()
    credential = models.ForeignKey(Credential, null=True, on_delete=models.PROTECT, related_name="+")
    foreign = models.ForeignKey(ForeignCredential, null=True, on_delete=models.PROTECT, related_name="+")
    shows_result = models.BooleanField(
        default=True, help_text=_("Whether the rubric result, and the signed file that holds it, goes along")
    )

    class Meta:
        ordering = ("request", "position")
        constraints = (
            models.UniqueConstraint(fields=("request", "position"), name="dossier_in_order"),
            models.UniqueConstraint(
                fields=("request", "credential"),
                condition=Q(credential__isnull=False),
                name="credential_asked_for_once",
            ),
            models.UniqueConstraint(
                fields=("request", "foreign"),
                condition=Q(foreign__isnull=False),
                name="foreign_credential_asked_for_once",
            ),
            models.CheckConstraint(
                condition=Q(credential__isnull=False, foreign=None) | Q(credential=None, foreign__isnull=False),
                name="dossier_item_is_one_credential",
            ),
        )

    def __str__(self) -> str:
        return f"{self.request_id} {self.position}"

    @property
    def held(self) -> Credential | ForeignCredential:
        found = self.credential or self.foreign
        if found is None:
            message = "The database lets none be of nothing."
            raise TypeError(message)
        return found


class DossierPiece(models.Model):
    """A piece of evidence that a learner lets the partner see with a request. Never changed."""

    item = models.ForeignKey(DossierItem, on_delete=models.CASCADE, related_name="pieces")
    evidence_id = models.CharField(max_length=LENGTH, help_text=_("Public id of the piece"))

    class Meta:
        constraints = (models.UniqueConstraint(fields=("item", "evidence_id"), name="dossier_piece_once"),)

    def __str__(self) -> str:
        return self.evidence_id
