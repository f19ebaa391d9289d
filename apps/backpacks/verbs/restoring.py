"""Restore what was exported from another Satchel: badges, self-declared items, tags, notes, collections."""

from __future__ import annotations

import json
import logging
import time
import zipfile
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeVar

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.backpacks.exporting import FORMAT, MANIFEST
from apps.backpacks.models import BackpackItem, Block, Collection, DeclaredCredential
from apps.backpacks.unpacking import BROKEN, METHODS
from apps.backpacks.verbs.collections import (
    arrange,
    collect,
    edit_block,
    edit_collection,
    make_collection,
    set_cover,
    write_block,
)
from apps.backpacks.verbs.filing import file_foreign
from apps.backpacks.verbs.items import archive_item, declare, note_item
from apps.core.refused import Refused
from apps.core.text import FORBIDDEN, is_plain
from apps.credentials import reports, verifier
from apps.credentials import verbs as credentials
from apps.credentials.verification import NotABadge

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

log = logging.getLogger(__name__)

MOST_ITEMS = 10_000
# Bytes of the manifest per item: its texts and its places in collections. Anything much longer was made on purpose,
# and takes twenty times as much memory once it is read.
MOST_OF_AN_ITEM = 4 * 1024
# So many of those not taken are named and kept for the doctor; for more, the holder brings the archive again.
MOST_LEFT = 200
MOST_BYTES_LEFT = credentials.MOST_BYTES_TOGETHER
# As in the forms.
LONGEST_TITLE, LONGEST_NOTE, LONGEST_WORDS = 200, 5_000, 10_000
# Failures of what Satchel depends on, which no archive can cause: the work is done again when they are over.
AWAY = (OSError, OperationalError, InterfaceError)
Kind = BackpackItem.Kind
T = TypeVar("T")


class NoBackpack(Refused):
    """Raised for an archive that can't be restored. `why`: broken, or many (more than is taken in at once)."""

    def __init__(self, words: str, *, why: str = "broken") -> None:
        super().__init__(words)
        self.why = why


class NotTaken(NamedTuple):
    """Something in an archive that was not taken, why, and the name of its file in there, if it has one."""

    name: str
    why: str
    member: str = ""


@dataclass
class Restored:
    """The result for an archive so far: items now in the backpack, collections made, and what was not taken.

    `at`: how many of its items and collections have been handled; `items`: the item here for each one there.
    """

    kept: int = 0
    collections: int = 0
    refused: list[NotTaken] = field(default_factory=list)
    left_out: int = 0
    bytes_left: int = 0
    items: dict[str, int] = field(default_factory=dict)
    at: int = 0
    is_done: bool = False

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Restored:
        return cls(**told | {"refused": [NotTaken(*one) for one in told["refused"]]})

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"refused": [list(one) for one in self.refused]}

    def refuse(self, one: NotTaken, size: int = 0) -> None:
        """Record something that was not taken, while there is room; if its file is too large, without the file."""
        if len(self.refused) >= MOST_LEFT:
            self.left_out += 1
            return
        if self.bytes_left + size > MOST_BYTES_LEFT:
            one, size = one._replace(member=""), 0
        self.bytes_left += size
        self.refused.append(one)


def restore(
    archive: IO[bytes],
    *,
    by: User,
    since: datetime | None = None,
    most: int = MOST_ITEMS,
    unbounded: bool = False,
    so_far: Restored | None = None,
    until: float | None = None,
) -> Restored:
    """Take in an archive of `exporting.archive`. Idempotent, even if it runs twice at once.

    What was awarded there is a badge from elsewhere here, checked like any other, and kept byte for byte. For an item
    that was here before `since`, its holder's changes stay: tags are added, and a note is set only if there is none.
    After `until` (of `time.monotonic`) nothing more is begun; the result is then passed as `so_far` to go on. Raises
    NoBackpack if it is not such an archive or holds more than `most`, and OSError and the like if it has to be done
    again. `unbounded`: ignore the limits for one person, because the operator takes it in for them.
    """
    with _opened(archive) as opened:
        steps = _list_of(opened, most)
        came = so_far or Restored()
        _Restoring(opened, by, since, came, unbounded=unbounded).go_on(*steps, until)
        return came


def read(archive: zipfile.ZipFile, name: str, most: int = verifier.MOST_BYTES) -> bytes:
    """A file in an archive, read only up to the limit, since its list may lie. Raises Refused."""
    found = archive.NameToInfo.get(name)
    if found is None:
        raise Refused(_("Its file is not in the archive."))
    if found.compress_type not in METHODS:
        raise Refused(_("This file is compressed in a way that cannot be opened here."))
    try:
        with archive.open(found) as file:
            data = file.read(most + 1)
    except BROKEN as error:
        raise Refused(_("This file in the archive is broken.")) from error
    if len(data) > most:
        raise Refused(_("This is larger than 20 MB: a badge is never so large."))
    return data


# --- the list ---------------------------------------------------------------------------------------------------------
def _opened(archive: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(archive)
    except BROKEN as error:
        raise _no_backpack() from error


def _list_of(archive: zipfile.ZipFile, most: int) -> tuple[list[Any], list[Any]]:
    """The items and the collections in its manifest, as they stand there."""
    try:
        if archive.getinfo(MANIFEST).file_size > most * MOST_OF_AN_ITEM:
            raise _too_much(most)
        told = json.loads(read(archive, MANIFEST, most * MOST_OF_AN_ITEM))
        said, items, collections = told["format"], told["items"], told["collections"]
    except NoBackpack:
        raise
    except (Refused, *BROKEN) as error:
        raise _no_backpack() from error
    if said != FORMAT or not isinstance(items, list) or not isinstance(collections, list):
        raise _no_backpack()
    if len(items) > most:
        raise _too_much(most)
    return items, collections


def _no_backpack() -> NoBackpack:
    return NoBackpack(_("That is not a backpack from Satchel, or it is damaged."))


def _too_much(most: int) -> NoBackpack:
    return NoBackpack(_("That backpack holds more than %(most)d items.") % {"most": most}, why="many")


class _Item(NamedTuple):
    """An item as the manifest describes it. `facts`: for self-declared ones, as for `declare`."""

    id: str
    is_told: bool
    tags: list[str]
    note: str
    is_archived: bool
    facts: dict[str, Any]

    @classmethod
    def of(cls, told: dict[str, Any]) -> _Item:
        facts: dict[str, Any] = {}
        is_told = Kind(told["kind"]) == Kind.DECLARED
        if is_told:
            facts = {name: _text(told[name], LONGEST_TITLE) for name in ("name", "issuer_name")}
            facts |= {"earned_on": date.fromisoformat(told["earned_on"]), "words": _text(told["words"], LONGEST_WORDS)}
            facts |= {"ends_on": date.fromisoformat(told["ends_on"]) if told["ends_on"] else None}
        tags = [_text(tag, LONGEST_NOTE) for tag in _list(told["tags"])]
        note = _text(told["note"], LONGEST_NOTE)
        return cls(_text(told["id"], LONGEST_TITLE), is_told, tags, note, bool(told["archived"]), facts)


class _Part(NamedTuple):
    kind: str
    item: str
    words: str
    shows: dict[str, bool]

    @classmethod
    def of(cls, told: dict[str, Any]) -> _Part:
        shows = {name: bool(told[name]) for name in ("shows_name", "shows_result", "shows_evidence")}
        item = _text(told["item"], LONGEST_TITLE)
        return cls(Block.Kind(told["kind"]).value, item, _text(told["words"], LONGEST_WORDS), shows)


class _Collected(NamedTuple):
    title: str
    story: str
    layout: str
    shows_name: bool
    cover_alt: str
    parts: list[_Part]

    @classmethod
    def of(cls, told: dict[str, Any]) -> _Collected:
        return cls(
            _text(told["title"], LONGEST_TITLE),
            _text(told["story"], LONGEST_WORDS),
            Collection.Layout(told["layout"]).value,
            bool(told.get("shows_name", True)),  # older archives don't have it
            _text(told["cover_alt"], LONGEST_NOTE),
            [_Part.of(part) for part in _list(told["blocks"])],
        )


def _understood(of: Callable[[dict[str, Any]], T], told: Any) -> T:
    try:
        return of(told)
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(_("Its entry in the archive can’t be read.")) from error


def _text(said: Any, most: int) -> str:
    """A text no longer than our own forms allow, as every genuine archive has. Raises ValueError."""
    if not isinstance(said, str) or len(said) > most or not is_plain(said):
        raise ValueError(said)
    return said


def _list(said: Any) -> list[Any]:
    if not isinstance(said, list):
        raise TypeError(said)
    return said


def _said(told: Any, *names: str) -> str:
    """The text under the first of these names, whatever else may be wrong; empty if that is no text."""
    found = next((told[name] for name in names if name in told), "") if isinstance(told, dict) else ""
    return found if isinstance(found, str) else ""


def _name_of(told: Any) -> str:
    """The name, for display only: what others sign may have a longer one."""
    return FORBIDDEN.sub("", _said(told, "name", "title"))[:LONGEST_TITLE] or _("a file without a name")


# --- taking in --------------------------------------------------------------------------------------------------------
class _Restoring:
    def __init__(
        self, archive: zipfile.ZipFile, by: User, since: datetime | None, came: Restored, *, unbounded: bool
    ) -> None:
        self.archive, self.by, self.since, self.came, self.unbounded = archive, by, since, came, unbounded

    def go_on(self, items: list[Any], collections: list[Any], until: float | None) -> None:
        """Go on from where it stopped. Collections come last: they hold items."""
        steps = [(self._item, one) for one in items] + [(self._collection, one) for one in collections]
        used = {self._member_of(told) for _take, told in steps[: self.came.at]}
        for take, told in steps[self.came.at :]:
            self._step(take, told, used)
            self.came.at += 1
            if until is not None and time.monotonic() >= until:
                break
        self.came.is_done = self.came.at >= len(steps)

    def _step(self, take: Callable[[Any, str], None], told: Any, used: set[str]) -> None:
        """Handle one. `used` are the files handled so far: a small archive may name one of them a thousand times."""
        member = self._member_of(told)
        if member and member in used:
            self._refuse(told, _("Another item of the archive has the same file."))
            return
        used.add(member)
        why = self._why_not(lambda: take(told, member))
        if why:
            is_signed = _said(told, "kind") in (Kind.EARNED, Kind.ELSEWHERE)
            self._refuse(told, why, member if is_signed else "")

    def _refuse(self, told: Any, why: str, member: str = "") -> None:
        found = self.archive.NameToInfo.get(member)
        # A file too large to be read is not a badge, so nobody has to check it by itself.
        if found is None or found.file_size > verifier.MOST_BYTES:
            self.came.refuse(NotTaken(_name_of(told), why))
        else:
            self.came.refuse(NotTaken(_name_of(told), why, member), found.file_size)

    def _why_not(self, act: Callable[[], Any]) -> str:
        """Do it, and return why it failed, or an empty text. One that makes us fail doesn't stop the others."""
        try:
            act()
        except (Refused, NotABadge) as refusal:
            return reports.modest(str(refusal))
        except AWAY:
            raise
        except Exception:
            log.exception("Something in a backpack of %s could not be taken in", self.by.public_id)
            return _("It could not be checked.")
        return ""

    def _member_of(self, told: Any) -> str:
        """The one file of it that is read: the picture of something declared, a cover, a badge from elsewhere as it
        came; or, for what was awarded there, the picture with the badge inside, else its text.
        """
        if _said(told, "kind") != Kind.EARNED:
            return _said(told, "file" if _said(told, "kind") == Kind.ELSEWHERE else "picture", "cover")
        names = [f"{_said(told, 'folder')}/{name}" for name in ("badge.png", "credential.json")]
        return next((name for name in names if name in self.archive.NameToInfo), names[-1])

    def _item(self, told: Any, member: str) -> None:
        one = _understood(_Item.of, told)
        item = self._declared(one, member) if one.is_told else self._signed(member)
        self.came.items[one.id] = item.pk
        self.came.kept += 1
        if one.is_archived and (self.since is None or item.filed_at >= self.since):
            archive_item(item, by=self.by)
        why = self._why_not(lambda: self._note(item, one))
        if why:
            self._refuse(told, why)

    @transaction.atomic
    def _note(self, item: BackpackItem, told: _Item) -> None:
        """Add what its holder wrote on it there, without losing anything they wrote on it here."""
        item = BackpackItem.objects.locked(item.pk)
        tags = told.tags if self.since is None else [*item.tags, *told.tags]
        note = told.note if self.since is None else item.note or told.note
        if (told.tags or told.note) and (tags, note) != (item.tags, item.note):
            note_item(item, by=self.by, tags=tags, note=note)

    def _signed(self, member: str) -> BackpackItem:
        try:
            data = read(self.archive, member)
            kept = credentials.keep_foreign(data, by=self.by, carried=True, unbounded=self.unbounded)
            return file_foreign(kept)
        except credentials.NotKept as refusal:
            here = BackpackItem.objects.filter(credential=refusal.ours).first() if refusal.ours else None
            if here is not None:
                return here
            if refusal.kept is not None:
                return file_foreign(refusal.kept)
            raise

    @transaction.atomic
    def _declared(self, told: _Item, member: str) -> BackpackItem:
        """Declare it unless it is there. The lock is for someone who restores the same twice at once."""
        User.objects.select_for_update(no_key=True).get(pk=self.by.pk)
        same = DeclaredCredential.objects.filter(person=self.by, **told.facts).select_related("backpack_item").first()
        if same is not None:
            return same.backpack_item
        picture = self._upload(member) if member else None
        return declare(by=self.by, **told.facts, picture=picture, unbounded=self.unbounded)

    @transaction.atomic
    def _collection(self, told: Any, cover: str) -> None:
        """Make the whole collection or nothing. The lock is for someone who restores the same twice at once."""
        one = _understood(_Collected.of, told)
        User.objects.select_for_update(no_key=True).get(pk=self.by.pk)
        if Collection.objects.filter(person=self.by, title=one.title, story=one.story).exists():
            return
        made = make_collection(by=self.by, title=one.title, story=one.story)
        edit_collection(made, by=self.by, layout=one.layout, shows_name=one.shows_name)
        order = [block for part in one.parts if (block := self._block(made, part)) is not None]
        arrange(made, by=self.by, order=[block.public_id for block in order])
        if cover:
            set_cover(made, by=self.by, picture=self._upload(cover), alt=one.cover_alt)
        self.came.collections += 1

    def _block(self, made: Collection, part: _Part) -> Block | None:
        if part.kind in Block.WORDS:
            return write_block(made, by=self.by, kind=part.kind, words=part.words)
        item = BackpackItem.objects.filter(pk=self.came.items.get(part.item, 0), person=self.by).first()
        put = collect(made, item, by=self.by) if item is not None else None
        if put is None:
            return None
        return edit_block(put, by=self.by, kind=part.kind, words=part.words, **part.shows)

    def _upload(self, name: str) -> SimpleUploadedFile:
        return SimpleUploadedFile(name.rpartition("/")[2], read(self.archive, name))
