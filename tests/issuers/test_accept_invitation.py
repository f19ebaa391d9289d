import re
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied

from apps.core import clock
from apps.core.refused import Refused
from apps.issuers import tokens, verbs
from apps.issuers.models import Invitation, Seat
from apps.notices.models import Notice
from tests.factories import (
    PASSWORD,
    at_once,
    browser,
    code_sent_to,
    events_of,
    invited,
    issuer_with_owner,
    link_in_letter,
    link_to,
    person,
    published_version,
    seat_of,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TEVITA = "tevita@people.example"


def test_accept_invitation_seats_who_proved_the_address():
    issuer, owner = issuer_with_owner("Ngā Awa")
    achievement = published_version(issuer).achievement
    tevita = person("Tevita", email=TEVITA)
    with clock.at(NOON):
        sent = invited(issuer, TEVITA, "assessor", achievement=achievement, until=NOON + 90 * DAY)

    with clock.at(NOON + DAY):
        verbs.accept_invitation(sent, by=tevita)

    seat = seat_of(tevita)
    assert (seat.issuer, seat.role, seat.achievement, seat.until, seat.given_at) == (
        *(issuer, "assessor", achievement, NOON + 90 * DAY, NOON + DAY),
    )
    sent.refresh_from_db()
    assert (sent.standing, sent.seat) == ("accepted", seat)
    assert events_of(sent)[-1] == ("invitation.accepted", tevita.public_id)
    assert events_of(seat) == [("seat.given", tevita.public_id)]
    told = Notice.objects.get(kind="invitation_accepted")
    assert (told.person, told.facts["person"], told.facts["part"], told.facts["issuer"]) == (
        *(owner, "Tevita", "Assessor", "Ngā Awa"),
    )
    assert not Notice.objects.filter(person=tevita).exists()


def test_a_second_address_will_do_once_it_is_proved():
    issuer, _owner = issuer_with_owner()
    tevita = person()
    address = EmailAddress.objects.create(user=tevita, email=TEVITA, verified=False)
    sent = invited(issuer, TEVITA)
    with pytest.raises(PermissionDenied):
        verbs.accept_invitation(sent, by=tevita)

    address.verified = True
    address.save()
    verbs.accept_invitation(sent, by=tevita)

    assert seat_of(tevita).role == "designer"


def test_whose_address_it_is_not_takes_nothing():
    issuer, owner = issuer_with_owner()
    sent = invited(issuer, TEVITA)

    for someone in (person(), owner):
        with pytest.raises(PermissionDenied):
            verbs.accept_invitation(sent, by=someone)
        assert browser(someone).post(f"{link_to(sent)}accept/").status_code == 403

    assert Seat.objects.count() == 1


@pytest.mark.parametrize(
    ("before", "refusal"),
    [
        (lambda sent, by, _owner: verbs.accept_invitation(sent, by=by), "accepted already"),
        (lambda sent, by, _owner: verbs.decline_invitation(sent, by=by), "was declined"),
        (lambda sent, _by, owner: verbs.withdraw_invitation(sent, by=owner), "took this invitation back"),
        (lambda sent, by, owner: verbs.seat(by, sent.issuer, "designer", by=owner), "has that part already"),
    ],
)
def test_what_is_no_longer_open_is_refused(before, refusal):
    issuer, owner = issuer_with_owner()
    tevita = person(email=TEVITA)
    sent = invited(issuer, TEVITA)
    before(sent, tevita, owner)
    seats = Seat.objects.count()

    with pytest.raises(Refused, match=refusal):
        verbs.accept_invitation(sent, by=tevita)

    assert Seat.objects.count() == seats


def test_after_fourteen_days_it_is_too_late_for_either_answer():
    issuer, _owner = issuer_with_owner("Ngā Awa")
    tevita = person(email=TEVITA)
    with clock.at(NOON):
        sent = invited(issuer, TEVITA)

    with clock.at(NOON + 14 * DAY):
        for verb in (verbs.accept_invitation, verbs.decline_invitation):
            with pytest.raises(Refused, match="Ask Ngā Awa for a new letter"):
                verb(sent, by=tevita)
    with clock.at(NOON + 14 * DAY - timedelta(seconds=1)):
        verbs.accept_invitation(sent, by=tevita)


def test_a_part_whose_last_day_has_passed_meanwhile_is_not_taken():
    issuer, _owner = issuer_with_owner()
    tevita = person(email=TEVITA)
    with clock.at(NOON):
        sent = invited(issuer, TEVITA, until=NOON + DAY)

    with clock.at(NOON + 2 * DAY), pytest.raises(Refused, match="That day is past"):
        verbs.accept_invitation(sent, by=tevita)


@pytest.mark.django_db(transaction=True)
def test_accepted_in_two_windows_at_once_there_is_one_seat():
    issuer, _owner = issuer_with_owner()
    tevita = person(email=TEVITA)
    sent = invited(issuer, TEVITA)

    ended = at_once(*[lambda: verbs.accept_invitation(sent, by=tevita)] * 2)

    assert sorted(type(one).__name__ for one in ended) == ["Refused", "Seat"]


@pytest.mark.django_db(transaction=True)
def test_accepted_and_withdrawn_at_once_it_is_one_of_them():
    issuer, owner = issuer_with_owner()
    tevita = person(email=TEVITA)
    sent = invited(issuer, TEVITA)

    at_once(lambda: verbs.accept_invitation(sent, by=tevita), lambda: verbs.withdraw_invitation(sent, by=owner))

    sent.refresh_from_db()
    assert Seat.objects.filter(person=tevita).count() == (sent.standing == "accepted")


def test_an_inviter_who_has_gone_is_not_told():
    issuer, owner = issuer_with_owner()
    tevita = person(email=TEVITA)
    verbs.seat(manager := person(), issuer, "manager", by=owner)
    sent = verbs.invite(issuer, by=manager, email=TEVITA, role="viewer")
    verbs.leave(issuer, by=manager)

    verbs.accept_invitation(sent, by=tevita)

    assert not Notice.objects.filter(kind="invitation_accepted").exists()


# --- decline ----------------------------------------------------------------------------------------------------------
def test_decline_invitation_wants_no_account_and_leaves_a_trail():
    issuer, _owner = issuer_with_owner()
    sent = invited(issuer, TEVITA)

    verbs.decline_invitation(sent, by=None)

    sent.refresh_from_db()
    assert sent.standing == "declined"
    assert events_of(sent)[-1] == ("invitation.declined", "")


def test_declined_twice_is_refused():
    issuer, _owner = issuer_with_owner()
    sent = invited(issuer, TEVITA)
    verbs.decline_invitation(sent, by=None)

    with pytest.raises(Refused, match="was declined"):
        verbs.decline_invitation(sent, by=person())

    assert [kind for kind, _by in events_of(sent)] == ["invitation.sent", "invitation.declined"]


def test_the_page_declines_and_says_so_when_asked_again():
    issuer, _owner = issuer_with_owner("Ngā Awa")
    link = link_to(invited(issuer, TEVITA))
    client = browser()

    done = client.post(f"{link}decline/", follow=True)
    again = client.post(f"{link}decline/", follow=True)

    assert (done.status_code, "Ngā Awa can write you a new letter" in done.content.decode()) == (410, True)
    assert "This invitation was declined." in again.content.decode()


# --- the letter's link ------------------------------------------------------------------------------------------------
def test_a_visitor_reads_what_is_offered_and_is_led_back_after_signing_in():
    issuer, owner = issuer_with_owner("Ngā Awa")
    link = link_to(invited(issuer, TEVITA))

    answer = browser().get(link)
    page = answer.content.decode()
    sent_away = browser().post(f"{link}accept/")

    assert "Ngā Awa invites you: Designer" in page
    assert f"{owner} asks you. Designer: drafts badges and their rubrics." in page
    for path in ("/accounts/login/", "/accounts/signup/"):
        assert re.search(rf'href="{path}\?next=%2Finvitations%2F[^"]+', page), path
    assert 'email=tevita%40people.example"' in page
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert sent_away.headers["Location"].startswith("/accounts/login/?next=/invitations/")


def test_who_makes_an_account_by_the_letter_is_led_back_and_accepts():
    issuer, _owner = issuer_with_owner("Ngā Awa")
    invited(issuer, TEVITA)
    client = browser()
    link = link_in_letter(TEVITA)

    page = client.get(link).content.decode()
    sign_up = re.search(r'href="(/accounts/signup/[^"]+)"', page)[1].replace("&amp;", "&")
    form = client.get(sign_up).content.decode()
    typed = {"name": "Tevita", "email": TEVITA, "password1": PASSWORD, "agree": "on", "next": link}
    client.post("/accounts/signup/", typed)
    confirmed = client.post("/accounts/confirm-email/", {"code": code_sent_to(TEVITA)})
    done = client.post(f"{confirmed.headers['Location']}accept/", follow=True)

    assert (f'value="{TEVITA}"' in form, f'value="{link}"' in form) == (True, True)
    assert confirmed.headers["Location"] == link
    assert done.redirect_chain == [(f"/organisations/{issuer.slug}/", 302)]
    assert "Welcome to Ngā Awa." in done.content.decode()
    assert Seat.objects.get(person__email=TEVITA).role == "designer"


def test_who_is_signed_in_with_another_address_is_told_which_it_was_and_the_link_adds_none():
    issuer, _owner = issuer_with_owner()
    someone = person()
    link = link_to(invited(issuer, TEVITA))
    client = browser(someone)

    page = client.get(link).content.decode()
    forced = client.post(f"{link}accept/")

    assert f"You are signed in as {someone.email}. The letter went to {TEVITA}." in page
    assert "Add that address" in page
    assert ('action="/accounts/email/"' in page, f'{link}accept/"' in page) == (True, False)
    assert forced.status_code == 403
    assert list(EmailAddress.objects.filter(user=someone).values_list("email", flat=True)) == [someone.email]


def test_whose_address_belongs_to_another_account_is_sent_there():
    issuer, _owner = issuer_with_owner()
    person(email=TEVITA)
    link = link_to(invited(issuer, TEVITA))

    page = browser(person()).get(link).content.decode()

    assert "belongs to another account: sign in with that one" in page
    assert "Add that address" not in page


@pytest.mark.parametrize("end", ["accepted", "declined", "withdrawn", "run_out"])
def test_what_is_over_says_so_with_a_status_of_its_own(end):
    issuer, owner = issuer_with_owner()
    tevita = person(email=TEVITA)
    with clock.at(NOON):
        sent = invited(issuer, TEVITA)
        if end == "accepted":
            verbs.accept_invitation(sent, by=tevita)
        elif end == "declined":
            verbs.decline_invitation(sent, by=None)
        elif end == "withdrawn":
            verbs.withdraw_invitation(sent, by=owner)
    words = {
        "accepted": "This invitation was accepted",
        "declined": "Declined",
        "withdrawn": "This invitation was withdrawn",
        "run_out": "This invitation has run out",
    }

    with clock.at(NOON + 15 * DAY):
        answers = [browser(someone).get(link_to(sent)) for someone in (None, tevita)]
        late = browser(tevita).post(f"{link_to(sent)}accept/")

    assert [answer.status_code for answer in answers] == [410, 410]
    assert all(words[end] in answer.content.decode() for answer in answers)
    assert late.headers["Location"] == link_to(sent)


def test_a_link_that_is_not_ours_opens_nothing():
    issuer, _owner = issuer_with_owner()
    sent = invited(issuer, TEVITA)
    token = tokens.invitation_token(sent)

    for forged in (f"{token}x", sent.public_id, f"{sent.public_id}:", tokens.invitation_token(Invitation())):
        assert browser().get(f"/invitations/{forged}/").status_code == 404
        assert browser().post(f"/invitations/{forged}/decline/").status_code == 404


def test_a_letter_keeps_its_word_when_the_secret_key_was_changed(settings):
    issuer, _owner = issuer_with_owner()
    link = link_to(invited(issuer, TEVITA))

    settings.SECRET_KEY = "another-secret"

    answer = browser().get(link)

    assert (answer.status_code, str(issuer) in answer.content.decode()) == (200, True)


def test_what_waits_for_an_answer_stands_on_the_list_of_organisations_for_its_reader_alone():
    issuer, _owner = issuer_with_owner("Ngā Awa")
    tevita = person(email=TEVITA)
    link = link_to(invited(issuer, TEVITA))

    mine = browser(tevita).get("/organisations/").content.decode()
    theirs = browser(person()).get("/organisations/").content.decode()

    assert (link in mine, "Ngā Awa" in mine) == (True, True)
    assert "Ngā Awa" not in theirs
