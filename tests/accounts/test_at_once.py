"""Two clicks, or two people, in one moment: both are answered."""

from contextlib import contextmanager

import pytest
from django.db import connection

from apps.accounts import verbs
from apps.accounts.models import Merge, User
from apps.core.models import Event
from apps.core.refused import Refused
from tests.factories import operator, person
from tests.together import at_once, meanwhile

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "new@people.example"


@contextmanager
def one_letter_more():
    """As a database that knows a letter of which Python has not heard: which these are depends on the version of either."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX one_letter_more ON accounts_user (translate(email, '\u0131', 'i'))")
        try:
            yield
        finally:
            cursor.execute("DROP INDEX one_letter_more")


def test_two_clicks_on_signing_in_to_the_other_account_leave_the_last_of_them():
    someone = person()

    first, second = meanwhile(*[lambda: verbs.begin_merge(someone, by=someone)] * 2)

    assert list(Merge.objects.all()) == [second]
    assert first != second


def test_two_clicks_on_sending_the_letter_leave_the_last_of_them():
    someone, other = person(), person()

    _first, second = meanwhile(*[lambda: verbs.ask_merge(someone, by=someone, address=other.email)] * 2)

    assert list(Merge.objects.values_list("pk", "giver")) == [(second.pk, other.pk)]


def test_asking_anew_while_the_accounts_are_put_together_waits_and_stands():
    someone, other = person(), person()
    asked = verbs.ask_merge(someone, by=someone, address=other.email)

    taken, again = meanwhile(lambda: verbs.merge(asked, by=someone), lambda: verbs.begin_merge(someone, by=someone))

    assert (taken, again.taker) == (someone, someone)
    assert set(Merge.objects.values_list("pk", flat=True)) == {asked.pk, again.pk}


def test_two_managers_who_award_to_one_newcomer_welcome_one_person():
    keeper = operator()

    first, second = meanwhile(
        lambda: verbs.welcome(NEW, name="As the first calls them", by=keeper),
        lambda: verbs.welcome(NEW, name="As the second calls them", by=keeper),
    )

    assert (first, User.objects.get(email=NEW).name) == (second, "As the first calls them")
    assert Event.objects.filter(kind="person.welcomed").count() == 1


def test_five_at_once_too():
    keeper = operator()

    found = at_once(*[lambda: verbs.welcome(NEW, name="New", by=keeper)] * 5)

    assert found == [User.objects.get(email=NEW)] * 5


def test_an_address_that_the_database_alone_takes_for_another_is_refused_in_words():
    keeper = operator()

    with one_letter_more():
        verbs.welcome("x@\u0131.example", name="The one without its dot", by=keeper)
        with pytest.raises(Refused, match="too much like"):
            verbs.welcome("x@i.example", name="The other", by=keeper)
