"""What nobody types: each gets an answer in the house's words, and never a 500."""

from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from tests.architecture.test_doors import build_house, rows
from tests.factories import awarded_credential, person

pytestmark = pytest.mark.django_db

NO_IDS = ("%00", "a%00b", "x", "A" * 26, "a" * 27, "%F0%9F%90%91", "..%2F..%2Fetc", "'%20OR%201=1")


def test_no_address_breaks_on_what_can_be_no_id():
    people, names = build_house()
    learner = Client(raise_request_exception=False)
    learner.force_login(people["learner"])
    answers, untaken = set(), set()
    for address, *_statuses in rows():
        for wrong in NO_IDS if "{" in address else ():
            path = address.format(**dict.fromkeys(names, wrong))
            if not a_view_takes(path):
                # They are answered alike throughout a part of the house: one of them is enough.
                alike = (address.split("/")[1], wrong)
                if alike in untaken:
                    continue
                untaken.add(alike)
            for client in (Client(raise_request_exception=False), learner):
                answers.add(client.get(path).status_code)

    assert answers <= {200, 301, 302, 400, 401, 404, 405}, answers


def a_view_takes(path):
    try:
        resolve(unquote(path))
    except Resolver404:
        return False
    return True


@pytest.mark.parametrize(
    "query",
    [
        "page=9" + "9" * 40,
        "page=-1",
        "page=%00",
        "q=%00",
        "q=" + "x" * 5000,
        "cursor=cD1hYmM=",
        "cursor=%00",
        "limit=x",
    ],
)
def test_no_list_breaks_on_what_it_is_asked(query):
    client = Client(raise_request_exception=False)
    client.force_login(awarded_credential().earner)
    paths = [
        "/catalogue/",
        "/frameworks/",
        "/submissions/",
        "/reviews/",
        "/backpack/",
        "/endorsements/",
        "/notices/",
        "/search/",
        "/dev/mail/",
    ]
    paths += [f"/api/v1/{name}/" for name in ("achievements", "frameworks", "submissions", "credentials", "notices")]

    answers = {path: client.get(f"{path}?{query}").status_code for path in paths}

    assert set(answers.values()) <= {200, 400, 403, 404}, answers


def test_a_place_to_go_back_to_that_is_none_leads_home():
    client = Client(raise_request_exception=False)
    for there in ("nonsense", "https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "\x00", ""):
        answer = client.post("/preferences/theme/", {"theme": "dark", "next": there})
        assert answer.status_code == 302
        assert not answer.headers["Location"].startswith(("http", "//", "javascript")), there


def test_what_a_token_may_not_read_it_may_not_ask_the_length_of_either():
    from apps.accounts import verbs

    someone = person()
    _token, secret = verbs.create_token(someone, by=someone, name="Catalogue", scopes=["catalogue:read"])
    asking = Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)

    for name in ("me", "submissions", "credentials", "notices"):
        path = f"/api/v1/{name}/"
        assert (asking.get(path).status_code, asking.head(path).status_code) == (403, 403), name
        assert Client(raise_request_exception=False).head(path).status_code == 401, name
    assert asking.head("/api/v1/achievements/").status_code == 200


@pytest.mark.parametrize("host", ["EVIDENCE.localhost:8000", "evidence.localhost.:8000", "evidence.localhost"])
def test_the_evidence_host_knows_no_page_however_it_is_spelled(host):
    assert Client(headers={"Host": host}).get("/accounts/login/").status_code == 404
