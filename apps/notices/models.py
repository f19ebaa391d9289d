"""What people are told: notices under the bell, the letters that carry them, and what became of those."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.notices.kinds import KINDS, Kind, Way

if TYPE_CHECKING:
    from apps.accounts.models import User


class Letter(Moving):
    """One message to one address, queued with the change it is about, delivered by the outbox.

    Its text is written when it is first sent (sign-in letters come with theirs), so that a mistake in it holds up
    only the letter. `attachments`: [{name, media_type, cid, function, arguments}], where `function` is the dotted
    path of a function that makes the bytes, also at that time; a baked badge is never stored. `opens` is a key for
    the reader alone: {function, arguments, needed, while}, where `function` makes its path at that time, or nothing;
    if the letter needs it, it is then not sent. It is not sent either if `while` ({function, arguments}), which is
    asked in the transaction that hands the letter over, answers no.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        FAILED = "failed", _("Failed, to be tried again")
        SENT = "sent", _("Sent")
        BOUNCED = "bounced", _("Came back")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES: ClassVar = {
        State.QUEUED: frozenset({State.SENT, State.FAILED, State.CANCELLED}),
        State.FAILED: frozenset({State.SENT, State.CANCELLED}),
        State.SENT: frozenset({State.BOUNCED}),
        State.BOUNCED: frozenset(),
        State.CANCELLED: frozenset(),
    }
    THING: ClassVar = _("letter")

    public_id = PublicIdField()
    dedupe_key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=64)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="letters")
    to = models.EmailField()
    subject = models.CharField(max_length=998, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    attachments = models.JSONField(default=list)
    opens = models.JSONField(null=True)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    mail_id = models.CharField(max_length=300, blank=True, help_text=_("What the mail service calls it"))
    bounced_at = models.DateTimeField(null=True)
    bounced_for_good = models.BooleanField(default=False, help_text=_("There is nobody at this address"))

    class Meta:
        ordering = ("-queued_at",)
        indexes = (models.Index(fields=("mail_id",), condition=~Q(mail_id=""), name="letter_by_mail_id"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("sent", "bounced"), sent_at__isnull=False)
                | ~Q(state__in=("sent", "bounced")) & Q(sent_at=None),
                name="letter_sent_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="bounced", bounced_at__isnull=False)
                | ~Q(state="bounced") & Q(bounced_at=None, bounced_for_good=False),
                name="letter_bounced_has_a_time",
            ),
        )

    def __str__(self) -> str:
        return self.subject or self.kind


class MailEvent(models.Model):
    """An event that the mail service reported for one of our letters. Reports may be repeated and in any order."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", _("Delivered")
        PUT_OFF = "put_off", _("Not taken for now")
        BOUNCED = "bounced", _("Came back")
        BOUNCED_FOR_GOOD = "bounced_for_good", _("Nobody at this address")
        COMPLAINED = "complained", _("Reported as spam")

    service = models.CharField(max_length=20)
    event_id = models.CharField(max_length=200, help_text=_("The service's own name for it"))
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="mail_events")
    kind = models.CharField(max_length=20, choices=Kind)
    happened_at = models.DateTimeField()
    heard_at = models.DateTimeField()

    class Meta:
        ordering = ("happened_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("service", "event_id"), name="heard_once"),
            models.CheckConstraint(condition=~Q(event_id=""), name="mail_event_has_a_name"),
        )

    def __str__(self) -> str:
        return f"{self.service} {self.event_id}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> NoticeQuerySet:
        """The user's own; a notice has no other reader."""
        return self.filter(person=user)

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)

    def for_digest(self) -> NoticeQuerySet:
        """Notices neither mailed nor read yet, of people who want these in the digest."""
        return self.unread().filter(way=Way.DIGEST, letter=None)


class Notice(models.Model):
    """Something that happened and concerns a person: a kind, and the facts for its text.

    The text is made when someone reads it, in their language. `facts` are names, numbers and dates as they were at
    the time; `address` is where to look, a path of ours.
    """

    public_id = PublicIdField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="notices"
    )
    # No choices on the column: a new kind is a row in kinds.py and needs no migration.
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=200, help_text=_("Names what happened: a person hears of it once"))
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    address = models.CharField(max_length=300)
    way = models.CharField(max_length=8, choices=Way)
    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="notices")
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            # One row per person and event, and at most one letter per row, so that each channel is used once.
            models.UniqueConstraint(fields=("person", "key"), name="one_notice_an_event_and_person"),
            models.CheckConstraint(condition=Q(way__in=("at_once", "digest", "here")), name="notice_way_known"),
            models.CheckConstraint(condition=Q(letter=None) | ~Q(way="here"), name="only_here_is_never_mailed"),
            models.CheckConstraint(condition=Q(address__regex=r"^/([^/\\]|$)"), name="notice_leads_into_the_house"),
        )
        indexes = (
            models.Index(fields=("person", "-made_at", "-id"), name="notice_by_person"),
            models.Index(fields=("person",), name="notice_unread", condition=Q(read_at=None)),
            models.Index(
                fields=("person", "made_at"),
                name="notice_for_digest",
                condition=Q(way="digest", read_at=None, letter=None),
            ),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def about(self) -> Kind:
        return KINDS[self.kind]


class Preference(models.Model):
    """How one kind of notice reaches a person who has chosen a way, even if it is the usual one.

    A person who reports a letter as spam has chosen to see its kind only here, until they choose again:
    `complained_at`.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=64)
    way = models.CharField(max_length=8, choices=Way)
    complained_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(complained_at=None) | Q(way="here"), name="complained_is_only_told_here"
            ),
            models.UniqueConstraint(fields=("person", "kind"), name="one_way_a_kind_and_person"),
            models.CheckConstraint(condition=Q(way__in=("at_once", "digest", "here")), name="preference_way_known"),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.way}"
