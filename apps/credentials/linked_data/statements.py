"""The statements in a document: expansion and deserialisation in one walk (JSON-LD 1.1 API, sections 5.1, 7.1, 7.2)."""

from __future__ import annotations

import re
from collections import Counter
from math import isfinite
from typing import Any, NamedTuple

from apps.core import text as core_text
from apps.credentials.linked_data.terms import (
    GRAPH,
    ID,
    JSON,
    LIST,
    NO_SCOPE,
    NOTHING,
    TYPE,
    VOCAB,
    Context,
    ContextError,
    Term,
)

_XSD = "http://www.w3.org/2001/XMLSchema#"
STRING = f"{_XSD}string"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE, _FIRST, _REST, _NIL = (f"<{_RDF}{name}>" for name in ("type", "first", "rest", "nil"))
# An absolute IRI that ends where N-Quads end it. Without a scheme it would be left out of what is signed.
_WHOLE = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]+')
# Libraries write fractions in this range the same way.
_SMALLEST, _LARGEST, _MOST_DIGITS = 1e-6, 1e15, 15
# Each list of contexts is processed anew: thirty credentials in a record use only a few different ones.
MOST_NAMED, MOST_WAYS = 20, 12
# Characters of all statements: a URL is repeated in each statement about it.
MOST_LETTERS = 4 * 1024 * 1024


class UnsignableError(Exception):
    """Something that would be read but not signed, or signed but not read. The message says where."""


class AmbiguousError(Exception):
    """A document that programs canonicalise differently, so a signature over it proves nothing either way."""


class Literal(NamedTuple):
    value: str
    datatype: str


class Statement(NamedTuple):
    """Nodes as in N-Quads: `<address>` or `_:b0`. `graph` is empty for the default one."""

    subject: str
    predicate: str
    object: str | Literal
    graph: str


def statements(document: dict[str, Any]) -> list[Statement]:
    """A document's statements, each once, in no particular order.

    Raises UnsignableError; AmbiguousError; UnknownContextError for a context that isn't pinned, ContextError for a
    pinned one that requires something unsupported.
    """
    walk = _Walk()
    walk.node(document, NOTHING)
    return list(walk.found)


class _Walk:
    """One walk through a document. `found` holds each statement once, in document order."""

    def __init__(self) -> None:
        self.found: dict[Statement, None] = {}
        self._blanks = 0
        self._letters = 0
        self._graph = ""
        self._ways: set[tuple[str, ...]] = set()
        # How often each id is described in the credential being read, by graph: statements in another graph are about
        # another credential, whatever its id.
        self._described: Counter[tuple[str, str]] = Counter()

    def node(self, value: dict[str, Any], context: Context, *, scope: Any = NO_SCOPE, place: str = "") -> str:
        """The node that an object describes. `scope`: what the member with this value adds to the context."""
        context = self._context_for(value, context, scope, place)
        if "@context" not in value:
            return self._described_node(value, context, place)
        outer, self._described = self._described, Counter()
        node = self._described_node(value, context, place)
        if self._described[self._graph, node] > 1:
            raise UnsignableError(f"another part of {place or 'the document'} bears its id")
        # An object with its own contexts is still part of its parent.
        outer.update(self._described)
        self._described = outer
        return node

    def _context_for(self, value: dict[str, Any], context: Context, scope: Any, place: str) -> Context:
        if context.before is not None and not _only_names(value, context):
            context = context.before
        if scope is not NO_SCOPE:
            context = context.with_(scope, override=True)
        if "@context" in value:
            if place and "VerifiableCredential" not in _several(value.get("type"), place):
                raise UnsignableError(f"{place}/@context gives words another meaning")
            named = _addresses(value["@context"], place)
            self._ways.add(tuple(named))
            if len(self._ways) > MOST_WAYS:
                raise ContextError(f"{place}/@context: contexts are named in more than {MOST_WAYS} ways")
            context = context.with_(named)
        return context

    def _described_node(self, value: dict[str, Any], context: Context, place: str) -> str:
        typed = context
        types = self._types(value, typed, place)
        for name in sorted(types):
            if name in typed.terms and typed.terms[name].scope is not NO_SCOPE:
                context = context.with_(typed.terms[name].scope, propagate=False)
        members = [(name, one, _term(name, context, place)) for name, one in value.items() if name != "@context"]
        ids = [_iri(one, f"{place}/{name}") for name, one, term in members if term.iri == ID]
        node = ids[0] if ids else self._blank()
        if len(members) > len(ids):
            self._described[self._graph, node] += 1
        for iri in types.values():
            self._say(node, _TYPE, iri)
        for name, one, term in members:
            if not term.iri.startswith("@"):
                self._member(node, term, one, context, f"{place}/{name}")
        return node

    def _types(self, value: dict[str, Any], context: Context, place: str) -> dict[str, str]:
        """An object's types as written, and their nodes."""
        found: dict[str, str] = {}
        for name, one in value.items():
            if name in context.terms and context.terms[name].iri == TYPE:
                for word in _several(one, f"{place}/{name}"):
                    found[_text(word, f"{place}/{name}")] = _vocabulary(word, context, f"{place}/{name}")
        return found

    def _member(self, node: str, term: Term, value: Any, context: Context, place: str) -> None:
        several = _several(value, place, ordered=term.container == LIST)
        places = [f"{place}/{number}" for number in range(len(several))] if isinstance(value, list) else [place]
        values = [self._value(one, term, context, where) for one, where in zip(several, places, strict=True)]
        predicate = f"<{term.iri}>"
        if term.container == LIST:
            self._say(node, predicate, self._list(values))
            return
        for one in values:
            self._say(node, predicate, one)

    def _value(self, value: Any, term: Term, context: Context, place: str) -> str | Literal:
        if isinstance(value, dict):
            return self._object(value, term, context, place)
        if value is None or isinstance(value, list):
            raise UnsignableError(f"{place} is empty or a list in a list: that is not signed")
        if term.container == GRAPH or term.type == JSON:
            raise UnsignableError(f"{place} should be an object")
        if term.type == ID:
            return _iri(value, place)
        if term.type == VOCAB:
            scoped = context if term.scope is NO_SCOPE else context.with_(term.scope, override=True)
            return _vocabulary(_text(value, place), scoped, place)
        return _literal(value, term.type, place)

    def _object(self, value: dict[str, Any], term: Term, context: Context, place: str) -> str:
        if term.type == JSON:
            raise ContextError(f"{place} is plain JSON, which is not read here")
        if term.container != GRAPH:
            return self.node(value, context, scope=term.scope, place=place)
        outer, self._graph = self._graph, self._blank()
        self.node(value, context, scope=term.scope, place=place)
        name, self._graph = self._graph, outer
        return name

    def _list(self, values: list[str | Literal]) -> str:
        rest = _NIL
        for one in reversed(values):
            node = self._blank()
            self._say(node, _FIRST, one)
            self._say(node, _REST, rest)
            rest = node
        return rest

    def _say(self, subject: str, predicate: str, object_: str | Literal) -> None:
        self._letters += len(subject) + len(object_.value if isinstance(object_, Literal) else object_)
        if self._letters > MOST_LETTERS:
            raise UnsignableError(f"more than {MOST_LETTERS} letters in its statements")
        self.found[Statement(subject, predicate, object_, self._graph)] = None

    def _blank(self) -> str:
        self._blanks += 1
        return f"_:b{self._blanks}"


def _only_names(value: dict[str, Any], context: Context) -> bool:
    """Whether an object only names a node: it is then read as its parent member (section 5.1.2, step 7)."""
    return len(value) == 1 and all(name in context.terms and context.terms[name].iri == ID for name in value)


def _addresses(named: Any, place: str) -> list[str]:
    named = [named] if isinstance(named, str) else named
    if not isinstance(named, list) or not named or not all(isinstance(one, str) for one in named):
        raise UnsignableError(
            f"{place}/@context must be a list of addresses; definitions written into the file are refused"
        )
    if len(named) > MOST_NAMED:
        raise UnsignableError(f"{place}/@context names more than {MOST_NAMED}")
    return named


def _term(name: str, context: Context, place: str) -> Term:
    """The meaning of a member's name. Refuses a URL, a JSON-LD keyword and an alias for a known term."""
    term = context.terms.get(name)
    if term is None or not term.iri or ":" in name or (term.iri.startswith("@") and term.iri not in (ID, TYPE)):
        raise UnsignableError(f"{place}/{name} is not a known term here")
    if context.name_of(term) != name:
        raise UnsignableError(f"{place}/{name} is another name for {context.name_of(term)}")
    return term


def _several(value: Any, place: str, *, ordered: bool = False) -> list[Any]:
    values = value if isinstance(value, list) else [value]
    if not values and not ordered:
        raise UnsignableError(f"{place} is an empty list: that is not signed")
    return values


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise UnsignableError(f"{place} should be a word")
    return value


def _iri(value: Any, place: str) -> str:
    if not isinstance(value, str) or not _WHOLE.fullmatch(value):
        raise UnsignableError(f"{place}: {value!r:.200} is not a whole address or known term")
    return f"<{value}>"


def _vocabulary(value: Any, context: Context, place: str) -> str:
    """The node for a term of the contexts, or for the URL of something that they have no term for."""
    word = _text(value, place)
    if word in context.terms:
        return _iri(context.terms[word].iri, place)
    prefix = word.partition(":")[0]
    if context.is_named(word) or (prefix in context.terms and context.terms[prefix].prefix):
        raise UnsignableError(f"{place}: {word[:200]} is another name for a known term")
    return _iri(word, place)


def _literal(value: Any, datatype: str, place: str) -> Literal:
    if isinstance(value, str):
        if not core_text.is_plain(value):
            raise AmbiguousError(f"{place} holds a control character that programs canonicalise differently")
        return Literal(value, datatype or STRING)
    if isinstance(value, bool):
        return Literal("true" if value else "false", datatype or f"{_XSD}boolean")
    if isinstance(value, int) or value.is_integer():
        if datatype == f"{_XSD}double":
            return Literal(_double(float(value)), datatype)
        return Literal(str(int(value)), datatype or f"{_XSD}integer")
    digits = f"{value:.{_MOST_DIGITS}g}"
    if not isfinite(value) or not _SMALLEST <= abs(value) < _LARGEST or float(digits) != value:
        raise AmbiguousError(f"{place} is a number that programs write differently")
    return Literal(_double(value), datatype or f"{_XSD}double")


def _double(value: float) -> str:
    """The canonical form of xsd:double: 0.1 is 1.0E-1."""
    mantissa, _e, exponent = f"{value:.15E}".partition("E")
    whole, _dot, fraction = mantissa.partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}E{int(exponent)}"
