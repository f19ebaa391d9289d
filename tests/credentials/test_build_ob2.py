"""Open Badges 2.0: what is hosted, what is signed, and what is said when it was revoked."""

import json
from dataclasses import replace

import pytest
from pyld import jsonld

from apps.credentials.compiled.judge import loader
from apps.credentials.formats import ob2
from apps.credentials.formats.snapshot import AlignmentFacts
from tests.conformance.conftest import ISSUER, MINIMAL, ORIGIN, PAGE, RICH, SIGNERS

RSA = SIGNERS["RS256"].public_key()
KEY_ID = f"{ISSUER}/ob2-key.json"
ALIASES = {"hosted": "HostedBadge", "signed": "SignedBadge"}
LIST_ID = f"{ISSUER}/ob2-revocations.json"


def test_the_least_that_a_hosted_assertion_says():
    assert ob2.assertion(MINIMAL) == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": f"{MINIMAL.id}/ob2.json",
        "recipient": {"type": "email", "hashed": True, "identity": "sha256$" + "ab" * 32, "salt": "salt"},
        "badge": f"{PAGE}/ob2.json",
        "issuedOn": "2026-01-02T03:04:05Z",
        "verification": {"type": "HostedBadge"},
    }


def test_the_signed_one_has_a_name_of_its_own_and_names_its_key():
    hosted, signed = ob2.assertion(RICH), ob2.signed_assertion(RICH, creator=KEY_ID)

    assert signed == hosted | {
        "id": ob2.signed_id(RICH.id),
        "verification": {"type": "SignedBadge", "creator": KEY_ID},
    }
    assert signed["id"].startswith("urn:uuid:")


def test_what_an_award_without_an_assessment_rests_on_is_said_before_any_results():
    bare, whole = (replace(one, narrative="Awarded directly.") for one in (MINIMAL, RICH))

    assert ob2.assertion(bare)["narrative"] == "Awarded directly."
    assert ob2.assertion(whole)["narrative"] == f"Awarded directly.\n\n{ob2.assertion(RICH)['narrative']}"


def test_the_rubric_result_is_a_table_and_evidence_tells_its_sum():
    document = ob2.assertion(RICH)

    assert document["narrative"].splitlines() == [
        "| Criterion | Level reached | Level needed |",
        "| --- | --- | --- |",
        "| Catch and set | On your own | With support |",
        "| Blow pattern | On your own | On your own |",
        "| Pelt | On your own | With support |",
    ]
    assert document["evidence"][1] == {
        "type": "Evidence",
        "id": f"{ORIGIN}/e/{'b' * 25}2",
        "name": "Evidence 2",
        "genre": "Image",
        "narrative": f"Serves: Catch and set; Pelt. SHA-256: {'02' * 32}",
    }
    assert document["expires"] == "2099-01-02T00:00:00Z"


def test_evidence_without_a_sum_tells_none():
    first, *rest = RICH.evidence
    unsummed = replace(first, sha256="")

    told = [
        ob2.assertion(replace(RICH, evidence=(one, *rest)))["evidence"][0].get("narrative")
        for one in (unsummed, replace(unsummed, serves=()), replace(first, serves=()))
    ]

    assert told == [f"Serves: {'; '.join(first.serves)}.", None, f"SHA-256: {first.sha256}"]


def test_a_badge_class_tells_criteria_and_levels_and_all_that_it_is_aligned_to():
    met, also = AlignmentFacts("Shear", "https://f.example/1", "S1"), AlignmentFacts("Hold", "https://f.example/2")
    criterion = replace(RICH.achievement.criteria[0], name="Catch | set", alignments=(also, met))
    facts = replace(RICH.achievement, criteria=(criterion,), alignments=(met,))

    document = ob2.badge_class(facts, RICH.issuer)

    narrative = document["criteria"].pop("narrative")
    assert document == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "BadgeClass",
        "id": f"{PAGE}/ob2.json",
        "name": facts.name,
        "description": facts.description,
        "image": f"{PAGE}/badge.png",
        "criteria": {"id": f"{PAGE}#criteria"},
        "issuer": f"{ISSUER}/ob2.json",
        "alignment": [
            {
                "type": "AlignmentObject",
                "targetName": "Shear",
                "targetUrl": "https://f.example/1",
                "targetCode": "S1",
            },
            {"type": "AlignmentObject", "targetName": "Hold", "targetUrl": "https://f.example/2"},
        ],
        "tags": ["shearing", "wool", "ōtara"],
        "version": "2",
        "related": [{"type": "BadgeClass", "id": f"{ORIGIN}/achievements/shear/v1/ob2.json", "version": "1"}],
    }
    assert narrative.startswith(facts.criteria_narrative + "\n\n| Criterion |")
    assert r"| Catch \| set | With support | With support: “Catch and set” \\ à 100 % 😀 | yes |" in narrative


def test_a_profile_names_its_keys_and_its_list_and_the_key_names_the_profile():
    issuer = replace(MINIMAL.issuer, email="office@kowhai.example")
    assert "email" not in ob2.profile(MINIMAL.issuer)
    assert ob2.profile(issuer, keys=[KEY_ID], revocations=LIST_ID) == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Profile",
        "id": f"{ISSUER}/ob2.json",
        "name": "Kōwhai",
        "url": ISSUER,
        "email": "office@kowhai.example",
        "publicKey": [KEY_ID],
        "revocationList": LIST_ID,
    }
    key = ob2.cryptographic_key(KEY_ID, issuer=ISSUER, public_key=RSA)
    assert (key["id"], key["owner"]) == (KEY_ID, f"{ISSUER}/ob2.json")
    assert key["publicKeyPem"].startswith("-----BEGIN PUBLIC KEY-----\n")


def test_what_is_revoked_is_listed_by_its_signed_id_and_by_its_address_where_that_may_be_told():
    fallen = [ob2.Fallen(MINIMAL.id, "A mistake.", hosted=True), ob2.Fallen(f"{ORIGIN}/c/b")]
    entries = json.loads(ob2.revocation_list(LIST_ID, issuer=ISSUER, revoked=fallen))
    alone = json.loads(ob2.revocation_list(LIST_ID, issuer=ISSUER, revoked=fallen[1:]))

    assert entries["revokedAssertions"] == [
        {"id": ob2.signed_id(MINIMAL.id), "revocationReason": "A mistake."},
        {"id": f"{MINIMAL.id}/ob2.json", "revocationReason": "A mistake."},
        {"id": ob2.signed_id(f"{ORIGIN}/c/b")},
    ]
    assert alone["revokedAssertions"] == [{"id": ob2.signed_id(f"{ORIGIN}/c/b")}, {"id": ob2.signed_id(LIST_ID)}]
    assert ob2.revoked_assertion(MINIMAL.id, reason="A mistake.") == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": f"{MINIMAL.id}/ob2.json",
        "revoked": True,
        "revocationReason": "A mistake.",
    }


@pytest.mark.parametrize(
    "document",
    [
        ob2.assertion(RICH),
        ob2.signed_assertion(RICH, creator=KEY_ID),
        ob2.badge_class(RICH.achievement, RICH.issuer),
        ob2.profile(replace(RICH.issuer, email="a@b.example"), keys=[KEY_ID, f"{KEY_ID}2"], revocations=LIST_ID),
        ob2.cryptographic_key(KEY_ID, issuer=ISSUER, public_key=RSA),
        json.loads(
            ob2.revocation_list(LIST_ID, issuer=ISSUER, revoked=[ob2.Fallen(RICH.id, "A mistake.", hosted=True)])
        ),
        ob2.revoked_assertion(RICH.id, reason="A mistake."),
    ],
    ids=lambda document: document["type"],
)
def test_every_member_is_a_term_of_the_context(document):
    options = {"documentLoader": loader}

    again = jsonld.compact(jsonld.expand(document, options), {"@context": document["@context"]}, options)

    assert list(lost(document, again)) == []


def lost(written, again, place=""):
    """Where `again` is not as `written`; a list of one and its element are the same, and sets have no order."""
    if isinstance(written, dict) and isinstance(again, dict):
        for name, one in written.items():
            yield from lost(one, again.get(name), f"{place}/{name}")
    elif isinstance(written, list) and len(written) == 1:
        yield from lost(written[0], again, place)
    elif isinstance(written, list) and isinstance(again, list) and len(written) == len(again):
        for number, (one, other) in enumerate(zip(written, again, strict=True)):
            yield from lost(one, other, f"{place}/{number}")
    elif written not in (again, ALIASES.get(str(again))):
        yield place, written, again
