"""A pathway walked: begun, followed through whatever happens to badges, reached, at risk, decided, left."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.core import clock
from apps.core.models import Event
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.credentials.formats import ob2, ob3
from apps.credentials.models import Credential
from apps.credentials.snapshots import AwardSnapshot
from apps.notices.models import Notice
from apps.pathways import verbs
from apps.pathways.models import Component, Enrolment, Stack, StackDecision
from tests.factories import browser, issuer_with_owner, owner_of, person, seated
from tests.factories.pathways import badge, next_version, plan_of, published
from tests.pathways.walkers import bring, counting, follow, give

pytestmark = pytest.mark.django_db
ALL = {"credits": Decimal(4), "credit_framework": "nzqa"}


@pytest.fixture
def school():
    return issuer_with_owner()[0]


@pytest.fixture
def badges(school):
    return [badge(school, name, **ALL) for name in ("Gear", "Shear", "Press")]


@pytest.fixture
def award(school):
    return badge(school, "Woolshed hand", credits=Decimal(12), credit_framework="nzqa")


@pytest.fixture
def learner():
    return person("Hemi")


@pytest.fixture
def pathway(school, badges, award):
    return published(school, badges, award=award).pathway


def events_of(subject):
    return list(Event.objects.filter(subject_id=subject.public_id).order_by("pk"))


def told(reader):
    return list(
        Notice.objects.filter(person=reader).exclude(kind="standing").order_by("pk").values_list("kind", flat=True)
    )


def where(enrolment):
    enrolment.refresh_from_db()
    return (enrolment.state, enrolment.steps_done, enrolment.steps_total, enrolment.credits_done)


def completed(learner, pathway, badges):
    enrolment = verbs.enrol(pathway, by=learner)
    held = [give(learner, one) for one in badges]
    return enrolment, held, Stack.objects.get()


# --- begun --------------------------------------------------------------------------------------------------------------
def test_what_one_holds_already_counts_at_once_and_the_trail_says_so(learner, pathway, badges):
    give(learner, badges[0])

    enrolment = verbs.enrol(pathway, by=learner)

    assert where(enrolment) == ("active", 1, 3, 4)
    assert [(one.kind, one.actor_id, one.data) for one in events_of(enrolment)] == [
        ("pathway.begun", learner.public_id, {"version": 1})
    ]


def test_begun_twice_it_is_under_way_once(learner, pathway):
    first, second = verbs.enrol(pathway, by=learner), verbs.enrol(pathway, by=learner)

    assert (first, Enrolment.objects.count(), len(events_of(first))) == (second, 1, 1)


def test_what_is_archived_or_never_was_published_can_not_be_begun(learner, pathway, school):
    verbs.archive(pathway, by=owner_of(school))

    with pytest.raises(Refused, match="can't be begun now"):
        verbs.enrol(pathway, by=learner)


def test_a_plan_is_walked_by_others_once_it_is_shared(learner, badges, school):
    plan = plan_of(person("Aroha"), badges, issuer=school).pathway

    with pytest.raises(PermissionDenied):
        verbs.enrol(plan, by=learner)
    verbs.share(plan, by=plan.owner)
    assert verbs.enrol(plan, by=learner).state == "active"


def test_who_walks_a_plan_that_is_taken_back_has_left_it(learner, badges, school):
    plan = plan_of(person("Aroha"), badges, issuer=school).pathway
    verbs.share(plan, by=plan.owner)
    mine, theirs = verbs.enrol(plan, by=plan.owner), verbs.enrol(plan, by=learner)

    verbs.unshare(plan, by=plan.owner)

    assert (where(mine)[0], where(theirs)[0]) == ("active", "left")
    assert events_of(theirs)[-1].kind == "pathway.left"
    assert plan.slug not in browser(learner).get(reverse("submissions:pathways")).content.decode()


def test_a_day_that_is_over_is_no_target(learner, pathway):
    with pytest.raises(Refused, match="That day is over"):
        verbs.enrol(pathway, by=learner, target_on=clock.now().date() - timedelta(days=1))


# --- reached ------------------------------------------------------------------------------------------------------------
def test_at_the_end_the_micro_credential_is_awarded_with_its_components_and_credits_summed_once(
    learner, pathway, badges, award
):
    enrolment, held, stack = completed(learner, pathway, badges)
    credential = Credential.objects.get(achievement=award)

    assert where(enrolment) == ("complete", 3, 3, 12)
    assert (stack.state, stack.credential, stack.credits, stack.code) == ("standing", credential, 12, "n1")
    assert [(one.credential, one.foreign, one.credits) for one in stack.components.all()] == [
        (one, None, 4) for one in held
    ]
    assert (credential.basis, credential.earner, credential.decision_id) == ("pathway", learner, None)
    document = ob3.build(AwardSnapshot.from_json(credential.snapshot))
    subject = document["credentialSubject"]
    assert subject["creditsEarned"] == 12
    assert subject["narrative"] == "Reached on the pathway “The whole trade”, version 1."
    assert subject["achievement"]["related"] == [
        {"id": one.snapshot["achievement"]["id"], "type": ["Related"], "version": "1"} for one in held
    ]
    assert document["evidence"] == [
        {
            "id": f"http://localhost:8000/c/{one.public_id}",
            "type": ["Evidence"],
            "name": f"Component {number}",
            "genre": "Credential",
            "narrative": f"{one.version.name}, issued by {one.issuer.name} (4 credits).",
        }
        for number, one in enumerate(held, start=1)
    ]
    older = ob2.assertion(AwardSnapshot.from_json(credential.snapshot))
    assert [one["id"] for one in older["evidence"]] == [one["id"] for one in document["evidence"]]


def test_nothing_that_is_signed_of_a_stack_holds_a_name_or_an_address(learner, pathway, badges, award):
    completed(learner, pathway, badges)

    signed = str(ob3.build(AwardSnapshot.from_json(Credential.objects.get(achievement=award).snapshot)))

    assert learner.email not in signed
    assert learner.name not in signed


def test_looked_at_again_and_again_it_is_awarded_once(learner, pathway, badges):
    enrolment, _held, stack = completed(learner, pathway, badges)

    for _ in range(3):
        verbs.look_again([enrolment.pk])

    assert Stack.objects.get() == stack
    assert Credential.objects.filter(basis="pathway").count() == 1


def test_a_badge_from_elsewhere_counts_by_an_equivalence_and_stands_among_the_components(
    learner, pathway, badges, award, school
):
    enrolment = verbs.enrol(pathway, by=learner)
    for one in badges[:2]:
        give(learner, one)
    foreign = bring(learner)
    assert where(enrolment) == ("active", 2, 3, 8)

    equivalence = counting(school, counts_as=badges[2], credits=Decimal(3), credit_framework="nzqa")
    verbs.look_at_equivalence(equivalence, key="test")
    follow()

    assert where(enrolment) == ("complete", 3, 3, 11)
    assert Component.objects.get(foreign=foreign).equivalence == equivalence
    document = ob3.build(AwardSnapshot.from_json(Credential.objects.get(achievement=award).snapshot))
    assert document["evidence"][2]["id"] == "https://elsewhere.example/c/1"
    assert document["credentialSubject"]["creditsEarned"] == 11


def test_a_foreign_component_without_an_equivalence_is_refused_by_the_table(learner, pathway, badges):
    _enrolment, _held, stack = completed(learner, pathway, badges)
    foreign = bring(learner)

    with pytest.raises(IntegrityError, match="foreign_counts_by_equivalence"), transaction.atomic():
        Component.objects.create(stack=stack, code="n2", foreign=foreign)
    with pytest.raises(IntegrityError, match="What counted is never changed"), transaction.atomic():
        stack.components.update(credits=5)


def test_a_milestone_is_told_and_awarded_by_itself(learner, school, badges):
    half = badge(school, "Half way")
    way = [{"milestone": badges[:2], "name": "Half", "award": half}, badges[2]]
    enrolment = verbs.enrol(published(school, way).pathway, by=learner)

    for one in badges[:2]:
        give(learner, one)

    assert where(enrolment) == ("active", 2, 3, 8)
    assert Stack.objects.get().credential == Credential.objects.get(achievement=half)
    assert Credential.objects.get(achievement=half).basis == "pathway"


def test_who_holds_the_award_already_is_not_given_it_twice(learner, pathway, badges, award):
    mine = give(learner, award)

    _enrolment, _held, stack = completed(learner, pathway, badges)

    assert stack.credential == mine
    assert Credential.objects.filter(achievement=award).get() == mine


def test_an_award_that_can_not_be_given_today_is_given_when_it_can(learner, pathway, badges, award):
    award.versions.update(state="retired")
    enrolment, _held, stack = completed(learner, pathway, badges)
    assert (where(enrolment)[0], stack.credential) == ("complete", None)

    award.versions.update(state="published")
    verbs.look_again([enrolment.pk])

    stack.refresh_from_db()
    assert stack.credential == Credential.objects.get(achievement=award)


def test_an_award_that_is_signed_anew_takes_its_place_in_the_stack(learner, pathway, badges, school):
    _enrolment, _held, stack = completed(learner, pathway, badges)

    newer = credentials.reissue(stack.credential, by=owner_of(school))
    follow()

    stack.refresh_from_db()
    assert stack.credential == newer
    newer.refresh_from_db()
    assert newer.snapshot["components"] == Credential.objects.get(superseded_by=newer).snapshot["components"]


# --- at risk ------------------------------------------------------------------------------------------------------------
def revoked(learner, pathway, badges, school):
    enrolment, held, stack = completed(learner, pathway, badges)
    credentials.revoke(held[1], by=owner_of(school), reason="mistake", note="")
    follow()
    stack.refresh_from_db()
    return enrolment, stack


def test_a_component_that_is_taken_back_puts_the_stack_at_risk_and_takes_nothing(learner, pathway, badges, school):
    enrolment, stack = revoked(learner, pathway, badges, school)

    assert (stack.state, stack.fallen, stack.grace_until - stack.at_risk_since) == (
        "at_risk",
        ["n3"],
        timedelta(days=30),
    )
    assert (where(enrolment)[0], stack.credential.status) == ("complete", "valid")
    assert told(learner)[-1:] == ["stack_at_risk"]
    assert "stack_waits" in told(owner_of(school))
    notice = Notice.objects.get(person=learner, kind="stack_at_risk")
    assert notice.facts["steps"] == "Shear"


def test_one_that_is_earned_anew_mends_it(learner, pathway, badges, school):
    _enrolment, stack = revoked(learner, pathway, badges, school)

    give(learner, badges[1])

    stack.refresh_from_db()
    assert (stack.state, stack.fallen, stack.grace_until) == ("standing", [], None)
    assert told(learner)[-1:] == ["stack_stands"]


def test_paused_it_is_at_risk_and_taken_up_again_it_stands(learner, pathway, badges, school):
    _enrolment, held, stack = completed(learner, pathway, badges)

    credentials.suspend(held[0], by=owner_of(school), note="A complaint.")
    follow()
    stack.refresh_from_db()
    assert stack.state == "at_risk"
    credentials.reinstate(held[0], by=owner_of(school))
    follow()

    stack.refresh_from_db()
    assert stack.state == "standing"


def test_a_component_that_is_signed_anew_changes_nothing(learner, pathway, badges, school):
    _enrolment, held, stack = completed(learner, pathway, badges)

    credentials.reissue(held[0], by=owner_of(school))
    follow()

    stack.refresh_from_db()
    assert stack.state == "standing"


def test_what_runs_out_is_noticed_when_its_time_comes(learner, school):
    short = badge(school, "First aid", valid_for_days=10)
    enrolment = verbs.enrol(published(school, [short]).pathway, by=learner)
    held = give(learner, short)
    enrolment.refresh_from_db()
    assert enrolment.next_look_at == held.valid_until

    assert verbs.look_at_due(key="before") == 0
    with clock.at(held.valid_until):
        assert verbs.look_at_due(key="on the day") == 1
        follow()

    assert Stack.objects.get().state == "at_risk"


def test_an_excused_step_stays_excused(learner, pathway, badges, school):
    enrolment, stack = revoked(learner, pathway, badges, school)

    verbs.decide(stack, by=owner_of(school), outcome="keep", reason="You showed it again at the gate.")
    verbs.look_again([enrolment.pk])

    stack.refresh_from_db()
    assert (stack.state, stack.excused, stack.fallen) == ("standing", ["n3"], [])
    assert told(learner)[-1:] == ["stack_decided"]
    decision = StackDecision.objects.get()
    assert (decision.outcome, decision.reason) == ("keep", "You showed it again at the gate.")
    assert "gate" not in str([one.data for one in events_of(stack)])


def test_more_time_is_as_much_again(learner, pathway, badges, school):
    _enrolment, stack = revoked(learner, pathway, badges, school)
    before = stack.grace_until

    verbs.decide(stack, by=owner_of(school), outcome="more_time", reason="The course is in March.")

    stack.refresh_from_db()
    assert (stack.state, stack.grace_until) == ("at_risk", before + timedelta(days=30))


def test_taken_back_its_award_goes_and_the_pathway_is_under_way_again(learner, pathway, badges, school, award):
    enrolment, stack = revoked(learner, pathway, badges, school)

    verbs.decide(stack, by=owner_of(school), outcome="take_back", reason="It was not mended.")
    follow()

    stack.refresh_from_db()
    credential = Credential.objects.get(achievement=award)
    assert (stack.state, where(enrolment)[0], credential.status) == ("taken_back", "active", "revoked")
    assert credential.status_note == "It was not mended."
    give(learner, badges[1])
    assert where(enrolment)[0] == "complete"
    assert Credential.objects.filter(achievement=award, status="valid").count() == 1


def test_who_may_decide_and_when(learner, pathway, badges, school):
    _enrolment, stack = revoked(learner, pathway, badges, school)
    decide = {"outcome": "keep", "reason": "It is fine."}

    for stranger in (seated("assessor", school), seated("designer", school), issuer_with_owner()[1], learner):
        with pytest.raises(PermissionDenied):
            verbs.decide(stack, by=stranger, **decide)
    with pytest.raises(Refused, match="Say why"):
        verbs.decide(stack, by=owner_of(school), outcome="keep", reason=" ")
    verbs.decide(stack, by=owner_of(school), **decide)
    with pytest.raises(Refused, match="Nothing is at risk"):
        verbs.decide(stack, by=owner_of(school), **decide)


def test_nobody_decides_on_their_own(pathway, badges, school):
    manager = seated("manager", school)
    _enrolment, stack = revoked(manager, pathway, badges, school)

    with pytest.raises(Refused, match="You can't decide your own case"):
        verbs.decide(stack, by=manager, outcome="keep", reason="It is fine.")


def test_an_award_taken_back_by_hand_is_not_given_again_by_itself(learner, pathway, badges, school, award):
    enrolment, _held, stack = completed(learner, pathway, badges)

    credentials.revoke(stack.credential, by=owner_of(school), reason="conduct", note="")
    follow()
    verbs.look_again([enrolment.pk])

    assert [one.status for one in Credential.objects.filter(achievement=award)] == ["revoked"]


def test_when_grace_is_over_those_who_decide_hear_of_it_once_and_nothing_falls(learner, pathway, badges, school):
    _enrolment, stack = revoked(learner, pathway, badges, school)
    owner = owner_of(school)
    before = told(owner).count("stack_waits")

    for days in (31, 32):
        with clock.at(stack.at_risk_since + timedelta(days=days)):
            verbs.remind_deciders(clock.now())

    stack.refresh_from_db()
    assert (stack.state, told(owner).count("stack_waits") - before) == ("at_risk", 1)


def test_a_plan_awards_nothing_so_nothing_of_it_is_at_risk(learner, badges, school):
    enrolment = verbs.enrol(plan_of(learner, badges[:1], issuer=school).pathway, by=learner)
    held = give(learner, badges[0])
    assert where(enrolment)[0] == "complete"

    credentials.revoke(held, by=owner_of(school), reason="mistake", note="")
    follow()

    assert (where(enrolment)[0], Stack.objects.get().state) == ("active", "taken_back")


# --- moved, left, reminded ----------------------------------------------------------------------------------------------
def test_who_is_under_way_stays_on_their_version_until_they_move(learner, pathway, badges, school):
    enrolment = verbs.enrol(pathway, by=learner)
    newer = next_version(pathway, [badge(school, "Fence", **ALL)])
    follow()
    assert (enrolment.version.number, told(learner)) == (1, ["pathway_newer"])

    verbs.move_on(enrolment, by=learner)

    enrolment.refresh_from_db()
    assert (enrolment.version, enrolment.steps_total) == (newer, 4)
    with pytest.raises(Refused, match="no newer version"):
        verbs.move_on(enrolment, by=learner)
    with pytest.raises(PermissionDenied):
        verbs.move_on(enrolment, by=person())


def test_what_was_reached_before_moving_is_judged_by_the_rules_of_then(learner, school, badges):
    way = published(school, [{"milestone": badges[:1], "name": "First"}, badges[1]])
    enrolment = verbs.enrol(way.pathway, by=learner)
    give(learner, badges[0])
    draft = verbs.draft_next(way.pathway, by=owner_of(school))
    verbs.add_node(draft, by=owner_of(school), into="n2", kind="badge", achievement=badges[2])
    verbs.publish(draft, by=owner_of(school))

    verbs.move_on(enrolment, by=learner)

    assert (Stack.objects.get().state, where(enrolment)[:3]) == ("standing", ("active", 1, 3))


def test_who_leaves_may_come_back_and_what_they_earned_counts(learner, pathway, badges):
    enrolment = verbs.enrol(pathway, by=learner)
    verbs.leave(enrolment, by=learner)
    give(learner, badges[0])
    assert where(enrolment)[:2] == ("left", 0)

    assert verbs.enrol(pathway, by=learner) == enrolment

    assert where(enrolment)[:2] == ("active", 1)
    with pytest.raises(PermissionDenied):
        verbs.leave(enrolment, by=person())


def test_a_day_that_one_set_is_told_two_weeks_before_and_the_day_before_once_each(learner, pathway):
    today = clock.now()
    day = today.date() + timedelta(days=30)
    verbs.set_target(verbs.enrol(pathway, by=learner), by=learner, target_on=day)

    for days in range(31):
        for _twice in range(2):
            verbs.remind_of_days(today + timedelta(days=days))

    assert told(learner) == ["pathway_near", "pathway_near"]


def test_a_day_is_over_when_it_is_over_where_the_learner_is(learner, pathway):
    for zone, moment, today in (
        ("America/Los_Angeles", datetime(2027, 3, 10, 2, 0, tzinfo=UTC), date(2027, 3, 9)),
        ("Pacific/Auckland", datetime(2027, 3, 9, 20, 0, tzinfo=UTC), date(2027, 3, 10)),
    ):
        learner.time_zone = zone
        learner.save()
        with clock.at(moment):
            enrolment = verbs.enrol(pathway, by=learner)
            assert verbs.set_target(enrolment, by=learner, target_on=today).target_on == today
            with pytest.raises(Refused, match="That day is over"):
                verbs.set_target(enrolment, by=learner, target_on=today - timedelta(days=1))


def test_the_day_before_is_the_day_before_where_the_learner_is(learner, pathway):
    learner.time_zone = "Pacific/Auckland"
    learner.save()
    with clock.at(datetime(2027, 3, 1, tzinfo=UTC)):
        verbs.enrol(pathway, by=learner, target_on=date(2027, 3, 12))
        assert verbs.remind_of_days(clock.now()) == 1

    early, there = datetime(2027, 3, 10, 9, 0, tzinfo=UTC), datetime(2027, 3, 10, 12, 0, tzinfo=UTC)  # the 11th there
    assert [verbs.remind_of_days(one) for one in (early, there, there)] == [0, 1, 0]


def test_begun_anew_with_a_day_one_is_reminded_anew(learner, pathway):
    now = clock.now()
    enrolment = verbs.enrol(pathway, by=learner, target_on=now.date() + timedelta(days=10))
    verbs.remind_of_days(now)
    verbs.leave(enrolment, by=learner)

    verbs.enrol(pathway, by=learner, target_on=now.date() + timedelta(days=12))
    verbs.remind_of_days(now)

    assert told(learner) == ["pathway_near", "pathway_near"]


def test_who_is_at_the_end_is_offered_no_move(learner, pathway, badges, school):
    enrolment = verbs.enrol(pathway, by=learner)
    next_version(pathway, [badge(school, "Fence", **ALL)])
    address = pathway.get_absolute_url()
    assert browser(learner).get(address).context["newer"].number == 2
    for one in badges:
        give(learner, one)

    assert browser(learner).get(address).context["newer"] is None
    enrolment.refresh_from_db()
    with pytest.raises(Refused, match="at the end of it"):
        verbs.move_on(enrolment, by=learner)


def test_who_left_sees_what_is_at_risk_and_what_was_decided(learner, pathway, badges, school):
    enrolment, held, stack = completed(learner, pathway, badges)
    verbs.leave(enrolment, by=learner)
    address = pathway.get_absolute_url()
    assert "At risk" not in browser(learner).get(address).content.decode()

    credentials.revoke(held[1], by=owner_of(school), reason="mistake", note="")
    follow()
    assert "At risk: The whole trade" in browser(learner).get(address).content.decode()
    verbs.decide(stack, by=owner_of(school), outcome="keep", reason="You showed it again.")

    assert "You showed it again." in browser(learner).get(address).content.decode()
    assert "At risk" not in browser(person()).get(address).content.decode()


# --- together -----------------------------------------------------------------------------------------------------------
def test_looking_at_many_asks_as_often_as_looking_at_one(pathway, badges, django_assert_num_queries):
    walkers = [verbs.enrol(pathway, by=person()) for _ in range(6)]
    for one in walkers:
        give(one.learner, badges[0], followed=False)

    with django_assert_num_queries(14):
        verbs.look_again([walkers[0].pk])
    with django_assert_num_queries(14):
        verbs.look_again([one.pk for one in walkers[1:]])

    assert {where(one) for one in walkers} == {("active", 1, 3, Decimal(4))}


def test_what_was_followed_step_by_step_equals_what_is_worked_out_from_nothing(learner, pathway, badges, school):
    enrolment, held, _stack = completed(learner, pathway, badges)
    credentials.suspend(held[0], by=owner_of(school), note="")
    credentials.revoke(held[2], by=owner_of(school), reason="mistake", note="")
    follow()
    columns = ("steps_done", "steps_total", "credits_done", "capstone_open", "next_look_at")
    followed = {name: getattr(Enrolment.objects.get(pk=enrolment.pk), name) for name in columns}

    Enrolment.objects.update(steps_done=0, steps_total=0, credits_done=0, capstone_open=False, next_look_at=None)
    verbs.look_again([enrolment.pk])

    assert {name: getattr(Enrolment.objects.get(pk=enrolment.pk), name) for name in columns} == followed
