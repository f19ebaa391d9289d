"""What programs read when the API says no: RFC 9457, wherever the no comes from."""

import base64

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client, RequestFactory

from apps.core import views
from apps.issuers import api as achievements
from tests.factories import person

pytestmark = pytest.mark.django_db
NOT_FOUND = {
    "type": "about:blank",
    "title": "Not found",
    "status": 404,
    "detail": "Not found.",
    "code": "not_found",
}
AWAY = {
    "type": "about:blank",
    "title": "The database does not answer just now. Try again in a moment",
    "status": 503,
    "detail": "The database does not answer just now. Try again in a moment.",
    "code": "away",
}


def said(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.json()


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_no_fault_and_worth_asking_again(monkeypatch, error):
    def lost(*_args, **_more):
        raise error("gone")

    client = Client(raise_request_exception=False)
    assert client.get("/api/v1/achievements/").status_code == 200
    monkeypatch.setattr(achievements.Achievements, "get_queryset", lost)

    answer = client.get("/api/v1/achievements/")

    assert (said(answer), answer.headers["Retry-After"]) == (AWAY, "10")


def lose_the_database():
    raise OperationalError("gone")


def test_it_is_no_page_either_where_it_goes_away_before_the_api_is_asked():
    try:
        lose_the_database()
    except OperationalError:
        answer, page = (views.server_error(RequestFactory().get(path)) for path in ("/api/v1/me/", "/catalogue/"))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (page.status_code, page.headers["Content-Type"]) == (503, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("get", one) for one in ("v1/nope/", "", "v1/submissions/NOT-AN-ID/", "v1/achievements/nowhere/")),
        *(("post", one) for one in ("v1/nope/", "")),
    ],
)
def test_what_is_not_there_is_said_to_programs_as_a_problem(path, method):
    client = Client()
    client.force_login(person())

    answer = getattr(client, method)(f"/api/{path}")

    assert (answer.status_code, said(answer)) == (404, NOT_FOUND)


def test_a_host_that_is_not_ours_and_a_fault_of_ours_are_problems_too():
    answer = Client().get("/api/v1/achievements/", headers={"Host": "elsewhere.example"})
    broken = views.server_error(RequestFactory().get("/api/v1/achievements/"))

    assert (answer.status_code, said(answer)["status"], said(answer)["code"]) == (400, 400, "bad_request")
    assert (broken.status_code, broken.headers["Content-Type"]) == (500, "application/problem+json")


def test_pages_are_answered_with_pages():
    answer = Client().get("/apixyz/")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


NOWHERE = ("p=a%00b", "p=%c2%9f%00", "o=x", "r=1&p=%00")
# Text: it stands before or after any name, and is neither a number nor a time.
NO_NAME = ("p=%ed%a0%80", "p=", "p=%ff")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        *((path, one) for path in ("frameworks/", "achievements/", "notices/") for one in (*NOWHERE, *NO_NAME)),
        *(("pathways/", one) for one in NOWHERE),
    ],
)
def test_a_place_in_a_list_that_nothing_can_have_is_not_there(path, place):
    client = Client()
    client.force_login(person())
    cursor = base64.b64encode(place.encode()).decode()

    answer = client.get(f"/api/v1/{path}", {"cursor": cursor})

    assert (answer.status_code, said(answer)["status"], said(answer)["detail"]) == (404, 404, "Invalid cursor")


@pytest.mark.parametrize("place", NO_NAME)
def test_nothing_stands_at_a_place_among_names_that_no_name_is_at(place):
    client = Client()
    client.force_login(person())
    cursor = base64.b64encode(place.encode()).decode()

    answer = client.get("/api/v1/pathways/", {"cursor": cursor})

    assert (answer.status_code, answer.json()["next"], answer.json()["results"]) == (200, None, [])
