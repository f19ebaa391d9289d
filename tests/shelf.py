"""Set-ups that many tests begin with: made once by the house's verbs, then laid out again as what they left behind.

A decorated maker runs for the first test of a process that asks for it. The rows, files and letters that it left are kept
with its answer, and the next test that has done the same things before gets those instead: same keys, same public ids, same
moments (some minutes ago at most). That takes a few milliseconds, where a decided submission takes hundreds of queries.

It is never guessed whether a test has done the same: PostgreSQL is asked whether anything else was written in this
transaction. Where something was, where the test has patched something or changed a setting, or where it commits, the
maker runs.
"""

import contextlib
import math
import pickle
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from functools import cache, wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from django.conf import Settings, settings
from django.core import mail
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Model
from django.utils.translation import get_language

from apps.core import clock

# A test may take its set-up to be of now, give or take some minutes.
FRESH_SECONDS = 240
# The transaction's number once it has written, and how many rows it has put into, changed in and taken out of each table.
MARK = """
SELECT pg_current_xact_id_if_assigned()::text, array_agg(
    pg_stat_get_xact_tuples_inserted(id) + pg_stat_get_xact_tuples_updated(id) + pg_stat_get_xact_tuples_deleted(id)
) FROM unnest(%s::oid[]) AS id
"""


@dataclass
class Kept:
    """Everything there is after a row of set-ups: `rows` of each table as text; `act` and `files` lead there from the
    set-up before. `answer` comes with the letters that left.
    """

    rows: dict[str, list[str]]
    act: tuple[str, list] = ("", [])
    files: dict[str, bytes | None] = field(default_factory=dict)
    rsa_keys: Counter = field(default_factory=Counter)
    answer: bytes = b""
    born: float = math.inf  # when the oldest of it was made
    following: dict[tuple, "Kept"] = field(default_factory=dict)


class Shelf:
    def __init__(self):
        self.nothing = None  # what a test finds
        self.here = None  # the mark after the last set-up, and what that left
        self.test = None
        self.rsa_keys = Counter()  # how many the test has had, by kind
        self.oldest = math.inf  # when what was laid out since was made

    @contextlib.contextmanager
    def around(self, monkeypatch=None):
        """A test, or what all tests of a file begin with."""
        outer, had = self.test, self.rsa_keys.copy()
        with contextlib.ExitStack() as until_it_ends:
            self.test = Test(monkeypatch, until_it_ends)
            yield
        self.test, self.here, self.rsa_keys = outer, None, had

    def find(self):
        """Where in the rows of set-ups this test stands, and the mark there; (None, None) if nowhere."""
        if self.test is None or self.test.is_changed() or not self.test.is_undone():
            return None, None
        mark = _mark()
        if mark[0] is None:
            if self.nothing is None:
                self.nothing = Kept(_rows(_tables()))
            place = self.nothing
            self.test.take_a_folder()
        elif self.here and self.here[0] == mark:
            place = self.here[1]
        else:
            return None, None
        return place, mark

    def lay_out(self, kept):
        sql, values = kept.act
        with connection.cursor() as cursor:
            cursor.execute(sql + MARK, [*values, list(_tables().values())])
            while cursor.nextset():
                pass
            self.here = tuple(cursor.fetchone()), kept
        for name, content in kept.files.items():
            path = Path(default_storage.location, name)
            if content is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        self.rsa_keys, self.oldest = kept.rsa_keys.copy(), min(self.oldest, kept.born)
        answer, letters = pickle.loads(kept.answer)  # noqa: S301 - our own
        mail.outbox += letters
        return answer

    def keep(self, call, answer, began):
        after = _mark()
        changed = {
            name: oid
            for (name, oid), was, now in zip(_tables().items(), began.mark[1], after[1], strict=True)
            if was != now
        }
        rows = _rows(changed)
        kept = Kept(
            rows=began.place.rows | rows,
            act=_act(began.place.rows, rows),
            files=_came(began.files, _files()),
            rsa_keys=self.rsa_keys.copy(),
            answer=pickle.dumps((answer, mail.outbox[began.letters :])),
            born=min(self.oldest, began.place.born),
        )
        began.place.following[call] = kept
        self.here = after, kept


class Began(NamedTuple):
    """What there was before a maker ran."""

    place: Kept
    mark: tuple
    files: dict
    letters: int


class Test:
    def __init__(self, monkeypatch, until_it_ends):
        self.monkeypatch, self.until_it_ends = monkeypatch, until_it_ends
        self.patches, self.has_folder = self._patches(), False

    def take_a_folder(self):
        """Files of its own, that go when it ends as its rows do: the next test writes some of the same names."""
        if not self.has_folder:
            self.has_folder, usual = True, default_storage.location
            folder = self.until_it_ends.enter_context(TemporaryDirectory(dir=usual, ignore_cleanup_errors=True))
            self.until_it_ends.callback(setattr, default_storage, "location", usual)
            default_storage.location = folder

    def is_changed(self):
        """What a maker does may be something else now."""
        return type(settings._wrapped) is not Settings or self._patches() != self.patches

    def is_undone(self):
        """It takes back at its end what is written now: one that commits would be given the same rows twice."""
        around = connection.atomic_blocks[:1]
        return any(one._from_testcase or self.monkeypatch is None for one in around)

    def _patches(self):
        one = self.monkeypatch
        return (len(one._setattr), len(one._setitem)) if one else ()  # there is no public way to ask


shelf = Shelf()


def shelved(make):
    """What this makes is kept for the tests to come. Arguments are rows, plain values, or lists of them."""

    @wraps(make)
    def made(*args, **options):
        given = _plain((args, options))
        place, mark = (None, None) if given is None else shelf.find()
        if place is None:
            return make(*args, **options)
        call = (make.__module__, make.__qualname__, given, clock._held.get(), get_language())
        kept = place.following.get(call)
        if kept and time.monotonic() - kept.born < FRESH_SECONDS:
            return shelf.lay_out(kept)
        began, seen = Began(place, mark, _files(), len(mail.outbox)), _seen((args, options))
        before, shelf.oldest = shelf.oldest, time.monotonic()
        answer = make(*args, **options)
        if seen == _seen((args, options)):
            shelf.keep(call, answer, began)
        shelf.oldest = min(shelf.oldest, before)
        return answer

    return made


# --- what was asked for -----------------------------------------------------------------------------------------------
def _plain(value):
    """The same for the same; None where that cannot be told."""
    if isinstance(value, Model):
        return type(value), value.pk
    if value is None or isinstance(value, str | bytes | int | float | Enum | date | timedelta):
        return type(value), value
    if isinstance(value, dict):
        value = list(value.items())
    if not isinstance(value, list | tuple):
        return None
    parts = tuple(_plain(one) for one in value)
    return None if None in parts else parts


def _seen(value):
    """What rows among the arguments say: a maker that changes one does more than it answers."""
    if isinstance(value, Model):
        return {name: one for name, one in vars(value).items() if not name.startswith("_")}
    if isinstance(value, dict):
        value = list(value.items())
    return [_seen(one) for one in value] if isinstance(value, list | tuple) else None


# --- rows and files ---------------------------------------------------------------------------------------------------
@cache
def _tables():
    """Each table that keeps anything, and its number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return dict(sorted(cursor.fetchall()))


@cache
def _columns(table):
    """Those that are not calculated from the others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(attname) FROM pg_attribute"
            " WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
            [_tables()[table]],
        )
        return ", ".join(name for (name,) in cursor.fetchall())


def _mark():
    with connection.cursor() as cursor:
        cursor.execute(MARK, [list(_tables().values())])
        return cursor.fetchone()


def _rows(tables):
    rows = {name: [] for name in tables}
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(f"SELECT '{name}', _row::text FROM \"{name}\" _row" for name in rows))  # noqa: S608 - names of our tables
            for name, row in cursor.fetchall():
                rows[name].append(row)
    return rows


def _act(before, after):
    """SQL that leads from the one to the other. Triggers and references had their say when the maker ran."""
    sql, values = "SET LOCAL session_replication_role = replica;", []
    for name, rows in after.items():
        had, has = set(before[name]), set(rows)
        if gone := [row for row in before[name] if row not in has]:
            sql += f'DELETE FROM "{name}" _row WHERE _row::text = ANY(%s);'  # noqa: S608 - as above
            values.append(gone)
        if come := [row for row in rows if row not in had]:
            columns = _columns(name)
            sql += f'INSERT INTO "{name}" ({columns}) SELECT {columns} FROM unnest(%s::"{name}"[]);'  # noqa: S608 - as above
            values.append(come)
    return sql + "SET LOCAL session_replication_role = origin;", values


def _files():
    """Each file by its name, and when it was last written."""
    folder = Path(default_storage.location)
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in found}


def _came(before, after):
    folder = Path(default_storage.location)
    came = {name: (folder / name).read_bytes() for name, written in after.items() if before.get(name) != written}
    return came | dict.fromkeys(before.keys() - after.keys())
