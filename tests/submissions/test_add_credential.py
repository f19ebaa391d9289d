"""A badge of another issuer, or an earlier certificate, as evidence: one's own alone, told without whose it is where
assessors are not to know.
"""

import hashlib
import json
import subprocess
import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.refused import Refused
from apps.credentials import baking
from apps.credentials import verbs as credentials
from apps.reviews.snapshots import genre_of
from apps.submissions import manifest, verbs
from apps.submissions.models import EvidenceItem
from tests.backpacks import theirs
from tests.credentials.abroad import abroad
from tests.credentials.test_baking import picture
from tests.factories import assessor_of, browser, nobody_in, open_attempt, person, published_version

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


@pytest.fixture
def there(settings):
    with abroad(settings) as elsewhere:
        yield elsewhere


def kept(there, holder, *, baked=False, **change):
    data = there.badge(holder.email, **change)
    return credentials.keep_foreign(baking.bake_png(picture(), data.decode()) if baked else data, by=holder)


def add(attempt, foreign, **said):
    return verbs.add_evidence(attempt, by=attempt.submission.learner, kind="credential", foreign=foreign, **said)


def frozen(attempt):
    verbs.submit(attempt, by=attempt.submission.learner)
    verbs.freeze(attempt.pk)
    attempt.refresh_from_db()
    return attempt


def unpacked(attempt, by):
    path = f"/submissions/{attempt.submission.public_id}/attempts/1/export.zip"
    with zipfile.ZipFile(BytesIO(browser(by).get(path).getvalue())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def bytes_of(foreign):
    with default_storage.open(foreign.file, "rb") as file:
        return file.read()


def test_it_is_known_by_its_name_and_the_sum_of_its_bytes(there):
    attempt = open_attempt()
    foreign = kept(there, attempt.submission.learner)

    piece = add(attempt, foreign)

    assert (piece.kind, piece.foreign, piece.title) == ("credential", foreign, foreign.achievement_name)
    assert (piece.sha256, piece.size) == (hashlib.sha256(bytes_of(foreign)).hexdigest(), foreign.size)
    assert manifest.sum_now(piece) == piece.sha256


def test_the_same_badge_twice_is_one_piece(there):
    attempt = open_attempt()
    foreign = kept(there, attempt.submission.learner)

    assert add(attempt, foreign) == add(attempt, foreign)
    assert attempt.evidence.count() == 2


def test_nobody_brings_another_persons_badge_or_one_that_was_given_up(there):
    attempt = open_attempt()
    learner = attempt.submission.learner
    own, others = kept(there, learner), kept(there, person(), number=2)

    with pytest.raises(PermissionDenied):
        add(attempt, others)
    with pytest.raises(Refused, match="Choose a badge"):
        add(attempt, None)
    credentials.give_up_foreign(own, by=learner)
    with pytest.raises(Refused, match="keep that badge any more"):
        add(attempt, own)
    assert attempt.evidence.count() == 1


def test_the_form_offers_ones_own_and_takes_no_other(there):
    attempt = open_attempt()
    learner = attempt.submission.learner
    path = f"/submissions/{attempt.submission.public_id}/evidence/?kind=credential"
    nothing = browser(learner).get(path).content.decode()
    own, others = kept(there, learner), kept(there, person(), number=2)

    page = browser(learner).get(path).content.decode()
    refused = browser(learner).post(path, {"kind": "credential", "foreign": others.public_id})
    answer = browser(learner).post(path, {"kind": "credential", "foreign": own.public_id})

    assert "There is none in your backpack yet." in nothing
    assert (own.public_id in page, others.public_id in page) == (True, False)
    assert (refused.status_code, answer.status_code) == (422, 302)
    assert attempt.evidence.get(kind="credential").foreign == own


@pytest.mark.parametrize(("baked", "ending"), [(False, ".json"), (True, ".png")])
def test_the_archive_holds_its_bytes_and_checks_itself(there, tmp_path, baked, ending):
    attempt = open_attempt()
    foreign = kept(there, attempt.submission.learner, baked=baked)
    add(attempt, foreign, title="Shearing")
    frozen(attempt)

    found = unpacked(attempt, attempt.submission.learner)

    assert found[f"evidence/02-shearing{ending}"] == bytes_of(foreign)
    for name, content in found.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=False).returncode == 0
    told = json.loads(found["manifest.json"])["evidence"][1]
    assert (told["kind"], told["sha256"], told["size"]) == ("credential", foreign.sha256, foreign.size)


@pytest.mark.parametrize("blind", [False, True])
def test_a_blind_assessor_reads_what_it_is_and_gets_nothing_that_names_its_holder(there, blind):
    version = published_version(blind=blind)
    attempt = open_attempt(version)
    foreign = kept(there, attempt.submission.learner)
    piece = add(attempt, foreign, title="Shearing")
    frozen(attempt)
    assessor = assessor_of(version.achievement)

    pages = [
        browser(assessor).get(path).content.decode()
        for path in (f"/reviews/{attempt.public_id}/", f"/e/{piece.public_id}")
    ]
    archive = unpacked(attempt, assessor)

    for page in pages:
        assert "Elsewhere" in page
        assert "Genuine and valid" in page
        assert ("It calls itself" in page, "the learner has proved" in page) == (not blind, not blind)
        assert ("so only this is shown" in page) == blind
    name = f"evidence/02-evidence-{foreign.sha256[:8]}.json"
    assert (name in archive) == (not blind)
    assert (name in archive["SHA256SUMS"].decode()) == (not blind)
    assert ("left out here" in archive["README.txt"].decode()) == blind
    own = browser(attempt.submission.learner).get(f"/e/{piece.public_id}").content.decode()
    assert "It calls itself" in own


def test_one_whose_issuer_is_a_key_alone_is_not_called_valid():
    attempt = open_attempt()
    learner = attempt.submission.learner
    add(attempt, credentials.keep_foreign(theirs.proof(address=learner.email), by=learner), title="Weaving")

    page = browser(learner).get(f"/e/{attempt.evidence.get(kind='credential').public_id}").content.decode()

    assert ("Nobody says whose" in page, "Genuine and valid" in page) == (True, False)


def test_an_earlier_certificate_is_a_file():
    attempt = open_attempt()

    piece = verbs.add_evidence(
        attempt,
        by=attempt.submission.learner,
        kind="certificate",
        upload=SimpleUploadedFile("nzqa.pdf", PDF),
        about=nobody_in("Level 3"),
    )

    assert (piece.kind, piece.media_type, piece.sha256) == (
        "certificate",
        "application/pdf",
        hashlib.sha256(PDF).hexdigest(),
    )


@pytest.mark.parametrize(
    ("kind", "media_type", "genre"),
    [
        ("document", "application/pdf", "Document"),
        ("document", "image/png", "Image"),
        ("image", "image/jpeg", "Image"),
        ("audio", "audio/mpeg", "Audio"),
        ("video", "video/mp4", "Video"),
        ("link", "", "Link"),
        ("text", "", "Text"),
        ("reflection", "", "Text"),
        ("data", "text/csv", "Data"),
        ("certificate", "application/pdf", "Certificate"),
        ("credential", "", "Credential"),
    ],
)
def test_a_record_tells_in_a_neutral_word_what_each_piece_is(kind, media_type, genre):
    assert genre_of(EvidenceItem(kind=kind, media_type=media_type)) == genre


@pytest.mark.parametrize("kind", ["text", "link"])
def test_a_form_posted_twice_adds_one_piece_and_says_so_in_no_error(kind):
    attempt = open_attempt()
    learner = attempt.submission.learner
    path = f"/submissions/{attempt.submission.public_id}/evidence/"
    sent = {"kind": kind, "title": "Once", "text": "Ten knives.", "url": "https://videos.example/1"}

    answers = [browser(learner).post(path, sent).status_code for _time in range(2)]

    assert (answers, attempt.evidence.filter(title="Once").count()) == ([302, 302], 1)


def test_a_title_of_ten_thousand_signs_is_refused_in_words_and_one_that_turns_is_straightened():
    attempt = open_attempt()
    learner = attempt.submission.learner
    path = f"/submissions/{attempt.submission.public_id}/evidence/"

    long = browser(learner).post(path, {"kind": "text", "title": "x" * 10_000, "text": "Ten knives."})
    turned = verbs.add_evidence(attempt, by=learner, kind="text", title="photo\u202egnp", text="x")

    assert (long.status_code, "at most 300" in long.content.decode()) == (422, True)
    assert turned.title == "photo gnp"
