"""Check a file: sum it, tell its type and scan it, then keep it or block it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import clock, keeping, outbox
from apps.core.events import record
from apps.core.refused import Refused
from apps.notices import verbs as notices
from apps.submissions import blind, contents, copies, files, parts, scanning
from apps.submissions.models import Attempt, EvidenceItem, Submission, Upload
from apps.submissions.verbs.arrived import end_upload, forget_later
from apps.submissions.verbs.common import give_back, named

if TYPE_CHECKING:
    from datetime import datetime

State, Scan = EvidenceItem.FileState, EvidenceItem.Scan


@dataclass
class _Found:
    """What reading a file has shown. `because`: why it is blocked, as its learner is told."""

    sha256: str = ""
    media_type: str = ""
    because: str = ""
    scan: str = Scan.NOT_SCANNED
    scanned_at: datetime | None = None


def check_file(piece_id: int) -> None:
    """Check the file of a piece, if it still waits for that. Safe to run twice.

    Raises if the scanner can't be reached, so that the job is tried again.
    """
    waiting = EvidenceItem.objects.filter(pk=piece_id, file_state=State.CHECKING)
    piece = waiting.select_related(
        "attempt__submission__learner", "attempt__submission__version__achievement__issuer"
    ).first()
    if piece is None:
        return
    name = str(piece.file.name)
    # An upload in parts is still stored under its own id; a file from a form is already kept under its sum.
    upload = Upload.objects.filter(public_id=name.split("/")[1], state=Upload.State.COMPLETE).first()
    with translation.override(piece.attempt.submission.learner.language):
        if upload is None:
            found = _Found(sha256=piece.sha256, media_type=piece.media_type)
            if scanning.is_there():
                with default_storage.open(name) as file:
                    _scan(file, found)
            _settle(name, found)
            return
        try:
            with parts.place().put_together(upload, upload.parts.all()) as whole:
                found = _look_at(whole, upload, piece)
                _settle(name, found, upload, whole)
        except parts.Spoilt:
            _settle(name, _Found(because=_("It did not arrive whole. Send it again.")), upload)


def _look_at(whole: parts.Whole, upload: Upload, piece: EvidenceItem) -> _Found:
    found = _Found(sha256=whole.sha256)
    with whole.path.open("rb") as file:
        try:
            found.media_type = contents.media_type_of(file, name=upload.file_name, size=upload.size, kind=piece.kind)
            version = piece.attempt.submission.version
            contents.refuse_untaken(found.media_type, version.achievement.issuer.evidence_types)
            blind.refuse_unopened(found.media_type, version)
        except Refused as refusal:
            found.because = str(refusal)
        else:
            if scanning.is_there():
                _scan(file, found)
    return found


def _scan(file: IO[bytes], found: _Found) -> None:
    """Scan the file. A file too large for the scanner stays unscanned, and pages say so."""
    with suppress(scanning.TooLargeToScan):
        virus = scanning.scan(contents.chunks_of(file))
        found.scan, found.scanned_at = Scan.INFECTED if virus else Scan.CLEAN, clock.now()
        if virus:
            found.because = _("The virus scanner found “%(virus)s” in it.") % {"virus": virus[:100]}


@transaction.atomic
def _settle(name: str, found: _Found, upload: Upload | None = None, whole: parts.Whole | None = None) -> None:
    """Save the result on every piece that waits for this file: it may have been carried over to another attempt."""
    waiting = EvidenceItem.objects.filter(file=name, file_state=State.CHECKING)
    attempts = Attempt.objects.filter(evidence__in=waiting).order_by("pk")
    locked = {
        one.pk: one for one in Attempt.objects.filter(pk__in=attempts.values("pk")).order_by("pk").select_for_update()
    }
    for attempt in locked.values():
        attempt.submission = Submission.objects.locked(attempt.submission_id)
    pieces = list(waiting.order_by("pk"))
    if not pieces:
        return
    if {one.attempt_id for one in pieces} != set(locked):
        message = f"{name} was carried over while it was read"
        raise RuntimeError(message)
    if not found.because and whole is not None:
        keeping.hold(files.name_of(found.sha256))
        whole.keep(files.name_of(found.sha256))
    for piece in pieces:
        piece.sha256, piece.media_type = found.sha256, found.media_type
        piece.scan, piece.scanned_at = found.scan, found.scanned_at
        piece.blocked_because = found.because[:300]
        piece.file_state = State.BLOCKED if found.because else State.READY
        # No file exists under the name of a blocked piece.
        piece.file.name = f"blocked/{piece.public_id}" if found.because else files.name_of(found.sha256)
        piece.save(
            update_fields=[
                *("sha256", "media_type", "scan", "scanned_at", "blocked_because", "file_state", "file"),
            ]
        )
        attempt = locked[piece.attempt_id]
        event = "evidence.blocked" if found.because else "evidence.checked"
        record(event, attempt.submission, by=None, evidence=piece.public_id, sha256=piece.sha256)
        copies.want(piece)
        _go_on(attempt, piece, name)
    if upload is not None:
        end_upload(Upload.objects.locked(upload.pk), Upload.State.REFUSED if found.because else Upload.State.KEPT)
    elif found.because:
        forget_later(pieces[0], name)


def _go_on(attempt: Attempt, piece: EvidenceItem, name: str) -> None:
    """Tell the learner about a blocked file and reopen work handed in with it; freeze the work once its last file is
    checked.

    `name` is the checked file's, since another may have replaced it.
    """
    handed_in = attempt.state in (Attempt.State.SUBMITTED, Attempt.State.CHECKING)
    if piece.file_state == State.BLOCKED:
        if handed_in:
            give_back(attempt, piece)
        notices.write(
            "file_blocked",
            key=f"file_blocked:{piece.public_id}:{name}",
            to=attempt.submission.learner,
            address=attempt.submission.get_absolute_url(),
            facts={
                **named(attempt.submission),
                "piece": piece.title,
                "because": piece.blocked_because,
                "given_back": handed_in,
            },
        )
    elif handed_in and not attempt.evidence.filter(file_state=State.CHECKING).exists():
        key = f"freeze:{attempt.public_id}:{piece.public_id}:{name}"
        outbox.enqueue("apps.submissions.tasks.freeze", key=key, attempt_id=attempt.pk)
