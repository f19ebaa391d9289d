"""The pieces of an open attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import record
from apps.core.refused import Refused
from apps.submissions import copies, files, manifest
from apps.submissions.models import Attempt, EvidenceItem
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
    upload: UploadedFile | None = None,
    criteria: Iterable[Criterion] = (),
) -> EvidenceItem:
    """Add a piece of evidence to an open attempt and say which criteria it supports."""
    attempt = opened(attempt, by)
    if attempt.evidence.count() >= MOST_PIECES:
        raise Refused(_("An attempt holds up to %(most)d pieces of evidence.") % {"most": MOST_PIECES})
    last = attempt.evidence.aggregate(last=Max("position"))["last"] or 0
    piece = EvidenceItem(attempt=attempt, position=last + 1, kind=kind, title=title, added_at=clock.now())
    if piece.has_file:
        if upload is None:
            raise Refused(_("Choose a file first."))
        kept = files.keep(upload, image=kind == EvidenceItem.Kind.IMAGE)
        piece.file, piece.file_name, piece.media_type = kept.name, kept.file_name, kept.media_type
        piece.size, piece.sha256 = kept.size, kept.sha256
    elif kind == EvidenceItem.Kind.LINK:
        piece.url, piece.sha256 = url, manifest.sum_of(url)
    else:
        piece.text, piece.sha256 = text, manifest.sum_of(text)
    piece.title = piece.title or (piece.file_name or piece.url or str(EvidenceItem.Kind.TEXT.label))[:300]
    piece.save()
    piece.criteria.set(_of_its_rubric(attempt, criteria))
    record("evidence.added", attempt.submission, by=by, evidence=piece.public_id, sha256=piece.sha256)
    copies.want(piece)
    return piece


@transaction.atomic
def map_evidence(piece: EvidenceItem, *, by: User, criteria: Iterable[Criterion]) -> None:
    """Say anew which criteria a piece supports."""
    attempt = opened(piece.attempt, by)
    piece.criteria.set(_of_its_rubric(attempt, criteria))


@transaction.atomic
def remove_evidence(piece: EvidenceItem, *, by: User) -> None:
    """Take a piece out of an open attempt. Its bytes stay while another attempt holds them."""
    attempt = opened(piece.attempt, by)
    EvidenceItem.objects.filter(pk=piece.pk).delete()
    record("evidence.removed", attempt.submission, by=by, evidence=piece.public_id, sha256=piece.sha256)


def _of_its_rubric(attempt: Attempt, criteria: Iterable[Any]) -> list[Criterion]:
    chosen = list(criteria)
    if any(criterion.version_id != attempt.submission.version_id for criterion in chosen):
        raise Refused(_("Those criteria belong to another version."))
    return chosen
