"""The turns of an attempt that wait to be judged, and the figures of how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.issuers.models import Achievement, AchievementVersion
from apps.submissions.models import Attempt

if TYPE_CHECKING:
    from apps.accounts.models import User


class Part(models.TextChoices):
    """What the person who takes a turn is asked to do."""

    FIRST = "first", _("Marking")
    SECOND = "second", _("Second marking")
    GRANT = "grant", _("Granting")
    ADJUDICATE = "adjudicate", _("Adjudication")
    MODERATE = "moderate", _("Moderation")
    APPEAL = "appeal", _("Appeal")


# Only for leads, who hold a seat to moderate; any assessor may take the others.
LEADING = (Part.ADJUDICATE, Part.MODERATE, Part.APPEAL)
# Two people mark side by side if the policy is double blind; neither knows about the other.
APART = (Part.FIRST, Part.SECOND)
# While one of these is open, the work is judged again: its earlier decision is hidden from anyone who might take it.
JUDGED_ANEW = frozenset(Part) - {Part.MODERATE}
# Parts with a marking of their own; whoever grants reads another's.
MARKING = (Part.FIRST, Part.SECOND, Part.ADJUDICATE, Part.MODERATE, Part.APPEAL)


def alike(part: str) -> tuple[str, ...]:
    """The parts whose markings continue one another: for two separate markings, either of them."""
    return APART if part in APART else (part,)


_LATER = Q(state="open") & ~Q(part=Part.FIRST)


class TurnQuerySet(models.QuerySet["Turn"]):
    def open(self) -> TurnQuerySet:
        return self.filter(state=Turn.State.OPEN)

    def playable_by(self, user: User) -> TurnQuerySet:
        """Turns whose part `user` has the seat for; whether they may judge this work is checked elsewhere."""
        led = Achievement.objects.moderated_by(user).values("pk")
        assessed = Achievement.objects.assessable_by(user).values("pk")
        return self.filter(Q(achievement__in=assessed) & ~Q(part__in=LEADING) | Q(achievement__in=led))

    def locked(self, pk: int) -> Turn:
        return self.select_for_update(of=("self",)).get(pk=pk)


class Turn(Moving):
    """One turn at judging an attempt: it opens when it falls due, and is done when its part has been judged.

    The queue consists of turns, so they hold what it is sorted, counted and found by. Triggers keep `holder` in step
    with the live assignment, and fill `beside`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waiting")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    MOVES: ClassVar = {
        State.OPEN: frozenset({State.DONE, State.DROPPED}),
        State.DONE: frozenset(),
        State.DROPPED: frozenset(),
    }
    THING: ClassVar = _("turn")

    public_id = PublicIdField()
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="turns")
    part = models.CharField(max_length=12, choices=Part)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="+", db_index=False)
    due_on = models.DateField(help_text=_("The promised day, where the issuer is"))
    again = models.BooleanField(default=False, help_text=_("The learner handed in before"))
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    beside = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=[],
        editable=False,
        help_text=_("Who has, or had, another part in this attempt; of an appeal, who judged its submission before"),
    )

    objects = TurnQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("attempt", "part"), condition=Q(state="open"), name="one_open_turn_a_part"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | ~Q(state="open") & Q(closed_at__isnull=False, holder=None),
                name="a_closed_turn_is_held_by_nobody",
            ),
        )
        indexes = (
            models.Index(fields=("due_on", "id"), condition=Q(state="open"), name="turn_by_due_date"),
            models.Index(fields=("achievement", "due_on", "id"), condition=Q(state="open"), name="turn_by_badge"),
            models.Index(
                fields=("holder", "due_on", "id"),
                condition=Q(state="open", holder__isnull=False),
                name="turn_by_holder",
            ),
            # For the views that leave out most of the queue: each is read in the order it is shown, for each badge
            # and for all of them, so no page reads rows that it does not show.
            models.Index(
                fields=("due_on", "id"), condition=Q(state="open", holder__isnull=True), name="turn_free_by_due_date"
            ),
            models.Index(
                fields=("achievement", "due_on", "id"),
                condition=Q(state="open", holder__isnull=True),
                name="turn_free_by_badge",
            ),
            models.Index(fields=("due_on", "id"), condition=Q(state="open", again=True), name="turn_again_by_due_date"),
            models.Index(
                fields=("achievement", "due_on", "id"),
                condition=Q(state="open", again=True),
                name="turn_again_by_badge",
            ),
            models.Index(fields=("part", "due_on", "id"), condition=_LATER, name="turn_of_part_by_due_date"),
            models.Index(
                fields=("part", "achievement", "due_on", "id"), condition=_LATER, name="turn_of_part_by_badge"
            ),
            models.Index(fields=("opened_at", "id"), condition=Q(state="open"), name="turn_by_opening"),
            models.Index(
                fields=("achievement", "opened_at", "id"), condition=Q(state="open"), name="turn_of_badge_by_opening"
            ),
            GinIndex(fields=("beside",), condition=Q(state="open") & ~Q(beside=[]), name="turn_by_who_played"),
        )

    def __str__(self) -> str:
        return f"{self.get_part_display()}: {self.attempt}"

    @property
    def is_apart(self) -> bool:
        """Whether this is one of two markings whose assessors must not know about each other."""
        is_double = self.attempt.submission.version.policy == AchievementVersion.Policy.DOUBLE_BLIND
        return is_double and self.part in (Part.FIRST, Part.SECOND)


class Tally(models.Model):
    """Running figures of waiting turns: rows add up for each badge, part and day, or for all days together.

    Triggers on turns write a row for each change, so that fifty assessors who take work at once never wait for each
    other; a job merges the rows.
    """

    achievement = models.ForeignKey(Achievement, on_delete=models.CASCADE, related_name="+", db_index=False)
    part = models.CharField(max_length=12, choices=Part)
    due_on = models.DateField(null=True, help_text=_("Empty: all days together"))
    n = models.IntegerField(help_text=_("All of them"))
    free = models.IntegerField(help_text=_("Those that nobody holds"))
    again = models.IntegerField(help_text=_("Those whose learner handed in before"))

    class Meta:
        indexes = (
            models.Index(
                fields=("achievement", "due_on"), include=("part", "n", "free", "again"), name="tally_by_badge_and_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.n}"
