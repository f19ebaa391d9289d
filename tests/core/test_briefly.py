import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from apps.core import briefly as module
from apps.core.briefly import after_each, briefly

SECONDS = 0.8


@pytest.fixture
def now(monkeypatch, settings):
    settings.KEPT_BRIEFLY = SECONDS
    module._answers.clear()
    time = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: time[0])
    return time


@pytest.fixture
def page():
    """A page that counts how often it was made and how often it was given."""
    made, given = [], []

    @briefly
    def view(request):
        made.append(1)
        after_each(request, lambda: given.append(1))
        return HttpResponse(f"made {len(made)} times", headers={"X-Robots-Tag": "noindex"})

    def ask(path="/", **more):
        cookies = more.pop("cookies", {})
        request = RequestFactory().get(path, **more)
        request.COOKIES.update(cookies)
        request.LANGUAGE_CODE = "en"
        response = view(request)
        return response.content.decode(), response["X-Robots-Tag"]

    ask.made, ask.given = made, given
    return ask


def test_what_was_made_a_moment_ago_is_given_again_and_after_that_made_anew(now, page):
    first = page()
    now[0] += SECONDS - 0.01
    assert page() == first == ("made 1 times", "noindex")
    now[0] += 0.02
    assert page() == ("made 2 times", "noindex")
    assert len(page.given) == 3


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/?page=2"},
        {"HTTP_ACCEPT": "application/json"},
        {"HTTP_HOST": "localhost"},
        {"HTTP_IF_NONE_MATCH": '"x"'},
    ],
)
def test_what_the_answer_depends_on_is_told_apart(now, page, other):
    page()
    assert page(**other)[0] == "made 2 times"
    assert page()[0] == "made 1 times"


def test_whoever_has_a_cookie_of_ours_gets_an_answer_of_their_own(now, page, settings):
    page()
    assert page(cookies={settings.SESSION_COOKIE_NAME: "x"})[0] == "made 2 times"
    assert page(cookies={"messages": "x"})[0] == "made 3 times"
    assert page(cookies={settings.THEME_COOKIE_NAME: "dark"})[0] == "made 4 times"
    assert page()[0] == "made 1 times"


def test_all_together_are_no_longer_than_one_process_keeps(now, page, monkeypatch):
    page("/?n=9")
    monkeypatch.setattr(module._answers, "most_bytes", 2 * module._answers._bytes)
    module._answers.clear()
    page.made.clear()
    for number in range(3):
        page(f"/?n={number}")

    assert [page(f"/?n={number}")[0] for number in (2, 1, 0)] == ["made 3 times", "made 2 times", "made 4 times"]


def test_an_answer_without_content_weighs_what_it_was_asked_by(now, monkeypatch):
    monkeypatch.setattr(module._answers, "most_bytes", 100_000)
    same = briefly(lambda _request: HttpResponse(status=304))

    for number in range(200):
        same(RequestFactory().get(f"/?n={number}", HTTP_IF_NONE_MATCH="x" * 4000))

    assert 1 < len(module._answers._values) <= 100_000 // 4000


@pytest.mark.django_db
def test_what_is_hidden_is_hidden_a_second_later(now):
    from apps.backpacks import tokens, verbs
    from tests.backpacks.test_items import declared
    from tests.factories import person

    owner = person()
    collection = verbs.make_collection(by=owner, title="Blades")
    verbs.collect(collection, declared(owner), by=owner)
    link = verbs.share(collection, by=owner)
    address = f"/b/{tokens.token_of(link.public_id)}/"
    assert Client().get(address).status_code == 200
    verbs.unshare(collection, by=owner)
    assert Client().get(address).status_code == 200

    now[0] += SECONDS + 0.01
    assert Client().get(address).status_code == 404
