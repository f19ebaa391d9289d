"""Colleagues say something about a version in the making, and that it is dealt with."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied

from apps.core import clock
from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import AchievementVersion, DesignComment
from tests.factories import drafted_version, owner_of, seated

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def draft():
    return drafted_version()


def test_it_is_said_of_the_whole_or_of_one_criterion(draft):
    designer = seated("designer", draft.achievement.issuer)
    edge = draft.criteria.get(name="Edge")

    whole = verbs.comment(draft, by=designer, text=" Too long. ")
    one = verbs.comment(draft, by=designer, text="Sharper.", criterion=edge)

    assert list(DesignComment.objects.values_list("version", "criterion", "about", "text", "by", "resolved_at")) == [
        (draft.pk, None, "", "Too long.", designer.pk, None),
        (draft.pk, edge.pk, "Edge", "Sharper.", designer.pk, None),
    ]
    assert [
        (event.subject_id, event.actor_id, event.data) for event in Event.objects.filter(kind__contains="comment")
    ] == [(said.public_id, designer.public_id, {"text": digest(said.text)}) for said in (whole, one)]


def test_asked_twice_it_is_said_twice(draft):
    owner = owner_of(draft.achievement.issuer)

    for _time in range(2):
        verbs.comment(draft, by=owner, text="Hm.")

    assert DesignComment.objects.count() == 2


def test_of_a_criterion_that_stands_elsewhere_nothing_is_said_here(draft):
    foreign = drafted_version(draft.achievement.issuer).criteria.first()

    with pytest.raises(Refused, match="belongs to another version"):
        verbs.comment(draft, by=owner_of(draft.achievement.issuer), text="Hm.", criterion=foreign)

    assert not DesignComment.objects.exists()


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_nothing_is_no_comment(draft, text):
    with pytest.raises(Refused, match="Write the comment"):
        verbs.comment(draft, by=owner_of(draft.achievement.issuer), text=text)


def test_what_is_published_is_talked_about_with_the_next_one(draft):
    owner = owner_of(draft.achievement.issuer)
    verbs.publish(draft, by=owner)

    with pytest.raises(Refused, match="Comment on the next one instead"):
        verbs.comment(draft, by=owner, text="Hm.")


def test_only_who_designs_there_says_or_settles_anything(draft):
    said = verbs.comment(draft, by=owner_of(draft.achievement.issuer), text="Hm.")
    assessor = seated("assessor", draft.achievement.issuer)

    with pytest.raises(PermissionDenied):
        verbs.comment(draft, by=assessor, text="Hm.")
    with pytest.raises(PermissionDenied):
        verbs.resolve_comment(said, by=assessor)

    assert DesignComment.objects.get().resolved_at is None


def test_it_is_dealt_with_once_however_often_that_is_said(draft):
    designer = seated("designer", draft.achievement.issuer)
    said = verbs.comment(draft, by=owner_of(draft.achievement.issuer), text="Hm.")

    with clock.at(NOON):
        verbs.resolve_comment(said, by=designer)
    again = verbs.resolve_comment(said, by=owner_of(draft.achievement.issuer))

    assert again.resolved_at == DesignComment.objects.get().resolved_at == NOON
    event = Event.objects.get(kind="design_comment.resolved")
    assert (event.subject_id, event.actor_id, event.data) == (said.public_id, designer.public_id, {})


def test_what_went_with_its_draft_is_said_to_be_gone(draft):
    owner = owner_of(draft.achievement.issuer)
    said = verbs.comment(draft, by=owner, text="Hm.")
    held = AchievementVersion.objects.get(pk=draft.pk)
    verbs.discard(draft, by=owner)

    with pytest.raises(Refused, match="was deleted with its draft"):
        verbs.resolve_comment(said, by=owner)
    with pytest.raises(Refused, match="thrown away meanwhile"):
        verbs.comment(held, by=owner, text="Hm.")
