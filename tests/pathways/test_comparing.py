"""What changed between two versions of a pathway: node by node, and in sentences."""

import pytest

from apps.pathways import comparing, queries, verbs
from apps.pathways.models import PathwayVersion
from tests.factories import issuer_with_owner, owner_of
from tests.factories.pathways import badge, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def old():
    issuer = issuer_with_owner()[0]
    tree = {"all": ["First", {"any": ["Second", "Third"]}, {"some": ["Fourth", "Fifth", "Sixth"], "needed": 2}]}
    return published(issuer, tree | {"in_order": True}, award="Whole")


def told(old, change):
    draft = verbs.draft_next(old.pathway, by=owner_of(old.pathway.issuer))
    change(draft, owner_of(old.pathway.issuer))
    both = [queries.asked(PathwayVersion.objects.whole().get(pk=one.pk)) for one in (old, draft)]
    parts = [
        (str(part.label), part.how, [(str(one.label), one.before, one.after) for one in part.changes])
        for part in comparing.compare(*both)
    ]
    return parts, comparing.in_words(*both)


def test_a_copy_is_the_same(old):
    assert told(old, lambda _draft, _by: None) == ([], [])


def test_nodes_are_added_taken_out_moved_and_changed(old):
    issuer = old.pathway.issuer

    def change(draft, by):
        verbs.add_node(draft, by=by, into="n3", kind="badge", achievement=badge(issuer, "New"))
        verbs.remove_node(draft, by=by, code="n4")
        verbs.move_node(draft, by=by, code="n7", into="n1", position=1)
        verbs.change_node(draft, by=by, code="n6", needed=1)

    parts, words = told(old, change)

    assert parts == [
        ("Fourth", "changed", [("Where", "2 of these", "The whole pathway")]),
        ("New", "added", [("Where", "", "One of these")]),
        ("1 of these", "changed", [("What it asks for", "2 of these", "1 of these")]),
        ("Second", "removed", [("Where", "One of these", "")]),
    ]
    assert words == ["Moved: Fourth.", "Added: New.", "Changed: 1 of these.", "No longer asked for: Second."]


def test_another_order_is_told_where_the_order_matters(old):
    def change(draft, by):
        verbs.move_node(draft, by=by, code="n2", into="n1", position=1)
        verbs.move_node(draft, by=by, code="n4", into="n3", position=1)

    parts, words = told(old, change)

    assert parts == [
        (
            "The whole pathway",
            "changed",
            [("Order", "First, One of these and 2 of these", "One of these, First and 2 of these")],
        )
    ]
    assert words == ["Changed: The whole pathway."]


def test_name_award_and_grace_are_told_as_words(old):
    def change(draft, by):
        verbs.edit(draft, by=by, name="Other", award=None, grace_days=7, description="All of it.", in_order=False)

    parts, words = told(old, change)

    assert parts == [
        (
            "Name and award",
            "changed",
            [
                ("Name", "The whole trade", "Other"),
                ("Awarded at the end", "Whole", ""),
                ("Days of grace", "30 days", "7 days"),
                ("What it leads to", "", "All of it."),
            ],
        ),
        (
            "The whole pathway",
            "changed",
            [("What it asks for", "All of these, one after the other", "All of these")],
        ),
    ]
    assert words[0] == "Changed: The whole pathway."
    assert words[-1] == "Days of grace: 30 days → 7 days."
