"""Writing a pathway: begun, worded, its tree built and rebuilt, thrown away."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers.models import Seat
from apps.pathways import queries, verbs
from apps.pathways.models import Node, Pathway, PathwayVersion
from tests.factories import drafted_version, events_of, issuer_with_owner, owner_of, person, published_version, seated
from tests.factories.pathways import badge, next_version, pathway_of, published

pytestmark = pytest.mark.django_db


def outline(version):
    """The tree as nested lists of codes and kinds."""

    def told(rule):
        inner = [told(one) for one in rule.children]
        return (f"{rule.code} {rule.kind}", *([inner] if inner else []))

    return told(queries.tree_of(PathwayVersion.objects.whole().get(pk=version.pk)).root)


@pytest.fixture
def issuer():
    return issuer_with_owner()[0]


@pytest.fixture
def draft(issuer):
    return pathway_of(issuer, ["First", {"any": ["Second", "Third"]}, "Fourth"])


def test_a_pathway_begins_with_its_root_under_a_short_name_from_its_name(issuer):
    designer = seated(Seat.Role.DESIGNER, issuer)

    version = verbs.begin(issuer, by=designer, name=" Whole trade ")

    pathway = version.pathway
    assert (pathway.issuer, pathway.slug, version.number, version.state, version.name) == (
        *(issuer, "whole-trade", 1, "draft"),
        "Whole trade",
    )
    assert outline(version) == ("n1 all",)
    assert events_of(pathway) == [("pathway.drafted", designer.public_id)]
    assert verbs.begin(issuer, by=designer, name="Whole trade").pathway.slug.startswith("whole-trade-")


def test_who_does_not_design_there_begins_nothing_and_changes_nothing(issuer, draft):
    for stranger in (person(), seated(Seat.Role.ASSESSOR, issuer), issuer_with_owner()[1]):
        with pytest.raises(PermissionDenied):
            verbs.begin(issuer, by=stranger, name="Mine")
        for act in (
            lambda by: verbs.edit(draft, by=by, name="Mine"),
            lambda by: verbs.add_node(draft, by=by, into="n1", kind="any"),
            lambda by: verbs.change_node(draft, by=by, code="n3", kind="all"),
            lambda by: verbs.move_node(draft, by=by, code="n2", into="n1", position=2),
            lambda by: verbs.remove_node(draft, by=by, code="n2"),
            lambda by: verbs.put_back(draft, by=by),
            lambda by: verbs.discard(draft, by=by),
            lambda by: verbs.publish(draft, by=by),
        ):
            with pytest.raises(PermissionDenied):
                act(stranger)

    assert outline(draft) == ("n1 all", [("n2 badge",), ("n3 any", [("n4 badge",), ("n5 badge",)]), ("n6 badge",)])


def test_codes_are_given_once_and_nodes_stand_where_they_were_put(issuer, draft):
    owner = owner_of(issuer)

    verbs.add_node(draft, by=owner, into="n3", kind="badge", achievement=badge(issuer, "Fifth"), position=0)
    verbs.remove_node(draft, by=owner, code="n6")
    verbs.add_node(draft, by=owner, into="n1", kind="some", needed=2, position=1)

    assert outline(draft) == (
        "n1 all",
        [("n2 badge",), ("n8 some",), ("n3 any", [("n7 badge",), ("n4 badge",), ("n5 badge",)])],
    )


@pytest.mark.parametrize(
    ("code", "place", "there"),
    [
        ("n2", ("n3", 1), [("n3 any", [("n4 badge",), ("n2 badge",), ("n5 badge",)]), ("n6 badge",)]),
        ("n6", ("n1", 0), [("n6 badge",), ("n2 badge",), ("n3 any", [("n4 badge",), ("n5 badge",)])]),
        ("n5", ("n1", 99), [("n2 badge",), ("n3 any", [("n4 badge",)]), ("n6 badge",), ("n5 badge",)]),
        ("n5", ("n3", 0), [("n2 badge",), ("n3 any", [("n5 badge",), ("n4 badge",)]), ("n6 badge",)]),
    ],
)
def test_a_node_moves_with_what_is_beneath_it(issuer, draft, code, place, there):
    into, position = place
    verbs.move_node(draft, by=owner_of(issuer), code=code, into=into, position=position)

    assert outline(draft) == ("n1 all", there)
    for parent in Node.objects.filter(version=draft, kind__in=Node.GROUPS):
        assert [one.position for one in parent.children.order_by("position")] == list(range(parent.children.count()))


def test_a_node_never_lies_in_itself_in_a_badge_or_deeper_than_anybody_looks(issuer, draft):
    owner = owner_of(issuer)
    inner = verbs.add_node(draft, by=owner, into="n3", kind="all")
    before = outline(draft)

    for code, into in (("n3", "n3"), ("n3", inner.code), ("n2", "n4"), ("n1", "n3"), ("n99", "n1"), ("n2", "n99")):
        with pytest.raises(Refused):
            verbs.move_node(draft, by=owner, code=code, into=into, position=0)
    assert outline(draft) == before
    deepest = inner
    for _level in range(9):
        deepest = verbs.add_node(draft, by=owner, into=deepest.code, kind="all")
    verbs.add_node(draft, by=owner, into=deepest.code, kind="all")
    deepest = Node.objects.get(version=draft, code="n17")
    with pytest.raises(Refused, match="levels deep"):
        verbs.add_node(draft, by=owner, into=deepest.code, kind="all")
    with pytest.raises(Refused, match="levels deep"):
        verbs.move_node(
            draft, by=owner, code="n3", into=verbs.add_node(draft, by=owner, into="n1", kind="all").code, position=0
        )


def test_what_was_taken_out_is_put_back_where_it_was_last_first(issuer, draft):
    owner, before = owner_of(issuer), outline(draft)
    verbs.remove_node(draft, by=owner, code="n4")
    verbs.remove_node(draft, by=owner, code="n3")
    assert outline(draft) == ("n1 all", [("n2 badge",), ("n6 badge",)])

    verbs.put_back(draft, by=owner)
    verbs.put_back(draft, by=owner)

    assert outline(draft) == before
    with pytest.raises(Refused, match="Nothing is left"):
        verbs.put_back(draft, by=owner)


def test_what_lay_in_a_group_that_is_gone_comes_back_at_the_end(issuer, draft):
    owner = owner_of(issuer)
    verbs.remove_node(draft, by=owner, code="n4")
    Node.objects.filter(version=draft, code="n5").delete()
    Node.objects.filter(version=draft, code="n3").delete()

    verbs.put_back(draft, by=owner)

    assert [one[0] for one in outline(draft)[1]] == ["n2 badge", "n6 badge", "n4 badge"]


def test_two_windows_notice_each_other(issuer, draft):
    owner = owner_of(issuer)
    draft.refresh_from_db()
    verbs.edit(draft, by=owner, edition=draft.edition, name="First window")

    for act in (
        lambda: verbs.edit(draft, by=owner, edition=draft.edition, name="Second window"),
        lambda: verbs.remove_node(draft, by=owner, edition=draft.edition, code="n2"),
        lambda: verbs.move_node(draft, by=owner, edition=draft.edition, code="n2", into="n3", position=0),
    ):
        with pytest.raises(Refused, match="since been changed"):
            act()

    assert PathwayVersion.objects.get(pk=draft.pk).name == "First window"


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        ("badge", {}, "Choose a badge"),
        ("some", {}, "Say how many"),
        ("some", {"needed": 0}, "Say how many"),
        ("credits", {"credit_framework": "nzqa"}, "Say how many credits"),
        ("credits", {"credits": 3}, "whose credits"),
        (
            "credits",
            {"credits": 3, "credit_framework": "nzqa", "level_framework": "eqf", "level_from": 9},
            "EQF has no level 9",
        ),
        ("milestone", {}, "Give the milestone a name"),
        ("external", {}, "Choose what counts"),
        ("any", {"needed": 2}, "has no “needed”"),
        ("door", {}, "no such kind"),
    ],
)
def test_a_node_says_what_its_kind_asks_for(issuer, draft, kind, facts, words):
    with pytest.raises(Refused, match=words):
        verbs.add_node(draft, by=owner_of(issuer), into="n1", kind=kind, **facts)

    assert Node.objects.filter(version=draft).count() == 6


def test_a_badge_that_nobody_can_read_and_anothers_as_an_award_are_refused(issuer, draft):
    owner, elsewhere = owner_of(issuer), published_version().achievement
    unready = drafted_version(issuer).achievement

    for facts in (
        {"kind": "badge", "achievement": unready},
        {"kind": "capstone", "achievement": elsewhere},
        {"kind": "milestone", "name": "Half way", "achievement": elsewhere},
    ):
        with pytest.raises(Refused):
            verbs.add_node(draft, by=owner, into="n1", **facts)
    with pytest.raises(Refused, match="your own institution"):
        verbs.edit(draft, by=owner, award=elsewhere)
    verbs.add_node(draft, by=owner, into="n1", kind="badge", achievement=elsewhere)

    assert Node.objects.filter(version=draft).count() == 7


def test_another_kind_keeps_what_both_say_and_forgets_the_rest(issuer, draft):
    owner = owner_of(issuer)

    verbs.change_node(draft, by=owner, code="n3", kind="milestone", name="Half way", achievement=badge(issuer, "Half"))
    verbs.change_node(draft, by=owner, code="n3", kind="some", needed=2)
    with pytest.raises(Refused, match="Move them out"):
        verbs.change_node(draft, by=owner, code="n3", kind="badge", achievement=badge(issuer, "Half"))
    with pytest.raises(Refused):
        verbs.change_node(draft, by=owner, code="n1", kind="any")

    node = Node.objects.get(version=draft, code="n3")
    assert (node.kind, node.name, node.needed, node.achievement) == ("some", "Half way", 2, None)


def test_the_next_draft_copies_the_tree_under_its_codes_and_never_gives_one_again(issuer):
    whole = {
        "all": ["First", {"credits": 4, "of": ["Second"], "issuers": [issuer]}, "capstone:Last"],
        "in_order": True,
    }
    before = pathway_of(issuer, whole, award="Whole", grace_days=10)
    verbs.remove_node(verbs.edit(before, by=owner_of(issuer)), by=owner_of(issuer), code="n5")
    PathwayVersion.objects.filter(pk=before.pk).update(state="published", published_at=before.created_at)
    owner = owner_of(issuer)

    draft = verbs.draft_next(before.pathway, by=owner)
    added = verbs.add_node(draft, by=owner, into="n1", kind="badge", achievement=badge(issuer, "New"))

    assert (draft.number, draft.award, draft.grace_days) == (2, before.award, 10)
    assert outline(draft) == (
        "n1 all",
        [("n2 badge",), ("n3 credits", [("n4 badge",)]), ("n6 badge",)],
    )
    assert added.code == "n6"
    copy = Node.objects.get(version=draft, code="n3")
    assert (copy.credits, list(copy.issuers.all())) == (4, [issuer])
    assert draft.nodes.get(code="n1").in_order
    with pytest.raises(Refused, match="being drafted already"):
        verbs.draft_next(before.pathway, by=owner)


def test_a_draft_is_thrown_away_and_a_pathway_without_another_version_with_it(issuer, draft):
    owner = owner_of(issuer)
    lasting = published(issuer, ["First"], name="Lasting")
    verbs.discard(verbs.draft_next(lasting.pathway, by=owner), by=owner)

    verbs.discard(draft, by=owner)

    assert [one.pk for one in Pathway.objects.all()] == [lasting.pathway_id]
    assert lasting.pathway.versions.count() == 1
    for act in (lambda: verbs.discard(draft, by=owner), lambda: verbs.publish(draft, by=owner)):
        with pytest.raises(Refused, match="thrown away"):
            act()
    with pytest.raises(Refused):
        verbs.discard(lasting, by=owner)
    assert Event.objects.filter(kind="pathway.discarded").count() == 2


def test_publishing_freezes_opens_and_retires_the_one_before(issuer):
    first = published(issuer, ["First"])

    second = next_version(first.pathway, ["Second"])

    first.refresh_from_db()
    assert (first.state, second.state, second.number) == ("retired", "published", 2)
    kinds = [kind for kind, _who in events_of(first.pathway)]
    assert kinds[-2:] == ["pathway.retired", "pathway.published"]
    owner = owner_of(issuer)
    for act in (
        lambda: verbs.publish(second, by=owner),
        lambda: verbs.edit(second, by=owner, name="Other"),
        lambda: verbs.add_node(second, by=owner, into="n1", kind="any"),
    ):
        with pytest.raises(Refused):
            act()
    assert list(Pathway.objects.visible_to(None)) == [first.pathway]


def test_a_designer_drafts_and_who_runs_the_issuer_publishes(issuer):
    designer = seated(Seat.Role.DESIGNER, issuer)
    draft = pathway_of(issuer, ["First"], by=designer)

    with pytest.raises(PermissionDenied):
        verbs.publish(draft, by=designer)

    assert verbs.publish(draft, by=seated(Seat.Role.MANAGER, issuer)).state == "published"


def test_what_has_to_be_mended_is_said_and_nothing_is_published(issuer):
    draft = pathway_of(issuer, ["First", "First", {"any": []}])

    with pytest.raises(Refused) as refusal:
        verbs.publish(draft, by=owner_of(issuer))

    assert "twice" in str(refusal.value)
    assert "holds nothing" in str(refusal.value)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_an_archived_pathway_takes_nobody_and_no_draft(issuer):
    owner = owner_of(issuer)
    first = published(issuer, ["First"])
    draft = verbs.draft_next(first.pathway, by=owner)
    with pytest.raises(PermissionDenied):
        verbs.archive(first.pathway, by=seated(Seat.Role.DESIGNER, issuer))

    pathway = verbs.archive(first.pathway, by=owner)

    assert [(one.number, one.state) for one in pathway.versions.all()] == [(1, "retired")]
    assert not queries.listed().filter(pathway=pathway).exists()
    for act in (
        lambda: verbs.archive(pathway, by=owner),
        lambda: verbs.draft_next(pathway, by=owner),
        lambda: verbs.edit(draft, by=owner, name="Other"),
    ):
        with pytest.raises(Refused):
            act()
    with pytest.raises(Refused, match="never published"):
        verbs.archive(pathway_of(issuer, ["First"], name="Other").pathway, by=owner)


def test_two_pathways_never_lead_in_a_circle(issuer):
    owner = owner_of(issuer)
    published(issuer, ["First", "Second whole"], award="First whole", name="One")
    other = pathway_of(issuer, ["Second", {"any": ["First whole", "Third"]}], award="Second whole", name="Other")
    halves = pathway_of(
        issuer, [{"milestone": ["First whole"], "name": "Half", "award": "Second whole"}, "Fourth"], name="By halves"
    )

    for draft in (other, halves):
        with pytest.raises(Refused, match="it would be a circle"):
            verbs.publish(draft, by=owner)
    verbs.remove_node(other, by=owner, code=other.nodes.get(achievement=badge(issuer, "First whole")).code)

    assert verbs.publish(other, by=owner).state == "published"


def test_a_capstone_that_others_wait_for_is_no_step_before_itself(issuer):
    published(issuer, ["First", "capstone:Last"], award="Second whole", name="One")
    draft = pathway_of(issuer, ["Second whole", "capstone:First"], name="Other")

    with pytest.raises(Refused, match="it would be a circle"):
        verbs.publish(draft, by=owner_of(issuer))
