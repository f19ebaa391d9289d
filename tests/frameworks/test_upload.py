"""A file is checked: what is said of it, and that nothing else is changed."""

import hashlib

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.frameworks import verbs
from apps.frameworks.importers.rows import MOST_BYTES
from apps.frameworks.models import Framework, FrameworkImport, FrameworkVersion, Item
from tests.factories import operator, person
from tests.factories.frameworks import TABLE, case_bytes, imported, uploaded

pytestmark = pytest.mark.django_db

NEXT = TABLE.replace("Throw a kōhua", "Throw a tall kōhua").replace("fire,F,Fire a kiln", "wood,W,Fire with wood")


def nothing_changed():
    return (Framework.objects.count(), FrameworkVersion.objects.count(), Item.objects.count(), Job.objects.count())


def test_a_good_file_is_kept_with_what_it_would_change_and_leaves_a_trail():
    by = operator()

    found = uploaded(by=by, title="Pottery", kind="occupations", label="2026", name="../clay.csv")

    assert (found.state, found.format, found.rows_total, found.findings) == ("checked", "csv", 4, [])
    assert found.counts == {"new": 4, "changed": 0, "removed": 0, "same": 0}
    assert found.sha256 == hashlib.sha256(TABLE.encode()).hexdigest()
    with found.file.open() as file:
        assert file.read() == TABLE.encode()
    assert found.about == {
        "title": "Pottery",
        "slug": "",
        "kind": "occupations",
        "publisher": "",
        "source_url": "",
        "licence": "",
        "language": "en",
        "identifier": "",
        "label": "2026",
    }
    assert nothing_changed() == (0, 0, 0, 0)
    (event,) = Event.objects.filter(subject_id=found.public_id)
    assert (event.kind, event.actor_id, event.data) == (
        "framework_import.uploaded",
        by.public_id,
        {"sha256": found.sha256, "good": True},
    )


def test_what_was_left_empty_comes_from_the_file_and_what_was_typed_goes_before_it():
    found = uploaded(case_bytes(), title="", label="My own", name="reo.json")

    said = {name: found.about[name] for name in ("title", "publisher", "licence", "language", "label", "identifier")}
    assert said == {
        "title": "Reo in the room",
        "publisher": "Te Kura",
        "licence": "CC BY 4.0",
        "language": "en",
        "label": "My own",
        "identifier": "00000000-0000-0000-0000-000000000000",
    }


def test_a_bad_file_leaves_its_report_and_nothing_else():
    found = uploaded("code,statement\n1,<b>x</b>\n1,y\n")

    assert (found.state, found.file.name, found.rows_total) == ("refused", "", 1)
    assert found.counts == {"errors": 2}
    assert found.findings == [
        [2, "statement", "error", "This contains HTML. Leave the tags and entities out: only text is kept."],
        [3, "identifier", "error", "Row 2 has the identifier “1” already."],
    ]
    assert nothing_changed() == (0, 0, 0, 0)
    with pytest.raises(Refused, match="This import is refused, so that can no longer be done"):
        verbs.confirm(found, by=found.by)


def test_a_next_version_is_compared_row_by_row():
    version = imported()

    found = uploaded(NEXT, into=version.framework)

    assert (found.against, found.framework) == (version, version.framework)
    assert found.counts == {"new": 1, "changed": 1, "removed": 1, "same": 2}
    assert found.examples == {
        "new": [["W", "Fire with wood"]],
        "changed": [["C2", "Throw a tall kōhua"]],
        "removed": [["F", "Fire a kiln"]],
    }


def test_the_same_rows_written_otherwise_are_no_change():
    version = imported()
    moved = "\n".join(sorted(TABLE.splitlines()[1:], reverse=True))

    found = uploaded(f"{TABLE.splitlines()[0]}\n{moved}\n".encode("utf-16"), into=version.framework)

    assert found.counts == {"new": 0, "changed": 0, "removed": 0, "same": 4}


def test_what_is_odd_about_a_next_version_is_told_and_keeps_nothing_out():
    data = case_bytes()
    version = imported(data, title="")

    same = uploaded(data, into=version.framework, label="again")
    renamed = uploaded(case_bytes(title="Another name"), into=version.framework, label="renamed")

    assert [one.findings for one in (same, renamed)] == [
        [[0, "", "warning", "This is the very file that the current version came from."]],
        [[0, "CFDocument.title", "note", "The file says “Another name”. The title here stays as it is."]],
    ]


def test_a_file_of_another_framework_is_pointed_out():
    version = imported(case_bytes(), title="")

    found = uploaded(
        case_bytes(identifier="other", title="Another", associations=[]), into=version.framework, label="more"
    )

    assert found.findings == [
        [0, "CFDocument.identifier", "warning", "The file belongs to another framework: “Another”."]
    ]


@pytest.mark.parametrize(
    ("data", "about", "sentence"),
    [
        (b"", {}, "That file is empty."),
        (b" " * (MOST_BYTES + 1), {}, "the most is 40.0"),
        (TABLE.encode(), {"title": ""}, "Give the framework a title: the file names none."),
        (TABLE.encode(), {"slug": "pottery"}, "The short name “pottery” is taken."),
        (TABLE.encode(), {"slug": "imports"}, "The short name “imports” is taken."),
        (case_bytes(), {}, "That file holds “Reo in the room”, which is here already."),
    ],
)
def test_what_cannot_be_told_by_row_is_refused_in_a_sentence(data, about, sentence):
    imported(case_bytes(), title="", slug="pottery")

    with pytest.raises(Refused, match=sentence):
        uploaded(data, **about)
    assert FrameworkImport.objects.count() == 1


def test_a_version_is_called_otherwise_than_those_before_it():
    version = imported(label="2026")

    with pytest.raises(Refused, match="There is a version “2026” already"):
        uploaded(into=version.framework, label="2026")


def test_into_a_retired_framework_nothing_comes():
    version = imported()
    verbs.retire(version.framework, by=operator())
    version.framework.refresh_from_db()

    with pytest.raises(Refused, match="This framework is retired"):
        uploaded(into=version.framework)


def test_only_who_may_import_checks_a_file():
    for do in (verbs.dry_run, verbs.upload):
        more = {} if do is verbs.dry_run else {"file_name": "clay.csv"}
        with pytest.raises(PermissionDenied):
            do(TABLE.encode(), by=person(), title="Pottery", **more)
    assert FrameworkImport.objects.count() == 0


def test_a_dry_run_writes_nothing_at_all():
    by = operator()
    events = Event.objects.count()

    found = verbs.dry_run(TABLE.encode(), by=by, title="Pottery")

    assert (found.counts["new"], found.reading.is_good) == (4, True)
    assert (FrameworkImport.objects.count(), Event.objects.count(), nothing_changed()) == (0, events, (0, 0, 0, 0))
