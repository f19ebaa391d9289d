"""Words of a draft are kept, one step at a time."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import AchievementVersion
from tests.factories import drafted_version, issuer_with_owner, owner_of, published_version, seated
from tests.together import meanwhile

pytestmark = pytest.mark.django_db

FACTS = {
    "level_framework": "eqf",
    "level_number": 8,
    "credit_framework": "ects",
    "credits": Decimal("0.5"),
    "review_by": date(2030, 1, 31),
    "tags": ["a", "b"],
    "blind": False,
    "cost": "Free",
}


@pytest.fixture
def draft():
    return drafted_version()


def kept(version, *names):
    version = AchievementVersion.objects.get(pk=version.pk)
    return {name: getattr(version, name) for name in names}


def test_words_are_kept_and_the_edition_counts_on(draft):
    designer = seated("designer", draft.achievement.issuer)
    before = AchievementVersion.objects.filter(pk=draft.pk).values().get()

    saved = verbs.word(draft, by=designer, edition=1, **FACTS)

    assert AchievementVersion.objects.filter(pk=draft.pk).values().get() == before | FACTS | {"edition": 2}
    assert {name: getattr(saved, name) for name in (*FACTS, "edition")} == FACTS | {"edition": 2}
    event = Event.objects.get(kind="version.worded")
    assert (event.subject_id, event.actor_id, event.data) == (
        draft.achievement.public_id,
        designer.public_id,
        {"number": 1, "edition": 2},
    )


def test_asked_twice_from_one_edition_the_second_is_told_of_the_first(draft):
    owner = owner_of(draft.achievement.issuer)
    verbs.word(draft, by=owner, edition=1, cost="Free")

    with pytest.raises(Refused, match="since been changed in another window"):
        verbs.word(draft, by=owner, edition=1, cost="Ten dollars")

    assert kept(draft, "cost", "edition") == {"cost": "Free", "edition": 2}


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_kept_and_the_other_told():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)

    _saved, other = meanwhile(
        *(lambda cost=cost: verbs.word(draft, by=owner, edition=1, cost=cost) for cost in ("1", "2"))
    )

    assert isinstance(other, Refused)
    assert kept(draft, "cost", "edition") == {"cost": "1", "edition": 2}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"colour": "red"}, "A version has no “colour”"),
        ({"state": "published", "number": 9}, "A version has no “number, state”"),
        ({"level_framework": "eqf", "level_number": 9}, "EQF has no level 9"),
        ({"level_framework": "nzqf", "level_number": 11}, "NZQF has no level 11"),
        ({"credits": "3"}, "Say whose credits these are"),
    ],
)
def test_what_a_version_can_not_say_is_refused_and_nothing_kept(draft, words, said):
    with pytest.raises(Refused, match=said):
        verbs.word(draft, by=owner_of(draft.achievement.issuer), edition=1, **words, cost="Free")

    assert kept(draft, "cost", "edition") == {"cost": "", "edition": 1}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({"level_framework": "eqf", "level_number": None}, {"level_framework": "", "level_number": None}),
        ({"level_framework": "", "level_number": 4}, {"level_framework": "", "level_number": None}),
        ({"credits": Decimal(0), "credit_framework": "nzqa"}, {"credits": None, "credit_framework": "nzqa"}),
        ({"credits": "2.5", "credit_framework": "nzqa"}, {"credits": Decimal("2.5"), "credit_framework": "nzqa"}),
        ({"review_by": "2031-12-01"}, {"review_by": date(2031, 12, 1)}),
    ],
)
def test_half_of_what_takes_two_says_nothing(draft, words, found):
    saved = verbs.word(draft, by=owner_of(draft.achievement.issuer), edition=1, **words)

    assert kept(draft, *found) == found
    assert {name: getattr(saved, name) for name in found} == found


def test_one_or_many_a_person_is_chosen_until_the_first_is_published(draft):
    owner = owner_of(draft.achievement.issuer)
    verbs.word(draft, by=owner, edition=1, single=False)
    draft.achievement.refresh_from_db()
    assert not draft.achievement.single

    verbs.publish(draft, by=owner)
    following = verbs.draft_next(draft.achievement, by=owner)

    verbs.word(following, by=owner, edition=1, single=False, cost="Free")
    with pytest.raises(Refused, match="People already hold this"):
        verbs.word(following, by=owner, edition=2, single=True, cost="Not free")
    draft.achievement.refresh_from_db()
    assert (draft.achievement.single, kept(following, "cost")) == (False, {"cost": "Free"})


def test_only_who_designs_there_words_it(draft):
    for somebody in (seated("assessor", draft.achievement.issuer), issuer_with_owner()[1]):
        with pytest.raises(PermissionDenied):
            verbs.word(draft, by=somebody, edition=1, cost="Free")

    assert kept(draft, "edition") == {"edition": 1}


def test_what_is_published_stays_as_it_is():
    version = published_version()

    with pytest.raises(Refused, match="This version is published, so it stays as it is"):
        verbs.word(version, by=owner_of(version.achievement.issuer), edition=1, cost="Free")


def test_what_was_thrown_away_meanwhile_is_said_to_be_gone(draft):
    owner = owner_of(draft.achievement.issuer)
    held = AchievementVersion.objects.get(pk=draft.pk)
    verbs.discard(draft, by=owner)

    with pytest.raises(Refused, match="thrown away meanwhile"):
        verbs.word(held, by=owner, edition=1, cost="Free")
