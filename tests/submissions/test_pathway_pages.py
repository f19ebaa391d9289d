"""A pathway as learners see it: the list of pathways, the picture, each step with why not yet, and what is next."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from apps.core.ids import new_public_id
from apps.credentials import verbs as credentials
from apps.issuers import verbs as issuers
from apps.pathways import queries as pathways
from apps.pathways import verbs
from apps.submissions import verbs as submissions
from apps.submissions.walking import walk
from tests.factories import browser, drafted_version, issuer_with_owner, owner_of, person, submitted_attempt
from tests.factories.pathways import badge, next_version, plan_of, published
from tests.pathways.walkers import bring, counting, follow, give

pytestmark = pytest.mark.django_db
FOUR = {"credits": 4, "credit_framework": "nzqa"}


@pytest.fixture
def school():
    return issuer_with_owner("Kōwhai school")[0]


@pytest.fixture
def badges(school):
    return [badge(school, name, **FOUR) for name in ("Gear", "Shear", "Press")]


@pytest.fixture
def version(school, badges):
    gear, shear, press = badges
    tree = [gear, {"any": [shear, press], "name": "On the board"}, "capstone:Lead a gang"]
    return published(school, tree, name="Woolshed hand", award=badge(school, "The whole", kind="Stack", rubric=()))


@pytest.fixture
def learner():
    return person("Hemi")


def sharpening(school, name):
    """A badge of which the first criterion meets one skill."""
    draft = drafted_version(school, name=name)
    skill = {"target_name": "Sharpen", "target_url": "https://skills.example/sharpen"}
    issuers.align(draft, by=owner_of(school), target=skill, criterion=draft.criteria.get(position=1))
    return issuers.publish(draft, by=owner_of(school))


def page_of(user, version):
    return browser(user).get(version.pathway.get_absolute_url()).content.decode()


def standings(user, version):
    """By the title of each step, how it stands and why not yet."""
    enrolment = user and version.pathway.enrolments.filter(learner=user).first()
    seen = walk(user, pathways.asked(version), enrolment)
    return {step.title: (step.standing, step.why) for step in seen.all_steps.values()}


def test_each_step_says_how_it_stands_and_why_not_yet(learner, version, badges):
    give(learner, badges[0])
    submissions.start(badges[1].versions.get(), by=learner)
    verbs.enrol(version.pathway, by=learner)

    assert standings(learner, version) == {
        "Gear": ("held", ""),
        "Shear": ("progress", ""),
        "Press": ("open", ""),
        "On the board": ("open", "Earn Shear or Press."),
        "Lead a gang": ("locked", "First comes On the board."),
        "All of these": ("open", "Still to come: On the board and Lead a gang."),
        "The whole": ("locked", "You get it automatically when the rest is done."),
    }
    page = page_of(learner, version)
    assert "First comes On the board." in page
    assert "Next for you: Shear" in page
    assert "4 of 8 NZQA credits" in page


def test_visitors_read_it_and_are_asked_to_sign_in(version):
    page = page_of(None, version)

    assert "Woolshed hand" in page
    assert "“Gear”, (“Shear” or “Press”) and the capstone “Lead a gang”." in page
    assert f"/accounts/login/?next={version.pathway.get_absolute_url()}" in page
    assert '<form method="post" class="panel path-begin' not in page


def test_it_is_begun_on_its_page_with_a_day_and_left_again(learner, version):
    one, address = browser(learner), version.pathway.get_absolute_url()

    assert "Choose one that is still to come" in one.post(address, {"target_on": "2020-01-01"}).content.decode()
    assert one.post(address, {"target_on": ""}).status_code == 302
    enrolment = version.pathway.enrolments.get()
    assert (enrolment.learner, enrolment.state) == (learner, "active")
    assert one.post(reverse("submissions:leave", args=[version.pathway.slug])).status_code == 302
    enrolment.refresh_from_db()
    assert enrolment.state == "left"


def test_the_picture_shows_every_step_and_the_thread_that_was_walked(learner, version, badges):
    give(learner, badges[0])
    seen = walk(learner, pathways.asked(version), None)

    columns = {}
    for card in seen.map.cards:
        columns.setdefault(card.x, []).append(seen.all_steps[card.code].title)
    assert [columns[x] for x in sorted(columns)] == [["Gear", "Shear", "Press"], ["Lead a gang"], ["The whole"]]
    assert sorted(thread.walked for thread in seen.map.threads) == [False, False, False, True]
    assert page_of(None, version).count('<a class="card-') == 5


def test_a_right_to_left_page_runs_from_right_to_left(version):
    with override("ar"):
        seen = walk(None, pathways.asked(version), None)

    assert seen.map.by_code["end"].x == 0


def test_what_counts_by_equivalence_says_so(learner, version, badges, school):
    counting(school, counts_as=badges[1])
    verbs.enrol(version.pathway, by=learner)
    bring(learner)

    assert standings(learner, version)["Shear"] == ("held", "")
    assert "Counted by equivalence: A badge from elsewhere, from elsewhere." in page_of(learner, version)


def test_at_the_end_its_badge_is_shown(learner, version, badges, school):
    verbs.enrol(version.pathway, by=learner)
    for one in (*badges[:2], badge(school, "Lead a gang")):
        give(learner, one)

    page = page_of(learner, version)

    assert "You have it: The whole" in page
    assert "Not needed any more" in page


def test_at_risk_it_says_what_fell_and_until_when(learner, version, badges, school):
    verbs.enrol(version.pathway, by=learner)
    held = [give(learner, one) for one in (*badges[:2], badge(school, "Lead a gang"))]
    credentials.revoke(held[0], by=owner_of(school), reason="mistake", note="")
    follow()

    page = page_of(learner, version)

    assert "At risk: Woolshed hand" in page
    assert re.search(r"It rests on something that no longer counts: Gear. You have until \d+ \w+ \d{4}", page)


def test_evidence_that_was_handed_in_for_the_same_skill_is_named_beside_an_open_step(learner, school):
    known, wanted = (sharpening(school, name) for name in ("Knives", "Shears"))
    way = published(school, [known, wanted], name="Edges")
    submitted_attempt(known, learner=learner)
    verbs.enrol(way.pathway, by=learner)

    seen = walk(learner, pathways.asked(way), way.pathway.enrolments.get())

    (fit,) = next(step for step in seen.all_steps.values() if step.title == "Shears").fits
    assert (fit.title, fit.of, fit.criterion) == ("Log", "Knives", wanted.criteria.get(position=1).name)
    assert not next(step for step in seen.all_steps.values() if step.title == "Knives").fits


def test_moving_on_shows_first_what_differs(learner, version, school):
    verbs.enrol(version.pathway, by=learner)
    move_on = reverse("submissions:move_on", args=[version.pathway.slug])
    assert browser(learner).get(move_on).status_code == 404
    next_version(version.pathway, [badge(school, "Fence")])

    assert "There is a newer version (2)" in page_of(learner, version)
    assert "Fence" in browser(learner).get(move_on).content.decode()
    assert browser(learner).post(move_on).status_code == 302
    assert version.pathway.enrolments.get().version.number == 2


def test_a_plan_is_there_for_its_owner_and_once_shared_for_others(learner, badges, school):
    plan = plan_of(learner, badges, issuer=school).pathway
    address = plan.get_absolute_url()
    stranger = person()

    assert [browser(one).get(address).status_code for one in (learner, stranger, None)] == [200, 404, 404]
    verbs.share(plan, by=learner)
    assert [browser(one).get(address).status_code for one in (learner, stranger, None)] == [200, 200, 200]
    assert plan.slug not in browser(stranger).get(reverse("submissions:pathways")).content.decode()


def test_the_list_has_what_is_walked_and_what_can_be(learner, version, school, badges):
    published(school, badges[:1], name="First season")
    verbs.enrol(version.pathway, by=learner)
    address = reverse("submissions:pathways")

    page = browser(learner).get(address).content.decode()
    found = browser(learner).get(address, {"q": "season kowhai"}).content.decode()

    assert [page.count(name) for name in ("Woolshed hand", "First season")] == [2, 1]
    assert "First season" in found
    assert found.count("Woolshed hand") == 1


def test_a_page_asks_as_often_for_three_steps_as_for_twenty(learner, school):
    def steps(several):
        return [badge(school, f"Badge {new_public_id()[:6]}") for _ in range(several)]

    small = published(school, steps(3), name="Small")
    large = published(school, [{"all": steps(4)}, {"some": steps(8), "needed": 3}, *steps(8)], name="Large")
    one, asked = browser(learner), {}
    for version in (small, large):
        verbs.enrol(version.pathway, by=learner)
        give(learner, version.nodes.filter(kind="badge").first().achievement)
        with CaptureQueriesContext(connection) as seen:
            one.get(version.pathway.get_absolute_url())
        asked[version.name] = len(seen)

    assert asked == {"Small": 27, "Large": 27}


def test_what_a_person_decided_of_something_at_risk_is_read_on_the_pathway(learner, school, badges):
    way = published(school, badges[:2], name="Two badges")
    verbs.enrol(way.pathway, by=learner)
    give(learner, badges[0])
    credentials.revoke(give(learner, badges[1]), by=owner_of(school), reason="mistake", note="")
    follow()
    assert "At risk: Two badges" in page_of(learner, way)

    stack = way.pathway.enrolments.get().stacks.get()
    verbs.decide(stack, by=owner_of(school), outcome="keep", reason="It was shown anew.")

    page = page_of(learner, way)
    assert ("At risk" in page, "Two badges: It stands as it is" in page, "It was shown anew." in page) == (
        False,
        True,
        True,
    )
    assert "It was shown anew." not in page_of(person(), way)


def test_what_is_handed_in_comes_after_what_is_open(learner, version, badges, school):
    verbs.enrol(version.pathway, by=learner)
    submitted_attempt(badges[0].versions.get(), learner=learner)

    assert "Next for you: Shear" in page_of(learner, version)
    give(learner, badges[1])
    assert "Handed in: Gear" in page_of(learner, version)
