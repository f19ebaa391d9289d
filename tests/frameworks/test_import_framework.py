"""`manage.py import_framework`: the same verbs, from a command line."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.frameworks import verbs
from apps.frameworks.models import Framework, FrameworkImport
from tests.factories import operator, person
from tests.factories.frameworks import TABLE, case_bytes, imported

pytestmark = pytest.mark.django_db


@pytest.fixture
def clay(tmp_path):
    path = tmp_path / "clay.csv"
    path.write_text(TABLE)
    return str(path)


@pytest.fixture
def by():
    return operator()


def run(*words):
    out = StringIO()
    try:
        call_command("import_framework", *words, stdout=out, stderr=StringIO())
    except SystemExit as ended:
        return out.getvalue(), ended.code
    except CommandError as refused:
        return str(refused), refused.returncode
    return out.getvalue(), 0


def test_a_dry_run_says_what_would_change_and_changes_nothing(clay, by):
    said = run(clay, "--dry-run", "--title", "Pottery")

    assert said == ("Fit to be imported: “Pottery”, 4 items: 4 new, 0 changed, 0 removed, 0 same.\n", 0)
    assert (Framework.objects.count(), FrameworkImport.objects.count()) == (0, 0)


def test_without_it_the_file_is_imported_at_once(clay, by):
    said = run(
        clay, "--title", "Pottery", "--slug", "clay", "--kind", "occupations", "--label", "2026", "--licence", "CC0"
    )

    assert said == ("Imported: “Pottery”, 4 items: 4 new, 0 changed, 0 removed, 0 same.\n", 0)
    framework = Framework.objects.get()
    assert (framework.slug, framework.kind, framework.licence) == ("clay", "occupations", "CC0")
    version = framework.versions.get()
    assert (version.state, version.label, version.items.count()) == ("current", "2026", 4)
    found = FrameworkImport.objects.get()
    assert (found.by, found.file_name, found.state) == (by, "clay.csv", "done")


def test_a_next_version_goes_into_the_framework_that_is_named(clay, by):
    framework = imported(TABLE.replace("kōhua", "ipu"), title="Pottery", by=by).framework

    said = run(clay, "--into", "pottery")

    assert said == ("Imported: “Pottery”, 4 items: 0 new, 1 changed, 0 removed, 3 same.\n", 0)
    assert [one.number for one in framework.versions.all()] == [2, 1]


def test_a_refused_file_is_told_row_by_row_and_ends_with_1(tmp_path, by):
    path = tmp_path / "bad.csv"
    path.write_text("code,statement,colour\n1,<b>x</b>,red\n")

    said, code = run(str(path), "--title", "Pottery")

    assert code == 1
    assert said.splitlines() == [
        "row 1                                   warning  The column in place 3 is not known, and is left out.",
        "row 2      statement                    error    This contains HTML. Leave the tags and entities out: only text is kept.",
        "Refused: 1 to mend. Nothing was changed.",
    ]
    assert FrameworkImport.objects.count() == 0


def test_as_json_it_tells_a_script_everything(tmp_path, by):
    path = tmp_path / "reo.json"
    path.write_bytes(case_bytes(adoptionStatus="Deprecated"))

    said, code = run(str(path), "--dry-run", "--format", "json")

    told = json.loads(said)
    assert code == 0
    assert told.pop("sha256")
    assert told == {
        "imported": False,
        "good": True,
        "format": "case",
        "framework": {
            "title": "Reo in the room",
            "slug": "",
            "kind": "skills",
            "publisher": "Te Kura",
            "source_url": "https://case.example/uri/00000000-0000-0000-0000-000000000000",
            "licence": "CC BY 4.0",
            "language": "en",
            "identifier": "00000000-0000-0000-0000-000000000000",
            "label": "2026",
        },
        "items": 3,
        "counts": {"new": 3, "changed": 0, "removed": 0, "same": 0},
        "findings": [
            {
                "row": 0,
                "column": "CFDocument.adoptionStatus",
                "severity": "warning",
                "sentence": "Its publisher calls this framework deprecated.",
            }
        ],
        "findings_count": {"warning": 1},
    }


@pytest.mark.parametrize(
    ("words", "sentence", "code"),
    [
        (["--title", "Pottery", "--slug", "taken"], "The short name “taken” is taken.", 1),
        ([], "Give the framework a title: the file names none.", 1),
        (["--into", "retired"], "This framework is retired. Bring it back into use before you import into it.", 1),
        (["--into", "nowhere"], "There is no framework nowhere.", 2),
        (["--title", "Pottery", "--by", "nobody@people.example"], "No operator has that address.", 2),
        (["--title", "Pottery", "--kind", "knots"], "--kind: Select a valid choice. knots is not one of the available choices.", 2),
        (["--title", "x" * 201], "--title: Ensure this value has at most 200 characters (it has 201).", 2),
        (["--source-url", "nonsense"], "--source-url: Enter a valid URL.", 2),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_and_ends_with_1_or_2(clay, by, words, sentence, code):
    imported(slug="taken", by=by)
    verbs.retire(imported(slug="retired", by=by).framework, by=by)

    assert run(clay, *words) == (sentence, code)
    assert Framework.objects.count() == 2


def test_a_file_that_is_not_there_and_an_operator_who_is_not_named_end_with_2(clay, by, tmp_path):
    assert run(str(tmp_path / "none.csv")) == (f"{tmp_path / 'none.csv'}: No such file or directory", 2)
    operator()
    assert run(clay, "--title", "Pottery") == ("Say which operator does it: --by ADDRESS.", 2)
    assert run(clay, "--title", "Pottery", "--by", person().email) == ("No operator has that address.", 2)
    assert run(clay, "--title", "Pottery", "--by", by.email.upper())[1] == 0
