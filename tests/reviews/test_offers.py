"""What a lead asks somebody to judge is kept for them for some days, and then it is free again."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from apps.accounts.models import User
from apps.core import clock, outbox
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers.models import Issuer
from apps.notices.models import Letter, Notice
from apps.reviews import queries, verbs
from apps.reviews.models import Assignment
from apps.reviews.queries.story import story_of
from tests.factories import assessable_attempt, browser, granting, issuer_with_owner, published_version, seated

pytestmark = pytest.mark.django_db
HERE = ZoneInfo("Pacific/Auckland")
# A Thursday at noon: two business days on it is Monday, and that day still counts.
ASKED = datetime(2026, 7, 2, 12, tzinfo=HERE)
LAST = datetime(2026, 7, 6, 23, 59, 59, 999999, tzinfo=HERE)
OVER = LAST + timedelta(seconds=1)


@pytest.fixture
def offer():
    """Offered on a Thursday by a lead to an assessor, at an issuer in Auckland."""
    issuer, _owner = issuer_with_owner()
    Issuer.objects.filter(pk=issuer.pk).update(time_zone=str(HERE), country="NZ")
    attempt = assessable_attempt(published_version(Issuer.objects.get(pk=issuer.pk)))
    lead, assessor = seated("moderator", issuer), seated("assessor", issuer)
    with clock.at(ASKED):
        return verbs.assign(attempt.turns.get(), to=assessor, by=lead)


def stands(offer):
    offer.refresh_from_db()
    return offer.state, offer.turn.__class__.objects.get(pk=offer.turn_id).holder


def test_an_offer_stands_through_the_last_of_two_business_days_where_the_issuer_is(offer):
    assert offer.until == LAST
    with clock.at(LAST):
        assert verbs.expire_leases() == 0
        assert stands(offer) == ("offered", offer.assessor)

    with clock.at(OVER):
        assert (verbs.expire_leases(), verbs.expire_leases()) == (1, 0)

    assert stands(offer) == ("expired", None)
    event = Event.objects.get(kind="assignment.offer_lapsed")
    assert (event.actor_id, event.data) == (
        "",
        {"assignment": offer.public_id, "attempt": offer.attempt.public_id},
    )
    assert not Event.objects.filter(kind="assignment.expired").exists()


def test_so_many_days_it_stands_as_the_setting_says(settings):
    settings.OFFER_DAYS = 5
    issuer, _owner = issuer_with_owner()
    attempt = assessable_attempt(published_version(issuer))

    with clock.at(ASKED):
        offered = verbs.assign(attempt.turns.get(), to=seated("assessor", issuer), by=seated("moderator", issuer))

    assert offered.until.astimezone(ZoneInfo(issuer.time_zone)).date() == date(2026, 7, 9)


def test_who_was_asked_and_who_asked_are_told_once_and_by_no_letter_at_once(offer):
    with clock.at(OVER):
        verbs.expire_leases()
        verbs.expire_leases()

    told = {one.person: one.facts["asked"] for one in Notice.objects.filter(kind="offer_lapsed")}
    assert told == {offer.assessor: "", offer.offered_by: offer.assessor.name}
    assert not Letter.objects.filter(kind="offer_lapsed").exists()
    pages = {person: browser(person).get("/notices/").content.decode() for person in told}
    assert "You were asked to take it (Marking), and the time for that is over." in pages[offer.assessor]
    assert f"{offer.assessor.name} did not answer in time (Marking)." in pages[offer.offered_by]


def test_a_lead_who_asked_themselves_is_told_once():
    issuer, _owner = issuer_with_owner()
    attempt, lead = assessable_attempt(published_version(issuer)), seated("moderator", issuer)
    with clock.at(ASKED):
        verbs.assign(attempt.turns.get(), to=lead, by=lead)

    with clock.at(OVER):
        verbs.expire_leases()

    assert [one.facts["asked"] for one in lead.notices.filter(kind="offer_lapsed")] == [""]


def test_taken_in_its_last_moment_it_is_a_lease_and_nothing_lapses(offer):
    with clock.at(LAST):
        verbs.take(offer.attempt, by=offer.assessor)

    with clock.at(OVER):
        assert verbs.expire_leases() == 0

    assert stands(offer) == ("taken", offer.assessor)


def test_taken_after_its_last_moment_but_before_the_job_came_it_is_theirs_all_the_same(offer):
    with clock.at(OVER):
        verbs.take(offer.attempt, by=offer.assessor)
        assert verbs.expire_leases() == 0

    assert stands(offer) == ("taken", offer.assessor)
    assert not Event.objects.filter(kind="assignment.offer_lapsed").exists()


def test_the_job_that_saw_an_offer_lapsed_finds_under_the_lock_that_it_was_taken(offer, monkeypatch):
    lapsed = Assignment.objects.filter(pk=offer.pk)
    with clock.at(OVER):
        seen = list(Assignment.objects.unanswered())
        verbs.take(offer.attempt, by=offer.assessor)
        monkeypatch.setattr(type(lapsed), "unanswered", lambda _self: seen)

        assert (seen, verbs.expire_leases()) == ([offer], 0)

    assert stands(offer) == ("taken", offer.assessor)


def test_freed_first_it_is_taken_anew_under_a_lease_of_its_own(offer):
    with clock.at(OVER):
        verbs.expire_leases()
        again = verbs.take(offer.attempt, by=offer.assessor)

    assert (stands(offer)[0], again.state, again.pk == offer.pk) == ("expired", "taken", False)


def test_another_takes_what_lapsed_before_the_job_came_and_not_a_moment_sooner(offer):
    other = seated("assessor", offer.attempt.submission.achievement.issuer)
    with clock.at(LAST), pytest.raises(Refused, match="was asked to take this"):
        verbs.take(offer.attempt, by=other)

    with clock.at(OVER):
        assert verbs.take(offer.attempt, by=other).assessor == other

    assert stands(offer) == ("expired", other)
    assert Event.objects.filter(kind="assignment.offer_lapsed").count() == 1


def test_offered_again_after_it_lapsed_it_stands_anew(offer):
    with clock.at(LAST):
        assert verbs.assign(offer.turn, to=offer.assessor, by=offer.offered_by) == offer

    with clock.at(OVER):
        again = verbs.assign(offer.turn, to=offer.assessor, by=offer.offered_by)

    assert (stands(offer), again.until > OVER) == (("expired", offer.assessor), True)


def test_what_was_passed_back_is_kept_for_its_recommender_no_longer_than_other_offers():
    attempt, granter = granting()
    recommender = attempt.assignments.get(turn__part="first").assessor
    verbs.pass_back(attempt, by=granter, reason="Look at the edge again.")
    offered = attempt.assignments.get(state="offered")

    with clock.at(offered.until + timedelta(seconds=1)):
        assert verbs.expire_leases() == 1

    assert stands(offered) == ("expired", None)
    assert {one.person for one in Notice.objects.filter(kind="offer_lapsed")} == {recommender, granter}
    assert verbs.take(attempt, by=recommender)


def test_the_database_keeps_no_offer_without_an_end(offer):
    with pytest.raises(IntegrityError, match="what_is_offered_has_an_end"), transaction.atomic():
        Assignment.objects.filter(pk=offer.pk).update(until=None)


def test_desk_workload_and_letter_say_until_when(offer):
    lead, assessor = offer.offered_by, offer.assessor
    desk = f"/reviews/{offer.attempt.public_id}/"
    other = seated("assessor", offer.attempt.submission.achievement.issuer)

    with clock.at(ASKED):
        pages = [browser(one).get(desk).content.decode() for one in (assessor, other)]
        load = browser(lead).get("/reviews/workload/").content.decode()

    assert "It is kept for you until <time" in pages[0]
    assert f"{assessor.name} was asked to take this, and has until" in pages[1]
    assert [page.count(">6 July 2026</time>") for page in pages] == [1, 1]
    assert {one.person: one.until for one in queries.workload_of(lead) if one.until} == {assessor: LAST}
    assert 'until <time datetime="2026-07-06' in load
    outbox.drain()
    letter = Letter.objects.filter(kind="work_offered").get()
    assert "It is kept for you until 6 July 2026; then it is free again." in letter.text


@pytest.mark.parametrize(("speaks", "reads"), [("mi", "en"), ("en", "mi")])
def test_the_part_is_named_in_the_language_of_who_reads_of_it(speaks, reads):
    issuer, _owner = issuer_with_owner()
    attempt, lead = assessable_attempt(published_version(issuer)), seated("moderator", issuer)
    assessor = seated("assessor", issuer)
    User.objects.filter(pk=assessor.pk).update(language=reads)
    with clock.at(ASKED), translation.override(speaks):
        verbs.assign(attempt.turns.get(), to=User.objects.get(pk=assessor.pk), by=lead)
    with clock.at(OVER), translation.override(speaks):
        verbs.expire_leases()
    outbox.drain()

    part = {"en": "(Marking)", "mi": "(Te aromatawai)"}[reads]
    assert part in Letter.objects.get(kind="work_offered").text
    assert browser(assessor).get("/notices/").content.decode().count(part) == 2


def test_the_story_says_whose_offer_lapsed(offer):
    with clock.at(OVER):
        verbs.expire_leases()
        story = story_of(offer.attempt.submission, reader=offer.offered_by, leads=True)

    told = [(one.kind, str(one.what), str(one.who), one.more) for chapter in story for one in chapter.entries]
    assert told[-1] == (
        "assignment.offer_lapsed",
        "Offered, and not answered in time",
        "Satchel",
        offer.assessor.name,
    )
