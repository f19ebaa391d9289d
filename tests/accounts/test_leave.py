"""Asking to leave, thinking better of it, and what keeps somebody here."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from apps.accounts import verbs
from apps.accounts.models import LegalHold, User
from apps.core import clock, erasing, outbox
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers.models import Seat
from apps.notices.models import Letter
from apps.reviews.models import Decision
from apps.submissions import verbs as submissions
from apps.submissions.models import Message
from tests.factories import (
    PASSWORD,
    awarded_credential,
    browser,
    decided,
    events_of,
    issuer_with_owner,
    operator,
    person,
    seat_of,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def someone():
    return person("Hana Reid", email="hana@reid.example")


def leaving(one, at=NOW):
    with clock.at(at):
        verbs.leave(one, by=one, address=one.email)
    one.refresh_from_db()
    return one


# --- leave ------------------------------------------------------------------------------------------------------------
def test_leave_takes_effect_in_a_week_and_is_told(someone):
    leaving(someone)
    outbox.drain()

    assert someone.leaving_at == NOW + WEEK
    assert events_of(someone)[-1] == ("person.leaving", someone.public_id)
    letter = Letter.objects.get(kind="leaving")
    assert (letter.to, letter.subject) == (someone.email, "Your account will be erased")
    assert "9 December 2026" in letter.text  # in their zone it is the ninth by then


def test_leave_twice_keeps_the_first_day(someone):
    leaving(someone)
    leaving(someone, NOW + timedelta(days=3))

    assert someone.leaving_at == NOW + WEEK
    assert Event.objects.filter(kind="person.leaving").count() == 1


def test_nobody_else_makes_somebody_leave(someone):
    with pytest.raises(PermissionDenied):
        verbs.leave(someone, by=operator(), address=someone.email)


def test_leave_asks_for_an_address_of_theirs(someone):
    with pytest.raises(Refused, match="not an address of yours"):
        verbs.leave(someone, by=someone, address="hanna@reid.example")


def test_the_last_owner_of_an_issuer_hands_it_over_first():
    issuer, owner = issuer_with_owner()

    with pytest.raises(Refused, match=f"You are the last owner of {issuer}"):
        verbs.leave(owner, by=owner, address=owner.email)


def test_the_last_operator_stays():
    last = operator()

    with pytest.raises(Refused, match="last operator"):
        verbs.leave(last, by=last, address=last.email)


def test_who_is_held_by_law_stays(someone):
    verbs.hold(someone, by=operator(), reason="Case 12")

    with pytest.raises(Refused, match="The law requires"):
        verbs.leave(someone, by=someone, address=someone.email)


def test_a_second_hold_on_an_account_is_refused_and_says_who_placed_the_first(someone):
    with clock.at(NOW):
        first = verbs.hold(someone, by=(boss := operator()), reason="Case 12")

    with pytest.raises(Refused, match=f"It is on hold already: {boss} placed a hold on 1 December 2026"):
        verbs.hold(someone, by=operator(), reason="Case 13")
    assert [(one, one.reason) for one in someone.holds.standing()] == [(first, "Case 12")]


@pytest.mark.parametrize("submission_id", ["", "a" * 26])
def test_nobody_is_held_once_erasing_has_begun(someone, monkeypatch, submission_id):
    # As if a worker had died after the first app.
    monkeypatch.setattr("config.leaving.FORGET", ("apps.backpacks.leaving.forget",))
    leaving(someone)
    with clock.at(NOW + WEEK):
        assert verbs.erase(someone.pk)

    with pytest.raises(Refused, match="It is too late for a hold: the account is being erased"):
        verbs.hold(someone, by=operator(), reason="Case 12", submission_id=submission_id)
    assert not LegalHold.objects.exists()


# --- stay -------------------------------------------------------------------------------------------------------------
def test_stay_takes_it_back_and_nothing_is_erased(someone):
    leaving(someone)
    verbs.stay(someone, by=someone)
    verbs.stay(someone, by=someone)

    with clock.at(NOW + 2 * WEEK):
        assert verbs.spread_erasures() == 0
        assert not verbs.erase(someone.pk)
    someone.refresh_from_db()
    assert (someone.leaving_at, someone.name, events_of(someone)[-1][0]) == (None, "Hana Reid", "person.stayed")


def test_nobody_stays_for_another(someone):
    leaving(someone)

    with pytest.raises(PermissionDenied):
        verbs.stay(someone, by=operator())


def test_there_is_no_way_back_once_erasing_has_begun(someone):
    leaving(someone)
    User.objects.filter(pk=someone.pk).update(is_active=False)

    with pytest.raises(Refused, match="being erased already"):
        verbs.stay(someone, by=someone)


# --- erase ------------------------------------------------------------------------------------------------------------
def test_nothing_is_erased_before_its_time(someone):
    leaving(someone)

    with clock.at(NOW + WEEK - timedelta(seconds=1)):
        assert (verbs.spread_erasures(), verbs.erase(someone.pk)) == (0, False)


def test_a_hold_stops_it_and_lifting_it_lets_it_go_on(someone):
    leaving(someone)
    hold = verbs.hold(someone, by=(boss := operator()), reason="Case 12")
    with clock.at(NOW + 2 * WEEK):
        held = verbs.spread_erasures(), verbs.erase(someone.pk)
        verbs.lift_hold(hold, by=boss)
        verbs.lift_hold(hold, by=boss)
        assert (held, verbs.spread_erasures()) == ((0, False), 1)
        outbox.drain()

    someone.refresh_from_db()
    assert (someone.erased_at is not None, someone.name) == (True, "")
    assert [kind for kind, _by in events_of(hold)] == ["hold.placed", "hold.lifted"]
    # Why it was held may have named them.
    assert LegalHold.objects.get().reason == "—"


def test_who_became_the_last_owner_meanwhile_waits(someone):
    leaving(someone)
    _issuer, owner = issuer_with_owner()
    Seat.objects.filter(pk=seat_of(owner).pk).update(person=someone)

    with clock.at(NOW + 2 * WEEK):
        assert not verbs.erase(someone.pk)
    someone.refresh_from_db()
    assert (someone.is_active, someone.name) == (True, "Hana Reid")


def test_whoever_is_erased_signs_in_no_more(someone):
    inside = browser(someone)
    leaving(someone)
    with clock.at(NOW + 2 * WEEK):
        verbs.erase(someone.pk)

    assert inside.get("/accounts/profile/").status_code == 302
    tried = browser().post("/accounts/login/", {"login": "hana@reid.example", "password": PASSWORD})
    assert tried.status_code == 200


# --- what is frozen ---------------------------------------------------------------------------------------------------
def test_one_place_alone_lets_what_is_frozen_give_way():
    said = [
        str(path.relative_to(ROOT))
        for path in (*ROOT.glob("apps/**/*.py"), *ROOT.glob("config/**/*.py"))
        if "satchel.erasing" in path.read_text()
    ]

    assert sorted(said) == ["apps/core/erasing.py", "apps/core/migrations/0005_what_is_frozen_may_be_forgotten.py"]


def test_what_is_frozen_gives_way_only_to_whose_it_is_and_only_in_its_words():
    one, another = decided(), decided()
    theirs = one.attempt.submission.learner_id
    submissions.write_message(one.attempt.submission, by=one.attempt.submission.learner, text="Mine.")

    def may(act):
        try:
            with transaction.atomic():
                erasing.give_way(theirs)
                act()
        except DatabaseError:
            return False
        return True

    def change(row, **now):
        return lambda: type(row).objects.filter(pk=row.pk).update(**now)

    message = Message.objects.get()
    award = awarded_credential()
    assert {
        "words of theirs": may(change(one, note="")),
        "an outcome of theirs": may(change(one, outcome="declined")),
        "words of another's": may(change(another, note="")),
        "a message of theirs": may(change(message, text="—")),
        "when it was written": may(change(message, written_at=NOW)),
        "a message gone": may(message.delete),
        "a decision gone": may(Decision.objects.filter(pk=one.pk).delete),
        "an award of another's": may(change(award, earner_name="")),
        "a form of another's": may(change(award.forms.first(), text="")),
        "an event": may(change(Event.objects.first(), data={"by": "nobody"})),
    } == {
        "words of theirs": True,
        "an outcome of theirs": False,
        "words of another's": False,
        "a message of theirs": True,
        "when it was written": False,
        "a message gone": False,
        "a decision gone": False,
        "an award of another's": False,
        "a form of another's": False,
        "an event": False,
    }


def test_it_is_frozen_again_when_the_transaction_is_over():
    one = decided()
    with transaction.atomic():
        erasing.give_way(one.attempt.submission.learner_id)
        erasing.close()

    with pytest.raises(DatabaseError, match="A decision is never changed"), transaction.atomic():
        Decision.objects.filter(pk=one.pk).update(note="")


def test_outside_a_transaction_nothing_gives_way():
    with connection.cursor() as cursor:
        cursor.execute("SELECT satchel_forgets('reviews_decision', '{}', '{}')")
        assert cursor.fetchone() == (False,)


# --- pages ------------------------------------------------------------------------------------------------------------
def test_the_page_offers_the_archive_asks_who_it_is_and_lets_one_stay(someone):
    inside = browser()
    inside.force_login(someone)
    inside.post("/accounts/reauthenticate/", {"password": PASSWORD})

    asked = inside.get("/accounts/leave/")
    slipped = inside.post("/accounts/leave/", {"address": "hana@read.example"})
    left = inside.post("/accounts/leave/", {"address": " Hana@Reid.example "})
    someone.refresh_from_db()
    at = someone.leaving_at
    told = inside.get("/backpack/").text
    stayed = inside.post("/accounts/stay/")
    someone.refresh_from_db()

    assert ("/backpack/export/" in asked.text, "What stays" in asked.text) == (True, True)
    assert (slipped.status_code, "not an address of yours" in slipped.text) == (422, True)
    assert (left.status_code, at is not None) == (302, True)
    assert "You are leaving" in told
    assert (stayed.status_code, someone.leaving_at) == (302, None)


def test_the_page_asks_is_it_you_of_whoever_was_signed_in_long_ago(someone):
    answer = browser(someone).post("/accounts/leave/", {"address": someone.email})
    someone.refresh_from_db()

    assert (answer.status_code, answer["Location"][:24], someone.leaving_at) == (302, "/accounts/reauthenticate", None)
