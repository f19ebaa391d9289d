"""A person's backpack as one ZIP, written while it is sent, with sums that `sha256sum -c SHA256SUMS` checks.

`manifest.json` describes the contents, so that another installation can take them in: see
`apps.backpacks.verbs.restore`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from apps.backpacks import records
from apps.backpacks.exporting import bundles, tables
from apps.backpacks.exporting.account import account_json
from apps.backpacks.exporting.journeys import file_of_import
from apps.backpacks.models import BackpackItem, Collection, ImportedItem
from apps.core import clock
from apps.core.zipping import Entry, as_json, of_text, written
from apps.credentials import queries as credentials
from apps.credentials.baking import BakingError
from apps.credentials.models import Bake, SignedForm
from apps.submissions import export
from apps.submissions.export.common import answer_for, decision, findings, line, missing, rubric
from apps.submissions.files import badge_ending
from apps.submissions.models import Attempt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from apps.accounts.models import User
    from apps.credentials.models import Credential, ForeignCredential
    from apps.submissions.models import AttemptQuerySet

FORMAT = "satchel-backpack-1"
MANIFEST = "manifest.json"
_AT_ONCE = 50
_CHUNK = 256 * 1024
_Form = SignedForm.Format
_NAMES = {
    _Form.OB3_EDDSA: "credential.json",
    _Form.JWT_EDDSA: "credential.eddsa.jwt",
    _Form.JWT_ES256: "credential.es256.jwt",
    _Form.JWT_RS256: "credential.rs256.jwt",
    _Form.OB2_JWS: "ob2.jws",
}


def archive(person: User, *, light: bool = False) -> Iterator[bytes]:
    """The ZIP in chunks. Rows are read fifty at a time and files one after another, however much there is.

    `light` includes the decisions on their work but not the work itself, so that the archive fits through a form.
    """
    return written(_Archive(person, light=light).entries(), at=clock.now())


def access(person: User) -> Iterator[bytes]:
    """The archive with `account.json`, which tells what else is held about them."""
    return written(_Archive(person, account=True).entries(), at=clock.now())


class _Archive:
    def __init__(self, person: User, *, account: bool = False, light: bool = False) -> None:
        self.person, self.account, self.light = person, account, light
        self.sums: list[str] = []
        self.items: list[dict[str, Any]] = []
        self.missing: list[str] = []

    def entries(self) -> Iterator[Entry]:
        yield self._text("README.txt", _readme(self.person, light=self.light, account=self.account))
        if self.account:
            yield self._entry("account.json", (piece.encode() for piece in account_json(self.person)))
            yield from self._brought()
        yield from self._items()
        yield from self._collections()
        if self.light:
            yield from self._judged()
        else:
            yield from self._work()
            yield from self._drafts()
        for name, lines in (
            ("badges.csv", tables.badges_csv(self.person)),
            ("clr.json", bundles.clr(self.person)),
            ("presentation.json", bundles.presentation(self.person)),
        ):
            yield self._entry(name, (line.encode() for line in lines))
        manifest = {
            "format": FORMAT,
            "from": settings.PUBLIC_URL,
            "made_at": clock.now(),
            "person": {"name": self.person.name},
            "items": self.items,
            "collections": [
                _told(one) | {"cover": "", **self._if_read(cover=_cover_of(one) if one.cover else "")}
                for one in self._own_collections()
            ],
        }
        yield self._text(MANIFEST, as_json(manifest))
        if self.missing:
            yield self._text("MISSING.txt", missing(self.missing))
        yield of_text("SHA256SUMS", "".join(self.sums))

    # --- what is kept -------------------------------------------------------------------------------------------------
    def _items(self) -> Iterator[Entry]:
        items = BackpackItem.objects.visible_to(self.person).kept().with_things().select_related("credential__earner")
        for item in items.order_by("pk").iterator(chunk_size=_AT_ONCE):
            folder = f"{item.kind}/{item.public_id}"
            told = _told_of(item) | {"folder": folder}
            if item.credential is not None:
                yield from self._earned(item.credential, folder)
            elif item.foreign is not None:
                yield from self._foreign(item.foreign, folder, told)
            elif item.declared is not None:
                told |= {"words": item.declared.words, "ends_on": item.declared.ends_on}
            if item.picture:
                picture = f"{folder}/picture.{item.picture.rpartition('.')[2]}"
                yield from self._kept(picture, item.picture)
                told |= self._if_read(picture=picture)
            self.items.append(told)

    def _earned(self, credential: Credential, folder: str) -> Iterator[Entry]:
        forms = {form.format: form for form in credential.forms.all()}
        for kind, form in forms.items():
            yield self._text(f"{folder}/{_NAMES[_Form(kind)]}", form.text)
        signed = forms.get(_Form.OB3_EDDSA)
        if signed is not None:
            for picture in credentials.pictures_for(_Form.OB3_EDDSA, credential.version):
                name = f"{folder}/badge.{Bake.Picture(picture).value}"
                try:
                    data = credentials.baked(picture, signed, credential.version)
                except (OSError, BakingError):
                    self.missing.append(name)
                else:
                    yield self._entry(name, [data])
        record = records.record_of(credential, form=None, full=True)
        yield self._text(f"{folder}/record.json", as_json(record.to_json()))

    def _foreign(self, foreign: ForeignCredential, folder: str, told: dict[str, Any]) -> Iterator[Entry]:
        told["file"] = f"{folder}/original{badge_ending(foreign)}"
        yield from self._kept(told["file"], foreign.file)
        if told["file"] in self.missing:
            # The badge is the same without its picture.
            told["file"] = f"{folder}/signed{'.json' if foreign.text.lstrip().startswith('{') else '.jwt'}"
            yield self._text(told["file"], foreign.text)
        yield self._text(f"{folder}/report.json", as_json(foreign.report))

    def _brought(self) -> Iterator[Entry]:
        """The files of imports that wait or need the doctor."""
        waiting = ImportedItem.objects.visible_to(self.person).exclude(file="").order_by("pk")
        for item in waiting.iterator(chunk_size=_AT_ONCE):
            yield from self._kept(file_of_import(item.public_id), item.file.name or "")

    # --- collections and work -----------------------------------------------------------------------------------------
    def _own_collections(self) -> Iterable[Collection]:
        found = Collection.objects.visible_to(self.person).order_by("pk")
        return found.prefetch_related("blocks__item").iterator(chunk_size=_AT_ONCE)

    def _collections(self) -> Iterator[Entry]:
        for one in self._own_collections():
            if one.cover:
                yield from self._kept(_cover_of(one), one.cover)

    def _attempts(self, *, drafts: bool = False) -> AttemptQuerySet:
        """The attempts that were handed in; with `drafts` all others, not handed in yet or withdrawn. Of work erased
        in time, only attempts with a decision.
        """
        mine = Attempt.objects.filter(submission__learner=self.person)
        handed_in = mine.handed_in().exclude(manifest="", answer=None)
        others = mine.exclude(pk__in=handed_in).filter(submission__forgotten_at=None)
        found = others if drafts else handed_in
        return found.select_related("submission__version__achievement__issuer", "answer").order_by("pk")

    def _work(self) -> Iterator[Entry]:
        """The work as in each attempt's own archive: evidence, comments, manifest, decision."""
        for attempt in self._attempts():
            if not attempt.manifest:
                yield from self._decided(attempt)
                continue
            for entry in export.whole.entries(attempt, reader=self.person):
                yield self._entry(f"{_folder_of(attempt)}/{entry.name}", entry.chunks, size=entry.size)

    def _drafts(self) -> Iterator[Entry]:
        """Each draft as it stands, in its own folder."""
        for attempt in self._attempts(drafts=True):
            folder = f"drafts/{attempt.submission.reference}/attempt-{attempt.number}"
            for entry in export.draft.entries(attempt):
                yield self._entry(f"{folder}/{entry.name}", entry.chunks, size=entry.size)

    def _judged(self) -> Iterator[Entry]:
        """For each attempt its rubric, its decision and the checksums of what was handed in."""
        for attempt in self._attempts():
            if attempt.manifest:
                yield self._text(f"{_folder_of(attempt)}/manifest.json", attempt.manifest)
            yield from self._decided(attempt)

    def _decided(self, attempt: Attempt) -> Iterator[Entry]:
        folder = _folder_of(attempt)
        yield self._text(f"{folder}/rubric.json", as_json(rubric(attempt.submission.version)))
        answer = answer_for(self.person, attempt)
        if answer is not None:
            yield self._text(f"{folder}/decision.json", as_json(decision(answer, findings(attempt))))

    # --- writing entries ----------------------------------------------------------------------------------------------
    def _text(self, name: str, text: str) -> Entry:
        return self._entry(name, [text.encode()])

    def _kept(self, name: str, stored: str) -> Iterator[Entry]:
        """A file from the storage. If it can't be read, it is listed as missing and ends; the download goes on."""
        try:
            file = default_storage.open(stored, "rb")
        except OSError:
            self.missing.append(name)
            return

        def chunks() -> Iterator[bytes]:
            try:
                while chunk := file.read(_CHUNK):
                    yield chunk
            except OSError:
                self.missing.append(name)

        with file:
            yield self._entry(name, chunks(), size=file.size)

    def _if_read(self, **names: str) -> dict[str, str]:
        """Those of these files that are whole in the archive. The manifest must not name others."""
        return {what: name for what, name in names.items() if name and name not in self.missing}

    def _entry(self, name: str, chunks: Iterable[bytes], *, size: int = 0) -> Entry:
        whole = hashlib.sha256()

        def counted() -> Iterator[bytes]:
            for chunk in chunks:
                whole.update(chunk)
                yield chunk
            self.sums.append(line(whole.hexdigest(), name))

        return Entry(name, size, counted())


def _told_of(item: BackpackItem) -> dict[str, Any]:
    return {
        "id": item.public_id,
        "kind": item.kind,
        "name": item.name,
        "issuer_name": item.issuer_name,
        "earned_on": item.earned_on,
        "skills": item.skills,
        "tags": item.tags,
        "note": item.note,
        "archived": item.archived_at is not None,
        "filed_at": item.filed_at,
    }


def _told(collection: Collection) -> dict[str, Any]:
    return {
        "title": collection.title,
        "story": collection.story,
        "layout": collection.layout,
        "shows_name": collection.shows_name,
        "cover_alt": collection.cover_alt,
        "blocks": [
            {
                "kind": block.kind,
                "item": block.item.public_id if block.item else "",
                "words": block.words,
                "shows_name": block.shows_name,
                "shows_result": block.shows_result,
                "shows_evidence": block.shows_evidence,
            }
            for block in collection.blocks.all()
        ],
    }


def _cover_of(collection: Collection) -> str:
    return f"collections/{collection.public_id}/cover.jpg"


def _folder_of(attempt: Attempt) -> str:
    return f"submissions/{attempt.submission.reference}/attempt-{attempt.number}"


def _readme(person: User, *, light: bool, account: bool) -> str:
    also = (
        _(
            "account.json  what else is held about its holder\n"
            "imports/      the files of what was brought and is not in the backpack\n"
        )
        if account
        else ""
    )
    work = (
        _("what was decided on the work that was handed in, without the work itself")
        if light
        else _(
            "the work that was handed in, with what was decided on it\n"
            "drafts/       work that was not handed in, or was withdrawn, as it is now"
        )
    )
    return _(
        "The backpack of %(name)s, taken from %(address)s on %(day)s.\n\nearned/       what was awarded there: the signed files, the badge pictures with them inside, and the record\nelsewhere/    badges of other issuers, byte for byte as they were given, with the last check\ndeclared/     what its holder added by hand\nsubmissions/  %(work)s\nclr.json, presentation.json\n              every signed badge in one file, for other programs; each has its own signature\nbadges.csv    the same as a table\nmanifest.json says what each file is, so that another Satchel can take this archive in again\n%(also)sSHA256SUMS    “sha256sum -c SHA256SUMS” shows whether any file has changed\n\nA badge can be verified anywhere: drop its picture or its JSON into any verifier of Open Badges.\n"
    ) % {
        "name": person.name,
        "address": settings.PUBLIC_URL,
        "day": clock.now().date().isoformat(),
        "work": work,
        "also": also,
    }
