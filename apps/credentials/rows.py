"""Rows of a table of people: reading their cells, and finding what prevents an award."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.encoding import iri_to_uri
from django.utils.formats import date_format
from django.utils.translation import get_language_info, gettext_lazy

from apps.accounts import queries as people
from apps.core.text import is_iri, normal_address, one_line
from apps.core.text import seen as as_seen
from apps.credentials import addresses, queries
from apps.credentials.mapping import columns_of, is_address
from apps.credentials.models import BulkRow
from apps.credentials.sheets import LOST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from django_stubs_ext import StrOrPromise

    from apps.accounts.models import User
    from apps.issuers.models import AchievementVersion

LONGEST_ADDRESS = 254
LONGEST_NAME = 300
LONGEST_NARRATIVE = 2_000
MOST_EVIDENCE = 10
LONGEST_EVIDENCE = addresses.LONGEST
# Beyond this, someone typed a digit too many.
MOST_YEARS = 100
# How many rows are judged with the same few queries.
AT_ONCE = 1_000

# Key -> what is wrong and what to do, for the person who made the table. A row's `told` fills the placeholders.
PROBLEMS: dict[str, StrOrPromise] = {
    "no_address": gettext_lazy("There is no e-mail address here."),
    "bad_address": gettext_lazy("“%(text)s” is not an e-mail address."),
    "no_name": gettext_lazy("There is no name here. Anyone new here needs one."),
    "long_name": gettext_lazy("The name has %(length)s characters; the most is %(most)s."),
    "lost": gettext_lazy("A character in “%(column)s” can’t be kept: it is shown as �. Type the text again."),
    "long_narrative": gettext_lazy("The narrative has %(length)s characters; the most is %(most)s."),
    "bad_evidence": gettext_lazy("“%(text)s” is not a full web address: it must begin with https:// or http://."),
    "long_evidence": gettext_lazy("An address of evidence has %(length)s characters; the most is %(most)s."),
    "much_evidence": gettext_lazy("There are %(count)s pieces of evidence here; the most is %(most)s."),
    "same_evidence": gettext_lazy("“%(text)s” appears here twice."),
    "bad_expiry": gettext_lazy("“%(text)s” is not a date. Write it as %(example)s."),
    "two_expiries": gettext_lazy("“%(text)s” may be %(one)s or %(other)s. Write %(one_iso)s or %(other_iso)s."),
    "past_expiry": gettext_lazy("%(day)s is over already."),
    "far_expiry": gettext_lazy("%(day)s is more than %(most)s years away."),
    "bad_language": gettext_lazy("“%(text)s” is not a language that is used here. Write one of: %(codes)s."),
    "twice": gettext_lazy("Line %(line)s has the same address."),
    "same_person": gettext_lazy("This is the same person as on another line, with another address."),
    "twice_person": gettext_lazy("This is the same person as on line %(line)s, “%(address)s”."),
    "yourself": gettext_lazy("This is you, and you can't award a badge to yourself. Ask a colleague."),
    "held": gettext_lazy("This person holds the badge already."),
    "taken_in": gettext_lazy("Nobody can be reached at this address any more. Ask the person for another."),
    "unsigned": gettext_lazy(
        "Something went wrong on our side, and nothing was awarded. Tell whoever runs this installation."
    ),
}

_PARTED = re.compile(r"[,;]?\s+|[,;](?=https?://)", re.IGNORECASE)
_SCHEME = re.compile(r"https?://(?=[^/?#])", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{4}|\d{1,2})")
_YEAR_DIGITS = 4


@dataclass(frozen=True)
class Reading:
    """How to read a table: its columns' names and mapping, the time zone in which days end, and the current time."""

    names: Sequence[str]
    mapping: Mapping[str, Any]
    zone: ZoneInfo
    at: datetime

    def row(self, number: int, cells: list[str]) -> BulkRow:
        """Read one row, unsaved, with any problems found in its own cells."""
        row = BulkRow(number=number, cells=cells, state=BulkRow.State.READY)
        for place in sorted(columns_of(self.mapping)):
            if LOST in cells[place]:
                wrong(row, "lost", column=self.names[place])
        self._read_address(row)
        self._read_name(row)
        row.narrative = self._cell(row, "narrative")
        if len(row.narrative) > LONGEST_NARRATIVE:
            wrong(row, "long_narrative", length=len(row.narrative), most=LONGEST_NARRATIVE)
        self._read_evidence(row)
        self._read_expiry(row)
        self._read_language(row)
        return row

    def _cell(self, row: BulkRow, name: str) -> str:
        return row.cells[self.mapping[name]] if name in self.mapping else ""

    def _read_address(self, row: BulkRow) -> None:
        # Invisible and text-direction characters come along when an address is copied.
        typed = as_seen(self._cell(row, "address"))
        address = normal_address(typed.removeprefix("mailto:"))
        if not address:
            wrong(row, "no_address")
        elif len(address) > LONGEST_ADDRESS or not is_address(address):
            wrong(row, "bad_address", text=_short(typed))
        else:
            row.address = address

    def _read_name(self, row: BulkRow) -> None:
        parts = (self._cell(row, name) for name in ("name", "first_name", "last_name"))
        name = " ".join(one_line(" ".join(parts)).split())
        if not name:
            wrong(row, "no_name")
        elif len(name) > LONGEST_NAME:
            wrong(row, "long_name", length=len(name), most=LONGEST_NAME)
        else:
            row.name = name

    def _read_evidence(self, row: BulkRow) -> None:
        typed = " ".join(row.cells[place] for place in self.mapping.get("evidence", ()))
        found: list[str] = []
        for one in filter(None, (part.strip(",;") for part in _PARTED.split(as_seen(typed)))):
            address = _web_address(one)
            if len(one) > LONGEST_EVIDENCE or len(address) > LONGEST_EVIDENCE:
                wrong(row, "long_evidence", length=max(len(one), len(address)), most=LONGEST_EVIDENCE)
            elif not address:
                wrong(row, "bad_evidence", text=_short(one))
            elif address in found:
                wrong(row, "same_evidence", text=_short(one))
            else:
                found.append(address)
        if len(found) > MOST_EVIDENCE:
            wrong(row, "much_evidence", count=len(found), most=MOST_EVIDENCE)
        row.evidence = found[:MOST_EVIDENCE]

    def _read_expiry(self, row: BulkRow) -> None:
        typed = as_seen(self._cell(row, "valid_until"))
        if not typed:
            return
        moments = _moments(typed, self.zone)
        if not moments:
            example = (self.at.astimezone(self.zone) + timedelta(days=365)).date().isoformat()
            wrong(row, "bad_expiry", text=_short(typed), example=example)
        elif len(moments) > 1:
            one, other = (day_of(moment, self.zone) for moment in moments)
            wrong(row, "two_expiries", text=_short(typed), one_iso=one, other_iso=other)
        elif moments[0] <= self.at:
            wrong(row, "past_expiry", day_iso=day_of(moments[0], self.zone))
        elif moments[0].year > self.at.year + MOST_YEARS:
            wrong(row, "far_expiry", day_iso=day_of(moments[0], self.zone), most=MOST_YEARS)
        else:
            row.valid_until = moments[0]

    def _read_language(self, row: BulkRow) -> None:
        typed = as_seen(self._cell(row, "language"))
        if not typed:
            return
        code = _languages().get(typed.casefold()) or _languages().get(re.split("[-_]", typed)[0].casefold(), "")
        if not code:
            wrong(row, "bad_language", text=_short(typed), codes=", ".join(dict(settings.LANGUAGES)))
        row.language = code


@dataclass
class Judging:
    """Checks the rows of a table with which `by` awards a version, remembering earlier rows.

    However many rows there are, the database gets the same few queries for each AT_ONCE of them.
    """

    version: AchievementVersion
    by: User
    at: datetime
    # Earlier rows: line by address; by account, the line and the address as entered there.
    lines: dict[str, int] = field(default_factory=dict)
    persons: dict[int, tuple[int, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.own_addresses = people.addresses_of(self.by)
        self.own_accounts = set(people.same_people(self.by).values_list("pk", flat=True))

    def look(self, rows: Sequence[BulkRow]) -> None:
        """Set on each of these unsaved rows what prevents its award, and whether it invites someone new."""
        for start in range(0, len(rows), AT_ONCE):
            self._look([row for row in rows[start : start + AT_ONCE] if row.address])

    def _look(self, rows: Sequence[BulkRow]) -> None:
        owners = people.owners_of([row.address for row in rows])
        single = self.version.achievement.single
        known = {owner.pk for owner in owners.values()}
        held = queries.live_credentials(known, self.version.achievement) if single and known else {}
        holding = {pk for pk, one in held.items() if not queries.may_be_renewed(one, self.at)}
        for row in rows:
            owner = owners.get(row.address)
            row.is_new = owner is None
            if row.address in self.lines:
                wrong(row, "twice", line=self.lines[row.address])
                continue
            self.lines[row.address] = row.number
            if row.address in self.own_addresses or (owner and owner.pk in self.own_accounts):
                wrong(row, "yourself")
            elif owner is not None:
                self._look_at(row, owner, is_holding=owner.pk in holding)

    def _look_at(self, row: BulkRow, owner: User, *, is_holding: bool) -> None:
        if owner.erased_at is not None or owner.merged_into_id is not None:
            wrong(row, "taken_in")
        elif is_holding:
            wrong(row, "held")
        elif self.version.achievement.single:
            # For a badge that a person may hold twice, whose the two addresses are is nobody's business.
            if owner.pk in self.persons:
                line, address = self.persons[owner.pk]
                wrong(row, "twice_person", line=line, address=address)
            else:
                self.persons[owner.pk] = (row.number, row.address)


def judge(version: AchievementVersion, by: User, rows: Sequence[BulkRow], *, at: datetime) -> None:
    """Check rows that form a whole table."""
    Judging(version, by, at).look(rows)


def wrong(row: BulkRow, key: str, **told: Any) -> None:
    """Note a problem in a row. Problems after the first go to `told["also"]`."""
    if row.problem:
        row.told.setdefault("also", []).append([key, told])
    else:
        row.state, row.problem, row.told = BulkRow.State.PROBLEM, key, told


def day_of(moment: datetime, zone: ZoneInfo) -> str:
    """A day in ISO format, as `told` stores it."""
    return moment.astimezone(zone).date().isoformat()


def sentences(row: BulkRow) -> list[str]:
    """A row's problems, each in a sentence."""
    if not row.problem:
        return []
    found = [(row.problem, row.told), *row.told.get("also", ())]
    return [str(PROBLEMS[key]) % _in_words(told) for key, told in found if key in PROBLEMS]


# --- values -----------------------------------------------------------------------------------------------------------
def _in_words(told: Mapping[str, Any]) -> dict[str, Any]:
    """`told` with its days as people read them."""
    days = {name: day for name, day in told.items() if name in {"day_iso", "one_iso", "other_iso"}}
    return {
        **told,
        **{name.removesuffix("_iso"): date_format(date.fromisoformat(day), "j F Y") for name, day in days.items()},
    }


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004 - enough to recognise it


def _web_address(text: str) -> str:
    """A complete web address that may be signed, or "". Addresses with user names are rejected."""
    address = _SCHEME.sub(lambda match: match[0].lower(), iri_to_uri(text))
    if not _SCHEME.match(address) or not is_iri(address):
        return ""
    try:
        parts = urlsplit(address)
        fit = parts.hostname and "@" not in parts.netloc and parts.port != 0
    except ValueError:  # invalid brackets or port
        return ""
    return address if fit else ""


def _moments(text: str, zone: ZoneInfo) -> list[datetime]:
    """The possible meanings of a day or moment, in UTC: none, one, or two if day and month can't be told apart.

    A day ends when it ends in `zone`; a moment without a zone is in `zone`.
    """
    if match := _NUMBERS.fullmatch(text):
        days = _days(match)
    else:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return []
        # A program without a date type writes the day's first moment.
        if moment.tzinfo or moment.time() != time():
            try:
                return [(moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)]
            except OverflowError:
                return []
        days = [moment.date()]
    # The first and last days of Python's calendar can't be converted to other zones.
    fit = [day for day in days if date.min.year + 1 < day.year < date.max.year - 1]
    return [datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC) for day in fit]


def _days(match: re.Match[str]) -> list[date]:
    """2027-04-03 has one reading; 3.4.2027, with dots, is day first; 3/4/2027 is read both as day/month and
    month/day.
    """
    first, sign, second, third = match[1], match[2], int(match[3]), match[4]
    if len(first) == _YEAR_DIGITS:
        ways = [(int(first), second, int(third))] if len(third) < _YEAR_DIGITS else []
    elif len(third) != _YEAR_DIGITS:
        ways = []
    elif sign == ".":
        ways = [(int(third), second, int(first))]
    else:
        ways = [(int(third), second, int(first)), (int(third), int(first), second)]
    days: list[date] = []
    for way in ways:
        try:
            day = date(*way)
        except ValueError:
            continue
        if day not in days:
            days.append(day)
    return days


@cache
def _languages() -> dict[str, str]:
    """Language names -> code: the code itself, its own name, its name in each of our languages."""
    known: dict[str, str] = {}
    for code, name in settings.LANGUAGES:
        known |= {code: code, get_language_info(code)["name_local"].casefold(): code}
        for spoken, _own in settings.LANGUAGES:
            with translation.override(spoken):
                known[str(name).casefold()] = code
    return known
