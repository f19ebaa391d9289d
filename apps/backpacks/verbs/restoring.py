"""What was carried away from another Satchel is taken in: badges, what was told, tags, notes, collections."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from datetime import date
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.backpacks.exporting import FORMAT, MANIFEST
from apps.backpacks.models import BackpackItem, Block, Collection, DeclaredCredential
from apps.backpacks.unpacking import BROKEN
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
from apps.credentials import verbs as credentials
from apps.credentials import verifier
from apps.credentials.verification import NotABadge

if TYPE_CHECKING:
    from datetime import datetime

MOST_ITEMS = 10_000
# The list names them all; what is much longer was made to be.
MOST_OF_A_LIST = 16 * 1024 * 1024
# As the forms take them.
LONGEST_TITLE, LONGEST_NOTE, LONGEST_WORDS = 200, 5_000, 10_000
Kind = BackpackItem.Kind


class NotTaken(NamedTuple):
    """What an archive names and was not taken, why, and its file, where there is one."""

    name: str
    why: str
    data: bytes = b""


@dataclass
class Restored:
    """What came of an archive: items that are in the backpack now, collections made, and what was not taken."""

    kept: int = 0
    collections: int = 0
    refused: list[NotTaken] = field(default_factory=list)


def restore(archive: IO[bytes], *, by: User, since: datetime | None = None) -> Restored:
    """Take in an archive of `exporting.archive`. Taken in twice, all of it is there once.

    What was awarded there is a badge from elsewhere here, checked like any other, and kept byte for byte. What its holder
    made of an item that lay here before `since` stays: tags are added, a note fills an empty place. Raises Refused for
    what is no such archive.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            return _Restoring(opened, by, since).all()
    except BROKEN as error:
        raise Refused(_("That is no backpack of a Satchel, or it is broken.")) from error


class _Restoring:
    def __init__(self, archive: zipfile.ZipFile, by: User, since: datetime | None) -> None:
        self.archive, self.by, self.since, self.came = archive, by, since, Restored()
        self.items: dict[str, BackpackItem] = {}
        if archive.getinfo(MANIFEST).file_size > MOST_OF_A_LIST:
            raise ValueError(MANIFEST)
        self.told: dict[str, Any] = json.loads(archive.read(MANIFEST))
        if self.told["format"] != FORMAT or len(self.told["items"]) > MOST_ITEMS:
            raise ValueError(self.told["format"])

    def all(self) -> Restored:
        for told in self.told["items"]:
            try:
                item = self._declared(told) if told["kind"] == Kind.DECLARED else self._signed(told)
            except (Refused, NotABadge) as refusal:
                self.came.refused.append(
                    NotTaken(_text(told["name"], LONGEST_TITLE), str(refusal), self._data_of(told))
                )
                continue
            self.items[told["id"]] = item
            self.came.kept += 1
            self._mark(item, told)
        for told in self.told["collections"]:
            try:
                self._collection(told)
            except Refused as refusal:
                self.came.refused.append(NotTaken(_text(told["title"], LONGEST_TITLE), str(refusal)))
        return self.came

    def _mark(self, item: BackpackItem, told: dict[str, Any]) -> None:
        """What its holder put on it there. Nothing that they put on it here is lost."""
        is_new = self.since is None or item.filed_at >= self.since
        given = [_text(tag, LONGEST_NOTE) for tag in told["tags"]], _text(told["note"], LONGEST_NOTE)
        tags = given[0] if self.since is None else [*item.tags, *given[0]]
        note = given[1] if self.since is None else item.note or given[1]
        if any(given) and (tags, note) != (item.tags, item.note):
            try:
                note_item(item, by=self.by, tags=tags, note=note)
            except Refused as refusal:
                self.came.refused.append(NotTaken(item.name, str(refusal)))
        if told["archived"] and is_new:
            archive_item(item, by=self.by)

    def _data_of(self, told: dict[str, Any]) -> bytes:
        """The file of something signed, for whoever looks at it by itself."""
        try:
            return b"" if told["kind"] == Kind.DECLARED else self._file_of(told)
        except Refused:
            return b""

    def _signed(self, told: dict[str, Any]) -> BackpackItem:
        try:
            return file_foreign(credentials.keep_foreign(self._file_of(told), by=self.by))
        except credentials.NotKept as refusal:
            here = BackpackItem.objects.filter(credential=refusal.ours).first() if refusal.ours else None
            if here is not None:
                return here
            if refusal.kept is not None:
                return file_foreign(refusal.kept)
            raise

    def _file_of(self, told: dict[str, Any]) -> bytes:
        """The picture with the badge inside, else its text; of what came from elsewhere the bytes as they were given."""
        folder = told["folder"]
        names = (
            [told["file"]] if told["kind"] == Kind.ELSEWHERE else [f"{folder}/badge.png", f"{folder}/credential.json"]
        )
        for name in names:
            if name in self.archive.NameToInfo:
                return self._read(name)
        raise Refused(_("Its file is not in the archive."))

    def _declared(self, told: dict[str, Any]) -> BackpackItem:
        facts: dict[str, Any] = {name: _text(told[name], LONGEST_TITLE) for name in ("name", "issuer_name")}
        facts |= {name: _day(told[name]) for name in ("earned_on", "ends_on")}
        facts["words"] = _text(told["words"], LONGEST_WORDS)
        same = DeclaredCredential.objects.filter(person=self.by, **facts).select_related("backpack_item").first()
        if same is not None:
            return same.backpack_item
        picture = told.get("picture", "")
        return declare(by=self.by, **facts, picture=self._upload(picture) if picture else None)

    @transaction.atomic
    def _collection(self, told: dict[str, Any]) -> None:
        """All of it, or nothing. Who takes it in twice at once waits here."""
        User.objects.select_for_update(no_key=True).get(pk=self.by.pk)
        _text(told["title"], LONGEST_TITLE), _text(told["story"], LONGEST_WORDS), _text(told["cover_alt"], LONGEST_NOTE)
        if Collection.objects.filter(person=self.by, title=told["title"], story=told["story"]).exists():
            return
        made = make_collection(by=self.by, title=told["title"], story=told["story"])
        edit_collection(made, by=self.by, layout=Collection.Layout(told["layout"]).value)
        order = [block for block in map(self._block_in(made), told["blocks"]) if block is not None]
        arrange(made, by=self.by, order=[block.public_id for block in order])
        if told["cover"]:
            set_cover(made, by=self.by, picture=self._upload(told["cover"]), alt=told["cover_alt"])
        self.came.collections += 1

    def _block_in(self, made: Collection) -> Any:
        def block(told: dict[str, Any]) -> Block | None:
            kind = Block.Kind(told["kind"])
            _text(told["words"], LONGEST_WORDS)
            if kind in Block.WORDS:
                return write_block(made, by=self.by, kind=kind, words=told["words"])
            item = self.items.get(told["item"])
            put = collect(made, item, by=self.by) if item is not None else None
            if put is None:
                return None
            shows = {name: bool(told[name]) for name in ("shows_name", "shows_result", "shows_evidence")}
            return edit_block(put, by=self.by, kind=kind.value, words=told["words"], **shows)

        return block

    def _read(self, name: str) -> bytes:
        if self.archive.getinfo(name).file_size > verifier.MOST_BYTES:
            raise Refused(_("This is larger than 20 MB: a badge is never so large."))
        return self.archive.read(name)

    def _upload(self, name: str) -> SimpleUploadedFile:
        return SimpleUploadedFile(name.rpartition("/")[2], self._read(name))


def _text(said: Any, most: int) -> str:
    """Words as long as our own forms take them; nobody's archive holds others."""
    if not isinstance(said, str) or len(said) > most:
        raise ValueError(said)
    return said


def _day(text: str | None) -> Any:
    return date.fromisoformat(text) if text else None
