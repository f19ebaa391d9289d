"""What the database itself refuses."""

import pytest
from django.db import IntegrityError, connection, transaction

from apps.frameworks import verbs
from apps.frameworks.models import FrameworkVersion
from tests.factories.frameworks import case_bytes, imported, uploaded

pytestmark = pytest.mark.django_db


@transaction.atomic
def at_once(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(sql, *values):
    with pytest.raises(IntegrityError) as said:
        at_once(sql, *values)
    return str(said.value).splitlines()[0]


def set_to(table, change, where):
    return refused(f"UPDATE frameworks_{table} SET {change} WHERE {where}")  # noqa: S608 - the tests' own words


FROZEN = "The items of an imported version are never changed: import the next one."
ONE_MORE = (
    "INSERT INTO frameworks_item (public_id, version_id, parent_id, position, last, depth, identifier, code, statement,"
    " full_statement, kind, url, levels, retired) VALUES (%s, %s, NULL, 9, 9, 0, 'x', '', 'x', '', '', '', '{}', false)"
)


@pytest.mark.parametrize("retired", [False, True])
def test_an_imported_version_and_its_items_never_change(retired):
    version = imported()
    if retired:
        imported(into=version.framework)
    says = "An imported version is never changed: import the next one."
    draft = (
        "UPDATE frameworks_frameworkversion SET state = 'draft', imported_at = NULL, retired_at = NULL WHERE id = %s"
    )

    assert refused("UPDATE frameworks_item SET statement = 'x' WHERE version_id = %s", version.pk) == FROZEN
    assert refused("DELETE FROM frameworks_item WHERE version_id = %s", version.pk) == FROZEN
    assert refused(ONE_MORE, "a" * 26, version.pk) == FROZEN
    assert refused("UPDATE frameworks_frameworkversion SET label = 'x' WHERE id = %s", version.pk) == says
    assert refused(draft, version.pk) == says
    assert (
        refused("DELETE FROM frameworks_frameworkversion WHERE id = %s", version.pk)
        == "An imported version is never deleted."
    )
    assert version.items.count() == 4


def test_a_retired_version_is_never_current_again():
    version = imported()
    newer = imported(into=version.framework)
    current = "UPDATE frameworks_frameworkversion SET state = 'current', retired_at = NULL WHERE id = %s"

    assert refused(current, version.pk) == "A retired version stays as it is."
    assert newer.state == "current"


def test_a_framework_keeps_its_address():
    framework = imported().framework

    assert (
        refused("UPDATE frameworks_framework SET slug = 'x' WHERE id = %s", framework.pk)
        == "A framework keeps its address."
    )


def test_a_parent_stands_in_the_same_version():
    first = imported()
    found = uploaded(into=first.framework)
    verbs.confirm(found, by=found.by)
    verbs._add_chunk(found.pk, verbs._begin(found.pk), {})
    draft, elsewhere = FrameworkVersion.objects.get(state="draft"), first.items.get(identifier="clay")

    said = refused(
        "UPDATE frameworks_item SET parent_id = %s WHERE version_id = %s AND identifier = 'clay-1'",
        elsewhere.pk,
        draft.pk,
    )

    assert "item_parent_of_the_same_version" in said


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("identifier = 'fire'", "item_named_once"),
        ("position = 3, last = 3", "item_place"),
        ("identifier = ''", "item_has_an_identifier"),
        ("statement = ''", "item_has_a_statement"),
        ("parent_id = NULL", "item_depth_by_parent"),
        ("depth = 0", "item_depth_by_parent"),
        ("parent_id = id", "item_is_not_its_own_parent"),
        ("last = 0", "item_ends_after_it_begins"),
        ("url = 'javascript:x'", "item_url_is_an_address"),
        ("url = 'https://a b'", "item_url_is_an_address"),
    ],
)
def test_rules_of_an_item_stand_in_the_database(change, rule):
    found = uploaded()
    verbs.confirm(found, by=found.by)
    verbs._add_chunk(found.pk, verbs._begin(found.pk), {})

    assert rule in set_to("item", change, "identifier = 'clay-1'")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("state = 'gone'", "framework_state_known"),
        ("kind = 'gone'", "framework_kind_known"),
        ("title = ''", "framework_has_a_title"),
        ("source_url = 'ftp://x'", "framework_source_is_an_address"),
        ("identifier = '00000000-0000-0000-0000-000000000000'", "one_framework_a_name"),
    ],
)
def test_rules_of_a_framework_stand_in_the_database(change, rule):
    imported(case_bytes(), title="")
    framework = imported(slug="plain").framework

    assert rule in set_to("framework", change, f"id = {framework.pk}")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("ended_at = now()", "import_ended_has_a_time"),
        ("state = 'confirmed'", "import_confirmed_has_a_time"),
        ("state = 'failed', ended_at = now(), confirmed_at = now()", "import_stopped_says_why"),
        ("rows_done = 5", "import_does_no_more_than_all"),
        ("sha256 = 'x'", "import_has_a_sum"),
    ],
)
def test_rules_of_an_import_stand_in_the_database(change, rule):
    found = uploaded()

    assert rule in set_to("frameworkimport", change, f"id = {found.pk}")


@pytest.mark.parametrize(
    ("state", "rule"), [("draft", "one_import_at_a_time"), ("current", "one_current_framework_version")]
)
def test_one_version_is_current_and_one_on_its_way(state, rule):
    version = imported()
    again = (
        "INSERT INTO frameworks_frameworkversion"
        " (framework_id, number, label, state, format, sha256, items_count, depths, imported_at)"
        " SELECT framework_id, n, n, %s, format, sha256, 0, '[]', CASE %s WHEN 'current' THEN now() END"
        " FROM frameworks_frameworkversion, generate_series(2, 3) AS n WHERE id = %s"
    )

    assert rule in refused(again, state, state, version.pk)
