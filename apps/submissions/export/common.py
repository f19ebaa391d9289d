"""What all archives of an attempt share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from apps.core.columns import column
from apps.core.zipping import Entry
from apps.submissions import links
from apps.submissions.files import ENDINGS, badge_ending
from apps.submissions.manifest import sum_of
from apps.submissions.models import Attempt, EvidenceItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from apps.accounts.models import User
    from apps.issuers.models import AchievementVersion
    from apps.submissions.masking import Mask
    from apps.submissions.models import Answer, Finding

CHUNK = 256 * 1024
WORDS_END = {
    EvidenceItem.Kind.TEXT: ".md",
    EvidenceItem.Kind.REFLECTION: ".md",
    EvidenceItem.Kind.LINK: ".txt",
}


class Paper(NamedTuple):
    """A text in the archive, and the sum it must have."""

    name: str
    text: str
    sha256: str


class Beside(NamedTuple):
    """A text that accompanies a piece, and what it is."""

    what: StrOrPromise
    paper: Paper


def file_name(attempt: Attempt) -> str:
    return f"{attempt.submission.reference}-attempt-{attempt.number}.zip"


def made(name: str, text: str) -> Paper:
    return Paper(name, text, sum_of(text))


def entry(paper: Paper) -> Entry:
    content = paper.text.encode()
    return Entry(paper.name, len(content), [content])


def line(sha256: str, name: str) -> str:
    """A line as GNU coreutils write and read it: the sum, two spaces, the name."""
    return f"{sha256}  {name}\n"


def rubric(version: AchievementVersion) -> dict[str, Any]:
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


def answer_for(reader: User, attempt: Attempt) -> Answer | None:
    """What the learner was told, or None. While the work is judged again, only the learner gets it."""
    is_learner = attempt.submission.learner_id == reader.pk
    return getattr(attempt, "answer", None) if is_learner or attempt.state == Attempt.State.CLOSED else None


def findings(attempt: Attempt) -> Iterable[Finding]:
    return attempt.findings.select_related("criterion")


def decision(answer: Answer, findings: Iterable[Finding]) -> dict[str, Any]:
    """What the learner was told, as JSON data."""
    unmet = "declined" if answer.declined else "not_yet"
    return {
        "outcome": "meets" if answer.met else unmet,
        "decided_at": answer.given_at.isoformat(),
        "note": answer.note,
        "criteria": [
            {
                "code": one.criterion.code,
                "level": one.level,
                "met": one.met,
                "comment": one.comment,
                "next_step": one.next_step,
            }
            for one in findings
        ],
    }


def missing(names: list[str]) -> str:
    said = _("When this archive was made, these files could not be read, or not completely:")
    return "\n".join([said, "", *names, ""])


def heading(attempt: Attempt) -> str:
    version = attempt.submission.version
    return _("%(badge)s, %(issuer)s: %(reference)s, attempt %(number)d, as it was handed in.") % {
        "badge": version.name,
        "issuer": version.achievement.issuer.name,
        "reference": attempt.submission.reference,
        "number": attempt.number,
    }


def kept_beside(name: str, words: str, sha256: str) -> Beside:
    """The captured text of the link in the file `name`."""
    return Beside(_("the text that was there"), Paper(f"{_stem(name)}.kept.txt", words, sha256))


def transcript_beside(name: str, words: str, sha256: str) -> Beside:
    """The captions or transcript of the piece in the file `name`, with the ending that players know."""
    ending = ".captions.vtt" if words.startswith("WEBVTT") else ".transcript.txt"
    what = column(EvidenceItem, "transcript").verbose_name
    return Beside(what, Paper(f"{_stem(name)}{ending}", words, sha256))


def _stem(name: str) -> str:
    return name.partition(".")[0]


def facts(piece: EvidenceItem, mask: Mask) -> list[str]:
    """What was said about a piece, as lines to read: when it was made, who is in it, where in it to look."""
    lines, supports = [], _("supports")  # not inside an f-string, where makemessages doesn't find it
    if piece.made_on:
        lines.append(f"{column(EvidenceItem, 'made_on').verbose_name}: {piece.made_on.isoformat()}")
    if piece.people:
        note = f": {mask(piece.people_note)}" if piece.people_note else ""
        lines.append(f"{piece.get_people_display()}{note}")
    for one in piece.supports.all():
        place = str(one.place._replace(quote=mask(one.quote)))
        lines.append(f"{supports} {one.criterion.code}{f': {place}' if place else ''}")
    return [f"  {one_line(line)}" for line in lines]


def one_line(words: str) -> str:
    """The text without line breaks or characters that change the reading direction."""
    return "".join(sign if sign.isprintable() else " " for sign in words)


def neutral_name(piece: EvidenceItem, media_type: str = "") -> str:
    """A file name without any of the learner's words."""
    return links.neutral_name(piece, media_type) if piece.has_file else f"evidence-{piece.sha256[:8]}{ending(piece)}"


def ending(piece: EvidenceItem) -> str:
    if piece.foreign:
        return badge_ending(piece.foreign)
    return ENDINGS.get(piece.media_type, "") if piece.has_file else WORDS_END[EvidenceItem.Kind(piece.kind)]
