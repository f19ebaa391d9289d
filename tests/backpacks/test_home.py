"""The home page answers what to do next, in each part that a person can have."""

import re

import pytest
from django.test import Client

from apps.core.models import Job
from apps.credentials import verbs as credentials
from apps.issuers import verbs as issuers
from apps.pathways import verbs as walking
from apps.reviews import verbs as reviews
from apps.submissions import verbs as submissions
from tests.factories import (
    ALL_GOOD,
    RUBRIC,
    WORDS,
    assessable_attempt,
    awarded_credential,
    browser,
    decided,
    issuer_with_owner,
    open_attempt,
    operator,
    owner_of,
    person,
    published_version,
    seated,
    submitted_attempt,
)
from tests.factories.pathways import badge, published
from tests.pathways.walkers import follow, give

pytestmark = pytest.mark.django_db


def home_of(someone):
    client = Client()
    if someone is not None:
        client.force_login(someone)
    answer = client.get("/")
    assert answer.status_code == 200
    return answer


def step_of(answer):
    """The heading and the filled button of the next step."""
    part = re.search(r'<section class="next-step".*?</section>', answer.content.decode(), re.DOTALL)[0]
    title = re.search(r"<h2>(.*?)</h2>", part)[1]
    act = re.search(r'class="btn btn-primary"[^>]*>(.*?)<', part)
    return title, act[1] if act else None


def test_a_visitor_sees_real_badges_and_can_check_one():
    version = published_version(name="Host a kōrero")

    page = home_of(None).content.decode()

    assert "Host a kōrero" in page
    assert f"/achievements/{version.achievement.slug}/v1/badge.png" in page
    assert '<form method="post" action="/verify/"' in page


def test_the_front_page_stands_without_a_single_badge():
    assert "Proof of what you can do" in home_of(None).content.decode()


def test_a_newcomer_is_led_to_the_catalogue():
    answer = home_of(person())

    assert step_of(answer) == ("Begin with a badge", "Find a badge")


def test_a_learners_next_step_is_a_draft_where_nothing_came_back():
    attempt = open_attempt(published_version(name="Sharpen a knife"))

    assert step_of(home_of(attempt.submission.learner)) == ("Go on with Sharpen a knife", "Go on")


def test_a_learners_next_step_is_what_came_back_before_any_draft():
    attempt = decided(short=True).attempt
    learner = attempt.submission.learner
    draft = open_attempt(published_version(name="Another"), learner=learner)

    answer = home_of(learner)

    assert step_of(answer) == ("Not yet: Sharpen a knife", "See what to change")
    assert draft.submission.get_absolute_url() in answer.content.decode()
    assert answer.content.decode().count("btn-primary") == 1


def test_a_badge_waits_for_a_yes_and_is_kept_from_here():
    credential = awarded_credential()

    answer = home_of(credential.earner)

    assert step_of(answer) == ("You earned it: Sharpen a knife", "Keep it")
    assert f'action="/backpack/items/{credential.backpack_item.public_id}/claim/"' in answer.content.decode()


def test_when_everything_is_done_the_page_says_so_and_shows_what_was_earned():
    credential = awarded_credential()
    credentials.claim(credential, by=credential.earner)

    answer = home_of(credential.earner)

    assert step_of(answer) == ("Everything is done", "Find a badge")
    assert "Earned lately" in answer.content.decode()


def test_somebody_who_waits_reads_by_when_they_hear():
    attempt = submitted_attempt()

    answer = home_of(attempt.submission.learner)

    assert step_of(answer)[0] == "Nothing to do just now"
    assert "You hear by" in answer.content.decode()


def test_an_assessor_takes_the_most_urgent_or_goes_on_with_what_they_hold():
    issuer, _owner = issuer_with_owner()
    attempt = assessable_attempt(published_version(issuer))
    assessable_attempt(published_version(issuer))
    assessor = seated("assessor", issuer)

    before = step_of(home_of(assessor))
    reviews.take(attempt, by=assessor)
    after = step_of(home_of(assessor))

    assert before == ("2 pieces of work are free to take", "Take the next one")
    assert after == ("Go on with Sharpen a knife", "Go on")


def test_an_assessor_without_work_is_told_so_and_asked_for_nothing():
    issuer, _owner = issuer_with_owner()

    assert step_of(home_of(seated("assessor", issuer))) == ("No work is waiting", None)


def test_an_issuer_sees_drafts_and_figures_of_their_own_issuer_and_no_evidence():
    issuer, owner = issuer_with_owner()
    version = published_version(issuer, name="Open one")
    attempt = assessable_attempt(version, learner=person("Mārama Tīpene-Hoult"))
    issuers.draft(issuer, by=owner, slug="a-draft", words=WORDS | {"name": "Draft one"}, rubric=RUBRIC)
    elsewhere, theirs = issuer_with_owner()
    published_version(elsewhere, name="Not theirs")
    issuers.draft(elsewhere, by=theirs, slug="b-draft", words=WORDS | {"name": "Hidden draft"}, rubric=RUBRIC)

    for someone in (owner, seated("manager", issuer), seated("designer", issuer)):
        page = home_of(someone).content.decode()
        assert "Open one" in page
        assert "Draft one" in page
        assert "Not theirs" not in page
        assert "Hidden draft" not in page
        assert attempt.submission.learner.name not in page
        assert attempt.submission.reference not in page


def test_figures_of_an_issuer_add_up():
    issuer, owner = issuer_with_owner()
    version = published_version(issuer)
    assessable_attempt(version)
    assessable_attempt(version)
    awarded_credential(version=version)

    context = home_of(owner).context

    (row,) = context["published"]
    assert (row.waiting, row.late, row.awarded) == (2, 0, 1)
    assert (context["waiting"], context["late"], context["awarded"]) == (2, 0, 1)


def test_an_operator_reads_what_is_not_well_and_what_was_given_up(settings):
    job = Job.objects.create(
        function="apps.core.tasks.sweep",
        key="broken:1",
        queue="now",
        state="dead",
        attempts=12,
        next_at="2026-11-24T00:00Z",
        enqueued_at="2026-11-24T00:00Z",
        last_error="Traceback\nValueError: <no> bucket",
    )
    chief = operator()

    page = home_of(chief).content.decode()
    client = Client()
    client.force_login(chief)
    doctor = client.get("/doctor/").content.decode()

    assert "the outbox was never swept" in page
    assert re.search(r'<span class="value num">1 <svg.*?jobs given up', page, re.DOTALL)
    assert job.key in doctor
    assert "ValueError: &lt;no&gt; bucket" in doctor
    assert "<code>make up</code>, or <code>celery -A config beat</code> and a worker for <code>now</code>." in doctor


def test_what_waits_in_another_part_is_told_with_a_way_there():
    issuer, _owner = issuer_with_owner()
    assessable_attempt(published_version(issuer))
    assessor = seated("assessor", issuer)
    other = published_version()
    attempt = assessable_attempt(other, learner=assessor)
    marker = seated("assessor", other.achievement.issuer)
    reviews.take(attempt, by=marker)
    short = {one: (one.required_level - 1 or 1, "More.") for one in other.criteria.all()}
    reviews.decide(attempt, by=marker, marks=short, answers=ALL_GOOD, note="")
    client = Client()
    client.force_login(assessor)

    as_assessor = client.get("/").content.decode()
    client.post("/preferences/role/", {"role": "learner"})
    as_learner = client.get("/").content.decode()

    assert "As learner: 1 thing waits for you" in as_assessor
    assert "As assessor: 1 piece of work waits" in as_learner


# --- pathways -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def school():
    return issuer_with_owner()[0]


@pytest.fixture
def walker(school):
    """On two pathways: one step from the end of the second."""
    learner = person("Hemi")
    for tree, name in ((["Gear", "Clip", "Press"], "The long way"), (["Gear", "Shear"], "The short way")):
        walking.enrol(published(school, tree, name=name).pathway, by=learner)
    give(learner, badge(school, "Gear"))
    return learner


def test_with_nothing_else_to_do_the_next_step_is_on_the_pathway_that_is_nearest_to_its_end(walker):
    answer = home_of(walker)

    assert step_of(answer) == ("Next for you: Shear", "Start")
    assert "A step on “The short way”: you hold 1 of 2." in answer.content.decode()


def test_beside_other_work_the_pathway_is_a_row_and_says_what_is_handed_in(walker, school):
    work = open_attempt(badge(school, "Shear").versions.get(), learner=walker)
    before = home_of(walker).content.decode()
    submissions.submit(work, by=walker)
    after = home_of(walker).content.decode()

    assert ("Go on with Shear" in before, "Next for you: Shear" in before, "The short way" in before) == (True,) * 3
    assert ("Handed in: Shear" in after, "Next for you" in after) == (True, False)


def test_who_runs_an_issuer_is_told_what_is_at_risk_and_nobody_else(walker, school):
    fallen = give(walker, badge(school, "Shear"))
    words = "On your pathways, 1 thing that somebody reached"
    assert words not in home_of(owner_of(school)).content.decode()

    credentials.revoke(fallen, by=owner_of(school), reason="mistake", note="")
    follow()

    page = home_of(owner_of(school)).content.decode()
    assert (words in page, 'href="/pathways/stacks/"' in page) == (True, True)
    assert "at risk" not in home_of(issuer_with_owner()[1]).content.decode()
    assert words not in home_of(seated("designer", school)).content.decode()


def test_the_home_of_who_walks_asks_as_often_for_three_pathways_as_for_one(school, django_assert_num_queries):
    learner = person()
    client = browser(learner)
    for number in range(3):
        walking.enrol(published(school, [f"A{number}", f"B{number}"], name=f"Way {number}").pathway, by=learner)
        with django_assert_num_queries(20):
            client.get("/")
