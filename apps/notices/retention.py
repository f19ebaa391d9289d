"""What the notices app deletes after a time (`config/retention.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from apps.accounts.models import LegalHold
from apps.notices.models import Letter, Notice

if TYPE_CHECKING:
    from datetime import datetime


def forget_letters(before: datetime, limit: int) -> int:
    held = LegalHold.objects.standing().values("person")
    old = Letter.objects.filter(sent_at__lt=before).exclude(subject="", text="", html="")
    some = list(old.filter(~Q(person__in=held) | Q(person=None)).order_by("pk").values_list("pk", flat=True)[:limit])
    return Letter.objects.filter(pk__in=some).update(subject="", text="", html="")


def forget_unsent(before: datetime, limit: int) -> int:
    """Cancel letters that were never sent, and delete their text: nobody waits for them any more, but the keys in
    them may still open things.
    """
    held = LegalHold.objects.standing().values("person")
    unsent = Letter.objects.filter(queued_at__lt=before, sent_at=None).exclude(subject="", text="", html="")
    some = list(unsent.filter(~Q(person__in=held) | Q(person=None)).order_by("pk").values_list("pk", flat=True)[:limit])
    return Letter.objects.filter(pk__in=some, sent_at=None).update(
        subject="", text="", html="", state=Letter.State.CANCELLED
    )


def forget_notices(before: datetime, limit: int) -> int:
    held = LegalHold.objects.standing().values("person")
    old = Notice.objects.filter(made_at__lt=before, letter=None).exclude(person__in=held)
    some = list(old.order_by("pk").values_list("pk", flat=True)[:limit])
    Notice.objects.filter(pk__in=some).delete()
    return len(some)
