"""What each assessor has to do, for whoever leads them."""

import csv
import io
from datetime import UTC, timedelta

import pytest

from apps.core import clock
from apps.issuers import verbs as issuers
from apps.reviews import queries, verbs
from apps.reviews.models import Turn
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    browser,
    issuer_with_owner,
    marks_for,
    operator,
    published_version,
    seated,
)

pytestmark = pytest.mark.django_db


def test_a_lead_reads_what_is_in_hand_offered_late_and_sent_of_those_whom_they_lead():
    issuer, _owner = issuer_with_owner()
    elsewhere, _theirs = issuer_with_owner()
    version = published_version(issuer)
    lead, busy, stranger = seated("moderator", issuer), seated("assessor", issuer), seated("assessor", elsewhere)
    held, offered, sent = (assessable_attempt(version) for _number in range(3))
    foreign = assessable_attempt(published_version(elsewhere))
    verbs.take(held, by=busy)
    Turn.objects.filter(attempt=held).update(due_on=clock.now().date() - timedelta(days=4))
    offer = verbs.assign(offered.turns.get(), to=busy, by=lead)
    verbs.take(foreign, by=stranger)
    verbs.take(sent, by=busy)
    verbs.decide(sent, by=busy, marks=marks_for(sent), answers=ALL_GOOD, note="")
    done = Turn.objects.filter(state="done")
    done.update(opened_at=done.get().closed_at - timedelta(days=2))

    loads = {load.person: load[1:] for load in queries.workload_of(lead)}

    assert loads == {lead: (0, 0, 0, 0, None, None), busy: (1, 1, 1, 1, 2.0, offer.until)}
    page = browser(lead).get("/reviews/workload/").content.decode()
    assert (busy.name in page, stranger.name in page) == (True, False)
    table = browser(lead).get("/reviews/workload.csv").content.decode().removeprefix("\ufeff")
    (row,) = (one for one in csv.DictReader(io.StringIO(table)) if one["assessor"] == busy.name)
    assert row == {
        "assessor": busy.name,
        "taken": "1",
        "offered": "1",
        "late": "1",
        "sent_in_30_days": "1",
        "median_days": "2.0",
        "offered_until": offer.until.astimezone(UTC).isoformat(timespec="seconds"),
    }


def test_who_judges_from_further_up_is_among_those_whom_a_lead_has():
    above, _owner = issuer_with_owner()
    chief = operator()
    issuer = issuers.found(by=chief, name="School", parent=above, owner_email=chief.email)
    badge_above, version = published_version(above), published_version(issuer)
    lead, from_above = seated("moderator", issuer), seated("assessor", above)
    seated("assessor", above, badge_above.achievement)  # who judges one badge up there, and nothing here
    held = assessable_attempt(version)
    verbs.take(held, by=from_above)

    loads = {load.person: load.held for load in queries.workload_of(lead)}

    assert loads == {lead: 0, from_above: 1}


def test_who_leads_nobody_finds_no_workload():
    issuer, owner = issuer_with_owner()
    for someone in (seated("assessor", issuer), owner):
        for address in ("/reviews/workload/", "/reviews/workload.csv", "/reviews/hand-out/"):
            assert browser(someone).get(address).status_code == 404
    assert browser(seated("moderator", issuer)).get("/reviews/workload/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_workload_asks_7_whomever_it_lists(django_assert_num_queries, rows):
    issuer, _owner = issuer_with_owner()
    lead = seated("moderator", issuer)
    for _number in range(rows):
        seated("assessor", issuer)
    client = browser(lead)

    with django_assert_num_queries(7):
        page = client.get("/reviews/workload/").content.decode()
    assert page.count('scope="row"') == rows + 1
