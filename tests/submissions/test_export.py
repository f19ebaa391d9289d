"""A frozen attempt as one ZIP that checks itself, for who may read the work and for nobody else."""

import hashlib
import json
import os
import subprocess
import tracemalloc
import zipfile
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core import clock, erasing, outbox
from apps.core.ids import new_public_id
from apps.reviews import verbs as reviews
from apps.submissions import export, verbs
from apps.submissions import manifest as manifests
from apps.submissions.files import clean_name
from apps.submissions.models import Attempt, EvidenceItem
from apps.submissions.places import NOWHERE, Place
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    browser,
    changed,
    decided,
    marks_for,
    nobody_in,
    open_attempt,
    owner_of,
    person,
    png_upload,
    published_version,
    seated,
    submitted_attempt,
    taken_attempt,
)
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
WORDS = ("README.txt", "manifest.json", "context.json", "overview.md", "what_changed.md", "reflection.md")
PAPERS = [*WORDS, "pieces.json", "names.json", "rubric.json"]
# What somebody called their files is for them.
FOR_ASSESSORS = [*WORDS, "pieces.json", "rubric.json"]
SAID_AT = datetime(2026, 5, 2, 9, 30, tzinfo=UTC)
SOON = Place(None, 135, "")
KNIVES = b"Ten knives, one by one.\n"


def address_of(attempt):
    return f"/submissions/{attempt.submission.public_id}/attempts/{attempt.number}/export.zip"


def taken(attempt, by):
    return browser(by).get(address_of(attempt)).getvalue()


def unpacked(attempt, by):
    """Name -> bytes, in the order of the archive; each CRC is checked as it is read."""
    with zipfile.ZipFile(BytesIO(taken(attempt, by))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def frozen(attempt):
    verbs.submit(attempt, by=attempt.submission.learner)
    outbox.drain()
    attempt.refresh_from_db()
    return attempt


def text_file(name, content=KNIVES):
    return SimpleUploadedFile(name, content)


def with_every_kind(learner=None, *, file_name="Bench notes.txt", title="", content=KNIVES):
    attempt = open_attempt(learner=learner)
    learner = attempt.submission.learner
    verbs.add_evidence(attempt, by=learner, kind="image", upload=png_upload("after.PNG"), about=nobody_in(title))
    verbs.add_evidence(attempt, by=learner, kind="document", upload=text_file(file_name, content), title=title)
    verbs.add_evidence(attempt, by=learner, kind="link", url="https://videos.example/1", title=title or "Video")
    return frozen(attempt)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def checked(folder):
    return subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, env={"LC_ALL": "C"}, check=False
    )


def failed_in(folder):
    return [line for line in checked(folder).stdout.splitlines() if not line.endswith(": OK")]


def test_it_holds_what_was_handed_in_byte_for_byte():
    attempt = with_every_kind()
    found = unpacked(attempt, attempt.submission.learner)

    assert list(found) == [
        *PAPERS,
        *("evidence/01-log.md", "evidence/02-after.png", "evidence/03-bench-notes.txt", "evidence/04-video.txt"),
        "SHA256SUMS",
    ]
    picture = png_upload()
    assert [found[name] for name in list(found)[len(PAPERS) : -1]] == [
        b"I sharpened ten knives.",
        picture.read(),
        KNIVES,
        b"https://videos.example/1",
    ]
    assert (found["overview.md"], found["reflection.md"]) == (b"What I did.", b"What I learnt.")
    assert found["manifest.json"] == attempt.manifest.encode()
    assert sha256(found["manifest.json"]) == attempt.manifest_sha256


def test_every_sum_in_the_manifest_is_that_of_a_file_in_it():
    attempt = with_every_kind()
    found = unpacked(attempt, attempt.submission.learner)
    manifest = json.loads(found["manifest.json"])

    files = [content for name, content in found.items() if name.startswith("evidence/")]
    assert [one["sha256"] for one in manifest["evidence"]] == [sha256(content) for content in files]
    assert manifest["overview"]["sha256"] == sha256(found["overview.md"])
    assert manifest["reflection"]["sha256"] == sha256(found["reflection.md"])


def test_the_readme_says_which_file_is_which_line_of_the_manifest():
    attempt = with_every_kind(title="After\u202egnp")
    lines = unpacked(attempt, attempt.submission.learner)["README.txt"].decode().splitlines()
    text, _picture, file, _link = attempt.evidence.all()

    at = lines.index("evidence/01-log.md")
    assert lines[at : at + 3] == ["evidence/01-log.md", f"  id: {text.public_id}", "  title: Log"]
    at = lines.index("evidence/03-bench-notes.txt")
    assert lines[at + 1 : at + 4] == [f"  id: {file.public_id}", "  title: After gnp", "  file name: Bench notes.txt"]
    assert attempt.manifest_sha256 in lines


CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:02.000\nThe first stroke.\n"


def with_all_said(version=None, *, learner=None, name="Hana"):
    """A picture, a text and what can be said about them: captions, a day, who agreed, and where to look."""
    attempt = open_attempt(version, learner=learner)
    learner = attempt.submission.learner
    first, second, _third = attempt.submission.version.criteria.all()
    with clock.at(SAID_AT):
        verbs.add_evidence(
            attempt,
            by=learner,
            kind="image",
            upload=png_upload("after.png"),
            criteria={first: Place(2, None, f"{name}’s edge"), second: NOWHERE},
            about=verbs.About(
                title="After",
                transcript=CAPTIONS,
                made_on=date(2026, 5, 1),
                people="agreed",
                people_note=f"{name} signed a form",
            ),
        )
        told = verbs.About(title="Talk", transcript=f"{name} said so.")
        verbs.add_evidence(attempt, by=learner, kind="text", text="A talk.", criteria={first: SOON}, about=told)
    return frozen(attempt)


def test_the_manifest_freezes_what_was_said_about_each_piece_and_none_of_its_words():
    attempt = with_all_said()
    log, picture, talk = attempt.evidence.all()
    manifest = json.loads(attempt.manifest)

    nowhere = {"page": None, "seconds": None}
    assert manifest["evidence"] == [
        {
            "id": log.public_id,
            "kind": "text",
            "media_type": "",
            "size": 0,
            "sha256": log.sha256,
            "criteria": ["c1", "c2", "c3"],
            "places": {"c1": nowhere, "c2": nowhere, "c3": nowhere},
            "made_on": None,
            "people": "",
        },
        {
            "id": picture.public_id,
            "kind": "image",
            "media_type": "image/png",
            "size": picture.size,
            "sha256": picture.sha256,
            "criteria": ["c1", "c2"],
            "places": {"c1": {"page": 2, "seconds": None}, "c2": nowhere},
            "made_on": "2026-05-01",
            "people": "agreed",
            "transcript": {"sha256": sha256(CAPTIONS.encode())},
        },
        {
            "id": talk.public_id,
            "kind": "text",
            "media_type": "",
            "size": 0,
            "sha256": talk.sha256,
            "criteria": ["c1"],
            "places": {"c1": {"page": None, "seconds": 135}},
            "made_on": None,
            "people": "",
            "transcript": {"sha256": sha256(b"Hana said so.")},
        },
    ]
    found = unpacked(attempt, attempt.submission.learner)
    said = {name: {"sha256": sha256(found[f"{name}.json"])} for name in ("pieces", "names")}
    assert {name: manifest[name] for name in said} == said
    assert [word for word in ("Hana", "After", "stroke", "edge", "form") if word in attempt.manifest] == []


def test_the_archive_holds_transcripts_and_what_was_said_about_pieces(tmp_path):
    attempt = with_all_said()
    with zipfile.ZipFile(BytesIO(taken(attempt, attempt.submission.learner))) as archive:
        archive.extractall(tmp_path)
        names = archive.namelist()
    log, picture, talk = attempt.evidence.all()

    assert (checked(tmp_path).returncode, names[len(PAPERS) :]) == (
        0,
        [
            "evidence/01-log.md",
            "evidence/02-after.png",
            "evidence/02-after.captions.vtt",
            "evidence/03-talk.md",
            "evidence/03-talk.transcript.txt",
            "SHA256SUMS",
        ],
    )
    beside = [(tmp_path / "evidence" / name).read_text() for name in names_beside(names)]
    assert beside == [CAPTIONS, "Hana said so."]
    _log, one, other = json.loads((tmp_path / "pieces.json").read_text())
    nowhere = {"page": None, "seconds": None, "quote": ""}
    assert one == {
        "id": picture.public_id,
        "added_at": SAID_AT.isoformat(),
        "made_on": "2026-05-01",
        "people": "agreed",
        "people_note": "Hana signed a form",
        "people_said_at": SAID_AT.isoformat(),
        "shows_me": False,
        "criteria": [{"code": "c1", **nowhere, "page": 2, "quote": "Hana’s edge"}, {"code": "c2", **nowhere}],
    }
    assert other["criteria"] == [{"code": "c1", **nowhere, "seconds": 135}]
    assert json.loads((tmp_path / "names.json").read_text()) == [
        {"id": log.public_id, "title": "Log", "file_name": ""},
        {"id": picture.public_id, "title": "After", "file_name": "after.png"},
        {"id": talk.public_id, "title": "Talk", "file_name": ""},
    ]


def names_beside(names):
    return [Path(name).name for name in names if name.endswith((".captions.vtt", ".transcript.txt"))]


def test_the_readme_tells_a_person_what_was_said_about_a_piece():
    attempt = with_all_said()
    _log, picture, _talk = attempt.evidence.all()
    hers, theirs = (
        unpacked(attempt, by)["README.txt"].decode().splitlines()
        for by in (attempt.submission.learner, assessor_of(attempt.submission.achievement))
    )

    at = hers.index("evidence/02-after.png")
    told = [
        "  when it was made: 2026-05-01",
        "  Everyone who can be recognised agreed: Hana signed a form",
        "  supports c1: page 2 · “Hana’s edge”",
        "  supports c2",
    ]
    assert hers[at + 1 : at + 9] == [
        f"  id: {picture.public_id}",
        "  captions or transcript: evidence/02-after.captions.vtt",
        "  title: After",
        "  file name: after.png",
        *told,
    ]
    at = theirs.index(f"  id: {picture.public_id}")
    neutral = f"evidence/02-evidence-{picture.sha256[:8]}"
    beside = f"  captions or transcript: {neutral}.captions.vtt"
    assert theirs[at - 1 : at + 6] == [f"{neutral}.png", f"  id: {picture.public_id}", beside, *told]


def test_a_manifest_from_before_stays_as_it_was_and_its_archive_checks_itself(tmp_path, monkeypatch):
    whole = manifests.compose

    def as_before(attempt, pieces):
        body = json.loads(whole(attempt, pieces))
        for one in body["evidence"]:
            for name in ("places", "made_on", "people", "transcript"):
                one.pop(name, None)
        del body["pieces"], body["names"]
        return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    monkeypatch.setattr(manifests, "compose", as_before)
    attempt = with_all_said()
    monkeypatch.undo()

    with zipfile.ZipFile(BytesIO(taken(attempt, attempt.submission.learner))) as archive:
        archive.extractall(tmp_path)
        names = archive.namelist()

    assert checked(tmp_path).returncode == 0
    assert (tmp_path / "manifest.json").read_text() == attempt.manifest
    assert "transcript" not in attempt.manifest
    assert names[: len(PAPERS)] == PAPERS
    assert names_beside(names) == ["02-after.captions.vtt", "03-talk.transcript.txt"]
    verbs.freeze(attempt.pk)
    assert Attempt.objects.get(pk=attempt.pk).manifest == attempt.manifest


def test_who_may_not_know_whose_it_is_gets_covered_words_and_no_sums_to_guess_by(tmp_path):
    learner = person("Hana Rewi")
    attempt = with_all_said(published_version(blind=True), learner=learner)
    assessor = assessor_of(attempt.submission.achievement)
    picture = attempt.evidence.get(kind="image")

    with zipfile.ZipFile(BytesIO(taken(attempt, assessor))) as archive:
        archive.extractall(tmp_path)
        names = archive.namelist()
    on_page = browser(assessor).get(f"/attempts/{attempt.public_id}/manifest.json").json()
    hers = browser(learner).get(f"/attempts/{attempt.public_id}/manifest.json").content.decode()

    assert checked(tmp_path).returncode == 0
    assert [name for name in names[:8] if name not in FOR_ASSESSORS] == []
    assert [(tmp_path / "evidence" / name).read_text() for name in names_beside(names)] == [CAPTIONS, "▒▒▒ said so."]
    nowhere = {"page": None, "seconds": None, "quote": ""}
    assert json.loads((tmp_path / "pieces.json").read_text())[1] == {
        "id": picture.public_id,
        "made_on": "2026-05-01",
        "people": "agreed",
        "people_note": "▒▒▒ signed a form",
        "shows_me": False,
        "criteria": [{"code": "c1", **nowhere, "page": 2, "quote": "▒▒▒’s edge"}, {"code": "c2", **nowhere}],
    }
    assert "  supports c1: page 2 · “▒▒▒’s edge”" in (tmp_path / "README.txt").read_text().splitlines()
    frozen_one = json.loads(attempt.manifest)
    pieces = [{name: said for name, said in one.items() if name != "transcript"} for one in frozen_one["evidence"]]
    for one in pieces:
        if one["kind"] == "text":
            del one["sha256"]
    for words in ("pieces", "names", "context", "overview", "what_changed", "reflection"):
        del frozen_one[words]
    assert on_page == {
        "blind_copy": True,
        "manifest_sha256": attempt.manifest_sha256,
        **frozen_one,
        "evidence": pieces,
    }
    in_archive = json.loads((tmp_path / "manifest.json").read_text())
    assert [{name: said for name, said in one.items() if name != "file"} for one in in_archive["evidence"]] == pieces
    assert {"pieces", "names"} & set(in_archive) == set()
    assert hers == attempt.manifest


def test_sha256sum_finds_all_well_and_one_changed_byte(tmp_path):
    attempt = with_every_kind()
    with zipfile.ZipFile(BytesIO(taken(attempt, attempt.submission.learner))) as archive:
        archive.extractall(tmp_path)
        names = archive.namelist()

    well = checked(tmp_path)
    changed = tmp_path / "evidence/03-bench-notes.txt"
    changed.write_bytes(b"t" + changed.read_bytes()[1:])

    assert (well.returncode, well.stdout.splitlines()) == (0, [f"{name}: OK" for name in names[:-1]])
    assert checked(tmp_path).returncode == 1
    assert failed_in(tmp_path) == ["evidence/03-bench-notes.txt: FAILED"]


def test_a_file_that_a_disk_has_spoilt_since_fails_the_check(tmp_path):
    attempt = with_every_kind(content=b"Ten knives: " + new_public_id().encode())
    Path(attempt.evidence.get(kind="document").file.path).write_bytes(b"Ten knives")

    with zipfile.ZipFile(BytesIO(taken(attempt, attempt.submission.learner))) as archive:
        archive.extractall(tmp_path)

    assert failed_in(tmp_path) == ["evidence/03-bench-notes.txt: FAILED"]


def test_the_rubric_and_the_decision_are_told_as_they_were():
    attempt = decided(short=True, step="new_evidence").attempt
    found = unpacked(attempt, attempt.submission.learner)
    rubric, decision = json.loads(found["rubric.json"]), json.loads(found["decision.json"])
    first, *others = attempt.submission.version.criteria.prefetch_related("levels")

    assert list(found) == [*PAPERS, "decision.json", "evidence/01-log.md", "SHA256SUMS"]
    assert rubric["criteria"][0] == {
        "code": "c1",
        "name": first.name,
        "description": first.description,
        "required": first.required,
        "required_level": first.required_level,
        "levels": [
            {"level": one.position, "name": one.name, "description": one.description} for one in first.levels.all()
        ],
    }
    assert [one["code"] for one in rubric["criteria"]] == ["c1", *(one.code for one in others)]
    assert decision == {
        "outcome": "not_yet",
        "decided_at": attempt.answer.given_at.isoformat(),
        "note": "Thank you.",
        "criteria": [
            {
                "code": "c1",
                "level": first.required_level - 1,
                "met": False,
                "comment": "Set the edge evenly, then show it again.",
                "next_step": "new_evidence",
            },
            *(
                {"code": one.code, "level": one.required_level, "met": True, "comment": "Well shown.", "next_step": ""}
                for one in others
            ),
        ],
    }


def test_what_was_declined_is_told_as_that():
    attempt, assessor = taken_attempt()
    marks = marks_for(attempt, short=True)
    reviews.decide(attempt, by=assessor, marks=marks, answers=ALL_GOOD, note="Not this way.", declines=True)
    found = unpacked(Attempt.objects.get(pk=attempt.pk), attempt.submission.learner)

    assert json.loads(found["decision.json"])["outcome"] == "declined"


def test_each_attempt_has_its_own():
    first = decided(short=True).attempt
    learner = first.submission.learner
    second = verbs.try_again(first.submission, by=learner)
    verbs.add_evidence(second, by=learner, kind="text", title="More", text="Ten more.")
    frozen(changed(second))

    one, other = unpacked(first, learner), unpacked(second, learner)

    assert "decision.json" in one
    assert list(other) == [*PAPERS, "evidence/01-log.md", "evidence/02-more.md", "SHA256SUMS"]
    assert browser(learner).get(address_of(first).replace("/1/", "/3/")).status_code == 404
    assert browser(learner).get(address_of(first).replace("/1/", f"/{10**30}/")).status_code == 404


def test_only_the_learner_and_who_may_assess_it_find_it():
    attempt = assessable_attempt()
    achievement = attempt.submission.achievement
    people = {
        "learner": attempt.submission.learner,
        "assessor": assessor_of(achievement),
        "other learner": assessable_attempt(attempt.submission.version).submission.learner,
        "stranger": person(),
        "assessor of another achievement": assessor_of(published_version(achievement.issuer).achievement),
        "manager": seated("manager", achievement.issuer),
        "owner": owner_of(achievement.issuer),
    }

    found = {name: browser(one).get(address_of(attempt)).status_code for name, one in people.items()}

    assert found == {
        **dict.fromkeys(people, 404),
        "learner": 200,
        "assessor": 200,
    }
    assert browser().get(address_of(attempt)).headers["Location"].startswith("/accounts/login/")


def test_what_is_not_frozen_yet_is_said_to_who_may_know_of_it():
    open_one, waiting = open_attempt(), submitted_attempt()
    told = [
        browser(who).get(address_of(attempt))
        for attempt in (open_one, waiting)
        for who in (attempt.submission.learner, assessor_of(attempt.submission.achievement))
    ]

    once_handed_in, in_a_moment = "once it is handed in", "in a moment"
    assert [one.status_code for one in told] == [409, 404, 409, 409]
    assert once_handed_in in told[0].content.decode()
    assert all(in_a_moment in one.content.decode() for one in told[2:])


def test_what_was_taken_back_or_erased_is_never_said_to_come_in_a_moment():
    taken_back, erased = submitted_attempt(), decided().attempt
    learner = erased.submission.learner
    verbs.withdraw(taken_back.submission, by=taken_back.submission.learner)
    there = browser(learner).get(erased.submission.get_absolute_url()).content.decode()
    with clock.at(clock.now() + timedelta(days=2_200)):
        erasing.forget_class("evidence")

    told = [browser(one.submission.learner).get(address_of(one)) for one in (taken_back, erased)]
    by_program = program(learner, "submissions:read").get(f"/api/v1{address_of(erased)}")

    taken = "This attempt was withdrawn before it was frozen, so there is nothing to download."
    gone = "The time to keep this is over, and what was handed in was erased."
    assert [(one.status_code, one.content.decode()) for one in told] == [(409, taken), (409, gone)]
    assert (by_program.status_code, by_program.json()["detail"]) == (409, gone)
    page = browser(learner).get(erased.submission.get_absolute_url()).content.decode()
    assert ("Download this attempt" in there, "Download this attempt" in page) == (True, False)


def test_an_assessor_reads_no_word_of_who_the_learner_is():
    learner = person("Tāne Rewi", email="tane.rewi@people.example")
    attempt = with_every_kind(learner, file_name="Tāne Rewi bench.txt", title="Tāne Rewi at work")
    assessor = assessor_of(attempt.submission.achievement)
    pieces = list(attempt.evidence.all())

    answer = browser(assessor).get(address_of(attempt))
    content = answer.getvalue()
    hers = taken(attempt, learner)

    wanted = ("Tāne", "tane", "Rewi", "rewi", "people.example", learner.public_id, "bench")
    assert [word for word in wanted if word.encode() in content + str(answer.headers).encode()] == []
    assert [word for word in ("Tāne Rewi bench.txt", "tane-rewi-at-work.txt") if word.encode() not in hers] == []
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.namelist() == [
            *FOR_ASSESSORS,
            f"evidence/01-evidence-{pieces[0].sha256[:8]}.md",
            f"evidence/02-evidence-{pieces[1].sha256[:8]}.png",
            f"evidence/03-evidence-{pieces[2].sha256[:8]}.txt",
            f"evidence/04-evidence-{pieces[3].sha256[:8]}.txt",
            "SHA256SUMS",
        ]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd.txt", "02-passwd.txt"),
        ("C:\\Windows\\CON.txt", "02-con.txt"),
        ("photo\u202egnp.txt", "02-photognp.txt"),
        ("Tāne’s   knives.TXT", "02-tanes-knives.txt"),
        ("سكين.txt", "02-document.txt"),
        ("-rf.txt", "02-rf.txt"),
        ("a\\\nb.txt", "02-b.txt"),
        (".txt", "02-txt.txt"),
        ("x" * 300 + ".txt", f"02-{'x' * 60}.txt"),
    ],
)
def test_a_name_in_it_is_safe_on_every_disk(given, name):
    attempt = open_attempt()
    learner = attempt.submission.learner
    piece = verbs.add_evidence(attempt, by=learner, kind="document", upload=text_file("a.txt"), title="x")
    EvidenceItem.objects.filter(pk=piece.pk).update(file_name=clean_name(given))
    frozen(attempt)

    assert list(unpacked(attempt, learner))[-2:] == [f"evidence/{name}", "SHA256SUMS"]


def test_equal_names_stay_apart_and_a_title_of_300_letters_fits():
    attempt = open_attempt()
    learner = attempt.submission.learner
    for text, title in (("x", "Log"), ("y", "Log"), ("x", "../" * 100)):
        verbs.add_evidence(attempt, by=learner, kind="text", text=text, title=title)
    frozen(attempt)

    names = [name for name in unpacked(attempt, learner) if name.startswith("evidence/")]

    assert names == [f"evidence/{name}.md" for name in ("01-log", "02-log", "03-log", "04-text")]


def test_a_lost_file_is_named_and_the_rest_comes_through(tmp_path):
    attempt = with_every_kind(content=b"Ten knives: " + new_public_id().encode())
    Path(attempt.evidence.get(kind="document").file.path).unlink()

    with zipfile.ZipFile(BytesIO(taken(attempt, attempt.submission.learner))) as archive:
        archive.extractall(tmp_path)
        names = archive.namelist()

    placed = "evidence/03-bench-notes.txt"
    assert placed not in names
    assert (tmp_path / "MISSING.txt").read_text().splitlines()[-1] == placed
    assert placed not in (tmp_path / "SHA256SUMS").read_text()
    assert checked(tmp_path).returncode == 0


def test_a_file_that_breaks_off_is_named_and_fails_the_check(tmp_path, monkeypatch):
    attempt = with_every_kind()

    class Breaking(BytesIO):
        def read(self, _most):
            raise OSError("I/O error")

    whole = type(attempt.evidence.first().file).open
    monkeypatch.setattr(
        "django.db.models.fields.files.FieldFile.open",
        lambda file, mode: Breaking() if file.instance.kind == "document" else whole(file, mode),
    )
    with zipfile.ZipFile(BytesIO(taken(attempt, attempt.submission.learner))) as archive:
        archive.extractall(tmp_path)

    assert (tmp_path / "MISSING.txt").read_text().splitlines()[-1] == "evidence/03-bench-notes.txt"
    assert failed_in(tmp_path) == ["evidence/03-bench-notes.txt: FAILED"]


def test_a_large_file_goes_through_in_small_chunks():
    attempt = open_attempt()
    learner = attempt.submission.learner
    unlike = text_file("a.txt", new_public_id().encode())
    piece = verbs.add_evidence(attempt, by=learner, kind="document", upload=unlike, title="x")
    frozen(attempt)
    large = Path(piece.file.path)
    os.truncate(large, 2**26)

    response = browser(learner).get(address_of(attempt))
    tracemalloc.start()
    sizes = [len(chunk) for chunk in response]
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    large.unlink()

    assert sum(sizes) > 2**26
    assert len(sizes) > 2**26 // export.CHUNK
    assert max(sizes) < 2 * export.CHUNK
    assert most < 16 * export.CHUNK


def test_a_download_that_is_given_up_closes_its_file(monkeypatch):
    attempt = with_every_kind()
    opened = []
    whole = type(attempt.evidence.first().file).open

    def noting(file, mode):
        opened.append(whole(file, mode))
        return opened[-1]

    monkeypatch.setattr("django.db.models.fields.files.FieldFile.open", noting)
    response = browser(attempt.submission.learner).get(address_of(attempt))
    chunks = iter(response)
    while not opened:
        next(chunks)
    response.close()

    assert [file.closed for file in opened] == [True]


@pytest.mark.parametrize("more", [0, 2])
def test_it_asks_the_same_for_one_piece_and_for_three(more, django_assert_num_queries):
    attempt = open_attempt()
    learner = attempt.submission.learner
    for _number in range(more):
        verbs.add_evidence(attempt, by=learner, kind="image", upload=png_upload(), about=nobody_in(""))
    frozen(attempt)
    client = browser(learner)

    with django_assert_num_queries(9):
        assert client.get(address_of(attempt)).getvalue()


def test_its_head_is_that_of_an_archive_to_keep():
    attempt = assessable_attempt()
    client = browser(attempt.submission.learner)
    whole, head, post = (act(address_of(attempt)) for act in (client.get, client.head, client.post))
    whole.getvalue()

    told = ("Content-Type", "Content-Disposition", "Cache-Control")
    assert [whole.headers[name] for name in told[:2]] == [
        "application/zip",
        f'attachment; filename="{attempt.submission.reference}-attempt-1.zip"',
    ]
    assert "no-store" in whole.headers["Cache-Control"]
    assert [head.headers[name] for name in told] == [whole.headers[name] for name in told]
    assert head.getvalue() == b""
    assert post.status_code == 405


def test_the_pages_lead_to_it_and_say_how_large_it_is():
    attempt = with_every_kind()
    learner, assessor = attempt.submission.learner, assessor_of(attempt.submission.achievement)
    pages = [
        browser(learner).get(attempt.submission.get_absolute_url()).content.decode(),
        browser(assessor).get(f"/reviews/{attempt.public_id}/").content.decode(),
        browser(learner).get(open_attempt(learner=learner).submission.get_absolute_url()).content.decode(),
    ]

    size = len("What I did.What I learnt.I sharpened ten knives.https://videos.example/1")
    assert attempt.size == size + sum(piece.size for piece in attempt.evidence.all())
    assert [address_of(attempt) in page for page in pages] == [True, True, False]
    assert [f"({attempt.size}\xa0bytes)" in page for page in pages] == [True, True, False]
