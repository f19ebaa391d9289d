"""Upload a file in parts: begin, receive, complete, cancel, lapse."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import record
from apps.core.refused import Refused
from apps.submissions import blind, contents, files, parts
from apps.submissions.models import Attempt, EvidenceItem, Upload, UploadPart
from apps.submissions.verbs.arrived import end_upload, refuse_over_quota, refuse_over_requirement
from apps.submissions.verbs.common import opened
from apps.submissions.verbs.evidence import add_evidence, of_its_rubric, refuse_more_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.accounts.models import User
    from apps.issuers.models import Criterion

# An upload without a new part for this long lapses.
LAPSES_AFTER = timedelta(days=7)
# A lost connection costs one part, and each part costs a few queries: so larger files have larger parts. None is
# larger than a form may be, which every proxy lets through. Buckets refuse smaller parts than this, except for the
# last.
SMALL_PART = 5 * 1024**2
_PARTS = ((64 * 1024**2, SMALL_PART), (512 * 1024**2, 16 * 1024**2), (None, 24 * 1024**2))
MOST_UNDER_WAY = 50


@transaction.atomic
def begin_upload(
    attempt: Attempt,
    *,
    by: User,
    name: str,
    size: int,
    kind: str,
    told_type: str = "",
    title: str = "",
    criteria: Iterable[Criterion] = (),
    instead_of: EvidenceItem | None = None,
) -> Upload:
    """Prepare to receive a file for an open attempt, in parts. Any refusal comes before it is sent.

    `instead_of`: a piece of the attempt whose file this one will replace.
    """
    attempt = opened(attempt, by)
    if instead_of is None:
        refuse_more_pieces(attempt)
    if kind not in EvidenceItem.FILES:
        raise Refused(_("That kind of evidence is not a file."))
    files.refuse_size(size, settings.LARGEST_UPLOAD)
    blind.refuse_unopened(contents.told_by_name(name), attempt.submission.version)
    chosen = list(of_its_rubric(attempt, criteria))
    refuse_over_requirement(attempt, kind=kind, size=size, criteria=chosen)
    refuse_over_quota(by, size, instead_of=instead_of)
    if by.uploads.filter(state=Upload.State.RECEIVING).count() >= MOST_UNDER_WAY:
        raise Refused(
            _("%(most)d files are on their way already. Finish or cancel some first.") % {"most": MOST_UNDER_WAY}
        )
    now = clock.now()
    upload = Upload.objects.create(
        learner=by,
        attempt=attempt,
        kind=kind,
        file_name=files.clean_name(name),
        told_type=told_type[:127],
        size=size,
        part_size=next(part for most, part in _PARTS if most is None or size <= most),
        title=title,
        begun_at=now,
        touched_at=now,
    )
    upload.criteria.set(chosen)
    record("upload.begun", attempt.submission, by=by, upload=upload.public_id, size=size)
    return upload


def receive_part(upload: Upload, *, by: User, number: int, stream: parts.Stream, sha256: str = "") -> UploadPart:
    """Receive one part as it arrives. If it is sent again, the later one counts. `sha256`: its expected sum, if
    given.

    No transaction is open while bytes arrive: a slow connection would hold it for minutes.
    """
    _refuse_part(upload, by, number)
    _begin_there(upload)
    try:
        name, found = parts.place().write(upload, number, stream, sha256=sha256)
        try:
            return _noted(upload, number, found, name)
        except BaseException:
            parts.place().forget(name)
            raise
    except BaseException:
        # A part that was still arriving when its upload ended has created the folder again.
        if Upload.objects.filter(pk=upload.pk, state__in=[Upload.State.CANCELLED, Upload.State.LAPSED]).exists():
            parts.place().drop(upload)
        raise


def sign_part(upload: Upload, *, by: User, number: int, sha256: str) -> parts.Address:
    """A signed address where a browser may send one part directly, with this sum, for some minutes. `find_part`
    follows.
    """
    _refuse_part(upload, by, number)
    _begin_there(upload)
    address = parts.place().sign(upload, number, sha256)
    Upload.objects.filter(pk=upload.pk, state=Upload.State.RECEIVING).update(touched_at=clock.now())
    return address


def find_part(upload: Upload, *, by: User, number: int, sha256: str) -> UploadPart:
    """Count a directly sent part as arrived, once it is found in storage."""
    _refuse_part(upload, by, number)
    parts.place().find(upload, number, sha256)
    return _noted(upload, number, sha256)


def _begin_there(upload: Upload) -> None:
    """Begin the upload in storage, once, before its first part. If two begin at the same time, one is undone."""
    if upload.multipart or not (called := parts.place().begin(upload)):
        return
    unnamed = Upload.objects.filter(pk=upload.pk, state=Upload.State.RECEIVING, multipart="")
    if unnamed.update(multipart=called):
        upload.multipart = called
        return
    parts.place().end(upload, called)
    upload.refresh_from_db()
    _refuse_not_receiving(upload)


def _noted(upload: Upload, number: int, found: str, name: str = "") -> UploadPart:
    """Record that a part has arrived; a part stored under a temporary name gets its number."""
    with transaction.atomic():
        # Commit without waiting for the disk, which would have to write out the part as well. If a power cut loses
        # the row, the part is requested again.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        now = clock.now()
        # Few queries, since this runs for every part: the first one also locks the row.
        if not Upload.objects.filter(pk=upload.pk, state=Upload.State.RECEIVING).update(touched_at=now):
            upload.refresh_from_db()
            _refuse_not_receiving(upload)
        (part,) = UploadPart.objects.bulk_create(
            [UploadPart(upload=upload, number=number, size=upload.size_of(number), sha256=found, received_at=now)],
            update_conflicts=True,
            unique_fields=["upload", "number"],
            update_fields=["size", "sha256", "received_at"],
        )
        if name:
            parts.place().settle(upload, number, name)
    return part


@transaction.atomic
def complete_upload(upload: Upload, *, by: User, **facts: Any) -> EvidenceItem:
    """Make a piece of evidence from what has arrived; a job checks it. Called twice, it returns the same piece.

    `facts` are further arguments for `add_evidence`; a title and criteria from the beginning apply unless given here.
    """
    attempt = Attempt.objects.locked(upload.attempt_id)  # before the upload, in the order of all verbs on pieces
    upload = Upload.objects.locked(upload.pk)
    if upload.learner_id != by.pk:
        raise PermissionDenied
    if upload.piece is not None:
        return upload.piece
    facts = {"title": upload.title, "criteria": upload.criteria.all()} | {
        name: value for name, value in facts.items() if value
    }
    return add_evidence(attempt, by=by, kind=upload.kind, upload=upload, **facts)


@transaction.atomic
def cancel_upload(upload: Upload, *, by: User) -> None:
    """Stop receiving, and delete what has arrived. Safe to call twice."""
    upload = Upload.objects.locked(upload.pk)
    if upload.learner_id != by.pk:
        raise PermissionDenied
    if upload.state == Upload.State.CANCELLED:
        return
    if upload.state != Upload.State.RECEIVING:
        raise Refused(_("That file has been added already. Take the piece out instead."))
    end_upload(upload, Upload.State.CANCELLED)
    record("upload.cancelled", upload.attempt.submission, by=by, upload=upload.public_id)


@transaction.atomic
def lapse_uploads() -> int:
    """End uploads without a new part for a week. Return how many."""
    before = clock.now() - LAPSES_AFTER
    untouched = Upload.objects.filter(state=Upload.State.RECEIVING, touched_at__lt=before)
    found = list(
        untouched.select_related("attempt__submission").select_for_update(of=("self",), skip_locked=True)[:500]
    )
    for upload in found:
        end_upload(upload, Upload.State.LAPSED)
        record("upload.lapsed", upload.attempt.submission, by=None, upload=upload.public_id)
    return len(found)


def _refuse_part(upload: Upload, by: User, number: int) -> None:
    if upload.learner_id != by.pk:
        raise PermissionDenied
    _refuse_not_receiving(upload)
    if not 1 <= number <= upload.count:
        raise parts.BadPart(_("This file has parts 1 to %(count)d.") % {"count": upload.count})


def _refuse_not_receiving(upload: Upload) -> None:
    if upload.state != Upload.State.RECEIVING:
        here = Upload.State(upload.state).label.lower()
        raise Refused(_("This file is %(here)s, so no more of it is taken.") % {"here": here})
