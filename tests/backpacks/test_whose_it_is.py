"""A badge from elsewhere looks like its holder's only where it is proved to be: whoever has a file may bring it."""

import pytest
from django.test import Client

from apps.backpacks import skills, verbs
from apps.core import outbox
from apps.credentials import verbs as credentials
from tests.backpacks import theirs
from tests.factories import browser, person

pytestmark = pytest.mark.django_db
SAID = "Recipient not proved"
GENUINE = "It is genuine. Whoever brought it here has not proved that it was awarded to them."


def shown_by(holder):
    """The same badge, which went to earner@example.org, on a public collection and a public page of theirs."""
    item = verbs.file_foreign(credentials.keep_foreign(theirs.proof(), by=holder))
    outbox.drain()
    collection = verbs.make_collection(by=holder, title="Craft")
    verbs.collect(collection, item, by=holder)
    verbs.publish_collection(collection, by=holder)
    verbs.edit_profile(holder, by=holder, handle=f"holder-{holder.pk}", shows_skills=True)
    verbs.turn_on_profile(holder, by=holder)
    item.skills = ["Weaving"]
    item.save(update_fields=["skills"])
    return item, collection


@pytest.fixture
def theirs_and_anothers():
    return shown_by(person("Ana Weaver", email="earner@example.org")), shown_by(person("Bo Finder"))


def test_strangers_read_valid_and_a_name_beside_it_only_where_it_is_proved(theirs_and_anothers):
    read = []
    for item, collection in theirs_and_anothers:
        page, block = f"/b/{collection.public_id}/", collection.blocks.get().public_id
        inside, whole, cv, frame = (
            Client().get(address).content.decode()
            for address in (f"{page}{block}/", page, f"{page}cv/", f"/embed/b/{collection.public_id}")
        )
        told = [SAID in one for one in (inside, whole, cv, frame)]
        name = f"· {item.person.name}" in inside
        read.append((told, GENUINE in inside, "It is valid." in whole, "0 of 1 are valid." in whole, name))

    assert read == [([False] * 4, False, True, False, True), ([True] * 4, True, False, True, False)]


def test_a_skill_is_its_holders_only_where_the_badge_is(theirs_and_anothers):
    found = [
        [
            [one.name for one in skills.of_profile(item.person)],
            [one.name for one in skills.of_collection(collection, at=collection.public_id)],
        ]
        for item, collection in theirs_and_anothers
    ]

    assert found == [[["Weaving"], ["Weaving"]], [[], []]]


def test_its_holder_finds_it_among_what_is_not_checked_and_reads_why(theirs_and_anothers):
    (proved, _shown), (unproved, _shown_too) = theirs_and_anothers
    found = []
    for item in (proved, unproved):
        client = browser(item.person)
        holds, unchecked = (
            item.public_id in client.get(f"/backpack/?view={view}").content.decode() for view in ("valid", "unchecked")
        )
        found.append((holds, unchecked, SAID in client.get(f"/backpack/items/{item.public_id}/").content.decode()))

    assert found == [(True, False, False), (False, True, True)]
