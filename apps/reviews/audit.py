"""An issuer's decisions in a period, as one ZIP for those who accredit it. It is written while it is sent.

The recipient can check it without trusting anyone: each event leads to the block that seals it, and each block to the
next.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from apps.core import clock, trail
from apps.core.zipping import Entry, written
from apps.credentials.tables import defused
from apps.reviews import queries
from apps.submissions import queries as work

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from apps.accounts.models import User
    from apps.reviews.queries.audit import Asked, Row

DECISIONS, README = "decisions.csv", "README.txt"
COLUMNS = (
    *("reference", "submission", "attempt", "achievement", "name", "version", "policy", "learner"),
    *("decision", "outcome", "how", "decided_by", "decided_at", "released_at", "credentials"),
    *("replaces", "moderation", "appeal", "appeal_decision", "event", "withheld"),
)
# More than the events of one decision usually take up, so that a few thousand decisions get the long form of ZIP.
_BYTES_A_DECISION = 256 * 1024
_LINES_AT_ONCE = 200


def archive(asked: Asked) -> Iterator[bytes]:
    """The ZIP in chunks. Decisions and events are read a few hundred at a time, however many there are."""
    return written(_entries(asked), at=clock.now())


def file_name(asked: Asked) -> str:
    return f"audit-trail-{asked.issuer.slug}-{asked.since.isoformat()}-{asked.until.isoformat()}.zip"


def _entries(asked: Asked) -> Iterator[Entry]:
    size = queries.decisions_in(asked).count() * _BYTES_A_DECISION
    told = queries.Trail(asked)
    yield Entry(README, 0, [_readme(asked).encode()])
    yield Entry(DECISIONS, size, _together(_table(asked)))
    lines = (trail.line_of(one.event, block=one.block, proof=one.proof, withheld=one.withheld) for one in told.events())
    yield Entry(trail.EVENTS, size, _together(lines))
    yield Entry(trail.BLOCKS, size, _together(trail.blocks_json(told.blocks())))


def _together(lines: Iterable[str]) -> Iterator[bytes]:
    some: list[str] = []
    for line in lines:
        some.append(line)
        if len(some) == _LINES_AT_ONCE:
            yield "".join(some).encode()
            some = []
    yield "".join(some).encode()


# --- the table ----------------------------------------------------------------------------------------------------------
def _table(asked: Asked) -> Iterator[str]:
    # Spreadsheets read the table as UTF-8 only if it begins with this mark.
    yield "\ufeff" + _line(COLUMNS)
    for row in queries.rows_in(asked):
        cells = _cells(row, asked.reader)
        yield _line(defused(str(cells[name])) for name in COLUMNS)


def _cells(row: Row, reader: User) -> dict[str, Any]:
    """The decision as a row of the table, without what `reader` may not know now."""
    decision, attempt = row.decision, row.decision.attempt
    submission = attempt.submission
    version, appeal = submission.version, getattr(decision, "appeal", None)
    cells = dict.fromkeys(COLUMNS, "") | {
        "reference": submission.reference,
        "submission": submission.public_id,
        "attempt": attempt.number,
        "achievement": version.achievement.slug,
        "name": version.name,
        "version": version.number,
        "policy": version.policy,
        "learner": work.public_identity(reader, submission.learner, of=submission),
        "decision": decision.public_id,
        "decided_at": decision.decided_at.isoformat(),
        "appeal": appeal.state if appeal else "",
    }
    if row.judged_anew:
        return cells | {"withheld": "judging"}
    may_know = work.may_know_learner(reader, submission)
    return cells | {
        "outcome": decision.outcome,
        "how": decision.how,
        "decided_by": work.public_identity(reader, decision.by, of=submission),
        "released_at": decision.released_at.isoformat() if decision.released_at else "",
        # A credential names its earner.
        "credentials": "; ".join(row.credentials) if may_know else "",
        "replaces": decision.replaces.public_id if decision.replaces else "",
        "moderation": "; ".join(one.verdict for one in decision.moderations.all()),
        "appeal_decision": appeal.outcome.public_id if appeal and appeal.outcome else "",
        "event": row.event,
        "withheld": "learner" if row.credentials and not may_know else "",
    }


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


# --- how to check it ----------------------------------------------------------------------------------------------------
# Not translated: it is a program.
PROGRAM = """\
import hashlib, json, sys, zipfile

def sha(data):
    return hashlib.sha256(data).digest()

NAMES = "id kind subject_type subject_id actor_id data happened_at recorded_at".split()
archive = zipfile.ZipFile(sys.argv[1])
blocks = json.loads(archive.read("blocks.json"))["blocks"]
for before, block in zip([None, *blocks], blocks):
    facts = [block[name] for name in "number events merkle_root previous_hash sealed_at".split()]
    assert sha(json.dumps(facts).encode()).hex() == block["hash"], block
    assert before is None or before["hash"] == block["previous_hash"], block
roots = {block["number"]: block["merkle_root"] for block in blocks}
for event in map(json.loads, archive.open("events.jsonl")):
    sealed = json.dumps([event.get(name) for name in NAMES], sort_keys=True, separators=(",", ":"))
    node = sha(b"\\0" + (bytes.fromhex(event["leaf"]) if "leaf" in event else sha(sealed.encode())))
    for side, beside in event["proof"] or ():
        pair = [bytes.fromhex(beside), node] if side == "left" else [node, bytes.fromhex(beside)]
        node = sha(b"\\1" + b"".join(pair))
    assert event["block"] is None or roots[event["block"]] == node.hex(), event
"""


def _readme(asked: Asked) -> str:
    return "\n\n".join(
        (
            _("The decisions of %(issuer)s from %(since)s to %(until)s, exported from %(address)s on %(day)s.")
            % {
                "issuer": asked.issuer.name,
                "since": asked.since.isoformat(),
                "until": asked.until.isoformat(),
                "address": settings.PUBLIC_URL,
                "day": clock.now().date().isoformat(),
            },
            _(
                "decisions.csv  one row for each decision made on these days, where the issuer is\n"
                "events.jsonl   one line for each event in the life of the submissions decided on, before and after "
                "these days too\n"
                "blocks.json    the blocks that seal these events, and every block after them, up to the newest"
            ),
            _(
                "What isn't here: how a learner wrote the work before handing it in, and work of the person who made "
                "this export. An event that this person may not read has “withheld” instead of its fields, and "
                "“leaf”, its digest, so that its place in the chain can still be checked. “withheld” says why: "
                "“judging” (the work is being judged right now), “learner” (it would say who handed in work that is "
                "judged blind) or “conflict” (it says what somebody's conflict of interest is)."
            ),
            _(
                "The events are sealed, and nobody can change one without changing every block after it. The table is "
                "a summary of them for people, and has no seal: “event” names the event that its row tells of."
            ),
            _(
                "How to check it: `manage.py verify_events FILE.zip` in any Satchel does it, and so does the program "
                "below. Compare the hash of the newest block with one that you got another way, such as an export "
                "from another day."
            ),
            _(
                "1. The leaf of an event is the SHA-256 of a JSON array with its fields in this order: id, kind, "
                "subject_type, subject_id, actor_id, data, happened_at, recorded_at. It has no spaces, the keys in "
                "data are sorted, and characters outside ASCII are escaped (\\u00e9).\n"
                "2. Hash the byte 0 and the leaf. Then for each step of the proof hash the byte 1 and the two digests, "
                "the one on the left first; the step says on which side its own digest is. The last is the "
                "merkle_root of the block.\n"
                "3. The hash of a block is the SHA-256 of a JSON array with its number, events, merkle_root, "
                "previous_hash and sealed_at, with a space after each comma.\n"
                "4. previous_hash is the hash of the block before. An event without a proof wasn't sealed yet: that "
                "happens within minutes."
            ),
            PROGRAM,
        )
    )
