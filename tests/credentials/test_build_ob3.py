"""The unsigned credential: what it says, and what it must never say."""

import json
from dataclasses import replace

import pytest

from apps.credentials.formats import ob3
from apps.credentials.formats.snapshot import AwardSnapshot
from tests.conformance.conftest import ISSUER, MINIMAL, ORIGIN, PAGE, REVOCABLE, RICH


def test_the_least_that_a_credential_says():
    assert ob3.build(MINIMAL) == {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": f"{ORIGIN}/c/aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Turned up",
        "image": {"id": f"{PAGE}/badge.png", "type": "Image", "caption": "Turned up, Kōwhai"},
        "issuer": {"id": ISSUER, "type": ["Profile"], "name": "Kōwhai"},
        "awardedDate": "2026-01-02T03:04:05Z",
        "validFrom": "2026-01-02T03:04:05Z",
        "credentialSubject": {
            "id": f"{ORIGIN}/c/aaaaaaaaaaaaaaaaaaaaaaaaaa#earner",
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": "sha256$" + "ab" * 32,
                    "identityType": "emailAddress",
                    "salt": "salt",
                }
            ],
            "achievement": {
                "id": PAGE,
                "type": ["Achievement"],
                "achievementType": "Badge",
                "name": "Turned up",
                "description": "Was there.",
                "criteria": {"id": f"{PAGE}#criteria", "narrative": "Be there."},
                "image": {"id": f"{PAGE}/badge.png", "type": "Image", "caption": "Turned up, Kōwhai"},
                "creator": {"id": ISSUER, "type": ["Profile"], "name": "Kōwhai"},
                "inLanguage": "en",
                "version": "1",
            },
        },
    }


def test_the_rubric_result_stands_inside():
    subject = ob3.build(RICH)["credentialSubject"]

    first = subject["achievement"]["resultDescription"][0]
    assert {name: first[name] for name in ("id", "type", "name", "resultType", "requiredLevel")} == {
        "id": f"{PAGE}#c1",
        "type": ["ResultDescription"],
        "name": "Catch and set",
        "resultType": "RubricCriterionLevel",
        "requiredLevel": f"{PAGE}#c1-l2",
    }
    assert [(level["id"], level["level"], level["points"]) for level in first["rubricCriterionLevel"]] == [
        (f"{PAGE}#c1-l1", "1", "10"),
        (f"{PAGE}#c1-l2", "2", "20"),
        (f"{PAGE}#c1-l3", "3", "30"),
    ]
    assert subject["result"] == [
        {
            "type": ["Result"],
            "resultDescription": f"{PAGE}#c{number}",
            "achievedLevel": f"{PAGE}#c{number}-l3",
            "status": "Completed",
        }
        for number in (1, 2, 3)
    ]


def test_all_else_that_is_known_stands_where_the_schema_has_a_place_for_it():
    document = ob3.build(REVOCABLE)
    achievement = document["credentialSubject"]["achievement"]

    assert document["awardedDate"] == "2026-01-01T03:04:05Z"
    assert document["credentialStatus"] == {
        "id": f"{ORIGIN}/status/kowhai/1#70000",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "70000",
        "statusListCredential": f"{ORIGIN}/status/kowhai/1",
    }
    assert (document["credentialSubject"]["creditsEarned"], achievement["creditsAvailable"]) == (4, 4)
    assert achievement["related"] == [
        {"id": f"{ORIGIN}/achievements/shear/v1", "type": ["Related"], "inLanguage": "en", "version": "1"}
    ]
    assert achievement["otherIdentifier"] == [
        {"type": "IdentifierEntry", "identifier": "34567", "identifierType": "identifier"}
    ]
    assert document["issuer"]["otherIdentifier"] == [
        {"type": "IdentifierEntry", "identifier": "9999", "identifierType": "ext:MoeNumber"}
    ]


def test_endorsements_go_in_as_they_are_and_the_issuers_once():
    ours, theirs = {"id": f"{ORIGIN}/endorsements/1"}, {"id": f"{ORIGIN}/endorsements/2"}
    endorsed = replace(
        MINIMAL,
        issuer=replace(MINIMAL.issuer, endorsements=(ours,)),
        achievement=replace(MINIMAL.achievement, endorsements=(theirs,)),
    )

    document = ob3.build(AwardSnapshot.from_json(json.loads(json.dumps(endorsed.to_json()))))

    assert document["issuer"]["endorsement"] == [ours]
    assert document["credentialSubject"]["achievement"]["endorsement"] == [theirs]
    assert "endorsement" not in document["credentialSubject"]["achievement"]["creator"]


def test_an_award_from_before_there_was_a_status_is_still_read():
    old = json.loads(json.dumps(MINIMAL.to_json()))
    for name in ("awarded_at", "status"):
        del old[name]
    for name in ("related", "other_identifiers", "endorsements", "alignments"):
        del old["achievement"][name]
    for name in ("email", "other_identifiers", "endorsements"):
        del old["issuer"][name]

    assert AwardSnapshot.from_json(old) == MINIMAL


def test_evidence_is_an_address_a_neutral_name_and_a_sum():
    assert ob3.build(RICH)["evidence"][0] == {
        "id": f"{ORIGIN}/e/{'b' * 25}1",
        "type": ["Evidence"],
        "name": "Evidence 1",
        "genre": "Video",
        "narrative": "Serves: Catch and set; Pelt.",
        "digestSRI": "sha256-AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
    }


@pytest.mark.parametrize("snapshot", [MINIMAL, REVOCABLE], ids=["minimal", "rich"])
def test_nothing_is_empty_and_every_id_is_a_whole_address(snapshot):
    def walk(value):
        assert value not in (None, "", [], {})
        if isinstance(value, dict):
            assert value.get("id", ORIGIN).startswith(ORIGIN)
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk(ob3.build(snapshot))


@pytest.mark.parametrize(("given", "written"), [("4", "4"), ("4.0", "4"), ("2.5", "2.5"), ("0.1", "0.1")])
def test_credits_are_written_as_every_program_writes_them(given, written):
    document = ob3.build(replace(RICH, achievement=replace(RICH.achievement, credits=given)))

    assert json.dumps(document["credentialSubject"]["achievement"]["creditsAvailable"]) == written


def test_moments_are_in_utc_and_whole_seconds():
    from datetime import datetime, timedelta, timezone

    at = datetime(2026, 11, 24, 9, 30, 15, 999999, tzinfo=timezone(timedelta(hours=13)))

    assert ob3.moment(at) == "2026-11-23T20:30:15Z"
