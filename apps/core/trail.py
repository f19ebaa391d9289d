"""An export of a part of the trail: events, each with its proof up to the root of its block, and the chain of blocks.

Anyone who has the file can check it without this installation (`manage.py verify_events FILE`). For an event that the
reader may not read it has only the digest, which is enough to prove that the event is in its place.
"""

from __future__ import annotations

import json
import zipfile
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from apps.core import events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from apps.core.events import Proof
    from apps.core.models import Event, EventBlock

EVENTS, BLOCKS = "events.jsonl", "blocks.json"
FORMAT = "satchel-audit-trail-1"
# In the order in which the digest of an event covers them.
FIELDS = ("id", "kind", "subject_type", "subject_id", "actor_id", "data", "happened_at", "recorded_at")


class Broken(Exception):
    """An export fails a check; the message says which."""


class Checked(NamedTuple):
    """A valid export: `sealed` events in `blocks` blocks, of which `newest` names the last (number and hash), and
    `waiting` events that were in no block yet.
    """

    sealed: int
    waiting: int
    blocks: int
    newest: str


def line_of(event: Event, *, block: int | None, proof: Proof | None, withheld: str = "") -> str:
    """An event as a line of EVENTS. `withheld`: why the reader may not read it; then only its digest is written."""
    sealed = events.sealed_of(event)
    said = (
        {"leaf": events.leaf_of(sealed), "withheld": withheld} if withheld else dict(zip(FIELDS, sealed, strict=True))
    )
    return json.dumps(said | {"block": block, "proof": proof}, ensure_ascii=False) + "\n"


def blocks_json(blocks: Iterable[EventBlock]) -> Iterator[str]:
    """The content of BLOCKS, one block a line. `blocks` must be consecutive and end with the newest."""
    yield f'{{"format": "{FORMAT}", "blocks": ['
    newest = None
    for block in blocks:
        said = {
            "number": block.number,
            "events": block.events,
            "merkle_root": block.merkle_root,
            "previous_hash": block.previous_hash,
            "sealed_at": block.sealed_at.isoformat(),
            "hash": block.hash,
        }
        yield ("\n" if newest is None else ",\n") + json.dumps(said)
        newest = block.number
    yield f'\n], "newest": {json.dumps(newest)}}}\n'


def checked(file: Path) -> Checked:
    """Recompute an export from its events up to its newest block. Raises Broken at the first thing that is wrong."""
    try:
        with zipfile.ZipFile(file) as archive:
            roots, newest = _roots(json.loads(archive.read(BLOCKS)))
            with archive.open(EVENTS) as lines:
                sealed, waiting = _events(lines, roots)
    except KeyError as error:
        message = f"it is not an audit trail, or a part of it is missing ({error.args[0]})"
        raise Broken(message) from error
    except (OSError, EOFError, NotImplementedError, zipfile.BadZipFile) as error:
        message = f"the file can't be read ({error})"
        raise Broken(message) from error
    except (ValueError, TypeError, AttributeError) as error:
        message = f"{BLOCKS} can't be read ({error})"
        raise Broken(message) from error
    return Checked(sealed, waiting, len(roots), newest)


def _roots(said: Mapping[str, Any]) -> tuple[dict[int, str], str]:
    """Check the chain. Return the root of each block by its number, and the number and hash of the newest in words."""
    if said["format"] != FORMAT:
        message = f"its form is {said['format']!r}, which this version doesn't know"
        raise Broken(message)
    roots: dict[int, str] = {}
    number, previous = 0, ""
    for block in said["blocks"]:
        if roots and block["number"] != number + 1:
            message = f"block {number + 1} is missing"
            raise Broken(message)
        number = block["number"]
        if previous not in ("", block["previous_hash"]) or (number == 1 and block["previous_hash"] != events.GENESIS):
            message = f"block {number} does not follow the block before it"
            raise Broken(message)
        parts = (number, block["events"], block["merkle_root"], block["previous_hash"], block["sealed_at"])
        if events.hash_of(parts) != block["hash"]:
            message = f"block {number} was changed"
            raise Broken(message)
        roots[number], previous = block["merkle_root"], block["hash"]
    if said["newest"] != (number or None):
        message = f"block {said['newest']} is missing"
        raise Broken(message)
    return roots, f"block {number}, {previous}" if roots else ""


def _events(lines: IO[bytes], roots: Mapping[int, str]) -> tuple[int, int]:
    """Check the events. Return how many are sealed, and how many were in no block yet."""
    sealed = waiting = 0
    for number, line in enumerate(lines, start=1):
        try:
            said = json.loads(line)
            name = said.get("id") or f"of line {number}"
            leaf = said["leaf"] if "leaf" in said else events.leaf_of([said[field] for field in FIELDS])
            block, proof = said["block"], said["proof"]
            root = None if proof is None else events.root_by(leaf, proof)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            message = f"line {number} of {EVENTS} can't be read"
            raise Broken(message) from error
        if (block is None) != (proof is None):
            message = f"event {name} has no proof that it is in block {block}"
            raise Broken(message)
        if block is None:
            waiting += 1
            continue
        if block not in roots:
            message = f"block {block} is missing, in which event {name} is sealed"
            raise Broken(message)
        if root != roots[block]:
            message = f"event {name} is not as it was sealed in block {block}"
            raise Broken(message)
        sealed += 1
    return sealed, waiting
