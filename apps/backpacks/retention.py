"""What the backpacks app deletes after a time (`config/retention.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.models import LegalHold
from apps.backpacks.models import TakenOut

if TYPE_CHECKING:
    from datetime import datetime


def forget_taken_out(before: datetime, limit: int) -> int:
    held = LegalHold.objects.standing().values("person")
    old = TakenOut.objects.filter(taken_at__lt=before).exclude(collection__person__in=held)
    some = list(old.order_by("pk").values_list("pk", flat=True)[:limit])
    TakenOut.objects.filter(pk__in=some).delete()
    return len(some)
