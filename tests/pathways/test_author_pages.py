"""The pages on which a pathway is written, without scripts."""

import re

import pytest
from django.core.exceptions import PermissionDenied

from apps.issuers.models import Seat
from apps.pathways import queries, verbs
from apps.pathways.models import Node, Pathway, PathwayVersion
from tests.factories import browser, issuer_with_owner, owner_of, person, published_version, seated
from tests.factories.pathways import badge, next_version, pathway_of, plan_of, published
from tests.pathways.test_writing import outline

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer():
    return issuer_with_owner()[0]


@pytest.fixture
def draft(issuer):
    return pathway_of(issuer, ["First", {"any": ["Second", "Third"]}, "Fourth"])


def page(reader, address, **query):
    answer = browser(reader).get(address, query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def at(version, part="edit/"):
    return f"/pathways/{version.pathway.slug}/{part}"


def test_an_organisations_pathways_are_listed_begun_and_empty_at_first(issuer):
    designer = seated(Seat.Role.DESIGNER, issuer)
    address = f"/organisations/{issuer.slug}/pathways/"
    assert "No pathway yet" in page(designer, address)

    begun = browser(designer).post(address, {"name": "The whole trade"})
    assert browser(designer).post(address, {"name": " "}).status_code == 422

    version = PathwayVersion.objects.get()
    assert begun.url == at(version)
    listed = page(designer, address)
    assert "The whole trade" in listed
    assert at(version) in listed
    assert browser(person()).get(address).status_code == 404


def test_the_editor_says_the_whole_in_a_sentence_and_what_is_wrong_beside_it(issuer, draft):
    verbs.add_node(draft, by=owner_of(issuer), into="n3", kind="milestone", name="Half way")

    seen = page(owner_of(issuer), at(draft))

    assert "“First”, (“Second”, “Third” or the milestone “Half way” (nothing yet)) and “Fourth”." in seen
    assert "“Half way” holds nothing, so everybody would reach it at once" in seen
    assert re.findall(r'<li class="branch kind-(\w+)" data-code="(\w+)"', seen) == [
        *(("badge", "n2"), ("any", "n3"), ("badge", "n4"), ("badge", "n5"), ("milestone", "n7"), ("badge", "n6")),
    ]
    assert "Nothing in it yet" in page(owner_of(issuer), at(pathway_of(issuer, [], name="Empty")))


@pytest.mark.parametrize(
    ("code", "do", "there"),
    [
        ("n3", "up", "n3 n4 n5 n2 n6"),
        ("n2", "down", "n3 n4 n5 n2 n6"),
        ("n2", "in", "n3 n2 n4 n5 n6"),
        ("n6", "in", "n2 n3 n4 n5 n6"),
        ("n4", "out", "n2 n3 n5 n4 n6"),
        ("n2", "up", "n2 n3 n4 n5 n6"),
        ("n2", "out", "n2 n3 n4 n5 n6"),
        ("n9", "up", "n2 n3 n4 n5 n6"),
    ],
)
def test_buttons_move_a_node_a_step(issuer, draft, code, do, there):
    answer = browser(owner_of(issuer)).post(at(draft, "edit/move/"), {"code": code, "do": do})

    tree = queries.tree_of(PathwayVersion.objects.whole().get(pk=draft.pk))
    assert answer.url == f"{at(draft)}#{code}"
    assert " ".join(rule.code for rule in tree.rules[1:]) == there


def test_a_script_is_handed_the_tree_as_it_is_and_why_something_was_not_done(issuer, draft):
    client = browser(owner_of(issuer))

    moved = client.post(
        at(draft, "edit/move/"), {"code": "n6", "into": "n3", "position": 1}, headers={"HX-Request": "true"}
    )
    refused = client.post(
        at(draft, "edit/move/"), {"code": "n3", "into": "n3", "position": 0}, headers={"HX-Request": "true"}
    )

    assert outline(draft)[1][1] == ("n3 any", [("n4 badge",), ("n6 badge",), ("n5 badge",)])
    assert moved.content.decode().count('data-code="n6"') == 1
    assert "It can&#x27;t contain itself." in refused.content.decode()
    assert "<html" not in moved.content.decode()


def test_taken_out_and_put_back(issuer, draft):
    client, before = browser(owner_of(issuer)), outline(draft)

    client.post(at(draft, "edit/remove/"), {"code": "n3"})
    assert "Put back what was taken out" in page(owner_of(issuer), at(draft))
    assert len(outline(draft)[1]) == 2
    client.post(at(draft, "edit/put-back/"))

    assert outline(draft) == before


def test_a_badge_is_found_in_the_catalogue_of_every_issuer_and_added(issuer, draft):
    other = published_version(name="Sharpening shears")
    client, address = browser(owner_of(issuer)), at(draft, "edit/add/")

    found = page(owner_of(issuer), address, into="n3", q="shears")
    answer = client.post(f"{address}?into=n3&kind=badge", {"badge": other.achievement.slug})
    gone = client.post(f"{address}?into=n3&kind=badge", {"badge": "nothing"})

    assert "Sharpening shears" in found
    assert "Second" not in found
    assert answer.url == gone.url == f"{address}?into=n3&kind=badge"
    node = Node.objects.get(version=draft, achievement=other.achievement)
    assert (node.kind, node.parent.code) == ("badge", "n3")
    assert "There already" in page(owner_of(issuer), address, into="n3", q="shears")
    assert "Sharpening shears" not in page(owner_of(issuer), address, kind="capstone", q="shears")
    assert client.get(address, {"into": "n2"}).status_code == 404
    assert client.get(address, {"kind": "door"}).status_code == 404


def test_groups_say_what_they_ask_for_and_become_another_kind(issuer, draft):
    client = browser(owner_of(issuer))

    added = client.post(
        at(draft, "edit/add/") + "?into=n1&kind=credits",
        {
            "credits": "8",
            "credit_framework": "nzqa",
            "level_framework": "nzqf",
            "level_from": "4",
            "issuers": issuer.slug,
        },
    )
    short = client.post(at(draft, "edit/add/") + "?into=n1&kind=some", {"needed": "0"})
    half = client.post(
        at(draft, "edit/add/") + "?kind=credits",
        {"credits": "8", "credit_framework": "nzqa", "level_framework": "nzqf"},
    )
    client.post(at(draft, "edit/nodes/n3/") + "?kind=some", {"needed": "2", "name": "Two of three"})

    pool = Node.objects.get(version=draft, kind="credits")
    assert added.url == f"{at(draft)}#{pool.code}"
    assert (pool.credits, pool.level_from, list(pool.issuers.all())) == (8, 4, [issuer])
    assert (short.status_code, half.status_code) == (422, 422)
    changed = Node.objects.get(version=draft, code="n3")
    assert (changed.kind, changed.needed, changed.name) == ("some", 2, "Two of three")
    seen = page(owner_of(issuer), at(draft))
    assert "from any badge at NZQF level 4 or above" in seen
    assert client.get(at(draft, "edit/nodes/n2/")).status_code == 404
    assert client.get(at(draft, "edit/nodes/n1/")).url == at(draft, "edit/words/")


def test_words_and_award_are_kept_and_another_window_is_noticed(issuer, draft):
    client = browser(owner_of(issuer))
    badge(issuer, "The whole")
    version = PathwayVersion.objects.get(pk=draft.pk)
    words = {
        "edition": version.edition,
        "name": "Shearing",
        "description": "All of it.",
        "award": badge(issuer, "The whole").slug,
        "grace_days": "14",
    }

    saved = client.post(at(draft, "edit/words/"), words)
    late = client.post(at(draft, "edit/words/"), words | {"name": "Late"})

    version.refresh_from_db()
    assert saved.url == at(draft)
    assert (version.name, version.description, version.grace_days) == ("Shearing", "All of it.", 14)
    assert version.award.slug == words["award"]
    assert late.status_code == 422
    assert "since been changed in another window" in late.content.decode()


def test_somebody_is_tried_out_and_nothing_is_kept(issuer):
    version = published(issuer, ["First", {"any": ["Second", "Third"]}, "capstone:Last"], award="Whole")
    owner, first, last = owner_of(issuer), badge(issuer, "First").slug, badge(issuer, "Last").slug

    nothing = page(owner, at(version, "try/"))
    some = page(owner, at(version, "try/"), hold=[first, badge(issuer, "Third").slug])
    everything = page(owner, at(version, "try/"), hold=[first, badge(issuer, "Second").slug, last])

    assert "3 steps to the end" in nothing
    assert "First comes First and One of these." in nothing
    assert "1 step to the end" in some
    assert "Everything is held: “Whole” is awarded." in everything
    assert some.count("checked") == 2


def test_what_is_new_is_shown_before_it_is_published_and_to_everybody_after(issuer):
    owner = owner_of(issuer)
    first = published(issuer, ["First", {"any": ["Second", "Third"], "name": "One trade"}])
    draft = verbs.draft_next(first.pathway, by=owner)
    verbs.add_node(draft, by=owner, into="n3", kind="badge", achievement=badge(issuer, "Fourth"))
    verbs.move_node(draft, by=owner, code="n2", into="n3", position=0)
    verbs.remove_node(draft, by=owner, code="n5")

    last_look = page(owner, at(first, "publish/"))
    answer = browser(owner).post(at(first, "publish/"))

    for words in ("What is new since version 1", "New in this version.", "No longer asked for.", "Fourth", "Third"):
        assert words in last_look
    assert answer.url == f"/pathways/{first.pathway.slug}/"
    assert Pathway.objects.get().versions.get(number=2).state == "published"
    seen = page(None, at(first, "changes/"))
    assert "From version 1 to version 2" in seen
    assert "One trade" in seen
    assert browser().get(at(first, "changes/"), {"to": 3}).status_code == 404


def test_what_a_colleague_changed_since_it_was_looked_at_is_looked_at_first(issuer):
    draft, client = pathway_of(issuer, ["First"]), browser(owner_of(issuer))
    seen = {"edition": client.get(at(draft, "publish/")).context["version"].edition}
    verbs.add_node(draft, by=owner_of(issuer), into="n1", kind="badge", achievement=badge(issuer, "Second"))

    refused = client.post(at(draft, "publish/"), seen, follow=True).content.decode()

    assert "This has since been changed in another window" in refused
    draft.refresh_from_db()
    assert (draft.state, draft.edition) == ("draft", seen["edition"] + 1)
    assert f'name="edition" value="{draft.edition}"' in refused
    client.post(at(draft, "publish/"), {"edition": draft.edition})
    draft.refresh_from_db()
    assert draft.state == "published"


def test_what_has_to_be_mended_stands_before_the_button(issuer):
    draft = pathway_of(issuer, ["First", "First"])

    seen = page(owner_of(issuer), at(draft, "publish/"))
    refused = browser(owner_of(issuer)).post(at(draft, "publish/"))

    assert "One thing to fix before it can be used" in seen
    assert "Publish it" not in seen
    assert refused.url == at(draft, "publish/")
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_pathways_versions_its_next_draft_and_its_end(issuer):
    owner, designer = owner_of(issuer), seated(Seat.Role.DESIGNER, issuer)
    version = published(issuer, ["First"])
    client = browser(owner)
    assert client.get(at(version)).url == at(version, "versions/")

    assert "Archive it" not in page(designer, at(version, "versions/"))
    assert client.post(at(version, "draft-next/")).url == at(version)
    assert "Go on with the draft" in page(designer, at(version, "versions/"))
    assert client.post(at(version, "discard/")).url == at(version, "versions/")
    assert browser(designer).post(at(version, "archive/")).status_code == 403
    assert client.post(at(version, "archive/")).url == f"/organisations/{issuer.slug}/pathways/"

    assert version.pathway.versions.get().state == "retired"
    assert client.get(at(version)).url == at(version, "versions/")


def test_who_does_not_write_it_finds_none_of_these_pages(issuer, draft):
    for stranger in (person(), issuer_with_owner()[1], seated(Seat.Role.ASSESSOR, issuer)):
        client = browser(stranger)
        for part in (
            "edit/",
            "edit/words/",
            "edit/add/",
            "edit/nodes/n3/",
            "try/",
            "publish/",
            "versions/",
            "changes/",
        ):
            assert client.get(at(draft, part)).status_code == 404, part
        for part in ("edit/move/", "edit/remove/", "edit/put-back/", "publish/", "discard/", "archive/", "draft-next/"):
            assert client.post(at(draft, part), {"code": "n2", "do": "down"}).status_code == 404, part
    assert outline(draft)[1][0] == ("n2 badge",)


@pytest.mark.parametrize("size", [3, 30])
def test_list_and_editor_ask_as_much_whatever_their_size(issuer, size, django_assert_num_queries):
    owner = owner_of(issuer)
    leaves = [badge(issuer, f"Badge {one}") for one in range(size)]
    versions = [pathway_of(issuer, leaves[:1], name=f"Way {one}") for one in range(3 if size > 3 else 1)]
    whole = pathway_of(issuer, [{"any": leaves[: size // 3]}, *leaves[size // 3 :]], award="Whole", name="Large")
    client = browser(owner)
    client.get("/organisations/")

    with django_assert_num_queries(LIST):
        client.get(f"/organisations/{issuer.slug}/pathways/")
    with django_assert_num_queries(EDITOR):
        client.get(at(whole))
    with django_assert_num_queries(TRIED):
        client.get(at(whole, "try/"))
    assert len(versions) in (1, 3)


def test_what_can_be_begun_stands_before_what_is_put_away(issuer):
    old, new = (published(issuer, ["First"], name=name) for name in ("Autumn", "Spring"))
    verbs.archive(old.pathway, by=owner_of(issuer))

    listed = browser(owner_of(issuer)).get(f"/organisations/{issuer.slug}/pathways/").context["page"]

    assert list(listed) == [new, old]


LIST, EDITOR, TRIED = 8, 15, 12


# --- plans --------------------------------------------------------------------------------------------------------------
def test_a_learner_composes_a_plan_uses_it_shares_it_and_another_copies_it(issuer):
    learner, friend = person("Mere"), person("Aroha")
    client = browser(learner)
    assert "No plan yet" in page(learner, "/pathways/plans/")

    begun = client.post("/pathways/plans/new/", {"name": "My way"})
    version = PathwayVersion.objects.get()
    client.post(at(version, "edit/add/") + "?kind=badge", {"badge": badge(issuer, "First").slug})
    client.post(at(version, "edit/add/") + "?kind=any", {"name": "One of two"})
    client.post(at(version, "edit/add/") + "?into=n3&kind=badge", {"badge": published_version().achievement.slug})
    used = client.post(at(version, "publish/"))
    hidden = browser(friend).get(at(version, "changes/")).status_code
    client.post(at(version, "share/"))

    assert (begun.url, used.url) == (at(version), f"/pathways/{version.pathway.slug}/")
    assert version.pathway.slug == version.pathway.public_id
    assert (hidden, browser(friend).get(at(version, "changes/")).status_code) == (404, 200)
    copied = browser(friend).post(at(version, "copy/"))
    mine = PathwayVersion.objects.get(pathway__owner=friend)
    assert copied.url == at(mine)
    assert (mine.name, outline(mine), mine.pathway.copied_from) == ("My way", outline(version), version.pathway)
    client.post(at(version, "unshare/"))
    assert browser(friend).post(at(version, "copy/")).status_code == 404
    assert "My way" in page(learner, "/pathways/plans/")


def test_a_plan_awards_nothing_and_has_no_capstone_even_when_copied(issuer):
    learner = person()
    source = published(
        issuer,
        ["First", {"milestone": ["Second"], "name": "Half way", "award": "Half"}, "capstone:Last"],
        award="Whole",
    )

    draft = verbs.copy_plan(source.pathway, by=learner)

    whole = PathwayVersion.objects.whole().get(pk=draft.pk)
    assert (whole.award, whole.pathway.owner) == (None, learner)
    assert [(one.code, one.kind, one.achievement_id is not None) for one in whole.nodes.order_by("pk")] == [
        ("n1", "all", False),
        ("n2", "badge", True),
        ("n3", "milestone", False),
        ("n4", "badge", True),
        ("n5", "badge", True),
    ]
    client = browser(learner)
    for kind in ("capstone", "external"):
        assert client.get(at(draft, "edit/add/"), {"kind": kind}).status_code == 404
    assert 'name="award"' not in page(learner, at(draft, "edit/words/"))
    assert verbs.publish(draft, by=learner).state == "published"


def test_a_plan_is_its_owners_alone_to_write_and_to_share(issuer):
    learner, stranger = person(), person()
    plan = plan_of(learner, ["First"], issuer=issuer)

    for act in (
        lambda: verbs.share(plan.pathway, by=stranger),
        lambda: verbs.copy_plan(plan.pathway, by=stranger),
        lambda: verbs.draft_next(plan.pathway, by=stranger),
        lambda: verbs.share(published(issuer, ["First"]).pathway, by=owner_of(issuer)),
    ):
        with pytest.raises(PermissionDenied):
            act()
    for part in ("share/", "unshare/", "copy/"):
        assert browser(stranger).post(at(plan, part)).status_code == 404
    assert next_version(plan.pathway, [badge(issuer, "Second")]).number == 2


def test_a_badge_goes_into_a_plan_from_its_own_page(issuer):
    learner, first = person(), badge(issuer, "First")
    address = f"/pathways/plans/add/{first.slug}/"
    assert address in page(learner, f"/achievements/{first.slug}/")
    assert "No plan yet" in page(learner, address)
    used = plan_of(learner, ["Second"], issuer=issuer)
    others = plan_of(person(), ["Second"], issuer=issuer)
    client = browser(learner)

    added = client.post(address, {"plan": used.pathway.slug})
    again = client.post(address, {"plan": used.pathway.slug})

    assert added.url == again.url == at(used)
    draft = used.pathway.versions.get(state="draft")
    assert outline(draft) == ("n1 all", [("n2 badge",), ("n3 badge",)])
    assert client.post(address, {"plan": others.pathway.slug}).status_code == 404
    with pytest.raises(PermissionDenied):
        verbs.add_to_plan(others.pathway, by=learner, badge=first)
    assert client.get("/pathways/plans/add/nothing/").status_code == 404
