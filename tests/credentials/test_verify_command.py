"""The command: its exit codes, its three formats, several at once, and what it reads."""

import csv
import io
import json
import sys
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.core.management import call_command

from apps.credentials import queries, tables, verifier
from apps.credentials.management.commands.verify_credential import Command
from tests.credentials.test_verifier import foreign
from tests.factories import awarded_credential, person

pytestmark = pytest.mark.django_db


class Terminal(StringIO):
    def isatty(self):
        return True


def run(*arguments, err=None):
    out, err = StringIO(), err or StringIO()
    with pytest.raises(SystemExit) as done:
        call_command("verify_credential", *map(str, arguments), stdout=out, stderr=err)
    return done.value.code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def whole(around_the_file):
    return queries.baked_png(awarded_credential().pk)


@pytest.fixture
def files(tmp_path, whole):
    for name, data in {"whole": whole, "changed": whole[:-1], "none": b"x", "foreign": foreign().encode()}.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("whole",), 0),
        (("changed",), 1),
        (("none",), 1),
        (("foreign",), 2),
        (("missing",), 64),
        (("whole", "whole"), 0),
        (("whole", "foreign"), 2),
        (("foreign", "changed", "whole"), 1),
        (("none", "foreign"), 1),
        (("changed", "missing"), 64),
        (("whole", "."), 64),
    ],
)
def test_it_leaves_by_the_worst_verdict(files, names, code):
    assert run(*(files / name for name in names))[0] == code


def test_a_table_is_for_people_and_names_each_of_several(files):
    _code, alone, _err = run(files / "whole")
    _code, several, err = run(files / "whole", files / "none", files / "foreign")

    assert alone.splitlines()[-1] == "Valid."
    assert several.splitlines()[0] == f"== {files / 'whole'}"
    assert alone in several
    assert several.splitlines()[-1] == "Could not be decided."
    assert err.startswith(f"{files / 'none'}: That is not a credential")


def test_json_is_the_report_and_of_several_a_list(files):
    _code, alone, _err = run(files / "whole", "--format", "json")
    _code, several, _err = run(files / "whole", files / "none", files / "missing", "--format", "json")
    _code, nothing, _err = run(files / "none", "--format", "json")

    report = verifier.check((files / "whole").read_bytes()).to_json()
    assert json.loads(alone) == report | {"checked_at": json.loads(alone)["checked_at"]}
    found = json.loads(several)
    assert [(one["name"], one["verdict"], one["report"] is None) for one in found] == [
        (str(files / "whole"), "valid", False),
        (str(files / "none"), "no_badge", True),
        (str(files / "missing"), "unreadable", True),
    ]
    assert found[2]["refusal"] == "No such file or directory"
    assert nothing == ""


def test_csv_has_a_line_for_each(files):
    _code, out, _err = run(files / "whole", files / "changed", files / "missing", "--format", "csv")

    lines = list(csv.reader(io.StringIO(out)))
    assert lines[0] == list(tables.COLUMNS)
    assert [line[1] for line in lines[1:]] == ["valid", "invalid", "unreadable"]
    assert lines[3][9] == "No such file or directory"


def test_a_dash_reads_the_standard_input(files, monkeypatch):
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO((files / "whole").read_bytes())))

    assert run("-")[0] == 0


def test_whose_it_is_can_be_asked(files):
    assert run(files / "whole", "--recipient", person().email)[0] == 1


def test_an_address_that_is_not_fetched_is_no_badge():
    code, out, err = run("http://127.0.0.1:1/")
    assert (code, out) == (1, "")
    assert err.startswith("http://127.0.0.1:1/: Nothing could be read there")


def test_how_far_it_has_come_is_told_to_a_terminal_only(files):
    _code, out, told = run(files / "whole", files / "foreign", err=Terminal())
    _code, quiet, silent = run(files / "whole", files / "foreign")

    assert "1 of 2: " in told
    assert "2 of 2: " in told
    assert (silent, quiet) == ("", out)


@pytest.mark.parametrize("arguments", [[], ["--nonsense"], ["a", "--format", "xml"]])
def test_what_nobody_can_ask_is_a_matter_of_usage(arguments, capsys):
    with pytest.raises(SystemExit) as done:
        Command().run_from_argv(["manage.py", "verify_credential", *arguments])

    assert done.value.code == 64
    assert "usage: " in capsys.readouterr().err


def test_help_is_no_mistake(capsys):
    with pytest.raises(SystemExit) as done:
        Command().run_from_argv(["manage.py", "verify_credential", "--help"])

    assert not done.value.code
    assert "FILE|URL|-" in capsys.readouterr().out


def test_it_runs_as_it_is_typed(files, capsys):
    with pytest.raises(SystemExit) as done:
        Command().run_from_argv(["manage.py", "verify_credential", str(files / "whole")])

    assert done.value.code == 0
    assert capsys.readouterr().out.endswith("Valid.\n")


def test_a_name_moves_no_cursor_and_the_host_stands_beside_it(tmp_path):
    hostile = {"id": "https://elsewhere.example/1\x1b[2K", "type": ["Profile"], "name": "Massey\x1b[1A\x1b[2K"}
    (tmp_path / "badge").write_text(
        json.dumps({"type": ["VerifiableCredential"], "name": "Valid.\x9b8m", "issuer": hostile})
    )

    _code, out, _err = run(tmp_path / "badge")

    assert out.splitlines()[0] == "Valid. 8m — Massey [1A [2K, at elsewhere.example"
    assert not {"\x1b", "\x9b"} & set(out)
