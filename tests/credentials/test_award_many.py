import hashlib
import json
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.backpacks.models import BackpackItem
from apps.core import clock, outbox
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.credentials import baking, queries, verbs, verifier
from apps.credentials.models import Bake, BulkAward, BulkRow, Credential, StatusEntry, StatusList
from apps.credentials.snapshots import AwardSnapshot
from apps.notices.models import Letter, Notice
from tests.factories import owner_of, person, published_version, seated

pytestmark = pytest.mark.django_db


def table_of(version, *people, **words):
    """A checked table, of rows {address, name, …}."""
    bulk = BulkAward.objects.create(
        issuer=version.achievement.issuer,
        version=version,
        by=owner_of(version.achievement.issuer),
        why="The course of May",
        file_name="may.csv",
        state="checked",
        made_at=clock.now(),
    )
    for number, one in enumerate(people, start=2):
        row = {"address": one, "name": ""} if isinstance(one, str) else one
        BulkRow.objects.create(bulk=bulk, number=number, state="ready", **row, **words)
    return bulk


def states(bulk):
    return list(bulk.rows.order_by("number").values_list("address", "state", "problem"))


def awarded(*people, version=None, **words):
    version = version or published_version()
    bulk = table_of(version, *people, **words)
    verbs.award_bulk(bulk, by=bulk.by)
    outbox.drain()
    bulk.refresh_from_db()
    return bulk


def test_everybody_in_a_table_is_awarded_and_each_holds_what_a_single_award_gives():
    known = person("Ahi Kahurangi")
    bulk = awarded(known.email, {"address": "new@school.example", "name": "Rua Test"})

    assert (bulk.state, states(bulk)) == (
        "done",
        [(known.email, "awarded", ""), ("new@school.example", "awarded", "")],
    )
    credentials = list(Credential.objects.order_by("pk").select_related("earner", "version"))
    assert [(one.earner.email, one.sent_to, one.sent_name, one.state, one.basis, one.why) for one in credentials] == [
        (known.email, known.email, "", "offered", "direct", "The course of May"),
        ("new@school.example", "new@school.example", "Rua Test", "offered", "direct", "The course of May"),
    ]
    for credential in credentials:
        forms = {form.format: form for form in credential.forms.all()}
        assert len(forms) == 5
        for bake in Bake.objects.filter(form__credential=credential).select_related("form"):
            picture = queries.baked(bake.picture, bake.form, credential.version)
            assert (hashlib.sha256(picture).hexdigest(), len(picture)) == (bake.sha256, bake.size)
            assert baking.read(picture).text == bake.form.text
        assert all(hashlib.sha256(form.text.encode()).hexdigest() == form.sha256 for form in forms.values())
        frozen = AwardSnapshot.from_json(credential.snapshot).to_json()
        assert json.loads(json.dumps(frozen)) == credential.snapshot
        assert verifier.check(queries.signed_form(credential).text).valid
        assert BackpackItem.objects.get(credential=credential).person == credential.earner
        assert credential.claim_link.address == credential.earner.email
    assert dict(Letter.objects.filter(kind="award").values_list("to", "state")) == {
        known.email: "sent",
        "new@school.example": "sent",
    }
    sent = {one.to[0]: one.attachments[0].get_payload(decode=True) for one in mail.outbox if one.attachments}
    assert sent == {one.earner.email: queries.baked_png(one.pk) for one in credentials}


def test_each_of_many_leaves_one_event_of_its_award_and_the_trail_holds():
    bulk = awarded("one@school.example", "two@school.example")

    kinds = Event.objects.filter(subject_type="credentials.credential").exclude(kind="credential.signed")
    assert list(kinds.values_list("kind", "actor_id")) == [("credential.awarded", bulk.by.public_id)] * 2
    for event in kinds:
        credential = Credential.objects.get(public_id=event.subject_id)
        form = queries.signed_form(credential)
        assert event.data == {
            "version": 1,
            "basis": "direct",
            "decision": "",
            "renews": "",
            "supersedes": "",
            "why": hashlib.sha256(b"The course of May").hexdigest(),
            "bulk": bulk.public_id,
            "key": form.key.public_id,
            "sha256": form.sha256,
            "baked": form.bakes.get(picture="png").sha256,
        }


def test_what_the_issuer_says_of_one_is_signed_in_that_one_alone():
    until = clock.now().replace(microsecond=0) + timedelta(days=30)
    awarded(
        {
            "address": "one@school.example",
            "narrative": "Led the shed.",
            "evidence": ["https://shed.example/one", "https://shed.example/two"],
            "valid_until": until,
        },
        "two@school.example",
    )

    one, two = (AwardSnapshot.from_json(each.snapshot) for each in Credential.objects.order_by("pk"))
    direct = "Awarded directly by the issuer: no work was assessed here."
    assert (one.narrative, two.narrative) == (f"{direct} Led the shed.", direct)
    assert [(each.id, each.name) for each in one.evidence] == [
        ("https://shed.example/one", "Evidence 1"),
        ("https://shed.example/two", "Evidence 2"),
    ]
    assert (one.valid_until, two.valid_until, two.evidence) == (until, None, ())


def test_who_may_not_be_awarded_is_told_of_and_holds_up_nobody():
    version = published_version()
    issuer = version.achievement.issuer
    holder, awarding = person(), owner_of(issuer)
    verbs.award_directly(version, by=awarding, address=holder.email, name="", why="Before")
    bulk = awarded(holder.email, awarding.email, "new@school.example", version=version)

    assert states(bulk) == [
        (holder.email, "failed", "held"),
        (awarding.email, "failed", "yourself"),
        ("new@school.example", "awarded", ""),
    ]
    assert bulk.state == "done"


def test_whoever_awarded_a_table_is_told_once_when_it_is_done():
    version = published_version()
    holder = person()
    verbs.award_directly(version, by=owner_of(version.achievement.issuer), address=holder.email, name="", why="Before")
    bulk = awarded(holder.email, "new@school.example", version=version)
    (job,) = Job.objects.filter(function="apps.credentials.tasks.award_rows")
    verbs.award_rows(**job.arguments)
    outbox.drain()

    (notice,) = Notice.objects.filter(kind="bulk_done").select_related("letter")
    assert (notice.person, notice.address, notice.facts) == (
        bulk.by,
        bulk.get_absolute_url(),
        {"badge": version.name, "issuer": version.achievement.issuer.name, "awarded": 1, "failed": 1},
    )
    assert notice.letter.text.splitlines()[2] == (
        f"{version.achievement.issuer.name}: 1 award was made. 1 row could not be awarded."
    )


def test_one_that_has_run_out_is_renewed():
    version = published_version()
    holder = person()
    with clock.at(clock.now() - timedelta(days=400)):
        old = awarded({"address": holder.email, "valid_until": clock.now() + timedelta(days=365)}, version=version)
    awarded(holder.email, version=version)

    before, after = Credential.objects.order_by("pk")
    assert (before.bulk_row.bulk, after.renews, before.renewed_at) == (old, before, after.awarded_at)


def test_a_row_that_cannot_be_signed_stands_alone_in_its_failure():
    people = [f"p{number}@school.example" for number in range(5)]
    version = published_version()
    bulk = table_of(version, *people)
    bulk.rows.filter(address=people[3]).update(narrative="A bell \x07 in it")
    verbs.award_bulk(bulk, by=bulk.by)
    outbox.drain()

    assert states(bulk) == [(one, "failed", "unsigned") if one == people[3] else (one, "awarded", "") for one in people]
    assert StatusEntry.objects.count() == Credential.objects.count() == 4


def test_jobs_of_a_table_that_come_again_repeat_nothing():
    bulk = awarded(*[f"p{number}@school.example" for number in range(3)])
    before = Credential.objects.count(), Letter.objects.count(), Event.objects.count(), BackpackItem.objects.count()
    for job in Job.objects.order_by("?"):
        outbox.target(job.function)(**job.arguments)
    outbox.drain()

    after = Credential.objects.count(), Letter.objects.count(), Event.objects.count(), BackpackItem.objects.count()
    assert after == before
    assert BulkAward.objects.get(pk=bulk.pk).state == "done"


@pytest.mark.parametrize("many", [10, 40])
def test_a_table_asks_as_often_whatever_its_size(many):
    version = published_version()
    bulk = table_of(version, *[f"p{number}@school.example" for number in range(many)])
    verbs.award_bulk(bulk, by=bulk.by)
    job = Job.objects.get(function="apps.credentials.tasks.award_rows")
    with CaptureQueriesContext(connection) as asked:
        verbs.award_rows(**job.arguments)

    # Of the first of all: the address of the house is written down. Of the first of an issuer: the pair of lists, and its
    # key. Of the last of a table: its turn, and who awarded it is told.
    assert (len(asked), Credential.objects.count()) == (86, many)


def test_within_the_hour_all_of_a_table_is_taken_back_with_a_reason():
    version = published_version()
    bulk = awarded("one@school.example", "two@school.example", version=version)
    (revocation, _suspension) = StatusList.objects.order_by("number")
    changes = revocation.changes
    verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="The wrong course")
    outbox.drain()

    bulk.refresh_from_db()
    revocation.refresh_from_db()
    assert (bulk.state, states(bulk)) == (
        "undone",
        [("one@school.example", "undone", ""), ("two@school.example", "undone", "")],
    )
    assert set(Credential.objects.values_list("status", "status_reason", "status_note")) == {
        ("revoked", "mistake", "The wrong course")
    }
    assert (revocation.changes, revocation.published) == (changes + 1, changes + 1)
    assert Event.objects.filter(kind="credential.revoked").count() == 2
    assert Letter.objects.filter(kind="standing", state="sent").count() == 2


def test_who_lost_a_renewal_by_an_undone_table_holds_what_they_held():
    version = published_version()
    holder = person()
    with clock.at(clock.now() - timedelta(days=400)):
        awarded({"address": holder.email, "valid_until": clock.now() + timedelta(days=365)}, version=version)
    bulk = awarded(holder.email, version=version)
    verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="")
    outbox.drain()

    before, after = Credential.objects.order_by("pk")
    assert (before.renewed_at, before.status, after.status) == (None, "valid", "revoked")


def test_what_was_corrected_within_the_hour_is_taken_back_with_the_others():
    bulk = awarded("wrong@school.example", "two@school.example", "three@school.example")
    first, second, third = (row.credential for row in bulk.rows.order_by("number"))
    moved = verbs.correct(first, by=bulk.by, address="right@school.example", name="Rua")
    again = verbs.correct(moved, by=bulk.by, address="right.again@school.example", name="Rua")
    anew = verbs.reissue(second, by=bulk.by)
    verbs.revoke(third, by=bulk.by, reason="other", note="Alone")
    verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="The wrong course")
    outbox.drain()

    standing = dict(Credential.objects.values_list("pk", "status"))
    assert standing == {
        **dict.fromkeys((first.pk, second.pk, moved.pk), "superseded"),
        **dict.fromkeys((third.pk, again.pk, anew.pk), "revoked"),
    }
    assert [state for _address, state, _problem in states(bulk)] == ["undone"] * 3
    bulk.refresh_from_db()
    assert bulk.state == "undone"
    assert set(Credential.objects.filter(pk__in=(again.pk, anew.pk)).values_list("status_note", flat=True)) == {
        "The wrong course"
    }


def test_what_was_renewed_and_signed_anew_since_is_held_again_and_what_went_to_another_stays_put_right():
    version = published_version()
    holder, other = person(), person()
    with clock.at(clock.now() - timedelta(days=400)):
        until = clock.now() + timedelta(days=365)
        awarded(*({"address": one.email, "valid_until": until} for one in (holder, other)), version=version)
    bulk = awarded(holder.email, other.email, version=version)
    first, second = Credential.objects.filter(bulk_row__bulk__state="done").order_by("pk")[:2]
    renewed, moved = (row.credential for row in bulk.rows.order_by("number"))
    verbs.reissue(renewed, by=bulk.by)
    verbs.correct(moved, by=bulk.by, address="new@school.example", name="Rua")
    verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="")
    outbox.drain()

    assert [
        (one.earner, one.status) for one in Credential.objects.filter(renewed_at=None, status="valid").order_by("pk")
    ] == [(holder, "valid"), (other, "valid")]
    assert set(Credential.objects.filter(renewed_at=None, status="valid")) == {first, second}
    undone = Event.objects.filter(kind="credential.renewal_undone").values_list("subject_id", flat=True)
    assert sorted(undone) == sorted([first.public_id, second.public_id])


def test_after_the_hour_and_by_others_nothing_is_taken_back():
    bulk = awarded("one@school.example")
    assessor = seated("assessor", bulk.issuer)
    with pytest.raises(PermissionDenied):
        verbs.undo_bulk(bulk, by=assessor, reason="mistake", note="")
    with clock.at(clock.now() + timedelta(hours=1)), pytest.raises(Refused):
        verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="")
    with clock.at(clock.now() + timedelta(minutes=59)):
        verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="")

    assert BulkAward.objects.get(pk=bulk.pk).state == "undoing"


def test_only_who_runs_the_issuer_awards_a_table():
    version = published_version()
    bulk = table_of(version, "one@school.example")
    for role in ("assessor", "designer", "moderator", "viewer"):
        with pytest.raises(PermissionDenied):
            verbs.award_bulk(bulk, by=seated(role, bulk.issuer))
    assert Job.objects.filter(function="apps.credentials.tasks.award_rows").count() == 0
    manager = seated("manager", bulk.issuer)
    verbs.award_bulk(bulk, by=manager)

    assert BulkAward.objects.get(pk=bulk.pk).by == manager


def test_a_table_that_is_taken_back_while_it_is_awarded_awards_no_more():
    version = published_version()
    bulk = table_of(version, "one@school.example", "two@school.example")
    verbs.award_bulk(bulk, by=bulk.by)
    verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="")
    outbox.drain()

    bulk.refresh_from_db()
    assert (bulk.state, Credential.objects.count()) == ("undone", 0)
    assert states(bulk) == [("one@school.example", "ready", ""), ("two@school.example", "ready", "")]
