"""The manifest that freezes an attempt: what was handed in, with a SHA-256 for each piece.

It holds none of the learner's text, only sums. It is frozen once and never rebuilt: older manifests hold less.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from apps.core.zipping import as_json
from apps.submissions import files
from apps.submissions.models import Attempt, Capture, EvidenceItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.submissions.models import Support


def sum_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def why_none(attempt: Attempt) -> str:
    """Why an attempt has no manifest, told to someone who asks for it; empty if it has one."""
    if attempt.manifest:
        return ""
    if attempt.submission.forgotten_at is not None:
        return _("The time to keep this is over, and what was handed in was erased.")
    if attempt.state == Attempt.State.OPEN:
        return _("This attempt can be downloaded once it is handed in.")
    if attempt.state == Attempt.State.WITHDRAWN:
        return _("This attempt was withdrawn before it was frozen, so there is nothing to download.")
    return _("The files of this attempt are being checked. It can be downloaded in a moment.")


def compose(attempt: Attempt, pieces: Iterable[EvidenceItem]) -> str:
    """The manifest as JSON text with sorted keys: equal evidence gives equal bytes."""
    pieces = list(pieces)
    prefetch_related_objects(pieces, "supports__criterion")
    links = [piece.url for piece in pieces if piece.kind == EvidenceItem.Kind.LINK]
    captures = Capture.objects.newest_fetched(attempt.submission_id, links) if links else {}
    body: dict[str, Any] = {
        "attempt": attempt.number,
        "submission": attempt.submission.public_id,
        "route": attempt.submission.route,
        "declared_own": attempt.declared_own,
        **{name: {"sha256": sum_of(words)} for name, words in papers_of(attempt).items()},
        **{name: {"sha256": sum_of(words)} for name, words in said_of(pieces).items()},
        "evidence": [
            {
                "id": piece.public_id,
                "kind": piece.kind,
                "media_type": piece.media_type,
                "size": piece.size,
                "sha256": piece.sha256,
                "criteria": sorted(one.criterion.code for one in piece.supports.all()),
                "places": {one.criterion.code: _numbers_of(one) for one in piece.supports.all()},
                "made_on": _day_of(piece),
                "people": piece.people,
                **_said_in(piece),
                **_kept_of(captures.get(piece.url)),
            }
            for piece in pieces
        ],
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _kept_of(capture: Capture | None) -> dict[str, Any]:
    """What was captured of a link by then: only its sums, not its text."""
    if capture is None:
        return {}
    at = capture.at.isoformat()
    told = {"id": capture.public_id, "at": at, "sha256": capture.sha256, "text_sha256": capture.text_sha256}
    return {"capture": told}


def _said_in(piece: EvidenceItem) -> dict[str, Any]:
    """The sum of its captions or transcript."""
    return {"transcript": {"sha256": sum_of(piece.transcript)}} if piece.transcript else {}


def _numbers_of(support: Support) -> dict[str, Any]:
    """Where in a piece to look, without the quote, which is in `pieces`."""
    return {"page": support.page, "seconds": support.seconds}


def _day_of(piece: EvidenceItem) -> str | None:
    return piece.made_on.isoformat() if piece.made_on else None


def said_of(pieces: Iterable[EvidenceItem]) -> dict[str, str]:
    """What the learner said about pieces, and the names they gave them, as JSON texts to sum: name -> text. Pieces
    bring `supports` with their criteria.
    """
    pieces = list(pieces)
    told = [
        {
            "id": piece.public_id,
            "added_at": piece.added_at.isoformat(),
            "made_on": _day_of(piece),
            "people": piece.people,
            "people_note": piece.people_note,
            "people_said_at": piece.people_said_at.isoformat() if piece.people_said_at else None,
            "shows_me": piece.shows_me,
            "criteria": [
                {"code": one.criterion.code, **_numbers_of(one), "quote": one.quote} for one in piece.supports.all()
            ],
        }
        for piece in pieces
    ]
    names = [{"id": piece.public_id, "title": piece.title, "file_name": piece.file_name} for piece in pieces]
    return {"pieces": as_json(told), "names": as_json(names)}


def covered(attempt: Attempt) -> dict[str, Any]:
    """A frozen manifest for a reader who may not know whose it is.

    It leaves out the sums of texts: they read these masked, and could try names until one matches. The sum of the
    whole reveals nothing, since it covers times that such a reader doesn't see.
    """
    frozen = json.loads(attempt.manifest)
    words = {"pieces", "names", *papers_of(attempt)}
    kept = {name: value for name, value in frozen.items() if name not in words}
    pieces = [_without_sums_of_words(one) for one in frozen["evidence"]]
    return {"blind_copy": True, "manifest_sha256": attempt.manifest_sha256, **kept, "evidence": pieces}


def _without_sums_of_words(piece: dict[str, Any]) -> dict[str, Any]:
    hidden = {"transcript"} | ({"sha256"} if piece["kind"] not in EvidenceItem.FILES else set())
    kept = {name: value for name, value in piece.items() if name not in hidden}
    if "capture" in kept:
        kept["capture"] = {name: value for name, value in kept["capture"].items() if name != "text_sha256"}
    return kept


def papers_of(attempt: Attempt) -> dict[str, str]:
    """What a learner wrote in an attempt, as texts to sum: name -> text. The context is JSON."""
    context = {name: getattr(attempt, f"context_{name}") for name in ("place", "period", "role", "confirmer")}
    return {
        "context": as_json(context),
        "overview": attempt.overview,
        "what_changed": attempt.what_changed,
        "reflection": attempt.reflection,
    }


def first_difference(piece: EvidenceItem) -> str | None:
    """How a piece no longer matches its recorded sum, in words, or None. Reads files to the end.

    Raises OSError if they can't be read just now, which says nothing about them.
    """
    found = sum_now(piece)
    if found is None:
        return f"the file of {piece.public_id} is gone"
    return None if found == piece.sha256 else f"{piece.public_id} has changed since it was handed over"


def sum_now(piece: EvidenceItem) -> str | None:
    """The SHA-256 of a piece as stored; None if its file is gone or its content was erased. Raises OSError."""
    if piece.is_erased:
        return None
    if piece.kind == EvidenceItem.Kind.LINK:
        return sum_of(piece.url)
    if piece.kind in EvidenceItem.TEXTS:
        return sum_of(piece.text)
    total = hashlib.sha256()
    try:
        with files.opened(piece) as file:
            for chunk in iter(lambda: file.read(1024 * 1024), b""):
                total.update(chunk)
    except FileNotFoundError:
        return None
    return total.hexdigest()
