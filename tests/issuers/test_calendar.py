"""Promised days are business days of the issuer: no weekends, no public holidays of its country, in its zone."""

from datetime import UTC, date, datetime

import pytest

from apps.core import clock
from apps.issuers.calendar import business_day_after, business_days_between
from apps.issuers.models import Issuer
from apps.submissions import verbs as submissions
from tests.factories import issuer_with_owner, open_attempt, published_version


def issuer(country="NZ", time_zone="Pacific/Auckland"):
    return Issuer(name="Kōwhai Ridge", country=country, time_zone=time_zone)


def after(day, days, **there):
    """Asked for at noon of that day in Auckland."""
    return business_day_after(datetime.fromisoformat(f"{day}T00:00Z"), days=days, issuer=issuer(**there))


@pytest.mark.parametrize(
    ("handed_in", "days", "country", "answered"),
    [
        # A Thursday in an ordinary week, and over a weekend.
        ("2026-05-07", 1, "NZ", date(2026, 5, 8)),
        ("2026-05-07", 2, "NZ", date(2026, 5, 11)),
        # On a Saturday counting begins with Monday.
        ("2026-05-09", 1, "NZ", date(2026, 5, 11)),
        # Waitangi Day 2027 is a Saturday: the Monday after is free in its place.
        ("2027-02-05", 1, "NZ", date(2027, 2, 9)),
        ("2027-02-05", 1, "AU", date(2027, 2, 8)),
        ("2027-02-05", 1, "", date(2027, 2, 8)),
        # Christmas and Boxing Day, the Monday for Boxing Day, then New Year and the day after it.
        ("2026-12-24", 1, "NZ", date(2026, 12, 29)),
        ("2026-12-24", 4, "NZ", date(2027, 1, 5)),
        ("2026-12-24", 1, "", date(2026, 12, 25)),
        ("2026-12-24", 10, "", date(2027, 1, 7)),
        # Matariki moves with the moon.
        ("2026-07-09", 1, "NZ", date(2026, 7, 13)),
        # Elsewhere the week ends on another day.
        ("2026-05-07", 1, "SA", date(2026, 5, 10)),
        # Two letters that are no country, or none whose holidays are known.
        ("2026-12-24", 1, "ZZ", date(2026, 12, 25)),
    ],
)
def test_weekends_and_public_holidays_are_no_business_days(handed_in, days, country, answered):
    assert after(handed_in, days, country=country) == answered


def test_the_day_begins_in_the_zone_of_the_issuer():
    late_on_thursday_in_london = datetime(2026, 5, 7, 22, tzinfo=UTC)

    found = [
        business_day_after(late_on_thursday_in_london, days=1, issuer=issuer(country="", time_zone=zone))
        for zone in ("Pacific/Auckland", "Europe/London")
    ]

    assert found == [date(2026, 5, 11), date(2026, 5, 8)]


@pytest.mark.django_db
def test_the_day_that_a_learner_is_promised_is_a_business_day_of_the_issuer():
    house, _owner = issuer_with_owner()
    Issuer.objects.filter(pk=house.pk).update(country="NZ")
    house.refresh_from_db()
    attempt = open_attempt(published_version(house, service_days=1))

    with clock.at(datetime(2027, 2, 5, tzinfo=UTC)):
        submission = submissions.submit(attempt, by=attempt.submission.learner)

    assert submission.answer_by == date(2027, 2, 9)


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ((23, 11), (23, 11), 0),
        ((23, 11), (24, 11), 1),
        ((27, 11), (30, 11), 1),
        ((27, 11), (28, 11), 0),
        ((28, 11), (29, 11), 0),
        ((23, 11), (30, 11), 5),
        ((24, 11), (23, 11), 0),
    ],
)
def test_between_two_days_the_weekend_is_left_out(since, until, days):
    first, last = (date(2026, month, day) for day, month in (since, until))

    assert business_days_between(first, last, issuer=Issuer()) == days
