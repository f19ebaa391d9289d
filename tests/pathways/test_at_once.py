"""Acts on one pathway that meet."""

import pytest

from apps.accounts import verbs as accounts
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.pathways import verbs
from apps.pathways.models import Enrolment, Stack
from tests.factories import issuer_with_owner, owner_of, person
from tests.factories.pathways import badge, published
from tests.pathways.walkers import give
from tests.together import at_once, meanwhile

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school():
    return issuer_with_owner()[0]


@pytest.fixture
def pathway(school):
    return published(school, ["Gear"], award=badge(school, "Whole")).pathway


def test_who_begins_while_the_next_version_is_published_begins_that_one(school, pathway):
    draft, learner = verbs.draft_next(pathway, by=owner_of(school)), person()

    _published, begun = meanwhile(
        lambda: verbs.publish(draft, by=owner_of(school)), lambda: verbs.enrol(pathway, by=learner)
    )

    assert begun.version == draft


def test_nobody_begins_what_is_archived_meanwhile(school, pathway):
    _archived, begun = meanwhile(
        lambda: verbs.archive(pathway, by=owner_of(school)), lambda: verbs.enrol(pathway, by=person())
    )

    assert (type(begun), Enrolment.objects.count()) == (Refused, 0)


def test_looked_at_twice_at_once_it_is_reached_and_awarded_once(school, pathway):
    learner = person()
    enrolment = verbs.enrol(pathway, by=learner)
    give(learner, badge(school, "Gear"), followed=False)

    looked = at_once(*[lambda: verbs.look_again([enrolment.pk])] * 3, lambda: verbs.enrol(pathway, by=learner))

    assert looked == [1, 1, 1, enrolment]
    stack = Stack.objects.get()
    assert (stack.credential.basis, learner.credentials.filter(basis="pathway").count()) == ("pathway", 1)


def test_of_two_decisions_at_once_one_counts(school, pathway):
    learner = person()
    verbs.enrol(pathway, by=learner)
    held = give(learner, badge(school, "Gear"))
    credentials.revoke(held, by=owner_of(school), reason="mistake", note="")
    verbs.look_at({learner.pk})
    stack = Stack.objects.get()

    decided = at_once(
        *(
            lambda outcome=outcome: verbs.decide(stack, by=owner_of(school), outcome=outcome, reason="So be it.")
            for outcome in ("keep", "take_back")
        )
    )

    assert sorted(type(one).__name__ for one in decided) == ["Refused", "StackDecision"]
    assert stack.decisions.count() == 1


def test_two_accounts_become_one_while_somebody_looks_at_a_walk_and_neither_locks_the_other(school, pathway):
    taker, giver = person("Mere"), person("Mere at work")
    enrolment = verbs.enrol(pathway, by=giver)
    give(giver, badge(school, "Gear"), followed=False)
    asked = accounts.ask_merge(taker, by=taker, address=giver.email)

    looked, merged = meanwhile(
        lambda: Enrolment.objects.locked(enrolment.pk),
        lambda: accounts.merge(asked, by=taker),
        then=lambda: verbs.look_again([enrolment.pk]),
    )

    assert (looked, merged) == (1, taker)
    stack = Stack.objects.get()
    assert (stack.enrolment.learner, stack.credential.earner) == (taker, taker)
