import threading

import pytest
from django.test import Client

from apps.backpacks import counting, tokens, verbs
from apps.backpacks.models import ViewCount
from tests.backpacks.test_items import declared
from tests.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(monkeypatch):
    monkeypatch.setattr(counting, "HANDED_ON_EVERY", 3600)
    # Another test's sums must not arrive while this one counts.
    for timer in _timers():
        timer.cancel()
        timer.join(10)
    counting.hand_on()
    counting.take_in()
    ViewCount.objects.all().delete()
    owner = person()
    collection = verbs.make_collection(by=owner, title="Blades")
    verbs.collect(collection, declared(owner), by=owner)
    return verbs.share(collection, by=owner)


def counted():
    counting.hand_on()
    counting.take_in()
    return sorted(ViewCount.objects.values_list("of", "number"))


def test_openings_are_added_up_by_the_day_and_nothing_is_written_when_somebody_opens(link, django_assert_num_queries):
    address = f"/b/{tokens.token_of(link.public_id)}/"
    with django_assert_num_queries(2):
        Client().get(address)
    Client().get(address)
    assert ViewCount.objects.count() == 0

    assert counted() == [("collection", 2), ("link", 2)]
    Client().get(address)
    assert counted() == [("collection", 3), ("link", 3)]
    assert counting.totals("link", [link.public_id]) == {link.public_id: 3}


def test_ones_own_look_and_a_question_without_a_body_are_no_views(link):
    address = f"/b/{tokens.token_of(link.public_id)}/"
    mine = Client()
    mine.force_login(link.collection.person)

    mine.get(address)
    Client().head(address)
    assert counted() == []
    Client().get(address)
    assert counted() == [("collection", 1), ("link", 1)]


def test_while_the_cache_is_away_the_sums_wait(link, monkeypatch):
    from django.core.cache import caches

    away = type("Away", (), {"get_client": lambda *_args, **_more: (_ for _ in ()).throw(OSError("away"))})()
    Client().get(f"/b/{tokens.token_of(link.public_id)}/")
    with monkeypatch.context() as patched:
        patched.setattr(caches["default"], "_cache", away)
        counting.hand_on()

    assert counted() == [("collection", 1), ("link", 1)]


def _timers():
    """The timers of this process that hand the sums on."""
    return [one for one in threading.enumerate() if getattr(one, "function", None) is counting.hand_on]


def test_a_process_hands_on_again_by_itself_once_the_cache_is_back(link, monkeypatch):
    from django.core.cache import caches

    soon, asked = 0.01, threading.Event()
    monkeypatch.setattr(counting, "HANDED_ON_EVERY", soon)

    def away(_cache):
        asked.set()
        raise OSError("away")

    with monkeypatch.context() as patched:
        patched.setattr(type(caches["default"]), "client", away)  # a timer is a thread, and has a cache of its own
        counting.saw("link", link.public_id)
        assert asked.wait(10)
        counting.saw("link", link.public_id)
    while waiting := _timers():
        waiting[0].join(10)

    counting.take_in()
    assert counting.totals("link", [link.public_id]) == {link.public_id: 2}


def test_what_one_who_died_had_set_aside_is_taken_in_by_the_next(link):
    from django.core.cache import caches

    Client().get(f"/b/{tokens.token_of(link.public_id)}/")
    counting.hand_on()
    client = caches["default"]._cache.get_client(write=True)
    client.rename("satchel:views", "satchel:views:taken")

    assert counted() == [("collection", 1), ("link", 1)]
    assert counted() == [("collection", 1), ("link", 1)]
