from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from apps.backpacks import queries, tokens, verbs
from apps.backpacks.models import Lift
from apps.core import clock, outbox
from apps.core.models import Event
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from tests.factories import awarded_credential, browser, owner_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(around_the_file):
    held = awarded_credential()
    collection = verbs.make_collection(by=held.earner, title="Blades", story="Sharp.")
    verbs.collect(collection, held.backpack_item, by=held.earner)
    return collection.pk, held.pk


@pytest.fixture
def collection(made):
    from apps.backpacks.models import Collection

    return Collection.objects.select_related("person").get(pk=made[0])


@pytest.fixture
def held(made):
    return Credential.objects.get(pk=made[1])


def status(address, client=None):
    return (client or Client()).get(address).status_code


def path_of(link):
    return f"/b/{tokens.token_of(link.public_id)}/"


def seen(held, link=None):
    """What a stranger finds: the page behind a link, the badge's page, its JSON, its picture."""
    page = f"/c/{held.public_id}"
    return [*([status(path_of(link))] if link else []), status(page), status(f"{page}.json"), status(f"{page}.png")]


def another_of(owner):
    found = awarded_credential()
    given = credentials.award_directly(
        found.version, by=owner_of(found.issuer), address=owner.email, name="", why="Course list."
    )
    outbox.drain()
    return Credential.objects.get(pk=given.pk)


def test_each_link_has_its_own_name_end_and_life(collection, held):
    owner = collection.person
    first = verbs.share(collection, by=owner, name="Farm")
    second = verbs.share(collection, by=owner, name="Agency", expires_at=clock.now() + timedelta(days=3))
    assert seen(held, first) == seen(held, second) == [200, 200, 200, 200]

    verbs.revoke_link(first, by=owner)
    verbs.revoke_link(first, by=owner)

    collection.refresh_from_db()
    assert (status(path_of(first)), status(path_of(second)), collection.visibility) == (404, 200, "link")
    assert list(
        Event.objects.filter(subject_id=collection.public_id, kind__contains="link").values_list("kind", flat=True)
    ) == ["collection.link_revoked"]


def test_with_the_last_link_the_collection_is_private_again(collection, held):
    link = verbs.share(collection, by=collection.person)

    verbs.revoke_link(link, by=collection.person)

    collection.refresh_from_db()
    assert (collection.visibility, Lift.objects.count(), seen(held, link)) == ("private", 0, [404] * 4)


def test_a_link_that_runs_out_shows_nothing_from_that_moment_and_is_put_away_later(collection, held):
    end = clock.now() + timedelta(days=3)
    link = verbs.share(collection, by=collection.person, expires_at=end)
    held.refresh_from_db()
    assert (held.visibility, held.shown_until, seen(held, link)) == ("link", end, [200] * 4)

    with clock.at(end):
        assert seen(held, link) == [404] * 4
        assert verbs.end_links() == 1
        assert verbs.end_links() == 0

    held.refresh_from_db()
    collection.refresh_from_db()
    link.refresh_from_db()
    assert (held.visibility, held.shown_until, collection.visibility, link.revoked_at) == (
        "private",
        None,
        "private",
        end,
    )


def test_of_several_links_the_one_that_lasts_longest_says_how_long_a_badge_is_seen(collection, held):
    owner, now = collection.person, clock.now()
    verbs.share(collection, by=owner, name="Short", expires_at=now + timedelta(days=1))
    long = verbs.share(collection, by=owner, name="Long", expires_at=now + timedelta(days=9))
    held.refresh_from_db()
    assert held.shown_until == now + timedelta(days=9)

    verbs.revoke_link(long, by=owner)
    held.refresh_from_db()
    assert held.shown_until == now + timedelta(days=1)

    verbs.share(collection, by=owner, name="For good")
    held.refresh_from_db()
    assert held.shown_until is None


def test_a_link_that_ended_yesterday_is_not_made(collection):
    with pytest.raises(Refused, match="That day is over"):
        verbs.share(collection, by=collection.person, expires_at=clock.now() - timedelta(days=1))
    verbs.share(collection, by=collection.person, expires_at=clock.now() + timedelta(days=1))


def test_what_is_public_opens_by_its_own_address_and_its_links_go_on(collection, held):
    owner = collection.person
    link = verbs.share(collection, by=owner)
    address = f"/b/{collection.public_id}/"
    assert status(address) == 404

    verbs.publish_collection(collection, by=owner, may_be_found=True)
    page = Client().get(address)
    assert (page.status_code, "noindex" in page.content.decode(), "X-Robots-Tag" in page) == (200, False, False)
    assert Client().get(path_of(link))["X-Robots-Tag"] == "noindex"

    verbs.unpublish_collection(collection, by=owner)
    verbs.unpublish_collection(collection, by=owner)
    assert (status(address), seen(held, link)) == (404, [200] * 4)


def test_hiding_it_from_everybody_ends_every_link_and_the_public_address(collection, held):
    owner = collection.person
    links = [verbs.share(collection, by=owner, name=name) for name in ("One", "Two")]
    verbs.publish_collection(collection, by=owner)

    verbs.unshare(collection, by=owner)
    verbs.unshare(collection, by=owner)

    assert [status(path_of(link)) for link in links] == [404, 404]
    assert (status(f"/b/{collection.public_id}/"), seen(held)) == (404, [404] * 3)
    again = verbs.share(collection, by=owner, name="One")
    assert (status(path_of(again)), status(path_of(links[0]))) == (200, 404)


def test_what_its_earner_hides_is_hidden_in_shared_collections_and_stays_so(collection, held):
    owner = collection.person
    link = verbs.share(collection, by=owner)
    verbs.show_credential(held, by=owner, visibility="private")

    assert seen(held) == [404] * 3
    assert held.version.name not in Client().get(path_of(link)).content.decode()
    other = verbs.make_collection(by=owner, title="Other")
    verbs.collect(other, held.backpack_item, by=owner)
    shared = verbs.share(other, by=owner)
    assert seen(held, shared) == [200, 404, 404, 404]

    verbs.show_credential(held, by=owner, visibility="link")
    assert held.version.name in Client().get(path_of(link)).content.decode()
    for one in (collection, other):
        verbs.unshare(one, by=owner)
    assert seen(held) == [200] * 3


def test_what_its_earner_hid_stays_hidden_when_it_is_signed_anew(collection, held):
    owner = collection.person
    link = verbs.share(collection, by=owner)
    shown, hidden = another_of(owner), held
    verbs.collect(collection, shown.backpack_item, by=owner)
    verbs.show_credential(hidden, by=owner, visibility="private")

    new = [credentials.reissue(one, by=owner_of(one.issuer)) for one in (shown, hidden)]
    outbox.drain()

    found = Client().get(path_of(link)).content.decode()
    assert [one.public_id in found for one in new] == [True, False]
    assert [seen(one) for one in (*new, shown, hidden)] == [[200] * 3, [404] * 3, [200] * 3, [404] * 3]


@pytest.mark.parametrize("visibility", ["by the collection", "link", "public"])
def test_who_hides_a_badge_hides_what_it_took_the_place_of(collection, held, visibility):
    owner = collection.person
    verbs.share(collection, by=owner)
    if visibility != "by the collection":
        verbs.show_credential(held, by=owner, visibility=visibility)
    new = credentials.reissue(held, by=owner_of(held.issuer))
    outbox.drain()
    assert [seen(new), seen(held)] == [[200] * 3] * 2

    verbs.show_credential(new, by=owner, visibility="private")

    assert [seen(new), seen(held)] == [[404] * 3] * 2
    verbs.collect(collection, another_of(owner).backpack_item, by=owner)
    assert [seen(new), seen(held)] == [[404] * 3] * 2
    verbs.show_credential(new, by=owner, visibility="link")
    assert [seen(new), seen(held)] == [[200] * 3, [404] * 3]


def test_what_its_earner_does_not_want_is_shown_by_no_collection_until_they_keep_it_after_all(collection, held):
    owner = collection.person
    other = verbs.make_collection(by=owner, title="Other")
    verbs.collect(other, held.backpack_item, by=owner)
    for one in (collection, other):
        verbs.share(one, by=owner)
    new = credentials.reissue(held, by=owner_of(held.issuer))
    outbox.drain()
    assert (Credential.objects.get(pk=new.pk).state, seen(new)) == ("offered", [200] * 3)

    credentials.decline(new, by=owner)

    assert seen(new) == [404] * 3
    for one in (collection, other):
        verbs.collect(one, another_of(owner).backpack_item, by=owner)
        verbs.share(one, by=owner, name="Another")
    assert seen(new) == [404] * 3
    kept = browser(owner).post(f"/backpack/items/{new.backpack_item.public_id}/claim/")
    assert (kept.status_code, Credential.objects.get(pk=new.pk).state) == (302, "claimed")
    assert seen(new) == [200] * 3


def test_a_block_that_keeps_something_back_leads_to_no_page_and_no_file_of_the_badge(collection, held):
    owner, block = collection.person, collection.blocks.get()
    link = verbs.share(collection, by=owner)
    assert seen(held, link) == [200] * 4

    verbs.edit_block(block, by=owner, shows_result=False)

    assert seen(held, link) == [200, 404, 404, 404]
    page = Client().get(path_of(link)).content.decode()
    inside = Client().get(f"{path_of(link)}{block.public_id}/").content.decode()
    assert (held.version.name in page, held.public_id in page, held.public_id in inside) == (True, False, False)
    criteria = [one["name"] for one in held.snapshot["achievement"]["criteria"]]
    assert criteria
    assert [name in page + inside for name in criteria] == [False] * len(criteria)

    verbs.edit_block(block, by=owner, shows_result=True)
    inside = Client().get(f"{path_of(link)}{block.public_id}/").content.decode()
    assert (seen(held, link), [name in inside for name in criteria]) == ([200] * 4, [True] * len(criteria))


def test_a_name_that_a_block_keeps_back_stands_nowhere_beside_that_badge(collection, held):
    owner = collection.person
    type(held).objects.filter(pk=held.pk).update(shows_name=True)
    block = collection.blocks.get()
    link = verbs.share(collection, by=owner)
    inside = f"{path_of(link)}{block.public_id}/"
    named = held.named
    assert named in Client().get(inside).content.decode()

    verbs.edit_block(block, by=owner, shows_name=False)

    assert named not in Client().get(inside).content.decode()


def test_a_guessed_token_an_old_one_and_a_private_collections_id_answer_alike(collection):
    link = verbs.share(collection, by=collection.person)
    verbs.unshare(collection, by=collection.person)

    answers = [
        Client().get(address)
        for address in (path_of(link), f"/b/{collection.public_id}/", "/b/aaaaaaaaaaaaaaaaaaaaaaaaaa/", "/b/x/")
    ]

    assert {one.status_code for one in answers} == {404}
    assert len({one.content.replace(one.wsgi_request.path.encode(), b"") for one in answers}) == 1
    assert queries.opened_by("") is None


def test_only_whose_it_is_shows_and_hides(collection, held):
    link = verbs.share(collection, by=collection.person)
    for act in (
        lambda by: verbs.share(collection, by=by, name="x"),
        lambda by: verbs.publish_collection(collection, by=by),
        lambda by: verbs.unpublish_collection(collection, by=by),
        lambda by: verbs.show_credential(held, by=by, visibility="public"),
        lambda by: verbs.revoke_link(link, by=by),
    ):
        with pytest.raises(PermissionDenied):
            act(person())
        act(collection.person)
