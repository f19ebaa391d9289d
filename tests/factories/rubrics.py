from apps.accounts.models import User
from apps.core.ids import new_public_id
from apps.issuers import verbs
from apps.issuers.models import Achievement, AchievementVersion, Issuer, Seat
from apps.notices.kinds import Way
from apps.notices.models import Preference
from tests.factories.people import operator, person
from tests.shelf import shelved

WORDS = {
    "name": "Sharpen a knife",
    "description": "The earner keeps a blade sharp and safe.",
    "how_earned": "Show a blade before and after, and say what you did.",
    "skill_sentence": "sharpen a knife to shaving sharpness",
    "evidence_wanted": "A picture before, a picture after.",
}
OUTCOMES = ["Set an even edge.", "Handle a blade safely."]
LEVELS = [
    {"name": "Starting", "description": "The edge is uneven."},
    {"name": "With support", "description": "The edge is even after help."},
    {"name": "On your own", "description": "The edge is even, every time."},
]
RUBRIC = [
    {"name": "Edge", "description": "How the edge is set.", "required_level": 2, "levels": LEVELS},
    {"name": "Safety", "description": "How the blade is handled.", "required_level": 3, "levels": LEVELS},
    {"name": "Care", "description": "How it is kept.", "required": False, "required_level": 2, "levels": LEVELS},
]

# Drawn once a process: most tests look at other things.
PICTURE = {"shape": "octagon", "cloth": "tarn", "ring": "stitch", "ground": "plain", "icon": "shears"}
PICTURE |= {"ribbon": "KNIFE", "studs": 2}


@shelved
def issuer_with_owner(name: str = "") -> tuple[Issuer, User]:
    mark = new_public_id()[:10]
    chief = operator()
    issuer = verbs.found(by=chief, slug=f"issuer-{mark}", name=name or f"Issuer {mark}")
    owner = colleague(f"Owner {mark}")
    verbs.seat(owner, issuer, Seat.Role.OWNER, by=chief)
    return issuer, owner


@shelved
def colleague(name: str) -> User:
    """Somebody who hears of parts under the bell alone: a test of other letters finds no more than those."""
    somebody = person(name)
    Preference.objects.create(person=somebody, kind="seat_given", way=Way.HERE)
    return somebody


@shelved
def published_version(issuer: Issuer | None = None, *, rubric=None, single: bool = True, **words) -> AchievementVersion:
    draft = drafted_version(issuer, rubric=rubric, single=single, **words)
    return verbs.publish(draft, by=owner_of(draft.achievement.issuer))


@shelved
def drafted_version(
    issuer: Issuer | None = None, *, rubric=None, single: bool = True, picture=PICTURE, **words
) -> AchievementVersion:
    if issuer is None:
        issuer, _owner = issuer_with_owner()
    return verbs.draft(
        issuer,
        by=owner_of(issuer),
        slug=f"achievement-{new_public_id()[:10]}",
        words=WORDS | words,
        rubric=RUBRIC if rubric is None else rubric,
        outcomes=OUTCOMES,
        picture_words=picture,
        single=single,
    )


def owner_of(issuer: Issuer) -> User:
    return Seat.objects.filter(issuer=issuer, role=Seat.Role.OWNER).earliest("pk").person


@shelved
def seated(role: str, issuer: Issuer, achievement: Achievement | None = None) -> User:
    somebody = colleague(f"{role.title()} of {issuer}")
    verbs.seat(somebody, issuer, role, by=owner_of(issuer), achievement=achievement)
    return somebody


@shelved
def assessor_of(achievement: Achievement) -> User:
    return seated(Seat.Role.ASSESSOR, achievement.issuer, achievement)
