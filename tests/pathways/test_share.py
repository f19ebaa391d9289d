"""Plans that their owners show, and what others see of them."""

import pytest

from apps.accounts import verbs as accounts
from apps.core import outbox
from apps.core.refused import Refused
from apps.pathways import verbs
from tests.factories import browser, events_of, issuer_with_owner, person
from tests.factories.pathways import badge, next_version, plan_of
from tests.pathways.walkers import follow, give

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return issuer_with_owner()[0]


@pytest.fixture
def owner():
    return person("Hemi")


@pytest.fixture
def plan(owner, school):
    return plan_of(owner, ["Gear", "Shear"], issuer=school).pathway


@pytest.fixture
def shared(plan, owner):
    return verbs.share(plan, by=owner)


def seen_by_strangers(plan):
    return browser(person()).get(plan.get_absolute_url()).status_code


def test_a_shared_plan_that_is_put_away_is_nobody_elses_to_see_and_who_walked_it_has_left(shared, owner):
    mine, theirs = verbs.enrol(shared, by=owner), verbs.enrol(shared, by=person())
    assert seen_by_strangers(shared) == 200

    verbs.archive(shared, by=owner)

    for one in (shared, mine, theirs):
        one.refresh_from_db()
    assert (seen_by_strangers(shared), shared.shared_at) == (404, None)
    assert (mine.state, theirs.state) == ("active", "left")
    assert events_of(shared)[-2:] == [("pathway.unshared", owner.public_id), ("pathway.archived", owner.public_id)]


def test_what_was_put_away_and_is_shared_still_can_be_hidden(shared, owner):
    """As plans were put away once."""
    shared.versions.update(state="retired")

    assert (
        f"/pathways/{shared.slug}/unshare/" in browser(owner).get(f"/pathways/{shared.slug}/versions/").content.decode()
    )


def test_a_minor_shares_no_plan_and_what_they_shared_is_hidden(shared, owner, school):
    other = plan_of(owner, ["Gear"], issuer=school, name="Another way").pathway
    accounts.say_minor(owner, by=owner)
    outbox.drain()
    owner.refresh_from_db()

    with pytest.raises(Refused, match="until your guardian agrees"):
        verbs.share(other, by=owner)

    assert [seen_by_strangers(one) for one in (shared, other)] == [404, 404]


def test_whoever_walks_a_plan_hears_of_its_next_version_but_for_its_owner(shared, owner):
    friend = person("Friend")
    for one in (owner, friend):
        verbs.enrol(shared, by=one)

    next_version(shared)
    follow()

    kinds = [list(one.notices.filter(kind="pathway_newer").values_list("kind", flat=True)) for one in (owner, friend)]
    assert kinds == [[], ["pathway_newer"]]
    page = browser(friend).get("/notices/").content.decode()
    assert "Version 2 is there. You stay on yours until you choose to move" in page
    assert "has published version" not in page


def test_what_a_shared_plan_is_used_as_is_said_to_be_seen_at_once(shared, plan, owner):
    verbs.draft_next(shared, by=owner)
    publish = f"/pathways/{shared.slug}/publish/"
    assert "Anyone with its address sees this version at once." in browser(owner).get(publish).content.decode()

    verbs.unshare(shared, by=owner)

    assert "Nobody else sees it until you share it." in browser(owner).get(publish).content.decode()


def test_who_is_at_the_end_of_a_plan_goes_on_by_its_next_version(school, owner):
    plan = plan_of(owner, ["Gear"], issuer=school).pathway
    enrolment = verbs.enrol(plan, by=owner)
    give(owner, badge(school, "Gear"))
    next_version(plan, [badge(school, "Shear")])
    enrolment.refresh_from_db()
    assert enrolment.state == "complete"

    verbs.move_on(enrolment, by=owner)

    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.completed_at, enrolment.steps_done, enrolment.steps_total) == (
        "active",
        None,
        1,
        2,
    )
    give(owner, badge(school, "Shear"))
    enrolment.refresh_from_db()
    assert (enrolment.state, list(enrolment.stacks.live().values_list("version__number", flat=True))) == (
        "complete",
        [2],
    )
