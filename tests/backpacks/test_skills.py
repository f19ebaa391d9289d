"""Every skill opens to the credential, the level reached and the work behind it; others see what is shown, and no more."""

import json
import re

import pytest

from apps.backpacks import listing, skills, tokens, verbs
from apps.backpacks.skills import Told
from apps.core import outbox
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.credentials.queries import evidence_of
from apps.credentials.verification import alignments
from apps.credentials.verification.alignments import Aligned
from apps.issuers import verbs as issuers
from apps.issuers.models import Alignment
from tests.backpacks import theirs
from tests.backpacks.test_items import given
from tests.factories import awarded_credential, browser, drafted_version, issuer_with_owner, owner_of, person
from tests.factories.bulk import checked

pytestmark = pytest.mark.django_db
WHOLE, BY_CRITERION, REACHED, BEYOND = "Shearing", "Edge care", "Sets an edge", "Teaches edges"


def aligned_version():
    """Aligned as a whole, by its first criterion, and by a level that is reached and one above it."""
    draft = drafted_version()
    first = draft.criteria.order_by("position").first()
    draft.alignments.all().delete()
    levels = {one.position: one for one in first.levels.all()}
    places = (
        *((WHOLE, None, None), (BY_CRITERION, first, None), (REACHED, first, levels[first.required_level])),
        (BEYOND, first, levels[max(levels)]),
    )
    for n, (name, criterion, level) in enumerate(places):
        Alignment.objects.create(
            version=draft,
            criterion=criterion,
            level=level,
            position=n,
            target_name=name,
            target_url=f"https://skills.example/{n}",
            target_code=f"S{n}",
            target_framework="Wool skills",
        )
    assert first.required_level < max(levels)
    return issuers.publish(draft, by=owner_of(draft.achievement.issuer)), first


@pytest.fixture
def held():
    version, _first = aligned_version()
    return awarded_credential(version=version)


def own(someone):
    return {one.name: one for one in skills.of_person(someone, listing.skills_of(someone))}


def test_each_skill_has_the_criterion_the_level_and_the_work_that_serves_it(held):
    first = held.version.criteria.order_by("position").first()
    needed = first.levels.get(position=first.required_level)
    found = own(held.earner)

    assert list(found) == [BY_CRITERION, REACHED, WHOLE]  # the level above was not reached
    assert held.backpack_item.skills == [WHOLE, BY_CRITERION, REACHED]
    for name in (BY_CRITERION, REACHED):
        (proof,) = found[name].proofs
        (result,) = proof.results
        assert (result.name, result.level_name, result.level) == (first.name, needed.name, first.required_level)
        assert (proof.address, proof.standing) == (f"/c/{held.public_id}", "valid")
        assert {one.open for one in proof.pieces} == {False}
        assert len(proof.pieces) == 1
    assert len(found[WHOLE].proofs[0].results) == held.version.criteria.count()
    assert (found[REACHED].code, found[REACHED].framework, found[REACHED].number) == ("S2", "Wool skills", 1)


def test_the_page_says_who_sees_each_piece(held):
    client = browser(held.earner)
    before = client.get("/backpack/skills/").text
    credentials.disclose(held, by=held.earner, name=True, words=False, evidence=evidence_of(held))
    after = client.get("/backpack/skills/").text

    assert [name in before for name in (WHOLE, BY_CRITERION, REACHED, BEYOND)] == [True, True, True, False]
    assert ("Only you" in before, "Anyone who sees the badge sees it" in before) == (True, False)
    assert ("Only you" in after, "Anyone who sees the badge sees it" in after) == (False, True)
    nobody = browser(person()).get("/backpack/skills/").text
    assert "No badge of yours names a skill yet." in nobody


def test_others_see_what_is_shown_and_a_level_only_with_the_result(held):
    owner, visitor = held.earner, browser()
    collection = verbs.make_collection(by=owner, title="Blades")
    block = verbs.collect(collection, held.backpack_item, by=owner)
    address = f"/b/{verbs.publish_collection(collection, by=owner).public_id}/skills/"
    verbs.edit_profile(owner, by=owner, handle="somebody", shows_skills=True)
    verbs.turn_on_profile(owner, by=owner)
    level = held.version.criteria.order_by("position").first()
    level = level.levels.get(position=level.required_level).name
    told = (WHOLE, BY_CRITERION, REACHED, BEYOND, f"{level}: level", "/e/")

    def seen(page):
        return [word in visitor.get(page).text for word in told]

    assert seen(address) == seen("/p/somebody") == [True, True, True, False, True, False]
    credentials.disclose(held, by=owner, name=True, words=False, evidence=evidence_of(held))
    assert seen(address) == seen("/p/somebody") == [True, True, True, False, True, True]
    verbs.edit_block(block, by=owner, shows_evidence=False)
    assert seen(address) == [True, True, True, False, True, False]
    verbs.edit_block(block, by=owner, shows_result=False)
    assert seen(address) == [True, True, False, False, False, False]
    assert seen("/p/somebody") == [False] * 6
    inside = re.search(rf"{address.removesuffix('skills/')}{block.public_id}/", visitor.get(address).text)
    assert inside
    verbs.show_credential(held, by=owner, visibility="private")
    assert seen(address) == [False] * 6


def test_work_elsewhere_that_an_issuer_names_is_kept_back_with_the_evidence_by_a_badge_and_by_a_link():
    version, _first = aligned_version()
    bulk = checked(("ani@people.example", "Ani", "She sheared it.", "https://work.example/1"), version=version)
    credentials.award_bulk(bulk, by=bulk.by)
    outbox.drain()
    award = bulk.rows.get().credential
    collection = verbs.make_collection(by=award.earner, title="Blades")
    block = verbs.collect(collection, award.backpack_item, by=award.earner)
    links = [verbs.share(collection, by=award.earner, hides_evidence=hides) for hides in (False, True)]

    def seen(link):
        page = browser().get(f"/b/{tokens.token_of(link.public_id)}/skills/").text
        return WHOLE in page, "https://work.example/1" in page

    assert [seen(one) for one in links] == [(True, True), (True, False)]
    verbs.edit_block(block, by=award.earner, shows_evidence=False)
    assert [seen(one) for one in links] == [(True, False), (True, False)]


def test_what_no_longer_holds_shows_no_skill_to_others_and_says_so_to_its_holder(held):
    owner, visitor = held.earner, browser()
    collection = verbs.make_collection(by=owner, title="Blades")
    verbs.collect(collection, held.backpack_item, by=owner)
    address = f"/b/{verbs.publish_collection(collection, by=owner).public_id}/skills/"

    credentials.revoke(held, by=owner_of(held.issuer), reason=Credential.Reason.MISTAKE, note="")

    assert "Nothing that is shown here names a skill just now." in visitor.get(address).text
    assert own(owner)[WHOLE].proofs[0].standing == "revoked"


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_ask_as_much_for_many_as_for_one(number, django_assert_num_queries):
    someone, issuer = person(), issuer_with_owner()[0]
    collection = verbs.make_collection(by=someone, title="All")
    held = [given(someone, issuer, f"Badge {n}") for n in range(number)]
    Credential.objects.update(state="claimed")
    for one in held:
        verbs.collect(collection, one.backpack_item, by=someone)
    collection = verbs.publish_collection(collection, by=someone)
    client = browser(someone)
    someone.backpack_items.update(skills=["Shearing", "Wool"])
    assert client.get("/backpack/skills/").text.count("<summary><strong>") == 2

    with django_assert_num_queries(7):
        client.get("/backpack/skills/")
    with django_assert_num_queries(5):
        assert browser().get(f"/b/{collection.public_id}/skills/").status_code == 200


# --- from elsewhere ---------------------------------------------------------------------------------------------------
def elsewhere(**subject):
    body = json.loads(theirs.proof())
    body["credentialSubject"]["achievement"] |= subject.pop("achievement", {})
    body["credentialSubject"] |= subject
    return json.dumps(body)


RUBRIC = {
    "achievement": {
        "alignment": [
            {
                "targetName": " Weaving ",
                "targetUrl": "https://s.example",
                "targetFramework": "Crafts",
                "targetCode": "W",
            },
            {"targetName": ""},
            "nothing",
        ],
        "resultDescription": [
            {
                "id": "urn:r:1",
                "name": "Evenness",
                "alignment": {"targetName": "Even hands"},
                "rubricCriterionLevel": [
                    {"id": "urn:l:1", "name": "Begun", "alignment": [{"targetName": "Begins"}]},
                    {"id": "urn:l:2", "name": "Sure", "alignment": [{"targetName": "Is sure"}]},
                ],
            },
            7,
        ],
    },
    "result": [{"resultDescription": "urn:r:1", "achievedLevel": "urn:l:2"}, {"resultDescription": ["no"]}],
}


def test_a_badge_from_elsewhere_is_read_for_its_badge_its_criteria_and_the_level_reached():
    assert alignments.of(elsewhere(**RUBRIC)) == [
        Aligned("Weaving", "Crafts", "W"),
        Aligned("Even hands", criterion="Evenness", level="Sure"),
        Aligned("Is sure", criterion="Evenness", level="Sure"),
    ]
    older = {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "recipient": {}}
    badge = {"type": "BadgeClass", "alignment": [{"targetName": "Weaving"}]}
    assert alignments.of(json.dumps({**older, "badge": badge})) == [Aligned("Weaving")]
    assert alignments.of(json.dumps({**older, "badge": "https://b.example"})) == []
    for nothing in ("", "{", "[]", "<p>", elsewhere(achievement={"alignment": 3}, result="no")):
        assert alignments.of(nothing) == []


def test_its_skills_open_to_it_and_are_found_in_the_backpack():
    someone = person()
    item = verbs.file_foreign(credentials.keep_foreign(theirs.proof(), by=someone))
    assert (item.skills, own(someone)) == ([], {})
    item.foreign.text = elsewhere(**RUBRIC)
    filed = verbs.file_foreign(item.foreign)

    assert filed.skills == ["Weaving", "Even hands", "Is sure"]
    said = skills._said_elsewhere(item.foreign.text)
    assert said["Is sure"].told == [Told("Evenness", "Sure")]
    assert own(someone)["Weaving"].proofs[0].address == f"/backpack/items/{filed.public_id}/"
