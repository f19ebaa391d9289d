"""A version, a criterion or a level meets a skill: found in a framework, or written by hand; kept as a frozen copy."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from apps.core.refused import Refused
from apps.credentials import documents
from apps.issuers import verbs
from tests.factories import drafted_version, owner_of, person
from tests.factories.frameworks import imported

pytestmark = pytest.mark.django_db
TARGET = {"target_name": "Throw a pot", "target_url": "https://example.org/throw", "target_code": "T1"}


@pytest.fixture
def draft():
    version = drafted_version()
    client = Client()
    client.force_login(owner_of(version.achievement.issuer))
    return version, client, f"/designs/{version.achievement.public_id}/align/"


def test_a_skill_is_found_added_to_a_level_signed_and_taken_back(draft):
    version, client, at = draft
    framework = imported()
    found = client.get(f"{at}?q=kohua&place=c1-l2").context["found"]
    assert [one.statement for one in found] == ["Throw a kōhua"]

    client.post(f"/designs/{version.achievement.public_id}/align-item/", {"item": found[0].public_id, "place": "c1-l2"})

    alignment = version.alignments.select_related("criterion", "level").get()
    assert (alignment.criterion.position, alignment.level.position) == (1, 2)
    document = documents.achievement_document(version)
    assert document["resultDescription"][0]["rubricCriterionLevel"][1]["alignment"] == [
        {
            "type": ["Alignment"],
            "targetName": "Throw a kōhua",
            "targetUrl": f"http://localhost:8000{found[0].get_absolute_url()}",
            "targetCode": "C2",
            "targetFramework": f"{framework.framework.title} {framework.label}",
            "targetType": alignment.target_type,
        }
    ]
    client.post(f"{at}{alignment.position}/remove/")
    assert not version.alignments.exists()
    assert client.post(f"{at}{alignment.position}/remove/").status_code == 404


def test_a_skill_is_written_by_hand_for_the_whole_and_for_a_criterion(draft):
    version, client, at = draft
    for place in ("", "c2"):
        assert client.post(at, TARGET | {"place": place, "target_framework": "Pots"}).status_code == 302

    document = documents.achievement_document(version)
    expected = [
        {
            "type": ["Alignment"],
            "targetName": "Throw a pot",
            "targetUrl": "https://example.org/throw",
            "targetCode": "T1",
        }
        | {"targetFramework": "Pots"}
    ]
    assert document["alignment"] == expected
    assert document["resultDescription"][1]["alignment"] == expected


def test_asked_twice_it_stands_there_already(draft):
    version, client, at = draft
    client.post(at, TARGET)

    page = client.post(at, TARGET)

    assert (page.status_code, version.alignments.count()) == (200, 1)
    assert "is already there" in page.content.decode()


def test_nobody_aligns_for_another_house_or_what_is_published(draft):
    version, _client, _at = draft
    owner = owner_of(version.achievement.issuer)

    with pytest.raises(PermissionDenied):
        verbs.align(version, by=person(), target=TARGET)
    verbs.publish(version, by=owner)
    with pytest.raises(Refused, match="published, so it stays as it is"):
        verbs.align(version, by=owner, target=TARGET)

    assert not version.alignments.exists()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "no address at all", "https://exa mple.org/"])
def test_an_address_that_is_none_is_said_on_the_form(draft, url):
    version, client, at = draft

    page = client.post(at, TARGET | {"target_url": url})

    assert (page.status_code, version.alignments.count()) == (422, 0)
    assert "Throw a pot" in page.content.decode()


@pytest.mark.parametrize("item", ["", "\x00", "a\x00b", "nonsense"])
def test_what_can_be_no_skill_is_not_there(draft, item):
    version, client, _at = draft

    page = client.post(f"/designs/{version.achievement.public_id}/align-item/", {"item": item, "place": ""})

    assert (page.status_code, version.alignments.count()) == (404, 0)


def test_a_place_that_is_gone_is_not_the_whole(draft):
    version, client, at = draft
    imported()
    found = client.get(f"{at}?q=kohua").context["found"]

    page = client.post(
        f"/designs/{version.achievement.public_id}/align-item/",
        {"item": found[0].public_id, "place": "c9"},
        follow=True,
    )

    assert "That part is no longer in the draft. Choose again what meets the skill." in page.content.decode()
    assert not version.alignments.exists()
