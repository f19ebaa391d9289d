"""The verifier on files that nobody at home has a record of: each gets a named check or NotABadge, never an error."""

import copy
import hashlib
import json
import time
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.credentials import baking, multikey, proofs, strict
from apps.credentials.formats import ob3
from apps.credentials.verification import Answer, CannotResolve, NotABadge, verify
from tests import loosely
from tests.conformance.conftest import ISSUER, KEY, METHOD, MINIMAL, ORIGIN, RICH, controller, signed
from tests.credentials.test_baking import badge, picture, with_chunks
from tests.credentials.test_baking_svg import DRAWING
from tests.credentials.test_proofs import PATIENCE

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ALL_WELL = {"format": "pass", "signature": "pass", "issuer": "pass", "in_time": "pass"}


def resolve(address):
    if address != ISSUER:
        raise CannotResolve("no answer")
    return controller()


def asking(resolve):
    """A world in which an address gives the JSON of an object, as a resolver of objects has it."""
    return lambda address, **_how: Answer(json.dumps(resolve(address)).encode())


def check(data, *, resolve=resolve, now=NOW, recipient=""):
    if isinstance(data, dict):
        data = json.dumps(data, ensure_ascii=False)
    return verify(data, ask=asking(resolve), now=now, recipient=recipient)


def results(report):
    return {one.name: one.result for one in report.checks}


def sign(document, *, key=KEY, method=METHOD):
    """Sign anything at all, past the care that our own signing takes."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": proofs.CRYPTOSUITE,
        "created": "2026-01-01T00:00:00Z",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    signature = key.sign(loosely.hash_data(document, options))
    return {**document, "proof": [{**options, "proofValue": "z" + multikey.base58_encode(signature)}]}


def bare(document):
    return {name: value for name, value in document.items() if name != "proof"}


def changed(document, path, value):
    """A copy with another value at `path`; a value of None takes the member away."""
    document = copy.deepcopy(document)
    holder = document
    *steps, last = path
    for step in steps:
        holder = holder[step]
    if value is None:
        del holder[last]
    else:
        holder[last] = value
    return document


@pytest.mark.parametrize("snapshot", [MINIMAL, RICH], ids=["minimal", "rich"])
@pytest.mark.parametrize("form", ["text", "bytes", "picture", "drawing", "indented"])
def test_a_whole_credential_passes_every_check(snapshot, form):
    text = proofs.dump(signed(snapshot))
    data = {
        "text": text,
        "bytes": text.encode(),
        "picture": baking.bake_png(picture(), text),
        "drawing": baking.bake_svg(DRAWING, text),
        "indented": json.dumps(json.loads(text), indent=2),
    }[form]

    report = check(data)

    assert (report.valid, results(report)) == (True, ALL_WELL)
    assert report.to_json() == {
        "valid": True,
        "verdict": "good",
        "checked_at": "2026-11-24T00:00:00+00:00",
        "kind": "Open Badges 3.0",
        "sha256": hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest(),
        "credential": f"{ORIGIN}/c/aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "issuer": ISSUER,
        "issuer_name": snapshot.issuer.name,
        "issuer_host": "satchel.example",
        "achievement": snapshot.achievement.name,
        "valid_from": "2026-01-02T03:04:05Z",
        "valid_until": "2099-01-02T00:00:00Z" if snapshot is RICH else "",
        "key": METHOD,
        "checks": [
            {
                "name": "format",
                "group": "authenticity",
                "result": "pass",
                "plain": "It is an Open Badge, complete and well formed.",
                "technical": "Open Badges 3.0",
            },
            {
                "name": "signature",
                "group": "authenticity",
                "result": "pass",
                "plain": "Not one letter has changed since it was signed.",
                "technical": "eddsa-rdfc-2022",
            },
            {
                "name": "issuer",
                "group": "source",
                "result": "pass",
                "plain": "The issuer's own address, satchel.example, publishes the key that signed it.",
                "technical": METHOD,
            },
            {
                "name": "in_time",
                "group": "validity",
                "result": "pass",
                "plain": "It has not run out." if snapshot is RICH else "It has no end date.",
                "technical": "until 2099-01-02T00:00:00+00:00"
                if snapshot is RICH
                else "since 2026-01-02T03:04:05+00:00",
            },
        ],
    }


def test_any_byte_of_the_text_counts():
    text = proofs.dump(signed(MINIMAL)).encode()
    verdicts = {}

    for place in range(0, len(text), 5):
        other = bytearray(text)
        other[place] ^= 1
        verdicts[place] = _verdict(bytes(other))

    # Another vocabulary or way of signing is not known here; all else is seen to be changed.
    unknown = {place for place, verdict in verdicts.items() if verdict is None}
    assert True not in verdicts.values()
    assert unknown == {place for place in verdicts if _names_a_vocabulary(text, place)}


def _names_a_vocabulary(text, place):
    newest = ob3.CONTEXTS[1].encode()
    if text[place : place + 1] == b"3" and place == text.index(newest) + newest.index(b".json") - 1:
        return False  # 3.0.2 is one that is known too
    return any(
        text.index(word) <= place < text.index(word) + len(word)
        for word in (*(context.encode() for context in ob3.CONTEXTS), proofs.CRYPTOSUITE.encode())
    )


def test_any_byte_of_the_picture_counts():
    whole = baking.bake_png(picture(), proofs.dump(signed(MINIMAL)))

    for place in range(len(whole)):
        other = bytearray(whole)
        other[place] ^= 1
        assert _verdict(bytes(other)) is False, place


def test_any_cut_of_the_picture_counts():
    whole = baking.bake_png(picture(), proofs.dump(signed(MINIMAL)))

    assert {_verdict(whole[:length]) for length in range(len(whole))} == {False}


def _verdict(data):
    try:
        return check(data).valid
    except NotABadge:
        return False


NOT_BADGES = {
    "nothing": b"",
    "blanks": b" \n\t",
    "words": "Kia ora",
    "a number": "5",
    "a list": "[]",
    "a string": '"{}"',
    "null": "null",
    "an empty object": "{}",
    "some JSON": '{"type": "FeatureCollection", "features": []}',
    "a picture without a badge": picture(),
    "a drawing without a badge": DRAWING,
    "a JPEG": b"\xff\xd8\xff\xe0" + bytes(100),
    "a GIF": b"GIF89a" + bytes(100),
    "a PDF": b"%PDF-1.7\n",
    "a page": "<!doctype html><html></html>",
    "a drawing": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "noise": bytes(range(128, 256)),
    "UTF-16": '{"type": ["VerifiableCredential"]}'.encode("utf-16"),
    "a lone surrogate": '{"a": "\ud800"}',
    "50 MB": b'{"' + b"a" * (50 * 1024 * 1024),
    "50 MB of picture": baking.SIGNATURE + bytes(50 * 1024 * 1024),
}


@pytest.mark.parametrize("data", NOT_BADGES.values(), ids=NOT_BADGES)
def test_what_is_no_badge_at_all_is_told_so_in_a_sentence(data):
    began = time.process_time()

    with pytest.raises(NotABadge, match=r"^That .+\.$"):
        check(data)

    assert time.process_time() - began < PATIENCE


WHOLE = proofs.dump(signed(RICH))
ONE_ELEMENT = baking.bake_svg(DRAWING, WHOLE).partition(b"<openbadges")[2].partition(b"</openbadges:credential>")[0]
DRAWING_WITH_TWO = baking.bake_svg(DRAWING, WHOLE).replace(
    b"</svg>", b"<openbadges" + ONE_ELEMENT + b"</openbadges:credential></svg>"
)
UNREADABLE = {
    "cut off": WHOLE[:-1],
    "something behind it": WHOLE + "x",
    "a name twice": WHOLE.replace('"name":', '"name":"x","name":', 1),
    "a name twice, escaped": WHOLE.replace('"name":', '"n\\u0061me":"x","name":', 1),
    "NaN": WHOLE.replace('"creditsAvailable":4', '"creditsAvailable":NaN'),
    "Infinity": WHOLE.replace('"creditsAvailable":4', '"creditsAvailable":Infinity'),
    "a number that overflows": WHOLE.replace('"creditsAvailable":4', '"creditsAvailable":1e999'),
    "a number of many digits": WHOLE.replace('"creditsAvailable":4', '"creditsAvailable":' + "9" * 5000),
    "a byte order mark": "\ufeff" + WHOLE,
    "a lone surrogate, escaped": WHOLE.replace("Evidence 1", "\\ud800"),
    "NUL, raw": WHOLE.replace("Evidence 1", "\x00"),
    "200,000 levels of lists": '{"type":"VerifiableCredential","a":' + "[" * 200_000,
    "200,000 levels of objects": '{"a":' * 200_000,
    "half a megabyte of quotes": '{"' + '\\"' * 500_000,
    "half a megabyte of opened strings": '{"a":"' + '\\\\"",' * 170_000,
    "more than a megabyte": WHOLE.replace("Evidence 1", "x" * 1024 * 1024),
    "20,000 values": WHOLE.replace('"tag":[', '"tag":[' + '"x",' * 20_000),
    "a compressed chunk": with_chunks(badge(WHOLE.encode(), flags=b"\x01\x00")),
    "two badges": with_chunks(badge(WHOLE.encode()), badge(WHOLE.encode())),
    "two badges of two kinds": with_chunks(badge(WHOLE.encode()), badge(keyword=b"openbadges")),
    "a picture cut off": baking.bake_png(picture(), WHOLE)[:-10],
    "a drawing cut off": baking.bake_svg(DRAWING, WHOLE)[:-10],
    "two badges in a drawing": DRAWING_WITH_TWO,
    "a wrong sum": baking.bake_png(picture(), WHOLE).replace(b"Evidence 1", b"Evidence 9"),
}


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE)
def test_a_damaged_badge_fails_as_such_and_nothing_else_is_said(data):
    began = time.process_time()

    report = check(data)

    assert (report.valid, results(report)) == (False, {"format": "fail"})
    assert time.process_time() - began < PATIENCE


RICH_BODY = ob3.build(RICH)
SUBJECT = ("credentialSubject",)
ACHIEVEMENT = ("credentialSubject", "achievement")
ILL_FORMED = {
    "no id": changed(RICH_BODY, ("id",), None),
    "no issuer": changed(RICH_BODY, ("issuer",), None),
    "no date": changed(RICH_BODY, ("validFrom",), None),
    "no subject": changed(RICH_BODY, SUBJECT, None),
    "a list of subjects": changed(RICH_BODY, SUBJECT, [RICH_BODY["credentialSubject"]]),
    "no achievement": changed(RICH_BODY, ACHIEVEMENT, None),
    "an achievement that is a word": changed(RICH_BODY, ACHIEVEMENT, "x"),
    "another type": changed(RICH_BODY, ("type",), ["VerifiableCredential"]),
    "a type that is an object": changed(RICH_BODY, ("type",), {}),
    "a date that is a number": changed(RICH_BODY, ("validFrom",), 5),
    "a boolean in words": changed(RICH_BODY, (*SUBJECT, "identifier", 0, "hashed"), "true"),
    "one context": changed(RICH_BODY, ("@context",), ob3.CONTEXTS[0]),
    "contexts the other way round": changed(RICH_BODY, ("@context",), list(reversed(ob3.CONTEXTS))),
    "a context of its own": changed(RICH_BODY, ("@context",), [*ob3.CONTEXTS, {"name": "https://schema.org/x"}]),
    "a context further inside": changed(RICH_BODY, (*ACHIEVEMENT, "@context"), {"name": "https://schema.org/x"}),
    "a term that nobody knows": changed(RICH_BODY, ("grade",), "A+"),
    "a term that nobody knows further inside": changed(RICH_BODY, (*ACHIEVEMENT, "grade"), "A+"),
    "a term written out": changed(
        RICH_BODY, ("https://www.w3.org/2018/credentials#validUntil",), "2020-01-01T00:00:00Z"
    ),
    "a type written out": changed(
        RICH_BODY,
        (*ACHIEVEMENT, "type"),
        ["Achievement", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Achievement"],
    ),
    "a type that nobody knows": changed(RICH_BODY, (*ACHIEVEMENT, "type"), ["Achievement", "Diploma"]),
    "an id that is not whole": changed(RICH_BODY, (*ACHIEVEMENT, "id"), "achievements/1"),
    "an id without a place": changed(RICH_BODY, (*ACHIEVEMENT, "id"), "_:b0"),
    "an id with an end of its own": changed(RICH_BODY, (*ACHIEVEMENT, "id"), "https://a.example/>"),
    "JSON-LD's own id": changed(RICH_BODY, (*ACHIEVEMENT, "@id"), "https://a.example/"),
    "JSON-LD's own graph": changed(RICH_BODY, ("@graph",), []),
    "JSON-LD's own list": changed(RICH_BODY, ("@included",), [{"id": "https://a.example/", "name": "x"}]),
    "JSON-LD's own index": changed(RICH_BODY, (*ACHIEVEMENT, "@index"), "unseen"),
    "a value as an object": changed(RICH_BODY, (*ACHIEVEMENT, "humanCode"), {"@value": "x", "@language": "en"}),
    "nothing at all": changed(RICH_BODY, (*ACHIEVEMENT, "humanCode"), []) | {"description": None},
    "another part with its id": changed(
        RICH_BODY, ("evidence", 0), {"id": RICH_BODY["id"], "type": ["Evidence"], "name": "x"}
    ),
}


@pytest.mark.parametrize("body", ILL_FORMED.values(), ids=ILL_FORMED)
def test_a_badge_that_is_ill_formed_fails_even_with_a_proof_by_its_own_key(body):
    try:
        document = sign(body)
    except Exception:  # noqa: BLE001 - what nobody can sign comes with a proof of something else
        document = body | {"proof": signed(RICH)["proof"]}

    report = check(document)

    assert (report.valid, results(report)) == (False, {"format": "fail"})


def test_a_context_that_is_not_pinned_could_not_be_checked():
    report = check(changed(signed(RICH), ("@context",), [*ob3.CONTEXTS, "https://inside.example/context"]))

    assert (report.valid, results(report)) == (None, {"format": "could_not_check"})
    assert report.checks[0].technical == "context not known: https://inside.example/context"


def _under_true_signature():
    """Changes to a signed document that its signature does not notice: what they add is seen but was never signed."""
    whole = signed(RICH)
    return {
        "a further word": changed(whole, (*ACHIEVEMENT, "grade"), "A+"),
        "an end date written out": changed(
            changed(whole, ("validUntil",), None),
            ("https://www.w3.org/2018/credentials#validUntil",),
            {"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": whole["validUntil"]},
        ),
        "an index": changed(whole, (*ACHIEVEMENT, "@index"), "unseen"),
        "an empty member": changed(whole, ("description",), None)
        if "description" in whole
        else whole | {"description": None},
    }


@pytest.mark.parametrize("kind", _under_true_signature())
def test_what_a_true_signature_does_not_cover_is_refused(kind):
    document = _under_true_signature()[kind]
    assert loosely.canonicalise(bare(document)) == loosely.canonicalise(bare(signed(RICH)))

    report = check(document)

    assert (report.valid, results(report)) == (False, {"format": "fail"})


OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
OTHER_KEY = multikey.encode(OTHER.public_key().public_bytes_raw())
THEIRS = "https://other.example/issuers/1"


def _proof(**change):
    return changed(signed(RICH), ("proof", 0), signed(RICH)["proof"][0] | change)


BADLY_SIGNED = {
    "nobody": (changed(signed(RICH), ("proof",), None), "fail"),
    "a word changed": (changed(signed(RICH), ("name",), "Something else"), "fail"),
    "an end date taken away": (changed(signed(RICH), ("validUntil",), None), "fail"),
    "a result taken away": (changed(signed(RICH), (*SUBJECT, "result"), None), "fail"),
    "a level raised": (changed(signed(RICH), (*SUBJECT, "result", 0, "achievedLevel"), RICH.results[1].level), "fail"),
    "the proof of another credential": (signed(RICH) | {"proof": signed(MINIMAL)["proof"]}, "fail"),
    "another key under the issuer's name": (sign(RICH_BODY, key=OTHER), "fail"),
    "another moment": (_proof(created="2027-01-01T00:00:00Z"), "fail"),
    "another purpose": (_proof(proofPurpose="authentication"), "fail"),
    "an empty value": (_proof(proofValue="z"), "fail"),
    "200,000 signs": (_proof(proofValue="z" + "z" * 200_000), "fail"),
    "a signature of zeros": (_proof(proofValue="z" + "1" * 64), "fail"),
    "another cryptosuite": (_proof(cryptosuite="eddsa-jcs-2022"), "could_not_check"),
    "a control character": (changed(signed(RICH), ("name",), "a\x01b"), "could_not_check"),
}


@pytest.mark.parametrize(("document", "result"), BADLY_SIGNED.values(), ids=BADLY_SIGNED)
def test_a_signature_that_does_not_hold_hides_what_comes_after(document, result):
    began = time.process_time()

    report = check(document)

    verdict = False if result == "fail" else None
    assert (report.valid, results(report)) == (verdict, {"format": "pass", "signature": result})
    assert time.process_time() - began < PATIENCE


def test_a_graph_made_to_be_hard_costs_little():
    alike = {"type": ["Alignment"], "targetName": "x", "targetUrl": "https://a.example/"}
    result = {"type": ["Result"], "value": "1", "alignment": [alike] * 9}
    began = time.process_time()

    report = check(changed(signed(RICH), (*SUBJECT, "result"), [result, result]))

    assert (report.valid, results(report)) == (None, {"format": "pass", "signature": "could_not_check"})
    assert time.process_time() - began < PATIENCE


def _nobody(_address):
    raise CannotResolve("satchel.example did not answer")


def _published(**change):
    return lambda _address: controller() | change


METHODS = controller()["verificationMethod"]
NOT_THE_ISSUERS = {
    "a document of somebody else": _published(id=THEIRS),
    "no keys": _published(verificationMethod=[], assertionMethod=[]),
    "a key that may not sign": _published(assertionMethod=[]),
    "a key for signing in": _published(assertionMethod=[], authentication=[METHOD]),
    "a key of another controller": _published(verificationMethod=[METHODS[0] | {"controller": THEIRS}]),
    "another key under that name": _published(verificationMethod=[METHODS[0] | {"publicKeyMultibase": OTHER_KEY}]),
    "another key alone": _published(
        verificationMethod=[METHODS[0] | {"id": f"{ISSUER}#{OTHER_KEY}", "publicKeyMultibase": OTHER_KEY}],
        assertionMethod=[f"{ISSUER}#{OTHER_KEY}"],
    ),
    "keys that are no list": _published(verificationMethod="x", assertionMethod=5),
    "keys that are nested": _published(verificationMethod=[[METHODS[0]]], assertionMethod=[[METHOD]]),
    "an empty document": lambda _address: {},
}


@pytest.mark.parametrize("resolve", NOT_THE_ISSUERS.values(), ids=NOT_THE_ISSUERS)
def test_a_key_that_the_issuer_does_not_publish_for_signing_is_not_the_issuers(resolve):
    report = check(signed(RICH), resolve=resolve)

    assert (report.valid, results(report)) == (False, ALL_WELL | {"issuer": "fail"})


def test_a_key_may_stand_in_assertion_method_itself():
    report = check(signed(RICH), resolve=_published(verificationMethod=[], assertionMethod=METHODS))

    assert report.valid is True


def test_a_key_of_somebody_else_is_not_the_issuers_and_nobody_is_asked():
    asked = []
    document = sign(RICH_BODY, key=OTHER, method=f"{THEIRS}#{OTHER_KEY}")

    report = check(document, resolve=lambda address: asked.append(address) or controller())

    assert (report.valid, results(report), asked) == (False, ALL_WELL | {"issuer": "fail"}, [])


def test_nobody_is_asked_about_a_file_that_does_not_hold():
    asked = []

    for document, _result in BADLY_SIGNED.values():
        check(document, resolve=lambda address: asked.append(address) or controller())

    assert asked == []


def test_a_key_with_another_name_is_found_in_the_issuers_document():
    name = f"{ISSUER}#key-1"
    known = _published(verificationMethod=[METHODS[0] | {"id": name}], assertionMethod=[name])

    whole = check(sign(RICH_BODY, method=name), resolve=known)
    other = check(sign(RICH_BODY, method=name, key=OTHER), resolve=known)
    foreign = check(sign(RICH_BODY, method=f"{THEIRS}#key-1"), resolve=known)
    unknown = check(sign(RICH_BODY, method=f"{ISSUER}#key-2"), resolve=known)
    nameless = check(sign(RICH_BODY, method=ISSUER), resolve=known)
    silent = check(sign(RICH_BODY, method=name), resolve=_nobody)
    strange = check(
        sign(RICH_BODY, method=name),
        resolve=_published(verificationMethod=[METHODS[0] | {"id": name, "publicKeyMultibase": "zDnae"}]),
    )

    assert (whole.valid, results(whole)) == (True, ALL_WELL)
    assert (other.valid, results(other)) == (False, {"format": "pass", "signature": "fail"})
    for report in (foreign, unknown, nameless):
        assert (report.valid, results(report)) == (False, {"format": "pass", "issuer": "fail"})
    for report in (silent, strange):
        assert (report.valid, results(report)) == (None, {"format": "pass", "signature": "could_not_check"})


def test_an_issuer_that_does_not_answer_could_not_be_checked_and_hides_nothing():
    report = check(signed(RICH), resolve=_nobody)

    assert (report.valid, results(report)) == (None, ALL_WELL | {"issuer": "could_not_check"})
    assert "says nothing against it" in str(report.checks[2].plain)


@pytest.mark.parametrize(
    ("dates", "now", "result", "words"),
    [
        ({}, datetime(2026, 1, 2, 3, 4, 4, tzinfo=UTC), "fail", "It is not valid yet."),
        ({}, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "pass", "It has not run out."),
        ({}, datetime(2099, 1, 1, 23, 59, 59, tzinfo=UTC), "pass", "It has not run out."),
        ({}, datetime(2099, 1, 2, tzinfo=UTC), "fail", "It has run out."),
        ({"validUntil": "2026-11-24T13:00:01+13:00"}, NOW, "pass", "It has not run out."),
        ({"validUntil": "2026-11-24T13:00:00+13:00"}, NOW, "fail", "It has run out."),
        ({"validUntil": "tomorrow"}, NOW, "fail", "Its dates can't be read."),
        ({"validUntil": "2026-11-25"}, NOW, "fail", "Its dates can't be read."),
        ({"validUntil": "2026-11-25T00:00:00"}, NOW, "fail", "Its dates can't be read."),
        ({"validFrom": "0001-01-01T00:00:00+14:00"}, NOW, "pass", "It has not run out."),
        ({"validUntil": "9999-12-31T23:59:59-14:00"}, NOW, "pass", "It has not run out."),
    ],
)
def test_it_is_in_time_from_its_first_moment_until_its_last(dates, now, result, words):
    report = check(sign(RICH_BODY | dates), now=now)

    assert (report.checks[-1].name, report.checks[-1].result, str(report.checks[-1].plain)) == (
        "in_time",
        result,
        words,
    )
    assert results(report) == ALL_WELL | {"in_time": result}


def test_a_status_is_not_passed_over_in_silence():
    status = {"id": "https://a.example/status/1#5", "type": "BitstringStatusListEntry"}

    report = check(sign(RICH_BODY | {"credentialStatus": status}))

    assert (report.valid, results(report)) == (None, ALL_WELL | {"status": "could_not_check"})


@pytest.mark.parametrize(
    ("identifier", "typed", "result"),
    [
        # The specification's own example: a@example.com, salted with Kosher
        ("sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399", "a@example.com", "pass"),
        ("sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399", " A@Example.com ", "pass"),
        ("SHA256$B5809D8A92F8858436D7E6B87C12EBC0AE1EAC4BAECC2C0B913AEE2C922EF399", "a@example.com", "pass"),
        ("sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399", "b@example.com", "fail"),
        ("a@example.com", "a@example.com", "fail"),
        ("", "a@example.com", "fail"),
    ],
)
def test_it_belongs_to_the_address_whose_salted_hash_it_holds(identifier, typed, result):
    one = RICH_BODY["credentialSubject"]["identifier"][0] | {"identityHash": identifier, "salt": "Kosher"}
    body = changed(RICH_BODY, (*SUBJECT, "identifier"), [RICH_BODY["credentialSubject"]["identifier"][1], one])

    report = check(sign(body), recipient=typed)

    assert results(report) == ALL_WELL | {"recipient": result}


def test_an_identifier_that_is_no_address_says_nothing_about_one():
    one = RICH_BODY["credentialSubject"]["identifier"][0] | {"identityType": "sourcedId"}

    report = check(sign(changed(RICH_BODY, (*SUBJECT, "identifier"), [one])), recipient="a@example.com")

    assert results(report) == ALL_WELL | {"recipient": "could_not_check"}


@pytest.mark.parametrize(
    ("written", "typed", "result"),
    [
        ("mailto:a@example.com", "A@Example.com", "pass"),
        ("MAILTO:A%2bb@example.com?subject=Badge", "a+b@example.com", "pass"),
        ("mailto:a@example.com", "b@example.com", "fail"),
        ("urn:a@example.com", "a@example.com", "could_not_check"),
    ],
)
def test_it_belongs_to_the_address_that_its_subject_is_called_by(written, typed, result):
    body = changed(changed(RICH_BODY, (*SUBJECT, "identifier"), None), (*SUBJECT, "id"), written)

    assert results(check(sign(body), recipient=typed)) == ALL_WELL | {"recipient": result}


def test_without_an_identifier_nobody_can_say_whose_it_is():
    report = check(sign(changed(RICH_BODY, (*SUBJECT, "identifier"), None)), recipient="a@example.com")

    assert (report.valid, results(report)) == (None, ALL_WELL | {"recipient": "could_not_check"})


def test_one_thing_may_stand_without_its_list():
    single = changed(signed(RICH), ("proof",), signed(RICH)["proof"][0])

    assert check(single).valid is True


def test_the_largest_that_is_read_costs_little():
    many = [{"id": f"https://a.example/{n}", "type": ["Evidence"], "name": f"Evidence {n}"} for n in range(700)]
    document = signed(RICH) | {"evidence": many}
    began = time.process_time()

    report = check(document)

    assert results(report)["signature"] == "fail"
    assert time.process_time() - began < PATIENCE


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "@id", "@type", "name", "@value", "proof", "x", "_:b"]), inner)
    ),
    max_leaves=6,
)
_places = [
    ("@context",),
    ("id",),
    ("type",),
    ("issuer",),
    ("issuer", "id"),
    ("validFrom",),
    ("validUntil",),
    ("credentialSubject",),
    ("credentialSubject", "identifier"),
    ("credentialSubject", "achievement"),
    ("credentialSubject", "achievement", "criteria"),
    ("credentialSubject", "achievement", "resultDescription"),
    ("credentialSubject", "result", 0),
    ("evidence",),
    ("proof",),
    ("proof", 0),
    ("proof", 0, "proofValue"),
    ("proof", 0, "verificationMethod"),
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.sampled_from(_places), value=_json)
def test_whatever_stands_in_its_place_the_verifier_answers(place, value):
    document = changed(signed(RICH), place, value) if value is not None else signed(RICH)

    try:
        report = check(document, recipient="a@example.com")
    except NotABadge:
        return
    assert report.checks
    assert report.to_json()["valid"] is report.valid


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300))
def test_whatever_is_dropped_on_it_the_verifier_answers(data):
    assert _verdict(data) is not True


def test_limits_leave_room_for_the_largest_honest_credential():
    assert len(WHOLE) * 20 < strict.MOST_TEXT
