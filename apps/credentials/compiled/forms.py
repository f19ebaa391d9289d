"""The canonical statements of all credentials with the same issuer and achievement, with holes.

RDFC-1.0 sorts whole lines, and a line begins with its subject. So the lines of one subject are adjacent, and only a
few blocks have to be placed each time: the credential, its earner, its status, each piece of evidence. Blank nodes
come last, under names that follow from their hashes (RDFC-1.0, section 4.4); the hashes of those that never vary are
known.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, NamedTuple

from apps.core.text import is_iri, is_plain
from apps.credentials import linked_data, proofs
from apps.credentials.compiled.patterns import Pattern, has_hole, hole
from apps.credentials.formats import ob3
from apps.credentials.formats.snapshot import (
    AwardSnapshot,
    ComponentFacts,
    EvidenceFacts,
    Identity,
    ResultFacts,
    StatusFacts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.credentials.formats.snapshot import AchievementFacts, IssuerFacts
    from apps.credentials.linked_data import Statement

# Positions in a credential's values. Those ending in LIST are a whole member of the JSON, those in LINES whole
# statements.
ID, SUBJECT, AWARDED, FROM, UNTIL, NARRATIVE, STATUS, INDEX, STATUS_LIST, SUSPENDED, PROOF = range(11)
IDENTITY_LIST, RESULT_LIST, EVIDENCE_LIST, IDENTITY_LINES, RESULT_LINES, EVIDENCE_LINES = range(11, 17)
_PLACES = 17
# The same for an identity, a result, and the piece of evidence that a form is made with.
_HASH, _SALT, _KIND, _CRITERION, _LEVEL, _PIECE = range(20, 26)
# Groups of names: of identities, of results, of nodes that no addressed node refers to; from there on, of what never
# varies.
_IDENTITIES, _RESULTS, _NOWHERE, _FIRST_GROUP = range(4)
_APART = "\x00"
_WHENEVER = datetime(2000, 1, 1, tzinfo=UTC)
# Identical-looking parts cost the general way a search, which it abandons above some size: it always manages this
# many.
MOST_ALIKE = 30
MOST_NODES = 1_000
# The general way signs up to four times as much, and counts differently.
MOST_BYTES = 1024 * 1024
_USUAL = r"https?://[A-Za-z0-9._~/:#-]+"
_USUAL_ADDRESSES = re.compile(f"{_USUAL}(?: {_USUAL})*")


class UncoveredError(Exception):
    """Must be signed in the general way. The message is one of a few, which are counted."""


class Parts(NamedTuple):
    """Which optional parts a credential has, and its credits if they differ from the achievement's."""

    until: bool
    status: bool
    suspended: bool
    narrative: bool
    credits_earned: str


class Varying(NamedTuple):
    """What differs between credentials of one version: an AwardSnapshot without issuer and achievement."""

    id: str
    subject_id: str
    results: tuple[ResultFacts, ...]
    evidence: tuple[EvidenceFacts, ...]
    identities: tuple[Identity, ...]
    valid_from: datetime
    valid_until: datetime | None = None
    awarded_at: datetime | None = None
    status: StatusFacts | None = None
    narrative: str = ""
    components: tuple[ComponentFacts, ...] = ()
    credits_earned: str = ""


class Filled(NamedTuple):
    """`values` fill the JSON; `sum` is the SHA-256 of the canonical statements."""

    values: list[str]
    sum: bytes


class _Nested(NamedTuple):
    """A blank node whose lines name other blank nodes: the hashes of all, its own first."""

    lines: Pattern
    hashes: tuple[str, ...]


class _Gap(NamedTuple):
    """Where names go into the constant text: the block, the byte, the group of names, the beginning of each line."""

    block: int
    at: int
    group: int
    begins: str


class _Told(NamedTuple):
    """A result: its JSON, its group and its lines split at its name, and the part of them that its hash covers."""

    json: str
    node: tuple[int, Sequence[str]]
    hashed: bytes


class _Said(NamedTuple):
    """An award written out: evidence lines by URL; the JSON and split lines of each identity; results."""

    values: list[str]
    blocks: dict[str, str]
    identities: list[list[str]]
    results: list[_Told]


def parts_of(award: AwardSnapshot | Varying) -> Parts:
    status = award.status
    return Parts(
        award.valid_until is not None,
        status is not None,
        bool(status and status.suspension_url),
        bool(award.narrative),
        award.credits_earned,
    )


class Form:
    """The compiled form of a version's credentials with certain parts. Raises UncoveredError for what can't be made
    of constant text and holes.
    """

    def __init__(self, issuer: IssuerFacts, achievement: AchievementFacts, parts: Parts) -> None:
        document = _of_holes(issuer, achievement, parts)
        proofs.check(document)
        self._results: dict[tuple[str, str], _Told] = {}
        self._begun: dict[int, tuple[Any, int]] = {}
        self._read_json(document)
        self._read_statements(linked_data.statements(document))

    def json(self, values: list[str]) -> str:
        return self._json.fill(values)

    # --- making -------------------------------------------------------------------------------------------------------
    def _read_json(self, document: dict[str, Any]) -> None:
        earner = document["credentialSubject"]
        self._identity_json, self._result_json = (proofs.dump(earner[name][0]) for name in ("identifier", "result"))
        lists = {"identifier": hole(IDENTITY_LIST), "result": hole(RESULT_LIST), "evidence": hole(EVIDENCE_LIST)}
        text = proofs.dump(
            {**document, "credentialSubject": {**earner, **_only(lists, earner)}, **_only(lists, document)}
        )
        for name, place in lists.items():
            text = text.replace(f',"{name}":"{place}"', place)
        self._json = Pattern(f"{text[:-1]}{hole(PROOF)}}}")

    def _read_statements(self, said: list[Statement]) -> None:
        blocks: defaultdict[str, list[Statement]] = defaultdict(list)
        for one in said:
            blocks[one.subject].append(one)
            for node in linked_data.blanks(one):
                blocks[node]  # a graph has no lines of its own
        credential, earner, status, piece = (f"<{hole(place)}>" for place in (ID, SUBJECT, STATUS, _PIECE))
        del blocks[piece]
        identity, result = (_node_with(place, said) for place in (_HASH, _CRITERION))
        self._tells_identity, lines = _of_earner(identity, blocks.pop(identity), said)
        self._identity = Pattern(_APART.join([self._identity_json, *lines]))
        self._tells_result, lines = _of_earner(result, blocks.pop(result), said)
        self._result = Pattern(_APART.join([self._result_json, *lines]))
        (self._tells_piece,) = (f" {one.predicate} " for one in said if one.object == piece)
        lists = {identity: IDENTITY_LINES, result: RESULT_LINES, piece: EVIDENCE_LINES}
        self._credential, self._earner = (Pattern(_block(blocks.pop(one), lists)) for one in (credential, earner))
        self._status = Pattern(_block(blocks.pop(status, []), lists))
        if any(has_hole(part) for lines in blocks.values() for one in lines for part in _texts(one)):
            raise UncoveredError("what varies stands in an unknown place")
        self._read_nodes({node: lines for node, lines in blocks.items() if node[0] == "_"}, said)
        self._read_addressed({node: lines for node, lines in blocks.items() if node[0] != "_"})

    def _read_nodes(self, nodes: dict[str, list[Statement]], said: list[Statement]) -> None:
        """Compile the blank nodes that never vary, and the groups that their names are in."""
        hashes = linked_data.first_degree(said)
        self._hashes = [hashes[node] for node in nodes]
        self._nodes: dict[str, tuple[int, Sequence[str]]] = {}
        self._nested: list[_Nested] = []
        self._groups: dict[tuple[str, str], int] = {}
        for node, lines in nodes.items():
            about = [one for one in said if node in linked_data.blanks(one)]
            told = {(one.subject, one.predicate) for one in about if one.object == node and one.subject[0] != "_"}
            if len(told) > 1:
                raise UncoveredError("a part without an id is told of twice")
            group = _NOWHERE
            for place in told:
                group = self._groups.setdefault(place, _FIRST_GROUP + len(self._groups))
            if all(len(linked_data.blanks(one)) == 1 for one in about):
                self._nodes[hashes[node]] = group, _lines_of(node, lines)
                continue
            if self._hashes.count(hashes[node]) > 1:
                raise UncoveredError("parts of parts look alike")
            self._nodes[hashes[node]] = group, ()
            self._nested.append(_nested(node, lines, hashes))

    def _read_addressed(self, blocks: dict[str, list[Statement]]) -> None:
        """Compile the addressed nodes that never vary: their bytes, where each block begins, and the gaps for names."""
        self._keys = sorted(blocks)
        self._at, self._gaps, text = [0], list[_Gap](), bytearray()
        for number, subject in enumerate(self._keys):
            lines = {linked_data.line(one, {}) for one in blocks[subject] if not linked_data.blanks(one)}
            begin = {
                f"{subject} {predicate} ": group
                for (holder, predicate), group in self._groups.items()
                if holder == subject
            }
            if any(one.graph for one in blocks[subject]):
                raise UncoveredError("a graph holds what has an address")
            for line in sorted([*lines, *(f"{begins}_" for begins in begin)]):
                if line in lines:
                    text += line.encode()
                else:
                    self._gaps.append(_Gap(number, len(text), begin[line[:-1]], line[:-1]))
            self._at.append(len(text))
        self._gap_blocks = [gap.block for gap in self._gaps]
        self._text = memoryview(bytes(text))

    # --- filling ------------------------------------------------------------------------------------------------------
    def text(self, award: AwardSnapshot | Varying) -> str:
        """The JSON without a proof. Raises UncoveredError."""
        return self._json.fill(self._say(award).values)

    def fill(self, award: AwardSnapshot | Varying) -> Filled:
        """Fill the form. Raises UncoveredError."""
        values, blocks, identities, results = self._say(award)
        credential, earner = f"<{award.id}>", f"<{award.subject_id}>"
        values[EVIDENCE_LINES] = _lines(f"{credential}{self._tells_piece}", sorted(blocks))
        nodes, groups = self._name(earner, identities, results, values)
        blocks[credential] = self._credential.fill(values)
        blocks[earner] = self._earner.fill(values)
        if award.status is not None:
            blocks[f"<{values[STATUS]}>"] = self._status.fill(values)
        if len(blocks) != len(award.evidence) + len(award.components) + (2 if award.status is None else 3):
            raise UncoveredError("two parts bear one id")
        return Filled(values, self._sum(blocks, nodes, groups))

    def _say(self, award: AwardSnapshot | Varying) -> _Said:
        values = [""] * _PLACES
        values[ID], values[SUBJECT] = addresses = [award.id, award.subject_id]
        values[FROM] = moment(award.valid_from)
        values[AWARDED] = moment(award.awarded_at or award.valid_from)
        if award.valid_until is not None:
            values[UNTIL] = moment(award.valid_until)
        if award.narrative:
            values[NARRATIVE] = _escaped(award.narrative)
        if award.status is not None:
            entry = ob3.status_entry(award.status)
            values[INDEX] = entry["statusListIndex"]
            values[STATUS], values[STATUS_LIST] = entry["id"], entry["statusListCredential"]
            values[SUSPENDED] = entry.get("statusReference", entry["id"])
            addresses += [values[STATUS], values[STATUS_LIST], values[SUSPENDED]]
        blocks = self._say_evidence(award, addresses, values)
        if not (_USUAL_ADDRESSES.fullmatch(" ".join(addresses)) or all(is_iri(one) for one in addresses)):
            raise UncoveredError("an address is not one that is signed")
        identities = []
        for one in award.identities:
            told = {_HASH: _escaped(one.identity_hash), _SALT: _escaped(one.salt), _KIND: _kept(one.identity_type)}
            identities.append(self._identity.fill(told).split(_APART))
        if identities:
            values[IDENTITY_LIST] = f',"identifier":[{",".join([one[0] for one in identities])}]'
        known = self._results
        results = [
            known.get((one.criterion, one.level)) or self._told(one.criterion, one.level) for one in award.results
        ]
        if results:
            values[RESULT_LIST] = f',"result":[{",".join([one[0] for one in results])}]'
        return _Said(values, blocks, identities, results)

    def _say_evidence(self, award: AwardSnapshot | Varying, addresses: list[str], values: list[str]) -> dict[str, str]:
        """The lines of each piece by its URL; its JSON goes into `values`."""
        blocks: dict[str, str] = {}
        written = []
        for one in award.evidence:
            name, genre, words = _kept(one.name), _kept(one.genre), _words(one.serves)
            pattern = _piece(name != "", genre != "", words != "", bool(one.sha256))
            json, _apart, blocks[f"<{one.id}>"] = pattern.fill(
                (one.id, name, genre, words, ob3.digest(one.sha256))
            ).partition(_APART)
            written.append(json)
            addresses.append(one.id)
        for number, component in enumerate(award.components, start=1):
            item = ob3.component(number, component)
            told = item["id"], _escaped(item["name"]), _escaped(item["genre"]), _escaped(item["narrative"])
            json, _apart, blocks[f"<{component.id}>"] = _component().fill(told).partition(_APART)
            written.append(json)
            addresses.append(component.id)
        if written:
            values[EVIDENCE_LIST] = f',"evidence":[{",".join(written)}]'
        return blocks

    def _name(
        self, earner: str, identities: list[list[str]], results: list[_Told], values: list[str]
    ) -> tuple[str, list[list[str]]]:
        """The lines of all blank nodes, and their names by groups."""
        nodes, hashes = self._nodes.copy(), self._hashes.copy()
        of_identity, of_result = f"{earner}{self._tells_identity}", f"{earner}{self._tells_result}"
        begun = hashlib.sha256(f"{of_identity}_:a .\n".encode())
        for _json, *parted in identities:
            summed = begun.copy()
            summed.update("_:a".join(parted).encode())
            hashed = summed.hexdigest()
            hashes.append(hashed)
            nodes[hashed] = _IDENTITIES, parted
        begun = hashlib.sha256(f"{of_result}_:a .\n".encode())
        for _json, node, covered in results:
            summed = begun.copy()
            summed.update(covered)
            hashed = summed.hexdigest()
            hashes.append(hashed)
            nodes[hashed] = node

        ordered = sorted(nodes) if len(nodes) == len(hashes) else _with_twins(hashes)
        names = _names(len(ordered))
        groups: list[list[str]] = [[] for _ in range(_FIRST_GROUP + len(self._groups))]
        told, text = [group.append for group in groups], []
        for place, name in names:
            group, lines = nodes[ordered[place]]
            told[group](name)
            text.append(name.join(lines))
        if self._nested:
            name_of = {ordered[place]: name for place, name in names}
            at = {ordered[place]: number for number, (place, _name) in enumerate(names)}
            for nested in self._nested:
                text[at[nested.hashes[0]]] = nested.lines.fill([name_of[one] for one in nested.hashes])
        values[IDENTITY_LINES] = _lines(of_identity, groups[_IDENTITIES])
        values[RESULT_LINES] = _lines(of_result, groups[_RESULTS])
        return "".join(text), groups

    def _told(self, criterion: str, level: str) -> _Told:
        told = self._results.get((criterion, level))
        if told is None:
            values = {_CRITERION: _escaped(criterion), _LEVEL: _escaped(level)}
            json, *lines = self._result.fill(values).split(_APART)
            told = _Told(json, (_RESULTS, lines), "_:a".join(lines).encode())
            if len(self._results) >= MOST_NODES:
                self._results.clear()
            self._results[criterion, level] = told
        return told

    def _sum(self, blocks: dict[str, str], nodes: str, groups: list[list[str]]) -> bytes:
        """SHA-256 of the statements: the constant text, with the blocks in their places, and the blank nodes at the
        end.
        """
        if len(self._text) + sum(map(len, blocks.values())) + len(nodes) > MOST_BYTES:
            raise UncoveredError("it is very large")
        keys, ordered = self._keys, sorted(blocks)
        place = self._place_of(ordered[0], 0)
        summed, at = self._begin(place)
        self._pass(summed, at, 0, place, groups)
        waiting: list[str] = []
        for key in ordered:
            if place < len(keys) and keys[place] <= key:
                summed.update("".join(waiting).encode())
                waiting.clear()
                before, place = place, self._place_of(key, place)
                self._pass(summed, self._at[before], before, place, groups)
            waiting.append(blocks[key])
        summed.update("".join(waiting).encode())
        self._pass(summed, self._at[place], place, len(keys), groups)
        summed.update(nodes.encode())
        return bytes(summed.digest())

    def _place_of(self, key: str, after: int) -> int:
        place = bisect_left(self._keys, key, after)
        if place < len(self._keys) and self._keys[place] == key:
            raise UncoveredError("an id is that of the issuer or of the achievement")
        return place

    def _begin(self, place: int) -> tuple[Any, int]:
        """The hash of what precedes everything that varies, and how far that goes."""
        begun = self._begun.get(place)
        if begun is None:
            first = self._gaps[0].at if self._gaps and self._gaps[0].block < place else self._at[place]
            begun = self._begun[place] = hashlib.sha256(self._text[:first]), first
        return begun[0].copy(), begun[1]

    def _pass(self, summed: Any, at: int, block: int, until: int, groups: list[list[str]]) -> None:
        """Hash the constant text, from the byte `at` in a block until another block begins."""
        for number in range(bisect_left(self._gap_blocks, block), bisect_left(self._gap_blocks, until)):
            gap = self._gaps[number]
            summed.update(self._text[at : gap.at])
            summed.update(_lines(gap.begins, groups[gap.group]).encode())
            at = gap.at
        summed.update(self._text[at : self._at[until]])


# --- a credential of holes --------------------------------------------------------------------------------------------
def _of_holes(issuer: IssuerFacts, achievement: AchievementFacts, parts: Parts) -> dict[str, Any]:
    """A credential with one of each thing that it may have several of, and holes where it varies."""
    status = StatusFacts(hole(STATUS_LIST), 0, hole(SUSPENDED) if parts.suspended else "")
    document = ob3.build(
        AwardSnapshot(
            id=hole(ID),
            subject_id=hole(SUBJECT),
            issuer=issuer,
            achievement=achievement,
            results=(ResultFacts(hole(_CRITERION), hole(_LEVEL)),),
            evidence=(EvidenceFacts(hole(_PIECE), "", "", (), ""),),
            identities=(Identity(hole(_HASH), hole(_SALT), hole(_KIND)),),
            valid_from=_WHENEVER,
            valid_until=_WHENEVER if parts.until else None,
            status=status if parts.status else None,
            narrative=hole(NARRATIVE) if parts.narrative else "",
            credits_earned=parts.credits_earned,
        )
    )
    document |= {"awardedDate": hole(AWARDED), "validFrom": hole(FROM)}
    if parts.until:
        document["validUntil"] = hole(UNTIL)
    if parts.status:
        document["credentialStatus"] |= {"id": hole(STATUS), "statusListIndex": hole(INDEX)}
    if parts.suspended:
        document["credentialStatus"]["statusReference"] = hole(SUSPENDED)
    return document


@lru_cache(maxsize=16)
def _piece(name: bool, genre: bool, serves: bool, summed: bool) -> Pattern:  # noqa: FBT001 - a key
    """JSON and lines of a piece of evidence with these parts; its values are its id, these, and its hash."""
    item = ob3.evidence(
        EvidenceFacts(hole(0), hole(1) if name else "", hole(2) if genre else "", (hole(3),) if serves else (), "")
    )
    said = {"narrative": hole(3)} if serves else {}
    return _pattern(item | said | ({"digestSRI": hole(4)} if summed else {}))


@lru_cache(maxsize=1)
def _component() -> Pattern:
    item = ob3.component(0, ComponentFacts(hole(0), "", "", ""))
    return _pattern(item | {"name": hole(1), "genre": hole(2), "narrative": hole(3)})


def _pattern(item: dict[str, Any]) -> Pattern:
    document = {"@context": list(ob3.CONTEXTS), "id": "urn:x", "type": ["VerifiableCredential"], "evidence": [item]}
    lines = [linked_data.line(one, {}) for one in linked_data.statements(document) if one.subject == f"<{item['id']}>"]
    return Pattern(proofs.dump(item) + _APART + "".join(sorted(lines)))


def _only(values: dict[str, str], document: dict[str, Any]) -> dict[str, str]:
    return {name: one for name, one in values.items() if name in document}


# --- its statements ---------------------------------------------------------------------------------------------------
def _texts(one: Statement) -> tuple[str, str]:
    return one.subject, one.object if isinstance(one.object, str) else one.object.value


def _node_with(place: int, said: list[Statement]) -> str:
    """The blank node that contains a hole."""
    (node,) = {one.subject for one in said if _texts(one)[1] == hole(place)}
    return node


def _of_earner(node: str, lines: list[Statement], said: list[Statement]) -> tuple[str, list[str]]:
    """How a line about the earner continues to a node, and the node's lines, split at its name."""
    (told,) = (one for one in said if one.object == node)
    if told.subject != f"<{hole(SUBJECT)}>" or any(len(linked_data.blanks(one)) != 1 for one in lines):
        raise UncoveredError("what varies stands in an unknown place")
    return f" {told.predicate} ", _lines_of(node, lines)


def _lines_of(node: str, lines: list[Statement]) -> list[str]:
    """A node's lines, to be joined with its name."""
    return ["", *sorted(linked_data.line(one, {node: ""}) for one in lines)]


def _block(lines: list[Statement], lists: dict[str, int]) -> str:
    """The lines about one subject in order, with holes; the holes of `lists` may stand for several lines."""
    written: dict[str, str] = {}
    for one in lines:
        place = lists.get(one.object) if isinstance(one.object, str) else None
        if place is None and linked_data.blanks(one):
            raise UncoveredError("what varies stands in an unknown place")
        text = linked_data.line(one, {}) if place is None else hole(place)
        if place is None and not has_hole(_texts(one)[1]):
            written[text] = text
        elif sum(other.predicate == one.predicate for other in lines) > 1:
            raise UncoveredError("what varies is one of several")
        else:
            written[f"{one.subject} {one.predicate} "] = text
    return "".join(text for _key, text in sorted(written.items()))


def _nested(node: str, lines: list[Statement], hashes: dict[str, str]) -> _Nested:
    nodes = list(dict.fromkeys([node, *(other for one in lines for other in linked_data.blanks(one))]))
    several = Counter(one.predicate for one in lines if one.object[:1] == "_")
    if any(number > 1 for number in several.values()):
        raise UncoveredError("parts of parts stand in one place")
    names = {one: hole(place) for place, one in enumerate(nodes)}
    text = "".join(sorted(linked_data.line(one, names) for one in lines))
    return _Nested(Pattern(text), tuple(hashes[one] for one in nodes))


def _lines(begins: str, ends: list[str]) -> str:
    """A line for each of `ends`, which are already in order."""
    return begins + f" .\n{begins}".join(ends) + " .\n" if ends else ""


# --- names and words --------------------------------------------------------------------------------------------------
@lru_cache(maxsize=MOST_NODES)
def _names(number: int) -> tuple[tuple[int, str], ...]:
    """This many blank node names with their numbers, sorted as lines that begin with them: 1, 10, 2."""
    if number > MOST_NODES:
        raise UncoveredError("it is very large")
    return tuple(sorted(((place, f"_:c14n{place}") for place in range(number)), key=lambda one: one[1]))


def _with_twins(hashes: list[str]) -> list[str]:
    """Unique hashes first, then twins; twins that refer only to addressed nodes are interchangeable."""
    count = Counter(hashes)
    twins = [one for one in sorted(count) for _ in range(count[one]) if count[one] > 1]
    if len(twins) > MOST_ALIKE:
        raise UncoveredError("many parts look alike")
    return [*sorted(one for one in count if count[one] == 1), *twins]


# A batch has one moment, or a few.
moment = lru_cache(maxsize=1024)(ob3.moment)


def _escaped(text: str) -> str:
    """Text as written between quotes in JSON and N-Quads, which agree for everything that may be signed."""
    if not text.isprintable() and not is_plain(text):
        raise UncoveredError("a sign is not one that is signed")
    return encode_basestring(text)[1:-1]


# The same few words recur.
_kept = lru_cache(maxsize=4096)(_escaped)


@lru_cache(maxsize=4096)
def _words(serves: tuple[str, ...]) -> str:
    return _escaped(ob3.evidence_words(serves))
