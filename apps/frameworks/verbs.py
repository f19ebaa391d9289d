"""The actions on frameworks: check a file, confirm and carry out its import, retire a framework.

A file is read twice: when someone chooses it, and again by the worker, from the stored bytes. Nothing of it is in the
item tables until the import is confirmed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.template.defaultfilters import filesizeformat
from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.core import clock, outbox
from apps.core.copying import copy_in, next_keys
from apps.core.events import record
from apps.core.ids import new_public_id
from apps.core.refused import Refused
from apps.frameworks import importers, policies, queries
from apps.frameworks.importers.rows import MOST_BYTES
from apps.frameworks.models import Framework, FrameworkImport, FrameworkVersion, Item

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from apps.accounts.models import User

CHUNK = 1_000
MOST_EXAMPLES = 10
# How long a checked file waits to be confirmed.
KEEP_CHECKED = timedelta(days=7)
# Names of pages beside those of frameworks.
_TAKEN = {"imports", "new"}
_COLUMNS = (
    *("id", "public_id", "version_id", "parent_id", "position", "last", "depth", "identifier", "code", "statement"),
    *("full_statement", "kind", "url", "levels", "retired"),
)


@dataclass
class DryRun:
    """What an import would do. `against` is the version that it is compared with, if there is one."""

    reading: importers.Reading
    about: dict[str, str]
    sha256: str
    at: datetime
    against: FrameworkVersion | None = None
    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[list[str]]] = field(default_factory=dict)


def dry_run(data: bytes, *, by: User, into: Framework | None = None, **about: str) -> DryRun:
    """Read a file and compare it with the current version. Changes nothing.

    `about` is what was entered for a new framework: title, slug, kind, publisher, source_url, licence, language,
    label; the file supplies what was left empty. For an existing framework, only the label counts.
    """
    if not policies.can_import(by):
        raise PermissionDenied
    if not data:
        raise Refused(_("That file is empty."))
    if len(data) > MOST_BYTES:
        raise Refused(too_large(len(data)))
    now = clock.now()
    reading = importers.read(data, today=now.date())
    found = DryRun(reading, _told(reading.about, about, into), hashlib.sha256(data).hexdigest(), now)
    if into is not None:
        _refuse_retired(into)
        found.against = FrameworkVersion.objects.current().filter(framework=into).first()
    if reading.is_good:
        _refuse_unfit(found, into)
        _look_beside(found, into)
        _compare(found)
    return found


@transaction.atomic
def upload(data: bytes, *, by: User, file_name: str, into: Framework | None = None, **about: str) -> FrameworkImport:
    """Check a file and keep it until its import is confirmed. If it is refused, only the report is kept."""
    found = dry_run(data, by=by, into=into, **about)
    good = found.reading.is_good
    kept = FrameworkImport(
        by=by,
        framework=into,
        against=found.against,
        state=FrameworkImport.State.CHECKED if good else FrameworkImport.State.REFUSED,
        file_name=file_name[-300:],
        size=len(data),
        sha256=found.sha256,
        format=found.reading.format,
        about=found.about,
        counts=found.counts | {f"{name}s": count for name, count in found.reading.findings.counts.items()},
        examples=found.examples,
        findings=[list(one) for one in found.reading.findings.kept],
        rows_total=len(found.reading.rows),
        made_at=found.at,
        ended_at=None if good else found.at,
    )
    if good:
        kept.file.save(f"{kept.public_id}.{found.reading.format}", ContentFile(data), save=False)
    kept.save()
    record("framework_import.uploaded", kept, by=by, sha256=kept.sha256, good=good)
    return kept


@transaction.atomic
def confirm(found: FrameworkImport, *, by: User) -> FrameworkImport:
    """Confirm what the check found: a worker fills the next version, which becomes current once it is complete."""
    found = FrameworkImport.objects.locked(found.pk)
    if not policies.can_import(by):
        raise PermissionDenied
    found.move(FrameworkImport.State.CONFIRMED)
    if found.framework_id is None:
        framework = _found_framework(found)
    else:
        framework = Framework.objects.locked(found.framework_id)
        _refuse_retired(framework)
    versions = framework.versions.all()
    if versions.filter(state=FrameworkVersion.State.DRAFT).exists():
        raise Refused(_("Another import into this framework is under way. Look again when it has ended."))
    current = versions.current().first()
    if (current and current.pk) != found.against_id:
        raise Refused(_("Another version was imported since this file was checked. Choose the file again."))
    label = _label(found.about["label"], framework)
    found.version = FrameworkVersion.objects.create(
        framework=framework,
        number=(versions.aggregate(newest=Max("number"))["newest"] or 0) + 1,
        label=label,
        format=found.format,
        sha256=found.sha256,
    )
    found.framework = framework
    found.confirmed_at = clock.now()
    found.save(update_fields=["state", "framework", "version", "confirmed_at"])
    record("framework_import.confirmed", found, by=by, framework=framework.public_id, number=found.version.number)
    outbox.enqueue("apps.frameworks.tasks.carry_out", key=f"import:{found.public_id}", import_id=found.pk)
    return found


@transaction.atomic
def drop(found: FrameworkImport, *, by: User) -> FrameworkImport:
    """Discard a checked file."""
    found = FrameworkImport.objects.locked(found.pk)
    if not policies.can_import(by):
        raise PermissionDenied
    _drop(found, by)
    return found


@transaction.atomic
def stop(found: FrameworkImport, *, by: User) -> FrameworkImport:
    """Stop an import that is under way: what it has filled is removed, and the current version stays."""
    found = FrameworkImport.objects.locked(found.pk)
    if not policies.can_import(by):
        raise PermissionDenied
    if not found.is_under_way:
        raise Refused(_("This import has ended already."))
    _take_back(found, _("Stopped by %(name)s.") % {"name": by}, by)
    return found


@transaction.atomic
def drop_stale() -> int:
    """Discard files that have waited too long to be confirmed."""
    waiting = FrameworkImport.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=FrameworkImport.State.CHECKED, made_at__lt=clock.now() - KEEP_CHECKED
    )
    for found in waiting:
        _drop(found, None)
    return len(waiting)


def carry_out(import_id: int) -> None:
    """Fill the version in chunks, each in its own transaction, then make it the current one.

    It may be interrupted anywhere and resumed, here or elsewhere: it goes on after the last complete chunk.
    """
    try:
        rows = _begin(import_id)
        ids: dict[str, int] = {}
        while rows and _add_chunk(import_id, rows, ids):
            pass
        if rows:
            _publish(import_id, rows)
    except Refused as refusal:
        _fail(import_id, str(refusal))


@transaction.atomic
def retire(framework: Framework, *, by: User) -> Framework:
    """Close a framework for new alignments. Its pages stay, and so does what was aligned to it."""
    framework = Framework.objects.locked(framework.pk)
    if not policies.can_import(by):
        raise PermissionDenied
    if framework.versions.filter(state=FrameworkVersion.State.DRAFT).exists():
        raise Refused(_("An import into this framework is under way. Look again when it has ended."))
    framework.move(Framework.State.RETIRED)
    framework.save(update_fields=["state"])
    record("framework.retired", framework, by=by)
    return framework


@transaction.atomic
def reopen(framework: Framework, *, by: User) -> Framework:
    """Put a retired framework into use again."""
    framework = Framework.objects.locked(framework.pk)
    if not policies.can_import(by):
        raise PermissionDenied
    framework.move(Framework.State.ACTIVE)
    framework.save(update_fields=["state"])
    record("framework.reopened", framework, by=by)
    return framework


def too_large(size: int) -> str:
    return _("That file is %(size)s; the most is %(limit)s.") % {
        "size": filesizeformat(size),
        "limit": filesizeformat(MOST_BYTES),
    }


# --- checking ---------------------------------------------------------------------------------------------------------
def _told(said: importers.About, typed: dict[str, str], into: Framework | None) -> dict[str, str]:
    """The framework's details: as entered, else as in its file; for an existing one, those already stored."""
    if into is not None:
        names = ("title", "slug", "kind", "publisher", "source_url", "licence", "language", "identifier")
        known = {name: str(getattr(into, name)) for name in names}
        return known | {"label": typed.get("label", "") or said.version}
    return {
        "title": typed.get("title", "") or said.title,
        "slug": typed.get("slug", ""),
        "kind": typed.get("kind", "") or Framework.Kind.SKILLS.value,
        "publisher": typed.get("publisher", "") or said.publisher,
        "source_url": typed.get("source_url", "") or said.source_url,
        "licence": typed.get("licence", "") or said.licence,
        "language": typed.get("language", "") or said.language or "en",
        "identifier": said.identifier,
        "label": typed.get("label", "") or said.version,
    }


def _refuse_retired(framework: Framework) -> None:
    if framework.state == Framework.State.RETIRED:
        raise Refused(_("This framework is retired. Bring it back into use before you import into it."))


def _refuse_unfit(found: DryRun, into: Framework | None) -> None:
    if not found.about["title"]:
        raise Refused(_("Give the framework a title: the file names none."))
    if into is None:
        name, slug = found.about["identifier"], found.about["slug"]
        same = Framework.objects.filter(identifier=name).first() if name else None
        if same is not None:
            raise Refused(
                _("That file holds “%(title)s”, which is here already. Choose it as the framework to renew.")
                % {"title": same}
            )
        if slug and (slug in _TAKEN or Framework.objects.filter(slug=slug).exists()):
            raise Refused(_("The short name “%(slug)s” is taken.") % {"slug": slug})
    else:
        _label(found.about["label"], into)


def _label(label: str, framework: Framework) -> str:
    """The label of the next version; its number if none is given."""
    versions = framework.versions.all()
    if label and versions.filter(label=label).exists():
        raise Refused(_("There is a version “%(label)s” already. Give this one another name.") % {"label": label})
    number = (versions.aggregate(newest=Max("number"))["newest"] or 0) + 1
    while not label or versions.filter(label=label).exists():
        label = str(number)
        number += 1
    return label


def _look_beside(found: DryRun, into: Framework | None) -> None:
    """Report what is odd about a file for this framework, but may be intended."""
    findings, said = found.reading.findings, found.reading.about
    if found.against is not None and found.against.sha256 == found.sha256:
        findings.warning(0, "", _("This is the very file that the current version came from."))
    if into is not None and said.identifier and into.identifier and said.identifier != into.identifier:
        findings.warning(
            0, "CFDocument.identifier", _("The file belongs to another framework: “%(title)s”.") % {"title": said.title}
        )
    elif into is not None and said.title and said.title != into.title:
        findings.note(
            0,
            "CFDocument.title",
            _("The file says “%(title)s”. The title here stays as it is.") % {"title": said.title},
        )


def _compare(found: DryRun) -> None:
    """Count what is new, changed, removed and the same, by identifier; keep the first few of each."""
    before = dict(queries.facts_of(found.against)) if found.against else {}
    counts = Counter(new=0, changed=0, removed=0, same=0)
    examples: dict[str, list[list[str]]] = {"new": [], "changed": [], "removed": []}

    def count(what: str, name: str, statement: str) -> None:
        counts[what] += 1
        if what in examples and len(examples[what]) < MOST_EXAMPLES:
            examples[what].append([name, statement])

    for row in found.reading.rows:
        old = before.pop(row.identifier, None)
        what = "new" if old is None else "same" if old == row.facts() else "changed"
        count(what, row.code or row.identifier, row.statement)
    for identifier, (code, statement, *_rest) in before.items():
        count("removed", code or identifier, statement)
    found.counts, found.examples = dict(counts), examples


# --- confirming -------------------------------------------------------------------------------------------------------
def _found_framework(found: FrameworkImport) -> Framework:
    about = found.about
    words = ("identifier", "title", "publisher", "source_url", "licence", "language", "kind")
    try:
        with transaction.atomic():
            framework = Framework.objects.create(
                slug=_free_slug(about["slug"], about["title"]),
                created_at=clock.now(),
                **{name: about[name] for name in words},
            )
    except IntegrityError:
        raise Refused(
            _("That framework has since been imported. Choose the file again, as its next version.")
        ) from None
    record("framework.founded", framework, by=found.by)
    return framework


def _free_slug(wanted: str, title: str) -> str:
    if wanted:
        if Framework.objects.filter(slug=wanted).exists():
            raise Refused(_("The short name “%(slug)s” is taken.") % {"slug": wanted})
        return wanted
    base = slugify(title)[:70].strip("-") or "framework"
    slug, number = base, 2
    while slug in _TAKEN or Framework.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug


def _drop(found: FrameworkImport, by: User | None) -> None:
    found.move(FrameworkImport.State.DROPPED)
    found.ended_at = clock.now()
    _forget_file(found)
    found.save(update_fields=["state", "ended_at", "file"])
    record("framework_import.dropped", found, by=by)


def _forget_file(found: FrameworkImport) -> None:
    """Delete the file on commit: a transaction that is rolled back still needs it."""
    name, storage = found.file.name or "", found.file.storage
    found.file = ""

    def delete() -> None:
        storage.delete(name)

    transaction.on_commit(delete, robust=True)


# --- carrying out -----------------------------------------------------------------------------------------------------
def _begin(import_id: int) -> Sequence[importers.Row]:
    """The rows of the stored file; none if the import has ended already."""
    with transaction.atomic():
        found = FrameworkImport.objects.locked(import_id)
        if not found.is_under_way:
            return ()
        if found.state == FrameworkImport.State.CONFIRMED:
            found.move(FrameworkImport.State.IMPORTING)
            found.save(update_fields=["state"])
    damaged = _("The kept file is damaged. Nothing was imported: choose the file again.")
    try:
        with found.file.open("rb") as file:
            data = file.read()
    except FileNotFoundError:
        raise Refused(damaged) from None
    if hashlib.sha256(data).hexdigest() != found.sha256:
        raise Refused(damaged)
    reading = importers.read(data, today=found.made_at.date())
    if not reading.is_good or len(reading.rows) != found.rows_total:
        raise Refused(
            _("The file no longer reads as it did when it was checked. Nothing was imported: choose it again.")
        )
    return reading.rows


def _add_chunk(import_id: int, rows: Sequence[importers.Row], ids: dict[str, int]) -> bool:
    """Add the next rows after those already there. `ids` are keys by identifier. False if none are left."""
    with transaction.atomic():
        found = FrameworkImport.objects.locked(import_id)
        if not found.is_under_way or found.rows_done >= len(rows):
            return False
        if len(ids) != found.rows_done:  # it was interrupted before, or another worker was faster
            ids |= Item.objects.filter(version_id=found.version_id).values_list("identifier", "pk")
        chunk = rows[found.rows_done : found.rows_done + CHUNK]
        _copy(found.version_id, chunk, ids)
        found.rows_done += len(chunk)
        found.save(update_fields=["rows_done"])
    return True


def _copy(version_id: int | None, chunk: Sequence[importers.Row], ids: dict[str, int]) -> None:
    ids |= zip((row.identifier for row in chunk), next_keys(Item, len(chunk)), strict=True)
    copy_in(
        Item,
        _COLUMNS,
        (
            (
                *(ids[row.identifier], new_public_id(), version_id, ids.get(row.parent)),
                *(row.position, row.last, row.depth, row.identifier, row.code, row.statement),
                *(row.full_statement, row.kind, row.url, list(row.levels), row.retired),
            )
            for row in chunk
        ),
    )


@transaction.atomic
def _publish(import_id: int, rows: Sequence[importers.Row]) -> None:
    found = FrameworkImport.objects.locked(import_id)
    if not found.is_under_way:
        return
    framework = Framework.objects.locked(found.framework_id or 0)
    now = clock.now()
    for older in framework.versions.select_for_update(of=("self",)).current():
        older.move(FrameworkVersion.State.RETIRED)
        older.retired_at = now
        older.save(update_fields=["state", "retired_at"])
    version = framework.versions.select_for_update(of=("self",)).get(pk=found.version_id or 0)
    depths = Counter(row.depth for row in rows)
    version.move(FrameworkVersion.State.CURRENT)
    version.items_count = len(rows)
    version.depths = [depths[depth] for depth in range(len(depths))]
    version.imported_at = now
    version.save(update_fields=["state", "items_count", "depths", "imported_at"])
    found.move(FrameworkImport.State.DONE)
    found.ended_at = now
    found.save(update_fields=["state", "ended_at"])
    record(
        "framework.imported",
        framework,
        by=found.by,
        number=version.number,
        items=version.items_count,
        sha256=version.sha256,
    )


@transaction.atomic
def _fail(import_id: int, why: str) -> None:
    found = FrameworkImport.objects.locked(import_id)
    if found.is_under_way:
        _take_back(found, why, None)


def _take_back(found: FrameworkImport, why: str, by: User | None) -> None:
    """Remove what was filled so far, and the framework too if this was to be its first version."""
    version_id, framework_id, first = found.version_id or 0, found.framework_id or 0, found.against_id is None
    found.move(FrameworkImport.State.FAILED)
    found.refusal = why
    found.ended_at = clock.now()
    found.version = None
    if first:
        found.framework = None
    _forget_file(found)
    found.save(update_fields=["state", "refusal", "ended_at", "version", "framework", "file"])
    items = Item.objects.filter(version_id=version_id)
    items._raw_delete(items.db)  # noqa: SLF001 - one statement for all: parents and children go together
    FrameworkVersion.objects.filter(pk=version_id).delete()
    if first:
        Framework.objects.filter(pk=framework_id).delete()
    record("framework_import.failed", found, by=by)
