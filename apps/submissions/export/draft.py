"""An attempt that was not handed in, or was withdrawn, as it stands: only for its learner.

Nothing of it is frozen, so there is no manifest; the sums are those of the files here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.core.zipping import as_json
from apps.submissions.export.common import WORDS_END, kept_beside, made, transcript_beside
from apps.submissions.export.whole import Placed, in_turn, own_name
from apps.submissions.manifest import papers_of, said_of, sum_of
from apps.submissions.models import Capture, EvidenceItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.core.zipping import Entry
    from apps.submissions.export.common import Beside
    from apps.submissions.models import Attempt


def entries(attempt: Attempt) -> Iterator[Entry]:
    """Yield its entries. `attempt` brings its submission's version with achievement and issuer."""
    pieces = list(attempt.evidence.select_related("foreign").prefetch_related("supports__criterion"))
    version = attempt.submission.version
    told = {
        "state": attempt.state,
        "submission": attempt.submission.public_id,
        "badge": version.name,
        "issuer": version.achievement.issuer.name,
        "attempt": attempt.number,
        "declared_own": attempt.declared_own,
        "saved_at": attempt.saved_at.isoformat(),
    }
    papers = [
        made("draft.json", as_json(told)),
        *(made(f"{name}.{'json' if name == 'context' else 'md'}", text) for name, text in papers_of(attempt).items()),
        *(made(f"{name}.json", text) for name, text in said_of(pieces).items()),
    ]
    return in_turn(papers, _placed(attempt, pieces))


def _placed(attempt: Attempt, pieces: list[EvidenceItem]) -> Iterator[Placed]:
    links = [piece.url for piece in pieces if piece.kind == EvidenceItem.Kind.LINK]
    captures = Capture.objects.newest_fetched(attempt.submission_id, links) if links else {}
    for number, piece in enumerate(pieces, start=1):
        name = f"evidence/{number:02}-{own_name(piece)}"
        beside: list[Beside] = []
        if piece.url in captures and (words := captures[piece.url].words):
            beside.append(kept_beside(name, words, captures[piece.url].text_sha256))
        if piece.transcript:
            beside.append(transcript_beside(name, piece.transcript, sum_of(piece.transcript)))
        words = piece.text or piece.url
        yield Placed(piece, name, sum_of(words) if piece.kind in WORDS_END else piece.sha256, tuple(beside))
