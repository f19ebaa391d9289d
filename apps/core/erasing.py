"""Forgetting a person: what the apps share when each forgets its own part (`config/leaving.py` lists them in order).

Erasure removes the person, not the event: rows that others rely on stay, without the person's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils.html import escape
from django.utils.module_loading import import_string

from apps.core import clock, outbox
from apps.core.events import record
from apps.core.ids import PATTERN
from apps.core.models import Event, Forgetting, Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime, timedelta

# Placeholders for erased text, where a constraint requires some.
NOTHING = "—"
NOWHERE = "https://erased.invalid/"
# How many old rows are forgotten in one transaction.
AT_ONCE = 200


def give_way(person_id: int) -> None:
    """Let this person's frozen rows be changed until the transaction ends. Only erasure and retention call this.

    The database functions `<table>_forgets` say which columns of which rows.
    """
    if not connection.in_atomic_block:
        message = "Whatever is forgotten is forgotten in one transaction."
        raise transaction.TransactionManagementError(message)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('satchel.erasing', %s, true)", [str(person_id)])


def close() -> None:
    """Freeze the rows again before the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('satchel.erasing', '', true)")


def unheard_address(public_id: str) -> str:
    """A replacement for an e-mail address: nobody's, undeliverable (RFC 2606) and unique."""
    return f"erased-{public_id}@invalid"


# URLs and paths are left whole when names are removed: part of one may be anyone's name.
_LEADS_SOMEWHERE = re.compile(r"(\S*://\S*|(?<!\S)/\S+)")
_AN_ID = re.compile(rf"(?<![a-z0-9]){PATTERN}(?![a-z0-9])")


@dataclass(frozen=True)
class Names:
    """A person's names and addresses, to be removed as whole words from what others hold.

    An address belongs to one person, wherever it appears. A name may be someone else's, or an ordinary word, so it is
    removed only from what is about the person. Keys of JSON are never touched.
    """

    names: frozenset[str]
    addresses: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str], addresses: Iterable[str] = ()) -> Names:
        return cls(*(frozenset(one.strip() for one in some if len(one.strip()) > 1) for some in (names, addresses)))

    @property
    def addresses_alone(self) -> Names:
        return Names(frozenset(), self.addresses)

    @cached_property
    def _called(self) -> re.Pattern[str]:
        # A one-word name is often an ordinary word too, so its capitals must match.
        return _pattern(self.names, lambda form: form if " " not in form else f"(?i:{form})")

    @cached_property
    def _reached(self) -> re.Pattern[str]:
        return _pattern(self.addresses, lambda form: f"(?i:{form})")

    def taken_out(self, value: Any) -> Any:
        """Return the same text, list or mapping without the names and addresses."""
        if isinstance(value, str):
            parts = _LEADS_SOMEWHERE.split(self._reached.sub(NOTHING, value))
            return "".join(part if place % 2 else self._called.sub(NOTHING, part) for place, part in enumerate(parts))
        if isinstance(value, list):
            return [self.taken_out(one) for one in value]
        if isinstance(value, dict):
            return {key: self.taken_out(one) for key, one in value.items()}
        return value

    def naming(self, rows: models.QuerySet[Any], *columns: str) -> models.QuerySet[Any]:
        """The rows that contain a name or address in one of these columns, even within a longer word."""
        known = self.names | self.addresses
        if not known:
            return rows.none()
        as_text = {f"{name}_as_text": Cast(name, models.TextField()) for name in columns}
        holds = Q()
        for name in as_text:
            for one in known:
                # In JSON a quotation mark is escaped with a backslash.
                forms = {one, str(escape(one)), one.replace("\\", "\\\\").replace('"', '\\"')}
                holds |= Q(*((f"{name}__icontains", form) for form in forms), _connector=Q.OR)
        found: models.QuerySet[Any] = rows.annotate(**as_text).filter(holds)
        return found

    def take_out(self, rows: models.QuerySet[Any], *columns: str) -> None:
        """Remove the addresses from these columns, in any of the rows."""
        self.addresses_alone.take_out_of_theirs(rows, *columns)

    def take_out_of_theirs(self, rows: models.QuerySet[Any], *columns: str) -> None:
        """Remove names and addresses from these columns; the rows must be about the person."""
        for row in self.naming(rows, *columns).only("pk", *columns).iterator():
            now = {name: self.taken_out(getattr(row, name)) for name in columns}
            rows.filter(pk=row.pk).update(**now)


def _pattern(known: Iterable[str], how: Callable[[str], str]) -> re.Pattern[str]:
    forms = {form for one in known for form in (one, str(escape(one)))}
    longest_first = sorted(forms, key=len, reverse=True)
    # With nothing known, nothing matches.
    return re.compile("|".join(rf"(?<!\w){how(re.escape(one))}(?!\w)" for one in longest_first) or r"(?!)")


def ids_in(*values: Any) -> set[str]:
    """Everything that looks like a public id in texts, lists and mappings."""
    return {one for value in values for one in _AN_ID.findall(str(value))}


def theirs_among(person_id: int, ids: Iterable[str]) -> set[str]:
    """The ids among these that belong to the person: theirs or something of theirs (`THEIRS` in `config/leaving.py`),
    an act of theirs, or something they acted on.
    """
    asked = list(ids)
    if not asked:
        return set()
    found: set[str] = set()
    for label, ways in import_string(f"{settings.LEAVING}.THEIRS").items():
        whose = Q(*((way, person_id) for way in ways), _connector=Q.OR)
        theirs = models.QuerySet[Any](apps.get_model(label)).filter(whose, public_id__in=asked)
        found.update(theirs.values_list("public_id", flat=True))
    people = models.QuerySet[Any](get_user_model()).filter(Q(pk=person_id) | Q(merged_into=person_id))
    acts = Event.objects.filter(actor_id__in=list(people.values_list("public_id", flat=True)))
    found.update(acts.filter(public_id__in=asked).values_list("public_id", flat=True))
    found.update(acts.filter(subject_id__in=asked).values_list("subject_id", flat=True))
    return found


def telling_of(person_id: int, rows: models.QuerySet[Any], *columns: str) -> list[int]:
    """Keys of the rows in whose columns an id of theirs appears (see `theirs_among`)."""
    found: list[int] = []
    for some in _by_many(rows.values_list("pk", *columns).iterator(), AT_ONCE):
        named = {pk: ids_in(*values) for pk, *values in some}
        theirs = theirs_among(person_id, set[str]().union(*named.values()))
        found += [pk for pk, ids in named.items() if not ids.isdisjoint(theirs)]
    return found


def forget_jobs(names: Names, *, keys: Iterable[str] = ()) -> None:
    """Forget a person in jobs: delete those with these keys, done or not, and remove addresses from the rest."""
    for some in _by_many(keys, AT_ONCE):
        Job.objects.filter(key__in=some).delete()
    names.take_out(Job.objects.exclude(state=Job.State.PENDING), "arguments", "last_error")
    names.take_out(Job.objects.filter(state=Job.State.PENDING), "last_error")


def delete_files(*names: str) -> None:
    """Delete files that nobody else uses. By a job: after the commit the rows no longer have these names."""
    for name in names:
        if name:
            outbox.enqueue("apps.core.tasks.delete_file", key=f"delete_file:{name}", name=name)


def _by_many(some: Iterable[Any], size: int) -> Iterator[list[Any]]:
    left = iter(some)
    while found := list(islice(left, size)):
        yield found


# --- what is kept for a limited time
# ----------------------------------------------------------------------------------
def kept_for(kind: str) -> timedelta:
    """How long a class of data is kept (see `config/retention.py`)."""
    how_long: timedelta = import_string(settings.RETENTION)[kind][0]
    return how_long


def forget_class(kind: str) -> int:
    """Forget everything in a class older than its retention period, in batches, and record how many rows that was.

    A worker that dies loses its run's count and nothing else.
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
