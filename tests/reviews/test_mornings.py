"""In the morning assessors hear that work waits, and leads that work is late: once a day, and only if there is more."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from apps.accounts.models import User
from apps.core import clock, outbox
from apps.core.models import Job
from apps.issuers import verbs as issuers
from apps.issuers.models import Issuer, Seat
from apps.notices import verbs as notices
from apps.notices import words
from apps.notices.merging_accounts import bring
from apps.notices.models import Letter, Notice
from apps.notices.tasks import write_digests
from apps.reviews import queries, tasks, verbs
from apps.reviews.models import Assignment, Conflict, Part, Turn
from config.schedule import SCHEDULE
from tests.factories import (
    assessable_attempt,
    browser,
    forgotten,
    issuer_with_owner,
    owner_of,
    person,
    published_version,
    seated,
    taken_attempt,
)

pytestmark = pytest.mark.django_db
AUCKLAND = ZoneInfo("Pacific/Auckland")
DUE = date(2027, 12, 14)


def at(day, hour, minute=0):
    """In Auckland, in December 2027, when all seats of a test have been given: thirteen hours before Greenwich."""
    return datetime(2027, 12, day, hour, minute, tzinfo=AUCKLAND).astimezone(UTC)


def handed_in(version, moment, *, due_on=DUE, learner=None):
    """Work that came to the queue at that moment."""
    attempt = assessable_attempt(version, learner=learner)
    attempt.turns.update(opened_at=moment, due_on=due_on)
    return attempt


def run_at(moment):
    """What the hour brings; the keys of its job are the schedule's business."""
    with clock.at(moment):
        tasks.tell_of_work()
        outbox.drain()


def told(kind="work_waits"):
    return [(one.person, one.key) for one in Notice.objects.filter(kind=kind).order_by("made_at", "person_id")]


def says(notice):
    """Title and line, as the page shows them."""
    return words.title_of(notice), words.line_of(notice)


@pytest.fixture
def house():
    issuer, owner = issuer_with_owner()
    Issuer.objects.filter(pk=issuer.pk).update(time_zone="Pacific/Auckland", country="NZ")
    User.objects.filter(pk=owner.pk).update(time_zone="Pacific/Auckland")
    return Issuer.objects.get(pk=issuer.pk)


@pytest.fixture
def badge(house):
    return published_version(house, name="Badge A")


@pytest.fixture
def assessor(house):
    return seated("assessor", house)


# --- work that waits --------------------------------------------------------------------------------------------------
def test_an_assessor_hears_of_all_that_waits_by_badge_and_when_the_first_is_due(house, badge, assessor):
    other = published_version(house, name="Badge B")
    handed_in(badge, at(1, 9), due_on=date(2027, 12, 16))
    handed_in(badge, at(1, 10), due_on=DUE)
    handed_in(other, at(1, 11), due_on=date(2027, 12, 20))

    run_at(at(2, 6))

    (notice,) = Notice.objects.filter(kind="work_waits")
    assert (notice.person, notice.key, notice.way, notice.address, notice.facts) == (
        assessor,
        "work_waits:2027-12-02",
        "digest",
        "/reviews/?view=free",
        {
            "n": 3,
            "badge": "",
            "badges": [{"badge": "Badge A", "n": 2}, {"badge": "Badge B", "n": 1}],
            "others": 0,
            "due_on": "2027-12-14",
            "is_late": False,
        },
    )
    assert says(notice) == (
        "3 pieces of work wait for an assessor",
        "2 for Badge A, 1 for Badge B. The first is due on 14 December 2027.",
    )


def test_a_single_piece_of_a_single_badge_is_named_in_the_title(badge, assessor):
    handed_in(badge, at(1, 9), due_on=date(2027, 11, 30))

    run_at(at(2, 6))

    assert says(assessor.notices.get(kind="work_waits")) == (
        "1 piece of work waits for an assessor: Badge A",
        "The first was due on 30 November 2027.",
    )


def test_of_many_badges_those_with_the_most_work_are_named(house, assessor):
    for number in range(7):
        version = published_version(house, name=f"Badge {number}")
        for _piece in range(2 if number == 6 else 1):
            handed_in(version, at(1, 9))

    run_at(at(2, 6))

    named = "2 for Badge 6, 1 for Badge 0, 1 for Badge 1, 1 for Badge 2, 1 for Badge 3, 2 for other badges."
    assert says(assessor.notices.get(kind="work_waits")) == (
        "8 pieces of work wait for an assessor",
        f"{named} The first is due on 14 December 2027.",
    )


def test_the_morning_is_six_by_their_own_clock_and_one_that_was_missed_is_made_up_for(badge, assessor):
    abroad = seated("assessor", badge.achievement.issuer)
    User.objects.filter(pk=abroad.pk).update(time_zone="Europe/London")
    handed_in(badge, at(1, 20))

    run_at(at(2, 5, 59))
    assert told() == []
    run_at(at(2, 6))
    assert told() == [(assessor, "work_waits:2027-12-02")]
    run_at(at(2, 22))
    assert told() == [(assessor, "work_waits:2027-12-02"), (abroad, "work_waits:2027-12-02")]


def test_the_job_runs_three_times_and_they_hear_once(badge, assessor):
    handed_in(badge, at(1, 9))

    for hour in (6, 7, 8):
        run_at(at(2, hour))
        Job.objects.filter(key__startswith="work_").update(state="pending", done_at=None)
        with clock.at(at(2, hour)):
            outbox.drain()
            verbs.tell_of_waiting(assessor, before=at(2, 6).astimezone(AUCKLAND))

    assert told() == [(assessor, "work_waits:2027-12-02")]


def test_nothing_new_is_no_notice_and_what_comes_after_the_morning_waits_for_the_next(badge, assessor):
    handed_in(badge, at(1, 9))
    run_at(at(2, 6))
    for day, hour in ((2, 12), (3, 6), (4, 6)):
        run_at(at(day, hour))
    assert told() == [(assessor, "work_waits:2027-12-02")]

    handed_in(badge, at(4, 9))
    run_at(at(4, 12))
    assert told() == [(assessor, "work_waits:2027-12-02")]

    run_at(at(5, 6))
    assert told() == [(assessor, "work_waits:2027-12-02"), (assessor, "work_waits:2027-12-05")]
    assert assessor.notices.get(key="work_waits:2027-12-05").facts["n"] == 2


def test_what_came_between_the_morning_and_a_late_job_is_counted_and_is_not_new_the_next_day(badge, assessor):
    handed_in(badge, at(1, 9))
    handed_in(badge, at(2, 8))

    run_at(at(2, 10))
    run_at(at(3, 6))

    assert [one.facts["n"] for one in assessor.notices.filter(kind="work_waits")] == [2]


def test_their_own_work_and_what_they_must_not_judge_are_neither_news_nor_counted(badge, assessor):
    colleague = seated("assessor", badge.achievement.issuer)
    handed_in(badge, at(1, 9), learner=assessor)
    known = handed_in(badge, at(1, 9))
    Conflict.objects.create(
        submission=known.submission, assessor=assessor, kind="knows", reason="", declared_at=at(1, 10)
    )

    run_at(at(2, 6))
    assert [(one, one.notices.get(kind="work_waits").facts["n"]) for one, _key in told()] == [(colleague, 2)]

    handed_in(badge, at(2, 9))
    run_at(at(3, 6))
    assert assessor.notices.get(kind="work_waits").facts["n"] == 1


def test_work_that_others_hold_is_no_news_until_it_is_free_again(badge, assessor):
    handed_in(badge, at(1, 9))
    run_at(at(2, 6))
    held, holder = taken_attempt(badge, assessor=seated("assessor", badge.achievement.issuer))
    held.turns.update(opened_at=at(1, 9))
    run_at(at(3, 6))
    assert (assessor, "work_waits:2027-12-03") not in told()

    verbs.give_back(held, by=holder)
    Assignment.objects.update(ended_at=at(3, 9))
    run_at(at(4, 6))

    assert (assessor, "work_waits:2027-12-04") in told()


def test_what_they_gave_back_themselves_is_no_news_but_a_lease_of_theirs_that_ran_out_is(badge, assessor):
    for days in (2, 3):
        handed_in(badge, at(days - 1, 9))
        run_at(at(days, 6))
    attempt = Turn.objects.earliest("pk").attempt
    verbs.take(attempt, by=assessor)
    verbs.give_back(attempt, by=assessor)
    Assignment.objects.update(ended_at=at(3, 9))
    run_at(at(4, 6))
    assert len(told()) == 2

    Assignment.objects.update(state="expired", ended_at=at(4, 9))
    run_at(at(5, 6))
    assert told()[2:] == [(assessor, "work_waits:2027-12-05")]


def test_two_markings_side_by_side_are_one_piece_of_work(house, assessor):
    version = published_version(house, policy="double_blind")
    handed_in(version, at(1, 9))
    taken = handed_in(version, at(1, 9))
    verbs.take(taken, by=seated("assessor", house))

    run_at(at(2, 6))

    assert assessor.notices.get(kind="work_waits").facts["n"] == 2


def test_parts_for_leads_are_told_to_leads_alone(badge, assessor):
    lead = seated("moderator", badge.achievement.issuer)
    handed_in(badge, at(1, 9)).turns.update(part=Part.MODERATE)

    run_at(at(2, 6))

    assert told() == [(lead, "work_waits:2027-12-02")]


def test_whoever_lacks_the_badge_that_assessors_need_hears_nothing(badge, assessor):
    badge.achievement.assessor_badge = published_version().achievement
    badge.achievement.save(update_fields=["assessor_badge"])
    handed_in(badge, at(1, 9))

    run_at(at(2, 6))

    assert told() == []


def _moderator_of_another_house(one):
    Seat.objects.filter(person=one).update(ended_at=clock.now())
    seated("moderator", issuer_with_owner()[0])


def _returned(one):
    """Whose last letter came back for good."""
    letter = notices.write_to_address(
        "merged", key="x", to=one.email, person=one, language="en", time_zone="UTC", facts={}, address="/"
    )
    Letter.objects.filter(pk=letter.pk).update(
        state="bounced", sent_at=at(1, 1), bounced_at=at(1, 2), bounced_for_good=True
    )


@pytest.mark.parametrize(
    "gone",
    [
        lambda one: Seat.objects.filter(person=one).update(ended_at=clock.now()),
        lambda one: Seat.objects.filter(person=one).update(suspended_at=clock.now()),
        lambda one: Seat.objects.filter(person=one).update(until=at(2, 5)),
        _moderator_of_another_house,
        lambda one: User.objects.filter(pk=one.pk).update(is_active=False),
        lambda one: one.emailaddress_set.update(verified=False),
        _returned,
        forgotten,
    ],
    ids=["ended", "suspended", "expired", "elsewhere", "closed", "unproved", "returned", "erased"],
)
@pytest.mark.parametrize("kind", ["work_waits", "work_late"])
def test_whoever_may_no_longer_judge_or_cannot_be_reached_hears_nothing(house, badge, gone, kind):
    person_gone, stays = seated("moderator", house), seated("moderator", house)
    handed_in(badge, at(1, 9), due_on=date(2027, 11, 30))
    gone(person_gone)

    run_at(at(2, 6))

    assert [one for one, _key in told(kind)] == [stays]


def test_a_letter_that_arrived_since_another_came_back_ends_the_silence(badge, assessor):
    _returned(assessor)
    letter = notices.write_to_address(
        "merged", key="y", to=assessor.email, person=assessor, language="en", time_zone="UTC", facts={}, address="/"
    )
    Letter.objects.filter(pk=letter.pk).update(state="sent", sent_at=at(1, 3))
    handed_in(badge, at(1, 9))

    run_at(at(2, 6))

    assert told() == [(assessor, "work_waits:2027-12-02")]


def test_it_goes_with_the_digest_of_that_morning_or_at_once_or_is_only_shown_as_each_chose(badge, assessor):
    house = badge.achievement.issuer
    at_once, here = seated("assessor", house), seated("assessor", house)
    notices.choose(at_once, by=at_once, ways={"work_waits": "at_once"})
    notices.choose(here, by=here, ways={"work_waits": "here"})
    handed_in(badge, at(1, 9))
    outbox.drain()
    mail.outbox.clear()

    run_at(at(2, 6, 5))
    assert [one.to for one in mail.outbox] == [[at_once.email]]
    with clock.at(at(2, 7)):
        write_digests()
        outbox.drain()

    assert [(one.to, one.subject) for one in mail.outbox] == [
        ([at_once.email], "1 piece of work waits for an assessor: Badge A"),
        ([assessor.email], "One thing is new for you"),
    ]
    assert "The first is due on 14 December 2027." in mail.outbox[1].body
    assert here.notices.get(kind="work_waits").letter is None
    assert "1 piece of work waits for an assessor: Badge A" in browser(here).get("/notices/").content.decode()
    assert "List-Unsubscribe-Post" in mail.outbox[0].extra_headers


@pytest.mark.parametrize("blind", [True, False])
def test_no_word_of_a_learner_is_in_notice_or_letter_and_a_badges_signs_are_text(house, blind):
    assessor = seated("moderator", house)
    learner = person("Wiremu Tāmihana")
    notices.choose(assessor, by=assessor, ways={"work_waits": "at_once", "work_late": "at_once"})
    for name in ("Shears & <b>combs</b>", "Wool"):
        handed_in(published_version(house, name=name, blind=blind), at(1, 9), due_on=date(2027, 12, 1), learner=learner)
    outbox.drain()
    mail.outbox.clear()

    run_at(at(2, 6))

    letters = {letter.kind: letter for letter in Letter.objects.filter(person=assessor, kind__startswith="work_")}
    assert set(letters) == {"work_waits", "work_late"}
    for kind, letter in letters.items():
        told_all = f"{assessor.notices.get(kind=kind).facts} {letter.subject} {letter.text} {letter.html}"
        for word in ("Wiremu", "Tāmihana", learner.email, learner.public_id, "S-"):
            assert word not in told_all
        assert "1 for Shears & <b>combs</b>, 1 for Wool." in letter.text
        assert "1 for Shears &amp; &lt;b&gt;combs&lt;/b&gt;, 1 for Wool." in letter.html
        assert "<b>" not in letter.html


def test_the_whole_letter_of_work_that_waits(badge, assessor):
    notices.choose(assessor, by=assessor, ways={"work_waits": "at_once"})
    handed_in(badge, at(1, 9))
    handed_in(badge, at(1, 9))

    run_at(at(2, 6))

    text = Letter.objects.get(kind="work_waits").text
    assert text.split("\nNgā mihi,")[0] == (
        f"Kia ora {assessor.name},\n\n"
        "2 pieces of work wait for an assessor: Badge A.\nThe first is due on 14 December 2027.\n\n"
        "See what you can take: http://localhost:8000/reviews/?view=free\n"
    )
    assert "You get this letter because you may judge this work." in text


@pytest.mark.parametrize("people", [1, 3])
@pytest.mark.parametrize("kind", ["work_waits", "work_late"])
def test_who_may_hear_is_two_queries_and_each_of_them_is_told_in_as_many(
    house, badge, people, kind, django_assert_num_queries
):
    leads = [seated("moderator", house) for _number in range(people)]
    for _number in range(people):
        handed_in(badge, at(1, 9), due_on=date(2027, 12, 1))

    with django_assert_num_queries(2):
        due = [(one.person, one.before) for one in queries.mornings_due(kind, at(2, 6))]

    assert due[-people:] == [(one, at(2, 6).astimezone(AUCKLAND)) for one in leads]
    with clock.at(at(2, 6)), django_assert_num_queries({"work_waits": 4, "work_late": 5}[kind]):
        find = queries.waiting_for if kind == "work_waits" else queries.late_for
        assert [one.n for one in find(leads[0], at(2, 6)).piles] == [people]


def test_it_is_looked_for_every_hour():
    assert SCHEDULE["tell_of_work"] == ("apps.reviews.tasks.tell_of_work", timedelta(hours=1))


# --- work that is late ------------------------------------------------------------------------------------------------
def test_a_lead_hears_of_late_work_once_the_promised_day_is_over_where_the_issuer_is(house, badge, assessor):
    lead = seated("moderator", house)
    handed_in(badge, at(1, 9))
    taken = handed_in(badge, at(1, 9), due_on=date(2027, 12, 20))
    verbs.take(taken, by=assessor)

    run_at(at(14, 6))
    assert told("work_late") == []
    for hour in (6, 7, 8):
        run_at(at(15, hour))
    run_at(at(16, 6))

    assert told("work_late") == [(lead, "work_late:2027-12-15")]
    notice = lead.notices.get(kind="work_late")
    assert (notice.way, notice.address, notice.facts) == (
        "digest",
        "/reviews/?view=late",
        {"n": 1, "badge": "Badge A", "badges": [{"badge": "Badge A", "n": 1}], "others": 0, "leads": True},
    )
    assert says(notice) == (
        "1 piece of work is past its promised date: Badge A",
        "You can hand the work to an assessor, or take it over.",
    )
    run_at(at(21, 6))
    assert lead.notices.get(key="work_late:2027-12-21").facts["n"] == 2, "it is late whoever holds it"


def test_a_day_that_ends_abroad_after_their_morning_is_told_the_next_morning(house, badge):
    Issuer.objects.filter(pk=house.pk).update(time_zone="Pacific/Honolulu")
    lead = seated("moderator", house)
    handed_in(badge, at(1, 9))

    for day, hour in ((15, 6), (15, 12), (15, 23), (16, 5)):
        run_at(at(day, hour))
    assert told("work_late") == []
    run_at(at(16, 6))

    assert told("work_late") == [(lead, "work_late:2027-12-16")]


def test_late_work_of_several_badges_is_told_together(house, badge):
    lead, other = seated("moderator", house), published_version(house, name="Badge B")
    for version in (badge, badge, other):
        handed_in(version, at(1, 9))

    run_at(at(15, 6))

    assert says(lead.notices.get(kind="work_late")) == (
        "3 pieces of work are past their promised date",
        "2 for Badge A, 1 for Badge B. You can hand the work to an assessor, or take it over.",
    )


def test_their_own_late_work_is_not_told_to_a_lead(house, badge):
    lead, other = seated("moderator", house), seated("moderator", house)
    handed_in(badge, at(1, 9), learner=lead)

    run_at(at(15, 6))

    assert told("work_late") == [(other, "work_late:2027-12-15")]


def test_work_that_is_back_with_its_learner_is_not_late(house, badge):
    lead = seated("moderator", house)
    attempt = handed_in(badge, at(1, 9))
    verbs.take(attempt, by=lead)
    verbs.return_unscored(attempt, by=lead, reason="The film does not play: add it again as a file.")

    run_at(at(15, 6))

    assert told("work_late") == []


def test_without_a_lead_the_owner_hears_and_is_led_to_the_people(house, badge, assessor):
    gone = seated("moderator", house)
    Seat.objects.filter(person=gone).update(ended_at=clock.now())
    handed_in(badge, at(1, 9))
    handed_in(badge, at(1, 9), learner=owner_of(house))

    run_at(at(15, 6))

    assert told("work_late") == [(owner_of(house), "work_late:2027-12-15")]
    notice = owner_of(house).notices.get(kind="work_late")
    assert (notice.address, notice.facts["n"], notice.facts["leads"]) == (
        f"/organisations/{house.slug}/people/",
        1,
        False,
    )
    assert says(notice) == (
        "1 piece of work is past its promised date: Badge A",
        "Nobody leads the assessment there. You can make someone a moderator.",
    )
    assert browser(owner_of(house)).get(notice.address).status_code == 200


def test_a_lead_further_up_is_a_lead(house, badge):
    above, chief = issuer_with_owner("Above")
    house.parent = above
    house.save(update_fields=["parent"])
    lead = seated("moderator", above)
    handed_in(badge, at(1, 9))

    run_at(at(15, 6))

    assert told("work_late") == [(lead, "work_late:2027-12-15")]
    assert not chief.notices.filter(kind="work_late").exists()


def test_two_accounts_that_become_one_keep_one_notice_a_day(house, badge):
    one, other = seated("assessor", house), seated("assessor", house)
    handed_in(badge, at(1, 9))
    run_at(at(2, 6))
    bring(one, other)
    run_at(at(3, 6))

    assert [key for who, key in told() if who == one] == ["work_waits:2027-12-02"]


def test_someone_seated_today_hears_tomorrow_of_what_waited_before(house, badge, assessor):
    handed_in(badge, at(1, 9))
    run_at(at(2, 6))
    newcomer = person("Newcomer")
    issuers.seat(newcomer, house, "assessor", by=owner_of(house))

    run_at(at(3, 6))

    assert told() == [(assessor, "work_waits:2027-12-02"), (newcomer, "work_waits:2027-12-03")]
