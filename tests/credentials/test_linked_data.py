"""Statements and their canonical form: as the general library makes them, or refused where that one would lose something."""

import copy
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.credentials import contexts, linked_data
from apps.credentials.formats import bitstring, ob3
from apps.credentials.linked_data import terms
from tests import loosely
from tests.conformance.conftest import MINIMAL, REVOCABLE, RICH, SNAPSHOTS, signed, status_list
from tests.conformance.test_endorsement import signed_with_endorsements
from tests.credentials.test_verification import changed

ACHIEVEMENT = ("credentialSubject", "achievement")
# Without what Open Badges 3.0.1 and the VC Data Model 1.1 have no word for.
OLDER = json.loads(
    json.dumps(ob3.build(RICH)).replace('"inLanguage"', '"version"').replace('"digestSRI"', '"audience"')
)
OF_1_1 = {
    "@context": [
        contexts.CREDENTIALS_V1,
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        "https://w3id.org/security/data-integrity/v1",
    ],
    **{name: one for name, one in OLDER.items() if name not in ("@context", "validFrom", "validUntil")},
    "issuanceDate": "2026-01-02T03:04:05Z",
    "expirationDate": "2099-01-02T00:00:00Z",
}
RECORD = {
    "@context": [contexts.CREDENTIALS_V2, *contexts.CLR_2, ob3.CONTEXTS[1]],
    "id": "https://clr.example/1",
    "type": ["VerifiableCredential", "ClrCredential"],
    "issuer": {"id": "https://clr.example/", "type": "Profile", "name": "Kōwhai"},
    "name": "All of it",
    "validFrom": "2026-01-02T03:04:05Z",
    "credentialSubject": {
        "type": ["ClrSubject"],
        "verifiableCredential": [signed(RICH), signed(replace(MINIMAL, id="https://other.example/c/2"))],
    },
}
TWINS = changed(
    ob3.build(RICH),
    ("credentialSubject", "identifier"),
    [{"type": "IdentityObject", "hashed": True, "identityHash": "x", "identityType": "emailAddress"}] * 2,
)
DOCUMENTS = {
    **{f"a {kind} credential": ob3.build(snapshot) for kind, snapshot in SNAPSHOTS.items()},
    "a signed one": signed(REVOCABLE),
    "one with endorsements": signed_with_endorsements(),
    "one of the VC Data Model 1.1": OF_1_1,
    "a learner record": RECORD,
    "a status list": bitstring.list_credential(
        address="https://a.example/1",
        issuer_id="https://a.example/",
        purpose="revocation",
        encoded="u",
        valid_from=RICH.valid_from,
    ),
    "a signed status list": status_list(1, 2),
    "two parts that look alike": TWINS,
    "fractions": changed(ob3.build(RICH), (*ACHIEVEMENT, "creditsAvailable"), 0.1),
    "a whole fraction": changed(ob3.build(RICH), (*ACHIEVEMENT, "creditsAvailable"), 15.0),
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_is_canonicalised_as_the_general_library_does(document):
    assert linked_data.canonicalise(document) == loosely.canonicalise(document)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_whatever_passes_is_what_the_general_library_makes_of_it(chance):
    document = _shuffled(chance)

    try:
        ours = linked_data.canonicalise(document)
    except (linked_data.UnsignableError, linked_data.ContextError):
        return

    assert ours == loosely.canonicalise(document)


def _shuffled(chance):
    """A credential with a few of its parts moved, renamed, doubled or emptied."""
    document = copy.deepcopy(chance.choice([ob3.build(RICH), signed(REVOCABLE), OF_1_1]))
    for _ in range(chance.randint(0, 2)):
        part = chance.choice([one for one in _objects(document) if one])
        name = chance.choice(list(part))
        match chance.randint(0, 5):
            case 0:
                part[chance.choice(NAMES)] = part.pop(name)
            case 1:
                part[chance.choice(NAMES)] = part[name]
            case 2:
                part[name] = chance.choice([None, [], {}, 5, 0.5, True, "x", "urn:x", [["urn:x"]], ["urn:x", "urn:y"]])
            case 3:
                part["type"] = chance.choice(["Profile", "Achievement", ["Result", "Evidence"], "urn:type", "Nobody"])
            case 4:
                chance.choice(_objects(document))[chance.choice(NAMES)] = copy.deepcopy(part)
            case 5:
                items = list(part.items())
                chance.shuffle(items)
                part.clear()
                part.update(items)
    return document


NAMES = (
    *("name", "description", "id", "type", "image", "tag", "result", "achievement", "evidence", "alignment", "issuer"),
    *("validUntil", "creditsAvailable", "proof", "status", "geo", "@id", "@type", "sec:proof", "urn:x", "nobody"),
)


def _objects(value):
    found = []
    if isinstance(value, dict):
        found.append(value)
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        found += _objects(one)
    return found


# Open Badges 1.1 builds upon another that nobody signs in: of it the words alone are read, by `contexts.terms`.
@pytest.mark.parametrize("address", [one for one in contexts.PINNED if one != "https://w3id.org/openbadges/v1"])
def test_every_pinned_context_is_understood_with_all_that_its_terms_bring(address):
    todo, seen = [terms.NOTHING.with_(address)], set()

    while todo:
        context = todo.pop()
        for term in context.terms.values():
            if term.scope is not terms.NO_SCOPE and id(term.scope) not in seen:
                seen.add(id(term.scope))
                todo.append(context.with_(term.scope, override=True))

    assert terms.NOTHING.with_(address).terms


def test_a_protected_word_can_not_be_given_another_meaning():
    document = ob3.build(RICH) | {"@context": [*ob3.CONTEXTS, "https://w3id.org/openbadges/v2"]}

    with pytest.raises(linked_data.ContextError, match="is protected, and defined in another way"):
        linked_data.statements(document)


def test_the_order_of_members_says_nothing():
    document = json.loads(json.dumps(ob3.build(RICH)))
    other = dict(reversed(document.items()))

    assert linked_data.canonicalise(other) == linked_data.canonicalise(document)
