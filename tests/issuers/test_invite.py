from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from apps.accounts import verbs as accounts
from apps.core import clock, outbox
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import Invitation, Seat
from apps.notices.models import Letter, Notice
from tests.factories import (
    at_once,
    browser,
    events_of,
    invited,
    issuer_with_owner,
    letters_to,
    link_in_letter,
    link_to,
    newest_letter,
    operator,
    person,
    published_version,
    seat_of,
    seated,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TEVITA = "tevita@people.example"


def test_invite_writes_a_letter_and_keeps_the_offer_open_for_fourteen_days():
    issuer, owner = issuer_with_owner("Ngā Awa")
    version = published_version(issuer, name="Grind a comb")

    with clock.at(NOON):
        sent = verbs.invite(
            issuer,
            by=owner,
            email=" Tevita@People.Example ",
            role="assessor",
            achievement=version.achievement,
            until=NOON + 90 * DAY,
        )

    sent.refresh_from_db()
    assert (sent.email, sent.role, sent.achievement, sent.seat_until, sent.seat) == (
        *(TEVITA, "assessor", version.achievement, NOON + 90 * DAY, None),
    )
    assert (sent.invited_by, sent.invited_at, sent.expires_at) == (owner, NOON, NOON + 14 * DAY)
    assert events_of(sent) == [("invitation.sent", owner.public_id)]
    letter = newest_letter(TEVITA)
    assert letter.subject == "Ngā Awa invites you: Assessor"
    for words in (letter.text, letter.html):
        assert str(owner) in words
        assert "Grind a comb" in words
        assert "8 December 2026" in words
        assert f"http://localhost:8000{link_to(sent)}" in words


def test_the_trail_names_no_address():
    issuer, _owner = issuer_with_owner()

    sent = invited(issuer, TEVITA)

    assert TEVITA not in str(list(Event.objects.values("data", "subject_id", "actor_id")))
    assert Event.objects.get(subject_id=sent.public_id).data == {"issuer": issuer.public_id, "role": "designer"}


def test_the_letter_is_in_the_language_of_who_is_invited_where_that_is_known():
    issuer, owner = issuer_with_owner()
    known = person(email="mere@people.example")
    accounts.speak(known, by=known, language="mi")

    invited(issuer, known.email)
    invited(issuer, TEVITA)

    assert '<html lang="mi"' in newest_letter(known.email).html
    assert '<html lang="en"' in newest_letter(TEVITA).html
    accounts.speak(owner, by=owner, language="mi")
    owner.refresh_from_db()
    invited(issuer, TEVITA, "viewer")
    assert '<html lang="mi"' in newest_letter(TEVITA).html


def test_the_link_is_kept_nowhere_once_the_letter_is_sent():
    issuer, _owner = issuer_with_owner()
    invited(issuer, TEVITA)

    outbox.drain()

    letter = newest_letter(TEVITA)
    assert (letter.state, letter.text, letter.html) == ("sent", "", "")
    assert letter.subject.endswith("invites you: Designer")


def test_the_same_open_invitation_is_refused_and_another_part_is_not():
    issuer, owner = issuer_with_owner()
    one, other = (published_version(issuer).achievement for _ in range(2))
    invited(issuer, TEVITA, "assessor", achievement=one)

    with pytest.raises(Refused, match=f"{TEVITA} is invited to that already"):
        verbs.invite(issuer, by=owner, email=TEVITA.title(), role="assessor", achievement=one)

    for role, achievement in (("assessor", other), ("assessor", None), ("viewer", None)):
        invited(issuer, TEVITA, role, achievement=achievement)
    assert letters_to(TEVITA) == 4


@pytest.mark.django_db(transaction=True)
def test_two_who_invite_at_once_write_one_letter():
    issuer, owner = issuer_with_owner()

    ended = at_once(*[lambda: verbs.invite(issuer, by=owner, email=TEVITA, role="viewer")] * 2)

    assert sorted(type(one).__name__ for one in ended) == ["Invitation", "Refused"]
    assert (Invitation.objects.count(), letters_to(TEVITA)) == (1, 1)


def test_one_that_ran_out_makes_room_for_a_new_one():
    issuer, _owner = issuer_with_owner()
    with clock.at(NOON):
        old = invited(issuer, TEVITA)

    with clock.at(NOON + 14 * DAY):
        new = invited(issuer, TEVITA)

    old.refresh_from_db()
    assert (old.standing, list(Invitation.objects.open())) == ("withdrawn", [new])


def test_who_sits_here_has_another_part_at_once_and_without_a_letter_to_answer():
    issuer, owner = issuer_with_owner()
    assessor = seated("assessor", issuer)

    sent = verbs.invite(issuer, by=owner, email=assessor.email, role="designer")
    mine = verbs.invite(issuer, by=owner, email=owner.email, role="assessor")

    assert (sent.standing, seat_of(assessor, "designer"), seat_of(owner, "assessor")) == (
        "accepted",
        sent.seat,
        mine.seat,
    )
    assert not Letter.objects.filter(kind="invitation").exists()
    assert Notice.objects.filter(person=assessor, facts__part="Designer").count() == 1
    with pytest.raises(Refused, match="has that part already"):
        verbs.invite(issuer, by=owner, email=assessor.email, role="designer")


def test_of_others_nobody_learns_whether_they_have_an_account():
    issuer, owner = issuer_with_owner()
    known = seated("designer", issuer_with_owner()[0])

    pages = []
    for email in (known.email, TEVITA):
        typed = {"email": email, "role": "designer"}
        page = browser(owner).post(f"/organisations/{issuer.slug}/people/invite/", typed, follow=True).content.decode()
        pages.append("The letter is on its way." in page)

    assert pages == [True, True]
    assert list(Invitation.objects.values_list("seat", flat=True)) == [None, None]


@pytest.mark.parametrize(
    ("role", "facts", "refusal"),
    [
        ("owner", {"until": NOON + DAY}, "An owner’s part has no end"),
        ("viewer", {"until": NOON}, "That day is past"),
        ("designer", {"achievement": True}, "Only an assessor’s part"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_sent(role, facts, refusal):
    issuer, owner = issuer_with_owner()
    if "achievement" in facts:
        facts = {"achievement": published_version(issuer).achievement}

    with clock.at(NOON), pytest.raises(Refused, match=refusal):
        verbs.invite(issuer, by=owner, email=TEVITA, role=role, **facts)

    assert (Invitation.objects.count(), letters_to(TEVITA)) == (0, 0)


def test_there_is_an_end_to_open_invitations(monkeypatch):
    monkeypatch.setattr("apps.issuers.verbs.seats.MOST_OPEN", 2)
    issuer, _owner = issuer_with_owner()
    invited(issuer)
    verbs.withdraw_invitation(invited(issuer), by=_owner)
    invited(issuer)

    with pytest.raises(Refused, match="2 invitations wait"):
        invited(issuer)


def test_managers_invite_all_but_owners_and_the_others_nobody():
    issuer, _owner = issuer_with_owner()
    manager = seated("manager", issuer)
    verbs.invite(issuer, by=manager, email=TEVITA, role="manager")
    with pytest.raises(PermissionDenied):
        verbs.invite(issuer, by=manager, email=TEVITA, role="owner")

    for someone in (
        seated("designer", issuer),
        seated("moderator", issuer),
        issuer_with_owner()[1],
        operator(),
        person(),
    ):
        with pytest.raises(PermissionDenied):
            verbs.invite(issuer, by=someone, email=TEVITA, role="viewer")
        for page in ("people/", "people/invite/"):
            assert browser(someone).get(f"/organisations/{issuer.slug}/{page}").status_code == 404
    assert Invitation.objects.count() == 1


# --- resend and withdraw ----------------------------------------------------------------------------------------------
def test_resend_writes_once_more_and_the_time_runs_anew():
    issuer, owner = issuer_with_owner()
    with clock.at(NOON):
        sent = invited(issuer, TEVITA)

    with clock.at(NOON + 20 * DAY):
        verbs.resend(sent, by=owner)

    sent.refresh_from_db()
    assert (sent.expires_at, letters_to(TEVITA)) == (NOON + 34 * DAY, 2)
    assert events_of(sent)[-1] == ("invitation.resent", owner.public_id)
    assert link_in_letter(TEVITA) == link_to(sent)


def test_resend_within_ten_minutes_is_refused():
    issuer, owner = issuer_with_owner()
    with clock.at(NOON):
        sent = invited(issuer, TEVITA)
        with pytest.raises(Refused, match="Give it ten minutes"):
            verbs.resend(sent, by=owner)

    with clock.at(NOON + timedelta(minutes=11)):
        verbs.resend(sent, by=owner)

    assert letters_to(TEVITA) == 2


def test_withdraw_invitation_takes_it_back():
    issuer, owner = issuer_with_owner()
    sent = invited(issuer, TEVITA)

    verbs.withdraw_invitation(sent, by=owner)

    sent.refresh_from_db()
    assert sent.standing == "withdrawn"
    assert events_of(sent)[-1] == ("invitation.withdrawn", owner.public_id)


@pytest.mark.parametrize("answer", ["accepted", "declined", "withdrawn"])
def test_what_was_answered_or_taken_back_is_neither_sent_again_nor_withdrawn(answer):
    issuer, owner = issuer_with_owner()
    reader = person()
    with clock.at(NOON):
        sent = invited(issuer, reader.email)
        {
            "accepted": lambda: verbs.accept_invitation(sent, by=reader),
            "declined": lambda: verbs.decline_invitation(sent, by=None),
            "withdrawn": lambda: verbs.withdraw_invitation(sent, by=owner),
        }[answer]()

    with clock.at(NOON + DAY):
        for verb in (verbs.resend, verbs.withdraw_invitation):
            with pytest.raises(Refused):
                verb(sent, by=owner)

    assert letters_to(reader.email) == 1


def test_managers_see_to_all_but_an_owners_letter_and_others_to_none():
    issuer, _owner = issuer_with_owner()
    manager = seated("manager", issuer)
    to_owner, to_viewer = invited(issuer, TEVITA, "owner"), invited(issuer, TEVITA, "viewer")

    for verb in (verbs.resend, verbs.withdraw_invitation):
        with pytest.raises(PermissionDenied):
            verb(to_owner, by=manager)
        for someone in (seated("designer", issuer), issuer_with_owner()[1], operator()):
            with pytest.raises(PermissionDenied):
                verb(to_viewer, by=someone)
            page = f"/organisations/{issuer.slug}/invitations/{to_viewer.public_id}/"
            assert browser(someone).post(f"{page}resend/").status_code == 404
            assert browser(someone).post(f"{page}withdraw/").status_code == 404
    verbs.withdraw_invitation(to_viewer, by=manager)
    assert list(Invitation.objects.open()) == [to_owner]


def test_the_operator_sees_to_the_letter_that_asks_for_a_first_owner():
    chief = operator()
    issuer = verbs.found(by=chief, name="Ngā Awa")
    client, inside = browser(chief), f"/organisations/{issuer.slug}/"

    asked = client.post(f"{inside}owner/", {"email": TEVITA}, follow=True).content.decode()
    twice = client.post(f"{inside}owner/", {"email": TEVITA})
    sent = Invitation.objects.get()
    with clock.at(clock.now() + DAY):
        again = client.post(f"{inside}invitations/{sent.public_id}/resend/", follow=True).content.decode()
    gone = client.post(f"{inside}invitations/{sent.public_id}/withdraw/", follow=True).content.decode()

    assert f"{TEVITA} was asked to." in asked
    assert (twice.status_code, "invited to that already" in twice.content.decode()) == (422, True)
    assert f"Sent again: {TEVITA}." in again
    assert f"Withdrawn: {TEVITA}." in gone
    assert "Nobody owns it yet." in gone
    mine = client.post(f"{inside}owner/", {"email": chief.email}, follow=True).content.decode()
    assert f"Done: Owner: {chief}." in mine
    assert client.get(f"{inside}owner/").status_code == 404


# --- the page ---------------------------------------------------------------------------------------------------------
def test_the_page_invites_until_the_end_of_a_day_where_the_issuer_is():
    issuer, owner = issuer_with_owner()
    version = published_version(issuer)
    typed = {
        "email": TEVITA,
        "role": "assessor",
        "achievement": version.achievement.public_id,
        "until": "2027-03-01",
    }

    done = browser(owner).post(f"/organisations/{issuer.slug}/people/invite/", typed, follow=True)

    sent = Invitation.objects.get()
    # Auckland is thirteen hours ahead in summer.
    assert (sent.seat_until, str(sent.last_day)) == (datetime(2027, 3, 1, 11, tzinfo=UTC), "2027-03-01")
    assert sent.achievement == version.achievement
    page = done.content.decode()
    assert f"Invited: {TEVITA}. The letter is on its way." in page
    assert "1 March 2027" in page


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"email": "nobody"}, "valid email"),
        ({"role": "king"}, "valid choice"),
        ({"until": "2020-01-01"}, "That day is past"),
        ({"until": "3000-01-01"}, "Choose a nearer day"),
        ({"achievement": "a" * 26}, "valid choice"),
    ],
)
def test_what_was_typed_and_not_taken_comes_back_with_why(wrong, why):
    issuer, owner = issuer_with_owner()
    published_version(issuer)
    typed = {"email": TEVITA, "role": "assessor", "until": "2099-03-01", "achievement": ""} | wrong

    answer = browser(owner).post(f"/organisations/{issuer.slug}/people/invite/", typed)
    page = answer.content.decode()

    assert (answer.status_code, Invitation.objects.count()) == (422, 0)
    assert why in page
    assert f'value="{typed["email"]}"' in page
    assert f'value="{typed["until"]}"' in page


def test_a_manager_is_offered_no_owners_part_and_a_forged_one_is_refused():
    issuer, _owner = issuer_with_owner()
    client = browser(seated("manager", issuer))

    page = client.get(f"/organisations/{issuer.slug}/people/").content.decode()
    forged = client.post(f"/organisations/{issuer.slug}/people/invite/", {"email": TEVITA, "role": "owner"})

    assert ('value="manager"' in page, 'value="owner"' in page) == (True, False)
    assert (forged.status_code, Invitation.objects.count()) == (422, 0)


def test_the_list_shows_who_sits_and_who_is_invited_and_leads_on():
    issuer, owner = issuer_with_owner()
    assessor = seated("assessor", issuer)
    with clock.at(NOON):
        old = invited(issuer, TEVITA)
    client, inside = browser(owner), f"/organisations/{issuer.slug}/"

    page = client.get(f"{inside}people/").content.decode()
    again = client.get(f"{inside}people/?email={assessor.email}").content.decode()
    sent = client.post(f"{inside}invitations/{old.public_id}/resend/", follow=True).content.decode()

    for someone in (owner, assessor):
        assert someone.email in page
        assert f"{inside}people/{seat_of(someone).public_id}/" in page
    assert TEVITA in page
    assert f'value="{assessor.email}"' in again
    assert f"Sent again: {TEVITA}." in sent
    assert client.get(f"{inside}people/invite/").headers["Location"] == f"{inside}people/#invite"


def test_sixty_letters_an_hour_are_enough(settings):
    settings.RATE_LIMITS_FACTOR, settings.RATE_LIMITS = 1, settings.RATE_LIMITS | {"invite": "1/h"}
    issuer, owner = issuer_with_owner()
    client, page = browser(owner), f"/organisations/{issuer.slug}/people/invite/"

    answers = [client.post(page, {"email": f"{n}@people.example", "role": "viewer"}).status_code for n in range(2)]

    assert answers == [302, 429]
    assert Seat.objects.count() == 1
