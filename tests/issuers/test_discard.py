"""A draft is thrown away, and with it an achievement that never had another version."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import Achievement, AchievementVersion, Criterion, DesignComment
from apps.issuers.tokens import invitation_token
from tests.factories import browser, drafted_version, events_of, owner_of, published_version, seated
from tests.together import meanwhile

pytestmark = pytest.mark.django_db


def test_the_only_draft_goes_with_all_that_was_said_of_it():
    draft = drafted_version()
    designer = seated("designer", draft.achievement.issuer)
    verbs.comment(draft, by=designer, text="Hm.", criterion=draft.criteria.first())
    achievement_id = draft.achievement.public_id

    verbs.discard(draft, by=designer)

    for model in (Achievement, AchievementVersion, Criterion, DesignComment):
        assert not model.objects.exists()
    event = Event.objects.get(kind="version.discarded")
    assert (event.subject_id, event.actor_id, event.data) == (achievement_id, designer.public_id, {"number": 1})


def test_a_next_draft_goes_alone():
    first = published_version()
    owner = owner_of(first.achievement.issuer)

    verbs.discard(verbs.draft_next(first.achievement, by=owner), by=owner)

    assert list(first.achievement.versions.values_list("number", "state")) == [(1, "published")]


def test_an_achievement_that_somebody_sits_at_stays_for_their_seat():
    draft = drafted_version()
    seat = seated("assessor", draft.achievement.issuer, draft.achievement).seats.get()

    verbs.discard(draft, by=owner_of(draft.achievement.issuer))

    seat.refresh_from_db()
    assert (seat.achievement, seat.achievement.versions.count()) == (draft.achievement, 0)


def test_whoever_was_invited_to_it_alone_is_told_that_it_was_taken_back():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    sent = verbs.invite(
        draft.achievement.issuer, by=owner, email="mere@rahia.example", role="assessor", achievement=draft.achievement
    )
    address = f"/invitations/{invitation_token(sent)}/"
    assert browser().get(address).status_code == 200

    verbs.discard(draft, by=seated("designer", draft.achievement.issuer))

    assert browser().get(address).status_code == 410
    assert [kind for kind, _by in events_of(sent)] == ["invitation.sent", "invitation.withdrawn"]


def test_asked_twice_it_is_gone():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    held = AchievementVersion.objects.get(pk=draft.pk)
    verbs.discard(draft, by=owner)

    with pytest.raises(Refused, match="thrown away meanwhile"):
        verbs.discard(held, by=owner)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_throws_it_away():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)

    gone, other = meanwhile(*[lambda: verbs.discard(AchievementVersion(pk=draft.pk), by=owner)] * 2)

    assert (gone, type(other), Achievement.objects.exists()) == (None, Refused, False)


@pytest.mark.django_db(transaction=True)
def test_thrown_away_it_is_not_published_meanwhile_nor_the_other_way_round():
    acts = (verbs.discard, verbs.publish)
    for order, left in ((acts, []), (reversed(acts), ["published"])):
        draft = drafted_version()
        owner = owner_of(draft.achievement.issuer)

        _done, other = meanwhile(
            *(lambda act=act, pk=draft.pk, by=owner: act(AchievementVersion(pk=pk), by=by) for act in order)
        )

        assert isinstance(other, Refused)
        assert list(AchievementVersion.objects.values_list("state", flat=True)) == left


def test_what_was_sent_in_before_is_kept_for_its_log():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    verbs.send_in(draft, by=owner)
    with pytest.raises(Refused, match="This version is in approval"):
        verbs.discard(draft, by=owner)
    verbs.ask_changes(draft, by=owner, note="Shorter.")

    with pytest.raises(Refused, match="the log is kept"):
        verbs.discard(draft, by=owner)

    assert draft.approval_steps.count() == 2


def test_only_who_designs_there_throws_it_away():
    draft = drafted_version()

    for somebody in (seated("assessor", draft.achievement.issuer), owner_of(drafted_version().achievement.issuer)):
        with pytest.raises(PermissionDenied):
            verbs.discard(draft, by=somebody)

    assert AchievementVersion.objects.filter(pk=draft.pk).exists()
