"""The demo's password is in the README: wherever the demo may not be, its people are nobody, whatever they came in by."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from apps.accounts import verbs
from apps.accounts.models import User
from apps.demo import people, policies
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db
OF_THE_DEMO = people.SIGN_INS["operator"].email


@pytest.fixture(autouse=True)
def _looked_up_anew():
    policies.known_by_another.cache_clear()


def known(settings):
    settings.DEMO_ALLOWED = True


def copied(settings):
    settings.DEMO_ALLOWED = False


def open_to_all(settings):
    settings.BIND = "0.0.0.0"  # noqa: S104 - what a demo must not listen on


def came_in(someone):
    """A browser that somebody signed in with while they could, and a token that they made."""
    browser = Client()
    browser.force_login(someone)
    _token, secret = verbs.create_token(someone, by=someone, name="Mine", scopes=["profile:read"])
    return browser, Client(headers={"Authorization": f"Bearer {secret}"})


def answers(browser, program):
    return (
        browser.get("/doctor/").status_code,
        browser.get("/api/v1/me/").status_code,
        program.get("/api/v1/me/").status_code,
    )


@pytest.mark.parametrize("where", [copied, open_to_all])
def test_sessions_and_tokens_from_before_end_where_the_demo_may_not_be(settings, where):
    known(settings)
    both = came_in(person("Operator", email=OF_THE_DEMO, is_operator=True))
    before = answers(*both)

    where(settings)

    assert (before, answers(*both)) == ((200, 200, 200), (302, 401, 401))


def test_whoever_took_another_address_first_is_still_of_the_demo(settings):
    known(settings)
    someone = person("Operator", email="mallory@people.example", is_operator=True)
    EmailAddress.objects.create(user=someone, email=OF_THE_DEMO, verified=True)
    both = came_in(someone)

    copied(settings)

    assert answers(*both) == (302, 401, 401)
    browser = Client()
    refused = browser.post("/accounts/login/", {"login": someone.email, "password": PASSWORD})
    assert refused.headers["Location"] == "/accounts/inactive/"


@pytest.mark.parametrize("where", [copied, open_to_all])
def test_everybody_else_stays(settings, where):
    both = came_in(person("Operator", is_operator=True))

    where(settings)

    assert answers(*both) == (200, 200, 200)


def test_who_is_kept_out_sees_the_public_pages_as_a_visitor(settings):
    someone = person(email=OF_THE_DEMO)
    browser, _program = came_in(someone)

    copied(settings)
    page = browser.get("/catalogue/")

    assert (page.status_code, "Sign in" in page.content.decode()) == (200, True)
    assert User.objects.get(pk=someone.pk).is_active is True


def test_who_is_of_the_demo_is_looked_up_for_many_pages_at_once(settings, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(policies, "LOOKED_FOR_EVERY", 1_000_000)
    copied(settings)
    someone = person()

    with django_assert_num_queries(1):
        assert [policies.kept_out(someone) for _page in range(3)] == [False] * 3
