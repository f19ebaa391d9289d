"""What was reached is neither lost nor given wrongly, whatever becomes of its award, its version or the walk itself."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.core import clock
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.issuers import verbs as issuers
from apps.issuers.models import Seat
from apps.pathways import queries, verbs
from apps.pathways.models import Stack
from tests.factories import events_of, issuer_with_owner, owner_of, person
from tests.factories.pathways import badge, published
from tests.factories.rubrics import operator
from tests.pathways.walkers import bring, counting, follow, give

pytestmark = pytest.mark.django_db
FOUR = {"credits": Decimal(4), "credit_framework": "nzqa"}


@pytest.fixture
def school():
    return issuer_with_owner()[0]


@pytest.fixture
def badges(school):
    return [badge(school, name, **FOUR) for name in ("Gear", "Shear")]


@pytest.fixture
def award(school):
    return badge(school, "Woolshed hand")


@pytest.fixture
def learner():
    return person("Hemi")


@pytest.fixture
def pathway(school, badges, award):
    return published(school, badges, award=award).pathway


def completed(learner, pathway, badges):
    enrolment = verbs.enrol(pathway, by=learner)
    held = [give(learner, one) for one in badges]
    return enrolment, held, Stack.objects.get(enrolment=enrolment)


def revoked(held):
    credentials.revoke(held, by=owner_of(held.issuer), reason="mistake", note="")
    follow()


def fresh(one):
    return type(one).objects.get(pk=one.pk)


def decided(stack, outcome, *, by=None):
    return verbs.decide(
        stack, by=by or owner_of(stack.enrolment.pathway.issuer), outcome=outcome, reason="As we talked about."
    )


# --- the award ----------------------------------------------------------------------------------------------------------
def test_taken_back_the_stack_leaves_an_award_that_was_earned_otherwise(school, learner, pathway, badges, award):
    mine = give(learner, award)
    _enrolment, held, stack = completed(learner, pathway, badges)
    revoked(held[0])

    decided(stack, "take_back")

    assert (fresh(stack).state, fresh(stack).credential, fresh(mine).status) == ("taken_back", mine, "valid")


def test_an_award_that_two_pathways_rest_on_goes_with_the_second(school, learner, badges, award):
    ways = [published(school, [one], award=award, name=f"By {one}").pathway for one in badges]
    (_one, (first,), stack), (_other, (second,), other) = (
        completed(learner, way, [one]) for way, one in zip(ways, badges, strict=True)
    )
    given = Credential.objects.get(achievement=award)
    assert {fresh(stack).credential, fresh(other).credential} == {given}

    revoked(first)
    decided(stack, "take_back")
    assert fresh(given).status == "valid"
    revoked(second)
    decided(other, "take_back")

    assert fresh(given).status == "revoked"


def test_who_decides_takes_back_an_award_of_their_institution_too(school, learner, award):
    department = issuers.found(by=operator(), slug="woolshed", name="Woolshed", parent=school)
    boss = person("Boss")
    issuers.seat(boss, department, Seat.Role.OWNER, by=operator())
    step = badge(department, "Sweep")
    _enrolment, held, stack = completed(learner, published(department, [step], award=award, by=boss).pathway, [step])
    revoked(held[0])

    decided(stack, "take_back", by=boss)

    assert fresh(stack).credential.status == "revoked"


def test_one_that_was_signed_anew_meanwhile_is_taken_back_with_its_stack(school, learner, pathway, badges, award):
    _enrolment, held, stack = completed(learner, pathway, badges)
    revoked(held[0])
    newer = credentials.reissue(stack.credential, by=owner_of(school))  # what follows of it has not run yet

    decided(stack, "take_back")

    assert fresh(newer).status == "revoked"


def test_an_award_that_goes_to_whom_it_was_meant_for_is_not_theirs_who_reached_the_end(
    school, learner, pathway, badges, award
):
    mistaken = give(learner, award)
    _enrolment, _held, stack = completed(learner, pathway, badges)
    meant = person("Aroha")

    credentials.correct(mistaken, by=owner_of(school), address=meant.email, name="Aroha")
    follow()

    given = fresh(stack).credential
    assert (given.earner, given.basis) == (learner, "pathway")
    assert Credential.objects.get(achievement=award, earner=meant, status="valid") != given


def test_an_award_that_has_run_out_is_not_taken_for_it(school, learner, badges):
    short = badge(school, "Licence", valid_for_days=400)
    with clock.at(clock.now() - timedelta(days=500)):
        old = give(learner, short)

    _enrolment, _held, stack = completed(learner, published(school, badges, award=short).pathway, badges)

    assert (stack.credential.renews, fresh(old).renewed_at is not None) == (old, True)


def test_who_held_the_award_already_is_told_that_they_are_at_the_end(learner, pathway, badges, award):
    give(learner, award)

    completed(learner, pathway, badges)

    assert learner.notices.filter(kind="pathway_reached").count() == 1


def test_what_could_not_be_awarded_is_when_its_badge_is_published(school, learner, badges, award):
    milestone = published(school, [{"milestone": badges[:1], "name": "Half", "award": award}, badges[1]]).pathway
    award.versions.update(state="retired")
    _enrolment, _held, stack = completed(learner, milestone, badges[:1])
    assert stack.credential is None

    draft = issuers.draft_next(award, by=owner_of(school))
    issuers.publish(draft, by=owner_of(school))
    follow()

    assert fresh(stack).credential == Credential.objects.get(achievement=award)


# --- the decision -------------------------------------------------------------------------------------------------------
def test_what_is_let_stand_stands_though_it_is_short_of_credits(school, learner, badges):
    way = published(school, [{"credits": 8, "of": badges}]).pathway
    enrolment, held, stack = completed(learner, way, badges)
    revoked(held[1])

    decided(fresh(stack), "keep")
    verbs.look_again([enrolment.pk])

    assert (fresh(stack).state, fresh(stack).excused) == ("standing", ["n2", "n4"])


def test_what_falls_after_that_is_at_risk_anew(school, learner, pathway, badges):
    _enrolment, held, stack = completed(learner, pathway, badges)
    revoked(held[1])
    credentials.revoke(held[0], by=owner_of(school), reason="mistake", note="")  # nobody has looked yet

    decided(fresh(stack), "keep")
    follow()

    assert (fresh(stack).state, fresh(stack).fallen) == ("at_risk", ["n2"])


def test_a_group_that_is_short_of_credits_is_named_where_every_step_is_held(school, learner, badges):
    way = published(school, [{"credits": 8, "of": badges, "name": "Eight credits"}]).pathway
    enrolment, held, stack = completed(learner, way, badges)
    counting(school, counts_as=badges[1], credits=Decimal(3), credit_framework="nzqa")
    bring(learner)

    revoked(held[1])
    assert (fresh(stack).state, fresh(stack).fallen) == ("at_risk", ["n2"])
    assert queries.stack_in_words(fresh(stack)).fallen == "Eight credits"
    decided(fresh(stack), "keep")
    verbs.look_again([enrolment.pk])

    assert fresh(stack).state == "standing"


def test_what_is_let_stand_stands_though_its_credits_lie_in_a_choice(school, learner, badges):
    big = badge(school, "Big", credits=Decimal(100), credit_framework="nzqa")
    ways = {"any": [{"credits": 8, "of": badges}, {"credits": 100, "of": [big]}]}
    enrolment, held, stack = completed(learner, published(school, [ways]).pathway, badges)
    revoked(held[1])

    decided(fresh(stack), "keep")
    verbs.look_again([enrolment.pk])

    assert (fresh(stack).state, fresh(stack).excused) == ("standing", ["n3", "n5"])


def test_what_was_let_stand_and_is_earned_anew_can_fall_again(school, learner, badges):
    way = published(school, [{"credits": 8, "of": badges}]).pathway
    _enrolment, held, stack = completed(learner, way, badges)
    revoked(held[1])
    decided(fresh(stack), "keep")

    again = give(learner, badges[1])
    assert (fresh(stack).state, fresh(stack).excused) == ("standing", [])
    revoked(again)

    assert (fresh(stack).state, fresh(stack).fallen) == ("at_risk", ["n4"])


def test_an_award_says_which_step_was_let_stand_and_by_whom(school, learner, badges, award):
    way = published(school, [{"milestone": badges[:1], "name": "First"}, badges[1]], award=award).pathway
    _enrolment, held, stack = completed(learner, way, badges[:1])
    revoked(held[0])
    decided(fresh(stack), "keep")

    give(learner, badges[1])

    told = Credential.objects.get(achievement=award).snapshot["narrative"]
    assert told == (
        "Reached on the pathway “The whole trade”, version 1. "
        f"Let stand by {school.name}, though what counted for it no longer does: “Gear”."
    )


# --- versions -----------------------------------------------------------------------------------------------------------
def test_what_was_let_stand_counts_for_nothing_else_that_bears_its_code(school, learner, badges):
    """A node keeps its code when it says something else in the next version."""
    way = published(school, [{"milestone": badges[:1], "name": "First"}, badges[1]]).pathway
    enrolment, held, stack = completed(learner, way, badges[:1])
    revoked(held[0])
    decided(fresh(stack), "keep")
    press, boss = badge(school, "Press"), owner_of(school)
    draft = verbs.draft_next(way, by=boss)
    verbs.change_node(draft, by=boss, code="n3", achievement=press)
    verbs.publish(draft, by=boss)

    verbs.move_on(enrolment, by=learner)

    about = queries.about_version(draft.pk)
    assert queries.excused_of(fresh(enrolment), about.tree) == []
    assert (fresh(stack).state, fresh(enrolment).steps_total) == ("standing", 2)


def test_what_was_reached_before_moving_on_falls_with_the_rule_that_it_rests_on(school, learner, badges):
    rule = counting(school)
    way = published(school, [{"milestone": [rule], "name": "From elsewhere"}, badges[0]]).pathway
    enrolment = verbs.enrol(way, by=learner)
    bring(learner)
    boss = owner_of(school)
    draft = verbs.draft_next(way, by=boss)
    verbs.remove_node(draft, by=boss, code="n2")
    verbs.publish(draft, by=boss)
    verbs.move_on(enrolment, by=learner)

    verbs.end_equivalence(rule, by=boss)
    follow()

    (risk,) = queries.at_risk_in_words(enrolment.stacks.all(), queries.about_version(draft.pk))
    assert (risk.stack.state, risk.name, risk.steps) == ("at_risk", "From elsewhere", "A badge from elsewhere")


def test_what_was_reached_before_moving_on_is_noticed_when_it_runs_out(school, learner, badges):
    short = badge(school, "Licence", valid_for_days=30)
    way = published(school, [{"milestone": [short], "name": "Licensed"}, badges[0]]).pathway
    enrolment, (held,), stack = completed(learner, way, [short])
    draft = verbs.draft_next(way, by=owner_of(school))
    verbs.remove_node(draft, by=owner_of(school), code="n2")
    verbs.publish(draft, by=owner_of(school))

    verbs.move_on(enrolment, by=learner)

    assert (fresh(enrolment).next_look_at, fresh(stack).state) == (held.valid_until, "standing")
    with clock.at(held.valid_until):
        assert verbs.look_at_due(key="on the day") == 1
        follow()
    assert fresh(stack).state == "at_risk"


def test_what_was_reached_beside_the_way_that_counts_is_noticed_when_it_runs_out(school, learner, badges):
    short = badge(school, "Licence", valid_for_days=30)
    ways = {"any": [{"milestone": [badges[0]], "name": "Geared"}, {"milestone": [short], "name": "Licensed"}]}
    enrolment = verbs.enrol(published(school, [ways, badges[1]]).pathway, by=learner)
    _gear, held = give(learner, badges[0]), give(learner, short)
    stack = Stack.objects.get(enrolment=enrolment, code="n5")

    assert fresh(enrolment).next_look_at == held.valid_until
    with clock.at(held.valid_until):
        assert verbs.look_at_due(key="on the day") == 1
        follow()
    assert fresh(stack).state == "at_risk"


# --- the walk -----------------------------------------------------------------------------------------------------------
def test_who_leaves_at_the_end_and_comes_back_is_at_the_end(learner, pathway, badges):
    enrolment, _held, stack = completed(learner, pathway, badges)
    verbs.leave(enrolment, by=learner)

    verbs.enrol(pathway, by=learner)

    assert (fresh(enrolment).state, Stack.objects.get()) == ("complete", stack)
    assert [kind for kind, _by in events_of(enrolment)] == [
        "pathway.begun",
        "pathway.completed",
        "pathway.left",
        "pathway.begun",
        "pathway.completed",
    ]


def test_what_somebody_reached_before_they_left_can_fall_still_and_nothing_more_is_reached(school, learner, badges):
    way = published(school, [{"milestone": badges[:1], "name": "First"}, badges[1]]).pathway
    enrolment, held, stack = completed(learner, way, badges[:1])
    verbs.leave(enrolment, by=learner)

    give(learner, badges[1])
    assert (fresh(enrolment).state, Stack.objects.get()) == ("left", stack)
    revoked(held[0])

    assert (fresh(stack).state, fresh(enrolment).state) == ("at_risk", "left")


def test_what_runs_out_after_somebody_left_is_noticed(school, learner):
    short = badge(school, "First aid", valid_for_days=10)
    enrolment, (held,), stack = completed(learner, published(school, [short]).pathway, [short])
    verbs.leave(enrolment, by=learner)

    with clock.at(held.valid_until):
        assert verbs.look_at_due(key="on the day") == 1
        follow()

    assert fresh(stack).state == "at_risk"
