import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from apps.accounts import queries, verbs
from apps.core.models import Event
from tests.factories import person

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


def is_in(client):
    return client.get("/accounts/profile/").status_code == 200


def test_sign_out_elsewhere_ends_all_but_this_one_and_leaves_a_trail(browser_of):
    someone, other = person(), person()
    here, phone, stranger = browser_of(someone), browser_of(someone), browser_of(other)

    ended = verbs.sign_out_elsewhere(someone, by=someone, here=here.session.session_key)

    assert (ended, is_in(here), is_in(phone), is_in(stranger)) == (1, True, False, True)
    assert [row.session_key for row in queries.sessions_of(someone)] == [here.session.session_key]
    event = Event.objects.get(kind="person.signed_out_elsewhere")
    assert (event.actor_id, event.data) == (someone.public_id, {"sessions": 1})


def test_sign_out_elsewhere_twice_ends_nothing_more(browser_of):
    someone = person()
    here, _phone = browser_of(someone), browser_of(someone)
    verbs.sign_out_elsewhere(someone, by=someone, here=here.session.session_key)

    assert verbs.sign_out_elsewhere(someone, by=someone, here=here.session.session_key) == 0
    assert Event.objects.filter(kind="person.signed_out_elsewhere").count() == 1


def test_nobody_signs_another_out(browser_of):
    someone = person()
    client = browser_of(someone)

    with pytest.raises(PermissionDenied):
        verbs.sign_out_elsewhere(someone, by=person(), here=None)

    assert is_in(client)


def test_the_page_names_each_browser_and_ends_the_others(browser_of):
    someone = person()
    phone, here = browser_of(someone, HTTP_USER_AGENT=IPHONE), browser_of(someone, HTTP_USER_AGENT=FIREFOX)

    page = here.get("/accounts/sessions/").content.decode()
    done = here.post("/accounts/sessions/sign-out-elsewhere/", follow=True).content.decode()

    assert page.index("Firefox on Linux") < page.index("You are here") < page.index("Safari on iPhone")
    assert "Safari on iPhone" not in done
    assert "/accounts/sessions/sign-out-elsewhere/" in page
    assert "/accounts/sessions/sign-out-elsewhere/" not in done
    assert (is_in(here), is_in(phone)) == (True, False)


def test_a_session_that_ran_out_is_not_listed(browser_of):
    someone = person()
    client = browser_of(someone)
    client.session.flush()

    assert not queries.sessions_of(someone).exists()


def test_signing_out_takes_a_yes_and_no_link_does_it(browser_of):
    client = browser_of(person())

    asked = client.get("/accounts/logout/")
    still_in = is_in(client)
    client.post("/accounts/logout/")

    assert ("Sign out?" in asked.content.decode(), still_in, is_in(client)) == (True, True, False)
    assert Client().get("/accounts/logout/").headers["Location"] == "/"
