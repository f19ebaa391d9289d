from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from apps.backpacks import leaving, verbs
from apps.backpacks.models import FormerHandle, Profile
from apps.backpacks.verbs.profiles import MOST_FORMER
from apps.core.refused import Refused
from tests.backpacks.test_items import declared
from tests.factories import awarded_credential, person
from tests.together import meanwhile

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    someone = person("Ana Rangi")
    verbs.edit_profile(someone, by=someone, handle="Ana-Rangi", headline="Shearer", about="Free from *February*.")
    return someone


def test_it_is_off_until_it_is_turned_on_and_nothing_again_once_it_is_off(owner):
    assert Client().get("/p/ana-rangi").status_code == 404

    verbs.turn_on_profile(owner, by=owner)
    page = Client().get("/p/ana-rangi")
    assert (page.status_code, page["X-Robots-Tag"], "Free from <em>February</em>." in page.content.decode()) == (
        200,
        "noindex",
        True,
    )
    assert Client().get("/p/ANA-rangi").status_code == 200

    verbs.turn_off_profile(owner, by=owner)
    verbs.turn_off_profile(owner, by=owner)
    assert Client().get("/p/ana-rangi").status_code == 404


def test_search_engines_come_only_where_that_is_wanted_and_no_longer_when_it_was_off(owner):
    verbs.turn_on_profile(owner, by=owner, may_be_found=True)
    assert "X-Robots-Tag" not in Client().get("/p/ana-rangi")

    verbs.turn_off_profile(owner, by=owner)
    verbs.turn_on_profile(owner, by=owner)

    assert Client().get("/p/ana-rangi")["X-Robots-Tag"] == "noindex"


def test_it_shows_public_collections_and_no_others(owner):
    for title in ("Anyone", "Linked", "Mine"):
        collection = verbs.make_collection(by=owner, title=title)
        verbs.collect(collection, owner.backpack_items.first() or declared(owner), by=owner)
        if title == "Anyone":
            verbs.publish_collection(collection, by=owner)
        if title == "Linked":
            verbs.share(collection, by=owner)
    verbs.turn_on_profile(owner, by=owner)

    page = Client().get("/p/ana-rangi").content.decode()

    assert [title in page for title in ("Anyone", "Linked", "Mine")] == [True, False, False]


def test_skills_are_those_of_public_collections_that_keep_nothing_back():
    held = awarded_credential()
    owner, skills = held.earner, ["Rōpū mahi", "Shearing"]
    owner.backpack_items.update(skills=skills)
    verbs.edit_profile(owner, by=owner, handle="somebody", shows_skills=True)
    verbs.turn_on_profile(owner, by=owner)
    collection = verbs.make_collection(by=owner, title="Blades")
    block = verbs.collect(collection, held.backpack_item, by=owner)

    def shown():
        page = Client().get("/p/somebody").content.decode()
        return [skill in page for skill in skills]

    assert not any(shown())
    verbs.publish_collection(collection, by=owner)
    assert all(shown())
    verbs.edit_block(block, by=owner, shows_result=False)
    assert not any(shown())


@pytest.mark.parametrize("handle", ["ab", "-ana", "ana-", "a b", "ana/rangi", "x" * 41, "admin", "verify"])
def test_an_address_that_cannot_be_is_refused(owner, handle):
    with pytest.raises(Refused):
        verbs.edit_profile(owner, by=owner, handle=handle)


def test_two_people_never_have_one_address_however_it_is_written(owner):
    other = person()
    with pytest.raises(Refused, match="is taken"):
        verbs.edit_profile(other, by=other, handle="ANA-RANGI")
    verbs.edit_profile(other, by=other, handle="ana-rangi-2")


def test_an_address_that_one_had_leads_to_the_page_and_is_nobody_elses(owner):
    other = person()
    verbs.turn_on_profile(owner, by=owner)

    verbs.edit_profile(owner, by=owner, handle="ana-r")

    answer = Client().get("/p/Ana-Rangi")
    assert (answer.status_code, answer.url) == (302, "/p/ana-r")
    assert Client().get("/p/ana-r").status_code == 200
    with pytest.raises(Refused, match=r"That address is taken\. Choose another\."):
        verbs.edit_profile(other, by=other, handle="ana-rangi")
    verbs.turn_off_profile(owner, by=owner)
    assert Client().get("/p/ana-rangi").status_code == 404


def test_who_had_an_address_takes_it_back(owner):
    for handle in ("ana-r", "ana-rangi", "ana-rangi"):
        verbs.edit_profile(owner, by=owner, handle=handle)

    assert Profile.objects.get().handle == "ana-rangi"
    assert list(FormerHandle.objects.values_list("handle", "person")) == [("ana-r", owner.pk)]


def test_nobody_holds_more_addresses_than_so_many_but_goes_back_to_any_of_theirs(owner):
    for number in range(MOST_FORMER):
        verbs.edit_profile(owner, by=owner, handle=f"ana-{number}")

    with pytest.raises(Refused, match=f"has had {MOST_FORMER} addresses before this one"):
        verbs.edit_profile(owner, by=owner, handle="one-more")
    verbs.edit_profile(owner, by=owner, handle="ana-rangi", headline="Presser")

    assert Profile.objects.values_list("handle", "headline").get() == ("ana-rangi", "Presser")
    assert FormerHandle.objects.count() == MOST_FORMER


def test_an_address_of_who_left_is_gone_as_are_those_they_had_before(owner):
    verbs.turn_on_profile(owner, by=owner)
    verbs.edit_profile(owner, by=owner, handle="ana-r")

    leaving.forget(owner.pk)

    assert [Client().get(f"/p/{handle}").status_code for handle in ("ana-rangi", "ana-r")] == [410, 410]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("have_pages", [True, False])
def test_of_two_who_choose_one_address_at_once_one_has_it(have_pages):
    people = [person(), person()]
    for one in people if have_pages else ():
        verbs.edit_profile(one, by=one, handle=f"before-{one.pk}")

    first, second = meanwhile(
        *[
            partial(verbs.edit_profile, one, by=one, handle=handle)
            for one, handle in zip(people, ("ana", "ANA"), strict=True)
        ]
    )

    assert (first.person, first.handle) == (people[0], "ana")
    assert (type(second), str(second)) == (Refused, "That address is taken. Choose another.")


def test_only_whose_it_is_writes_and_shows_it(owner):
    for act in (
        lambda by: verbs.edit_profile(owner, by=by, handle="new-one"),
        lambda by: verbs.turn_on_profile(owner, by=by),
        lambda by: verbs.turn_off_profile(owner, by=by),
    ):
        with pytest.raises(PermissionDenied):
            act(person())
        act(owner)


def test_without_an_address_it_is_not_turned_on():
    someone = person()
    with pytest.raises(Refused, match="Choose an address"):
        verbs.turn_on_profile(someone, by=someone)
