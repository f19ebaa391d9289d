"""Where a person stands with an attempt: which part they have or may take, and who else is working on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.issuers import policies as seats
from apps.issuers.models import AchievementVersion
from apps.reviews import queries
from apps.reviews.models import APART, JUDGED_ANEW, LEADING, Assignment, Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from apps.accounts.models import User
    from apps.reviews.models import Turn
    from apps.submissions.models import Attempt

Policy = AchievementVersion.Policy


@dataclass(frozen=True)
class Place:
    """`mine`: the reader's lease. `turn`: the one they have or may take. `held`: who else has one, if they may know;
    `theirs`: all that others hold. `offer`: a lead has asked them to take it. `barred`: why they must not. `waiting`:
    parts still open.
    """

    attempt: Attempt
    mine: Assignment | None = None
    turn: Turn | None = None
    held: Assignment | None = None
    theirs: list[Assignment] = field(default_factory=list)
    offer: Assignment | None = None
    barred: str = ""
    can_take: bool = False
    can_lead: bool = False
    waiting: list[str] = field(default_factory=list)

    @property
    def part(self) -> str:
        """The part the reader is working on, or empty."""
        return self.mine.turn.part if self.mine else ""

    @property
    def is_settled(self) -> bool:
        """Whether nobody is working on it, the reader can't take it, and nothing is to be judged again: they are
        shown what the learner was told.
        """
        return not (self.mine or self.held or self.can_take or JUDGED_ANEW & set(self.waiting))

    @property
    def policy(self) -> str:
        return self.attempt.submission.version.policy

    @property
    def is_apart(self) -> bool:
        """Whether it is one of two separate markings: the markers don't know about each other, nor are they told."""
        return self.policy == Policy.DOUBLE_BLIND and self.held is not None and self.held.turn.part in APART

    @property
    def says(self) -> list[StrOrPromise]:
        """What the part asks for, in a few words each; empty if one assessor decides and the work isn't blind."""
        turn, blind = self.turn, self.attempt.submission.version.blind
        if turn is None or (turn.part == Part.FIRST and self.policy == Policy.SINGLE and not blind):
            return []
        said: list[StrOrPromise] = [turn.get_part_display()]
        if blind:
            said.append(_("name hidden"))
        meant = _SECOND_OF_TWO if turn.part in APART and self.policy == Policy.DOUBLE_BLIND else _MEANT.get(turn.part)
        if turn.part == Part.FIRST and self.policy == Policy.FOUR_EYES:
            meant = _("another person grants what you recommend")
        return [*said, meant] if meant else said

    @property
    def sends(self) -> StrOrPromise:
        """The label of the button that sends the marking."""
        if self.part in APART and self.policy == Policy.DOUBLE_BLIND:
            return _("Send my marking")
        if self.part == Part.FIRST and self.policy == Policy.FOUR_EYES:
            return _("Recommend")
        return _SENDS.get(self.part, gettext_lazy("Decide"))

    @property
    def settles(self) -> bool:
        """Whether sending the marking is the decision itself, with nobody else to ask."""
        if self.part == Part.FIRST:
            return self.policy == Policy.SINGLE
        return self.part in (Part.ADJUDICATE, Part.APPEAL)

    @property
    def waits(self) -> StrOrPromise:
        """What the attempt waits for, told to someone who has no part in it now."""
        return next((_WAITS[part] for part in self.waiting if part in _WAITS), "")


_SECOND_OF_TWO = gettext_lazy("the other assessor's marks stay hidden until you send yours")
_MEANT: Mapping[str, StrOrPromise] = {
    Part.GRANT: gettext_lazy("another person recommends it, you grant it"),
    Part.ADJUDICATE: gettext_lazy("two assessors differ, you decide"),
    Part.MODERATE: gettext_lazy("a second look at what was decided"),
    Part.APPEAL: gettext_lazy("fresh eyes, and the last word"),
}
_SENDS: Mapping[str, StrOrPromise] = {
    Part.ADJUDICATE: gettext_lazy("Decide between them"),
    Part.GRANT: gettext_lazy("Grant"),
    Part.MODERATE: gettext_lazy("Agree"),
    Part.APPEAL: gettext_lazy("Decide the appeal"),
}
_WAITS: Mapping[str, StrOrPromise] = {
    Part.SECOND: gettext_lazy("Two people mark it apart. It is decided once both have sent theirs."),
    Part.GRANT: gettext_lazy("It is recommended, and another person is to grant it."),
    Part.ADJUDICATE: gettext_lazy("Two assessors differ, and a lead is to decide between them."),
    Part.MODERATE: gettext_lazy("It is decided, and a moderator is to look at it again."),
    Part.APPEAL: gettext_lazy("Its learner appealed, and a lead is to hear that."),
}


def place_at(attempt: Attempt, user: User) -> Place:
    """The place of someone who may assess the attempt. Whether anything else bars them is asked only if there is
    something to take.
    """
    open_now = list(attempt.assignments.open().select_related("assessor", "turn", "review").order_by("turn"))
    for one in open_now:
        one.attempt = attempt
    mine = next((one for one in open_now if one.assessor_id == user.pk and one.holds_still), None)
    if mine is not None:
        return Place(attempt, mine=mine, turn=mine.turn)
    turns = list(attempt.turns.open().order_by("pk"))
    leads = bool(turns) and seats.can_moderate(user, attempt.submission.achievement)
    taken = {one.turn_id: one for one in open_now if one.holds_still or one.state == Assignment.State.OFFERED}
    playable = [turn for turn in turns if turn.part not in LEADING or leads]
    free = [turn for turn in playable if turn.pk not in taken or taken[turn.pk].assessor_id == user.pk]
    turn = next((one for one in free if one.pk in taken), free[0] if free else None)
    theirs = [one for one in taken.values() if one.assessor_id != user.pk]
    may = turn is not None and queries.may_play(user, turn)
    barred = ""
    if turn is not None and not may:
        barred = queries.why_barred(user, attempt.submission, part=turn.part, attempt=attempt) or ""
    return Place(
        attempt,
        turn=turn,
        held=next(iter(theirs), None),
        theirs=theirs,
        offer=next((one for one in taken.values() if one.assessor_id == user.pk), None) if may else None,
        barred=barred,
        can_take=may,
        can_lead=leads,
        waiting=[one.part for one in turns],
    )
