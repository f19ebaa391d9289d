"""An attempt as it was handed in, for its learner and for assessors who may know whose it is.

The sums of what was handed in are those of the manifest, not computed again, so that a file changed since is noticed.
Assessors get file names without any of the learner's words; only the learner gets the names they gave.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.core.zipping import Entry, as_json, written
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
    missing,
    neutral_name,
    one_line,
    rubric,
    transcript_beside,
)
from apps.submissions.files import opened
from apps.submissions.manifest import papers_of, said_of, sum_of
from apps.submissions.masking import Mask
from apps.submissions.models import Capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from apps.accounts.models import User
    from apps.submissions.models import Attempt, EvidenceItem

LONGEST_NAME = 60


class Placed(NamedTuple):
    """A piece of evidence, its place in the archive, its sum from the manifest, and the texts that accompany it: the
    captured text of a link that the manifest names, a transcript.
    """

    piece: EvidenceItem
    name: str
    sha256: str
    beside: tuple[Beside, ...] = ()


def archive(attempt: Attempt, *, reader: User) -> Iterator[bytes]:
    """The ZIP in chunks."""
    return written(entries(attempt, reader=reader), at=attempt.submitted_at or attempt.saved_at)


def entries(attempt: Attempt, *, reader: User) -> Iterator[Entry]:
    """Yield its entries. All rows are read now; files are opened one by one, as their turn comes.

    `attempt` is frozen, and brings its submission's version with achievement and issuer.
    """
    frozen = json.loads(attempt.manifest)
    own_names = attempt.submission.learner_id == reader.pk
    pieces = list(_placed(attempt, frozen, own_names=own_names))
    before = [
        made("README.txt", _readme(attempt, pieces, own_names=own_names)),
        Paper("manifest.json", attempt.manifest, attempt.manifest_sha256),
        *(
            Paper(f"{name}.{'json' if name == 'context' else 'md'}", text, frozen[name]["sha256"])
            for name, text in papers_of(attempt).items()
            if name in frozen  # older manifests hold less
        ),
        *(
            Paper(f"{name}.json", text, frozen[name]["sha256"] if name in frozen else sum_of(text))
            for name, text in said_of(placed.piece for placed in pieces).items()
            if own_names or name != "names"
        ),
        made("rubric.json", as_json(rubric(attempt.submission.version))),
    ]
    answer = answer_for(reader, attempt)
    if answer is not None:
        before.append(made("decision.json", as_json(decision(answer, findings(attempt)))))
    return in_turn(before, pieces)


def in_turn(papers: list[Paper], pieces: Iterable[Placed]) -> Iterator[Entry]:
    """Yield texts, then evidence; unreadable files are listed, and the sums come last."""
    sums: list[str] = []
    unread: list[str] = []
    for paper in papers:
        sums.append(line(paper.sha256, paper.name))
        yield entry(paper)
    for placed in pieces:
        papers = [beside.paper for beside in placed.beside]
        if placed.piece.kind in WORDS_END:
            papers.insert(0, Paper(placed.name, placed.piece.text or placed.piece.url, placed.sha256))
        else:
            yield from _file(placed, sums, unread)
        for paper in papers:
            sums.append(line(paper.sha256, paper.name))
            yield entry(paper)
    if unread:
        told = made("MISSING.txt", missing(unread))
        sums.append(line(told.sha256, told.name))
        yield entry(told)
    yield entry(made("SHA256SUMS", "".join(sums)))


def _file(placed: Placed, sums: list[str], unread: list[str]) -> Iterator[Entry]:
    try:
        file = opened(placed.piece)
    except OSError:
        unread.append(placed.name)
        return
    with file:
        if placed.sha256:  # otherwise the file hasn't been checked yet
            sums.append(line(placed.sha256, placed.name))
        chunks = iter(partial(file.read, CHUNK), b"")
        yield Entry(placed.name, placed.piece.size, _until_broken(chunks, placed.name, unread))


def _until_broken(chunks: Iterator[bytes], name: str, unread: list[str]) -> Iterator[bytes]:
    """Yield the chunks. If reading fails, only this file ends, not the download; its sum stays, and exposes it."""
    try:
        yield from chunks
    except OSError:
        unread.append(name)


def _placed(attempt: Attempt, frozen: dict[str, Any], *, own_names: bool) -> Iterator[Placed]:
    told = {one["id"]: one for one in frozen["evidence"]}
    captures = [one["capture"]["id"] for one in frozen["evidence"] if "capture" in one]
    words = {
        one.public_id: one.words for one in Capture.objects.select_related("same_as").filter(public_id__in=captures)
    }
    pieces = attempt.evidence.select_related("foreign").prefetch_related("supports__criterion")
    for number, piece in enumerate(pieces, start=1):
        name = f"evidence/{number:02}-{own_name(piece) if own_names else neutral_name(piece)}"
        said = told[piece.public_id]
        beside: list[Beside] = []
        if kept := words.get(said.get("capture", {}).get("id", "")):
            beside.append(kept_beside(name, kept, said["capture"]["text_sha256"]))
        if piece.transcript:
            sha256 = said["transcript"]["sha256"] if "transcript" in said else sum_of(piece.transcript)
            beside.append(transcript_beside(name, piece.transcript, sha256))
        yield Placed(piece, name, said["sha256"], tuple(beside))


def own_name(piece: EvidenceItem) -> str:
    """The learner's name for it, in characters safe on every disk and shell, with the ending of its content type."""
    stem = PurePosixPath(piece.file_name).stem if piece.has_file else piece.title
    return f"{slugify(stem)[:LONGEST_NAME].strip('-_') or piece.kind}{ending(piece)}"


def _readme(attempt: Attempt, pieces: Iterable[Placed], *, own_names: bool) -> str:
    listed = [said for placed in pieces for said in _told(placed, own_names=own_names)]
    return "\n".join(
        [
            heading(attempt),
            "",
            _("To check that nothing has changed since: sha256sum -c SHA256SUMS"),
            _("(on a Mac: shasum -a 256 -c SHA256SUMS)"),
            "",
            _("manifest.json was frozen at that moment, and is here byte for byte. Its own SHA-256 is:"),
            attempt.manifest_sha256,
            "",
            _("Each SHA-256 in it is the sum of all bytes of one file here:"),
            _("context: context.json; overview: overview.md, and so on, all in UTF-8."),
            _("evidence: the files below, by id. Text is in UTF-8. For a link, the sum is that of its address."),
            _("transcript: the file beside its piece."),
            "",
            _("pieces.json says of each piece when it was made, who agreed to be seen, and where in it to look."),
            *([_("names.json says what you called each piece and its file.")] if own_names else []),
            "",
            *listed,
            "",
            _("rubric.json is what the work was measured by; decision.json, if it is here, what was decided."),
            "",
        ]
    )


def _told(placed: Placed, *, own_names: bool) -> list[str]:
    lines = [placed.name, f"  id: {placed.piece.public_id}"]
    title, file_name = _("title"), _("file name")
    lines += [f"  {beside.what}: {beside.paper.name}" for beside in placed.beside]
    if own_names:
        lines.append(f"  {title}: {one_line(placed.piece.title)}")
        if placed.piece.file_name:
            lines.append(f"  {file_name}: {one_line(placed.piece.file_name)}")
    return lines + facts(placed.piece, Mask())
