"""Sessions that ended are forgotten: they hold addresses that somebody typed, and where they came from."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from apps.accounts import leaving, tasks
from config.schedule import SCHEDULE
from tests.factories import person

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=1)


def session(*, ends_at, **held):
    store = SessionStore()
    store.update(held)
    store.create()
    Session.objects.filter(pk=store.session_key).update(expire_date=ends_at)
    return store.session_key


def signed_in(someone, key, *, since):
    row = UserSession.objects.create(user=someone, session_key=key, ip="192.0.2.7", user_agent="Browser")
    UserSession.objects.filter(pk=row.pk).update(created_at=since)
    return row


def test_what_ended_is_forgotten_and_what_goes_on_stays():
    someone, later = person(), timezone.now() + timedelta(days=1)
    open_one = session(ends_at=later, _auth_user_id=str(someone.pk))
    ended = [session(ends_at=LONG_AGO, login={"email": f"{number}@people.example"}) for number in range(3)]
    stays = signed_in(someone, open_one, since=LONG_AGO)
    signed_in(someone, ended[0], since=LONG_AGO)
    just_now = signed_in(someone, "its-row-is-written-at-the-end", since=timezone.now())

    tasks.forget_sessions()
    tasks.forget_sessions()

    assert list(Session.objects.values_list("pk", flat=True)) == [open_one]
    assert set(UserSession.objects.all()) == {stays, just_now}


def test_it_goes_on_until_nothing_is_left(monkeypatch):
    monkeypatch.setattr("apps.accounts.verbs.people.AT_ONCE", 2)
    for _number in range(5):
        session(ends_at=LONG_AGO)

    tasks.forget_sessions()

    assert not Session.objects.exists()


def test_it_happens_each_day():
    assert SCHEDULE["forget_sessions"] == ("apps.accounts.tasks.forget_sessions", timedelta(days=1))


ANI = "ani@people.example"
THEIRS = [
    {"account_login": {"email": ANI}},
    {"account_login": {"email": ANI.upper()}},
    {"_messages": f'[["__json_message", 0, 20, "A letter is on its way to <strong>{ANI}</strong>."]]'},
    {"next": "/seats/?email=ani%40people.example&role=owner"},
    {"typed": [{ANI: 1}]},
]
OTHERS = [
    {"account_login": {"email": f"m{ANI}"}},
    {"account_login": {"email": f"jo.{ANI}"}},
    {"account_login": {"email": f"jo+{ANI}"}},
    {"account_login": {"email": f"{ANI}.nz"}},
    {"account_login": {"email": f"{ANI}s"}},
    {},
]


@pytest.mark.parametrize("held", THEIRS)
def test_who_is_erased_is_in_no_session_that_stopped_at_the_door(held):
    ani, later = person("Ani", email=ANI), timezone.now() + timedelta(days=1)
    key = session(ends_at=later, **held)

    leaving.forget(ani.pk)

    assert not Session.objects.filter(pk=key).exists()


@pytest.mark.parametrize("held", OTHERS)
def test_whose_address_only_ends_or_begins_alike_stays_where_they_are(held):
    ani, later = person("Ani", email=ANI), timezone.now() + timedelta(days=1)
    key = session(ends_at=later, **held)
    own = session(ends_at=later, _auth_user_id=str(ani.pk))

    leaving.forget(ani.pk)

    assert list(Session.objects.filter(pk__in=(key, own)).values_list("pk", flat=True)) == [key]
