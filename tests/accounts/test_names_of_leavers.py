"""Whoever leaves takes their own name with them, and no word of what others were told."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import translation

from apps.accounts import verbs
from apps.core import clock, erasing, outbox
from apps.core.erasing import Names
from apps.core.models import Job
from apps.credentials import verbs as credentials
from apps.issuers import verbs as issuers
from apps.issuers.models import Invitation, Seat
from apps.notices import verbs as notices
from apps.notices import words
from apps.notices.models import Letter, Notice
from config import leaving
from tests.factories import (
    invited,
    issuer_with_owner,
    notice_for,
    person,
    published_version,
)

pytestmark = pytest.mark.django_db


def gone(one):
    """Somebody whose time to stay is over."""
    verbs.leave(one, by=one, address=one.email)
    with clock.at(clock.now() + verbs.COOLING_OFF + timedelta(minutes=1)):
        assert verbs.erase(one.pk)


@pytest.mark.parametrize("name", ["issuer", "badge", "day", "https", "href", "style", "event_id", "letter_id", "Will"])
def test_a_name_that_is_a_word_leaves_what_strangers_were_told_whole(name):
    stranger = person("Olga Ruru")
    notice_for(stranger, note="Day by day: will you? The issuer's badge, at https://x.example/day.", issuer="Will Reid")
    notices.write_for_sign_in(
        kind="sign_in",
        to=stranger.email,
        person=stranger,
        subject="Your day",
        text="Will you go to https://localhost/will/?",
        html='<a href="https://localhost/" style="color: red">badge of the issuer</a>',
    )
    invited(issuer_with_owner()[0], "else@people.example")
    outbox.enqueue("apps.notices.tasks.deliver", key="dead", letter_id=12, event_id=3, day="a day")
    Job.objects.filter(key="dead").update(state="dead", last_error="No issuer, no badge, will not.")
    columns = {
        Notice: ("facts", "key", "address"),
        Letter: ("subject", "text", "html", "dedupe_key", "to", "state"),
        Job: ("key", "arguments", "last_error"),
    }
    leaver = person(name)
    verbs.leave(leaver, by=leaver, address=leaver.email)

    def standing():
        about = {Notice: {"person": leaver}, Letter: {"person": leaver}, Job: {"key__startswith": "apps."}}
        return [
            list(model.objects.exclude(**about[model]).order_by("pk").values_list("pk", *names))
            for model, names in columns.items()
        ]

    before = standing()

    with clock.at(clock.now() + verbs.COOLING_OFF + timedelta(minutes=1)):
        assert verbs.erase(leaver.pk)

    assert standing() == before


def test_what_tells_of_them_is_told_without_their_name():
    issuer, owner = issuer_with_owner()
    leaver = person("Zyx Quill")
    credential = credentials.award_directly(
        published_version(issuer), by=owner, address=leaver.email, name="Z. Quill", why="Was there."
    )
    outbox.drain()
    reader = person("Olga Ruru")
    by_key = notice_for(
        reader, key=f"x:{credential.public_id}", learner="Zyx Quill", note="Ask Z. Quill, or zyx quill."
    )
    by_fact = notice_for(reader, who="Zyx Quill", of=leaver.public_id)
    of_another = notice_for(reader, who="Zyx Quill")

    gone(leaver)

    for one in (by_key, by_fact, of_another):
        one.refresh_from_db()
    assert (by_key.facts["learner"], by_key.facts["note"]) == ("—", "Ask —, or —.")
    assert by_fact.facts["who"] == "—"
    # Somebody else has that name too.
    assert of_another.facts["who"] == "Zyx Quill"
    assert [words.line_of(one) for one in (by_key, of_another)]


def test_a_letter_that_waits_goes_without_the_name_of_who_left():
    issuer, _owner = issuer_with_owner()
    leaver = person("href")
    issuers.accept_invitation(invited(issuer, leaver.email, role=Seat.Role.OWNER), by=leaver)
    with translation.override("en"):
        invitation = issuers.invite(issuer, by=leaver, email="new@people.example", role=Seat.Role.DESIGNER)
    (before,) = Letter.objects.filter(to="new@people.example").values_list("text", flat=True)

    gone(leaver)

    letter = Letter.objects.get(to="new@people.example")
    assert ("href" in before, letter.text, letter.html) == (True, before.replace("href", "—"), "")
    assert Invitation.objects.get(pk=invitation.pk).standing == "open"


def test_an_address_that_somebody_else_has_proved_is_not_the_leavers():
    stranger, leaver = person("Olga Ruru", email="olga@ruru.example"), person("Mal Ice")
    EmailAddress.objects.create(user=leaver, email="olga@ruru.example", verified=False)
    issuer, _owner = issuer_with_owner()
    invitation = invited(issuer, "olga@ruru.example")
    notice_for(stranger, "seat_given", role="owner", note="Write to olga@ruru.example.")
    before = list(Letter.objects.filter(to="olga@ruru.example").order_by("pk").values())

    gone(leaver)

    assert list(Letter.objects.filter(to="olga@ruru.example").order_by("pk").values()) == before
    assert stranger.notices.get().facts["note"] == "Write to olga@ruru.example."
    assert Invitation.objects.get(pk=invitation.pk).standing == "open"


def test_names_are_taken_out_of_words_and_leave_what_leads_somewhere():
    names = Names.of(["Ani Ruru", "day", "x"], ["ani@ruru.example"])
    given = {"day": ["ANI RURU, by Day, has a day.", "https://x.example/day /day/ Ani@Ruru.example"], "n": 1, "x": "x"}

    assert names.taken_out(given) == {"day": ["—, by Day, has a —.", "https://x.example/day /day/ —"], "n": 1, "x": "x"}
    assert Names.of([]).taken_out(given) == given


def test_every_way_from_a_thing_to_whose_it_is_can_be_gone():
    one = person()

    assert erasing.theirs_among(one.pk, [one.public_id, "a" * 26]) == {one.public_id}
    assert all(ways for ways in leaving.THEIRS.values())
