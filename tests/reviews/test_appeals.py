"""How appeals go, as figures that tell on nobody."""

import csv
import re
from io import StringIO

import pytest

from apps.reviews import queries, verbs
from apps.reviews.queries.appeals import _groups
from tests.factories import browser, decided, issuer_with_owner, person, published_version, seated

pytestmark = pytest.mark.django_db
CHOICES = [("a", "A"), ("b", "B"), ("c", "C")]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ("", []),
        ("aaab", [None, None, None]),
        ("aaaaa", [5, 0, 0]),
        ("aaaaabb", [None, None, 0]),
        ("aaaaabbbbcc", [5, None, None]),
        ("aaaaaabbbbbc", [6, None, None]),
        ("aaaaabbbbbccccc", [5, 5, 5]),
    ],
)
def test_groups_under_five_are_hidden_and_so_is_what_would_tell_them(found, told):
    assert [one.n for one in _groups(CHOICES, found)] == told


def appealed(version, ground):
    submission = decided(short=True, version=version).attempt.submission
    return verbs.lodge_appeal(submission, by=submission.learner, ground=ground, grounds="Because.")


def test_a_lead_reads_figures_of_where_they_lead_alone():
    issuer, _owner = issuer_with_owner()
    version = published_version(issuer)
    for number in range(6):
        appeal = appealed(version, "bias" if number else "other")
    verbs.withdraw_appeal(appeal, by=appeal.decision.attempt.submission.learner)
    appealed(published_version(), "bias")
    lead = seated("moderator", issuer)

    found = queries.appeals_where_leads(lead)
    page = browser(lead).get("/reviews/appeals/").content.decode()
    text = browser(lead).get("/reviews/appeals.csv").content.decode().removeprefix("\ufeff")
    table = list(csv.reader(StringIO(text)))

    assert (found.lodged, found.median_days) == (6, None)
    assert {one.value: one.n for one in found.by_state} == {
        "lodged": None,
        "upheld": 0,
        "dismissed": 0,
        "withdrawn": None,
    }
    assert re.search(r"<dt>Lodged</dt><dd>6</dd>", page)
    assert page.count("Hidden, fewer than 5") == 4
    assert table[:3] == [["figure", "value", "number"], ["lodged", "", "6"], ["state", "lodged", ""]]
    assert table[-1] == ["median_days", "", ""]


def test_who_leads_nowhere_reads_none():
    issuer, owner = issuer_with_owner()

    answers = [
        browser(one).get("/reviews/appeals/").status_code
        for one in (person(), owner, seated("assessor", issuer), seated("moderator", issuer))
    ]

    assert answers == [403, 403, 403, 200]
