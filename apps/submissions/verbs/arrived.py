"""Files that have arrived: close and forget uploads, and refuse files for which there is no room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.core import clock, keeping, outbox
from apps.core.ids import new_public_id
from apps.core.refused import Refused
from apps.submissions import files, parts, queries
from apps.submissions.models import EvidenceItem, ReviewCopy, Upload

if TYPE_CHECKING:
    from apps.issuers.models import Criterion
    from apps.submissions.models import Attempt


def close_upload(upload: Upload, *, by: User, attempt: Attempt) -> Upload:
    """Mark an upload as complete, to belong to a piece. Called by `add_evidence`, in its transaction. Refuse if parts
    are missing.
    """
    upload = Upload.objects.locked(upload.pk)
    if upload.learner_id != by.pk or upload.attempt_id != attempt.pk:
        raise PermissionDenied
    arrived = set(upload.parts.values_list("number", flat=True))
    missing = [number for number in range(1, upload.count + 1) if number not in arrived]
    if missing and upload.state == Upload.State.RECEIVING:
        raise Refused(
            ngettext(
                "Part %(first)d of the file is missing. Send it, then try again.",
                "%(n)d parts of the file are missing, the first is part %(first)d. Send them, then try again.",
                len(missing),
            )
            % {"n": len(missing), "first": missing[0]}
        )
    upload.move(Upload.State.COMPLETE)
    upload.touched_at = clock.now()
    return upload


def end_upload(upload: Upload, state: Upload.State) -> None:
    """Move an upload to a final state, and drop its parts after the commit."""
    upload.move(state)
    upload.ended_at = clock.now()
    upload.save(update_fields=["state", "ended_at"])
    upload.parts.all().delete()

    def drop() -> None:
        parts.place().drop(upload)

    transaction.on_commit(drop)


def forget_later(piece: EvidenceItem, name: str) -> None:
    """Enqueue a job that deletes a file which a piece no longer holds, unless another piece does."""
    # The piece may later hold other files and let go of those too, so each job needs its own key.
    key = f"forget_file:{piece.public_id}:{new_public_id()}"
    outbox.enqueue("apps.submissions.tasks.forget_file", key=key, name=name)


@transaction.atomic
def forget_file(name: str) -> None:
    """Delete a file that no piece holds, and the copy made of it. Safe to run twice."""
    keeping.hold(name)
    if EvidenceItem.objects.filter(file=name).exists():
        return
    for copy in ReviewCopy.objects.filter(original_sha256=name.rpartition("/")[2]):
        copy.delete()
        if copy.file and not ReviewCopy.objects.filter(file=copy.file.name).exists():
            default_storage.delete(copy.file.name or "")
    default_storage.delete(name)


def refuse_over_quota(
    learner: User, size: int, *, instead_of: EvidenceItem | None = None, arrived: Upload | None = None
) -> None:
    """Refuse a file that exceeds the learner's quota. Locks the learner's row until the transaction ends, or two
    files at once could both fit. `instead_of`: a piece whose file this one replaces; `arrived`: the upload that it
    came by, so that it isn't counted twice.
    """
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=learner.pk)
    used = queries.bytes_of(learner, without=instead_of, beside=arrived)
    if used + size > settings.LEARNER_QUOTA:
        raise files.TooLarge(
            _("Your files take up %(used)s of %(limit)s, and this one is %(size)s. Take out what you don't need.")
            % {
                "used": filesizeformat(used),
                "limit": filesizeformat(settings.LEARNER_QUOTA),
                "size": filesizeformat(size),
            }
        )


def refuse_over_requirement(attempt: Attempt, *, kind: str, size: int, criteria: list[Criterion]) -> None:
    """Refuse a file larger than any of the chosen criteria accept, or any of the rubric if none are chosen."""
    wanted = attempt.submission.version.criteria.prefetch_related("requirements")
    limits: list[int] = []
    for criterion in wanted.filter(pk__in=[one.pk for one in criteria]) if criteria else wanted:
        asked = [one.most_megabytes for one in criterion.requirements.all() if one.kind in {"any", "file", kind}]
        # A criterion without a limit accepts any size.
        if not criterion.requirements.all() or None in asked:
            return
        limits += [most for most in asked if most is not None]
    if limits and size > max(limits) * 1024**2:
        raise files.TooLarge(
            _("That file is %(size)s; this badge asks for files of up to %(most)d MB.")
            % {"size": filesizeformat(size), "most": max(limits)}
        )
