"""What others issued and people keep here: as it was given, looked at again, replaced by a newer one, given up."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from apps.backpacks import verbs as backpacks
from apps.core import client, clock, outbox
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.credentials import baking, queries, reports, verbs, verifier
from apps.credentials.models import ForeignCheck, ForeignCredential
from apps.credentials.verbs import keeping
from config.schedule import SCHEDULE
from tests.credentials import test_older
from tests.credentials.abroad import BORN, abroad
from tests.credentials.hostile.network import Network
from tests.credentials.test_baking import picture
from tests.factories import awarded_credential, browser, forgotten, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon():
    with clock.at(NOW):
        yield


@pytest.fixture
def someone():
    return person()


def kept_by(person):
    return [(one.credential_id, one.state, one.verdict) for one in person.foreign_credentials.order_by("pk")]


def events(foreign):
    return list(Event.objects.filter(subject_id=foreign.public_id).order_by("pk").values_list("kind", "actor_id"))


def test_it_is_kept_as_it_was_given_with_what_the_check_found(settings, someone):
    with abroad(settings) as there:
        data = baking.bake_png(picture(), there.badge(someone.email, until=NOW + timedelta(days=90)).decode())
        kept = verbs.keep_foreign(data, by=someone)

    with default_storage.open(kept.file, "rb") as file:
        assert file.read() == data
    kept.refresh_from_db()
    assert kept.sha256 == hashlib.sha256(data).hexdigest()
    assert (kept.size, kept.is_picture, kept.kind) == (len(data), True, "Open Badges 3.0")
    assert kept.text.encode() == there.badge(someone.email, until=NOW + timedelta(days=90))
    assert (kept.issuer_id, kept.issuer_name, kept.credential_id) == (there.issuer, "Elsewhere", "http://localhost/c/1")
    assert (kept.achievement_name, kept.valid_from) == ("Shear a full-wool ewe — كامل — 羊毛 — 😀", BORN)
    assert (kept.verdict, kept.why, kept.proved_address) == ("valid", "", someone.email)
    assert (kept.kept_at, kept.checked_at, kept.report["valid"]) == (NOW, NOW, True)
    assert NOW + timedelta(days=6) < kept.next_check_at <= NOW + timedelta(days=7)
    assert list(kept.checks.values_list("verdict", "why", "checked_at", "report")) == [("valid", "", NOW, kept.report)]
    assert events(kept) == [("foreign_credential.kept", someone.public_id), ("foreign_credential.checked", "")]
    said = str(list(Event.objects.filter(subject_id=kept.public_id).values_list("data", flat=True)))
    assert not any(words in said for words in ("Elsewhere", "Shear", someone.email, there.issuer))


def test_what_has_run_out_since_it_was_looked_at_reads_so_without_another_look(settings, someone):
    with abroad(settings) as there:
        kept = verbs.keep_foreign(there.badge(someone.email, until=NOW + timedelta(days=1)), by=someone)

    found = []
    for later in (timedelta(hours=23), timedelta(days=1)):
        with clock.at(NOW + later):
            report = reports.read(kept.report)
        (time,) = (check for check in report.checks if check.name == "in_time")
        found.append((report.verdict, report.valid, str(time.plain), time.remedy != "", report.checks.index(time)))
    assert found == [
        ("good", True, "It has not run out.", False, found[0][4]),
        ("run_out", False, "It has run out.", True, found[0][4]),
    ]
    with clock.at(NOW + timedelta(days=1)):
        item = backpacks.file_foreign(kept)
        page = browser(someone).get(item.get_absolute_url()).content.decode()
    assert ("It has run out." in page, "It has not run out." in page) == (True, False)


def test_given_twice_it_is_kept_once(settings, someone):
    with abroad(settings) as there:
        first = verbs.keep_foreign(there.badge(), by=someone)
        again = verbs.keep_foreign(there.badge(), by=someone)
        other = verbs.keep_foreign(there.badge(), by=person())

    assert again == first
    assert other.file == first.file
    assert (ForeignCredential.objects.count(), len(events(first))) == (2, 2)


def test_the_same_bytes_are_kept_once_although_their_issuer_was_silent_the_first_time(settings, someone):
    """Open Badges 2.0: who issued it stands in documents that only its server gives."""
    data = json.dumps(test_older.HOSTED).encode()
    settings.FETCH_ALLOW = []
    with pytest.MonkeyPatch.context() as patch:
        for world in ({}, test_older.WORLD):
            network = Network(world)
            patch.setattr(client, "Network", lambda network=network: network.seam)
            kept = verbs.keep_foreign(data, by=someone)

    assert someone.foreign_credentials.count() == 1
    assert kept.verdict == "undecided"


def test_whose_it_is_counts_any_address_that_was_proved_and_no_other(settings, someone):
    others = [f"{number}@people.example" for number in range(2, 11)]
    EmailAddress.objects.bulk_create(EmailAddress(user=someone, email=one, verified=True) for one in others)
    EmailAddress.objects.create(user=someone, email="waiting@people.example", verified=False)
    with abroad(settings, answers=80) as there:
        proved = {
            address: verbs.keep_foreign(there.badge(address, number=number), by=someone)
            for number, address in enumerate(
                (someone.email, others[-1], "waiting@people.example", "nobody@people.example")
            )
        }

    assert [one.proved_address for one in proved.values()] == [someone.email, others[-1], "", ""]
    assert {one.verdict for one in proved.values()} == {"valid"}
    assert [check["name"] for check in proved["nobody@people.example"].report["checks"]].count("recipient") == 0


def test_somebody_without_a_proved_address_keeps_what_proves_nothing(settings, someone):
    EmailAddress.objects.filter(user=someone).update(verified=False)
    with abroad(settings) as there:
        kept = verbs.keep_foreign(there.badge(someone.email), by=someone)

    assert (kept.verdict, kept.proved_address) == ("valid", "")


def changed(data):
    return data.replace(b"Elsewhere", b"Elsewhare")


def test_what_is_not_valid_is_refused_in_the_words_of_the_check_that_failed(settings, someone):
    with abroad(settings) as there:
        old = there.badge(until=NOW - timedelta(days=1))
        for data, words in (
            (changed(there.badge()), "It was changed after it was signed, or the signature is not genuine."),
            (changed(old), "It was changed after it was signed, or the signature is not genuine."),
            (there.badge(since=NOW + timedelta(days=1)), "It is not valid yet."),
            (b"x", "That is not a credential: it should be a badge picture, or JSON that begins with {."),
            (b"", "That is empty."),
        ):
            with pytest.raises(Refused) as refused:
                verbs.keep_foreign(data, by=someone)
            assert str(refused.value) == words

    assert (ForeignCredential.objects.count(), ForeignCheck.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("purpose", "until", "why"),
    [
        ("revocation", None, "revoked"),
        ("suspension", None, "suspended"),
        ("revocation", NOW - timedelta(days=1), "revoked"),
        ("", NOW - timedelta(days=1), "expired"),
    ],
)
def test_what_is_genuine_and_counts_no_more_is_kept_as_that(settings, someone, purpose, until, why):
    with abroad(settings) as there:
        data = there.badge(someone.email, until=until, **(there.place(7, purpose) if purpose else {}))
        if purpose:
            there.ended[purpose].add(7)
        kept = verbs.keep_foreign(data, by=someone)

    assert (kept.state, kept.verdict, kept.why, kept.proved_address) == ("kept", "invalid", why, someone.email)
    assert kept.next_check_at > NOW + timedelta(days=26)
    assert list(kept.checks.values_list("verdict", "why")) == [("invalid", why)]


def test_what_ran_out_and_is_not_shown_to_be_genuine_is_kept_only_where_it_was_kept_before(settings, someone):
    with abroad(settings, answers=0) as there:
        data = there.badge(until=NOW - timedelta(days=1))
        with pytest.raises(Refused, match="It has run out"):
            verbs.keep_foreign(data, by=someone)
        with pytest.raises(Refused, match="changed after it was signed"):
            verbs.keep_foreign(changed(data), by=someone, carried=True)
        kept = verbs.keep_foreign(data, by=someone, carried=True)

    assert (kept.verdict, kept.why, kept.report["verdict"]) == ("invalid", "expired", "run_out")


def test_two_who_keep_the_same_bytes_leave_one_after_the_other_and_they_are_gone(settings, someone):
    with abroad(settings) as there:
        keepers = [someone, person()]
        name, _same = (verbs.keep_foreign(there.badge(someone.email), by=one).file for one in keepers)

    there = []
    for one in keepers:
        forgotten(one)
        outbox.drain()
        there.append(default_storage.exists(name))

    assert there == [True, False]


def test_one_that_counts_is_not_replaced_by_one_that_does_not_and_takes_the_place_of_such(settings, someone):
    with abroad(settings) as there:
        over = there.badge(since=BORN + timedelta(days=1), until=NOW - timedelta(days=1))
        first = verbs.keep_foreign(there.badge(), by=someone)
        with pytest.raises(verbs.NotKept, match="the one here counts, and this one does not") as refused:
            verbs.keep_foreign(over, by=someone)
        verbs.give_up_foreign(first, by=someone)
        verbs.keep_foreign(over, by=someone)
        renewed = verbs.keep_foreign(there.badge(since=BORN + timedelta(days=1)), by=someone)

    assert refused.value.kept == first
    assert [(state, verdict) for _id, state, verdict in kept_by(someone)] == [
        ("given_up", "valid"),
        ("superseded", "invalid"),
        ("kept", "valid"),
    ]
    assert renewed.valid_from == BORN + timedelta(days=1)


def test_what_was_awarded_here_is_in_the_backpack_or_is_somebody_elses(someone):
    credential = awarded_credential()
    data = queries.baked_png(credential.pk)

    with pytest.raises(Refused, match=r"^That was awarded here; it is in your backpack already\.$"):
        verbs.keep_foreign(data, by=credential.earner)
    with pytest.raises(Refused, match="to somebody else"):
        verbs.keep_foreign(data, by=someone)
    assert ForeignCredential.objects.count() == 0


def test_what_could_not_be_checked_is_kept_as_that_and_looked_at_daily(settings, someone):
    with abroad(settings, answers=0) as there:
        kept = verbs.keep_foreign(there.badge(), by=someone)

    assert (kept.verdict, kept.report["valid"]) == ("undecided", None)
    assert NOW + timedelta(hours=21) < kept.next_check_at <= NOW + timedelta(days=1)


def test_a_newer_one_takes_the_place_of_the_one_before_whose_bytes_stay(settings, someone):
    with abroad(settings) as there:
        before = verbs.keep_foreign(there.badge(), by=someone)
        after = verbs.keep_foreign(there.badge(since=BORN + timedelta(days=1)), by=someone)
        with pytest.raises(Refused, match="as new as this one or newer"):
            verbs.keep_foreign(there.badge(), by=someone)
        with pytest.raises(Refused, match="as new as this one or newer"):
            verbs.keep_foreign(baking.bake_png(picture(), after.text), by=someone)

    before.refresh_from_db()
    assert (before.state, before.ended_at, before.next_check_at) == ("superseded", NOW, None)
    assert (after.state, after.supersedes) == ("kept", before)
    assert default_storage.exists(before.file)
    assert events(before)[-1] == ("foreign_credential.superseded", someone.public_id)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://localhost/c/1", "http://localhost/c/%31", True),
        ("http://localhost/c/a%20b", "http://localhost/c/a%20b%20", True),
        ("http://localhost/c/1", "http://localhost/c/2", False),
        ("http://localhost/C/1", "http://localhost/c/1", False),
    ],
)
def test_two_are_the_same_where_their_ids_agree_after_decoding_and_trimming(settings, someone, one, other, same):
    with abroad(settings) as there:
        verbs.keep_foreign(there.badge(id=one), by=someone)
        verbs.keep_foreign(there.badge(id=other, since=BORN + timedelta(days=1)), by=someone)

    assert [state for _id, state, _verdict in kept_by(someone)] == (["superseded", "kept"] if same else ["kept"] * 2)


def test_there_is_an_end_to_what_one_person_keeps(settings, someone, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_KEPT", 1)
    with abroad(settings) as there:
        verbs.keep_foreign(there.badge(), by=someone)
        with pytest.raises(Refused, match="Give one up"):
            verbs.keep_foreign(there.badge(number=2), by=someone)
        newer = verbs.keep_foreign(there.badge(since=BORN + timedelta(days=1)), by=someone)
        more = verbs.keep_foreign(there.badge(number=2), by=someone, unbounded=True)

    assert (newer.state, more.state) == ("kept", "kept")


def test_there_is_an_end_to_how_large_what_one_person_keeps_is_together(settings, someone, monkeypatch):
    with abroad(settings) as there:
        first, second = there.badge(), there.badge(number=2)
        monkeypatch.setattr(keeping, "MOST_BYTES_KEPT", len(first) + len(second) - 1)
        verbs.keep_foreign(first, by=someone)
        with pytest.raises(verbs.NotKept, match="together") as refused:
            verbs.keep_foreign(second, by=someone)
        monkeypatch.setattr(keeping, "MOST_BYTES_KEPT", len(first) + len(second))
        kept = verbs.keep_foreign(second, by=someone)

    assert (refused.value.why, kept.state) == ("full", "kept")


def test_only_its_holder_sees_it(settings, someone):
    with abroad(settings) as there:
        kept = verbs.keep_foreign(there.badge(), by=someone)

    assert list(ForeignCredential.objects.visible_to(someone)) == [kept]
    for other in (person(), AnonymousUser(), None):
        assert list(ForeignCredential.objects.visible_to(other)) == []


def test_only_its_holder_gives_it_up_and_only_once(settings, someone):
    with abroad(settings) as there:
        kept = verbs.keep_foreign(there.badge(), by=someone)
        with pytest.raises(PermissionDenied):
            verbs.give_up_foreign(kept, by=person())
        given_up = verbs.give_up_foreign(kept, by=someone)
        with pytest.raises(Refused, match="given up"):
            verbs.give_up_foreign(kept, by=someone)
        anew = verbs.keep_foreign(there.badge(), by=someone)

    assert (given_up.state, given_up.ended_at, given_up.next_check_at) == ("given_up", NOW, None)
    assert events(kept)[-1] == ("foreign_credential.given_up", someone.public_id)
    assert anew.state == "kept"
    assert anew != kept


def test_each_look_is_the_newest_report_and_each_change_is_remembered(settings, someone):
    with abroad(settings, answers=0) as there:
        data = there.badge(someone.email, until=NOW + timedelta(days=30))
        kept = verbs.keep_foreign(data, by=someone)
    settings.FETCH_ALLOW = []  # whoever listens there by now is not asked
    with clock.at(NOW + timedelta(days=1)):
        verbs.check_foreign_again(kept.pk)
    with clock.at(NOW + timedelta(days=31)):
        verbs.check_foreign_again(kept.pk)
    kept.refresh_from_db()

    assert (kept.verdict, kept.why, kept.checked_at) == ("invalid", "expired", NOW + timedelta(days=31))
    assert kept.next_check_at > kept.checked_at + timedelta(days=26)
    assert list(kept.checks.values_list("verdict", "why", "checked_at")) == [
        ("undecided", "", NOW),
        ("invalid", "expired", NOW + timedelta(days=31)),
    ]
    assert [kind for kind, _by in events(kept)] == [
        "foreign_credential.kept",
        "foreign_credential.checked",
        "foreign_credential.checked",
    ]


def test_a_look_within_the_hour_or_at_what_was_given_up_is_passed_over(settings, someone):
    with abroad(settings) as there:
        kept = verbs.keep_foreign(there.badge(), by=someone)
        with clock.at(NOW + timedelta(minutes=59)):
            verbs.check_foreign_again(kept.pk)
        kept.refresh_from_db()
        assert kept.checked_at == NOW
        verbs.give_up_foreign(kept, by=someone)
        with clock.at(NOW + timedelta(days=9)):
            verbs.check_foreign_again(kept.pk)
            verbs.check_foreign_again(0)
    kept.refresh_from_db()

    assert (kept.checked_at, kept.next_check_at) == (NOW, None)


def test_an_address_that_is_the_holders_no_more_proves_nothing_at_the_next_look(settings, someone):
    with abroad(settings) as there:
        kept = verbs.keep_foreign(there.badge(someone.email), by=someone)
        EmailAddress.objects.filter(user=someone).update(email="other@people.example")
        with clock.at(NOW + timedelta(days=7)):
            verbs.check_foreign_again(kept.pk)
    kept.refresh_from_db()

    assert (kept.verdict, kept.proved_address) == ("valid", "")
    assert kept.checks.count() == 1


def test_kept_bytes_that_a_disk_has_spoilt_are_not_taken_for_what_was_given(settings, someone):
    with abroad(settings) as there:
        kept = verbs.keep_foreign(there.badge(someone.email, number=77), by=someone)
    default_storage.delete(kept.file)
    with default_storage.open(kept.file, "wb") as file:
        file.write(b"x")

    with clock.at(NOW + timedelta(days=7)), pytest.raises(keeping.DamagedError):
        verbs.check_foreign_again(kept.pk)
    default_storage.delete(kept.file)


def test_what_is_due_gets_a_job_a_day_and_no_more_than_a_run_takes(settings, someone, monkeypatch):
    assert SCHEDULE["check_foreign"][0] == "apps.credentials.tasks.check_foreign"
    monkeypatch.setattr(keeping, "MOST_A_RUN", 2)
    with abroad(settings) as there:
        kept = [verbs.keep_foreign(there.badge(number=number), by=someone) for number in range(3)]
        verbs.give_up_foreign(verbs.keep_foreign(there.badge(number=9), by=someone), by=someone)
        assert verbs.check_foreign() == 0
        week = NOW + timedelta(days=7)
        with clock.at(week):
            told = [verbs.check_foreign() for _run in range(3)]
            outbox.drain()

    assert told == [2, 1, 0]
    jobs = Job.objects.filter(function="apps.credentials.tasks.check_foreign_again")
    assert set(jobs.values_list("key", "queue", "state")) == {
        (f"check_foreign:{one.pk}:2026-12-01", "bulk", "done") for one in kept
    }
    assert {one.checked_at for one in ForeignCredential.objects.filter(state="kept")} == {week}
    assert {one.next_check_at > week + timedelta(days=6) for one in ForeignCredential.objects.filter(state="kept")} == {
        True
    }


def test_what_came_in_together_is_spread():
    moments = {keeping._next_check("valid", NOW, pk) for pk in range(100)}

    assert len(moments) == 100
    assert min(moments) > NOW + timedelta(days=6)
    assert max(moments) == NOW + timedelta(days=7)


@pytest.mark.parametrize("column", ["text", "sha256", "file", "identity", "issuer_id", "valid_until", "kept_at"])
def test_what_was_given_is_never_changed(settings, someone, column):
    with abroad(settings, answers=0) as there:
        kept = verbs.keep_foreign(there.badge(), by=someone)
    other = NOW + timedelta(days=1) if column.endswith(("at", "until")) else "0" * 64

    with pytest.raises(IntegrityError), transaction.atomic():
        ForeignCredential.objects.filter(pk=kept.pk).update(**{column: other})
    for rows in (ForeignCredential.objects.filter(pk=kept.pk), kept.checks):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.all()._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.checks.update(verdict="valid")
    verbs.give_up_foreign(kept, by=someone)
    with pytest.raises(IntegrityError), transaction.atomic():
        ForeignCredential.objects.filter(pk=kept.pk).update(state="kept", ended_at=None, next_check_at=NOW)


def test_the_same_credential_is_kept_once_whatever_writes_it(settings, someone):
    with abroad(settings, answers=0) as there:
        kept = verbs.keep_foreign(there.badge(), by=someone)
    twin = ForeignCredential.objects.get(pk=kept.pk)
    twin.pk, twin.public_id = None, "a" * 26

    with pytest.raises(IntegrityError, match="one_foreign_credential_kept"), transaction.atomic():
        twin.save()


def test_the_verifier_is_asked_outside_of_any_transaction(settings, someone, monkeypatch, django_db_blocker):
    depths = []
    plain = verifier.check

    def told(*args, **named):
        depths.append(len(transaction.get_connection().savepoint_ids))
        return plain(*args, **named)

    monkeypatch.setattr(verifier, "check", told)
    with abroad(settings) as there:
        kept = verbs.keep_foreign(there.badge(someone.email), by=someone)
        with clock.at(NOW + timedelta(days=7)):
            verbs.check_foreign_again(kept.pk)

    assert depths == [0, 0]
