"""`manage.py export_person`: what is held about somebody, for somebody who asks."""

import io
import json
import stat
import zipfile

import pytest
from django.core.management import CommandError, call_command

from apps.accounts import verbs as accounts
from apps.core.models import Event
from tests.accounts.leaver import ADDRESS, NAME, OTHER, leaver
from tests.factories import person

pytestmark = pytest.mark.django_db


def export(address, to):
    said = io.StringIO()
    call_command("export_person", address, to=to, stdout=said)
    return said.getvalue()


def test_everything_is_in_it_no_secret_is_and_nothing_of_it_is_shown(settings, tmp_path):
    one = leaver(settings).person
    token, secret = accounts.create_token(one, by=one, name="Report", scopes=["profile:read"])
    to = tmp_path / "theirs.zip"

    said = export(ADDRESS.upper(), to)

    assert (said.startswith(f"Written: {to}"), NAME in said, stat.S_IMODE(to.stat().st_mode)) == (True, False, 0o600)
    archive = zipfile.ZipFile(to)
    assert archive.testzip() is None
    told = json.loads(archive.read("account.json"))
    assert (told["person"]["name"], len(told["addresses"]), [one["text"] for one in told["messages"]]) == (
        *(NAME, 3),
        [f"{NAME} here."],
    )
    assert {one["name"] for one in told["tokens"]} == {"Zyxquill's laptop", "Report"}
    assert {"person.registered", "submission.submitted", "token.created"} <= {one["kind"] for one in told["events"]}
    assert [len(told[part]) > 0 for part in ("signed_in", "letters", "notices", "consents", "invitations")] == [
        True
    ] * 5
    assert [(one["state"], one["address"], one["narrative"]) for one in told["rows"]] == [
        ("awarded", ADDRESS, f"{NAME} helped."),
        ("ready", ADDRESS, f"{NAME} helped."),
        ("problem", OTHER, ""),
    ]
    whole = b"".join(archive.read(name) for name in archive.namelist())
    assert [hidden.encode() in whole for hidden in (secret, token.token_hash, one.password)] == [False] * 3
    assert Event.objects.filter(kind="person.exported", subject_id=one.public_id).count() == 1


def test_nobody_with_that_address_and_a_file_that_is_there_are_told(tmp_path):
    with pytest.raises(CommandError, match="Nobody here has proved"):
        export("nobody@people.example", tmp_path / "a.zip")
    there = tmp_path / "b.zip"
    there.write_bytes(b"kept")
    with pytest.raises(CommandError, match="File exists"):
        export(person().email, there)

    assert (there.read_bytes(), Event.objects.filter(kind="person.exported").count()) == (b"kept", 0)
