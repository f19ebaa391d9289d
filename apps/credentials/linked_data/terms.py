"""The meaning of names in a document: contexts, as far as the pinned ones go (JSON-LD 1.1 API, sections 4.1 and 4.2)."""

from __future__ import annotations

from typing import Any, NamedTuple

from apps.credentials import contexts

ID, TYPE, JSON, VOCAB = "@id", "@type", "@json", "@vocab"
GRAPH, LIST, SET = "@graph", "@list", "@set"
# For a term without a scope of its own. None is a scope: it forgets all terms.
NO_SCOPE = object()
_ABOUT_CONTEXTS = {"@version", "@protected"}
_UNDERSTOOD = {"@id", "@type", "@container", "@context", "@protected", "@prefix"}
_ENDS_A_PREFIX = tuple(":/?#[]@")
# Documents choose the order of contexts: this keeps those that all documents share, not each one that someone
# invents.
MOST_KEPT = 100


class ContextError(Exception):
    """A pinned context uses something unsupported, or two contexts contradict each other. Technical."""


class Term(NamedTuple):
    """What a name stands for. `iri` is empty if a context removes the name; `type` is that of its values, or empty."""

    iri: str
    type: str = ""
    container: str = ""
    scope: Any = NO_SCOPE
    protected: bool = False
    prefix: bool = False

    def same(self, other: Term) -> bool:
        return self._replace(protected=False) == other._replace(protected=False)


class Context:
    """Names and their meanings at one place of a document. Immutable; contexts derived from it are cached with it.

    `before`: the context that applies again further inside, if this came with a type (JSON-LD 1.1, section 4.1.9
    "propagation").
    """

    def __init__(self, terms: dict[str, Term], before: Context | None = None) -> None:
        self.terms = terms
        self.before = before
        self._made: dict[Any, Context] = {}
        self._chosen: dict[tuple[str, str, str], str] | None = None
        self._iris: frozenset[str] | None = None

    def with_(self, local: Any, *, override: bool = False, propagate: bool = True) -> Context:
        """Add a context: a URL, a list of them, or definitions from a pinned document.

        `override`: protected names may be redefined, as in a member's scope. Raises ContextError, and
        UnknownContextError for a URL that isn't pinned.
        """
        key = (_key(local), override, propagate)
        made = self._made.get(key)
        if made is None:
            made = self._with(local, override=override, propagate=propagate)
            if len(self._made) >= MOST_KEPT:
                self._made.clear()
            self._made[key] = made
        return made

    def name_of(self, term: Term) -> str:
        """The name that a writer would choose among those with the same meaning: the shortest, then the first."""
        if self._chosen is None:
            self._chosen = {}
            for name in sorted(self.terms, key=lambda name: (-len(name), name), reverse=True):
                self._chosen[self.terms[name][:3]] = name
        return self._chosen[term[:3]]

    def is_named(self, iri: str) -> bool:
        """Whether any name stands for this IRI."""
        if self._iris is None:
            self._iris = frozenset(one.iri for one in self.terms.values())
        return iri in self._iris

    def _with(self, local: Any, *, override: bool, propagate: bool) -> Context:
        terms = dict(self.terms)
        for one in local if isinstance(local, list) else [local]:
            definitions = contexts.document(one)["@context"] if isinstance(one, str) else one
            if definitions is None:
                if not override and any(term.protected for term in terms.values()):
                    raise ContextError("a context forgets names that are protected")
                terms = {}
            elif isinstance(definitions, list):
                terms = Context(terms).with_(definitions, override=override).terms
            else:
                terms = _Defining(terms, definitions, override=override).all()
        return Context(terms, before=self.before or self if not propagate else self.before)


def _key(local: Any) -> Any:
    """A cache key, equal for equal contexts: URLs by their text, definitions by their place in a pinned document."""
    if isinstance(local, list):
        return tuple(_key(one) for one in local)
    return local if isinstance(local, str) else id(local)


class _Defining:
    """Terms extended by one set of definitions."""

    def __init__(self, terms: dict[str, Term], definitions: dict[str, Any], *, override: bool) -> None:
        self.terms = dict(terms)
        self.definitions = definitions
        self.override = override
        self.protected = definitions.get("@protected", False)
        self.done: set[str] = set()

    def all(self) -> dict[str, Term]:
        for name in self.definitions:
            if name.startswith("@"):
                if name not in _ABOUT_CONTEXTS:
                    raise ContextError(f"a context uses {name}")
            else:
                self._define(name)
        return self.terms

    def _define(self, name: str) -> None:
        if name in self.done:
            return
        self.done.add(name)
        value = self.definitions[name]
        simple = value is None or isinstance(value, str)
        told: dict[str, Any] = {"@id": value} if simple else value
        if not _UNDERSTOOD.issuperset(told):
            raise ContextError(f"{name} is defined by {sorted(set(told) - _UNDERSTOOD)}")
        iri = self._meaning(name, told)
        of_type = told.get("@type", "")
        term = Term(
            iri=iri,
            type=of_type if of_type.startswith("@") or not of_type else self._expanded(of_type),
            container=_container(name, told.get("@container")),
            scope=told.get("@context", NO_SCOPE),
            protected=told.get("@protected", self.protected),
            prefix=told.get("@prefix", simple and iri.endswith(_ENDS_A_PREFIX)),
        )
        held = self.terms.get(name)
        if held is not None and held.protected and not self.override:
            if not held.same(term):
                raise ContextError(f"{name} is protected, and defined in another way")
            return
        self.terms[name] = term

    def _meaning(self, name: str, told: dict[str, Any]) -> str:
        if "@id" in told:
            return "" if told["@id"] is None else self._expanded(told["@id"], besides=name)
        if ":" in name:
            return self._expanded(name, besides=name)
        raise ContextError(f"{name} has no meaning of its own")

    def _expanded(self, value: str, besides: str = "") -> str:
        if value.startswith("@"):
            return value
        prefix, colon, rest = value.partition(":")
        if not colon:
            if value != besides and value in self.definitions:
                self._define(value)
            if value in self.terms and value != besides:
                return self.terms[value].iri
            raise ContextError(f"{value} is not a whole address")
        if not rest.startswith("//") and prefix != besides:
            if prefix in self.definitions:
                self._define(prefix)
            held = self.terms.get(prefix)
            if held is not None and held.prefix:
                return held.iri + rest
        return value


def _container(name: str, value: Any) -> str:
    kinds = set(value) if isinstance(value, list) else {value} if value else set()
    kinds.discard(SET)
    if kinds - {GRAPH, LIST} or len(kinds) > 1:
        raise ContextError(f"{name} is contained in {sorted(kinds)}")
    return next(iter(kinds), "")


NOTHING = Context({})
