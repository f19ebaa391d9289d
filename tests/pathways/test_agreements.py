"""An issuer and a partner agree on what counts: proposed, answered, taken back, ended; and what everybody reads of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from apps.core import clock
from apps.core.refused import Refused
from apps.issuers import verbs as issuers
from apps.issuers.models import Issuer, Seat
from apps.notices.models import Letter, Notice
from apps.pathways import crediting, queries, verbs
from apps.pathways.models import Agreement
from tests.factories import (
    agreed,
    browser,
    events_of,
    issuer_with_owner,
    outsider,
    owner_of,
    person,
    proposed,
    published_version,
    seated,
    terms,
)

pytestmark = pytest.mark.django_db


def test_a_partner_here_is_asked_and_agrees_and_leaves_a_trail():
    partner, chief = issuer_with_owner("Longwater")
    recogniser = seated(Seat.Role.RECOGNISER, partner)
    version = published_version(name="Blades")
    owner = owner_of(version.achievement.issuer)

    agreement = proposed(version.achievement, partner=partner)
    assert (agreement.state, agreement.named, queries.recognition_of(version.achievement)) == ("proposed", "Blades", [])
    told = Notice.objects.filter(kind="agreement_asked").order_by("person_id")
    assert {one.person for one in told} == {chief, recogniser}
    verbs.accept_agreement(agreement, by=recogniser, words=" Gladly. ")

    agreement.refresh_from_db()
    assert (agreement.state, agreement.answer, agreement.answered_by) == ("agreed", "Gladly.", recogniser)
    assert queries.recognition_of(version.achievement) == [agreement]
    assert events_of(agreement) == [
        ("agreement.proposed", owner.public_id),
        ("agreement.accepted", recogniser.public_id),
    ]
    assert [one.person for one in Notice.objects.filter(kind="agreement_answered")] == [owner]


def test_an_outside_institution_has_agreed_by_the_issuers_word():
    version = published_version()

    agreement = proposed(version.achievement, partner=outsider())

    assert (agreement.state, agreement.partner_called, agreement.answered_at is None) == (
        "agreed",
        "Longwater Polytechnic",
        False,
    )
    assert not Letter.objects.filter(to="credit@longwater.example").exists()
    page = Client().get(version.achievement.get_absolute_url()).content.decode()
    assert f"{version.achievement.issuer.name} says so; the partner has no organisation here" in page
    assert ("5 NZQA credits, 50 hours" in page, "credit@longwater.example" in page) == (True, False)


def test_it_is_answered_once_by_another_person_for_the_partner_alone():
    agreement = proposed()
    chief = owner_of(agreement.partner)
    for stranger in (person(), owner_of(agreement.issuer), seated(Seat.Role.ASSESSOR, agreement.partner)):
        with pytest.raises(PermissionDenied):
            verbs.accept_agreement(agreement, by=stranger)
    with pytest.raises(Refused, match="Say in a sentence why"):
        verbs.decline_agreement(agreement, by=chief, words=" ")

    verbs.decline_agreement(agreement, by=chief, words="Too short.")

    with pytest.raises(Refused, match="can no longer be done"):
        verbs.accept_agreement(agreement, by=chief)
    with pytest.raises(Refused, match="can no longer be done"):
        verbs.withdraw_agreement(agreement, by=owner_of(agreement.issuer))


def test_nobody_answers_what_they_proposed_themselves():
    partner, _chief = issuer_with_owner()
    version = published_version()
    both = owner_of(version.achievement.issuer)
    issuers.seat(both, partner, Seat.Role.RECOGNISER, by=owner_of(partner))
    agreement = proposed(version.achievement, partner=partner)

    with pytest.raises(Refused, match="You proposed this yourself"):
        verbs.accept_agreement(agreement, by=both)


def test_who_runs_the_issuer_proposes_and_takes_back_and_either_side_ends():
    version = published_version()
    issuer = version.achievement.issuer
    designer = seated(Seat.Role.DESIGNER, issuer)
    facts = {"on": version.achievement, "partner": outsider(), "terms": terms()}
    for stranger in (person(), designer):
        with pytest.raises(PermissionDenied):
            verbs.propose_agreement(issuer, by=stranger, **facts)
    waiting, standing = proposed(version.achievement), agreed(version.achievement)
    with pytest.raises(PermissionDenied):
        verbs.withdraw_agreement(waiting, by=owner_of(waiting.partner))
    with pytest.raises(PermissionDenied):
        verbs.end_agreement(standing, by=designer)

    verbs.withdraw_agreement(waiting, by=owner_of(issuer))
    verbs.end_agreement(standing, by=owner_of(standing.partner))

    assert set(Agreement.objects.values_list("state", flat=True)) == {"withdrawn", "ended"}
    assert queries.recognition_of(version.achievement) == []
    with pytest.raises(Refused, match="can no longer be done"):
        verbs.end_agreement(standing, by=owner_of(issuer))


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"credits": Decimal(0)}, "how many credits"),
        ({"ends_on": clock.now().date() - timedelta(days=30)}, "ends before it begins"),
        ({"level_framework": "eqf", "level_number": 9}, "EQF up to 8"),
        ({"level_number": 4}, "a framework and a number"),
    ],
)
def test_terms_that_make_no_sense_are_refused_in_words(facts, why):
    with pytest.raises(Refused, match=why):
        proposed(**facts)


def test_the_partner_is_another_that_somebody_answers_for_and_the_badge_is_ones_own():
    version, other = published_version(), published_version()
    issuer = version.achievement.issuer
    empty, chief = issuer_with_owner()
    Seat.objects.filter(person=chief).update(suspended_at=clock.now())
    say = {"by": owner_of(issuer), "terms": terms()}

    with pytest.raises(Refused, match="is another organisation"):
        verbs.propose_agreement(issuer, on=version.achievement, partner=issuer, **say)
    with pytest.raises(Refused, match="Nobody answers for"):
        verbs.propose_agreement(issuer, on=version.achievement, partner=empty, **say)
    with pytest.raises(Refused, match="not one of"):
        verbs.propose_agreement(issuer, on=other.achievement, partner=outsider(), **say)


def test_what_was_agreed_never_changes():
    agreement = agreed()

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Agreement.objects.filter(pk=agreement.pk).update(credits=6)


def test_it_is_shown_only_between_its_days():
    version = published_version()
    there = clock.zone(version.achievement.issuer.time_zone)
    noon = clock.now().astimezone(there).replace(hour=12)
    agreed(version.achievement, starts_on=(noon + timedelta(days=2)).date(), ends_on=(noon + timedelta(days=4)).date())

    found = []
    for days in (1, 2, 4, 5):
        with clock.at(noon + timedelta(days=days)):
            found.append(len(queries.recognition_of(version.achievement)))

    assert found == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("amount", "framework", "words"),
    [
        (Decimal(5), "nzqa", "5 NZQA credits, 50 hours"),
        (Decimal(1), "nzqa", "1 NZQA credit, 10 hours"),
        (Decimal("2.5"), "nzqa", "2.5 NZQA credits, 25 hours"),
        (Decimal(5), "ects", "5 ECTS credits, 125 to 150 hours"),
        (Decimal(3), "other", "3 credits of our own"),
    ],
)
def test_credits_are_hours_by_their_framework(amount, framework, words):
    assert crediting.in_words(amount, framework) == words


def test_both_sides_go_through_the_pages():
    version = published_version(name="Blades")
    issuer = version.achievement.issuer
    partner, _chief = issuer_with_owner("Longwater")
    recogniser = seated(Seat.Role.RECOGNISER, partner)
    ours, theirs = browser(owner_of(issuer)), browser(recogniser)
    path, there = f"/organisations/{issuer.slug}/agreements/", f"/organisations/{partner.slug}/agreements/"
    typed = {
        "on": f"badge-{version.achievement.public_id}",
        "partner": partner.slug,
        "counts_towards": "Diploma",
        "credits": "5",
        "credit_framework": "nzqa",
        "starts_on": clock.now().date().isoformat(),
        "conditions": "Not *older* than a year.",
    }
    assert ("None yet" in ours.get(path).text, "None yet" in theirs.get(there).text) == (True, True)

    answer = ours.post(f"{path}propose/", typed)
    agreement = Agreement.objects.get()
    assert (answer.status_code, answer.url) == (302, f"{path}{agreement.public_id}/")
    assert ("Withdraw the proposal" in ours.get(answer.url).text, "We count it" in ours.get(answer.url).text) == (
        True,
        False,
    )
    assert "Blades" in theirs.get(there).text
    refused = theirs.post(f"{there}{agreement.public_id}/decline/", {"words": ""})
    assert (refused.status_code, "Say in a sentence why" in refused.text) == (422, True)
    theirs.post(f"{there}{agreement.public_id}/accept/", {"words": ""})
    badge = Client().get(version.achievement.get_absolute_url()).text
    assert ("Where it counts" in badge, "Diploma" in badge, "<em>older</em>" in badge) == (True, True, True)

    ours.post(f"{path}{agreement.public_id}/end/")
    assert "Where it counts" not in Client().get(version.achievement.get_absolute_url()).text


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        ({"partner": "", "partner_name": "", "partner_email": "a@b.example"}, "partner_name", "say what it is called"),
        ({"partner_name": "Elsewhere"}, "partner", "Give one partner only"),
        ({"partner": "", "partner_name": "X", "partner_email": ""}, "partner_email", "where its requests are sent"),
        ({"level_framework": "nzqf"}, "level_number", "a framework and a number"),
        ({"ends_on": "2020-01-01"}, "ends_on", "ends before it begins"),
        ({"credits": "0"}, "credits", "greater than or equal to 0.1"),
        ({"on": "badge-x"}, "on", "valid choice"),
    ],
)
def test_what_is_missing_is_said_at_its_field(change, field, why):
    version = published_version()
    issuer = version.achievement.issuer
    partner, _chief = issuer_with_owner()
    typed = {
        "on": f"badge-{version.achievement.public_id}",
        "partner": partner.slug,
        "counts_towards": "Diploma",
        "credits": "5",
        "credit_framework": "nzqa",
        "starts_on": "2026-01-01",
    }

    answer = browser(owner_of(issuer)).post(f"/organisations/{issuer.slug}/agreements/propose/", typed | change)

    errors = answer.context["form"].errors
    assert (answer.status_code, list(errors), why in errors[field][0]) == (422, [field], True)
    assert not Agreement.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_much_for_3_as_for_1(django_assert_num_queries, rows):
    issuer, owner = issuer_with_owner()
    for _each in range(rows):
        agreed(published_version(issuer).achievement)
    client = browser(owner)

    with django_assert_num_queries(8):
        page = client.get(f"/organisations/{issuer.slug}/agreements/").text
    assert page.count('class="ev ev-row') == rows


def test_an_agreement_of_an_issuer_whose_zone_nobody_knows_here_goes_by_utc():
    with clock.at(datetime(2027, 3, 1, tzinfo=UTC)):
        agreement = agreed(starts_on=date(2027, 3, 10), ends_on=date(2027, 3, 20))
    Issuer.objects.filter(pk=agreement.issuer_id).update(time_zone="Antarctica/Vostok_Two")
    agreement = Agreement.objects.get(pk=agreement.pk)

    held = []
    for day in (9, 10, 20, 21):
        with clock.at(datetime(2027, 3, day, 12, tzinfo=UTC)):
            held.append((agreement.holds, list(Agreement.objects.in_force()) == [agreement]))

    assert held == [(False, False), (True, True), (True, True), (False, False)]


def test_an_agreement_begins_and_ends_with_the_issuers_days():
    with clock.at(datetime(2027, 3, 1, tzinfo=UTC)):
        agreement = agreed(starts_on=date(2027, 3, 10), ends_on=date(2027, 3, 20))
    moments = {  # in Auckland
        "the evening before": datetime(2027, 3, 9, 10, 0, tzinfo=UTC),
        "the first morning": datetime(2027, 3, 9, 20, 0, tzinfo=UTC),
        "the last evening": datetime(2027, 3, 20, 10, 0, tzinfo=UTC),
        "the morning after": datetime(2027, 3, 20, 20, 0, tzinfo=UTC),
    }

    held = {}
    for when, moment in moments.items():
        with clock.at(moment):
            held[when] = (agreement.holds, list(Agreement.objects.in_force()) == [agreement])

    assert held == {
        "the evening before": (False, False),
        "the first morning": (True, True),
        "the last evening": (True, True),
        "the morning after": (False, False),
    }
