"""When accounts are merged, move notices, letters and preferences, and notify the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import ngettext

from apps.notices.models import Letter, Notice, Preference

if TYPE_CHECKING:
    from apps.accounts.models import User


def moves(giver: User) -> list[str]:
    n = Notice.objects.filter(person=giver).count()
    return [ngettext("%(n)d notice", "%(n)d notices", n) % {"n": n}] if n else []


def bring(taker: User, giver: User) -> None:
    """Move them. Nobody is told anything twice, and the taker's choices stay."""
    theirs = Notice.objects.filter(person=giver)
    theirs.filter(key__in=Notice.objects.filter(person=taker).values("key")).delete()
    theirs.update(person=taker)
    chosen = Preference.objects.filter(person=giver)
    chosen.filter(kind__in=Preference.objects.filter(person=taker).values("kind")).delete()
    chosen.update(person=taker)
    Letter.objects.filter(person=giver).update(person=taker)
