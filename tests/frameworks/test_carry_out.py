"""An import that was confirmed: the version it fills, what stops it, and what is left when it was cut off."""

import threading
from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import connection

from apps.core import clock, outbox
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.frameworks import verbs
from apps.frameworks.models import Framework, FrameworkImport, FrameworkVersion, Item
from tests.factories import person
from tests.factories.frameworks import TABLE, case_bytes, imported, uploaded

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = datetime(2026, 12, 24, 12, tzinfo=UTC)


def many(rows):
    lines = "".join(f"r{n},Statement {n},{f'r{n - 1}' if n % 10 else ''}\n" for n in range(rows))
    return f"identifier,statement,parent\n{lines}"


def confirmed(text=TABLE, **about):
    found = uploaded(text, **about)
    return verbs.confirm(found, by=found.by)


def test_a_confirmed_file_becomes_the_current_version_and_leaves_a_trail():
    with clock.at(NOON):
        found = confirmed(title="Pottery", publisher="The guild", label="2026")
        assert (found.state, found.version.state, Item.objects.count()) == ("confirmed", "draft", 0)
        outbox.drain()

    found.refresh_from_db()
    version = found.version
    assert (found.state, found.rows_done, found.ended_at) == ("done", 4, NOON)
    assert (version.state, version.number, version.label, version.imported_at) == ("current", 1, "2026", NOON)
    assert (version.items_count, version.depths, version.sha256) == (4, [2, 2], found.sha256)
    assert (version.framework.slug, version.framework.title, version.framework.publisher) == (
        "pottery",
        "Pottery",
        "The guild",
    )
    rows = version.items.values_list("identifier", "parent__identifier", "position", "last", "depth", "url", "levels")
    assert list(rows) == [
        ("clay", None, 0, 2, 0, "", []),
        ("clay-1", "clay", 1, 1, 1, "https://example.org/clay/1", ["Level 2", "Level 3"]),
        ("clay-2", "clay", 2, 2, 1, "", ["Level 3"]),
        ("fire", None, 3, 3, 0, "", []),
    ]
    mine = Event.objects.filter(actor_id=found.by.public_id, kind__startswith="framework").order_by("pk")
    assert list(mine.values_list("kind", flat=True)) == [
        "framework_import.uploaded",
        "framework.founded",
        "framework_import.confirmed",
        "framework.imported",
    ]


def test_the_version_before_retires_and_stays_whole():
    first = imported()
    with clock.at(LATER):
        second = imported(TABLE.replace("kōhua", "ipu"), into=first.framework)

    first.refresh_from_db()
    assert (first.state, first.retired_at, first.items.count()) == ("retired", LATER, 4)
    assert (second.state, second.number, second.label) == ("current", 2, "2")
    assert first.items.get(identifier="clay-2").statement == "Throw a kōhua"
    assert second.items.get(identifier="clay-2").statement == "Throw a ipu"


def test_confirmed_twice_it_is_imported_once():
    found = confirmed()

    with pytest.raises(Refused, match="This import is waiting its turn, so that can no longer be done"):
        verbs.confirm(found, by=found.by)
    outbox.drain()
    verbs.carry_out(found.pk)

    assert (FrameworkVersion.objects.count(), Item.objects.count()) == (1, 4)
    assert Job.objects.filter(function="apps.frameworks.tasks.carry_out").count() == 1


def test_only_who_may_import_confirms_stops_or_leaves_it():
    checked, going = uploaded(), confirmed()

    for do, found in ((verbs.confirm, checked), (verbs.drop, checked), (verbs.stop, going)):
        with pytest.raises(PermissionDenied):
            do(found, by=person())
    assert [FrameworkImport.objects.get(pk=one.pk).state for one in (checked, going)] == ["checked", "confirmed"]


def test_one_import_at_a_time_goes_into_a_framework():
    version = imported()
    first, second = (uploaded(TABLE + f"x{n},,More,,,,,,\n", into=version.framework) for n in range(2))
    verbs.confirm(first, by=first.by)

    with pytest.raises(Refused, match="Another import into this framework is under way"):
        verbs.confirm(second, by=second.by)
    outbox.drain()
    with pytest.raises(Refused, match="Another version was imported since this file was checked"):
        verbs.confirm(second, by=second.by)

    second.refresh_from_db()
    assert (second.state, second.version) == ("checked", None)


def test_the_same_new_framework_confirmed_twice_is_founded_once():
    first, second = (uploaded(case_bytes(), title="", slug=slug) for slug in ("", "reo"))
    verbs.confirm(first, by=first.by)

    with pytest.raises(Refused, match="That framework has since been imported"):
        verbs.confirm(second, by=second.by)
    assert Framework.objects.count() == 1


def test_titles_may_be_the_same_and_short_names_never_are():
    slugs = [imported(title=title).framework.slug for title in ("Pottery", "Pottery", "Imports", "陶芸")]

    assert slugs == ["pottery", "pottery-2", "imports-2", "framework"]


def test_a_short_name_that_was_taken_meanwhile_is_refused():
    first, second = (uploaded(slug="clay") for _n in range(2))
    verbs.confirm(first, by=first.by)

    with pytest.raises(Refused, match="The short name “clay” is taken"):
        verbs.confirm(second, by=second.by)


def test_a_framework_that_retired_meanwhile_takes_no_import():
    version = imported()
    found = uploaded(into=version.framework)
    verbs.retire(version.framework, by=found.by)

    with pytest.raises(Refused, match="This framework is retired"):
        verbs.confirm(found, by=found.by)


# --- in chunks --------------------------------------------------------------------------------------------------------
def test_what_was_cut_off_goes_on_after_the_last_whole_chunk(monkeypatch):
    found = confirmed(many(2_500))
    copy, calls = verbs._copy, []

    def breaks_at_the_third(*args):
        calls.append(args)
        if len(calls) == 3:
            raise RuntimeError("the power went")
        copy(*args)

    monkeypatch.setattr(verbs, "_copy", breaks_at_the_third)
    with pytest.raises(RuntimeError):
        verbs.carry_out(found.pk)
    found.refresh_from_db()
    assert (found.state, found.rows_done, Item.objects.count()) == ("importing", 2_000, 2_000)
    assert FrameworkVersion.objects.readable().count() == 0

    verbs.carry_out(found.pk)

    found.refresh_from_db()
    assert (len(calls), found.state, found.rows_done, found.version.items.count()) == (4, "done", 2_500, 2_500)
    wrong = [
        one.identifier
        for one in found.version.items.select_related("parent")
        if (one.parent and one.parent.identifier)
        != (f"r{int(one.identifier[1:]) - 1}" if int(one.identifier[1:]) % 10 else None)
    ]
    assert wrong == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_import_it_once():
    found = confirmed(many(4_300))
    start, troubles = threading.Barrier(2), []

    def work():
        try:
            start.wait()
            verbs.carry_out(found.pk)
        except Exception as error:  # noqa: BLE001 - told below
            troubles.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _n in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()

    found.refresh_from_db()
    assert (troubles, found.state, found.version.items.count()) == ([], "done", 4_300)
    assert FrameworkVersion.objects.current().count() == 1


# --- what stops it ----------------------------------------------------------------------------------------------------
def test_a_kept_file_that_is_damaged_or_gone_stops_it_and_nothing_is_left():
    damaged, gone = confirmed(), confirmed()
    with default_storage.open(damaged.file.name, "wb") as file:
        file.write(b"code,statement\n1,other\n")
    default_storage.delete(gone.file.name)
    outbox.drain()

    for found in (damaged, gone):
        found.refresh_from_db()
        assert (found.state, found.refusal, found.framework, found.version) == (
            "failed",
            "The kept file is damaged. Nothing was imported: choose the file again.",
            None,
            None,
        )
    assert (Framework.objects.count(), FrameworkVersion.objects.count()) == (0, 0)
    assert Event.objects.filter(kind="framework_import.failed", actor_id="").count() == 2


def test_a_file_that_reads_otherwise_than_when_it_was_checked_stops_it():
    found = confirmed()
    FrameworkImport.objects.filter(pk=found.pk).update(rows_total=5)

    verbs.carry_out(found.pk)

    found.refresh_from_db()
    assert (found.state, Item.objects.count()) == ("failed", 0)
    assert found.refusal.startswith("The file no longer reads as it did when it was checked.")


def test_what_somebody_stopped_keeps_their_reason(monkeypatch):
    found = confirmed()

    def stopped_meanwhile(_pk):
        verbs.stop(found, by=found.by)
        raise Refused("too late")

    monkeypatch.setattr(verbs, "_begin", stopped_meanwhile)
    verbs.carry_out(found.pk)

    found.refresh_from_db()
    assert (found.state, found.refusal) == ("failed", "Stopped by Operator.")


def test_stopped_half_way_it_takes_back_what_came_in_and_the_current_version_stays():
    version = imported()
    found = uploaded(many(2_500), into=version.framework)
    verbs.confirm(found, by=found.by)
    rows = verbs._begin(found.pk)
    verbs._add_chunk(found.pk, rows, {})
    assert Item.objects.count() == 1_004

    stopped = verbs.stop(found, by=found.by)
    verbs.carry_out(found.pk)

    assert (stopped.state, stopped.refusal, stopped.version) == ("failed", "Stopped by Operator.", None)
    assert (stopped.framework, Item.objects.count()) == (version.framework, 4)
    version.refresh_from_db()
    assert version.state == "current"
    with pytest.raises(Refused, match="This import has ended already"):
        verbs.stop(found, by=found.by)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_left_unused_is_forgotten():
    found = uploaded()
    kept = found.file.name

    dropped = verbs.drop(found, by=found.by)

    assert (dropped.state, dropped.file.name, default_storage.exists(kept)) == ("dropped", "", False)
    with pytest.raises(Refused, match="This import is not used, so that can no longer be done"):
        verbs.drop(found, by=found.by)


def test_nobody_says_yes_for_a_week_and_it_is_left_unused():
    with clock.at(NOON):
        old = uploaded()
    with clock.at(LATER):
        new, taken = uploaded(), confirmed()
        assert (verbs.drop_stale(), verbs.drop_stale()) == (1, 0)

    states = [FrameworkImport.objects.get(pk=one.pk).state for one in (old, new, taken)]
    assert states == ["dropped", "checked", "confirmed"]
