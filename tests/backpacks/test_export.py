"""What a person carries away: whole, checkable, and nothing of anybody else's."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from apps.backpacks import exporting, listing, verbs
from apps.core import clock, erasing, outbox
from apps.credentials import baking
from apps.credentials import verbs as credentials
from apps.credentials.models import SignedForm
from apps.submissions import verbs as submissions
from tests.backpacks import theirs
from tests.backpacks.test_blocks import photograph
from tests.backpacks.test_items import declared, picture
from tests.credentials.abroad import abroad
from tests.factories import (
    awarded_credential,
    browser,
    decided,
    nobody_in,
    open_attempt,
    person,
    png_upload,
    published_version,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    return awarded_credential()


@pytest.fixture
def full(held, settings):
    """An award, a badge of others, something told of, a collection with a cover; and somebody else's badge."""
    owner = held.earner
    with abroad(settings) as there:
        there_kept = credentials.keep_foreign(there.badge(owner.email), by=owner)
    foreign = verbs.file_foreign(there_kept)
    told = declared(owner, picture=picture(), words="=cmd()", ends_on=date(2030, 1, 1))
    verbs.note_item(told, by=owner, tags=["shed"], note="Ask Brita.")
    collection = verbs.make_collection(by=owner, title="For the woolshed", story="Sharp.")
    for item in (held.backpack_item, foreign, told):
        verbs.collect(collection, item, by=owner)
    verbs.write_block(collection, by=owner, kind="heading", words="Blades")
    verbs.set_cover(collection, by=owner, picture=photograph(), alt="A shed at dawn")
    declared(person(), "Somebody else's")
    return owner, there_kept, told


def read(owner, **how):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(exporting.archive(owner, **how))))
    assert archive.testzip() is None
    return archive


@pytest.mark.parametrize("how", [{}, {"light": True}])
def test_every_file_has_the_sum_that_stands_in_the_list_and_none_is_missing(full, how):
    archive = read(full[0], **how)
    sums = dict(line.split("  ")[::-1] for line in archive.read("SHA256SUMS").decode().splitlines())

    assert {
        name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist() if name != "SHA256SUMS"
    } == sums
    assert "MISSING.txt" not in sums


def test_signed_bytes_and_what_others_gave_are_in_it_as_they_were_and_all_of_it_is_named(full, held):
    owner, kept, told = full
    archive = read(owner)
    names = set(archive.namelist())
    own = f"earned/{held.backpack_item.public_id}"

    forms = {form.format: form.text for form in held.forms.all()}
    assert archive.read(f"{own}/credential.json").decode() == forms[SignedForm.Format.OB3_EDDSA]
    assert archive.read(f"{own}/ob2.jws").decode() == forms[SignedForm.Format.OB2_JWS]

    assert baking.read(archive.read(f"{own}/badge.png")).text == forms[SignedForm.Format.OB3_EDDSA]
    original = archive.read(f"elsewhere/{kept.backpack_item.public_id}/original.json")
    assert hashlib.sha256(original).hexdigest() == kept.sha256
    assert f"declared/{told.public_id}/picture.png" in names
    work = [name for name in names if name.startswith("submissions/")]
    assert {name.rpartition("/")[2] for name in work} >= {"manifest.json", "decision.json", "rubric.json", "SHA256SUMS"}


def test_the_list_says_what_is_what_and_nothing_of_others_is_in_it(full, held):
    owner, _kept, told = full
    archive = read(owner)
    body = json.loads(archive.read("manifest.json"))

    assert (body["format"], [one["kind"] for one in body["items"]]) == (
        "satchel-backpack-1",
        ["earned", "elsewhere", "declared"],
    )
    assert {name: body["items"][2][name] for name in ("id", "name", "tags", "note", "words", "ends_on")} == {
        "id": told.public_id,
        "name": "First aid",
        "tags": ["shed"],
        "note": "Ask Brita.",
        "words": "=cmd()",
        "ends_on": "2030-01-01",
    }
    (collection,) = body["collections"]
    assert [(one["kind"], one["words"]) for one in collection["blocks"]] == [
        *[("small", "")] * 3,
        ("heading", "Blades"),
    ]
    assert archive.read(collection["cover"]).startswith(b"\xff\xd8")
    assert not [name for name in archive.namelist() if b"Somebody else" in archive.read(name)]


def test_both_bundles_hold_every_signed_badge_byte_for_byte(full, held):
    owner, kept, _told = full
    signed = held.forms.get(format=SignedForm.Format.OB3_EDDSA).text
    record, shown = "".join(exporting.clr(owner)), "".join(exporting.presentation(owner))

    for text in (record, shown):
        assert signed in text
        assert kept.text in text
    record, shown = json.loads(record), json.loads(shown)
    inside = [json.loads(signed), json.loads(kept.text)]
    assert (record["type"], record["credentialSubject"]["verifiableCredential"]) == (
        ["VerifiableCredential", "ClrCredential"],
        inside,
    )
    assert (shown["type"], shown["verifiableCredential"]) == (["VerifiablePresentation"], inside)


def test_the_table_has_a_row_an_item_and_no_formula(full):
    owner, _kept, _told = full
    verbs.note_item(owner.backpack_items.get(kind="declared"), by=owner, tags=[], note="=1+1")
    heading, *rows = csv.reader(io.StringIO("".join(exporting.badges_csv(owner))))

    assert (heading[0], len(rows), sorted(row[4] for row in rows)) == (
        "Name",
        3,
        ["Added by hand", "Earned here", "From elsewhere"],
    )
    assert [row[8] for row in rows if row[4] == "Added by hand"] == ["'=1+1"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("backpack.zip", "application/zip"),
        ("backpack-light.zip", "application/zip"),
        ("clr.json", "application/ld+json"),
        ("presentation.json", "application/vp"),
        ("badges.csv", "text/csv; charset=utf-8"),
    ],
)
def test_whoever_is_signed_in_downloads_their_own(full, path, kind):
    owner = full[0]
    client = Client()
    assert client.get(f"/backpack/export/{path}").status_code == 302
    client.force_login(owner)

    answer = client.get(f"/backpack/export/{path}")
    body = b"".join(answer.streaming_content)

    assert (answer["Content-Type"], answer["Cache-Control"]) == (kind, "no-store")
    assert "attachment" in answer["Content-Disposition"]
    assert body


def test_what_cannot_be_read_is_named_and_the_rest_is_there(full):
    owner, kept, _told = full
    default_storage.delete(kept.file)

    archive = read(owner)

    assert f"elsewhere/{kept.backpack_item.public_id}/original" in archive.read("MISSING.txt").decode()
    assert "manifest.json" in archive.namelist()


def test_a_lost_picture_from_elsewhere_is_named_and_what_is_signed_in_it_is_there_and_comes_back(full):
    owner, _kept, _told = full
    data = baking.bake_png(theirs.PNG, theirs.proof(number=5).decode())
    lost = verbs.file_foreign(credentials.keep_foreign(data, by=owner))
    default_storage.delete(lost.foreign.file)

    archive, other = read(owner), person()
    verbs.restore(io.BytesIO(b"".join(exporting.archive(owner))), by=other)

    assert archive.read("MISSING.txt").decode().splitlines()[2:] == [f"elsewhere/{lost.public_id}/original.png"]
    told = next(one for one in json.loads(archive.read("manifest.json"))["items"] if one["id"] == lost.public_id)
    assert (told["file"], archive.read(told["file"]).decode()) == (
        f"elsewhere/{lost.public_id}/signed.json",
        lost.foreign.text,
    )
    assert lost.foreign.text in other.foreign_credentials.values_list("text", flat=True)


def test_lost_artwork_and_pictures_of_ones_own_are_named_and_all_that_is_signed_and_told_is_there(full, held):
    owner, _kept, told = full
    collection = owner.collections.get()
    for stored in (held.version.picture.name, told.picture, collection.cover):
        default_storage.delete(stored)

    archive = read(owner)
    body = json.loads(archive.read("manifest.json"))
    came = verbs.restore(io.BytesIO(b"".join(exporting.archive(owner))), by=person())

    own = f"earned/{held.backpack_item.public_id}"
    assert archive.read("MISSING.txt").decode().splitlines()[2:] == [
        f"{own}/badge.png",
        f"declared/{told.public_id}/picture.png",
        f"collections/{collection.public_id}/cover.jpg",
    ]
    assert {f"{own}/credential.json", f"{own}/record.json"} <= set(archive.namelist())
    assert ("picture" in body["items"][2], body["collections"][0]["cover"]) == (False, "")
    assert [one.why for one in came.refused] == [
        "That was awarded here, to somebody else: only the person who earned it can keep it."
    ]


def test_what_was_given_up_or_replaced_is_in_no_export_and_not_counted(full):
    owner, _kept, _told = full
    given_up, replaced, newer = (
        verbs.file_foreign(credentials.keep_foreign(theirs.proof(**facts), by=owner))
        for facts in ({"number": 5}, {"number": 6}, {"number": 6, "born": datetime(2026, 1, 3, tzinfo=UTC)})
    )
    verbs.note_item(given_up, by=owner, tags=["gone"], note="")
    verbs.give_up(given_up, by=owner)

    archive = read(owner)
    page = browser(owner).get("/backpack/export/").content.decode()
    rows = list(csv.reader(io.StringIO("".join(exporting.badges_csv(owner)))))
    ids = [one["id"] for one in json.loads(archive.read("manifest.json"))["items"]]

    assert (newer.public_id in ids, given_up.public_id in ids, replaced.public_id in ids) == (True, False, False)
    assert not [name for name in archive.namelist() if given_up.public_id in name or replaced.public_id in name]
    assert (len(ids), len(rows) - 1, "yours: 4 items" in page) == (4, 4, True)


def test_the_table_tells_ends_by_the_issuers_own_day():
    with clock.at(datetime(2026, 6, 1, 20, tzinfo=UTC)):
        credential = awarded_credential(version=published_version(valid_for_days=365))
    item = credential.backpack_item
    credential.issuer.__class__.objects.filter(pk=credential.issuer_id).update(time_zone="Pacific/Auckland")

    _heading, row = csv.reader(io.StringIO("".join(exporting.badges_csv(credential.earner))))

    assert (credential.valid_until.date(), row[3]) == (date(2027, 6, 1), "2027-06-02")
    assert str(listing.ends_on(type(item).objects.with_things().get(pk=item.pk))) == row[3]


def test_without_the_work_it_holds_all_but_that_and_is_taken_in_like_the_whole(full):
    owner = full[0]
    whole, light = read(owner), read(owner, light=True)
    other = person()
    came = verbs.restore(io.BytesIO(b"".join(exporting.archive(owner, light=True))), by=other)

    left_out = {name for name in whole.namelist() if name not in light.namelist()}
    kept = {"decision.json", "manifest.json", "rubric.json"}
    work = {name for name in whole.namelist() if name.startswith("submissions/")}
    assert left_out == {name for name in work if name.rpartition("/")[2] not in kept}
    assert [name for name in left_out if "/evidence/" in name] != []
    for name in work - left_out:
        assert light.read(name) == whole.read(name)
    assert set(light.namelist()) < set(whole.namelist())
    assert ("the work that was handed in" in whole.read("README.txt").decode(), came.kept, came.collections) == (
        *(True, 2),
        1,
    )
    assert "without the work itself" in light.read("README.txt").decode()


def test_the_page_offers_the_backpack_with_and_without_the_work(full):
    page = browser(full[0]).get("/backpack/export/").content.decode()

    assert [f'href="/backpack/export/{name}"' in page for name in ("backpack.zip", "backpack-light.zip")] == [True] * 2


def test_drafts_and_what_was_taken_back_are_in_the_whole_archive_as_they_stand_and_marked_so():
    attempt, taken_back = open_attempt(), open_attempt()
    learner = attempt.submission.learner
    about = {"by": learner, "about": nobody_in("Before")}
    submissions.save_draft(attempt, by=learner, edition=attempt.edition, overview="I sheared.", reflection="Slowly.")
    submissions.add_evidence(attempt, kind="image", upload=png_upload("before.png"), **about)
    submissions.add_evidence(attempt, kind="link", url="https://shed.example/film", **about)
    lost = submissions.add_evidence(attempt, kind="image", upload=png_upload("after.png", colour="olive"), **about)
    outbox.drain()
    lost.refresh_from_db()
    default_storage.delete(lost.file.name)
    submissions.submit(taken_back, by=taken_back.submission.learner)
    outbox.drain()
    submissions.withdraw(taken_back.submission, by=taken_back.submission.learner)

    whole, light, others = read(learner), read(learner, light=True), read(taken_back.submission.learner)

    folder = f"drafts/{attempt.submission.reference}/attempt-1"
    told = json.loads(whole.read(f"{folder}/draft.json"))
    assert {name: told[name] for name in ("state", "badge", "issuer", "attempt")} == {
        "state": "open",
        "badge": attempt.submission.version.name,
        "issuer": attempt.submission.version.achievement.issuer.name,
        "attempt": 1,
    }
    assert [whole.read(f"{folder}/{name}.md").decode() for name in ("overview", "reflection")] == [
        "I sheared.",
        "Slowly.",
    ]
    evidence = sorted(name for name in whole.namelist() if name.startswith(f"{folder}/evidence/"))
    assert [name.rpartition("/")[2] for name in evidence] == ["01-log.md", "02-before.png", "03-before.txt"]
    assert whole.read(evidence[-1]) == b"https://shed.example/film"
    assert "after.png" in whole.read(f"{folder}/MISSING.txt").decode()
    assert [name for name in light.namelist() if name.startswith("drafts/")] == []
    assert "drafts/" in whole.read("README.txt").decode()
    (name,) = [name for name in others.namelist() if name.endswith("/draft.json")]
    assert json.loads(others.read(name))["state"] == "withdrawn"
    assert [name for name in others.namelist() if name.startswith("submissions/")] == []


@pytest.mark.parametrize("light", [True, False])
def test_of_work_that_was_erased_in_time_what_was_decided_is_still_taken_away(light):
    attempt = decided().attempt
    learner, reference = attempt.submission.learner, attempt.submission.reference
    before = {name for name in read(learner, light=light).namelist() if reference in name}
    with clock.at(clock.now() + timedelta(days=6 * 365 + 1)):
        erasing.forget_class("evidence")

    archive = read(learner, light=light)

    folder = f"submissions/{reference}/attempt-1"
    left = {name for name in archive.namelist() if reference in name}
    assert left == {f"{folder}/rubric.json", f"{folder}/decision.json"} < before
    assert json.loads(archive.read(f"{folder}/decision.json"))["note"] == "Thank you."
    assert "MISSING.txt" not in archive.namelist()
