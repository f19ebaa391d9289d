"""An attempt for readers who may not know whose it is: neutral names, masked text, and copies instead of files.

Nothing here is byte for byte what was handed in, so SHA256SUMS has the sums of these files; the manifest, in a form
that says so, has those of the originals.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from apps.core.zipping import Entry, as_json, written
from apps.submissions import blind, copies, manifest, queries
from apps.submissions.export.common import (
    CHUNK,
    WORDS_END,
    Beside,
    Paper,
    answer_for,
    decision,
    ending,
    entry,
    facts,
    findings,
    heading,
    kept_beside,
    line,
    made,
    neutral_name,
    rubric,
    transcript_beside,
)
from apps.submissions.models import Capture, EvidenceItem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from apps.accounts.models import User
    from apps.submissions.masking import Mask
    from apps.submissions.models import Attempt, ReviewCopy


class Placed(NamedTuple):
    """A piece and its place here: as a text, as a file, or left out; with the texts that accompany it."""

    piece: EvidenceItem
    name: str
    paper: Paper | None = None
    left_out: str = ""
    beside: tuple[Beside, ...] = ()

    @property
    def papers(self) -> list[Paper]:
        return [*([self.paper] if self.paper else []), *(one.paper for one in self.beside)]


def archive(attempt: Attempt, *, reader: User) -> Iterator[bytes]:
    """Yield the ZIP in chunks. Rows are read now; files are opened, and long texts masked, as their turn comes."""
    mask = queries.mask_for(reader, attempt.submission)
    pieces = list(attempt.evidence.select_related("foreign").prefetch_related("supports__criterion"))
    for piece in pieces:
        piece.attempt = attempt
    found = copies.of(pieces)
    placed = list(_placed(attempt, pieces, found, mask))
    papers = [
        made("README.txt", _readme(attempt, placed, mask)),
        made("manifest.json", as_json(_manifest(attempt, placed))),
        *(
            made(f"{name}.{'json' if name == 'context' else 'md'}", mask(text))
            for name, text in manifest.papers_of(attempt).items()
        ),
        made("pieces.json", as_json(queries.covered_values(_said_of(pieces), mask))),
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
        if placed.paper or placed.left_out:
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
        told = made("MISSING.txt", "\n".join([_("There is no copy of these just now:"), "", *left_out, ""]))
        sums.append(line(told.sha256, told.name))
        yield entry(told)
    yield entry(made("SHA256SUMS", "".join(sums)))


def _placed(attempt: Attempt, pieces: list[EvidenceItem], found: dict[str, ReviewCopy], mask: Mask) -> Iterator[Placed]:
    captures = {one["id"]: one["capture"]["id"] for one in json.loads(attempt.manifest)["evidence"] if "capture" in one}
    looks = Capture.objects.select_related("same_as").filter(public_id__in=captures.values())
    words = {one.public_id: one.words for one in looks}
    unclean = _("left out here")
    for number, piece in enumerate(pieces, start=1):
        # For a text, a name made from its sum would reveal as much as the sum.
        named = neutral_name(piece, _type_of(piece, found.get(piece.sha256))) if piece.has_file else ending(piece)
        name = f"evidence/{number:02}-{named}" if piece.has_file else f"evidence/{number:02}{named}"
        beside: list[Beside] = []
        if kept := mask(words.get(captures.get(piece.public_id, ""), "")):
            beside.append(kept_beside(name, kept, manifest.sum_of(kept)))
        if transcript := mask(piece.transcript):
            beside.append(transcript_beside(name, transcript, manifest.sum_of(transcript)))
        here = Placed(piece, name, beside=tuple(beside))
        if piece.foreign is not None:
            yield here._replace(left_out=_("left out here: it may name whose work it is"))
        elif piece.kind in WORDS_END:
            yield here._replace(paper=made(name, _covered_words(piece, mask)))
        elif not copies.is_copied(piece) and piece.media_type not in blind.TEXTS:
            yield here._replace(left_out=f"{unclean}: {blind.uncleaned()}")
        else:
            yield here


def _type_of(piece: EvidenceItem, copy: ReviewCopy | None) -> str:
    return copies.type_of(piece, copy) if copy is not None and copy.media_type else ""


def _covered_words(piece: EvidenceItem, mask: Mask) -> str:
    if piece.kind != EvidenceItem.Kind.LINK:
        return mask(piece.text)
    return _("The address is left out here: it says whose it is.") if mask.hides(piece.url) else piece.url


def _said_of(pieces: list[EvidenceItem]) -> list[dict[str, Any]]:
    """What was said about the pieces, without the times that keep anyone from guessing the original's sum."""
    told: list[dict[str, Any]] = json.loads(manifest.said_of(pieces)["pieces"])
    return [{name: value for name, value in one.items() if not name.endswith("_at")} for one in told]


def _manifest(attempt: Attempt, pieces: list[Placed]) -> dict[str, object]:
    """The frozen manifest, with the file that stands for each piece here."""
    frozen = manifest.covered(attempt)
    names = {placed.piece.public_id: None if placed.left_out else placed.name for placed in pieces}
    return {
        "about": _(
            "Names are covered, and files are copies. Each sha256 here is the checksum of the original, which the learner has. The checksums of the files here are in SHA256SUMS."
        ),
        **frozen,
        "evidence": [one | {"file": names.get(one["id"])} for one in frozen["evidence"]],
    }


def _readme(attempt: Attempt, pieces: list[Placed], mask: Mask) -> str:
    listed: list[str] = []
    for placed in pieces:
        listed += [placed.name, f"  id: {placed.piece.public_id}"]
        listed += [f"  {placed.left_out}"] if placed.left_out else []
        listed += [f"  {one.what}: {one.paper.name}" for one in placed.beside]
        listed += facts(placed.piece, mask)
    return "\n".join(
        [
            heading(attempt),
            "",
            _("This badge is judged without names. The files here are copies: where the learner's name or address"),
            _("was, you see ▒▒▒, and files no longer say who made them."),
            "",
            _("To check that nothing has changed since: sha256sum -c SHA256SUMS"),
            _("(on a Mac: shasum -a 256 -c SHA256SUMS)"),
            "",
            _("manifest.json gives the SHA-256 of each original, as it was frozen when it was handed in."),
            _("pieces.json says of each piece when it was made, who agreed to be seen, and where in it to look."),
            "",
            *listed,
            "",
            _("rubric.json is what the work was measured by; decision.json, if it is here, what was decided."),
            "",
        ]
    )
