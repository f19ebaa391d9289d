"""The trail: every state change leaves one event, and enqueues the jobs that must follow in higher apps."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.module_loading import import_string

from apps.core import clock, outbox
from apps.core.copying import copy_in, insert, next_keys
from apps.core.ids import new_public_ids
from apps.core.models import Event, EventBlock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

GENESIS = "0" * 64
MOST_IN_A_BLOCK = 10_000
_SEALING = 0x5EA1


class Step(NamedTuple):
    """One step of a proof: the sibling's digest, and the side that it is on."""

    side: str
    digest: str


Proof = list[Step]


def digest(text: str) -> str:
    """The hash of a person's words, which an event holds in their place."""
    return hashlib.sha256(text.encode()).hexdigest()


def record(kind: str, subject: models.Model, *, by: Any, **data: Any) -> Event:
    """Append what happened to `subject` (a model with a public id), done by a person or, if `by` is None, by Satchel.

    Enqueues the jobs that `config/reactions.py` names for this kind, in the same transaction.
    """
    if not connection.in_atomic_block:
        message = f"{kind} must be recorded in the transaction of the change itself."
        raise transaction.TransactionManagementError(message)
    # Its model by its own word: who is signed in is lazy, and of another type.
    public_id = subject.public_id  # type: ignore[attr-defined]  # every model that events are about has one
    event = _write(kind, subject._meta.model, Happened(public_id, data), by=by)
    for function in import_string(settings.REACTIONS).get(kind, ()):
        outbox.enqueue(function, key=f"{function}:{event.pk}", event_id=event.pk)
    return event


def _write(kind: str, model: type[models.Model], happened: Happened, *, by: Any) -> Event:
    event = Event(
        kind=kind,
        subject_type=model._meta.label_lower,
        subject_id=happened.subject_id,
        actor_id=by.public_id if by is not None else "",
        data=happened.data,
        happened_at=clock.now(),
        recorded_at=datetime.now(UTC),
    )
    insert(event)
    return event


class Happened(NamedTuple):
    """One of many events of a kind: the subject's public id, and the event's data."""

    subject_id: str
    data: Mapping[str, Any]


def record_many(kind: str, model: type[models.Model], happened: Sequence[Happened], *, by: Any) -> list[int]:
    """Append one event for each of many subjects, in the order given. Return their primary keys.

    Jobs that must follow are enqueued once for all of them if they can run together, otherwise once for each.
    """
    if not connection.in_atomic_block:
        message = f"{kind} must be recorded in the transaction of the change itself."
        raise transaction.TransactionManagementError(message)
    if not happened:
        return []
    keys = _write_many(kind, model, happened, by=by)
    for function in import_string(settings.REACTIONS).get(kind, ()):
        if together := outbox.target(function).together:
            outbox.enqueue(together, key=f"{together}:{keys[0]}", event_ids=keys)
            continue
        for key in keys:
            outbox.enqueue(function, key=f"{function}:{key}", event_id=key)
    return keys


def _write_many(kind: str, model: type[models.Model], happened: Sequence[Happened], *, by: Any) -> list[int]:
    if len(happened) == 1:  # by one statement instead of two
        return [_write(kind, model, happened[0], by=by).pk]
    subject_type, actor_id = model._meta.label_lower, by.public_id if by is not None else ""
    now, real = clock.now(), datetime.now(UTC)
    keys = next_keys(Event, len(happened))
    copy_in(
        Event,
        ("id", "public_id", "kind", "subject_type", "subject_id", "actor_id", "data", "happened_at", "recorded_at"),
        (
            (key, public_id, kind, subject_type, one.subject_id, actor_id, json.dumps(one.data), now, real)
            for key, public_id, one in zip(keys, new_public_ids(len(happened)), happened, strict=True)
        ),
    )
    return keys


def sealed_of(event: Event) -> list[Any]:
    """What the digest of an event covers: every column except its block."""
    return [
        *(event.public_id, event.kind, event.subject_type, event.subject_id, event.actor_id, event.data),
        *(event.happened_at.astimezone(UTC).isoformat(), event.recorded_at.astimezone(UTC).isoformat()),
    ]


def leaf(event: Event) -> str:
    """The digest of one event."""
    return leaf_of(sealed_of(event))


def leaf_of(sealed: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(sealed, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def merkle_root(leaves: Sequence[str]) -> str:
    """Root over hex digests: 0x00 before a leaf, 0x01 before a node (RFC 6962, 2.1); an odd one moves up unchanged."""
    return _levels(leaves)[-1][0].hex()


def _levels(leaves: Sequence[str]) -> list[list[bytes]]:
    """The levels of the tree, from its leaves up to its root."""
    levels = [[hashlib.sha256(b"\x00" + bytes.fromhex(one)).digest() for one in leaves]]
    while len(level := levels[-1]) > 1:
        levels.append(
            [
                hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() if i + 1 < len(level) else level[i]
                for i in range(0, len(level), 2)
            ]
        )
    return levels


def proofs(leaves: Sequence[str], wanted: Iterable[int]) -> list[Proof]:
    """The proofs that lead from the leaves at these places to the root."""
    levels = _levels(leaves)
    return [list(_steps(levels, place)) for place in wanted]


def _steps(levels: Sequence[Sequence[bytes]], place: int) -> Iterator[Step]:
    for level in levels[:-1]:
        beside = place ^ 1
        if beside < len(level):
            yield Step("right" if beside > place else "left", level[beside].hex())
        place //= 2


def root_by(leaf: str, proof: Iterable[Sequence[str]]) -> str:
    """The root that a leaf leads to by its proof. Raises ValueError if the proof is malformed."""
    node = hashlib.sha256(b"\x00" + bytes.fromhex(leaf)).digest()
    for side, digest_beside in proof:
        beside = bytes.fromhex(digest_beside)
        if side not in ("left", "right"):
            raise ValueError(side)
        node = hashlib.sha256(b"\x01" + (beside + node if side == "left" else node + beside)).digest()
    return node.hex()


def block_hash(block: EventBlock) -> str:
    return hash_of((block.number, block.events, block.merkle_root, block.previous_hash, block.sealed_at.isoformat()))


def hash_of(block: Sequence[int | str]) -> str:
    """The hash of a block by its number, how many events it seals, its root, the hash before it, and its moment."""
    return hashlib.sha256(json.dumps(list(block)).encode()).hexdigest()


@transaction.atomic
def seal(limit: int = MOST_IN_A_BLOCK) -> EventBlock | None:
    """Chain the events that no block holds yet, oldest first. Those committed late go into the next block."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEALING])
    events = list(Event.objects.filter(block=None).order_by("pk")[:limit])
    if not events:
        return None
    last = EventBlock.objects.order_by("-number").first()
    block = EventBlock(
        number=last.number + 1 if last else 1,
        events=len(events),
        merkle_root=merkle_root([leaf(event) for event in events]),
        previous_hash=last.hash if last else GENESIS,
        sealed_at=datetime.now(UTC),
    )
    block.hash = block_hash(block)
    block.save()
    Event.objects.filter(pk__in=[event.pk for event in events]).update(block=block)
    return block


def first_break(blocks: Iterable[EventBlock] | None = None) -> str | None:
    """Recompute the whole chain; describe the first block that doesn't hold, or return None."""
    previous = GENESIS
    expected = 1
    for block in blocks or EventBlock.objects.order_by("number").iterator():
        leaves = [leaf(event) for event in Event.objects.filter(block=block).order_by("pk").iterator()]
        if block.number != expected:
            return f"block {expected} is missing"
        if block.previous_hash != previous:
            return f"block {block.number} does not follow the block before it"
        if len(leaves) != block.events:
            return f"block {block.number} sealed {block.events} events and {len(leaves)} are there"
        if merkle_root(leaves) != block.merkle_root:
            return f"an event in block {block.number} was changed"
        if block_hash(block) != block.hash:
            return f"block {block.number} was changed"
        previous, expected = block.hash, expected + 1
    return None
