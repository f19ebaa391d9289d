"""eddsa-rdfc-2022: what it covers, what it refuses to cover, and how long it takes at worst."""

import copy
import time
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apps.credentials import contexts, proofs
from apps.credentials.formats import ob3
from tests.conformance.conftest import KEY, METHOD, MINIMAL, ORIGIN, PUBLIC, RICH, signed

# Seconds of this process. What costs with the square of these sizes, or worse, takes minutes.
PATIENCE = 5


def sign(document):
    return proofs.sign(document, private_key=KEY, verification_method=METHOD, created=MINIMAL.valid_from)


def check(document, key=PUBLIC):
    proofs.verify(document, document["proof"][0], key)


def test_signing_again_gives_the_same_bytes_and_another_moment_gives_others():
    document = ob3.build(RICH)

    assert proofs.dump(sign(document)) == proofs.dump(sign(copy.deepcopy(document)))
    later = proofs.sign(document, private_key=KEY, verification_method=METHOD, created=datetime(2030, 1, 1, tzinfo=UTC))
    assert later["proof"][0]["proofValue"] != sign(document)["proof"][0]["proofValue"]


def test_the_proof_is_of_the_kind_that_is_certified():
    (proof,) = signed(MINIMAL)["proof"]

    assert proof.pop("proofValue").startswith("z")
    assert proof == {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-01-02T03:04:05Z",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
    }


def test_what_was_signed_holds_whatever_the_order_of_its_members():
    document = signed(RICH)
    turned = dict(reversed(document.items()))

    check(document)
    check(turned)


def test_another_key_does_not_do():
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()

    with pytest.raises(proofs.ProofError, match="does not match"):
        check(signed(MINIMAL), other)


def test_every_single_value_is_covered():
    document = signed(RICH)
    places = [place for place in _leaves(document) if place[0] != "@context"]

    for place in places:
        changed = copy.deepcopy(document)
        *path, last = place
        holder = changed
        for step in path:
            holder = holder[step]
        holder[last] = _another(holder[last])
        with pytest.raises((proofs.ProofError, contexts.UnknownContextError)):
            check(changed)
    assert len(places) > 100


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"type": "Ed25519Signature2020"}, "not a DataIntegrityProof"),
        ({"cryptosuite": "eddsa-jcs-2022"}, "not a DataIntegrityProof"),
        ({"proofPurpose": "authentication"}, "proofPurpose"),
        ({"proofValue": None}, "base58btc"),
        ({"proofValue": ""}, "base58btc"),
        ({"proofValue": "u" + "A" * 86}, "base58btc"),
        ({"proofValue": "z" + "1" * 88}, "not an Ed25519 signature"),
        ({"proofValue": "z" + "1" * 64}, "does not match"),
        ({"proofValue": "z0OIl"}, "not base58"),
        ({"proofValue": "z" + "2" * 200_000}, "too long"),
    ],
)
def test_a_proof_that_is_none_is_refused_in_words(change, words):
    document = signed(MINIMAL)
    document["proof"][0] |= change
    began = time.process_time()

    with pytest.raises(proofs.ProofError, match=words):
        check(document)

    assert time.process_time() - began < PATIENCE


@pytest.mark.parametrize("sign_", ["\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1f", "\x7f", "\ufffe", "\uffff"])
def test_a_sign_that_programs_escape_differently_is_not_signed_and_not_judged(sign_):
    document = ob3.build(MINIMAL) | {"name": f"a{sign_}b"}

    with pytest.raises(proofs.AmbiguousError, match="/name holds a control character"):
        sign(document)
    with pytest.raises(proofs.AmbiguousError, match="/name holds a control character"):
        check(signed(MINIMAL) | {"name": f"a{sign_}b"})


@pytest.mark.parametrize("sign_", ["\t", "\n", "\r", "\x85", "\u2028", "😀", "\u202e", "ā", '"', "\\"])
def test_a_sign_that_all_escape_alike_is_signed(sign_):
    check(sign(ob3.build(MINIMAL) | {"name": f"a{sign_}b"}))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "relative",
        "/c/1",
        "//satchel.example/c/1",
        "https://a b/",
        "https://ā.example/",
        "https://a/{x}",
        "https://a/%zz",
    ]
    + [f"https://a/{sign_}" for sign_ in '<>"{}|^`\\[]\n'],
)
def test_an_id_that_programs_write_differently_is_not_signed(address):
    with pytest.raises(proofs.ProofError, match="/id is not an address"):
        sign(ob3.build(MINIMAL) | {"id": address})


def test_words_that_programs_sort_differently_are_not_signed():
    document = ob3.build(MINIMAL)
    document["credentialSubject"]["achievement"]["tag"] = ["😀", "ｆ"]

    with pytest.raises(proofs.ProofError, match="/credentialSubject/achievement/tag is sorted differently"):
        sign(document)


def test_a_context_that_is_not_pinned_is_named_and_not_fetched():
    document = ob3.build(MINIMAL)
    document["@context"].append("https://inside.example/context")

    with pytest.raises(contexts.UnknownContextError, match=r"https://inside\.example/context"):
        sign(document)


def test_a_graph_made_to_be_hard_is_given_up():
    document = ob3.build(MINIMAL)
    alike = {"type": ["Alignment"], "targetName": "x", "targetUrl": "https://a.example/"}
    result = {"type": ["Result"], "value": "1", "alignment": [alike] * 9}
    document["credentialSubject"]["result"] = [result, result]
    began = time.process_time()

    with pytest.raises(proofs.ProofError, match="look alike"):
        sign(document)

    assert time.process_time() - began < PATIENCE


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"@context": None},
        {"@context": 5},
        {"@context": list(ob3.CONTEXTS), "id": {}},
        {"@context": [[[]]], "type": 1},
    ],
)
def test_what_is_no_document_is_refused(document):
    with pytest.raises(proofs.ProofError):
        check(document | {"proof": signed(MINIMAL)["proof"]})


def test_the_serialisation_is_small_exact_and_knows_no_nan():
    assert proofs.dump({"b": "ā", "a": [1, 2.5]}) == '{"b":"ā","a":[1,2.5]}'
    with pytest.raises(ValueError, match="JSON compliant"):
        proofs.dump({"a": float("nan")})


def test_the_pinned_contexts_are_those_of_the_standards():
    import hashlib

    folder = contexts._FOLDER
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in contexts.PINNED.values()}
    told = (folder.parent / "SOURCES.md").read_text()

    assert all(f"contexts/{name} " in told and sum_ in told for name, sum_ in sums.items())
    assert f"{ORIGIN}/context" not in contexts.PINNED


def _leaves(value, place=()):
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, (*place, name))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _leaves(one, (*place, number))
    else:
        yield place


def _another(value):
    if isinstance(value, bool):
        return not value
    return value + "x" if isinstance(value, str) else value + 1
