"""A frozen attempt as one ZIP, with sums that `sha256sum -c SHA256SUMS` checks.

The sums of what was handed in are those of the manifest, not made anew: a file that has changed since is found out.
Whoever assesses the work gets names without a word of the learner's: the learner's own names are for the learner.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.core.zipping import Entry, written
from apps.submissions import links
from apps.submissions.files import ENDINGS, badge_ending, opened
from apps.submissions.manifest import papers_of, sum_of
from apps.submissions.models import Capture, EvidenceItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from apps.accounts.models import User
    from apps.issuers.models import AchievementVersion
    from apps.submissions.models import Answer, Attempt, Finding

CHUNK = 256 * 1024
LONGEST_NAME = 60
_KEPT_ENDS = ".kept.txt"
_WORDS_END = {
    EvidenceItem.Kind.TEXT: ".md",
    EvidenceItem.Kind.REFLECTION: ".md",
    EvidenceItem.Kind.LINK: ".txt",
}


class Paper(NamedTuple):
    """A text in the archive, and the sum that it has to have."""

    name: str
    text: str
    sha256: str


class Placed(NamedTuple):
    """A piece of evidence, its place in the archive, and the sum that the manifest gives it; with what of a link's
    words the manifest names.
    """

    piece: EvidenceItem
    name: str
    sha256: str
    kept: Paper | None = None
    left_out: bool = False


def file_name(attempt: Attempt) -> str:
    return f"{attempt.submission.reference}-attempt-{attempt.number}.zip"


def archive(attempt: Attempt, *, reader: User) -> Iterator[bytes]:
    """The ZIP in chunks. All rows are read now; files are opened one after the other, as their turn comes.

    `attempt` is frozen, and brings its submission's version with achievement and issuer.
    """
    frozen = json.loads(attempt.manifest)
    own_names = attempt.submission.learner_id == reader.pk
    pieces = list(_placed(attempt, frozen, own_names=own_names))
    before = [
        _made("README.txt", _readme(attempt, pieces, own_names=own_names)),
        Paper("manifest.json", attempt.manifest, attempt.manifest_sha256),
        *(
            Paper(f"{name}.{'json' if name == 'context' else 'md'}", text, frozen[name]["sha256"])
            for name, text in papers_of(attempt).items()
            if name in frozen  # a manifest from before says less
        ),
        _made("rubric.json", _json(_rubric(attempt.submission.version))),
    ]
    answer: Answer | None = getattr(attempt, "answer", None)
    if answer is not None:
        before.append(_made("decision.json", _json(_decision(answer, _findings(attempt)))))
    return written(_entries(before, pieces), at=attempt.submitted_at or attempt.saved_at)


def _entries(papers: list[Paper], pieces: Iterable[Placed]) -> Iterator[Entry]:
    """Texts, then evidence; what could not be read is named, and the sums come last."""
    sums: list[str] = []
    missing: list[str] = []
    for paper in papers:
        sums.append(_line(paper))
        yield _entry(paper)
    for placed in pieces:
        if placed.left_out:
            continue
        if placed.piece.kind in _WORDS_END:
            paper = Paper(placed.name, placed.piece.text or placed.piece.url, placed.sha256)
            for one in (paper, placed.kept) if placed.kept else (paper,):
                sums.append(_line(one))
                yield _entry(one)
            continue
        try:
            file = opened(placed.piece)
        except OSError:
            missing.append(placed.name)
            continue
        with file:
            sums.append(_line(placed))
            chunks = iter(partial(file.read, CHUNK), b"")
            yield Entry(placed.name, placed.piece.size, _until_broken(chunks, placed.name, missing))
    if missing:
        told = _made("MISSING.txt", _missing(missing))
        sums.append(_line(told))
        yield _entry(told)
    yield _entry(_made("SHA256SUMS", "".join(sums)))


def _until_broken(chunks: Iterator[bytes], name: str, missing: list[str]) -> Iterator[bytes]:
    """A disk that gives up in the middle ends this file, not the download; its sum stays, and tells."""
    try:
        yield from chunks
    except OSError:
        missing.append(name)


def _placed(attempt: Attempt, frozen: dict[str, Any], *, own_names: bool) -> Iterator[Placed]:
    told = {one["id"]: one for one in frozen["evidence"]}
    captures = {one["capture"]["id"]: one["capture"]["text_sha256"] for one in frozen["evidence"] if "capture" in one}
    words = {
        one.public_id: one.words for one in Capture.objects.select_related("same_as").filter(public_id__in=captures)
    }
    for number, piece in enumerate(attempt.evidence.select_related("foreign"), start=1):
        name = f"evidence/{number:02}-{_own_name(piece) if own_names else _neutral_name(piece)}"
        capture = told[piece.public_id].get("capture", {}).get("id")
        kept = None
        if words.get(capture):
            kept = Paper(f"{name.removesuffix('.txt')}{_KEPT_ENDS}", words[capture], captures[capture])
        # A badge from elsewhere may name its holder, whom a blind assessor must not know.
        left_out = not own_names and piece.foreign is not None and attempt.submission.version.blind
        yield Placed(piece, name, told[piece.public_id]["sha256"], kept, left_out)


def _own_name(piece: EvidenceItem) -> str:
    """As the learner called it, in letters that every disk and shell takes; its ending is that of what it holds."""
    stem = PurePosixPath(piece.file_name).stem if piece.has_file else piece.title
    return f"{slugify(stem)[:LONGEST_NAME].strip('-_') or piece.kind}{_ending(piece)}"


def _neutral_name(piece: EvidenceItem) -> str:
    return links.neutral_name(piece) if piece.has_file else f"evidence-{piece.sha256[:8]}{_ending(piece)}"


def _ending(piece: EvidenceItem) -> str:
    if piece.foreign:
        return badge_ending(piece.foreign)
    return ENDINGS.get(piece.media_type, "") if piece.has_file else _WORDS_END[EvidenceItem.Kind(piece.kind)]


def _made(name: str, text: str) -> Paper:
    return Paper(name, text, sum_of(text))


def _entry(paper: Paper) -> Entry:
    content = paper.text.encode()
    return Entry(paper.name, len(content), [content])


def _line(one: Paper | Placed) -> str:
    """As GNU coreutils write and read it: the sum, two spaces, the name."""
    return f"{one.sha256}  {one.name}\n"


def _json(body: Any) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _rubric(version: AchievementVersion) -> dict[str, Any]:
    return {
        "achievement": version.achievement.slug,
        "version": version.number,
        "name": version.name,
        "issuer": version.achievement.issuer.name,
        "criteria": [
            {
                "code": one.code,
                "name": one.name,
                "description": one.description,
                "required": one.required,
                "required_level": one.required_level,
                "levels": [
                    {"level": level.position, "name": level.name, "description": level.description}
                    for level in one.levels.all()
                ],
            }
            for one in version.criteria.prefetch_related("levels")
        ],
    }


def _findings(attempt: Attempt) -> Iterable[Finding]:
    return attempt.findings.select_related("criterion")


def _decision(answer: Answer, findings: Iterable[Finding]) -> dict[str, Any]:
    """What the learner was told."""
    return {
        "outcome": "meets" if answer.met else "not_yet",
        "decided_at": answer.given_at.isoformat(),
        "note": answer.note,
        "criteria": [
            {"code": one.criterion.code, "level": one.level, "met": one.met, "comment": one.comment} for one in findings
        ],
    }


def _missing(names: list[str]) -> str:
    said = _("These files could not be read, or not to their end, when this archive was made:")
    return "\n".join([said, "", *names, ""])


def _readme(attempt: Attempt, pieces: Iterable[Placed], *, own_names: bool) -> str:
    version = attempt.submission.version
    head = _("%(badge)s, %(issuer)s: %(reference)s, attempt %(number)d, as it was handed in.") % {
        "badge": version.name,
        "issuer": version.achievement.issuer.name,
        "reference": attempt.submission.reference,
        "number": attempt.number,
    }
    listed = [line for placed in pieces for line in _told(placed, own_names=own_names)]
    return "\n".join(
        [
            head,
            "",
            _("To check that nothing has changed since: sha256sum -c SHA256SUMS"),
            _("(on a Mac: shasum -a 256 -c SHA256SUMS)"),
            "",
            _("manifest.json was frozen at that moment, and is here byte for byte. Its own SHA-256 is:"),
            attempt.manifest_sha256,
            "",
            _("Each SHA-256 in it is the sum of all bytes of one file here:"),
            _("context: context.json; overview: overview.md, and so on, all in UTF-8."),
            _("evidence: the files below, by id. A text is in UTF-8; of a link, the sum is that of its address."),
            "",
            *listed,
            "",
            _("rubric.json is what the work was measured by; decision.json, if it is here, what was decided."),
            "",
        ]
    )


def _told(placed: Placed, *, own_names: bool) -> list[str]:
    lines = [placed.name, f"  id: {placed.piece.public_id}"]
    if placed.left_out:
        lines.append(f"  {_('left out here: it may name whose work it is')}")
    if placed.kept:
        lines.append(f"  {_('the words that stood there')}: {placed.kept.name}")
    if own_names:
        lines.append(f"  {_('title')}: {_one_line(placed.piece.title)}")
        if placed.piece.file_name:
            lines.append(f"  {_('file name')}: {_one_line(placed.piece.file_name)}")
    return lines


def _one_line(words: str) -> str:
    """Without what ends a line or turns the direction of reading."""
    return "".join(sign if sign.isprintable() else " " for sign in words)
