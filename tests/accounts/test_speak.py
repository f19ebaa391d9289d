import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from apps.accounts import verbs
from apps.core.models import Event
from apps.core.refused import Refused
from tests.factories import person

pytestmark = pytest.mark.django_db


def test_a_person_chooses_a_language_and_it_leaves_a_trail():
    aroha = person("Aroha")

    verbs.speak(aroha, by=aroha, language="mi")

    aroha.refresh_from_db()
    assert aroha.language == "mi"
    event = Event.objects.get(kind="person.speaks")
    assert (event.subject_id, event.actor_id, event.data) == (aroha.public_id, aroha.public_id, {"language": "mi"})


def test_chosen_twice_it_stays_and_is_told_once():
    aroha = person()

    verbs.speak(aroha, by=aroha, language="mi")
    verbs.speak(aroha, by=aroha, language="mi")

    assert Event.objects.filter(kind="person.speaks").count() == 1


def test_nobody_chooses_for_somebody_else():
    aroha, other = person(), person()

    with pytest.raises(PermissionDenied):
        verbs.speak(aroha, by=other, language="mi")

    aroha.refresh_from_db()
    assert aroha.language == "en"


def test_a_language_that_is_not_spoken_here_is_refused():
    aroha = person()

    with pytest.raises(Refused, match="does not speak that language yet"):
        verbs.speak(aroha, by=aroha, language="fr")

    aroha.refresh_from_db()
    assert aroha.language == "en"


def test_the_switch_keeps_a_visitors_choice_in_the_browser(client):
    answer = client.post("/preferences/language/", {"language": "mi", "next": "/help/"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/help/")
    cookie = client.cookies["django_language"]
    assert (cookie.value, cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("mi", 31536000, True, "Lax")
    assert "Āwhina" in client.get("/help/").content.decode()


def test_the_switch_keeps_a_persons_choice_on_the_account(client):
    aroha = person()
    client.force_login(aroha)

    client.post("/preferences/language/", {"language": "mi", "next": "/help/"})

    aroha.refresh_from_db()
    assert aroha.language == "mi"
    elsewhere = Client()
    elsewhere.force_login(aroha)
    assert "Āwhina" in elsewhere.get("/help/").content.decode()


@pytest.mark.parametrize("leads_to", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_the_switch_leads_nowhere_else(client, leads_to):
    answer = client.post("/preferences/language/", {"language": "mi", "next": leads_to})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("language", ["fr", "", "en\r\nSet-Cookie: a=b", "x" * 5000])
def test_a_language_that_is_none_is_told_so_and_changes_nothing(client, language):
    aroha = person()
    client.force_login(aroha)

    answer = client.post("/preferences/language/", {"language": language, "next": "/help/"})

    assert answer.status_code == 400
    assert "That request could not be read" in answer.content.decode()
    assert "django_language" not in client.cookies
    aroha.refresh_from_db()
    assert aroha.language == "en"


def test_a_page_from_elsewhere_chooses_for_nobody(client):
    aroha = person()
    client.force_login(aroha)

    client.post("/preferences/language/", {"language": "mi"}, headers={"Sec-Fetch-Site": "cross-site"})

    aroha.refresh_from_db()
    assert (aroha.language, "django_language" in client.cookies) == ("en", False)
