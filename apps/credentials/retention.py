"""What this app forgets after a time (`config/retention.py`): tables of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from apps.accounts.models import LegalHold
from apps.core.refused import Refused
from apps.credentials import verbs
from apps.credentials.leaving import forget_rows
from apps.credentials.models import BulkAward, BulkRow

if TYPE_CHECKING:
    from datetime import datetime


def forget_tables(before: datetime, limit: int) -> int:
    """Delete tables from which nothing was awarded, with their files. One that a worker is using waits for the next
    run.
    """
    gone = 0
    for table in BulkAward.objects.filter(state__in=BulkAward.OPEN, made_at__lt=before).order_by("pk")[:limit]:
        try:
            verbs.drop_bulk(table, by=None)
        except Refused:
            continue
        gone += 1
    return gone


def forget_cells(before: datetime, limit: int) -> int:
    """Clear the rows of awarded tables. What became of each row, and its badge, stays."""
    over = Q(bulk__finished_at__lt=before) | Q(bulk__finished_at=None, bulk__undone_at__lt=before)
    held = LegalHold.objects.standing().values("person")
    old = BulkRow.objects.filter(over).exclude(cells=[]).exclude(credential__earner__in=held)
    some = list(old.order_by("pk").values_list("pk", flat=True)[:limit])
    forget_rows(BulkRow.objects.filter(pk__in=some))
    return len(some)
