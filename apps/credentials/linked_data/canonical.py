"""The one order and spelling of a document's statements (RDFC-1.0): what is hashed and signed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pyld.canon import URDNA2015

from apps.credentials.linked_data.statements import STRING, Literal, Statement, statements

if TYPE_CHECKING:
    from collections.abc import Mapping

# An honest credential takes a few; a graph made to be hard takes millions (RDFC-1.0, section 7.1 "Dataset Poisoning").
MOST_STEPS = 1000
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"'})


class CanonicalisationError(Exception):
    """A document that is too hard to bring into order. The message is technical."""


def canonicalise(document: dict[str, Any]) -> str:
    """Canonical N-Quads. Raises CanonicalisationError, and as `statements`."""
    said = statements(document)
    labels = _labels(said)
    return "".join(sorted(_line(one, labels) for one in said)) if labels is not None else _by_library(said)


def _labels(said: list[Statement]) -> dict[str, str] | None:
    """Canonical names of nodes without an address, by their first-degree hashes (section 4.6); None where two agree."""
    mentions: defaultdict[str, list[Statement]] = defaultdict(list)
    for one in said:
        for node in {
            part for part in (one.subject, one.object, one.graph) if isinstance(part, str) and part[:1] == "_"
        }:
            mentions[node].append(one)
    hashes: dict[str, str] = {}
    for node, those in mentions.items():
        seen_from = _SeenFrom(node)
        text = "".join(sorted(_line(one, seen_from) for one in those))
        hashes[hashlib.sha256(text.encode()).hexdigest()] = node
    if len(hashes) < len(mentions):
        return None
    return {node: f"_:c14n{number}" for number, (_hash, node) in enumerate(sorted(hashes.items()))}


class _SeenFrom(dict[str, str]):
    """Names of nodes without an address, as one of them sees itself and the others (section 4.6.2)."""

    def __init__(self, node: str) -> None:
        super().__init__({node: "_:a"})

    def __missing__(self, _other: str) -> str:
        return "_:z"


def _line(one: Statement, labels: Mapping[str, str]) -> str:
    subject, object_, graph = one.subject, one.object, one.graph
    if subject[0] == "_":
        subject = labels[subject]
    if isinstance(object_, Literal):
        object_ = _written(object_)
    elif object_[0] == "_":
        object_ = labels[object_]
    if graph:
        graph = f" {labels[graph]}"
    return f"{subject} {one.predicate} {object_}{graph} .\n"


def _written(literal: Literal) -> str:
    text = f'"{literal.value.translate(_ESCAPED)}"'
    return text if literal.datatype == STRING else f"{text}^^<{literal.datatype}>"


# --- where two nodes look alike ---------------------------------------------------------------------------------------
class _Bounded(URDNA2015):
    """PyLD's algorithm, which gives up on graphs that are made to be hard."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0

    def hash_n_degree_quads(self, id_: str, issuer: Any) -> Any:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise CanonicalisationError("too many parts without an id look alike")
        return super().hash_n_degree_quads(id_, issuer)


def _by_library(said: list[Statement]) -> str:
    dataset: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in said:
        dataset[one.graph or "@default"].append(
            {"subject": _term(one.subject), "predicate": _term(one.predicate), "object": _term(one.object)}
        )
    quads: str = _Bounded().main(dict(dataset), {"format": "application/n-quads"})
    return quads


def _term(part: str | Literal) -> dict[str, str]:
    if isinstance(part, Literal):
        return {"type": "literal", "value": part.value, "datatype": part.datatype}
    if part[0] == "_":
        return {"type": "blank node", "value": part}
    return {"type": "IRI", "value": part[1:-1]}
