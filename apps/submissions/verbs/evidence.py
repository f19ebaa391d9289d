"""The pieces of an open attempt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from apps.core import clock, outbox
from apps.core.events import record
from apps.core.ids import new_public_id
from apps.core.models import Event
from apps.core.refused import Refused
from apps.core.text import seen
from apps.credentials.models import ForeignCredential
from apps.submissions import blind, contents, copies, files, manifest, said, scanning
from apps.submissions.models import Attempt, EvidenceItem, Support, Upload
from apps.submissions.places import NOWHERE, Place
from apps.submissions.said import About
from apps.submissions.verbs.arrived import (
    close_upload,
    end_upload,
    forget_later,
    refuse_over_quota,
    refuse_over_requirement,
)
from apps.submissions.verbs.capturing import keep_link
from apps.submissions.verbs.common import opened, touched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import UploadedFile

    from apps.accounts.models import User
    from apps.issuers.models import Criterion
    from apps.submissions.models import Submission

    # Criteria with the places to look at, or only criteria.
    Supported: TypeAlias = Mapping[Criterion, Place] | Iterable[Criterion]

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
    foreign: ForeignCredential | None = None,
    criteria: Supported = (),
    about: About | None = None,
    key: str = "",
) -> EvidenceItem:
    """Add a piece of evidence to an open attempt, with the criteria it supports.

    `key` is the sender's name for the piece, in case it has to be sent twice: the second time returns the first
    piece. So does sending the same content with the same title, even without a key.
    """
    attempt = opened(attempt, by)
    if key and (known := attempt.evidence.filter(key=key).first()):
        return known
    if isinstance(upload, Upload) and (sent := EvidenceItem.objects.filter(sent_as=upload).first()):
        return sent  # the form was posted twice
    places = of_its_rubric(attempt, criteria)
    last = attempt.evidence.aggregate(last=Max("position"))["last"] or 0
    piece = EvidenceItem(attempt=attempt, position=last + 1, kind=kind, key=key or None, added_at=clock.now())
    if piece.has_file:
        if upload is None:
            raise Refused(_("Choose a file first."))
        upload = _take_in(piece, upload, by, list(places))
    elif kind == EvidenceItem.Kind.LINK:
        piece.url, piece.sha256 = url, manifest.sum_of(url)
    elif kind == EvidenceItem.Kind.CREDENTIAL:
        piece.foreign = _kept_by(by, foreign)
        piece.size, piece.sha256 = piece.foreign.size, piece.foreign.sha256
    else:
        piece.text, piece.sha256 = text, manifest.sum_of(text)
    _say(piece, about or About(title=title))
    if (same := _same(attempt, piece)) is not None:
        return same
    refuse_more_pieces(attempt)
    piece.save()
    _support(piece, places)
    _see_to(piece, upload)
    record("evidence.added", attempt.submission, by=by, evidence=piece.public_id, sha256=piece.sha256)
    keep_link(piece, when="added")
    copies.want(piece)
    return piece


@transaction.atomic
def edit_evidence(
    piece: EvidenceItem,
    *,
    by: User,
    about: About,
    criteria: Supported,
    text: str | None = None,
    began: Mapping[str, Any] | None = None,
    by_itself: bool = False,
) -> EvidenceItem:
    """Change the details of a piece, the criteria it supports, and the text of a text.

    `began`: what the page showed when this was typed (said.read); what another tab has saved since is merged with it.
    `by_itself`: an autosave, which gets no event of its own.
    """
    attempt = opened(piece.attempt, by)
    piece = _still_there(attempt, piece)
    places = of_its_rubric(attempt, criteria)
    if piece.kind not in EvidenceItem.TEXTS or text is None:
        text = piece.text
    if began and (ours := said.of(piece)).fields() != began:
        whole = said.together(began, ours, said.said(about, text, places))
        about, text = whole.about, whole.text
        places = said.supported(whole, {one.code: one for one in attempt.submission.version.criteria.all()})
    if piece.kind in EvidenceItem.TEXTS:
        piece.text, piece.sha256 = text, manifest.sum_of(text)
    _say(piece, about)
    piece.save()
    _support(piece, places)
    touched(attempt)
    if not by_itself and piece.kind in EvidenceItem.TEXTS and piece.sha256 != _told_last(piece, attempt.submission):
        record("evidence.edited", attempt.submission, by=by, evidence=piece.public_id, sha256=piece.sha256)
    return piece


@transaction.atomic
def replace_file(piece: EvidenceItem, *, by: User, upload: UploadedFile | Upload | None) -> EvidenceItem:
    """Replace the file of a piece. Its details and the criteria it supports stay."""
    attempt = opened(piece.attempt, by)
    piece = _still_there(attempt, piece)
    if not piece.has_file or upload is None:
        raise Refused(_("Choose a file first."))
    if isinstance(upload, Upload) and Upload.objects.filter(pk=upload.pk, piece=piece).exists():
        return piece  # the form was posted twice
    old_name, old_sum = str(piece.file.name), piece.sha256
    for sent in Upload.objects.filter(piece=piece).select_for_update():
        if sent.state == Upload.State.COMPLETE:
            end_upload(sent, Upload.State.CANCELLED)  # nobody has read it yet
        Upload.objects.filter(pk=sent.pk).update(piece=None)
    named_after = seen(piece.file_name)[:300] == piece.title
    piece.sha256 = piece.media_type = piece.blocked_because = ""
    piece.file_state, piece.scan, piece.scanned_at = EvidenceItem.FileState.READY, EvidenceItem.Scan.NOT_SCANNED, None
    upload = _take_in(piece, upload, by, list(piece.criteria.all()))
    about = said.of(piece).about
    _say(piece, replace(about, title="") if named_after else about)
    piece.save()
    touched(attempt)
    _see_to(piece, upload)
    if old_name != piece.file.name:
        forget_later(piece, old_name)
    record(
        "evidence.replaced",
        attempt.submission,
        by=by,
        evidence=piece.public_id,
        before=old_sum,
        sha256=piece.sha256,
    )
    copies.want(piece)
    return piece


@transaction.atomic
def map_evidence(piece: EvidenceItem, *, by: User, criteria: Supported) -> None:
    """Change which criteria a piece supports, and where in it to look."""
    attempt = opened(piece.attempt, by)
    piece = _still_there(attempt, piece)
    _support(piece, of_its_rubric(attempt, criteria))
    touched(attempt)


@transaction.atomic
def order_evidence(attempt: Attempt, *, by: User, order: Sequence[str]) -> None:
    """Sort the pieces in the order of these public ids. Pieces not named follow, in their old order."""
    attempt = opened(attempt, by)
    places = {public_id: place for place, public_id in enumerate(order)}
    pieces = sorted(attempt.evidence.all(), key=lambda one: (places.get(one.public_id, len(places)), one.position))
    _number(pieces)
    touched(attempt)


@transaction.atomic
def remove_evidence(piece: EvidenceItem, *, by: User) -> None:
    """Remove a piece from an open attempt. Its file stays as long as another piece holds it."""
    attempt = opened(piece.attempt, by)
    for upload in Upload.objects.filter(piece=piece, state=Upload.State.COMPLETE).select_for_update():
        end_upload(upload, Upload.State.CANCELLED)  # nobody has read it yet
    gone, _each = EvidenceItem.objects.filter(pk=piece.pk).delete()
    touched(attempt)
    _number(attempt.evidence.all())  # people refer to pieces by number, so the numbers close up
    if gone and piece.has_file:
        forget_later(piece, str(piece.file.name))
    record("evidence.removed", attempt.submission, by=by, evidence=piece.public_id, sha256=piece.sha256)


def _told_last(piece: EvidenceItem, submission: Submission) -> str:
    """The newest sum of a piece in the events: an autosaved text is recorded once someone presses Save. Empty for a
    piece carried over until then.
    """
    told = Event.objects.filter(
        subject_id=submission.public_id,
        kind__in=("evidence.added", "evidence.edited"),
        data__evidence=piece.public_id,
    )
    return told.order_by("-pk").values_list("data__sha256", flat=True).first() or ""


def _still_there(attempt: Attempt, piece: EvidenceItem) -> EvidenceItem:
    found = attempt.evidence.select_for_update(of=("self",)).filter(pk=piece.pk).first()
    if found is None:
        raise Refused(_("This piece has since been taken out."))
    found.attempt = attempt
    return found


def _see_to(piece: EvidenceItem, upload: UploadedFile | Upload | None) -> None:
    """Attach an upload to its piece, and enqueue the check of a file that waits for one."""
    if isinstance(upload, Upload):
        upload.piece = piece
        upload.save(update_fields=["state", "touched_at", "piece"])
    if piece.file_state == EvidenceItem.FileState.CHECKING:
        # Each file of a piece is checked once, even if the same bytes come again.
        key = f"check_file:{piece.public_id}:{new_public_id()}"
        outbox.enqueue("apps.submissions.tasks.check_file", key=key, piece_id=piece.pk)


def _kept_by(person: User, foreign: ForeignCredential | None) -> ForeignCredential:
    """The person's own badge from elsewhere, under its lock. Refuse any other."""
    if foreign is None:
        raise Refused(_("Choose a badge from your backpack."))
    foreign = ForeignCredential.objects.locked(foreign.pk)
    if foreign.holder_id != person.pk:
        raise PermissionDenied
    if foreign.state != ForeignCredential.State.KEPT:
        raise Refused(_("You don't keep that badge any more. Choose another."))
    return foreign


def _same(attempt: Attempt, piece: EvidenceItem) -> EvidenceItem | None:
    """The attempt's piece with the same kind, title and content, if any."""
    if not piece.sha256:
        return None
    return attempt.evidence.filter(kind=piece.kind, title=piece.title, sha256=piece.sha256).first()


def refuse_more_pieces(attempt: Attempt) -> None:
    if attempt.evidence.count() >= MOST_PIECES:
        raise Refused(_("An attempt holds up to %(most)d pieces of evidence.") % {"most": MOST_PIECES})


def _take_in(
    piece: EvidenceItem, upload: UploadedFile | Upload, by: User, criteria: list[Criterion]
) -> UploadedFile | Upload:
    """Set the fields of a file on its piece. A job checks uploads in parts and, if there is a scanner, every file."""
    refuse_over_requirement(piece.attempt, kind=piece.kind, size=upload.size or 0, criteria=criteria)
    if isinstance(upload, Upload):
        blind.refuse_unopened(contents.told_by_name(upload.file_name), piece.attempt.submission.version)
        # Begun to replace one file, it may become a new piece or replace a smaller file, so check again.
        refuse_over_quota(by, upload.size, instead_of=piece, arrived=upload)
        upload = close_upload(upload, by=by, attempt=piece.attempt)
        piece.file.name, piece.file_name, piece.size = f"{upload.folder}/whole", upload.file_name, upload.size
        piece.file_state = EvidenceItem.FileState.CHECKING
        return upload
    refuse_over_quota(by, upload.size or 0, instead_of=piece)
    kept = files.keep(upload, kind=piece.kind, version=piece.attempt.submission.version)
    piece.file.name, piece.file_name, piece.media_type = kept.name, kept.file_name, kept.media_type
    piece.size, piece.sha256 = kept.size, kept.sha256
    if scanning.is_there():
        piece.file_state = EvidenceItem.FileState.CHECKING
    return upload


def _say(piece: EvidenceItem, about: About) -> None:
    if about.people != piece.people:
        piece.people_said_at = clock.now() if about.people else None
    for name, words in vars(about).items():
        setattr(piece, name, words)
    # Files are often named after their author, whom a blind assessor must not know.
    file_name = "" if piece.attempt.submission.version.blind else piece.file_name
    named = seen(str(piece.foreign)) if piece.foreign else file_name or piece.url or _first_words(piece.text)
    piece.title = seen(piece.title) or (named or str(piece.get_kind_display()))[:300]


def _first_words(text: str) -> str:
    """The title of a text that nobody gave one."""
    return Truncator(seen(text.strip().partition("\n")[0])).chars(60)


def of_its_rubric(attempt: Attempt, criteria: Supported) -> Mapping[Criterion, Place]:
    places = criteria if isinstance(criteria, Mapping) else dict.fromkeys(criteria, NOWHERE)
    if any(criterion.version_id != attempt.submission.version_id for criterion in places):
        raise Refused(_("Those criteria belong to another version."))
    return places


def _number(pieces: Iterable[EvidenceItem]) -> None:
    pieces = list(pieces)
    for position, piece in enumerate(pieces, start=1):
        piece.position = position
    EvidenceItem.objects.bulk_update(pieces, ["position"])


def _support(piece: EvidenceItem, places: Mapping[Criterion, Place]) -> None:
    """Replace the criteria that the piece supports."""
    piece.supports.all().delete()
    Support.objects.bulk_create(
        Support(evidence=piece, criterion=one, page=place.page, seconds=place.seconds, quote=place.quote)
        for one, place in places.items()
    )
