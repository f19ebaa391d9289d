"""The command: what it says of each row, what it awards, and how it leaves."""

import csv
import io
import json

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from apps.core import outbox
from apps.core.models import Event
from apps.credentials.models import BulkAward, BulkRow, Credential
from tests.factories import owner_of, published_version, seated
from tests.factories.bulk import WHY, many, table, workbook

pytestmark = pytest.mark.django_db
ANI = ("ani@people.example", "Ani Ruru", "She threw it.")
HEMI = ("hemi@people", "Hēmi Ruru")


@pytest.fixture
def version():
    return published_version()


@pytest.fixture
def run(version, tmp_path):
    """(exit code, what it wrote) of the command over a table in a file."""

    def run(data, *arguments, name="people.csv", **changes):
        path = tmp_path / name
        path.write_bytes(data)
        told = {"badge": version.achievement.slug, "by": owner_of(version.achievement.issuer).email, "why": WHY}
        told |= changes
        out = io.StringIO()
        options = [f"--{option}={value}" for option, value in told.items()]
        try:
            call_command("issue_credentials", str(path), *options, *arguments, stdout=out, stderr=io.StringIO())
        except SystemExit as done:
            return done.code, out.getvalue()
        except CommandError as error:
            return error.returncode, str(error)
        return 0, out.getvalue()

    return run


def kept():
    return BulkAward.objects.count(), BulkRow.objects.count(), default_storage.listdir("bulk")[1]


def test_everybody_is_awarded_here_and_now(run):
    code, said = run(workbook(ANI, *many(2)), "--wait", name="people.xlsx")

    assert (code, said) == (0, "“Sharpen a knife”: 3 awarded.\n")
    assert sorted(Credential.objects.values_list("sent_to", flat=True)) == [
        "ani@people.example",
        "learner-1@people.example",
        "learner-2@people.example",
    ]


def test_without_waiting_workers_do_it(run):
    code, said = run(table(ANI))
    bulk = BulkAward.objects.get()

    assert (code, said) == (0, f"“Sharpen a knife”: 1 ready. Under way: {bulk.get_absolute_url()}\n")
    outbox.drain()
    assert Credential.objects.get().sent_to == "ani@people.example"


def test_who_can_not_be_awarded_is_told_of_and_the_others_are(run):
    code, said = run(table(ANI, HEMI), "--wait")

    assert code == 3
    assert said.splitlines() == [
        f"line 3       {'':40} “hemi@people” is not an e-mail address.",
        "“Sharpen a knife”: 1 awarded, 1 to be corrected.",
    ]


def test_where_nobody_can_be_awarded_nothing_is_left(run):
    code, said = run(table(HEMI))

    assert (code, said.splitlines()[-1]) == (1, "“Sharpen a knife”: 1 to be corrected. Nothing was awarded.")
    outbox.drain()
    assert kept() == (0, 0, [])


def test_a_dry_run_says_the_same_and_changes_nothing(run):
    events = Event.objects.count()

    code, said = run(table(ANI, HEMI), "--dry-run")

    assert (code, said.splitlines()[-1]) == (3, "“Sharpen a knife”: 1 to be corrected, 1 ready. Nothing was awarded.")
    assert (kept(), Event.objects.count(), Credential.objects.count()) == ((0, 0, []), events, 0)


def test_columns_are_named_by_heading_or_letter(run):
    data = table(("Ani Ruru", "ani@people.example", "https://work.example/1"), headings=("Wer", "Adresse", "Werk"))
    assert run(data, "--dry-run")[0] == 1

    code, _said = run(data, "--map=name=wer", "--map=address=B", "--map=evidence=Werk", "--wait")

    [row] = BulkRow.objects.all()
    assert (code, row.name, row.evidence, row.state) == (0, "Ani Ruru", ["https://work.example/1"], "awarded")


def test_as_json_and_as_csv(run):
    told = json.loads(run(table(ANI, HEMI), "--dry-run", "--format=json")[1])
    lines = list(csv.reader(io.StringIO(run(table(ANI, HEMI), "--dry-run", "--format=csv")[1])))

    assert told["counts"] == {"ready": 1, "problem": 1}
    assert told["rows"][1] == {
        "line": 3,
        "address": "",
        "state": "problem",
        "problem": "bad_address",
        "sentences": ["“hemi@people” is not an e-mail address."],
        "credential": None,
    }
    assert [line[6:9] for line in lines] == [
        ["Line", "State", "What to do"],
        ["2", "Ready", ""],
        ["3", "To be corrected", "“hemi@people” is not an e-mail address."],
    ]


def test_who_may_not_and_what_is_not_there_is_usage(run, version):
    designer = seated("designer", version.achievement.issuer).email
    assert run(table(ANI), "--dry-run")[0] == 0

    for changes, words in (
        ({"by": designer}, "does not run"),
        ({"by": "nobody@people.example"}, "Nobody here has the address"),
        ({"badge": "nothing"}, "no published badge nothing"),
        ({"badge": f"{version.achievement.slug}/v9"}, "no published badge"),
        ({"map": "salary=A"}, "the fields are"),
        ({"map": "name=Nothing"}, "no such column"),
    ):
        code, said = run(table(ANI), **changes)
        assert (code, words in said) == (2, True), changes
    assert run(table(ANI), badge=f"{version.achievement.slug}/v1")[0] == 0


def test_what_is_no_table_is_refused_and_leaves_nothing(run):
    assert run(b"%PDF-1.7") == (1, "This is not a table. Save yours as .xlsx or as “CSV UTF-8”, and choose that.")
    assert run(table(ANI, *many(3), ("b@people.example", "x" * 10_001)))[0] == 1
    outbox.drain()

    assert kept() == (0, 0, [])


def test_where_no_keys_are_held_nobody_lends_a_hand_and_workers_do_it(run, settings):
    settings.HOLDS_KEYS = False
    code, said = run(table(ANI), "--wait")

    assert (code, "KEY_ENCRYPTION_KEYS" in said, BulkAward.objects.count()) == (2, True, 0)
    assert run(table(ANI), "--wait", "--dry-run")[0] == 0
    assert run(table(ANI))[0] == 0


def test_nobody_waits_for_what_was_given_up(run, settings, monkeypatch):
    monkeypatch.setattr(outbox, "MOST_ATTEMPTS", 1)
    settings.KEY_ENCRYPTION_KEYS = ""  # so that signing fails, as with those of another installation

    code, said = run(table(ANI, HEMI), "--wait")

    assert code == 1
    assert said == (
        "1 row is left: what awards them failed too often, and was given up: "
        "apps.credentials.keys.KeyTroubleError: KEY_ENCRYPTION_KEYS is not set. "
        "Mend that, and run manage.py revive_jobs: it goes on from there."
    )
    assert list(BulkRow.objects.values_list("state", flat=True)) == ["ready", "problem"]
