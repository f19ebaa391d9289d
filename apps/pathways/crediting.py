"""Credits in words, with the hours that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from decimal import Decimal

_Of = AchievementVersion.CreditFramework


def hours_of(amount: Decimal, framework: str) -> tuple[Decimal, Decimal] | None:
    """The notional hours in an amount of credits, least and most; None if the framework doesn't define them."""
    ratio = AchievementVersion.HOURS_IN_A_CREDIT.get(framework)
    return (amount * ratio[0], amount * ratio[1]) if ratio else None


def number(value: Decimal) -> str:
    """The number without a trailing zero: 5, and 2.5."""
    return number_format(int(value) if value == int(value) else value.normalize())


def credits_in_words(amount: Decimal, framework: str) -> str:
    """The credits in words: “5 NZQA credits”."""
    many = 1 if amount == 1 else max(2, int(amount))
    words = {
        _Of.NZQA: ngettext("%(n)s NZQA credit", "%(n)s NZQA credits", many),
        _Of.ECTS: ngettext("%(n)s ECTS credit", "%(n)s ECTS credits", many),
        _Of.OTHER: ngettext("%(n)s credit of our own", "%(n)s credits of our own", many),
    }
    return words[_Of(framework)] % {"n": number(amount)}


def hours_in_words(amount: Decimal, framework: str) -> str:
    """The hours in words: “50 hours”, “125 to 150 hours”; empty if the framework doesn't define them."""
    hours = hours_of(amount, framework)
    if hours is None:
        return ""
    least, most = hours
    if least == most:
        return ngettext("%(n)s hour", "%(n)s hours", 1 if least == 1 else max(2, int(least))) % {"n": number(least)}
    return _("%(least)s to %(most)s hours") % {"least": number(least), "most": number(most)}


def in_words(amount: Decimal, framework: str) -> str:
    """Both in words: “5 NZQA credits, 50 hours”."""
    hours = hours_in_words(amount, framework)
    said = credits_in_words(amount, framework)
    return _("%(credits)s, %(hours)s") % {"credits": said, "hours": hours} if hours else said
