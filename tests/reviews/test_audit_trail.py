"""The audit trail of an issuer: every decision of some days in one ZIP, which anyone checks by what is in it."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core import clock, events, trail
from apps.core.models import Event, EventBlock
from apps.credentials.models import Credential
from apps.issuers import verbs as issuers
from apps.issuers.models import Issuer
from apps.reviews import audit, queries, verbs
from apps.reviews.models import Decision
from apps.reviews.queries.story import WORDS
from apps.submissions import verbs as submissions
from tests.factories import (
    ALL_GOOD,
    appealed,
    assessor_of,
    browser,
    decided,
    issuer_with_owner,
    marked_apart,
    marks_for,
    moderating,
    owner_of,
    person,
    published_version,
    seated,
    second_attempt,
    taken_attempt,
)
from tests.factories.work import waiting
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db


def asked_of(issuer, reader, days=1):
    today = clock.now().date()
    return queries.AuditAsked(issuer, today - timedelta(days=days), today + timedelta(days=days), reader)


def exported(issuer, reader, **days):
    answer = browser(reader).get(f"/organisations/{issuer.slug}/audit-trail.zip", days)
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def rows_of(archive):
    return list(csv.DictReader(io.StringIO(archive.read("decisions.csv").decode("utf-8-sig"))))


def lines_of(archive):
    return [json.loads(line) for line in archive.read("events.jsonl").splitlines()]


def blocks_of(archive):
    return json.loads(archive.read("blocks.json"))


def as_sealed(event):
    """An event as its line has it, but for where it is sealed."""
    return {
        "id": event.public_id,
        "kind": event.kind,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "actor_id": event.actor_id,
        "data": event.data,
        "happened_at": event.happened_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
    }


def told_of(submission):
    return Event.objects.filter(subject_id=submission.public_id, kind__in=WORDS).order_by("pk")


def written_to(path, archive, **changed):
    """The same archive in a file, with other texts for some of its parts, by their names before the dot."""
    with zipfile.ZipFile(path, "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, changed.get(name.partition(".")[0], archive.read(name)))
    return path


def verified(path):
    """What the command prints, and its exit status."""
    said, status = io.StringIO(), 0
    try:
        call_command("verify_events", str(path), stdout=said)
    except SystemExit as stopped:
        status = stopped.code
    return said.getvalue().splitlines(), status


# --- what is in it ------------------------------------------------------------------------------------------------------
def test_each_decision_is_a_row_with_who_made_it_and_what_came_of_it():
    decision = decided()
    attempt, submission = decision.attempt, decision.attempt.submission
    issuer = submission.achievement.issuer
    decided()  # of another issuer

    archive = exported(issuer, owner_of(issuer))

    assert archive.namelist() == ["README.txt", "decisions.csv", "events.jsonl", "blocks.json"]
    assert rows_of(archive) == [
        {
            "reference": submission.reference,
            "submission": submission.public_id,
            "attempt": "1",
            "achievement": submission.achievement.slug,
            "name": submission.version.name,
            "version": "1",
            "policy": "single",
            "learner": submission.learner.name,
            "decision": decision.public_id,
            "outcome": "meets",
            "how": "assessed",
            "decided_by": decision.by.name,
            "decided_at": decision.decided_at.isoformat(),
            "released_at": decision.released_at.isoformat(),
            "credentials": Credential.objects.get(decision_id=decision.public_id).public_id,
            "replaces": "",
            "moderation": "",
            "appeal": "",
            "appeal_decision": "",
            "event": Event.objects.get(kind="decision.made", data__attempt=attempt.public_id).public_id,
            "withheld": "",
        }
    ]


def test_a_decision_that_was_changed_or_appealed_is_a_row_beside_the_one_that_took_its_place():
    attempt, lead = moderating(short=True)
    issuer = attempt.submission.achievement.issuer
    verbs.change_decision(attempt, by=lead, marks=marks_for(attempt), answers=ALL_GOOD, note="", reason="It does.")
    appeal = appealed(version=published_version(issuer))
    appellant, judge = appeal.decision.attempt, seated("moderator", issuer)
    verbs.take(appellant, by=judge)
    verbs.answer_appeal(
        appellant, by=judge, marks=marks_for(appellant), answers=ALL_GOOD, note="", reason="The second film shows it."
    )

    found = rows_of(exported(issuer, owner_of(issuer)))

    first, _changed, refused, upheld = found
    said = [(one["outcome"], one["how"], one["moderation"], one["appeal"]) for one in found]
    assert said == [
        ("not_yet", "assessed", "changed", ""),
        ("meets", "moderated", "", ""),
        ("not_yet", "assessed", "", "upheld"),
        ("meets", "appealed", "", ""),
    ]
    assert [one["replaces"] for one in found] == ["", first["decision"], "", refused["decision"]]
    assert [one["appeal_decision"] for one in found] == ["", "", upheld["decision"], ""]
    assert [bool(one["credentials"]) for one in found] == [False, True, False, True]


def test_every_event_is_there_as_it_was_sealed_and_leads_to_its_block():
    decision = decided(short=True)
    submission = decision.attempt.submission
    issuer = submission.achievement.issuer
    first = events.seal()
    verbs.lodge_appeal(submission, by=submission.learner, ground="evidence", grounds="The picture shows it.")
    second = events.seal()
    verbs.withdraw_appeal(decision.appeal, by=submission.learner)

    archive = exported(issuer, owner_of(issuer))

    lines, said = lines_of(archive), blocks_of(archive)
    assert [{name: line[name] for name in trail.FIELDS} for line in lines] == [
        as_sealed(event) for event in told_of(submission)
    ]
    assert [line["block"] for line in lines[-4:]] == [first.number, second.number, second.number, None]
    assert lines[-1] == as_sealed(told_of(submission).last()) | {"block": None, "proof": None}
    assert said == {
        "format": "satchel-audit-trail-1",
        "newest": second.number,
        "blocks": [
            {
                "number": block.number,
                "events": block.events,
                "merkle_root": block.merkle_root,
                "previous_hash": block.previous_hash,
                "sealed_at": block.sealed_at.isoformat(),
                "hash": block.hash,
            }
            for block in EventBlock.objects.filter(number__gte=lines[0]["block"])
        ],
    }


def test_the_chain_goes_on_to_the_newest_block_whatever_that_seals():
    decision = decided()
    issuer = decision.attempt.submission.achievement.issuer
    sealing = events.seal()
    decided()
    newest = events.seal()

    said = blocks_of(exported(issuer, owner_of(issuer)))

    assert ([one["number"] for one in said["blocks"]][-2:], said["newest"]) == (
        [sealing.number, newest.number],
        newest.number,
    )


def test_what_is_sealed_while_it_is_read_comes_once_as_not_sealed_yet():
    decision = decided()
    submission = decision.attempt.submission
    told = queries.Trail(asked_of(submission.achievement.issuer, person()))

    events.seal()

    found = list(told.events())
    assert [one.event for one in found] == list(told_of(submission))
    assert {one.block for one in found} <= {None, *EventBlock.objects.values_list("number", flat=True).reverse()[1:]}


def test_how_a_learner_wrote_the_work_is_not_in_it():
    decision = decided()
    submission = decision.attempt.submission
    issuer = submission.achievement.issuer
    written = set(Event.objects.filter(subject_id=submission.public_id).values_list("kind", flat=True)) - set(WORDS)

    kinds = {line["kind"] for line in lines_of(exported(issuer, owner_of(issuer)))}

    assert ("evidence.added" in written, kinds & written) == (True, set())


# --- which days ---------------------------------------------------------------------------------------------------------
def test_days_are_days_where_the_issuer_is():
    decision = decided()
    issuer = decision.attempt.submission.achievement.issuer
    Issuer.objects.filter(pk=issuer.pk).update(time_zone="Pacific/Auckland")
    owner = owner_of(issuer)
    with clock.at(datetime(2026, 3, 31, 11, 30, tzinfo=UTC)):  # half past midnight on 1 April in Auckland
        attempt, assessor = taken_attempt(published_version(issuer))
        verbs.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")

    def found(since, until):
        return len(rows_of(exported(issuer, owner, since=since, until=until)))

    assert (found("2026-03-31", "2026-03-31"), found("2026-04-01", "2026-04-01")) == (0, 1)


def test_without_days_it_is_the_year_up_to_today():
    issuer, owner = issuer_with_owner()

    with clock.at(datetime(2026, 3, 31, 1, 0, tzinfo=UTC)):
        page = browser(owner).get(f"/organisations/{issuer.slug}/audit-trail/").context
        older = browser(owner).get(f"/organisations/{issuer.slug}/audit-trail/?until=2024-12-31").context

    days = [(one["asked"].since.isoformat(), one["asked"].until.isoformat()) for one in (page, older)]
    assert days == [("2025-03-31", "2026-03-31"), ("2024-01-01", "2024-12-31")]


@pytest.mark.parametrize(
    "days",
    [
        {"since": "yesterday"},
        {"until": "2026-02-30"},
        {"since": "2026-02-02", "until": "2026-02-01"},
        {"until": "0001-01-01", "since": "0001-01-02"},
    ],
)
def test_days_that_can_not_be_read_are_said_on_the_page(days):
    issuer, owner = issuer_with_owner()

    for address in ("audit-trail/", "audit-trail.zip"):
        answer = browser(owner).get(f"/organisations/{issuer.slug}/{address}", days)
        assert (answer.status_code, b"invalid-feedback" in answer.content) == (422, True)


@pytest.mark.parametrize("days", [{"until": "9999-12-31"}, {"since": "0001-01-01", "until": "0001-01-01"}])
def test_days_at_the_ends_of_time_are_days(days):
    decision = decided()
    issuer = decision.attempt.submission.achievement.issuer

    assert browser(owner_of(issuer)).get(f"/organisations/{issuer.slug}/audit-trail/", days).status_code == 200


def test_the_page_says_how_many_there_are_and_leads_to_them():
    decision = decided()
    issuer = decision.attempt.submission.achievement.issuer
    client = browser(owner_of(issuer))

    page = client.get(f"/organisations/{issuer.slug}/audit-trail/?since=2020-01-01&until=2090-01-01").content.decode()
    none = client.get(f"/organisations/{issuer.slug}/audit-trail/?until=2020-01-01").content.decode()

    there = f"/organisations/{issuer.slug}/audit-trail.zip?since=2020-01-01&amp;until=2090-01-01"
    assert ("1 decision</h2>" in page, there in page) == (True, True)
    assert ("Nothing was decided on these days." in none, "audit-trail.zip" in none) == (True, False)


def test_the_page_and_the_readme_say_that_the_proof_covers_only_what_is_there():
    decision = decided()
    issuer = decision.attempt.submission.achievement.issuer
    owner = owner_of(issuer)

    page = browser(owner).get(f"/organisations/{issuer.slug}/audit-trail/").content.decode()
    readme = exported(issuer, owner).read("README.txt").decode()

    assert "The proof covers what is in the file." in page
    assert "It doesn't prove that the file is complete." in readme


def test_a_program_gets_the_same_from_the_api():
    decision = decided()
    issuer = decision.attempt.submission.achievement.issuer
    owner, there = owner_of(issuer), f"/api/v1/issuers/{issuer.slug}/audit-trail.zip"
    client = program(owner, "awards:read", "reviews:read")

    answer = client.get(there)
    refused = client.get(there, {"since": "yesterday"})

    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "no-store")
    assert rows_of(archive) == rows_of(exported(issuer, owner))
    assert (refused.status_code, b"".join(client.head(there).streaming_content)) == (400, b"")
    assert [program(owner, scope).get(there).status_code for scope in ("awards:read", "reviews:read")] == [403, 403]
    assert program(decision.by, "awards:read", "reviews:read").get(there).status_code == 404


# --- who reads what -----------------------------------------------------------------------------------------------------
def test_it_is_for_who_runs_the_issuer_alone():
    decision = decided()
    submission = decision.attempt.submission
    issuer = submission.achievement.issuer
    others = (submission.learner, decision.by, seated("moderator", issuer), issuer_with_owner()[1], person())

    for address in ("audit-trail/", "audit-trail.zip"):
        there = f"/organisations/{issuer.slug}/{address}"
        assert [browser(one).get(there).status_code for one in others] == [404] * len(others)
        assert [browser(one).get(there).status_code for one in (owner_of(issuer), seated("manager", issuer))] == [
            200
        ] * 2
        assert browser().get(there).status_code == 302


def test_of_blind_work_nothing_in_it_says_whose_it_is(tmp_path):
    decision = decided(version=published_version(blind=True))
    submission = decision.attempt.submission
    issuer, learner = submission.achievement.issuer, submission.learner
    User.objects.filter(pk=learner.pk).update(name="Aroha Pickering")
    credential = Credential.objects.get(decision_id=decision.public_id)
    events.seal()

    archive = exported(issuer, owner_of(issuer))

    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    secrets = ("Aroha", learner.public_id, learner.email, credential.public_id)
    assert [one in everything for one in secrets] == [False] * 4
    (row,) = rows_of(archive)
    assert (row["learner"], row["credentials"], row["event"], row["withheld"], row["decided_by"]) == (
        f"Learner {submission.reference}",
        "",
        "",
        "learner",
        decision.by.name,
    )
    kept_back = lines_of(archive)  # all of it happened within a minute of the award
    assert [{name: line[name] for name in ("leaf", "withheld")} for line in kept_back] == [
        {"leaf": events.leaf(event), "withheld": "learner"} for event in told_of(submission)
    ]
    assert all(set(line) == {"leaf", "withheld", "block", "proof"} for line in kept_back)
    assert verified(written_to(tmp_path / "trail.zip", archive))[1] == 0


def test_of_blind_work_no_time_in_it_is_that_of_an_award():
    version = published_version(blind=True)
    issuer = version.achievement.issuer
    Issuer.objects.filter(pk=issuer.pk).update(time_zone="Pacific/Auckland")
    attempt, assessor = taken_attempt(version)
    taken = Event.objects.get(kind="assignment.taken")
    with clock.at(taken.happened_at + timedelta(hours=1)) as later:
        decision = verbs.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")

        # The day may be another there within that hour.
        archive = exported(issuer, owner_of(issuer))

    (row,), day = rows_of(archive), later.astimezone(clock.zone("Pacific/Auckland")).date().isoformat()
    assert Credential.objects.get(decision_id=decision.public_id).awarded_at == later
    assert (row["decided_at"], row["released_at"]) == (day, day)
    told = [(line["kind"], line["happened_at"]) for line in lines_of(archive) if "withheld" not in line]
    assert [kind for kind, _at in told] == ["turn.opened", "assignment.taken"]
    assert later.isoformat() not in archive.read("events.jsonl").decode()


def test_of_blind_work_the_rows_of_a_day_are_in_no_order_of_time():
    version = published_version(blind=True)
    issuer = version.achievement.issuer
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for moment in (*(noon + timedelta(minutes=n) for n in range(5)), noon - timedelta(days=1)):
        with clock.at(moment):
            attempt, assessor = taken_attempt(version)
            verbs.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")

    found = rows_of(exported(issuer, owner_of(issuer), since="2026-03-01", until="2026-03-04"))

    before, *later = Decision.objects.order_by("decided_at")
    assert [row["decision"] for row in found] == [before.public_id, *sorted(one.public_id for one in later)]


def test_of_blind_work_it_has_no_digest_to_try_names_by():
    version = published_version(blind=True)
    decision = decided(version=version, short=True)
    submission = decision.attempt.submission
    issuer = submission.achievement.issuer
    submissions.write_message(submission, by=decision.by, text="Well begun, Aroha.")

    found = lines_of(exported(issuer, owner_of(issuer)))

    told = [line["kind"] for line in found if "withheld" not in line]
    assert told == ["turn.opened", "assignment.taken", "marking.sent", "decision.released"]
    tried = [events.digest(text) for text in (decision.note, "Well begun, Aroha.")]
    tried += [one.manifest_sha256 for one in submission.attempts.all()]
    assert [one for one in tried if one in json.dumps(found)] == []


def test_what_is_judged_again_is_kept_back_until_it_is_decided():
    appeal = appealed()
    submission = appeal.decision.attempt.submission
    issuer = submission.achievement.issuer

    archive = exported(issuer, owner_of(issuer))

    (row,) = rows_of(archive)
    assert (row["outcome"], row["decided_by"], row["event"], row["withheld"]) == ("", "", "", "judging")
    assert {line["withheld"] for line in lines_of(archive)} == {"judging"}


def test_what_two_mark_apart_is_kept_back_of_a_later_attempt_and_not_what_was_decided_before():
    version = published_version(policy="double_blind")
    first = marked_apart(version, agreed=True)
    assert first.decisions.count() == 1
    issuer = version.achievement.issuer
    learner = first.submission.learner
    second = submissions.try_again(first.submission, by=learner)
    submissions.save_draft(
        second, by=learner, edition=0, overview="What I did.", what_changed="The edge.", declared_own=True
    )
    submissions.submit(second, by=learner)
    verbs.take(waiting(second), by=assessor_of(version.achievement))

    archive = exported(issuer, owner_of(issuer))

    assert [(row["outcome"], row["withheld"]) for row in rows_of(archive)] == [("not_yet", "")]
    assert {line["withheld"] for line in lines_of(archive)} == {"judging"}


def test_what_a_conflict_is_only_a_lead_reads():
    attempt, assessor = taken_attempt()
    verbs.recuse(attempt, by=assessor, kind="taught")
    issuer = attempt.submission.achievement.issuer
    other = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=other)
    verbs.decide(attempt, by=other, marks=marks_for(attempt), answers=ALL_GOOD, note="")
    owner = owner_of(issuer)

    def conflicts(reader):
        lines = lines_of(exported(issuer, reader))
        return [line for line in lines if line.get("kind") == "conflict.declared"], [
            line["withheld"] for line in lines if "withheld" in line
        ]

    assert conflicts(owner) == ([], ["conflict"])
    issuers.seat(owner, issuer, "moderator", by=owner)
    told, withheld = conflicts(owner)
    assert ([one["data"]["conflict_kind"] for one in told], withheld) == (["taught"], [])


def test_the_work_of_whoever_reads_is_not_in_it():
    decision = decided()
    issuer = decision.attempt.submission.achievement.issuer
    mine = second_attempt(published_version(issuer), learner=owner_of(issuer))
    assert mine.submission.learner == owner_of(issuer)

    archive = exported(issuer, owner_of(issuer))

    reference = decision.attempt.submission.public_id
    assert [row["submission"] for row in rows_of(archive)] == [reference]
    assert {line["subject_id"] for line in lines_of(archive)} == {reference}


def test_a_name_that_looks_like_a_formula_is_text_to_a_spreadsheet():
    decision = decided()
    issuer = decision.attempt.submission.achievement.issuer
    User.objects.filter(pk=decision.by_id).update(name="=1+1")

    assert rows_of(exported(issuer, owner_of(issuer)))[0]["decided_by"] == "'=1+1"


# --- that it holds ------------------------------------------------------------------------------------------------------
@pytest.fixture
def archive():
    """Two blocks that seal its events, one between them and one after, and one event that is in none."""
    decision = decided(short=True)
    submission = decision.attempt.submission
    issuer = submission.achievement.issuer
    events.seal()
    decided()
    events.seal()
    verbs.lodge_appeal(submission, by=submission.learner, ground="evidence", grounds="The picture shows it.")
    events.seal()
    verbs.withdraw_appeal(decision.appeal, by=submission.learner)
    return exported(issuer, owner_of(issuer))


def test_what_was_exported_holds(archive, tmp_path):
    lines, said = lines_of(archive), blocks_of(archive)
    newest = said["blocks"][-1]

    assert verified(written_to(tmp_path / "trail.zip", archive)) == (
        [
            f"{len(lines) - 1} events hold in a chain of {len(said['blocks'])} blocks; 1 were not sealed yet.",
            f"The newest is block {newest['number']}, {newest['hash']}.",
        ],
        0,
    )


def test_the_program_in_its_readme_says_the_same(archive, tmp_path):
    readme = archive.read("README.txt").decode()
    program = readme[readme.index("import hashlib") :]
    assert program == audit.PROGRAM
    whole = written_to(tmp_path / "whole.zip", archive)
    changed = written_to(
        tmp_path / "changed.zip", archive, events=archive.read("events.jsonl").replace(b'"not_yet"', b'"meets"', 1)
    )

    codes = [
        subprocess.run([sys.executable, "-c", program, str(path)], check=False, capture_output=True).returncode
        for path in (whole, changed)
    ]

    assert codes == [0, 1]


def test_one_byte_of_an_event_breaks_it(archive, tmp_path):
    lines = lines_of(archive)
    decided_in = next(line for line in lines if line["kind"] == "decision.made")
    text = archive.read("events.jsonl").decode()
    happened = decided_in["happened_at"]
    digit = "1" if happened[3] != "1" else "2"
    changed = text.replace(f'"happened_at": "{happened}', f'"happened_at": "{happened[:3]}{digit}{happened[4:]}', 1)
    first = next(line for line in lines if line["happened_at"] == happened)

    assert verified(written_to(tmp_path / "trail.zip", archive, events=changed)) == (
        [f"The audit trail is broken: event {first['id']} is not as it was sealed in block {first['block']}."],
        1,
    )


def test_one_byte_of_the_file_itself_breaks_it(archive, tmp_path):
    path = written_to(tmp_path / "trail.zip", archive)
    path.write_bytes(path.read_bytes().replace(b"decision.made", b"decision.mode", 1))

    said, status = verified(path)
    assert (said[0].split(" ")[:5], status) == (["The", "audit", "trail", "is", "broken:"], 1)


def test_every_field_of_every_event_is_under_the_seal(archive, tmp_path):
    for name in trail.FIELDS:
        lines = lines_of(archive)
        lines[0][name] = {"more": 1} if name == "data" else f"{lines[0][name]}0"
        changed = "\n".join(map(json.dumps, lines))
        assert verified(written_to(tmp_path / "trail.zip", archive, events=changed))[1] == 1


@pytest.mark.parametrize("place", [0, 1, -1])
def test_a_block_that_is_missing_breaks_it(archive, tmp_path, place):
    said = blocks_of(archive)
    gone = said["blocks"].pop(place)["number"]
    first = lines_of(archive)[0]["id"]

    words = f"block {gone} is missing" + (f", in which event {first} is sealed" if place == 0 else "")

    assert verified(written_to(tmp_path / "trail.zip", archive, blocks=json.dumps(said))) == (
        [f"The audit trail is broken: {words}."],
        1,
    )


@pytest.mark.parametrize("name", ["events", "merkle_root", "sealed_at", "hash"])
def test_a_block_that_was_changed_breaks_it(archive, tmp_path, name):
    said = blocks_of(archive)
    block = said["blocks"][1]
    block[name] = 7_000 if name == "events" else f"{block[name]}0"

    assert verified(written_to(tmp_path / "trail.zip", archive, blocks=json.dumps(said))) == (
        [f"The audit trail is broken: block {block['number']} was changed."],
        1,
    )


def test_a_block_that_was_made_again_does_not_fit_the_next(archive, tmp_path):
    said = blocks_of(archive)
    block = said["blocks"][1]
    block["events"] += 1
    names = ("number", "events", "merkle_root", "previous_hash", "sealed_at")
    block["hash"] = events.hash_of([block[name] for name in names])

    assert verified(written_to(tmp_path / "trail.zip", archive, blocks=json.dumps(said))) == (
        [f"The audit trail is broken: block {block['number'] + 1} does not follow the block before it."],
        1,
    )


def test_two_proofs_that_were_swapped_break_it(archive, tmp_path):
    lines = lines_of(archive)
    lines[0]["proof"], lines[1]["proof"] = lines[1]["proof"], lines[0]["proof"]
    changed = "\n".join(map(json.dumps, lines))

    assert verified(written_to(tmp_path / "trail.zip", archive, events=changed)) == (
        [f"The audit trail is broken: event {lines[0]['id']} is not as it was sealed in block {lines[0]['block']}."],
        1,
    )


def test_a_sealed_event_without_its_proof_breaks_it(archive, tmp_path):
    lines = lines_of(archive)
    lines[0]["proof"] = None
    changed = "\n".join(map(json.dumps, lines))

    words = f"event {lines[0]['id']} has no proof that it is in block {lines[0]['block']}"
    assert verified(written_to(tmp_path / "trail.zip", archive, events=changed)) == (
        [f"The audit trail is broken: {words}."],
        1,
    )


def ran(program, path):
    """Its exit status, and what it prints."""
    done = subprocess.run([sys.executable, "-c", program, str(path)], check=False, capture_output=True, text=True)
    return done.returncode, done.stdout


def test_an_event_that_was_written_in_afterwards_does_not_pass_as_not_sealed_yet(archive, tmp_path):
    newest = datetime.fromisoformat(blocks_of(archive)["blocks"][-1]["sealed_at"])
    lines = lines_of(archive)

    def with_one_recorded(moment, name):
        forged = lines[0] | {"id": "forged", "recorded_at": moment.isoformat(), "block": None, "proof": None}
        changed = "\n".join(map(json.dumps, [*lines, forged]))
        path = written_to(tmp_path / name, archive, events=changed)
        return verified(path), ran(audit.PROGRAM, path)

    (said, status), program = with_one_recorded(newest - timedelta(minutes=16), "late.zip")
    words = "event forged is in no block, although it says that it was recorded before the newest was sealed"
    assert (said, status, program) == ([f"The audit trail is broken: {words}."], 1, (1, ""))
    (said, status), program = with_one_recorded(newest - timedelta(minutes=14), "in_time.zip")
    assert (said[0].endswith("; 2 were not sealed yet."), status) == (True, 0)
    assert program == (0, "2 events were not sealed yet\n")


def test_an_export_of_which_nothing_is_sealed_yet_has_the_newest_block():
    newest = decided() and events.seal()
    issuer = decided().attempt.submission.achievement.issuer

    said = blocks_of(exported(issuer, owner_of(issuer)))

    assert ([one["number"] for one in said["blocks"]], said["newest"]) == ([newest.number], newest.number)


@pytest.mark.parametrize("changed", ["[1]", "{", '"words"', '{"block": 1}', '{"leaf": "no", "block": 1, "proof": []}'])
def test_a_line_that_is_no_event_is_named(archive, tmp_path, changed):
    assert verified(written_to(tmp_path / "trail.zip", archive, events=changed)) == (
        ["The audit trail is broken: line 1 of events.jsonl can't be read."],
        1,
    )


@pytest.mark.parametrize("changed", ["[1]", "{", '"words"', '{"format": "later"}', '{"blocks": []}'])
def test_blocks_that_can_not_be_read_break_it(archive, tmp_path, changed):
    said, status = verified(written_to(tmp_path / "trail.zip", archive, blocks=changed))

    assert (len(said), said[0].startswith("The audit trail is broken: "), status) == (1, True, 1)


def test_a_file_that_is_no_audit_trail_breaks_it(tmp_path):
    words = tmp_path / "words.zip"
    words.write_text("No ZIP.")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("README.txt", "Something else.")

    for path in (words, tmp_path / "other.zip", tmp_path / "nowhere.zip"):
        said, status = verified(path)
        assert (said[0].startswith("The audit trail is broken: "), status) == (True, 1)


def _packed(path, archive, *, compression):
    """The same archive compressed, and where the data and both headers of its events are."""
    with zipfile.ZipFile(path, "w", compression) as copy:
        for name in archive.namelist():
            copy.writestr(name, archive.read(name))
    header = copy.getinfo("events.jsonl").header_offset
    name = b"events.jsonl"
    return bytearray(path.read_bytes()), header + 30 + len(name), header, path.read_bytes().rindex(name) - 46


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_archive_is_told_of_in_words(archive, tmp_path, compression):
    path = tmp_path / "trail.zip"
    content, start, _header, _listed = _packed(path, archive, compression=compression)
    content[start + 4 : start + 24] = b"\xff" * 20
    path.write_bytes(content)

    said, status = verified(path)

    assert (said[0].startswith("The audit trail is broken: the file can't be read ("), status) == (True, 1)


@pytest.mark.parametrize(("place", "value"), [(6, 1), (8, 99)], ids=["encrypted", "packed in an unknown way"])
def test_an_archive_that_can_not_be_opened_is_told_of_in_words(archive, tmp_path, place, value):
    path = tmp_path / "trail.zip"
    content, _start, header, listed = _packed(path, archive, compression=zipfile.ZIP_STORED)
    content[header + place] = content[listed + place + 2] = value
    path.write_bytes(content)

    said, status = verified(path)

    assert (said[0].startswith("The audit trail is broken: the file can't be read ("), status) == (True, 1)


# --- that there may be many ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 3])
def test_it_asks_as_often_for_many_decisions_as_for_few(rows):
    issuer, owner = issuer_with_owner()
    for _number in range(rows):
        decided(version=published_version(issuer))
        events.seal()

    with CaptureQueriesContext(connection) as asked:
        b"".join(audit.archive(asked_of(issuer, owner)))

    assert len(asked) == 11


def test_blocks_are_read_by_the_chunk_and_nothing_gets_lost_between_two(monkeypatch):
    issuer, owner = issuer_with_owner()
    for _number in range(3):
        decided(version=published_version(issuer))
        events.seal()
    asked = asked_of(issuer, owner)
    whole = [(one.event.pk, one.block, one.proof) for one in queries.Trail(asked).events()]
    whole_rows = [one.decision.pk for one in queries.rows_in(asked)]

    monkeypatch.setattr("apps.reviews.queries.audit.MOST_EVENTS", 1)
    monkeypatch.setattr("apps.reviews.queries.audit.AT_ONCE", 1)

    assert [(one.event.pk, one.block, one.proof) for one in queries.Trail(asked).events()] == whole
    assert [one.decision.pk for one in queries.rows_in(asked)] == whole_rows
