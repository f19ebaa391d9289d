"""The canonical order and spelling of a document's statements (RDFC-1.0): what is hashed and signed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from pyld.canon import URDNA2015, IdentifierIssuer

from apps.credentials.linked_data.statements import STRING, Literal, Statement, statements

if TYPE_CHECKING:
    from collections.abc import Mapping

# An honest credential takes a few; a graph made to be hard takes millions (RDFC-1.0, section 7.1 "Dataset
# Poisoning"). A step is one statement looked at, or one name carried along.
MOST_STEPS = 1_000
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"'})


class CanonicalisationError(Exception):
    """A document that is too hard to canonicalise. The message is technical."""


def canonicalise(document: dict[str, Any]) -> str:
    """Canonical N-Quads. Raises CanonicalisationError, and what `statements` raises."""
    said = statements(document)
    hashes = first_degree(said)
    if len(set(hashes.values())) < len(hashes):
        labels = _Bounded(said, hashes).labels()
    else:
        labels = {node: f"_:c14n{number}" for number, node in enumerate(sorted(hashes, key=hashes.__getitem__))}
    return "".join(sorted(line(one, labels) for one in said))


def first_degree(said: list[Statement]) -> dict[str, str]:
    """The first-degree hashes of blank nodes (section 4.6). If all differ, they determine the names."""
    mentions: defaultdict[str, list[Statement]] = defaultdict(list)
    for one in said:
        for node in set(blanks(one)):
            mentions[node].append(one)
    hashes: dict[str, str] = {}
    for node, those in mentions.items():
        seen_from = _SeenFrom(node)
        text = "".join(sorted(line(one, seen_from) for one in those))
        hashes[node] = hashlib.sha256(text.encode()).hexdigest()
    return hashes


class _SeenFrom(dict[str, str]):
    """Names of blank nodes, as one of them sees itself and the others (section 4.6.2)."""

    def __init__(self, node: str) -> None:
        super().__init__({node: "_:a"})

    def __missing__(self, _other: str) -> str:
        return "_:z"


def line(one: Statement, labels: Mapping[str, str]) -> str:
    """A statement in N-Quads, with these names for blank nodes."""
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
    """PyLD's algorithm, only for nodes that look alike; gives up on graphs that are made to be hard."""

    def __init__(self, said: list[Statement], hashes: dict[str, str]) -> None:
        super().__init__()
        self.steps = 0
        self.hashes = hashes
        self.nodes: defaultdict[str, list[str]] = defaultdict(list)
        for node, found in hashes.items():
            self.nodes[found].append(node)
        many = 0
        for one in said:
            alike = [node for node in blanks(one) if len(self.nodes[hashes[node]]) > 1]
            many += len(alike)
            if many > MOST_STEPS:  # each is looked at at least once
                raise CanonicalisationError("too many parts without an id look alike")
            quad = _quad(one) if alike else {}
            for node in alike:
                self.blank_node_info.setdefault(node, {"quads": []})["quads"].append(quad)

    def labels(self) -> dict[str, str]:
        """Section 4.4.3, from step 4 on: first the unique nodes, then each group of the others."""
        ordered = sorted(self.nodes.items())
        for _hash, nodes in ordered:
            if len(nodes) == 1:
                self.canonical_issuer.get_id(nodes[0])
        for _hash, nodes in ordered:
            paths = [self._path(one) for one in nodes if not self.canonical_issuer.has_id(one)]
            for path in sorted(paths, key=itemgetter("hash")):
                for node in path["issuer"].order:
                    self.canonical_issuer.get_id(node)
        return {node: self.canonical_issuer.get_id(node) for node in self.hashes}

    def _path(self, node: str) -> dict[str, Any]:
        issuer = IdentifierIssuer("_:b")
        issuer.get_id(node)
        found: dict[str, Any] = self.hash_n_degree_quads(node, issuer)
        return found

    def hash_first_degree_quads(self, id_: str) -> str:
        return self.hashes[id_]

    def hash_n_degree_quads(self, id_: str, issuer: Any) -> Any:
        self.steps += len(self.blank_node_info[id_]["quads"]) + len(issuer.order)
        if self.steps > MOST_STEPS:
            raise CanonicalisationError("too many parts without an id look alike")
        return super().hash_n_degree_quads(id_, issuer)


def blanks(one: Statement) -> list[str]:
    """The blank nodes in a statement, as often as they occur."""
    return [part for part in (one.subject, one.object, one.graph) if isinstance(part, str) and part[:1] == "_"]


def _quad(one: Statement) -> dict[str, dict[str, str]]:
    quad = {"subject": _term(one.subject), "predicate": _term(one.predicate), "object": _term(one.object)}
    return quad | ({"name": _term(one.graph)} if one.graph else {})


def _term(part: str | Literal) -> dict[str, str]:
    if isinstance(part, Literal):
        return {"type": "literal", "value": part.value, "datatype": part.datatype}
    if part[0] == "_":
        return {"type": "blank node", "value": part}
    return {"type": "IRI", "value": part[1:-1]}
