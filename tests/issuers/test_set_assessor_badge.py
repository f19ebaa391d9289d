"""A badge that shows that somebody can judge: asked for by who designs, and looked at whenever work is taken."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import Achievement
from apps.reviews import verbs as reviews
from tests.factories import (
    assessable_attempt,
    awarded_credential,
    browser,
    issuer_with_owner,
    operator,
    person,
    published_version,
    seated,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    issuer, owner = issuer_with_owner("Longwater College")
    return (
        issuer,
        owner,
        published_version(issuer).achievement,
        published_version(issuer, name="Judge work", valid_for_days=20).achievement,
    )


def page_of(achievement):
    return f"/designs/{achievement.public_id}/assessor-badge/"


def test_set_assessor_badge_is_kept_and_leaves_its_trail_once(house):
    _issuer, owner, judged, proof = house

    verbs.set_assessor_badge(judged, badge=proof, by=owner)
    verbs.set_assessor_badge(judged, badge=proof, by=owner)
    verbs.set_assessor_badge(judged, badge=None, by=owner)

    assert Achievement.objects.get(pk=judged.pk).assessor_badge is None
    events = Event.objects.filter(kind="achievement.assessor_badge_set").order_by("pk")
    assert [(one.actor_id, one.data) for one in events] == [
        (owner.public_id, {"badge": proof.slug}),
        (owner.public_id, {"badge": ""}),
    ]


def test_it_is_a_badge_of_the_same_institution_and_another_one(house):
    issuer, owner, judged, proof = house
    below, _other = issuer_with_owner("School of Wool")
    verbs.place(below, under=issuer, by=operator())
    of_school = published_version(below).achievement

    for badge, said in ((judged, "the first to judge it"), (published_version().achievement, "your own institution")):
        with pytest.raises(Refused, match=said):
            verbs.set_assessor_badge(judged, badge=badge, by=owner)
    verbs.set_assessor_badge(judged, badge=proof, by=owner)
    with pytest.raises(Refused, match="nobody could begin"):
        verbs.set_assessor_badge(proof, badge=Achievement.objects.get(pk=judged.pk), by=owner)
    verbs.set_assessor_badge(of_school, badge=proof, by=owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Achievement.objects.filter(pk=judged.pk).update(assessor_badge=judged.pk)


def test_nobody_could_begin_where_three_or_more_ask_for_each_other_in_a_ring(house):
    issuer, owner, first, second = house
    third = published_version(issuer, name="Judge judges").achievement
    verbs.set_assessor_badge(first, badge=second, by=owner)
    verbs.set_assessor_badge(second, badge=third, by=owner)

    with pytest.raises(Refused, match="nobody could begin"):
        verbs.set_assessor_badge(third, badge=first, by=owner)

    assert Achievement.objects.get(pk=third.pk).assessor_badge is None


def test_who_does_not_design_there_neither_reads_nor_sets_it(house):
    issuer, _owner, judged, proof = house

    for nobody in (seated("assessor", issuer), issuer_with_owner()[1], person()):
        with pytest.raises(PermissionDenied):
            verbs.set_assessor_badge(judged, badge=proof, by=nobody)
        assert browser(nobody).get(page_of(judged)).status_code == 404
    verbs.set_assessor_badge(judged, badge=proof, by=seated("designer", issuer))


def test_the_page_offers_what_can_be_asked_for_and_tells_who_holds_it_until_when(house):
    issuer, owner, judged, proof = house
    published_version()
    credential = awarded_credential(version=proof.versions.get())
    holder = credential.earner
    verbs.seat(holder, issuer, "assessor", by=owner)
    without = seated("assessor", issuer)
    client = browser(owner)

    before = client.get(page_of(judged)).content.decode()
    saved = client.post(page_of(judged), {"badge": proof.slug})
    refused = client.post(page_of(judged), {"badge": judged.slug})
    page = client.get(page_of(judged)).content.decode()

    assert before.count("<option") == 2
    assert ("holds it until" in before, str(without) in before) == (False, True)
    assert (saved.status_code, refused.status_code) == (302, 422)
    assert page.count("holds it until") == 1
    assert page.count("has no valid “Judge work”, and can take nothing") == page.count("ev-row") - 1
    assert (
        "assessors of Longwater College who hold a valid"
        in client.get(f"/achievements/{judged.slug}/").content.decode()
    )


def test_who_lacks_it_takes_nothing_and_who_holds_it_does(house):
    issuer, owner, judged, proof = house
    attempt = assessable_attempt(judged.versions.get())
    credential = awarded_credential(version=proof.versions.get())
    verbs.seat(credential.earner, issuer, "assessor", by=owner)
    verbs.set_assessor_badge(judged, badge=proof, by=owner)

    with pytest.raises(Refused, match="need a badge that is valid now"):
        reviews.take(attempt, by=seated("assessor", issuer))
    assert reviews.take(attempt, by=credential.earner).state == "taken"
