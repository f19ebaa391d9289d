"""What somebody reads when a page says no: what happened, and what to do next."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from apps.core import views
from tests.factories import person


def told(answer):
    """status, the code shown, the heading, and whether there is a way on."""
    page = answer.content.decode()
    main = page[page.index('<main id="main"') :]
    assert "<script>" not in page
    return (
        answer.status_code,
        re.search(r'<p class="code num">(\d+)</p>', main)[1],
        re.search(r"<h1>(.*?)</h1>", main)[1],
        '<a class="btn' in main,
    )


def test_400_an_address_that_is_not_ours(client):
    assert told(client.get("/", headers={"Host": "elsewhere.example"})) == (
        *(400, "400", "That request could not be read", True),
    )


@pytest.mark.django_db
def test_403_signed_in_but_without_the_part():
    client = Client()
    client.force_login(person())

    answer = client.get("/doctor/")

    assert told(answer) == (403, "403", "This is not yours to open", True)
    assert "You are signed in" in answer.content.decode()


def test_403_a_visitor_is_asked_to_sign_in():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    answer = render(request, "403.html", status=403)

    assert told(answer) == (403, "403", "This is not yours to open", True)
    assert 'href="/accounts/login/"' in answer.content.decode()


@pytest.mark.django_db
def test_403_a_form_without_its_token():
    answer = Client(enforce_csrf_checks=True).post("/verify/", {"text": "x"})

    assert told(answer) == (403, "403", "The page was open too long", True)


@pytest.mark.django_db
def test_404(client):
    assert told(client.get("/nowhere/")) == (404, "404", "That page is not here, or not for you to see", True)


@pytest.mark.django_db
def test_404_gives_back_what_was_typed_and_is_none_other_where_that_cannot_be_read(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    words = "Ten knives, one afternoon."

    typed, long = (Client().post("/nowhere/", {"text": text}) for text in (words, "x" * 2000))

    assert (typed.status_code, words in typed.content.decode()) == (404, True)
    assert told(long) == (404, "404", "That page is not here, or not for you to see", True)


@pytest.mark.django_db
def test_405_says_to_people_what_an_address_is_for_that_only_takes_a_form_and_to_programs_nothing():
    client = Client()

    opened, asked = (client.get("/preferences/theme/", headers={"Accept": kind}) for kind in ("text/html", "text/csv"))

    assert told(opened) == (405, "405", "There is no page at this address", True)
    assert [(one.status_code, one.headers["Allow"]) for one in (opened, asked)] == [(405, "POST")] * 2
    assert asked.content == b""


def test_410_gone_for_good():
    answer = render(RequestFactory().get("/"), "410.html", status=410)

    assert told(answer) == (410, "410", "This was here, and is gone for good", True)


@pytest.mark.django_db
def test_413_more_than_the_house_takes_in_one_go(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    answer = Client().post("/verify/", {"text": "x" * 2000})

    assert told(answer) == (413, "413", "That is too big", True)


@pytest.mark.django_db
def test_429_too_often(settings):
    settings.RATE_LIMITS, settings.RATE_LIMITS_FACTOR = settings.RATE_LIMITS | {"post": "1/h"}, 1
    client = Client()

    first, second = (client.post("/preferences/theme/", {"theme": "dark"}) for _time in range(2))

    assert first.status_code == 302
    assert told(second) == (429, "429", "A little slower", True)
    assert 0 < int(second.headers["Retry-After"]) <= 3600


def test_500_asks_neither_database_nor_session():
    assert told(views.server_error(RequestFactory().get("/"))) == (500, "500", "Something broke on our side", True)


def lose_the_database():
    raise OperationalError("gone")


def test_503_while_the_database_is_away():
    try:
        lose_the_database()
    except OperationalError:
        answer = views.server_error(RequestFactory().get("/"))

    assert told(answer) == (503, "503", "Back in a moment", True)
    assert answer.headers["Retry-After"] == "10"


@pytest.mark.parametrize("page", ["400.html", "500.html", "503.html"])
def test_the_pages_for_broken_moments_need_no_context_at_all(page):
    html = render_to_string(page)

    assert "<h1>" in html
    assert "<script" not in html
