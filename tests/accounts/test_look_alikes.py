"""An address that only looks like another is another, at every door."""

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from apps.accounts import queries, verbs
from apps.accounts.models import User
from apps.core.text import normal_address
from apps.notices.models import Letter
from tests.factories import PASSWORD, code_sent_to, operator, person

pytestmark = pytest.mark.django_db
ADDRESS = "smith@kind.example"
# A dotless i and a long s are themselves in lower case, and I and S in capitals; a dotted I becomes two signs.
LIKE_IT = ["smith@kınd.example", "ſmith@kind.example", "smıth@kind.example", "smith@kİnd.example"]


@pytest.mark.parametrize("like_it", LIKE_IT)
def test_whoever_proves_an_address_that_looks_alike_gets_nothing_of_the_other(client, like_it):
    keeper = operator()
    made = verbs.welcome(ADDRESS, name="Smith", by=keeper)

    client.post("/accounts/signup/", {"name": "Mallory", "email": like_it, "password1": PASSWORD, "agree": "on"})
    client.post("/accounts/confirm-email/", {"code": code_sent_to(normal_address(like_it))})

    mallory = User.objects.get(name="Mallory")
    made.refresh_from_db()
    assert (queries.addresses_of(mallory), made.is_active, made.merged_into) == ({normal_address(like_it)}, True, None)
    assert queries.owner_of(like_it) == mallory
    assert queries.owner_of(ADDRESS) is None
    assert queries.owners_of([ADDRESS, like_it]) == {ADDRESS: made, normal_address(like_it): mallory}
    assert verbs.welcome(ADDRESS, name="Smith", by=keeper) == made
    assert User.objects.get_by_natural_key(ADDRESS) == made
    assert queries.share_an_address(mallory, made) is False
    assert set(queries.same_people(mallory)) == {mallory}


@pytest.mark.parametrize("typed", ["SMITH@Kind.Example", " smith@kind.example ", "smith@\u212aind.example"])
def test_capitals_are_the_same_address(typed):
    smith = person(email=typed)

    assert (smith.email, queries.owner_of(typed), queries.owner_of(ADDRESS)) == (ADDRESS, smith, smith)
    assert queries.owners_of([typed]) == {ADDRESS: smith}


def test_accents_are_the_same_address_however_they_are_put_together():
    zoe = person(email="zoe@cafe\u0301.example")

    assert (zoe.email, verbs.welcome("zoe@CAF\u00c9.example", name="", by=operator())) == ("zoe@caf\u00e9.example", zoe)


@pytest.mark.parametrize(("way", "field"), [("/accounts/login/code/", "login"), ("/accounts/password/reset/", "email")])
def test_a_key_goes_to_the_address_that_the_account_has_and_not_to_how_it_was_typed(client, way, field):
    known = person(email="kate@kind.example")

    client.post(way, {field: "\u212aate@kind.example"})

    assert list(Letter.objects.values_list("to", "person")) == [("kate@kind.example", known.pk)]


@pytest.mark.parametrize("like_it", LIKE_IT[:3])
@pytest.mark.parametrize(("way", "field"), [("/accounts/login/code/", "login"), ("/accounts/password/reset/", "email")])
def test_who_asks_with_one_that_looks_alike_is_told_that_nobody_has_it(client, way, field, like_it):
    person(email=ADDRESS)

    client.post(way, {field: like_it})

    assert list(Letter.objects.values_list("to", "person", "subject")) == [
        (like_it, None, "No account has this address")
    ]


def test_an_address_that_is_none_in_lower_case_is_refused_in_words(client):
    typed = {"name": "Mallory", "password1": PASSWORD, "agree": "on"}
    page = client.post("/accounts/signup/", {**typed, "email": "smİth@kind.example"}).content.decode()

    assert "Enter a valid email address." in page
    assert not User.objects.exists()


def test_the_database_keeps_no_capitals():
    someone = person(email=ADDRESS)

    for rows in (User.objects.filter(pk=someone.pk), EmailAddress.objects.filter(user=someone)):
        with pytest.raises(IntegrityError, match="in_lower_case"), transaction.atomic():
            rows.update(email="Smith@kind.example")


def test_what_an_address_is_compared_by_stays_as_it_is():
    letters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    once = [normal_address(one) for one in letters]

    assert [one for one in once if normal_address(one) != one] == []
