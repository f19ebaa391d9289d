"""Open Badges 0.5 to 2.1 from issuers elsewhere: a world of a few addresses, and what is changed in it."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import hypothesis
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import strategies as st

from apps.credentials import baking, jose
from apps.credentials.verification import Answer, CannotResolve, NotABadge, verify
from apps.credentials.verification.outside import MOST_QUESTIONS
from tests.credentials.test_baking import chunk, picture, with_chunks
from tests.credentials.test_baking_svg import DRAWING
from tests.credentials.test_verification import changed, results

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HOST = "https://badges.example"
ID, BADGE, ISSUER, KEY_ID, LIST = (f"{HOST}/{name}" for name in ("a/1", "b/1", "issuer", "key", "revoked"))
SIGNED_ID = "urn:uuid:0f4c1b1a-3bd4-5c24-9b0c-1a2b3c4d5e6f"
EVIL = "https://evil.example"
KEY = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
V1, V2 = "https://w3id.org/openbadges/v1", "https://w3id.org/openbadges/v2"
EMAIL, SALT = "a@example.com", "Kosher"
SHA256 = "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
HOSTED_WELL = dict.fromkeys(("format", "hosted", "issuer", "in_time", "status"), "pass")
SIGNED_WELL = dict.fromkeys(("format", "signature", "issuer", "in_time", "status"), "pass")


def pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


HOSTED = {
    "@context": V2,
    "type": "Assertion",
    "id": ID,
    "recipient": {"type": "email", "hashed": True, "salt": SALT, "identity": SHA256},
    "badge": BADGE,
    "issuedOn": "2026-01-02T03:04:05Z",
    "expires": "2099-01-02T00:00:00+13:00",
    "verification": {"type": "HostedBadge"},
    "narrative": "Shorn in the rain.",
    "evidence": [{"type": "Evidence", "id": f"{HOST}/e/1", "narrative": "SHA-256: 00"}, f"{HOST}/e/2"],
}
SIGNED = HOSTED | {"id": SIGNED_ID, "verification": {"type": "SignedBadge", "creator": KEY_ID}}
BADGE_CLASS = {
    "@context": V2,
    "type": "BadgeClass",
    "id": BADGE,
    "name": "Shear a ewe",
    "description": "Shears.",
    "image": f"{HOST}/b/1.png",
    "criteria": {"narrative": "Shear."},
    "issuer": ISSUER,
}
PROFILE = {
    "@context": V2,
    "type": ["Issuer", "Profile"],
    "id": ISSUER,
    "name": "Kōwhai",
    "url": HOST,
    "email": "hello@badges.example",
    "publicKey": [f"{HOST}/key-of-old", KEY_ID],
    "revocationList": LIST,
}
CRYPTOGRAPHIC_KEY = {
    "@context": V2,
    "type": "CryptographicKey",
    "id": KEY_ID,
    "owner": ISSUER,
    "publicKeyPem": pem(KEY),
}
REVOKED = {
    "@context": V2,
    "type": "RevocationList",
    "id": LIST,
    "issuer": ISSUER,
    "revokedAssertions": ["urn:uuid:1", {"id": "urn:uuid:2", "revocationReason": "Another."}, {"uid": "3"}],
}
WORLD = {ID: HOSTED, BADGE: BADGE_CLASS, ISSUER: PROFILE, KEY_ID: CRYPTOGRAPHIC_KEY, LIST: REVOKED}
GONE = Answer(b"", 410)


def asking(world, asked=None):
    def ask(address, **_how):
        if asked is not None:
            asked.append(address)
        if address not in world:
            raise CannotResolve(f"{address} answered 404")
        found = world[address]
        if isinstance(found, Answer):
            return found
        return Answer(found.encode() if isinstance(found, str) else json.dumps(found).encode())

    return ask


def check(given, *, world=WORLD, now=NOW, recipient="", asked=None):
    data = json.dumps(given, ensure_ascii=False) if isinstance(given, dict) else given
    return verify(data, ask=asking(world, asked), now=now, recipient=recipient)


def sign(body, key=KEY):
    return jose.sign(json.dumps(body).encode(), header={}, private_key=key)


def token(header, body, signature=b"x"):
    parts = (json.dumps(header).encode(), json.dumps(body).encode(), signature)
    return ".".join(jose.base64url(part) for part in parts)


def old_picture(address):
    """A picture of Open Badges 1.0, which holds but an address."""
    return with_chunks(chunk(b"tEXt", b"openbadges\0" + address.encode()))


def verdict(report):
    return report.valid, results(report)


def words_of(report):
    return {one.name: str(one.plain) for one in report.checks}


# --- whole ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", ["text", "picture", "drawing", "address in a drawing", "address in an old picture"])
def test_a_hosted_badge_that_its_issuer_publishes_passes_every_check(form):
    text = json.dumps(HOSTED)
    data = {
        "text": text,
        "picture": baking.bake_png(picture(), text, version=2),
        "drawing": baking.bake_svg(DRAWING, text, version=2),
        "address in a drawing": baking.bake_svg(DRAWING, ID, version=2),
        "address in an old picture": old_picture(ID),
    }[form]

    report = check(data, recipient=EMAIL)

    assert verdict(report) == (True, HOSTED_WELL | {"recipient": "pass"})
    assert (report.kind, report.key, report.document) == ("Open Badges 2.0, hosted", "", HOSTED)
    assert {name: value for name, value in report.to_json().items() if name not in ("checks", "sha256")} == {
        "valid": True,
        "verdict": "good",
        "checked_at": "2026-11-24T00:00:00+00:00",
        "kind": "Open Badges 2.0, hosted",
        "credential": ID,
        "issuer": ISSUER,
        "issuer_name": "Kōwhai",
        "issuer_host": "badges.example",
        "achievement": "Shear a ewe",
        "valid_from": "2026-01-02T03:04:05+00:00",
        "valid_until": "2099-01-02T00:00:00+13:00",
        "key": "",
    }
    assert report.said.narrative == "Shorn in the rain."
    assert words_of(report) == {
        "format": "It is an Open Badge, complete and well formed.",
        "hosted": "Its issuer publishes the same, word for word.",
        "issuer": "It is published where its issuer, badges.example, publishes its badges.",
        "in_time": "It has not run out.",
        "status": "The issuer has not taken it back.",
        "recipient": "It was awarded to the person with that address.",
    }


@pytest.mark.parametrize("form", ["text", "picture", "drawing"])
def test_a_signed_badge_by_a_key_that_its_issuer_publishes_passes_every_check(form):
    text = sign(SIGNED)
    data = {
        "text": f" {text}\n",
        "picture": baking.bake_png(picture(), text, version=2),
        "drawing": baking.bake_svg(DRAWING, text, version=2),
    }[form]

    report = check(data)

    assert verdict(report) == (True, SIGNED_WELL)
    assert (report.kind, report.key, report.document) == ("Open Badges 2.0, signed", KEY_ID, SIGNED)
    assert (report.said.credential_id, report.said.issuer_name, report.text) == (SIGNED_ID, "Kōwhai", text)
    assert words_of(report)["issuer"] == "The issuer's own address, badges.example, publishes the key that signed it."


P256 = ec.generate_private_key(ec.SECP256R1())
NO_LIST = {name: value for name, value in PROFILE.items() if name != "revocationList"}
CARRIED = BADGE_CLASS | {"issuer": PROFILE | {"name": "What the badge calls it"}}
WELL_SIGNED = {
    "with ES256": (sign(SIGNED, P256), WORLD | {KEY_ID: CRYPTOGRAPHIC_KEY | {"publicKeyPem": pem(P256)}}, SIGNED_WELL),
    "by one of its issuer's keys, it does not say which": (
        sign(SIGNED | {"verification": {"type": "SignedBadge"}}),
        WORLD | {f"{HOST}/key-of-old": CRYPTOGRAPHIC_KEY | {"id": f"{HOST}/key-of-old", "publicKeyPem": pem(OTHER)}},
        SIGNED_WELL,
    ),
    "by a key that stands within the Profile": (
        sign(SIGNED | {"verification": {"type": "signed", "creator": f"{ISSUER}#1"}}),
        {
            BADGE: BADGE_CLASS,
            LIST: REVOKED,
            **dict.fromkeys(
                (ISSUER, f"{ISSUER}#1"), PROFILE | {"publicKey": CRYPTOGRAPHIC_KEY | {"id": f"{ISSUER}#1"}}
            ),
        },
        SIGNED_WELL,
    ),
    "with badge and issuer inside": (sign(SIGNED | {"badge": CARRIED}), WORLD, SIGNED_WELL),
    "with a BadgeClass that has no address": (
        sign(SIGNED | {"badge": BADGE_CLASS | {"id": "urn:uuid:3"}}),
        WORLD,
        SIGNED_WELL,
    ),
    "without a list": (
        sign(SIGNED),
        WORLD | {ISSUER: NO_LIST},
        {name: result for name, result in SIGNED_WELL.items() if name != "status"},
    ),
    "under the other name for verification": (
        sign(
            {name: value for name, value in SIGNED.items() if name != "verification"}
            | {"verify": SIGNED["verification"]}
        ),
        WORLD,
        SIGNED_WELL,
    ),
    "with a list that names no issuer": (
        sign(SIGNED),
        WORLD | {LIST: {name: value for name, value in REVOKED.items() if name != "issuer"}},
        SIGNED_WELL,
    ),
}


@pytest.mark.parametrize(("text", "world", "well"), WELL_SIGNED.values(), ids=WELL_SIGNED)
def test_a_badge_may_be_signed_in_each_way_that_the_specification_knows(text, world, well):
    report = check(text, world=world)

    assert verdict(report) == (True, well)
    assert (report.said.issuer_name, report.said.achievement_name) == ("Kōwhai", "Shear a ewe")


# --- format -----------------------------------------------------------------------------------------------------------
ILL_FORMED = {
    "no id": changed(HOSTED, ("id",), None),
    "an id that is no address": changed(HOSTED, ("id",), SIGNED_ID),
    "an id at half a host": changed(HOSTED, ("id",), "https://[::1/a"),
    "an id at no port": changed(HOSTED, ("id",), "https://badges.example:x/a"),
    "no recipient": changed(HOSTED, ("recipient",), None),
    "a recipient that is a word": changed(HOSTED, ("recipient",), EMAIL),
    "a recipient of no type": changed(HOSTED, ("recipient", "type"), None),
    "a recipient without an identity": changed(HOSTED, ("recipient", "identity"), None),
    "hashed in words": changed(HOSTED, ("recipient", "hashed"), "true"),
    "a salt that is a number": changed(HOSTED, ("recipient", "salt"), 5),
    "no badge": changed(HOSTED, ("badge",), None),
    "a badge that is a number": changed(HOSTED, ("badge",), 5),
    "a badge without a name": changed(HOSTED, ("badge",), {"id": BADGE, "issuer": ISSUER}),
    "a badge without an issuer": changed(HOSTED, ("badge",), {"id": BADGE, "name": "x"}),
    "a badge with an issuer that has no id": changed(HOSTED, ("badge",), CARRIED | {"issuer": {"name": "x"}}),
    "no date": changed(HOSTED, ("issuedOn",), None),
    "a date in seconds": changed(HOSTED, ("issuedOn",), 1767323045),
    "a date without a zone": changed(HOSTED, ("issuedOn",), "2026-01-02T03:04:05"),
    "a date in words": changed(HOSTED, ("expires",), "never"),
    "no verification": changed(HOSTED, ("verification",), None),
    "two verifications": HOSTED | {"verify": {"type": "HostedBadge"}},
    "hosted and signed": changed(HOSTED, ("verification", "type"), ["HostedBadge", "SignedBadge"]),
    "verified in no way that is known": changed(HOSTED, ("verification", "type"), "BlockchainBadge"),
    "a creator that is no address": changed(HOSTED, ("verification",), {"type": "SignedBadge", "creator": "x"}),
    "another type": changed(HOSTED, ("type",), "Endorsement"),
    "a BadgeClass": BADGE_CLASS,
    "a member that nobody knows": HOSTED | {"grade": "A+"},
    "one further inside": changed(HOSTED, ("evidence", 0, "grade"), "A+"),
    "a term written out": HOSTED | {"https://w3id.org/security#expiration": "2020-01-01T00:00:00Z"},
    "a term with a prefix": HOSTED | {"sec:expiration": "2020-01-01T00:00:00Z"},
    "JSON-LD's own id": HOSTED | {"@id": ID},
    "a prefix as a member": HOSTED | {"sec": "x"},
    "a type as a member": HOSTED | {"Assertion": "x"},
    "a context of its own": HOSTED | {"@context": [V2, {"expires": "https://schema.org/x"}]},
    "a context further inside": changed(HOSTED, ("recipient", "@context"), {"identity": "https://schema.org/x"}),
    "two contexts": HOSTED | {"@context": [V1, V2]},
    "another context further inside": HOSTED | {"badge": CARRIED | {"@context": V1}},
    "a context that is a number": HOSTED | {"@context": 2},
}


@pytest.mark.parametrize("body", ILL_FORMED.values(), ids=ILL_FORMED)
def test_what_is_not_well_formed_fails_and_nobody_is_asked(body):
    asked = []

    for given in (body, sign(body)):
        report = check(given, asked=asked)
        assert verdict(report) == (False, {"format": "fail"})
        assert asked == []
    assert report.checks[0].technical


UNKNOWN_WORDS = {
    "another context": HOSTED | {"@context": "https://openbadges.example/v2"},
    "one more": HOSTED | {"@context": [V2, "https://w3id.org/blockcerts/v2"]},
    "an extension": HOSTED
    | {
        "extensions:geo": {"@context": "https://w3id.org/openbadges/extensions/geo/context.json", "type": ["Extension"]}
    },
}


@pytest.mark.parametrize("body", UNKNOWN_WORDS.values(), ids=UNKNOWN_WORDS)
def test_a_vocabulary_that_is_not_known_here_could_not_be_checked(body):
    assert verdict(check(body)) == (None, {"format": "could_not_check"})
    assert verdict(check(sign(body))) == (None, {"format": "could_not_check"})
    unsigned = token({"alg": "none"}, body, b"")
    assert verdict(check(unsigned)) == (False, {"format": "could_not_check", "signature": "fail"})


# --- hosted -----------------------------------------------------------------------------------------------------------
OTHER_WORDS = {
    "another date": changed(HOSTED, ("issuedOn",), "2025-01-02T03:04:05Z"),
    "no end": changed(HOSTED, ("expires",), None),
    "another recipient": changed(HOSTED, ("recipient", "identity"), "sha256$00"),
    "1 for true": changed(HOSTED, ("recipient",), HOSTED["recipient"] | {"hashed": False}),
    "another badge": changed(HOSTED, ("badge",), f"{HOST}/b/2"),
    "evidence in another order": changed(HOSTED, ("evidence",), HOSTED["evidence"][::-1]),
    "a name more": HOSTED | {"uid": "1"},
}


@pytest.mark.parametrize("body", OTHER_WORDS.values(), ids=OTHER_WORDS)
def test_what_says_something_else_than_its_issuer_publishes_fails_and_hides_the_rest(body):
    report = check(body)

    assert verdict(report) == (False, {"format": "pass", "hosted": "fail"})
    assert "says something else" in words_of(report)["hosted"]


def test_the_order_of_members_says_nothing():
    assert check(dict(reversed(HOSTED.items()))).valid is True


@pytest.mark.parametrize(
    "published", [None, "<html>", "[]", "5", '{"id":1,"id":2}'], ids=["404", "a page", "a list", "a number", "twice"]
)
def test_a_badge_that_is_not_to_be_had_at_its_address_could_not_be_checked(published):
    world = {ISSUER: PROFILE, BADGE: BADGE_CLASS} | ({ID: published} if published else {})

    for given in (HOSTED, baking.bake_svg(DRAWING, ID, version=2)):
        report = check(given, world=world)

        assert (report.valid, results(report)["hosted"]) == (None, "could_not_check")
        assert set(results(report)) <= {"format", "hosted"}
        assert "nothing against it" in words_of(report)["hosted"]


NOTICE = {"@context": V2, "type": "Assertion", "id": ID, "revoked": True, "revocationReason": "A mistake."}
TAKEN_DOWN = {
    "410": (GONE, "The issuer has taken it back."),
    "410 and a notice": (Answer(json.dumps(NOTICE).encode(), 410), "The issuer has taken it back: A mistake."),
    "a notice alone": (NOTICE, "The issuer has taken it back: A mistake."),
    "revoked, and all else still there": (HOSTED | {"revoked": True}, "The issuer has taken it back."),
}


@pytest.mark.parametrize(("published", "told"), TAKEN_DOWN.values(), ids=TAKEN_DOWN)
def test_a_hosted_badge_that_was_taken_back_fails_with_the_reason(published, told):
    report = check(HOSTED, world=WORLD | {ID: published})

    assert verdict(report) == (False, HOSTED_WELL | {"hosted": "could_not_check", "status": "fail"})
    assert words_of(report)["status"] == told
    assert [one.why for one in report.checks if one.name == "status"] == ["revoked"]


def test_an_address_where_a_badge_was_taken_back_says_so():
    report = check(baking.bake_svg(DRAWING, ID, version=2), world={ID: TAKEN_DOWN["410 and a notice"][0]})

    assert verdict(report) == (False, {"status": "fail"})
    assert (report.said.credential_id, words_of(report)["status"]) == (ID, "The issuer has taken it back: A mistake.")


def test_the_notice_itself_is_a_badge_that_was_taken_back():
    report = check(NOTICE)

    assert verdict(report) == (False, {"format": "pass", "status": "fail"})


def test_a_hosted_badge_in_its_issuers_list_was_taken_back_and_without_the_list_it_holds_by_being_there():
    listed = REVOKED | {"revokedAssertions": [{"id": ID}]}

    assert verdict(check(HOSTED, world=WORLD | {LIST: listed})) == (False, HOSTED_WELL | {"status": "fail"})
    assert verdict(check(HOSTED, world=WORLD | {LIST: "<html>"})) == (True, HOSTED_WELL)


def test_an_address_that_publishes_a_badge_with_another_address_is_not_where_it_stands():
    copy = f"{EVIL}/copy"

    report = check(baking.bake_svg(DRAWING, copy, version=2), world=WORLD | {copy: HOSTED})

    assert verdict(report) == (False, {"format": "pass", "hosted": "fail"})


def _at(address, **policy):
    """A badge published somewhere else, and what the issuer says of where it publishes."""
    body = HOSTED | {"id": address}
    return body, WORLD | {address: body, ISSUER: PROFILE | ({"verification": policy} if policy else {})}


PLACES = {
    "the issuer's own host": (_at(f"{HOST}/x"), "pass"),
    "its own host, spelled otherwise": (_at("https://BADGES.example:443/x"), "pass"),
    "another host": (_at(f"{EVIL}/x"), "fail"),
    "its own host, from before it changed over to https": (_at("http://badges.example/x"), "pass"),
    "another port": (_at(f"{HOST}:8443/x"), "fail"),
    "another port, without https": (_at("http://badges.example:8080/x"), "fail"),
    "the port of https, without it": (_at("http://badges.example:443/x"), "fail"),
    "a host that only begins so": (_at(f"{HOST}.evil.example/x"), "fail"),
    "another host, with the issuer's as a name in front": (_at("https://badges.example@evil.example/x"), "fail"),
    "a host that the issuer names": (_at("https://cdn.example/x", allowedOrigins=["cdn.example"]), "pass"),
    "a host that it names with its scheme": (
        _at("https://cdn.example/x", allowedOrigins="https://cdn.example"),
        "pass",
    ),
    "its own host, where it names another": (_at(f"{HOST}/x", allowedOrigins="cdn.example"), "fail"),
    "where its badges start": (_at(f"{HOST}/a/x", startsWith=[f"{HOST}/z/", f"{HOST}/a/"]), "pass"),
    "elsewhere than its badges start": (_at(f"{HOST}/b/x", startsWith=f"{HOST}/a/"), "fail"),
    "hosts that are none": (_at(f"{HOST}/x", allowedOrigins=["https://[", "https://a:b", "", 5]), "fail"),
    "a start of nothing": (_at(f"{HOST}/b/x", startsWith=""), "fail"),
    "a start that is a number": (_at(f"{HOST}/b/x", startsWith=5), "fail"),
    "a start elsewhere, which gives no host away": (_at(f"{EVIL}/x", startsWith=f"{EVIL}/"), "fail"),
}


@pytest.mark.parametrize(("placed", "result"), PLACES.values(), ids=PLACES)
def test_an_issuer_says_where_its_badges_are_published(placed, result):
    body, world = placed

    report = check(body, world=world)

    assert verdict(report) == (result == "pass", HOSTED_WELL | {"issuer": result})


def test_two_hosts_that_were_written_alike_once_are_two():
    """What looks up names tells straße from strasse (IDNA 2008), and somebody else may own the one."""
    theirs, issuer = "https://straße.example/x", "https://strasse.example/issuer"
    body = HOSTED | {"id": theirs}
    world = {theirs: body, BADGE: BADGE_CLASS | {"issuer": issuer}, issuer: PROFILE | {"id": issuer}}

    report = check(body, world=world)

    assert verdict(report) == (False, HOSTED_WELL | {"issuer": "fail"})
    assert report.host == "strasse.example"
    at_home = check(body | {"id": f"{issuer}/x"}, world=world | {f"{issuer}/x": body | {"id": f"{issuer}/x"}})
    assert at_home.valid is True


LED_ON = {
    "to https": ("http://badges.example/x", "https://badges.example/x", True),
    "to https, with the ports written": ("http://badges.example:80/x", "https://badges.example:443/y", True),
    "to https at another host": ("http://badges.example/x", "https://evil.example/x", None),
    "to https at another port": ("http://badges.example/x", "https://badges.example:8443/x", None),
    "to https from another port": ("http://badges.example:8080/x", "https://badges.example/x", None),
    "away from https": ("https://badges.example/x", "http://badges.example/x", None),
}


@pytest.mark.parametrize(("address", "url", "valid"), LED_ON.values(), ids=LED_ON)
def test_an_address_that_leads_on_to_https_at_its_host_is_still_its_issuers_word(address, url, valid):
    body, world = _at(address, allowedOrigins=["badges.example"])

    report = check(body, world=world | {address: Answer(json.dumps(body).encode(), url=url)})

    assert report.valid is valid


# --- who stands behind it ---------------------------------------------------------------------------------------------
BEHIND = {
    "no BadgeClass": ({BADGE: None}, "could_not_check"),
    "no Profile": ({ISSUER: None}, "could_not_check"),
    "a Profile that is gone": ({ISSUER: GONE}, "could_not_check"),
    "a BadgeClass that is a page": ({BADGE: "<html>"}, "could_not_check"),
    "a BadgeClass without a type": ({BADGE: changed(BADGE_CLASS, ("type",), None)}, "could_not_check"),
    "a Profile without a name": ({ISSUER: changed(PROFILE, ("name",), None)}, "could_not_check"),
    "a BadgeClass of another id": ({BADGE: BADGE_CLASS | {"id": f"{EVIL}/b/1"}}, "fail"),
    "a BadgeClass without an id": ({BADGE: changed(BADGE_CLASS, ("id",), None)}, "fail"),
    "a Profile of another id": ({ISSUER: PROFILE | {"id": f"{EVIL}/issuer"}}, "fail"),
    "an issuer without an address": ({BADGE: BADGE_CLASS | {"issuer": "mailto:a@example.com"}}, "could_not_check"),
    "an issuer inside without an address": (
        {BADGE: BADGE_CLASS | {"issuer": PROFILE | {"id": "urn:uuid:4"}}},
        "could_not_check",
    ),
    "a BadgeClass without an issuer": ({BADGE: changed(BADGE_CLASS, ("issuer",), None)}, "could_not_check"),
}


@pytest.mark.parametrize(("change", "result"), BEHIND.values(), ids=BEHIND)
def test_nobody_stands_behind_a_badge_but_who_says_so_at_an_address_of_its_own(change, result):
    world = {address: found for address, found in (WORLD | change).items() if found is not None}

    hosted, signed = check(HOSTED, world=world), check(sign(SIGNED), world=world)

    valid = False if result == "fail" else None
    assert verdict(hosted) == (valid, HOSTED_WELL | {"issuer": result})
    assert verdict(signed) == (valid, SIGNED_WELL | {"issuer": result, "status": "could_not_check"})


def test_a_badge_that_carries_a_known_name_with_it_is_not_believed():
    known = PROFILE | {"id": f"{EVIL}/issuer", "name": "A famous university"}
    body = HOSTED | {"id": f"{EVIL}/a", "badge": BADGE_CLASS | {"issuer": known}}
    theirs = {f"{EVIL}/a": body, f"{EVIL}/issuer": PROFILE | {"id": f"{EVIL}/issuer", "name": "Evil Ltd"}}

    other = check(body, world=WORLD | theirs)
    own = body | {"badge": body["badge"] | {"id": f"{EVIL}/b"}}
    world = WORLD | theirs | {f"{EVIL}/a": own, f"{EVIL}/b": own["badge"]}
    named = check(own, world=world)

    assert verdict(other) == (False, HOSTED_WELL | {"issuer": "fail"})
    assert "names another issuer" in {one.name: one.technical for one in other.checks}["issuer"]
    assert (named.valid, named.said.issuer_name) == (True, "Evil Ltd")


# --- signed -----------------------------------------------------------------------------------------------------------
def _other_payload(text):
    header, payload, signature = text.split(".")
    body = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return f"{header}.{jose.base64url(json.dumps(body | {'expires': '2100-01-01T00:00:00Z'}).encode())}.{signature}"


def _by_secret(algorithm):
    """Signed with the issuer's public key, as if that were a secret."""
    signed = token({"alg": algorithm}, SIGNED).rpartition(".")[0]
    return f"{signed}.{jose.base64url(hmac.digest(pem(KEY).encode(), signed.encode(), 'sha256'))}"


NOBODY, CHANGED = "Nobody signed this. Anyone could have written it.", "It was changed after it was signed"
SECRET = "It is signed with a secret that anyone checking it would need too."
BADLY_SIGNED = {
    "no signature around it": (SIGNED, "fail", NOBODY),
    **{
        f"alg {name!r}": (token({"alg": name}, SIGNED, signature), "fail", NOBODY)
        for name in ("none", "None", "NONE", "nOnE", "")
        for signature in (b"", b"x")
    },
    "no alg": (token({"typ": "JWT"}, SIGNED), "fail", NOBODY),
    "alg that is a list": (token({"alg": ["RS256"]}, SIGNED), "fail", NOBODY),
    "nothing behind the last dot": (token({"alg": "RS256"}, SIGNED, b""), "fail", NOBODY),
    "HS256 with the public key": (_by_secret("HS256"), "fail", SECRET),
    "hs256 in small letters": (_by_secret("hs256"), "fail", SECRET),
    "another payload": (_other_payload(sign(SIGNED)), "fail", CHANGED),
    "another key under the issuer's name": (sign(SIGNED, OTHER), "fail", CHANGED),
    "another kind of key": (sign(SIGNED, P256), "fail", CHANGED),
    "a hosted badge that nobody signed": (token({"alg": "none"}, HOSTED, b""), "fail", NOBODY),
    "RS512": (token({"alg": "RS512"}, SIGNED), "could_not_check", "Could not check"),
}


@pytest.mark.parametrize(("given", "result", "told"), BADLY_SIGNED.values(), ids=BADLY_SIGNED)
def test_a_signature_that_does_not_hold_hides_what_comes_after(given, result, told):
    report = check(given)

    assert verdict(report) == (False if result == "fail" else None, {"format": "pass", "signature": result})
    assert words_of(report)["signature"].startswith(told)


def test_any_sign_of_a_signed_badge_counts():
    text = sign(SIGNED)

    for place in range(0, len(text), 7):
        other = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        assert _verdict(other) is not True, place


def _verdict(text):
    try:
        return check(text).valid
    except NotABadge:
        return False


THEIRS = {f"{EVIL}/key": CRYPTOGRAPHIC_KEY | {"id": f"{EVIL}/key", "publicKeyPem": pem(OTHER)}}
BY_EVIL = sign(changed(SIGNED, ("verification", "creator"), f"{EVIL}/key"), OTHER)
NOT_THE_ISSUERS = {
    "a key that its issuer does not name": (BY_EVIL, THEIRS),
    "a key of another owner": (sign(SIGNED), {KEY_ID: CRYPTOGRAPHIC_KEY | {"owner": f"{EVIL}/issuer"}}),
    "a key without an owner": (sign(SIGNED), {KEY_ID: changed(CRYPTOGRAPHIC_KEY, ("owner",), None)}),
    "an issuer without keys": (sign(SIGNED), {ISSUER: changed(PROFILE, ("publicKey",), None)}),
    "an issuer that publishes another key under that name": (
        sign(SIGNED),
        {ISSUER: PROFILE | {"publicKey": CRYPTOGRAPHIC_KEY | {"publicKeyPem": pem(OTHER)}}},
    ),
    "keys that are nested": (sign(SIGNED), {ISSUER: PROFILE | {"publicKey": [[KEY_ID]]}}),
}


@pytest.mark.parametrize(("text", "change"), NOT_THE_ISSUERS.values(), ids=NOT_THE_ISSUERS)
def test_a_key_is_the_issuers_only_where_each_names_the_other(text, change):
    report = check(text, world=WORLD | change)

    assert verdict(report) == (False, SIGNED_WELL | {"issuer": "fail"})
    assert words_of(report)["issuer"] == "The issuer does not know the key that signed this."


@pytest.mark.parametrize(
    ("published", "checks"),
    [
        (None, {"signature": "could_not_check"}),
        ("<html>", {"signature": "could_not_check"}),
        (CRYPTOGRAPHIC_KEY | {"publicKeyPem": "-----BEGIN"}, {"signature": "could_not_check"}),
        (changed(CRYPTOGRAPHIC_KEY, ("publicKeyPem",), None), {"signature": "could_not_check"}),
        (
            CRYPTOGRAPHIC_KEY | {"publicKeyPem": pem(rsa.generate_private_key(65537, 1024))},  # noqa: S505 - refused, not used
            {"signature": "could_not_check"},
        ),
        (CRYPTOGRAPHIC_KEY | {"id": f"{EVIL}/key"}, {"issuer": "fail"}),
        (GONE, {"issuer": "fail"}),
    ],
    ids=["404", "a page", "half a key", "no key", "a weak key", "another key", "a key that was withdrawn"],
)
def test_without_the_key_nothing_is_said_of_what_it_signed(published, checks):
    world = {address: found for address, found in (WORLD | {KEY_ID: published}).items() if found}

    report = check(sign(SIGNED), world=world)

    assert verdict(report) == (False if "fail" in checks.values() else None, {"format": "pass"} | checks)


TAKEN_BACK = {
    "an id": ([SIGNED_ID], "fail"),
    "an entry": ([{"id": SIGNED_ID, "revocationReason": "A mistake."}], "fail"),
    "one entry, no list": ({"id": SIGNED_ID}, "fail"),
    "a uid": ([{"uid": "77"}], "fail"),
    "others": (["urn:uuid:5", {"id": "urn:uuid:6"}, {"uid": ""}, {}, 5, None, [SIGNED_ID]], "pass"),
    "none": ([], "pass"),
}


@pytest.mark.parametrize(("revoked", "result"), TAKEN_BACK.values(), ids=TAKEN_BACK)
def test_a_signed_badge_was_taken_back_when_it_stands_in_its_issuers_list(revoked, result):
    report = check(sign(SIGNED | {"uid": "77"}), world=WORLD | {LIST: REVOKED | {"revokedAssertions": revoked}})

    assert verdict(report) == (result == "pass", SIGNED_WELL | {"status": result})


@pytest.mark.parametrize(
    "published",
    [None, GONE, "<html>", REVOKED | {"issuer": f"{EVIL}/issuer"}, {"type": "RevocationList", "id": LIST}],
    ids=["404", "410", "a page", "of another issuer", "no list"],
)
def test_a_list_that_can_not_be_read_or_is_somebody_elses_says_nothing(published):
    world = {address: found for address, found in (WORLD | {LIST: published}).items() if found}

    report = check(sign(SIGNED), world=world)

    assert verdict(report) == (None, SIGNED_WELL | {"status": "could_not_check"})


def test_a_list_without_an_address_says_nothing():
    report = check(sign(SIGNED), world=WORLD | {ISSUER: PROFILE | {"revocationList": "urn:uuid:7"}})

    assert verdict(report) == (None, SIGNED_WELL | {"status": "could_not_check"})


# --- in time, and whose it is -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("dates", "result", "why"),
    [
        ({"issuedOn": "2026-11-24T00:00:01Z"}, "fail", "early"),
        ({"issuedOn": "2026-11-24T13:00:00+13:00"}, "pass", ""),
        ({"expires": "2026-11-24T00:00:00Z"}, "fail", "expired"),
        ({"expires": "2026-11-24T00:00:01Z"}, "pass", ""),
    ],
)
def test_it_is_in_time_from_its_first_moment_until_its_last(dates, result, why):
    report = check(sign(SIGNED | dates))

    assert verdict(report) == (result == "pass", SIGNED_WELL | {"in_time": result})
    assert [one.why for one in report.checks if one.name == "in_time"] == [why]


def _sum(algorithm, text):
    return f"{algorithm}${hashlib.new(algorithm, text.encode()).hexdigest()}"


RECIPIENTS = {
    "SHA-256": ({"identity": SHA256, "hashed": True, "salt": SALT}, "pass", "by its sha256 sum"),
    "SHA-256 without salt": ({"identity": _sum("sha256", EMAIL), "hashed": True}, "pass", "by its sha256 sum"),
    "MD5": (
        {"identity": _sum("md5", EMAIL + SALT), "hashed": True, "salt": SALT},
        "pass",
        "by its md5 sum, which is weak",
    ),
    "SHA-1": ({"identity": _sum("sha1", EMAIL), "hashed": True, "salt": ""}, "pass", "by its sha1 sum, which is weak"),
    "as it is": ({"identity": "A@Example.com", "hashed": False}, "pass", "by its address as it is written"),
    "as it is, unsaid": ({"identity": EMAIL}, "pass", "by its address as it is written"),
    "another salt": ({"identity": SHA256, "hashed": True, "salt": "kosher"}, "fail", "no identifier matches"),
    "another address": ({"identity": "b@example.com", "hashed": False}, "fail", "no identifier matches"),
    "a sum that is said to be none": (
        {"identity": SHA256, "hashed": False, "salt": SALT},
        "fail",
        "no identifier matches",
    ),
    "a sum that nobody knows": ({"identity": "crc32$00", "hashed": True}, "fail", "no identifier matches"),
    "a telephone": ({"type": "telephone", "identity": "+64"}, "could_not_check", "no identifier is an e-mail address"),
}


@pytest.mark.parametrize(("recipient", "result", "how"), RECIPIENTS.values(), ids=RECIPIENTS)
def test_it_belongs_to_the_address_that_it_names_or_has_summed(recipient, result, how):
    report = check(sign(SIGNED | {"recipient": {"type": "email"} | recipient}), recipient=EMAIL)

    assert results(report) == SIGNED_WELL | {"recipient": result}
    assert report.checks[-1].technical == how


# --- 1.1, 1.0 and 0.5 -------------------------------------------------------------------------------------------------
BADGE_1 = {"name": "Shear a ewe", "description": "x", "image": f"{HOST}/b.png", "criteria": HOST, "issuer": ISSUER}
ISSUER_1 = {"name": "Kōwhai", "url": HOST, "revocationList": LIST}
V10 = {
    "uid": "abc",
    "recipient": {"type": "email", "hashed": True, "salt": SALT, "identity": SHA256},
    "badge": BADGE,
    "verify": {"type": "hosted", "url": ID},
    "issuedOn": 1767323045,
    "expires": "2099-01-02",
    "evidence": f"{HOST}/e",
    "image": f"{HOST}/a.png",
}
V11 = V10 | {"@context": V1, "type": "Assertion", "id": ID, "issuedOn": "2026-01-02T03:04:05"}
V05 = {
    "recipient": SHA256,
    "salt": SALT,
    "evidence": "/e",
    "issued_on": "2026-01-02",
    "badge": {
        "version": "0.5.0",
        "name": "Shear a ewe",
        "image": "/b.png",
        "description": "x",
        "criteria": "/b",
        "issuer": {"origin": HOST, "name": "Kōwhai", "org": "Wool", "contact": "a@badges.example"},
    },
}
WORLD_1 = {
    BADGE: BADGE_1,
    ISSUER: ISSUER_1,
    KEY_ID: pem(KEY),
    LIST: {"xyz": "Issued in error."},
}
SIGNATURE = {"verify": {"type": "signed", "url": KEY_ID}}


def older_world(body, **change):
    return WORLD_1 | {ID: body} | change


@pytest.mark.parametrize(("body", "kind"), [(V10, "1.0"), (V11, "1.1"), (V05, "0.5")])
def test_an_older_hosted_badge_passes_by_its_address_and_fails_changed(body, kind):
    by_address = old_picture(ID)

    whole = check(by_address, world=older_world(body), recipient=EMAIL)

    assert verdict(whole) == (True, HOSTED_WELL | {"recipient": "pass"})
    assert (whole.kind, whole.said.credential_id, whole.document) == (f"Open Badges {kind}, hosted", ID, body)
    assert (whole.said.issuer_name, whole.said.achievement_name) == ("Kōwhai", "Shear a ewe")
    late = check(by_address, world=older_world(body | {"expires": "1767400000"}))
    assert verdict(late) == (False, HOSTED_WELL | {"in_time": "fail"})
    gone = check(by_address, world=older_world(GONE))
    assert verdict(gone) == (False, {"status": "fail"})
    if kind != "0.5":
        assert verdict(check(body, world=older_world(body))) == (True, HOSTED_WELL)
        assert verdict(check(body | {"uid": "other"}, world=older_world(body))) == (
            False,
            {"format": "pass", "hosted": "fail"},
        )


def test_the_oldest_does_not_say_where_it_is_published():
    report = check(V05, world=older_world(V05))

    assert verdict(report) == (None, {"format": "pass", "hosted": "could_not_check"})
    assert "by its address" in words_of(report)["hosted"]


def test_the_oldest_may_name_its_earner_as_written_and_an_origin_of_its_own():
    plain = V05 | {"recipient": EMAIL}
    by_address = baking.bake_svg(DRAWING, ID, version=2)

    assert check(by_address, world=older_world(plain), recipient=EMAIL).valid is True
    elsewhere = changed(V05, ("badge", "issuer", "origin"), EVIL)
    assert verdict(check(by_address, world=older_world(elsewhere))) == (False, HOSTED_WELL | {"issuer": "fail"})
    undated = {name: value for name, value in V05.items() if name != "issued_on"}
    assert check(by_address, world=older_world(undated)).valid is True


@pytest.mark.parametrize(("body", "kind"), [(V10, "1.0"), (changed(V11, ("id",), None), "1.1")])
def test_an_older_signed_badge_passes_by_a_key_at_its_issuers_host(body, kind):
    text = sign(body | SIGNATURE)

    report = check(text, world=WORLD_1)

    assert verdict(report) == (True, SIGNED_WELL)
    assert (report.kind, report.key, report.said.credential_id) == (f"Open Badges {kind}, signed", KEY_ID, "abc")
    revoked = check(text, world=WORLD_1 | {LIST: {"abc": "Issued in error."}})
    assert verdict(revoked) == (False, SIGNED_WELL | {"status": "fail"})
    assert words_of(revoked)["status"] == "The issuer has taken it back: Issued in error."
    other = check(sign(body | SIGNATURE, OTHER), world=WORLD_1)
    assert verdict(other) == (False, {"format": "pass", "signature": "fail"})
    withdrawn = check(text, world=WORLD_1 | {KEY_ID: GONE})
    assert verdict(withdrawn) == (False, {"format": "pass", "issuer": "fail"})
    theirs = sign(body | {"verify": {"type": "signed", "url": f"{EVIL}/key"}}, OTHER)
    foreign = check(theirs, world=WORLD_1 | {f"{EVIL}/key": pem(OTHER)})
    assert verdict(foreign) == (False, SIGNED_WELL | {"issuer": "fail"})
    unsigned = check(body | SIGNATURE, world=WORLD_1)
    assert verdict(unsigned) == (False, {"format": "pass", "signature": "fail"})


@pytest.mark.parametrize("body", [V10, changed(V11, ("id",), None)], ids=["1.0", "1.1"])
def test_a_key_that_an_issuers_address_leads_on_to_elsewhere_is_not_the_issuers(body):
    leading = f"{HOST}/go?to={EVIL}/key"
    forged = sign(body | {"verify": {"type": "signed", "url": leading}}, OTHER)
    there = pem(OTHER).encode()

    report = check(forged, world=WORLD_1 | {leading: Answer(there, url=f"{EVIL}/key")})

    assert verdict(report) == (None, {"format": "pass", "signature": "could_not_check"})
    at_home = check(forged, world=WORLD_1 | {leading: Answer(there, url=f"{HOST}/new-key")})
    assert verdict(at_home) == (True, SIGNED_WELL)


@pytest.mark.parametrize(
    ("text", "world"),
    [(sign(V10 | SIGNATURE), WORLD_1), (sign(SIGNED), WORLD)],
    ids=["1.0", "2.0"],
)
def test_a_key_that_is_gone_where_its_address_leads_on_to_is_not_taken_away(text, world):
    report = check(text, world=world | {KEY_ID: Answer(b"", 410, url=f"{EVIL}/gone")})

    assert verdict(report) == (None, {"format": "pass", "signature": "could_not_check"})
    at_home = check(text, world=world | {KEY_ID: Answer(b"", 410, url=f"{HOST}/gone")})
    assert verdict(at_home) == (False, {"format": "pass", "issuer": "fail"})


@pytest.mark.parametrize("form", ["its address", "text"])
def test_a_badge_that_is_gone_where_its_address_leads_on_to_is_not_taken_back(form):
    given = old_picture(ID) if form == "its address" else HOSTED
    notice = json.dumps({"revoked": True, "revocationReason": "Because."}).encode()

    report = check(given, world=WORLD | {ID: Answer(notice, 410, url=f"{EVIL}/gone")})

    assert (report.valid, results(report)["hosted"]) == (None, "could_not_check")
    at_home = check(given, world=WORLD | {ID: Answer(notice, 410, url=f"{HOST}/gone")})
    assert (at_home.valid, at_home.verdict) == (False, "taken_back")


def test_an_older_issuer_that_changed_over_to_https_still_publishes_its_key():
    insecure = "http://badges.example/key"
    text = sign(V10 | {"verify": {"type": "signed", "url": insecure}})

    report = check(text, world=WORLD_1 | {insecure: pem(KEY)})

    assert verdict(report) == (True, SIGNED_WELL)


def test_a_key_at_a_host_that_was_written_alike_once_is_not_the_issuers():
    theirs, home = "https://straße.example/key", "https://strasse.example"
    text = sign(V10 | {"verify": {"type": "signed", "url": theirs}}, OTHER)
    world = {BADGE: BADGE_1 | {"issuer": f"{home}/i"}, f"{home}/i": ISSUER_1, theirs: pem(OTHER), LIST: {}}

    report = check(text, world=world)

    assert verdict(report) == (False, SIGNED_WELL | {"issuer": "fail"})


OLDER_ILL_FORMED = {
    "1.0 without a uid": changed(V10, ("uid",), None),
    "1.0 without a place": changed(V10, ("verify", "url"), None),
    "1.0 that is verified in no way": changed(V10, ("verify", "type"), "x"),
    "1.0 with a member that nobody knows": V10 | {"grade": "A+"},
    "1.0 with words of JSON-LD": V10 | {"@id": ID},
    "1.0 with a date that is true": V10 | {"issuedOn": True},
    "1.0 with a date too far away": V10 | {"expires": "99999999999999"},
    "1.0 hashed in no word": changed(V10, ("recipient", "hashed"), "perhaps"),
    "1.1 without a type": changed(V11, ("type",), None),
    "1.1 with two places": changed(V11, ("verify", "url"), f"{HOST}/other"),
    "1.1 with a term of 2.0": V11 | {"narrative": "x"},
    "0.5 without an origin": changed(V05, ("badge", "issuer", "origin"), None),
    "0.5 with half an origin": changed(V05, ("badge", "issuer", "origin"), "http://["),
    "0.5 without an issuer": changed(V05, ("badge", "issuer"), None),
    "0.5 with a member that nobody knows": V05 | {"grade": "A+"},
    "a few words": {"recipient": {}, "badge": 5},
}


@pytest.mark.parametrize("body", OLDER_ILL_FORMED.values(), ids=OLDER_ILL_FORMED)
def test_an_older_badge_that_is_not_well_formed_fails(body):
    assert verdict(check(body, world=older_world(body))) == (False, {"format": "fail"})


def test_hashed_may_be_written_as_a_word_in_older_badges():
    body = changed(V10, ("recipient", "hashed"), "True")

    report = check(body, world=older_world(body), recipient=EMAIL)

    assert verdict(report) == (True, HOSTED_WELL | {"recipient": "pass"})


# --- limits -----------------------------------------------------------------------------------------------------------
def test_only_a_few_addresses_are_asked_however_many_keys_an_issuer_has():
    many = [f"{HOST}/key/{number}" for number in range(500)]
    keys = {one: CRYPTOGRAPHIC_KEY | {"id": one, "publicKeyPem": pem(OTHER)} for one in many}
    asked = []

    report = check(
        sign(SIGNED | {"verification": {"type": "SignedBadge"}}),
        world=WORLD | keys | {ISSUER: PROFILE | {"publicKey": many}},
        asked=asked,
    )

    assert verdict(report) == (False, {"format": "pass", "signature": "fail"})
    assert len(asked) == 7 < MOST_QUESTIONS


def test_documents_that_name_each_other_are_not_followed_round():
    asked = []

    check(HOSTED | {"badge": ID}, world={ID: HOSTED | {"badge": ID, "issuer": ID, "name": "x"}}, asked=asked)
    check(HOSTED | {"badge": ID}, world={ID: HOSTED | {"badge": ID}}, asked=asked)

    assert asked == [ID, ID]


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=8)
    | st.sampled_from([ID, "http://[", V2, SIGNED_ID]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "@context", "name", "issuer", "uid", "identity"]), inner)
    ),
    max_leaves=6,
)
_places = [
    (document, name)
    for document in (ID, BADGE, ISSUER, KEY_ID, LIST)
    for name in (*WORLD[document], "verification", "verify", "revoked", "uid")
]


@hypothesis.settings(max_examples=100, deadline=None)
@hypothesis.given(
    place=st.sampled_from(_places), value=_json, kind=st.sampled_from(["hosted", "signed", "1.0", "1.1", "0.5"])
)
def test_whatever_stands_in_its_place_the_verifier_answers(place, value, kind):
    address, name = place
    body = {"hosted": HOSTED, "signed": SIGNED, "1.0": V10, "1.1": V11, "0.5": V05}[kind]
    world = WORLD if kind in ("hosted", "signed") else WORLD_1 | {ID: body}
    if address == ID:
        body = body | {name: value}
        world = world | {ID: body}
    elif isinstance(world[address], dict):
        world = world | {address: world[address] | {name: value}}
    data = sign(body) if kind == "signed" else baking.bake_svg(DRAWING, ID, version=2)

    try:
        report = check(data, world=world, recipient=EMAIL)
    except NotABadge:
        return
    assert report.checks
    assert report.to_json()["valid"] is report.valid


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\x7f", " "])
def test_an_address_with_a_sign_that_no_address_has_is_no_badge(sign):
    with pytest.raises(NotABadge):
        check(old_picture(f"{ID}{sign}x"))
