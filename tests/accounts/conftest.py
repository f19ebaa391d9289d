import pytest
from django.test import Client

from tests.factories import PASSWORD

PAGE = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def browser_of():
    """A window in which somebody has signed in as people do, on the page for it."""

    def signed_in(someone, **options):
        client = Client(headers=PAGE, **options)
        answer = client.post("/accounts/login/", {"login": someone.email, "password": PASSWORD})
        assert answer.headers["Location"] == "/", answer.content.decode()
        return client

    return signed_in


@pytest.fixture
def sure():
    """Answers “is it you?” with the password."""

    def confirm(client):
        answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return confirm
