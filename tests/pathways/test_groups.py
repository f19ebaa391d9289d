"""Groups on a pathway: a mentor sees how far those are who agreed, as long as they agree, and nothing else."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from apps.accounts import verbs as accounts
from apps.core import erasing
from apps.core.refused import Refused
from apps.issuers import verbs as issuers
from apps.pathways import leaving, queries, verbs
from apps.pathways.models import Group, Membership
from tests.factories import browser, events_of, issuer_with_owner, owner_of, person, seat_of, seated
from tests.factories.pathways import pathway_of, plan_of, published
from tests.pathways.walkers import give

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return issuer_with_owner()[0]


@pytest.fixture
def version(school):
    return published(school, ["Gear", "Shear", "capstone:Lead a gang"])


@pytest.fixture
def mentor(school):
    return seated("assessor", school)


@pytest.fixture
def group(school, version, mentor):
    return verbs.make_group(version.pathway, by=owner_of(school), name="Spring", mentor=mentor)


@pytest.fixture
def learner():
    return person("Hemi")


def seen_by(mentor, group):
    return browser(mentor).get(group.get_absolute_url()).content.decode()


def test_a_group_is_made_and_its_mentor_told(group, school, mentor):
    assert events_of(group) == [("group.made", owner_of(school).public_id)]
    assert mentor.notices.get(kind="group_given").facts == {
        "badge": "Spring",
        "who": owner_of(school).name,
        "issuer": school.name,
    }


def test_who_may_make_one_and_whom_they_may_name(version, school, mentor, learner):
    for stranger in (mentor, learner, issuer_with_owner()[1]):
        with pytest.raises(PermissionDenied):
            verbs.make_group(version.pathway, by=stranger, name="Spring", mentor=stranger)
    with pytest.raises(Refused, match="A mentor has a part"):
        verbs.make_group(version.pathway, by=owner_of(school), name="Spring", mentor=learner)
    with pytest.raises(Refused, match="Give the group a name"):
        verbs.make_group(version.pathway, by=owner_of(school), name=" ", mentor=mentor)
    assert not Group.objects.exists()


def test_who_agrees_is_seen_and_who_takes_it_back_is_not(group, mentor, learner, version):
    assert learner.name not in seen_by(mentor, group)

    membership = verbs.join_group(group, by=learner, mentor=group.mentor.public_id)

    assert version.pathway.enrolments.get().learner == learner
    give(learner, version.nodes.get(code="n2").achievement)
    page = seen_by(mentor, group)
    assert learner.name in page
    assert "1 of 3 steps" in page
    steps = browser(mentor).get(reverse("pathways:member", args=[membership.public_id]))
    assert [(one.title, one.standing, one.why) for one in steps.context["steps"]] == [
        ("Gear", "held", ""),
        ("Shear", "open", ""),
        ("Lead a gang", "locked", "First comes Shear."),
    ]

    verbs.leave_group(membership, by=learner)

    assert learner.name not in seen_by(mentor, group)
    assert browser(mentor).get(reverse("pathways:member", args=[membership.public_id])).status_code == 404


def test_joined_twice_one_is_in_it_once(group, learner):
    assert verbs.join_group(group, by=learner, mentor=group.mentor.public_id) == verbs.join_group(
        group, by=learner, mentor=group.mentor.public_id
    )
    assert [kind for kind, _by in events_of(group)] == ["group.made", "group.joined"]


def test_nobody_but_the_mentor_sees_who_is_in_it(group, learner, school, mentor):
    membership = verbs.join_group(group, by=learner, mentor=group.mentor.public_id)
    member = reverse("pathways:member", args=[membership.public_id])
    everybody = {
        "mentor": mentor,
        "owner": owner_of(school),
        "learner": learner,
        "stranger": person(),
        "other": seated("assessor", school),
    }

    assert {name: browser(one).get(group.get_absolute_url()).status_code for name, one in everybody.items()} == {
        "mentor": 200,
        "owner": 200,
        "learner": 200,
        "stranger": 404,
        "other": 404,
    }
    assert {name: browser(one).get(member).status_code for name, one in everybody.items()} == {
        "mentor": 200,
        "owner": 404,
        "learner": 404,
        "stranger": 404,
        "other": 404,
    }
    assert learner.name not in browser(owner_of(school)).get(group.get_absolute_url()).content.decode()


def test_joining_asks_first_and_the_pathway_says_who_sees_it(group, learner, mentor):
    join, one = reverse("pathways:join_group", args=[group.public_id]), browser(learner)

    assert "What your mentor sees" in one.get(join).content.decode()
    assert not Membership.objects.exists()
    assert one.post(join, {"mentor": mentor.public_id}).status_code == 302
    page = one.get(group.pathway.get_absolute_url()).content.decode()
    assert f'<p class="name">{mentor.name}</p>' in page
    assert one.post(reverse("pathways:leave_group", args=[Membership.objects.get().public_id])).status_code == 302
    assert f'<p class="name">{mentor.name}</p>' not in one.get(group.pathway.get_absolute_url()).content.decode()


def test_who_leaves_the_pathway_leaves_its_groups(group, learner, mentor):
    membership = verbs.join_group(group, by=learner, mentor=group.mentor.public_id)
    verbs.leave(membership.enrolment, by=learner)

    membership.refresh_from_db()
    assert membership.ended_at is not None
    assert learner.name not in seen_by(mentor, group)


def test_an_ended_group_shows_nobody_and_takes_nobody(group, learner, mentor, school):
    membership = verbs.join_group(group, by=learner, mentor=group.mentor.public_id)
    with pytest.raises(PermissionDenied):
        verbs.end_group(group, by=learner)

    verbs.end_group(group, by=mentor)
    verbs.end_group(group, by=owner_of(school))

    assert [kind for kind, _by in events_of(group)] == ["group.made", "group.joined", "group.ended"]
    assert learner.name not in seen_by(mentor, group)
    assert browser(mentor).get(reverse("pathways:member", args=[membership.public_id])).status_code == 404
    with pytest.raises(Refused, match="has ended"):
        verbs.join_group(group, by=person(), mentor=group.mentor.public_id)


def test_a_mentor_lets_somebody_go_and_others_can_not(group, learner, mentor):
    membership = verbs.join_group(group, by=learner, mentor=group.mentor.public_id)
    with pytest.raises(PermissionDenied):
        verbs.leave_group(membership, by=person())
    with pytest.raises(Refused, match="You mentor this group yourself"):
        verbs.join_group(group, by=mentor, mentor=group.mentor.public_id)

    verbs.leave_group(membership, by=mentor)

    assert not queries.members_of(group).exists()


def test_a_group_asks_as_often_for_three_as_for_one(group, mentor, django_assert_num_queries):
    one = browser(mentor)
    for _ in range(3):
        verbs.join_group(group, by=person(), mentor=group.mentor.public_id)
        with django_assert_num_queries(8):
            one.get(group.get_absolute_url())


def test_groups_are_made_on_their_page(version, school, mentor):
    address = reverse("pathways:groups", args=[version.pathway.slug])

    assert browser(mentor).get(address).status_code == 404
    assert browser(owner_of(school)).post(address, {"name": "Spring", "mentor": mentor.pk}).status_code == 302
    assert "Spring" in browser(owner_of(school)).get(address).content.decode()
    assert "Spring" in browser(mentor).get(reverse("pathways:mentored")).content.decode()


def test_a_mentor_who_has_no_part_there_any_more_sees_nobody(group, mentor, learner, school):
    member = reverse(
        "pathways:member", args=[verbs.join_group(group, by=learner, mentor=group.mentor.public_id).public_id]
    )
    one = browser(mentor)
    assert one.get(member).status_code == 200

    issuers.end_seat(seat_of(mentor), by=owner_of(school))

    assert [one.get(path).status_code for path in (member, group.get_absolute_url())] == [404, 404]
    assert group.name not in one.get(reverse("pathways:mentored")).content.decode()


def test_a_group_is_made_on_what_can_be_begun(school):
    """One on a draft would keep it from being thrown away."""
    draft = pathway_of(school, ["Gear"], name="Not yet")
    for pathway in (draft.pathway, _archived(school)):
        with pytest.raises(Refused, match="can't be begun now"):
            verbs.make_group(pathway, by=owner_of(school), name="Spring", mentor=owner_of(school))

    verbs.discard(draft, by=owner_of(school))


def _archived(school):
    return verbs.archive(published(school, ["Gear"], name="Over").pathway, by=owner_of(school))


def test_a_plan_that_is_taken_back_is_joined_by_no_link(school, learner):
    plan = plan_of(person("Aroha"), ["Gear"], issuer=school).pathway
    verbs.share(plan, by=plan.owner)
    group = verbs.make_group(plan, by=plan.owner, name="Friends", mentor=plan.owner)
    join, one = reverse("pathways:join_group", args=[group.public_id]), browser(learner)
    assert one.get(join).status_code == 200

    verbs.unshare(plan, by=plan.owner)

    assert (one.get(join).status_code, one.post(join).status_code) == (404, 404)


def test_a_group_whose_mentor_has_no_part_there_any_more_takes_nobody_and_says_so(group, mentor, learner, school):
    verbs.join_group(group, by=learner, mentor=group.mentor.public_id)
    page = browser(learner).get(group.pathway.get_absolute_url())
    assert [one.group for one in page.context["memberships"]] == [group]

    issuers.end_seat(seat_of(mentor), by=owner_of(school))

    with pytest.raises(Refused, match="Its mentor has no part there any more"):
        verbs.join_group(group, by=person(), mentor=group.mentor.public_id)
    assert list(browser(learner).get(group.pathway.get_absolute_url()).context["memberships"]) == []
    asked = browser(person()).get(reverse("pathways:join_group", args=[group.public_id])).content.decode()
    assert ("Its mentor has no part there any more" in asked, "I agree: join" in asked) == (True, False)
    page = browser(owner_of(school)).get(reverse("pathways:groups", args=[group.pathway.slug]))
    assert "Nobody sees it" in page.content.decode()


def test_a_mentor_who_is_forgotten_leaves_nobody_in_their_groups(group, mentor, learner):
    membership = verbs.join_group(group, by=learner, mentor=group.mentor.public_id)

    erasing.give_way(mentor.pk)
    leaving.forget(mentor.pk)

    membership.refresh_from_db()
    group.refresh_from_db()
    assert None not in (membership.ended_at, group.ended_at)
    assert list(browser(learner).get(group.pathway.get_absolute_url()).context["memberships"]) == []


def test_a_group_is_handed_on_and_the_new_mentor_sees_who_agrees_anew(group, mentor, learner, school):
    other, boss = person("Kiri Tane"), owner_of(school)
    issuers.seat(other, school, "viewer", by=boss)
    membership, away = (
        verbs.join_group(group, by=one, mentor=group.mentor.public_id) for one in (learner, person("Tama"))
    )
    verbs.leave_group(away, by=away.enrolment.learner)

    verbs.hand_on_group(group, by=boss, mentor=other)
    verbs.hand_on_group(group, by=boss, mentor=other)

    before = learner.name in seen_by(other, group)
    assert (before, browser(mentor).get(group.get_absolute_url()).status_code) == (False, 404)
    asked = browser(learner).get(group.pathway.get_absolute_url()).content.decode()
    assert ("The new mentor of Spring" in asked, other.name in asked, mentor.name in asked) == (True, True, False)
    told = learner.notices.get(kind="group_handed_on")
    assert (told.address, told.facts) == (
        reverse("pathways:join_group", args=[group.public_id]),
        {"badge": "Spring", "who": other.name, "issuer": school.name},
    )
    assert other.notices.get(kind="group_given").facts["who"] == boss.name
    assert not away.enrolment.learner.notices.filter(kind="group_handed_on").exists()
    browser(learner).post(told.address, {"mentor": other.public_id})
    assert learner.name in seen_by(other, group)
    assert [membership.enrolment] == [one.enrolment for one in queries.members_of(group)]
    membership.refresh_from_db()
    former = membership.group
    assert (former.mentor, former.name, former.ended_at == membership.ended_at) == (mentor, "Spring", True)
    assert (former.memberships.count(), None in (former.ended_at, membership.agreed_at)) == (2, False)
    assert events_of(group)[-2:] == [("group.handed_on", boss.public_id), ("group.joined", learner.public_id)]


def test_who_agreed_to_one_mentor_is_not_seen_by_another(group, mentor, learner, school):
    other, boss = seated("assessor", school), owner_of(school)
    address, one = reverse("pathways:join_group", args=[group.public_id]), browser(learner)
    looked_at = one.get(address).content.decode()
    verbs.hand_on_group(group, by=boss, mentor=other)

    refused = one.post(address, {"mentor": mentor.public_id}, follow=True)
    unsaid = one.post(address, follow=True)
    before = Membership.objects.count()
    again = one.get(address).content.decode()
    one.post(address, {"mentor": other.public_id})

    why = "This group has a new mentor now. Check who it is before you join."
    for answer in (refused, unsaid):
        assert [(path, status) for path, status in answer.redirect_chain] == [(address, 302)]
        assert [str(said) for said in answer.context["messages"]] == [why]
    assert before == 0
    fields = [f'<input type="hidden" name="mentor" value="{whose.public_id}">' for whose in (mentor, other)]
    assert [[field in page for field in fields] for page in (looked_at, again)] == [[True, False], [False, True]]
    assert learner.name in seen_by(other, group)


def test_who_may_hand_a_group_on_and_to_whom(group, mentor, learner, school):
    other, boss = seated("assessor", school), owner_of(school)
    member = seated("assessor", school)
    verbs.join_group(group, by=member, mentor=group.mentor.public_id)

    for stranger in (mentor, other, learner, issuer_with_owner()[1]):
        with pytest.raises(PermissionDenied):
            verbs.hand_on_group(group, by=stranger, mentor=other)
    for one, why in ((learner, "A mentor has a part"), (member, "They are in this group themselves")):
        with pytest.raises(Refused, match=why):
            verbs.hand_on_group(group, by=boss, mentor=one)
    verbs.end_group(group, by=boss)
    with pytest.raises(Refused, match="has ended"):
        verbs.hand_on_group(group, by=boss, mentor=other)

    group.refresh_from_db()
    assert group.mentor == mentor
    assert [kind for kind, _by in events_of(group)] == ["group.made", "group.joined", "group.ended"]


def test_a_group_whose_mentor_has_gone_is_handed_on_from_its_page(group, mentor, learner, school):
    other, boss = seated("assessor", school), browser(owner_of(school))
    address = reverse("pathways:hand_on_group", args=[group.public_id])
    issuers.end_seat(seat_of(mentor), by=owner_of(school))

    page = boss.get(group.get_absolute_url())
    refused = boss.post(address, {"mentor": mentor.pk})
    done = boss.post(address, {"mentor": other.pk})
    by_mentor = browser(other).post(address, {"mentor": owner_of(school).pk})

    assert set(page.context["form"].fields["mentor"].queryset) == {other, owner_of(school)}
    assert (refused.status_code, done.status_code, by_mentor.status_code) == (422, 302, 403)
    assert "Hand it on" not in seen_by(other, group)
    group.refresh_from_db()
    assert group.mentor == other


def test_on_a_plan_a_minor_is_seen_by_its_owner_only_while_a_guardian_agrees(school, learner):
    plan = plan_of(person("Aroha"), ["Gear"], issuer=school).pathway
    verbs.share(plan, by=plan.owner)
    group = verbs.make_group(plan, by=plan.owner, name="Friends", mentor=plan.owner)
    accounts.say_minor(learner, by=learner)
    learner.refresh_from_db()
    with pytest.raises(Refused, match="Sharing is off until your guardian agrees"):
        verbs.join_group(group, by=learner, mentor=group.mentor.public_id)
    enrolled = plan.enrolments.exists()

    asked = accounts.ask_guardian(learner, by=learner, address="mum@people.example")
    accounts.give_guardian_consent(asked)
    membership = verbs.join_group(group, by=learner, mentor=group.mentor.public_id)
    member = reverse("pathways:member", args=[membership.public_id])
    agreed = learner.name in seen_by(plan.owner, group), browser(plan.owner).get(member).status_code
    accounts.end_guardian_consent(asked)

    assert (enrolled, agreed) == (False, (True, 200))
    assert (learner.name in seen_by(plan.owner, group), browser(plan.owner).get(member).status_code) == (False, 404)


def test_a_minor_is_seen_by_a_mentor_of_the_organisation_where_they_learn(group, mentor, learner):
    accounts.say_minor(learner, by=learner)
    learner.refresh_from_db()

    verbs.join_group(group, by=learner, mentor=group.mentor.public_id)

    assert learner.name in seen_by(mentor, group)


def test_groups_that_are_open_stand_before_those_that_have_ended(version, school):
    boss = owner_of(school)
    ended, live = (verbs.make_group(version.pathway, by=boss, name=name, mentor=boss) for name in ("Autumn", "Spring"))
    verbs.end_group(ended, by=boss)

    page = browser(boss).get(reverse("pathways:groups", args=[version.pathway.slug]))

    assert list(page.context["groups"]) == [live, ended]
