"""What is ticked in the backpack's list is archived or tagged at once."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.backpacks import verbs
from apps.backpacks.models import BackpackItem
from apps.core.models import Event
from apps.core.refused import Refused
from tests.backpacks.test_items import declared
from tests.factories import browser, person

pytestmark = pytest.mark.django_db
LIST = "/backpack/?as=list"


@pytest.fixture
def owner():
    return person()


def some(owner, n=3):
    return [declared(owner, f"Paper {number}") for number in range(n)]


def ids(items):
    return [one.public_id for one in items]


def posted(owner, items, act, **more):
    answer = browser(owner).post(
        "/backpack/several/", {"act": act, "item": ids(items), "next": LIST, **more}, follow=True
    )
    assert answer.redirect_chain == [(LIST, 302)]
    return answer.content.decode()


def tags_of(owner):
    return dict(BackpackItem.objects.filter(person=owner).values_list("name", "tags"))


def archived(owner):
    return set(BackpackItem.objects.filter(person=owner, archived_at__isnull=False).values_list("name", flat=True))


def test_what_is_ticked_is_archived_and_put_back_through_the_page(owner):
    first, second, third = some(owner)
    assert f'name="item" value="{first.public_id}"' in browser(owner).get(LIST).content.decode()

    page = posted(owner, [first, second], "archive")

    assert ("2 put into the archive." in page, archived(owner)) == (True, {"Paper 0", "Paper 1"})
    assert "1 put into the archive." in posted(owner, [first, third], "archive")  # the first was there already
    assert "2 put back among the others." in posted(owner, [first, third], "unarchive")
    assert archived(owner) == {"Paper 1"}
    kinds = Event.objects.filter(subject_id__in=ids([first, third])).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [
        *["backpack_item.declared"] * 2,
        *["backpack_item.archived"] * 2,
        *["backpack_item.unarchived"] * 2,
    ]


def test_a_tag_is_put_on_and_taken_off_several_however_it_is_capitalised(owner):
    first, second, third = some(owner)
    verbs.note_item(first, by=owner, tags=["shed"], note="Mine.")

    page = posted(owner, [first, second], "tag", tag="  Shed ")

    assert "1 now has the tag “Shed”." in page
    assert tags_of(owner) == {"Paper 0": ["shed"], "Paper 1": ["Shed"], "Paper 2": []}
    assert "“SHED” taken off 2." in posted(owner, [first, second, third], "untag", tag="SHED")
    assert tags_of(owner) == {"Paper 0": [], "Paper 1": [], "Paper 2": []}
    first.refresh_from_db()
    assert first.note == "Mine."


@pytest.mark.parametrize(
    ("chosen", "tag", "why"),
    [
        ([], "x", "Tick something first."),
        ([0], " ", "Type the tag first."),
        ([0], "x" * 41, "A tag has up to 40 letters."),
        ([0, 1], "one more", "That is more than 20 tags."),
    ],
)
def test_what_is_refused_is_said_and_changes_nothing(owner, chosen, tag, why):
    items = some(owner)
    verbs.note_item(items[1], by=owner, tags=[f"tag {number}" for number in range(20)], note="")
    before = tags_of(owner)

    assert why in posted(owner, [items[one] for one in chosen], "tag", tag=tag)

    assert tags_of(owner) == before


def test_nobody_touches_what_is_anothers(owner):
    mine, theirs = some(owner, 1), some(person(), 1)
    for act in (
        lambda: verbs.archive_items(ids(mine + theirs), by=owner),
        lambda: verbs.unarchive_items(ids(mine + theirs), by=owner),
        lambda: verbs.tag_items(ids(mine + theirs), by=owner, tag="x"),
        lambda: verbs.untag_items(ids(mine + theirs), by=owner, tag="x"),
        lambda: verbs.archive_items([*ids(mine), "a" * 26], by=owner),
    ):
        with pytest.raises(PermissionDenied):
            act()

    assert (archived(owner), tags_of(owner)) == (set(), {"Paper 0": []})
    answer = browser(owner).post("/backpack/several/", {"act": "archive", "item": ids(theirs), "next": LIST})
    assert answer.status_code == 403
    assert browser(owner).post("/backpack/several/", {"act": "burn", "item": ids(mine)}).status_code == 404


def test_many_take_as_many_statements_as_few(owner):
    items = some(owner, 12)

    def statements(act, chosen, **more):
        with CaptureQueriesContext(connection) as asked:
            act(ids(chosen), by=owner, **more)
        return len(asked)

    few = [statements(verbs.archive_items, items[:2]), statements(verbs.tag_items, items[:2], tag="a")]
    many = [statements(verbs.archive_items, items[2:]), statements(verbs.tag_items, items[2:], tag="a")]
    assert few == many
    with pytest.raises(Refused, match="more than 100 at once"):
        verbs.archive_items([f"{number:026}" for number in range(101)], by=owner)
