from copy import deepcopy

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from apps.backpacks import queries, tokens, verbs
from apps.backpacks.models import ShareLink
from apps.core.models import Event
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from tests.factories import awarded_credential, person

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(around_the_file):
    credential = awarded_credential()
    found = verbs.make_collection(by=credential.earner, title="Blades", story="Sharp.")
    verbs.collect(found, credential.backpack_item, by=credential.earner)
    return found


@pytest.fixture
def collection(made):
    return deepcopy(made)


def visibility(collection):
    return [
        block.item.credential.visibility
        for block in collection.blocks.select_related("item__credential").order_by("pk")
    ]


def test_share_lifts_what_was_private_and_leaves_its_trail(collection):
    assert [one.visibility for one in queries.private_in(collection)] == ["private"]

    link = verbs.share(collection, by=collection.person)

    assert visibility(collection) == ["link"]
    assert queries.private_in(collection) == []
    assert [one.credential for one in collection.lifts.all()] == [collection.blocks.get().item.credential]
    event = Event.objects.get(kind="collection.shared")
    assert (event.actor_id, event.data) == (collection.person.public_id, {"link": link.public_id})


def test_unshare_hides_it_again_and_the_link_is_dead(collection):
    link = verbs.share(collection, by=collection.person)

    verbs.unshare(collection, by=collection.person)
    verbs.unshare(collection, by=collection.person)

    assert visibility(collection) == ["private"]
    assert not ShareLink.objects.live().filter(pk=link.pk).exists()
    assert queries.opened_by(tokens.token_of(link.public_id)) is None


def test_what_is_public_stays_public_whether_shared_or_taken_back(collection):
    credential = collection.blocks.get().item.credential
    credentials.show(credential, "public", by=collection.person)

    verbs.share(collection, by=collection.person)
    assert visibility(collection) == ["public"]

    verbs.unshare(collection, by=collection.person)
    assert visibility(collection) == ["public"]


def test_what_was_made_public_meanwhile_is_not_lowered(collection):
    verbs.share(collection, by=collection.person)
    credentials.show(collection.blocks.get().item.credential, "public", by=collection.person)

    verbs.unshare(collection, by=collection.person)

    assert visibility(collection) == ["public"]


def test_sharing_twice_gives_the_same_link_and_sharing_anew_another(collection):
    first = verbs.share(collection, by=collection.person)
    assert verbs.share(collection, by=collection.person) == first
    verbs.unshare(collection, by=collection.person)

    again = verbs.share(collection, by=collection.person)

    assert tokens.token_of(again.public_id) != tokens.token_of(first.public_id)


def test_a_token_is_stored_only_as_its_digest(collection):
    link = verbs.share(collection, by=collection.person)
    token = tokens.token_of(link.public_id)

    assert len(token) == 26
    assert tokens.address_of(link) == f"http://localhost:8000/b/{token}/"
    assert token not in str(ShareLink.objects.values().get(pk=link.pk))
    assert link.token_hash == tokens.hash_of(token)


def test_a_credential_in_two_shared_collections_stays_until_both_are_taken_back(collection):
    owner = collection.person
    item = collection.blocks.get().item
    other = verbs.make_collection(by=owner, title="All")
    verbs.collect(other, item, by=owner)
    for one in (collection, other):
        verbs.share(one, by=owner)

    verbs.unshare(collection, by=owner)
    assert visibility(collection) == ["link"]
    verbs.unshare(other, by=owner)
    assert visibility(collection) == ["private"]


def test_what_is_added_while_shared_becomes_visible_and_what_is_taken_out_is_hidden(collection):
    owner = collection.person
    item = collection.blocks.get().item
    verbs.share(collection, by=owner)

    verbs.uncollect(collection.blocks.get(), by=owner)
    item.credential.refresh_from_db()
    assert item.credential.visibility == "private"
    verbs.collect(collection, item, by=owner)

    assert visibility(collection) == ["link"]


def test_what_was_taken_out_of_a_shared_collection_is_nowhere_until_it_is_put_back(collection):
    owner, block = collection.person, collection.blocks.get()
    verbs.edit_block(block, by=owner, words="Shown to the shed")
    link, item = verbs.share(collection, by=owner), block.item
    pages = [f"/b/{tokens.token_of(link.public_id)}/{end}" for end in ("", "cv/", "skills/", f"{block.public_id}/")]
    shown = [Client().get(page) for page in pages]
    assert [item.name in one.text for one in shown[:2]] == [True, True]

    verbs.uncollect(block, by=owner)

    hidden = [Client().get(page) for page in pages]
    assert [item.name in one.text or "Shown to the shed" in one.text for one in hidden] == [False] * 4
    item.credential.refresh_from_db()
    assert item.credential.visibility == "private"
    assert owner.collections.with_sizes().get().size == 0

    verbs.put_back(collection, by=owner, block_id=block.public_id)

    assert visibility(collection) == ["link"]
    assert [item.name in Client().get(page).text for page in pages[:2]] == [True, True]


def test_removing_a_shared_collection_hides_what_it_showed_and_keeps_the_badges(collection):
    owner = collection.person
    item = collection.blocks.get().item
    verbs.share(collection, by=owner)

    verbs.remove_collection(collection, by=owner)

    item.credential.refresh_from_db()
    assert (item.credential.visibility, owner.collections.count(), owner.backpack_items.count()) == ("private", 0, 1)


def test_an_empty_collection_cannot_be_shared():
    owner = person()
    empty = verbs.make_collection(by=owner, title="Empty")

    with pytest.raises(Refused, match="nothing to show"):
        verbs.share(empty, by=owner)


def test_only_its_owner_does_anything_with_a_collection(collection):
    stranger, block = person(), collection.blocks.get()
    item = block.item

    for act in (
        lambda by: verbs.share(collection, by=by),
        lambda by: verbs.unshare(collection, by=by),
        lambda by: verbs.arrange(collection, by=by, order=[]),
        lambda by: verbs.edit_collection(collection, by=by, title="x", story=""),
        lambda by: verbs.uncollect(block, by=by),
        lambda by: verbs.collect(collection, item, by=by),
        lambda by: verbs.remove_collection(collection, by=by),
    ):
        with pytest.raises(PermissionDenied):
            act(stranger)
        act(collection.person)


def test_another_persons_badge_goes_into_no_collection(collection):
    foreign = awarded_credential().backpack_item

    with pytest.raises(PermissionDenied):
        verbs.collect(collection, foreign, by=collection.person)


def test_collecting_claims_what_was_offered_and_twice_is_once(collection):
    item = collection.blocks.get().item

    verbs.collect(collection, item, by=collection.person)

    item.credential.refresh_from_db()
    assert (item.credential.state, collection.blocks.count()) == ("claimed", 1)


def test_arrange_puts_items_into_the_order_asked_for():
    from apps.core import outbox
    from apps.credentials.models import Credential
    from apps.reviews import verbs as reviews
    from tests.factories import ALL_GOOD, assessable_attempt, assessor_of, marks_for

    owner = person()
    for _number in range(3):
        attempt = assessable_attempt(learner=owner)
        assessor = assessor_of(attempt.submission.achievement)
        reviews.take(attempt, by=assessor)
        reviews.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")
    outbox.drain()
    items = [one.backpack_item for one in Credential.objects.filter(earner=owner).order_by("pk")]
    collection = verbs.make_collection(by=owner, title="Three")
    for item in items:
        verbs.collect(collection, item, by=owner)

    of = {block.item: block.public_id for block in collection.blocks.all()}
    verbs.arrange(collection, by=owner, order=[of[items[2]], of[items[0]]])

    assert [block.item for block in collection.blocks.all()] == [items[2], items[0], items[1]]
