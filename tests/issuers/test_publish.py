"""A version is frozen and opened; the one before it closes."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied

from apps.core import clock
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import AchievementVersion, Issuer
from tests.factories import browser, drafted_version, issuer_with_owner, owner_of, published_version, seated
from tests.together import meanwhile

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def trail_of(achievement):
    events = Event.objects.filter(subject_id=achievement.public_id).order_by("pk")
    return [(one.kind, one.actor_id, one.data["number"]) for one in events]


def test_it_is_open_from_that_moment():
    draft = drafted_version()
    manager = seated("manager", draft.achievement.issuer)

    with clock.at(NOON):
        verbs.publish(draft, by=manager)

    draft.refresh_from_db()
    assert (draft.state, draft.published_at, draft.edition) == ("published", NOON, 1)
    assert list(AchievementVersion.objects.public()) == [draft]
    owner = owner_of(draft.achievement.issuer)
    assert trail_of(draft.achievement) == [
        ("version.drafted", owner.public_id, 1),
        ("version.published", manager.public_id, 1),
    ]


def test_the_one_before_it_closes_and_its_trail_says_so():
    first = published_version()
    owner = owner_of(first.achievement.issuer)

    second = verbs.publish(verbs.draft_next(first.achievement, by=owner), by=owner)

    assert list(first.achievement.versions.values_list("number", "state")) == [(2, "published"), (1, "retired")]
    assert list(AchievementVersion.objects.public()) == [second]
    assert trail_of(first.achievement)[2:] == [
        ("version.drafted", owner.public_id, 2),
        ("version.retired", owner.public_id, 1),
        ("version.published", owner.public_id, 2),
    ]


def test_what_a_colleague_changed_since_it_was_looked_at_is_looked_at_first():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    client, at = browser(owner), f"/designs/{draft.achievement.public_id}"
    seen = {"edition": client.get(f"{at}/ready/").context["version"].edition}
    verbs.word(draft, by=owner, edition=draft.edition, name="Another name")

    refused = client.post(f"{at}/publish/", seen, follow=True).content.decode()

    assert "This has since been changed in another window" in refused
    assert AchievementVersion.objects.get(pk=draft.pk).state == "draft"
    assert f'name="edition" value="{seen["edition"] + 1}"' in refused
    client.post(f"{at}/publish/", {"edition": seen["edition"] + 1})
    published = AchievementVersion.objects.get(pk=draft.pk)
    assert (published.state, published.name) == ("published", "Another name")


def test_asked_twice_it_is_published_already():
    version = published_version()

    with pytest.raises(Refused, match="This version is published, so that can no longer be done"):
        verbs.publish(version, by=owner_of(version.achievement.issuer))

    assert Event.objects.filter(kind="version.published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_publishes():
    draft = drafted_version()
    both = [owner_of(draft.achievement.issuer), seated("manager", draft.achievement.issuer)]

    _published, other = meanwhile(*(lambda by=by: verbs.publish(draft, by=by) for by in both))

    assert isinstance(other, Refused)
    assert Event.objects.get(kind="version.published").actor_id == both[0].public_id


@pytest.mark.django_db(transaction=True)
def test_published_it_is_not_worded_meanwhile_and_worded_it_is_published_as_it_was_worded():
    for begins, cost in (("publish", ""), ("word", "Free")):
        draft = drafted_version()
        owner = owner_of(draft.achievement.issuer)
        acts = {
            "publish": lambda draft=draft, owner=owner: verbs.publish(draft, by=owner),
            "word": lambda draft=draft, owner=owner: verbs.word(draft, by=owner, edition=1, cost="Free"),
        }

        _first, other = meanwhile(acts.pop(begins), *acts.values())

        draft.refresh_from_db()
        assert (draft.state, draft.cost, isinstance(other, Refused)) == ("published", cost, begins == "publish")


@pytest.mark.django_db(transaction=True)
def test_the_next_published_while_the_first_is_retired_leaves_one_open():
    first = published_version()
    owner = owner_of(first.achievement.issuer)
    following = verbs.draft_next(first.achievement, by=owner)

    _retired, published = meanwhile(lambda: verbs.retire(first, by=owner), lambda: verbs.publish(following, by=owner))

    assert published == following
    assert list(first.achievement.versions.values_list("number", "state")) == [(2, "published"), (1, "retired")]
    assert Event.objects.filter(kind="version.retired").count() == 1


def test_where_a_second_person_is_asked_for_a_draft_is_not_published():
    house, owner = issuer_with_owner()
    house.asks_approval = True
    house.save(update_fields=["asks_approval"])
    draft = drafted_version(house)

    with pytest.raises(Refused, match="asks for a second person's approval first: send it in"):
        verbs.publish(draft, by=owner)
    verbs.send_in(draft, by=owner)
    with pytest.raises(Refused, match="This version is in approval"):
        verbs.publish(draft, by=owner)
    verbs.approve(draft, by=seated("manager", house))

    assert verbs.publish(draft, by=owner).state == "published"


def test_where_one_above_asks_for_a_second_person_a_draft_is_not_published():
    above, _chief = issuer_with_owner()
    draft = drafted_version()
    house = draft.achievement.issuer
    Issuer.objects.filter(pk=above.pk).update(asks_approval=True)
    Issuer.objects.filter(pk=house.pk).update(parent=above)

    with pytest.raises(Refused, match="second person's approval"):
        verbs.publish(draft, by=owner_of(house))


def test_what_lacks_something_is_not_published_however_it_was_approved():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    verbs.approve(verbs.send_in(draft, by=owner), by=owner)
    draft.criteria.all().delete()

    with pytest.raises(Refused, match="Add at least one criterion"):
        verbs.publish(draft, by=owner)

    draft.refresh_from_db()
    assert (draft.state, draft.published_at) == ("approved", None)


def test_designers_do_not_publish():
    draft = drafted_version()

    with pytest.raises(PermissionDenied):
        verbs.publish(draft, by=seated("designer", draft.achievement.issuer))

    assert not AchievementVersion.objects.public().exists()
