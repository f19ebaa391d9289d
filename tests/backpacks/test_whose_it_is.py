"""A badge from elsewhere looks like its holder's only where it is proved to be, since whoever has a file may bring it; and
like its issuer's only where that is proved, since whoever has a key may make one.
"""

import pytest
from django.test import Client

from apps.backpacks import skills, verbs
from apps.core import outbox
from apps.credentials import verbs as credentials
from tests.backpacks import theirs
from tests.credentials.abroad import abroad
from tests.factories import browser, person

pytestmark = pytest.mark.django_db
SAID, SAID_OF_NAMELESS = "Recipient not proved", "Issuer not proved"
GENUINE = "It is genuine. Whoever brought it here has not proved that it was awarded to them."
UNCHANGED = "Nothing in it was changed, but nobody confirms who made it"
TO = "earner@example.org"


def shown_by(holder, badge):
    """The badge, which went to earner@example.org, on a public collection and a public page of theirs."""
    item = verbs.file_foreign(credentials.keep_foreign(badge, by=holder))
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
def three(settings):
    """(item, collection): proved to be its holder's; the same badge of who found it; their own by an issuer of a key alone."""
    with abroad(settings) as there:
        proved = shown_by(person("Ana Weaver", email=TO), there.badge(TO))
        found = shown_by(person("Bo Finder"), there.badge(TO))
    maker = person("Cy Maker")
    return proved, found, shown_by(maker, theirs.proof(address=maker.email))


def test_strangers_read_valid_only_where_both_are_proved_and_a_name_beside_it_where_it_is_its_holders(three):
    read = []
    for item, collection in three:
        page, block = f"/b/{collection.public_id}/", collection.blocks.get().public_id
        inside, whole, cv, frame = (
            Client().get(address).content.decode()
            for address in (f"{page}{block}/", page, f"{page}cv/", f"/embed/b/{collection.public_id}")
        )
        told = [[words in one for one in (inside, whole, cv, frame)] for words in (SAID, SAID_OF_NAMELESS)]
        why = [words in inside for words in (GENUINE, UNCHANGED)]
        name = f"· {item.person.name}" in inside
        read.append((told, why, "It is valid." in whole, "0 of 1 are valid." in whole, name))

    assert read == [
        ([[False] * 4, [False] * 4], [False, False], True, False, True),
        ([[True] * 4, [False] * 4], [True, False], False, True, False),
        ([[False] * 4, [True] * 4], [False, True], False, True, True),
    ]


def test_a_skill_is_its_holders_only_where_the_badge_and_its_issuer_are_proved(three):
    found = [
        [
            [one.name for one in skills.of_profile(item.person)],
            [one.name for one in skills.of_collection(collection, at=collection.public_id)],
        ]
        for item, collection in three
    ]

    assert found == [[["Weaving"], ["Weaving"]], [[], []], [[], []]]


def test_its_holder_finds_it_among_what_is_not_checked_and_reads_why(three):
    found = []
    for item, _shown in three:
        client = browser(item.person)
        holds, unchecked = (
            item.public_id in client.get(f"/backpack/?view={view}").content.decode() for view in ("valid", "unchecked")
        )
        page = client.get(f"/backpack/items/{item.public_id}/").content.decode()
        found.append((holds, unchecked, SAID in page, SAID_OF_NAMELESS in page))

    assert found == [(True, False, False, False), (False, True, True, False), (False, True, False, True)]
