"""The pieces of an open attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.core import clock, outbox
from apps.core.events import record
from apps.core.refused import Refused
from apps.submissions import files, manifest, scanning
from apps.submissions.models import Attempt, EvidenceItem, Upload
from apps.submissions.verbs.arrived import (
    close_upload,
    end_upload,
    forget_later,
    refuse_over_quota,
    refuse_over_requirement,
)
from apps.submissions.verbs.common import opened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files.uploadedfile import UploadedFile

    from apps.accounts.models import User
    from apps.issuers.models import Criterion

MOST_PIECES = 50


@transaction.atomic
def add_evidence(
    attempt: Attempt,
    *,
    by: User,
    kind: str,
    title: str = "",
    text: str = "",
    url: str = "",
    upload: UploadedFile | Upload | None = None,
    criteria: Iterable[Criterion] = (),
) -> EvidenceItem:
    """Add a piece of evidence to an open attempt and say which criteria it supports."""
    attempt = opened(attempt, by)
    if isinstance(upload, Upload) and (sent := EvidenceItem.objects.filter(sent_as=upload).first()):
        return sent  # the form was posted twice
    refuse_more_pieces(attempt)
    chosen = of_its_rubric(attempt, criteria)
    last = attempt.evidence.aggregate(last=Max("position"))["last"] or 0
    piece = EvidenceItem(attempt=attempt, position=last + 1, kind=kind, title=title, added_at=clock.now())
    if piece.has_file:
        if upload is None:
            raise Refused(_("Choose a file first."))
        upload = _take_in(piece, upload, by, chosen)
    elif kind == EvidenceItem.Kind.LINK:
        piece.url, piece.sha256 = url, manifest.sum_of(url)
    else:
        piece.text, piece.sha256 = text, manifest.sum_of(text)
    piece.title = piece.title or (piece.file_name or piece.url or str(EvidenceItem.Kind.TEXT.label))[:300]
    piece.save()
    if isinstance(upload, Upload):
        upload.piece = piece
        upload.save(update_fields=["state", "touched_at", "piece"])
    if piece.file_state == EvidenceItem.FileState.CHECKING:
        outbox.enqueue("apps.submissions.tasks.check_file", key=f"check_file:{piece.public_id}", piece_id=piece.pk)
    piece.criteria.set(chosen)
    record("evidence.added", attempt.submission, by=by, evidence=piece.public_id, sha256=piece.sha256)
    return piece


@transaction.atomic
def map_evidence(piece: EvidenceItem, *, by: User, criteria: Iterable[Criterion]) -> None:
    """Say anew which criteria a piece supports."""
    attempt = opened(piece.attempt, by)
    piece.criteria.set(of_its_rubric(attempt, criteria))


@transaction.atomic
def remove_evidence(piece: EvidenceItem, *, by: User) -> None:
    """Take a piece out of an open attempt. Its bytes stay while another piece holds them."""
    attempt = opened(piece.attempt, by)
    for upload in Upload.objects.filter(piece=piece, state=Upload.State.COMPLETE).select_for_update():
        end_upload(upload, Upload.State.CANCELLED)  # nobody has read it yet
    gone, _each = EvidenceItem.objects.filter(pk=piece.pk).delete()
    if gone and piece.has_file:
        forget_later(piece, str(piece.file.name))
    record("evidence.removed", attempt.submission, by=by, evidence=piece.public_id, sha256=piece.sha256)


def refuse_more_pieces(attempt: Attempt) -> None:
    if attempt.evidence.count() >= MOST_PIECES:
        raise Refused(_("An attempt holds up to %(most)d pieces of evidence.") % {"most": MOST_PIECES})


def _take_in(
    piece: EvidenceItem, upload: UploadedFile | Upload, by: User, criteria: list[Criterion]
) -> UploadedFile | Upload:
    """Put what is known of a file on its piece. One that came in parts is judged by a job; so is each, by a scanner."""
    refuse_over_requirement(piece.attempt, kind=piece.kind, size=upload.size or 0, criteria=criteria)
    if isinstance(upload, Upload):
        upload = close_upload(upload, by=by, attempt=piece.attempt)
        piece.file.name, piece.file_name, piece.size = f"{upload.folder}/whole", upload.file_name, upload.size
        piece.file_state = EvidenceItem.FileState.CHECKING
        return upload
    refuse_over_quota(by, upload.size or 0)
    kept = files.keep(upload, kind=piece.kind, taken=piece.attempt.submission.achievement.issuer.evidence_types)
    piece.file.name, piece.file_name, piece.media_type = kept.name, kept.file_name, kept.media_type
    piece.size, piece.sha256 = kept.size, kept.sha256
    if scanning.is_there():
        piece.file_state = EvidenceItem.FileState.CHECKING
    return upload


def of_its_rubric(attempt: Attempt, criteria: Iterable[Any]) -> list[Criterion]:
    chosen = list(criteria)
    if any(criterion.version_id != attempt.submission.version_id for criterion in chosen):
        raise Refused(_("Those criteria belong to another version."))
    return chosen
