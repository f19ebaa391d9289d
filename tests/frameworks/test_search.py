"""Finding items, and the copy that an alignment keeps of one."""

import pytest
from django.db import connection

from apps.frameworks import queries, verbs
from apps.frameworks.copies import ItemCopy
from apps.frameworks.models import Item
from tests.factories import operator
from tests.factories.frameworks import case_bytes, imported

pytestmark = pytest.mark.django_db

WORDS = """\
code,statement,full_statement,retired
M1,Speak te reo Māori,,
M2,Sing,In Māori and in English,
AB.1,Bake bread,,
AB.10,Bake more bread,,
X,Breadth first,,
OLD,Speak Māori as of old,,yes
P%,A hundred _ percent\\,,
"""


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("Maori", ["M1", "M2"]),
        ("MĀORI speak", ["M1"]),
        ("maori english", ["M2"]),
        ("bread", ["AB.1", "AB.10", "X"]),
        ("read", ["AB.1", "AB.10", "X"]),
        ("more b", ["AB.10"]),
        ("ab.10", ["AB.10"]),
        ("AB.1", ["AB.1", "AB.10"]),
        ("hundred _ percent\\", ["P%"]),
        ("%", ["P%"]),
        ("_", ["P%"]),
        ("nothing", []),
        ("", []),
        ("   ", []),
        ("bread\x00", []),
        ("x" * 5_000, []),
    ],
)
def test_words_find_what_may_be_aligned_to_whatever_their_capitals_and_macrons(asked, codes):
    imported(WORDS)

    assert [item.code for item in queries.search_items(asked)] == codes


def test_only_the_current_version_is_searched_and_one_framework_if_it_is_asked_for():
    first = imported()
    imported(into=first.framework)
    other = imported(title="Other")

    everywhere = queries.search_items("kohua")
    here = queries.search_items("kohua", framework=other.framework)

    assert sorted((item.version.framework.title, item.version.number) for item in everywhere) == sorted(
        [(first.framework.title, 2), ("Other", 1)]
    )
    assert [item.version.framework for item in here] == [other.framework]
    assert len(queries.search_items("clay", limit=1)) == 1


def test_what_is_being_imported_is_not_found():
    found = verbs.upload(WORDS.encode(), by=operator(), file_name="w.csv", title="Words")
    verbs.confirm(found, by=found.by)
    verbs._add_chunk(found.pk, verbs._begin(found.pk), {})

    assert (Item.objects.count(), queries.search_items("maori")) == (7, [])


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_and_its_copies_ask_1(django_assert_num_queries, rows):
    imported("code,statement\n" + "".join(f"A{n},Bake bread {n}\n" for n in range(rows)))

    with django_assert_num_queries(1):
        copies = [item.copy() for item in queries.search_items("bread")]
    assert len(copies) == rows


def test_a_copy_of_a_case_item_says_where_its_publisher_keeps_it():
    version = imported(case_bytes(), title="")

    item = Item.objects.select_related("version__framework").get(version=version, code="K.1")

    assert item.copy() == ItemCopy(
        target_name="Kōrero i mua",
        target_url="https://case.example/uri/00000000-0000-0000-0000-000000000003",
        target_code="K.1",
        target_description="",
        target_framework="Reo in the room",
        target_type="CFItem",
        framework_version="2026",
        item=item.public_id,
    )


@pytest.mark.parametrize(
    ("kind", "target_type"), [("skills", "ceasn:Competency"), ("levels", "ext:Level"), ("occupations", "CTDL")]
)
def test_a_copy_of_a_tables_row_says_our_own_page_and_a_type_by_the_frameworks_kind(kind, target_type):
    version = imported("identifier,statement,full_statement\nb 1,Bake,Bake bread alone.\n", kind=kind, title="Bread")

    item = Item.objects.select_related("version__framework").get(version=version)

    assert item.copy() == ItemCopy(
        target_name="Bake",
        target_url=f"http://localhost:8000/frameworks/bread/items/{item.public_id}/",
        target_code="b 1",
        target_description="Bake bread alone.",
        target_framework="Bread",
        target_type=target_type,
        framework_version="1",
        item=item.public_id,
    )


def test_keys_are_made_under_any_search_path_as_when_a_dump_is_restored():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = ''")
        cursor.execute("SELECT public.immutable_unaccent('Māori kōrero')")
        found = cursor.fetchone()
        cursor.execute("SET LOCAL search_path = public")

    assert found == ("Maori korero",)


def test_the_words_can_be_found_by_an_index():
    imported("code,statement\n" + "".join(f"A{n},Bake bread of kind {n}\n" for n in range(30)))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")

    plan = Item.objects.matching("kind 29").explain()
    assert "item_by_words" in plan
