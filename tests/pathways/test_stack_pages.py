"""What is at risk, as those see it who have to decide."""

import pytest
from django.urls import reverse

from apps.credentials import verbs as credentials
from apps.pathways import verbs
from apps.pathways.models import Stack
from tests.factories import browser, issuer_with_owner, owner_of, person, seated
from tests.factories.pathways import badge, published
from tests.pathways.walkers import follow, give

pytestmark = pytest.mark.django_db
STACKS = "/pathways/stacks/"


@pytest.fixture
def school():
    return issuer_with_owner()[0]


@pytest.fixture
def stack(school):
    gear, shear = badge(school, "Gear"), badge(school, "Shear")
    learner = person("Hemi")
    verbs.enrol(published(school, [gear, shear], name="Two badges").pathway, by=learner)
    give(learner, gear)
    credentials.revoke(give(learner, shear), by=owner_of(school), reason="mistake", note="")
    follow()
    return Stack.objects.get()


def test_it_says_what_fell_and_takes_a_decision(stack, school):
    one = browser(owner_of(school))
    assert "Two badges" in one.get(STACKS).content.decode()
    address = reverse("pathways:stack", args=[stack.public_id])
    page = one.get(address).content.decode()
    assert "It rests on something that no longer counts: Shear." in page
    assert "Hemi" in page
    assert one.post(address, {"outcome": "keep", "reason": ""}).status_code == 200
    stack.refresh_from_db()
    assert stack.state == "at_risk"
    assert one.post(address, {"outcome": "keep", "reason": "Shown again."}).status_code == 302

    stack.refresh_from_db()
    assert stack.state == "standing"
    assert "Shown again." in one.get(address).content.decode()
    assert "Nothing is at risk" in one.get(STACKS).content.decode()


def test_nobody_else_finds_it(stack, school):
    address = reverse("pathways:stack", args=[stack.public_id])
    others = [stack.enrolment.learner, seated("assessor", school), issuer_with_owner()[1], person()]

    assert [browser(one).get(address).status_code for one in others] == [404] * 4
    assert [browser(one).post(address, {"outcome": "keep", "reason": "x"}).status_code for one in others] == [404] * 4
    assert all("Two badges" not in browser(one).get(STACKS).content.decode() for one in others)
    assert browser(owner_of(school)).get(address).status_code == 200
