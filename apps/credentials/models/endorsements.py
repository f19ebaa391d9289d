"""Signed endorsements of what others are and do: by organisations, and of what somebody earned by people outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.credentials.models.awards import Credential
from apps.credentials.models.keys import SigningKey
from apps.issuers.models import AchievementVersion, Issuer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


LONGEST_NAME = 200


class EndorsementQuerySet(models.QuerySet["Endorsement"]):
    def live(self) -> EndorsementQuerySet:
        """Open or in force: an endorser has at most one of these for each subject."""
        return self.filter(state__in=Endorsement.LIVE)

    def standing(self) -> EndorsementQuerySet:
        """Signed, not revoked, and by a key that its endorser still vouches for."""
        return self.filter(state=Endorsement.State.SIGNED).exclude(key__state=SigningKey.State.COMPROMISED)

    def asked_of(self, user: User) -> EndorsementQuerySet:
        """Requests to an organisation that `user` runs."""
        return self.filter(endorser__in=Issuer.objects.run_by(user))

    def asked_for(self, user: User) -> EndorsementQuerySet:
        """Requests by `user`, and those for what `user` runs."""
        run = Issuer.objects.run_by(user)
        return self.filter(Q(asked_by=user) | Q(issuer__in=run) | Q(version__achievement__issuer__in=run))

    def visible_to(self, user: User | AnonymousUser | None) -> EndorsementQuerySet:
        """For everyone, what was signed about public subjects; the rest for the two sides."""
        told = Q(state__in=(Endorsement.State.SIGNED, Endorsement.State.REVOKED))
        shown = told & (Q(credential=None) | Q(credential__in=Credential.objects.visible_to(user)))
        if user is None or not user.is_authenticated:
            return self.filter(shown)
        ours = self.asked_of(user).values("pk")
        return self.filter(shown | Q(pk__in=ours) | Q(pk__in=self.asked_for(user).values("pk")))

    def with_names(self) -> EndorsementQuerySet:
        """With everything that `subject`, and a line about it, need."""
        return self.select_related(
            "endorser",
            "outside",
            "issuer",
            "version__achievement__issuer",
            "credential__version__achievement",
            "credential__issuer",
            "credential__earner",
            "asked_by",
            "superseded_by",
            "key",
        )

    def locked(self, pk: int) -> Endorsement:
        return self.with_names().select_for_update(of=("self",)).get(pk=pk)


Endorsable = Issuer | AchievementVersion | Credential


class OutsideEndorser(models.Model):
    """Someone asked to endorse a credential who needs no account: an employer, a colleague. They prove an address.

    `answer_hash` is of the token in the letter to that address, `ask_hash` of the one that the earner hands over, if
    they were asked that way. `key_name`: the public half, as a Multikey, of the key that signed; its private half is
    used once and kept nowhere.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    role = models.CharField(
        max_length=LONGEST_NAME, blank=True, help_text=_("What they are to the earner, as they say")
    )
    address = models.EmailField(blank=True)
    draft = models.TextField(blank=True, help_text=_("Their words, until they prove the address"))
    letters = models.PositiveSmallIntegerField(default=0, help_text=_("How many were sent"))
    answer_hash = models.CharField(max_length=64, null=True, unique=True)
    ask_hash = models.CharField(max_length=64, null=True, unique=True)
    key_name = models.CharField(max_length=64, blank=True)

    # How often a letter may go out for one request: whoever has its link may type an address.
    MOST_LETTERS: ClassVar = 5

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(letters__lte=5), name="outside_endorser_few_letters"),
            models.CheckConstraint(
                condition=Q(address="") | Q(answer_hash__isnull=False), name="outside_endorser_address_has_a_link"
            ),
        )

    def __str__(self) -> str:
        return self.name or gettext("someone outside")

    @property
    def place(self) -> str:
        """Where they read their mail: the domain of their address."""
        return self.address.rpartition("@")[2]


class Endorsement(Moving):
    """What an organisation says, signed, for an issuer, a version of an achievement, or a credential of others; or what
    someone outside says for a credential.
    """

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
    endorser = models.ForeignKey(Issuer, null=True, on_delete=models.PROTECT, related_name="endorsements_given")
    outside = models.OneToOneField(OutsideEndorser, null=True, on_delete=models.PROTECT, related_name="endorsement")
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
                condition=Q(state__in=("requested", "accepted", "signed"), outside=None),
                nulls_distinct=False,
                name="one_live_endorsement_a_subject",
            ),
            models.CheckConstraint(
                condition=Q(endorser__isnull=False, outside=None)
                | Q(endorser=None, outside__isnull=False, credential__isnull=False),
                name="endorsement_by_one_endorser",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("signed", "revoked"), signed_at__isnull=False)
                & (Q(key__isnull=False) | Q(outside__isnull=False))
                & ~Q(text="")
                | ~Q(state__in=("signed", "revoked")) & Q(signed_at=None, key=None, text=""),
                name="endorsement_signed_has_a_text",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("requested", "withdrawn", "lapsed"), answered_by=None, answered_at=None)
                | ~Q(state__in=("requested", "withdrawn", "lapsed"))
                & Q(answered_at__isnull=False)
                & (Q(answered_by__isnull=False) | Q(outside__isnull=False)),
                name="endorsement_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(issuer=None) | ~Q(issuer=F("endorser")), name="endorsement_not_of_oneself"
            ),
        )

    def __str__(self) -> str:
        return f"{self.endorser_name} · {self.subject_name}"

    def get_absolute_url(self) -> str:
        return reverse("credentials:endorsement", args=[self.public_id])

    @property
    def subject(self) -> Endorsable:
        """What is endorsed; exactly one of the three is set (`endorsement_of_one_thing`)."""
        return cast("Endorsable", self.issuer or self.version or self.credential)

    @property
    def endorser_name(self) -> str:
        """The organisation's name, or the one that somebody outside goes by."""
        return self.endorser.name if self.endorser else str(self.outside)

    @property
    def time_zone(self) -> str:
        """Where its days are told: at the endorser's, or for someone outside at the badge's issuer's."""
        at = self.endorser or cast("Credential", self.credential).issuer
        return at.time_zone

    @property
    def subject_name(self) -> str:
        return self.issuer.name if self.issuer else self.badge.name

    @property
    def badge(self) -> AchievementVersion:
        """The version it is about, unless it is about an issuer: the one endorsed, or the one earned."""
        return cast("AchievementVersion", self.version or (self.credential and self.credential.version))

    @property
    def lost_its_key(self) -> bool:
        """Whether the key that signed it is compromised."""
        return self.key is not None and self.key.state == SigningKey.State.COMPROMISED

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.state == self.State.REQUESTED and self.expires_at > clock.now()
