"""A designer asks for approval."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import AchievementVersion, ApprovalStep
from apps.notices import verbs as notices
from apps.notices.models import Letter, Notice
from tests.factories import drafted_version, owner_of, person, seated
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return drafted_version()


def test_it_waits_and_those_who_may_publish_hear_of_it(draft):
    house = draft.achievement.issuer
    owner, manager, designer = owner_of(house), seated("manager", house), seated("designer", house)
    seated("assessor", house)
    seated("manager", house).seats.update(suspended_at=draft.created_at)
    asleep = seated("manager", house)
    type(asleep).objects.filter(pk=asleep.pk).update(is_active=False)

    sent = verbs.send_in(draft, by=designer, note=" Look at the levels. ")

    assert (sent.state, sent.sent_in_by) == ("in_approval", designer)
    assert list(ApprovalStep.objects.values_list("version", "outcome", "by", "note")) == [
        (draft.pk, "sent_in", designer.pk, "Look at the levels.")
    ]
    event = Event.objects.get(kind="version.sent_in")
    assert (event.subject_id, event.actor_id, event.data) == (
        draft.achievement.public_id,
        designer.public_id,
        {"number": 1},
    )
    address = f"/designs/{draft.achievement.public_id}/"
    facts = {
        "who": designer.name,
        "note": "Look at the levels.",
        "badge": "Sharpen a knife",
        "issuer": house.name,
    }
    told = [(one.person, one.kind, one.key, one.address, one.facts) for one in Notice.objects.order_by("person_id")]
    assert told == [
        (one, "design_waits", f"design_waits:{event.public_id}", address, facts) for one in (owner, manager)
    ]


def test_its_letter_says_who_asks_for_what_and_where(draft):
    designer = seated("designer", draft.achievement.issuer)
    verbs.send_in(draft, by=designer, note="Look at the <levels>.")

    letter = Letter.objects.get()
    notices.deliver(letter.pk)
    letter.refresh_from_db()

    assert (letter.to, letter.subject) == (
        owner_of(draft.achievement.issuer).email,
        "A design waits for you: Sharpen a knife",
    )
    for said in (
        "A design waits for you: Sharpen a knife",
        f"{designer.name} asks for your approval, so that {draft.achievement.issuer} can publish it.",
        "Look at the <levels>.",
        "You get this letter because you may publish badges at this organisation.",
    ):
        assert said in letter.text
    assert f"Look at it: http://localhost:8000/designs/{draft.achievement.public_id}/\n" in letter.text
    assert "Look at the &lt;levels&gt;." in letter.html


def test_whoever_sends_it_in_is_not_told_of_it(draft):
    verbs.send_in(draft, by=owner_of(draft.achievement.issuer))

    assert not Notice.objects.exists()


def test_asked_twice_it_is_in_approval_already(draft):
    owner = owner_of(draft.achievement.issuer)
    verbs.send_in(draft, by=owner)

    with pytest.raises(Refused, match="This version is in approval"):
        verbs.send_in(draft, by=owner)

    assert ApprovalStep.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_sends_it_in():
    draft = drafted_version()
    house = draft.achievement.issuer
    both = [owner_of(house), seated("designer", house)]

    came_of = at_once(*(lambda by=by: verbs.send_in(draft, by=by) for by in both))

    assert sorted(type(one).__name__ for one in came_of) == ["AchievementVersion", "Refused"]
    sender = AchievementVersion.objects.get().sent_in_by
    assert list(ApprovalStep.objects.values_list("by", flat=True)) == [sender.pk]


def test_what_lacks_something_is_not_sent_in(draft):
    owner = owner_of(draft.achievement.issuer)
    verbs.word(draft, by=owner, edition=1, description="", skill_sentence=" ")

    with pytest.raises(Refused, match=r"Say what it represents\. Say in one sentence what the earner can do\."):
        verbs.send_in(draft, by=owner)

    draft.refresh_from_db()
    assert (draft.state, ApprovalStep.objects.count()) == ("draft", 0)


def test_only_who_designs_there_sends_it_in(draft):
    with pytest.raises(PermissionDenied):
        verbs.send_in(draft, by=person())

    assert not ApprovalStep.objects.exists()
