"""The frame around every page: navigation by the part one acts in, and how somebody likes it to look."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from apps.core.context import Place, Role, Shell
from apps.issuers import verbs as issuers
from config import shell as table
from tests.factories import assessor_of, issuer_with_owner, operator, person, published_version, seated

ROOMS = {
    "first": Role("first", "x", "First", (Place("/", "x", "Today", "Today"), Place("/a/", "x", "A", "A"))),
    "second": Role("second", "x", "Second", (Place("/", "x", "Today", "Today"), Place("/b/", "x", "B", "B"))),
}


class Untouchable:
    def __getattr__(self, name):
        raise AssertionError(f"the shell asked for {name}")


def request_to(path, settings, *, user=None, chosen=None, **cookies):
    request = RequestFactory().get(path)
    request.COOKIES |= cookies
    if user is not None:
        request.COOKIES[settings.SESSION_COOKIE_NAME] = "some"
        request.user = user
    request.session = {"role": chosen} if chosen else {}
    return request


def paths(shell):
    return [place.path for place in shell.places]


def signed_in(someone):
    client = Client()
    client.force_login(someone)
    return client


def test_the_shell_of_a_visitor_looks_into_no_session(settings):
    request = request_to("/catalogue/", settings)
    request.user = request.session = Untouchable()

    shell = Shell(request)

    assert paths(shell) == ["/catalogue/", "/pathways/", "/verify/"]
    assert shell.here.path == "/catalogue/"
    assert shell.roles == []
    assert shell.tabs == shell.more == ()


def test_a_session_that_has_ended_is_a_visitor(settings):
    assert not Shell(request_to("/", settings, user=AnonymousUser())).signed_in


@pytest.fixture
def two_parts(settings, monkeypatch):
    monkeypatch.setattr(table, "roles_of", lambda _user: list(ROOMS.values()))
    return lambda path, chosen=None: Shell(
        request_to(path, settings, user=type("Somebody", (), {"is_authenticated": True})(), chosen=chosen)
    )


def test_the_part_chosen_stays_and_without_a_choice_it_is_the_first(two_parts):
    assert two_parts("/").role.name == "first"
    assert two_parts("/", "second").role.name == "second"
    assert two_parts("/help/", "second").role.name == "second"


def test_a_part_one_does_not_have_any_more_is_not_acted_in(two_parts):
    assert two_parts("/", "gone").role.name == "first"


def test_a_page_of_one_part_alone_brings_that_parts_navigation(two_parts):
    shell = two_parts("/b/something/", "first")

    assert shell.role.name == "second"
    assert shell.here.path == "/b/"


def test_four_places_are_four_tabs_and_a_fifth_makes_the_fourth_more(settings, monkeypatch):
    places = tuple(Place(f"/{n}/", "x", str(n), str(n)) for n in range(5))
    user = type("Somebody", (), {"is_authenticated": True})()

    def shell_with(many):
        monkeypatch.setattr(table, "roles_of", lambda _user: [Role("r", "x", "R", places[:many])])
        return Shell(request_to("/", settings, user=user))

    assert (len(shell_with(4).tabs), len(shell_with(4).more)) == (4, 0)
    assert (len(shell_with(5).tabs), len(shell_with(5).more)) == (3, 2)


@pytest.mark.django_db
def test_everybody_learns_and_seats_add_parts():
    issuer, owner = issuer_with_owner()

    found = {
        "learner": table.roles_of(person()),
        "assessor": table.roles_of(assessor_of(published_version(issuer).achievement)),
        "moderator": table.roles_of(seated("moderator", issuer)),
        "viewer": table.roles_of(seated("viewer", issuer)),
        "recogniser": table.roles_of(seated("recogniser", issuer)),
        "owner": table.roles_of(owner),
        "operator": table.roles_of(operator()),
    }

    assert {who: [role.name for role in roles] for who, roles in found.items()} == {
        "learner": ["learner"],
        "assessor": ["assessor", "learner"],
        "moderator": ["assessor", "learner"],
        "viewer": ["learner"],
        "recogniser": ["recogniser", "learner"],
        "owner": ["issuer", "learner"],
        "operator": ["operator", "learner"],
    }


@pytest.mark.django_db
def test_one_person_in_three_parts_switches_without_signing_out():
    issuer, owner = issuer_with_owner()
    issuers.seat(owner, issuer, "assessor", by=owner)
    client = signed_in(owner)

    homes = [client.get("/").templates[0].name]
    for role in ("learner", "issuer"):
        assert client.post("/preferences/role/", {"role": role}).headers["Location"] == "/"
        homes.append(client.get("/").templates[0].name)

    assert homes == ["backpacks/home/assessor.html", "backpacks/home/learner.html", "backpacks/home/issuer.html"]


@pytest.mark.django_db
def test_a_part_that_is_not_ones_own_cannot_be_chosen():
    client = signed_in(person())

    answers = [client.post("/preferences/role/", {"role": role}).status_code for role in ("operator", "", "x" * 300)]

    assert answers == [403, 403, 403]
    assert client.get("/").templates[0].name == "backpacks/home/learner.html"


@pytest.mark.django_db
def test_the_switch_shows_only_where_there_is_something_to_switch():
    learner, owner = person(), issuer_with_owner()[1]

    assert "role-pill" not in signed_in(learner).get("/").content.decode()
    assert "role-pill" in signed_in(owner).get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_a_theme_is_kept_in_a_cookie_and_drawn_by_the_server(theme):
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/preferences/theme/", {"theme": theme, "next": "/help/#checking"})

    assert answer.headers["Location"] == "/help/#checking"
    assert f'data-bs-theme="{theme}"' in client.get("/help/").content.decode()


@pytest.mark.parametrize("theme", ["", "pink", '"><script>'])
def test_a_theme_that_is_none_is_as_the_system(theme, settings):
    assert Shell(request_to("/", settings, theme=theme)).theme == "auto"
    assert Client().post("/preferences/theme/", {"theme": theme}).cookies["theme"].value == "auto"


def test_a_script_that_sets_the_theme_is_sent_nowhere():
    answer = Client().post("/preferences/theme/", {"theme": "dark"}, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.cookies["theme"].value) == (204, "dark")


@pytest.mark.parametrize("there", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_after_a_preference_nobody_is_led_elsewhere(there):
    assert Client().post("/preferences/theme/", {"theme": "dark", "next": there}).headers["Location"] == "/"


@pytest.mark.parametrize("address", ["/preferences/theme/", "/preferences/language/"])
def test_a_page_from_elsewhere_sets_no_preference(address):
    answer = Client().post(address, {"theme": "dark", "language": "en"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, dict(answer.cookies)) == (302, {})


@pytest.mark.django_db
def test_with_one_language_there_is_no_switch_and_with_more_each_has_its_own_name(settings):
    settings.LANGUAGES = [("en", "English")]
    alone = Client().get("/help/").content.decode()
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]
    several = Client().get("/help/").content.decode()

    assert 'name="language"' not in alone
    assert re.findall(r'name="language" value="(\w+)" lang="\w+"[^>]*>([^<]+?) *<', several) == [
        ("en", "English"),
        ("ar", "العربيّة"),
    ]


@pytest.mark.django_db
def test_a_language_is_remembered_for_letters_too_and_turns_the_page_round(settings):
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]
    someone = person()
    client = signed_in(someone)

    answer = client.post("/preferences/language/", {"language": "ar", "next": "/help/"})

    someone.refresh_from_db()
    assert (answer.headers["Location"], someone.language) == ("/help/", "ar")
    assert '<html lang="ar" dir="rtl"' in client.get("/help/").content.decode()


@pytest.mark.django_db
def test_a_language_that_is_not_spoken_here_changes_nothing():
    someone = person()

    signed_in(someone).post("/preferences/language/", {"language": "tlh", "next": "/help/"})

    someone.refresh_from_db()
    assert someone.language == "en"


@pytest.mark.django_db
def test_help_leads_to_what_the_page_is_about():
    found = {}
    for page in ("/catalogue/", "/verify/", "/privacy/"):
        found[page] = re.search(r'href="(/help/#\w*)" aria-label="Help', Client().get(page).content.decode())[1]

    assert found == {"/catalogue/": "/help/#earning", "/verify/": "/help/#checking", "/privacy/": "/help/#"}


@pytest.mark.django_db
def test_every_topic_that_a_place_names_stands_on_the_help_page():
    shown = set(re.findall(r'<section id="(\w+)"', Client().get("/help/").content.decode()))
    places = {place for role in (table.LEARNER, table.ASSESSOR, table.ISSUER, table.OPERATOR) for place in role.places}

    assert {place.topic for place in places} <= shown
