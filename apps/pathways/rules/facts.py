"""The facts that rules are evaluated on: badges that a person holds, that can be earned, and that count as others."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from datetime import datetime

# By framework, the notional hours in a credit, least and most.
HOURS = AchievementVersion.HOURS_IN_A_CREDIT
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Worth:
    """What a badge brings: credits of a framework, a level of another, skills (web addresses), and its issuer.

    A `whole` is made of other badges, which have brought its credits already: no pool draws on it.
    """

    credits: Decimal = Decimal(0)
    framework: str = ""
    hours: int = 0
    level_framework: str = ""
    level: int = 0
    skills: frozenset[str] = frozenset()
    issuer: int | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A credential that a person holds, valid except perhaps expired: one of ours (`achievement`) or one from
    elsewhere.

    `key` identifies and orders them: ours first, then by age.
    """

    key: tuple[int, int]
    worth: Worth = Worth()
    achievement: int | None = None
    foreign: tuple[str, str] | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Equal:
    """An equivalence in force: `theirs`, or `foreign`, counts as `counts_as`, or as a step by itself."""

    key: int
    theirs: int | None = None
    foreign: tuple[str, str] | None = None
    counts_as: int | None = None
    credits: Decimal = Decimal(0)
    framework: str = ""

    def covers(self, held: Held) -> bool:
        if self.foreign is not None:
            return held.foreign == self.foreign
        return held.achievement is not None and held.achievement == self.theirs


@dataclass(frozen=True, slots=True)
class Offer:
    """A badge in the catalogue, by the version with this `number`. `open`: whether it can be earned today."""

    achievement: int
    name: str
    slug: str
    worth: Worth
    issuer_name: str = ""
    open: bool = True
    number: int = 1


def in_framework(credits_: Decimal, of: str, to: str) -> Decimal:
    """Credits of one framework as those of another, by notional hours, cut to a tenth.

    By the least that they may be worth, so that nobody gets more than they worked for. Credits without hours (an
    issuer's own) can't be converted.
    """
    if of == to:
        return credits_
    if of not in HOURS or to not in HOURS:
        return Decimal(0)
    return (credits_ * HOURS[of][0] / HOURS[to][1]).quantize(_TENTH, ROUND_DOWN)
