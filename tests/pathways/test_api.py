"""Pathways for programs."""

import pytest

from apps.pathways import verbs
from tests.factories import browser, issuer_with_owner, owner_of, person
from tests.factories.pathways import badge, pathway_of, plan_of, published
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer():
    return issuer_with_owner()[0]


def test_a_pathway_is_told_as_a_tree_and_in_a_sentence(issuer):
    step = verbs.propose_equivalence(
        issuer,
        by=owner_of(issuer),
        why="Seen.",
        foreign_name="Wool handling",
        foreign_issuer_id="https://wool.example/issuer",
        foreign_achievement_id="https://wool.example/badges/7",
        credits=2,
        credit_framework="nzqa",
    )
    tree = {
        "all": [{"milestone": ["First"], "name": "Half", "award": "Half badge"}, {"credits": 2, "of": [step]}],
        "in_order": True,
    }
    version = published(issuer, tree, award="Whole")

    told = browser().get(f"/api/v1/pathways/{version.pathway.slug}/").json()

    assert told["published_at"]
    assert told | {"published_at": None} == {
        "id": version.pathway.public_id,
        "slug": version.pathway.slug,
        "issuer": issuer.slug,
        "version": 1,
        "state": "published",
        "name": "The whole trade",
        "description": "",
        "language": "en",
        "award": badge(issuer, "Whole").slug,
        "published_at": None,
        "sentence": "The milestone “Half” (“First”), then at least 2 NZQA credits from “Wool handling” from elsewhere.",
        "tree": {
            "id": "n1",
            "kind": "all",
            "name": "All of these, one after the other",
            "in_order": True,
            "children": [
                {
                    "id": "n2",
                    "kind": "milestone",
                    "name": "Half",
                    "award": badge(issuer, "Half badge").slug,
                    "children": [
                        {"id": "n3", "kind": "badge", "name": "First", "achievement": badge(issuer, "First").slug}
                    ],
                },
                {
                    "id": "n4",
                    "kind": "credits",
                    "name": "At least 2 NZQA credits",
                    "credits": "2.0",
                    "credit_framework": "nzqa",
                    "children": [
                        {
                            "id": "n5",
                            "kind": "external",
                            "name": "Wool handling",
                            "equivalence": {
                                "issuer_id": "https://wool.example/issuer",
                                "achievement_id": "https://wool.example/badges/7",
                            },
                        }
                    ],
                },
            ],
        },
    }


def test_the_list_holds_what_can_be_begun_and_finds_words(issuer):
    published(issuer, ["First"], name="Shearing")
    pathway_of(issuer, ["First"], name="Still a draft")
    verbs.archive(published(issuer, ["First"], name="Put away").pathway, by=owner_of(issuer))
    plan = plan_of(person(), ["First"], issuer=issuer)

    def names(**query):
        return [one["name"] for one in browser().get("/api/v1/pathways/", query).json()["results"]]

    assert names() == ["Shearing"]
    assert (names(q="shear"), names(q="wool")) == (["Shearing"], [])
    assert browser().get(f"/api/v1/pathways/{plan.pathway.slug}/").status_code == 404
    assert browser(plan.pathway.owner).get(f"/api/v1/pathways/{plan.pathway.slug}/").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_list_and_tree_ask_as_much_for_one_as_for_three(issuer, number, django_assert_num_queries):
    for one in range(number):
        published(issuer, [f"Badge {step}" for step in range(number)], name=f"Way {one}")

    with django_assert_num_queries(1):
        listed = browser().get("/api/v1/pathways/").json()
    with django_assert_num_queries(6):
        tree = browser().get("/api/v1/pathways/way-0/").json()

    assert sorted(one["name"] for one in listed["results"]) == [f"Way {one}" for one in range(number)]
    assert [node["name"] for node in tree["tree"]["children"]] == [f"Badge {step}" for step in range(number)]


def test_a_token_reads_no_plan_that_is_not_shared(issuer):
    """No scope is for them."""
    plan = plan_of(person(), ["First"], issuer=issuer).pathway
    address = f"/api/v1/pathways/{plan.slug}/"
    one = program(plan.owner, "catalogue:read")
    assert (browser(plan.owner).get(address).status_code, one.get(address).status_code) == (200, 404)

    verbs.share(plan, by=plan.owner)

    assert one.get(address).status_code == 200
