"""A second person lets a version pass, or gives it back with what to change."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import AchievementVersion, ApprovalStep
from apps.notices import verbs as notices
from apps.notices.models import Letter, Notice
from tests.factories import drafted_version, issuer_with_owner, owner_of, seated
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting():
    """(a version in approval where a second person is asked for, its owner, the designer who sent it in)"""
    return a_waiting_one()


def a_waiting_one():
    house, owner = issuer_with_owner()
    house.asks_approval = True
    house.save(update_fields=["asks_approval"])
    designer = seated("designer", house)
    version = verbs.send_in(drafted_version(house), by=designer)
    Notice.objects.all().delete()
    Letter.objects.all().delete()
    return version, owner, designer


def log_of(version):
    return list(version.approval_steps.values_list("outcome", "by__name", "note"))


def letter_of(notice):
    notices.deliver(notice.letter_id)
    return Letter.objects.get(pk=notice.letter_id)


def test_approved_it_may_be_published_and_the_sender_hears_of_it(waiting):
    version, owner, designer = waiting

    passed = verbs.approve(version, by=owner, note=" Good. ")

    assert passed.state == "approved"
    assert log_of(version) == [("sent_in", designer.name, ""), ("approved", owner.name, "Good.")]
    event = Event.objects.get(kind="version.approved")
    assert (event.subject_id, event.actor_id, event.data) == (
        version.achievement.public_id,
        owner.public_id,
        {"number": 1},
    )
    notice = Notice.objects.get()
    assert (notice.person, notice.kind, notice.key, notice.address, notice.facts) == (
        designer,
        "design_answered",
        f"design_answered:{event.public_id}",
        f"/designs/{version.achievement.public_id}/",
        {
            "who": owner.name,
            "approved": True,
            "note": "Good.",
            "badge": version.name,
            "issuer": version.achievement.issuer.name,
        },
    )
    letter = letter_of(notice)
    assert (letter.to, letter.subject) == (designer.email, "Looked at: Sharpen a knife")
    assert f"{owner.name} approved it. It can be published.\n\nGood.\n" in letter.text
    assert f"{owner.name} approved it. It can be published." in letter.html


def test_with_changes_asked_it_is_a_draft_again_and_the_sender_hears_what_to_change(waiting):
    version, owner, designer = waiting

    given_back = verbs.ask_changes(version, by=owner, note=" Shorter levels. ")

    assert (given_back.state, given_back.sent_in_by) == ("draft", designer)
    assert log_of(version) == [("sent_in", designer.name, ""), ("changes_asked", owner.name, "Shorter levels.")]
    event = Event.objects.get(kind="version.changes_asked")
    assert (event.actor_id, event.data) == (owner.public_id, {"number": 1, "note": digest("Shorter levels.")})
    notice = Notice.objects.get()
    assert (notice.person, notice.kind, notice.key, notice.facts) == (
        designer,
        "design_answered",
        f"design_answered:{event.public_id}",
        {
            "who": owner.name,
            "approved": False,
            "note": "Shorter levels.",
            "badge": version.name,
            "issuer": version.achievement.issuer.name,
        },
    )
    letter = letter_of(notice)
    assert f"{owner.name} asks for changes before it can be published.\n\nShorter levels.\n" in letter.text


def test_what_was_approved_may_still_be_given_back(waiting):
    version, owner, _designer = waiting
    verbs.approve(version, by=owner)

    assert verbs.ask_changes(version, by=owner, note="One more thing.").state == "draft"
    assert [outcome for outcome, _by, _note in log_of(version)] == ["sent_in", "approved", "changes_asked"]


@pytest.mark.parametrize("note", ["", " \n "])
def test_changes_are_asked_in_words(waiting, note):
    version, owner, _designer = waiting

    with pytest.raises(Refused, match="Say what to change"):
        verbs.ask_changes(version, by=owner, note=note)

    assert len(log_of(version)) == 1


def test_whoever_sent_it_in_does_not_approve_it_where_a_second_person_is_asked_for(waiting):
    version, owner, _designer = waiting
    verbs.ask_changes(version, by=owner, note="I'll do it myself.")
    version = verbs.send_in(version, by=owner)

    with pytest.raises(Refused, match="You sent this in yourself"):
        verbs.approve(version, by=owner)
    colleague = seated("manager", version.achievement.issuer)

    assert verbs.approve(version, by=colleague).state == "approved"


def test_the_second_person_is_asked_for_from_above_too(waiting):
    version, owner, _designer = waiting
    house = version.achievement.issuer
    above, _chief = issuer_with_owner()
    type(house).objects.filter(pk=above.pk).update(asks_approval=True)
    type(house).objects.filter(pk=house.pk).update(asks_approval=False, parent=above)
    verbs.ask_changes(version, by=owner, note="I'll do it myself.")
    version = verbs.send_in(version, by=owner)

    with pytest.raises(Refused, match="You sent this in yourself"):
        verbs.approve(version, by=owner)


def test_where_nobody_asks_for_a_second_person_one_is_enough():
    version = drafted_version()
    owner = owner_of(version.achievement.issuer)

    assert verbs.approve(verbs.send_in(version, by=owner), by=owner).state == "approved"
    assert not Notice.objects.exists()


@pytest.mark.parametrize("act", ["approve", "ask_changes"])
def test_asked_twice_the_second_is_too_late(waiting, act):
    version, owner, _designer = waiting
    more = {"note": "Shorter."} if act == "ask_changes" else {}
    getattr(verbs, act)(version, by=owner, **more)

    with pytest.raises(Refused, match="so that can no longer be done"):
        getattr(verbs, act)(version, by=owner, **more)

    assert len(log_of(version)) == 2


@pytest.mark.django_db(transaction=True)
def test_approved_by_one_and_given_back_by_another_at_once_both_stand_in_the_log_in_an_order_that_can_be():
    version, owner, _designer = a_waiting_one()
    colleague = seated("manager", version.achievement.issuer)

    came_of = at_once(
        lambda: verbs.approve(version, by=owner), lambda: verbs.ask_changes(version, by=colleague, note="Shorter.")
    )

    # Given back first, it can't be approved; approved first, it is given back after.
    outcomes = list(ApprovalStep.objects.order_by("pk").values_list("outcome", flat=True))
    assert outcomes in (["sent_in", "changes_asked"], ["sent_in", "approved", "changes_asked"])
    assert [isinstance(one, Refused) for one in came_of] == [len(outcomes) == 2, False]
    assert AchievementVersion.objects.get().state == "draft"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_does():
    version, owner, _designer = a_waiting_one()
    colleague = seated("manager", version.achievement.issuer)

    came_of = at_once(*(lambda by=by: verbs.approve(version, by=by) for by in (owner, colleague)))

    assert sorted(type(one).__name__ for one in came_of) == ["AchievementVersion", "Refused"]
    assert ApprovalStep.objects.filter(outcome="approved").count() == 1


def test_designers_neither_approve_nor_give_back(waiting):
    version, _owner, designer = waiting

    with pytest.raises(PermissionDenied):
        verbs.approve(version, by=designer)
    with pytest.raises(PermissionDenied):
        verbs.ask_changes(version, by=designer, note="Shorter.")

    assert len(log_of(version)) == 1
