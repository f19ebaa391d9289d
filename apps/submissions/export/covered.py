"""An attempt for who may not know whose it is: neutral names, covered words, and copies in the place of files.

Nothing here is what was handed in, byte for byte, so that the sums are those of what lies here; the manifest, in a form
that says so, gives the sums of the originals.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from apps.core.zipping import Entry, written
from apps.submissions import blind, copies, queries
from apps.submissions.export.common import (
    CHUNK,
    KEPT_ENDS,
    WORDS_END,
    Paper,
    answer_for,
    as_json,
    decision,
    entry,
    findings,
    heading,
    line,
    made,
    neutral_name,
    rubric,
)
from apps.submissions.manifest import papers_of
from apps.submissions.models import Capture, EvidenceItem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from apps.accounts.models import User
    from apps.submissions.masking import Mask
    from apps.submissions.models import Attempt, ReviewCopy


class Placed(NamedTuple):
    """A piece and its place here: as texts, as a file, or left out."""

    piece: EvidenceItem
    name: str
    papers: tuple[Paper, ...] = ()
    left_out: str = ""


def archive(attempt: Attempt, *, reader: User) -> Iterator[bytes]:
    """The ZIP in chunks. Rows are read now; files are opened, and long texts covered, as their turn comes."""
    mask = queries.mask_for(reader, attempt.submission)
    pieces = list(attempt.evidence.select_related("foreign"))
    for piece in pieces:
        piece.attempt = attempt
    found = copies.of(pieces)
    placed = list(_placed(attempt, pieces, found, mask))
    papers = [
        made("README.txt", _readme(attempt, placed)),
        made("manifest.json", as_json(_manifest(attempt, placed))),
        *(
            made(f"{name}.{'json' if name == 'context' else 'md'}", mask(text))
            for name, text in papers_of(attempt).items()
        ),
        made("rubric.json", as_json(rubric(attempt.submission.version))),
    ]
    answer = answer_for(reader, attempt)
    if answer is not None:
        papers.append(made("decision.json", mask(as_json(decision(answer, findings(attempt))))))
    return written(_entries(papers, placed, found, mask), at=_when(attempt))


def _when(attempt: Attempt) -> datetime:
    return attempt.submitted_at or attempt.saved_at


def _entries(papers: list[Paper], pieces: list[Placed], found: dict[str, ReviewCopy], mask: Mask) -> Iterator[Entry]:
    sums: list[str] = []
    left_out: list[str] = []
    for paper in [*papers, *(one for placed in pieces for one in placed.papers)]:
        sums.append(line(paper.sha256, paper.name))
        yield entry(paper)
    for placed in pieces:
        if placed.papers or placed.left_out:
            continue
        try:
            copy = blind.covered(placed.piece, mask, found.get(placed.piece.sha256))
            file = copy.file.open() if copy.file else None
        except OSError:
            left_out.append(placed.name)
            continue
        if copy.why:
            left_out.append(placed.name)
            continue
        sums.append(line(copy.sha256, placed.name))
        if file is None:
            yield Entry(placed.name, copy.size, [copy.content])
            continue
        with file:
            yield Entry(placed.name, copy.size, iter(partial(file.read, CHUNK), b""))
    if left_out:
        told = made("MISSING.txt", "\n".join([_("Of these there is no copy just now:"), "", *left_out, ""]))
        sums.append(line(told.sha256, told.name))
        yield entry(told)
    yield entry(made("SHA256SUMS", "".join(sums)))


def _placed(attempt: Attempt, pieces: list[EvidenceItem], found: dict[str, ReviewCopy], mask: Mask) -> Iterator[Placed]:
    captures = {one["id"]: one["capture"]["id"] for one in json.loads(attempt.manifest)["evidence"] if "capture" in one}
    kept = Capture.objects.select_related("same_as").filter(public_id__in=captures.values())
    words = {one.public_id: one.words for one in kept}
    for number, piece in enumerate(pieces, start=1):
        name = f"evidence/{number:02}-{neutral_name(piece, _type_of(piece, found.get(piece.sha256)))}"
        if piece.foreign is not None:
            yield Placed(piece, name, left_out=_("left out here: it may name whose work it is"))
        elif piece.kind in WORDS_END:
            papers = [made(name, _covered_words(piece, mask))]
            if said := words.get(captures.get(piece.public_id, "")):
                papers.append(made(f"{name.removesuffix('.txt')}{KEPT_ENDS}", mask(said)))
            yield Placed(piece, name, tuple(papers))
        elif not copies.is_copied(piece) and piece.media_type not in blind.TEXTS:
            yield Placed(piece, name, left_out=f"{_('left out here')}: {blind.uncleaned()}")
        else:
            yield Placed(piece, name)


def _type_of(piece: EvidenceItem, copy: ReviewCopy | None) -> str:
    return copies.type_of(piece, copy) if copy is not None and copy.media_type else ""


def _covered_words(piece: EvidenceItem, mask: Mask) -> str:
    if piece.kind != EvidenceItem.Kind.LINK:
        return mask(piece.text)
    return _("The address is left out here: it says whose it is.") if mask.hides(piece.url) else piece.url


def _manifest(attempt: Attempt, pieces: list[Placed]) -> dict[str, object]:
    """What was frozen, with what lies here in the place of each piece."""
    frozen = json.loads(attempt.manifest)
    names = {placed.piece.public_id: None if placed.left_out else placed.name for placed in pieces}
    return {
        "blind_copy": True,
        "about": _(
            "Names are covered, and files are copies. Each sha256 here is the sum of the original, which its learner "
            "has; the sums of what lies here stand in SHA256SUMS."
        ),
        "manifest_sha256": attempt.manifest_sha256,
        **frozen,
        "evidence": [one | {"file": names.get(one["id"])} for one in frozen["evidence"]],
    }


def _readme(attempt: Attempt, pieces: list[Placed]) -> str:
    listed: list[str] = []
    for placed in pieces:
        listed += [placed.name, f"  id: {placed.piece.public_id}"]
        listed += [f"  {placed.left_out}"] if placed.left_out else []
        listed += [f"  {_('the words that stood there')}: {one.name}" for one in placed.papers[1:]]
    return "\n".join(
        [
            heading(attempt),
            "",
            _("This badge is judged without names. What lies here are copies: where the learner's name or address"),
            _("stood you read ▒▒▒, and files have lost what they say of who made them."),
            "",
            _("To check that nothing has changed since: sha256sum -c SHA256SUMS"),
            _("(on a Mac: shasum -a 256 -c SHA256SUMS)"),
            "",
            _("manifest.json gives the SHA-256 of each original, as it was frozen when it was handed in."),
            "",
            *listed,
            "",
            _("rubric.json is what the work was measured by; decision.json, if it is here, what was decided."),
            "",
        ]
    )
