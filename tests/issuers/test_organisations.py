"""Who sees what of an organisation from inside. Each page has something on it that others must not see."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core import clock
from apps.issuers import verbs
from apps.issuers.models import Issuer
from tests.factories import (
    RUBRIC,
    WORDS,
    browser,
    invited,
    issuer_with_owner,
    operator,
    person,
    published_version,
    seat_of,
    seated,
)

pytestmark = pytest.mark.django_db


def names_on(page):
    return {name for name in Issuer.objects.values_list("name", flat=True) if f">{name}<" in page}


def page_of(someone, path="/organisations/"):
    answer = browser(someone).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.fixture
def tree():
    """Group › School › Branch, and one elsewhere, each with an owner."""
    chief = operator()
    group, boss = issuer_with_owner("Group")
    school = verbs.found(by=chief, name="School", parent=group)
    verbs.seat(head := person("Head"), school, "owner", by=boss)
    branch = verbs.found(by=chief, name="Branch", parent=school)
    verbs.seat(tutor := person("Tutor"), branch, "owner", by=head)
    other, stranger = issuer_with_owner("Elsewhere")
    people = {"operator": chief, "boss": boss, "head": head, "tutor": tutor, "stranger": stranger}
    return people, {"group": group, "school": school, "branch": branch, "other": other}


def test_the_list_shows_where_one_sits_and_all_below(tree):
    people, houses = tree
    assessor = seated("assessor", houses["other"], published_version(houses["other"]).achievement)

    found = {who: names_on(page_of(someone)) for who, someone in people.items()}

    assert found == {
        "operator": {"Group", "School", "Branch", "Elsewhere"},
        "boss": {"Group", "School", "Branch"},
        "head": {"School", "Branch"},
        "tutor": {"Branch"},
        "stranger": {"Elsewhere"},
    }
    assert names_on(page_of(assessor)) == {"Elsewhere"}
    assert names_on(page_of(person())) == set()


def test_each_stands_under_the_one_it_is_part_of_and_names_sort_without_their_macrons(tree):
    people, houses = tree
    verbs.found(by=people["operator"], name="Ārepa")
    verbs.found(by=people["operator"], name="Aotea", parent=houses["school"])

    page = page_of(people["operator"])

    order = sorted((page.index(f">{name}<"), name) for name in names_on(page))
    assert [name for _place, name in order] == ["Ārepa", "Elsewhere", "Group", "School", "Aotea", "Branch"]
    assert [page.count(f"ev-row d{depth}") for depth in range(4)] == [3, 1, 2, 0]


def test_search_finds_by_name_without_capitals_and_macrons(tree):
    people, _houses = tree
    verbs.found(by=people["operator"], name="Te Kura o Ngā Awa")

    page = page_of(people["operator"], "/organisations/?q=nga+AWA")
    nothing = page_of(people["head"], "/organisations/?q=nga+awa")
    below = page_of(people["boss"], "/organisations/?q=branch")

    assert (names_on(page), names_on(nothing)) == ({"Te Kura o Ngā Awa"}, set())
    assert "part of School" in below


def test_an_organisation_opens_for_who_sits_there_or_further_up_and_for_the_operator(tree):
    people, houses = tree

    found = {
        who: [browser(someone).get(f"/organisations/{house.slug}/").status_code for house in houses.values()]
        for who, someone in people.items()
    }

    assert found == {
        "operator": [200, 200, 200, 200],
        "boss": [200, 200, 200, 404],
        "head": [404, 200, 200, 404],
        "tutor": [404, 404, 200, 404],
        "stranger": [404, 404, 404, 200],
    }


def test_people_are_listed_to_who_runs_it_there_or_further_up_and_to_nobody_else(tree):
    people, houses = tree
    tutor, path = people["tutor"], f"/organisations/{houses['branch'].slug}/people/"
    invited(houses["branch"], "guest@people.example")
    manager = person()
    verbs.seat(manager, houses["branch"], "manager", by=tutor)
    designer = person()
    verbs.seat(designer, houses["branch"], "designer", by=tutor)

    for someone in (people["boss"], people["head"], tutor, manager):
        page = page_of(someone, path)
        assert (tutor.email in page, "guest@people.example" in page) == (True, True)
        assert people["head"].email not in page.replace(people["head"].email, "", someone is people["head"])
    for someone in (designer, people["operator"], people["stranger"], person()):
        assert browser(someone).get(path).status_code == 404
        inside = browser(someone).get(f"/organisations/{houses['branch'].slug}/").content.decode()
        assert (tutor.email in inside, "guest@people.example" in inside) == (False, False)


def test_drafts_are_shown_to_who_designs_there_and_to_nobody_else(tree):
    people, houses = tree
    branch = houses["branch"]
    published_version(branch, name="Open to all")
    verbs.draft(branch, by=people["tutor"], slug="secret", words=WORDS | {"name": "Secret plans"}, rubric=RUBRIC)
    parts = {}
    for role in ("designer", "assessor", "viewer"):
        verbs.seat(someone := person(), branch, role, by=people["tutor"])
        parts[role] = someone

    seen = {}
    for who, someone in {**people, **parts}.items():
        page = browser(someone).get(f"/organisations/{branch.slug}/").content.decode()
        seen[who] = ("Open to all" in page, "Secret plans" in page)

    assert seen == {
        **dict.fromkeys(("boss", "head", "tutor", "designer"), (True, True)),
        **dict.fromkeys(("operator", "assessor", "viewer"), (True, False)),
        "stranger": (False, False),
    }


def test_the_overview_says_what_is_missing_until_nothing_is():
    issuer, owner = issuer_with_owner()
    published_version(issuer)
    path = f"/organisations/{issuer.slug}/"
    before = page_of(owner, path)
    verbs.edit_issuer(
        issuer,
        by=owner,
        description="We teach.",
        url="https://kura.example/",
        place="Quay Road",
        country="NZ",
        quality_provider="Since 1968.",
        quality_process="Two read it.",
    )
    without_address = page_of(owner, path)
    verbs.edit_issuer(issuer, by=owner, email="office@kura.example")
    between = page_of(owner, path)
    verbs.edit_issuer(issuer, by=owner, quality_review="Each March.")
    Issuer.objects.update(logo_sha256="0" * 64)

    for words in ("who you are, in a few sentences", "a logo", "place and country", "how you assure quality"):
        assert words in before
    wanted = "an e-mail address: Open Badges 2.0 wants one"
    assert (wanted in without_address, wanted in between) == (True, False)
    assert ("a logo" in between, "place and country" in between, "how you assure quality" in between) == (1, 0, 1)
    assert "Still missing" not in page_of(owner, path)
    assert "Still missing" not in page_of(seated("designer", issuer), path)


def test_a_new_organisation_leads_its_owner_to_the_first_badge():
    issuer, owner = issuer_with_owner()

    page = page_of(owner, f"/organisations/{issuer.slug}/")

    assert ("Design your first badge" in page, 'href="/designs/begin/"' in page) == (True, True)
    assert page.count("btn btn-primary") == 1


def test_everybody_reads_their_own_part_and_the_way_out():
    issuer, _owner = issuer_with_owner()
    assessor = seated("assessor", issuer, published_version(issuer, name="Grind a comb").achievement)

    page = page_of(assessor, f"/organisations/{issuer.slug}/")

    assert ("Grind a comb" in page, f"/organisations/{issuer.slug}/leave/" in page) == (True, True)
    assert f"/organisations/{issuer.slug}/people/" not in page


def test_the_home_of_issuers_and_operators_leads_there():
    issuer, owner = issuer_with_owner("Ngā Awa")

    assert f'href="/organisations/{issuer.slug}/"' in page_of(owner, "/")
    assert 'href="/organisations/"' in page_of(operator(), "/")
    assert 'href="/organisations/"' in page_of(seated("assessor", issuer), "/")


def test_an_empty_house_that_is_well_leads_its_operator_to_found_the_first(monkeypatch):
    monkeypatch.setattr("config.health.CHECKS", {"apps.core.health.database": True})

    page = page_of(operator(), "/")

    assert "Set up the first organisation" in page
    assert 'href="/organisations/found/"' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_each_page_asks_the_same_whatever_is_on_it(rows):
    issuer, owner = issuer_with_owner()
    chief = operator()
    for number in range(rows):
        version = published_version(issuer)
        assessor = seated("assessor", issuer, version.achievement)
        verbs.seat(assessor, issuer, "viewer", by=owner)
        invited(issuer, f"{number}@people.example")
        verbs.found(by=chief, name=f"Below {number}", parent=issuer)
        verbs.add_approval(issuer, by=owner, authority=f"Authority {number}")
    inside = f"/organisations/{issuer.slug}/"
    client = browser(owner)
    found = {}

    counts = {}
    for path in (
        "/organisations/",
        inside,
        f"{inside}people/",
        f"{inside}approvals/",
        f"{inside}people/{seat_of(owner).public_id}/",
        f"{inside}leave/",
    ):
        with CaptureQueriesContext(connection) as asked:
            found[path] = client.get(path).content.decode()
        counts[path] = len(asked)

    assert list(counts.values()) == [9, 18, 10, 7, 7, 6]
    assert found["/organisations/"].count('class="ev ev-row d') == rows + 1
    assert found[inside].count("version 1") == rows
    assert found[f"{inside}people/"].count("Change<") == 2 * rows + 1
    assert found[f"{inside}approvals/"].count("Authority ") == 2 * rows


def test_of_many_parts_of_an_organisation_it_says_how_many_more_there_are():
    school, owner = issuer_with_owner("School")
    parts = [Issuer(slug=f"part-{n}", name=f"Part {n:02}", parent=school, created_at=clock.now()) for n in range(53)]
    for one in parts[:50]:
        one.save()
    address = f"/organisations/{school.slug}/"
    assert "more below it" not in page_of(owner, address)

    for one in parts[50:]:
        one.save()

    page = page_of(owner, address)
    assert ("Part 49" in page, "Part 50" in page, "3 more below it" in page) == (True, False, True)
