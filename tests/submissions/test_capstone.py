"""The capstone of a pathway is handed in when what comes before it is held, through whatever address; not earlier."""

import pytest
from django.urls import reverse

from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.pathways import queries as pathways
from apps.pathways import verbs as walking
from apps.submissions import verbs
from apps.submissions.models import Submission
from tests.factories import browser, issuer_with_owner, open_attempt, owner_of, person, published_version
from tests.factories.pathways import badge, next_version, published
from tests.pathways.walkers import follow, give

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return issuer_with_owner()[0]


@pytest.fixture
def capstone(school):
    return published_version(school, name="Lead a gang")


@pytest.fixture
def gear(school):
    return badge(school, "Gear")


@pytest.fixture
def pathway(school, gear, capstone):
    return published(school, [gear, {"capstone": capstone.achievement}]).pathway


@pytest.fixture
def learner(pathway):
    one = person("Hemi")
    walking.enrol(pathway, by=one)
    return one


def test_it_opens_when_the_rest_is_held(learner, gear, capstone):
    with pytest.raises(Refused, match="First comes Gear"):
        verbs.start(capstone, by=learner)
    give(learner, gear)

    assert verbs.start(capstone, by=learner).state == "draft"


def test_who_is_not_on_the_pathway_is_told_to_begin_it(gear, capstone, pathway):
    outsider = person()
    give(outsider, gear)

    with pytest.raises(Refused, match="Begin the pathway first"):
        verbs.start(capstone, by=outsider)
    walking.enrol(pathway, by=outsider)
    assert verbs.start(capstone, by=outsider).state == "draft"


def test_what_was_begun_while_open_is_not_handed_in_once_something_before_it_has_fallen(
    learner, gear, capstone, school
):
    held = give(learner, gear)
    attempt = open_attempt(capstone, learner=learner)
    credentials.suspend(held, by=owner_of(school), note="")

    with pytest.raises(Refused, match="First comes Gear"):
        verbs.submit(attempt, by=learner)
    credentials.reinstate(held, by=owner_of(school))
    assert verbs.submit(attempt, by=learner).state == "submitted"


def test_what_was_laid_aside_is_not_opened_again_while_it_is_closed(learner, gear, capstone, school):
    held = give(learner, gear)
    submission = open_attempt(capstone, learner=learner).submission
    verbs.withdraw(submission, by=learner)
    credentials.suspend(held, by=owner_of(school), note="")

    with pytest.raises(Refused, match="First comes Gear"):
        verbs.reopen(submission, by=learner)


def test_no_address_takes_it(learner, gear, capstone, school):
    """Page and API, to begin and to hand in: the same before and after."""
    one = browser(learner)
    start = reverse("submissions:start", args=[capstone.achievement.slug])
    assert one.post(start).status_code == 302
    answer = one.post("/api/v1/submissions/", {"achievement": capstone.achievement.slug}, "application/json")
    assert (answer.status_code, Submission.objects.count()) == (409, 0)

    held = give(learner, gear)
    attempt = open_attempt(capstone, learner=learner)
    credentials.suspend(held, by=owner_of(school), note="")
    page = one.post(reverse("submissions:submit", args=[attempt.submission.public_id]))
    api = one.post(f"/api/v1/submissions/{attempt.submission.public_id}/submit/", {}, "application/json")
    assert (page.status_code, api.status_code) == (409, 409)
    assert "First comes Gear" in page.content.decode()
    assert Submission.objects.get().state == "draft"

    credentials.reinstate(held, by=owner_of(school))
    assert one.post(reverse("submissions:submit", args=[attempt.submission.public_id])).status_code == 302
    assert Submission.objects.get().state == "submitted"


def test_its_page_says_why_not_yet_and_leads_to_the_pathway(learner, gear, capstone, pathway):
    address, start = (
        capstone.achievement.get_absolute_url(),
        reverse("submissions:start", args=[capstone.achievement.slug]),
    )
    before = browser(learner).get(address).content.decode()
    give(learner, gear)
    after = browser(learner).get(address).content.decode()

    assert ("First comes Gear" in before, start in before, pathway.get_absolute_url() in before) == (True, False, True)
    assert ("First comes Gear" in after, start in after) == (False, True)


def test_a_badge_that_closes_no_pathway_is_open_to_everybody(gear):
    assert pathways.why_capstone_is_closed(person(), gear) == ""


def test_of_two_pathways_that_it_closes_one_is_enough(learner, gear, capstone, school):
    other = published(school, [badge(school, "Press"), {"capstone": capstone.achievement}], name="Another way").pathway
    walking.enrol(other, by=learner)

    give(learner, gear)

    assert pathways.why_capstone_is_closed(learner, capstone.achievement) == ""


def test_nothing_is_handed_in_for_the_whole_of_a_pathway(school):
    whole = published_version(school, name="The whole", kind="Stack", rubric=())

    with pytest.raises(Refused, match="You hand in nothing"):
        verbs.start(whole, by=person())


def test_the_learner_hears_once_each_time_that_it_opens(learner, gear, capstone, school):
    def told():
        return learner.notices.filter(kind="capstone_open").count()

    held = give(learner, gear)
    assert told() == 1
    credentials.suspend(held, by=owner_of(school), note="")
    follow()
    credentials.reinstate(held, by=owner_of(school))
    follow()

    assert told() == 2


def test_somebody_else_leaving_an_older_version_closes_nothing_for_who_walks_it(
    learner, gear, capstone, pathway, school
):
    other = person("Aroha")
    walking.enrol(pathway, by=other)
    next_version(pathway, [badge(school, "Fence")])
    give(learner, gear)

    assert pathways.why_capstone_is_closed(learner, capstone.achievement) == ""
    walking.leave(pathway.enrolments.get(learner=other), by=other)

    assert pathways.why_capstone_is_closed(learner, capstone.achievement) == ""
