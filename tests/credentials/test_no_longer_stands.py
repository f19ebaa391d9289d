"""What no longer stands shows it everywhere: on its page, in the report that programs read, in the list, in the picture."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from apps.core import clock, outbox
from apps.credentials import queries, verbs, verifier
from apps.credentials.formats import bitstring
from apps.credentials.models import Credential, StatusList
from tests.factories import awarded_credential, owner_of, published_version

pytestmark = pytest.mark.django_db
# How it ended: what its page says, which check fails, and whether its bit is set for revocation and suspension.
ENDS = {
    "revoked": ("Taken back", "status", [True, False]),
    "suspended": ("Paused", "status", [True, True]),
    "superseded": ("Replaced", "status", [True, False]),
    "expired": ("Ran out", "in_time", [False, False]),
}


@pytest.mark.parametrize("end", ENDS)
def test_it_shows_everywhere(end, tmp_path):
    word, failing, bits = ENDS[end]
    credential = awarded_credential(version=published_version(valid_for_days=100))
    verbs.show(credential, Credential.Visibility.LINK, by=credential.earner)
    path = f"/c/{credential.public_id}"
    before = Client().get(path).content.decode()
    whole = Client().get(f"{path}.png").content
    assert (verifier.check(whole).valid, f"<span>{word}</span>" in before) == (True, False)

    later = clock.now()
    owner = owner_of(credential.issuer)
    if end == "revoked":
        verbs.revoke(credential, by=owner, reason="mistake", note="")
    elif end == "suspended":
        verbs.suspend(credential, by=owner, note="")
    elif end == "superseded":
        verbs.reissue(credential, by=owner)
    else:
        later = credential.valid_until + timedelta(days=1)
    outbox.drain()

    with clock.at(later):
        page = Client().get(path).content.decode()
        picture = Client().get(f"{path}.png").content
        (tmp_path / "badge.png").write_bytes(picture)
        said = StringIO()
        with pytest.raises(SystemExit) as exit_:
            call_command("verify_credential", str(tmp_path / "badge.png"), "--format", "json", stdout=said)
    report = json.loads(said.getvalue())
    assert f"<span>{word}</span>" in page
    assert picture == whole
    assert (exit_.value.code, report["valid"]) == (1, False)
    assert [one["name"] for one in report["checks"] if one["result"] == "fail"] == [failing]
    assert _bits(credential) == bits


def _bits(credential):
    entry = credential.status_entry
    return [
        bitstring.is_set(
            bitstring.decode(json.loads(one.text)["credentialSubject"]["encodedList"], most_bytes=20_000), entry.index
        )
        for one in StatusList.objects.filter(issuer=credential.issuer).order_by("number")
    ]


def test_the_same_in_every_form_that_was_handed_over():
    credential = awarded_credential()
    pictures = [
        queries.baked(picture, queries.signed_form(credential), credential.version)
        for picture in queries.pictures_for("ob3-eddsa-rdfc-2022", credential.version)
    ]
    verbs.revoke(credential, by=owner_of(credential.issuer), reason="mistake", note="")

    assert len(pictures) == 2
    assert [verifier.check(one).valid for one in pictures] == [False, False]
