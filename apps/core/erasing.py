"""Forgetting a person: what the rooms share when each forgets its own part (`config/leaving.py` says which, in order).

Erasure replaces the person, not the event: rows stay where others rely on them, and lose the words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils.html import escape
from django.utils.module_loading import import_string

from apps.core import clock, outbox
from apps.core.events import record
from apps.core.models import Forgetting, Job

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

# What stands where words stood, and a rule of the table wants some.
NOTHING = "—"
NOWHERE = "https://erased.invalid/"
# How many old things are forgotten in one transaction.
AT_ONCE = 200


def give_way(person_id: int) -> None:
    """Until the transaction ends, what is frozen of this person lets go of its words. Only erasure and retention ask.

    Which columns of which rows: the functions `<table>_forgets` in the database say.
    """
    if not connection.in_atomic_block:
        message = "Whatever is forgotten is forgotten in one transaction."
        raise transaction.TransactionManagementError(message)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('satchel.erasing', %s, true)", [str(person_id)])


def close() -> None:
    """What is frozen is frozen again before the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('satchel.erasing', '', true)")


def unheard_address(public_id: str) -> str:
    """In the place of an address: nobody's, undeliverable (RFC 2606), and one for each."""
    return f"erased-{public_id}@invalid"


@dataclass(frozen=True)
class Names:
    """Names and addresses to be taken out of what others hold, where they stand as whole words."""

    known: frozenset[str]

    @classmethod
    def of(cls, *known: Iterable[str]) -> Names:
        return cls(frozenset(one.strip() for many in known for one in many if len(one.strip()) > 1))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        forms = {form for one in self.known for form in (one, str(escape(one)))}
        longest_first = sorted(forms, key=len, reverse=True)
        return re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in longest_first), re.IGNORECASE)

    def taken_out(self, value: Any) -> Any:
        """The same text, list or mapping without them."""
        if isinstance(value, str):
            return self._pattern.sub(NOTHING, value)
        if isinstance(value, list):
            return [self.taken_out(one) for one in value]
        if isinstance(value, dict):
            return {self.taken_out(key): self.taken_out(one) for key, one in value.items()}
        return value

    def naming(self, rows: models.QuerySet[Any], *columns: str) -> models.QuerySet[Any]:
        """Those of the rows in whose columns one of them stands, be it within a longer word."""
        if not self.known:
            return rows.none()
        as_text = {f"{name}_as_text": Cast(name, models.TextField()) for name in columns}
        holds = Q()
        for name in as_text:
            for one in self.known:
                # In JSON a quotation mark is written with a stroke before it.
                forms = {one, str(escape(one)), one.replace("\\", "\\\\").replace('"', '\\"')}
                holds |= Q(*((f"{name}__icontains", form) for form in forms), _connector=Q.OR)
        found: models.QuerySet[Any] = rows.annotate(**as_text).filter(holds)
        return found

    def take_out(self, rows: models.QuerySet[Any], *columns: str) -> int:
        """Of these columns, in whichever of the rows they stand; how many rows there were."""
        found = 0
        for row in self.naming(rows, *columns).only("pk", *columns).iterator():
            now = {name: self.taken_out(getattr(row, name)) for name in columns}
            found += rows.filter(pk=row.pk).update(**now)
        return found


def forget_jobs(names: Names, *, keys: Iterable[str] = ()) -> None:
    """What jobs still say of somebody: those under these keys go, done or not; of others the words go."""
    for some in _by_many(list(keys)):
        Job.objects.filter(key__in=some).delete()
    names.take_out(Job.objects.exclude(state=Job.State.PENDING), "arguments", "last_error")
    names.take_out(Job.objects.filter(state=Job.State.PENDING), "last_error")


def delete_files(*names: str) -> None:
    """Files that nobody else has: by a job, since the rows know these names no more once the transaction holds."""
    for name in names:
        if name:
            outbox.enqueue("apps.core.tasks.delete_file", key=f"delete_file:{name}", name=name)


def _by_many(some: list[str], size: int = 1000) -> Iterable[list[str]]:
    return (some[start : start + size] for start in range(0, len(some), size))


# --- what is kept for a time ------------------------------------------------------------------------------------------
def kept_for(kind: str) -> timedelta:
    """How long things of a class are kept (`config/retention.py`)."""
    how_long: timedelta = import_string(settings.RETENTION)[kind][0]
    return how_long


def forget_class(kind: str) -> int:
    """Forget everything of a class that is older than it is kept, some at a time, and write down how many there were.

    A worker that dies loses the count of its run and nothing else.
    """
    kept_for, function = import_string(settings.RETENTION)[kind]
    before: datetime = clock.now() - kept_for
    number = 0
    while True:
        with transaction.atomic():
            some: int = import_string(function)(before, AT_ONCE)
        number += some
        if some < AT_ONCE:
            break
    if number:
        with transaction.atomic():
            done = Forgetting.objects.create(kind=kind, before=before, number=number, done_at=clock.now())
            record("retention.done", done, by=None, what=kind, number=number)
    return number
