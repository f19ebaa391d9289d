"""Unpublished versions: one that waits for a second person's approval, a next version, and a first sketch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.models import User
from apps.demo import people
from apps.demo.achievements import GEAR
from apps.demo.issuers import LANTERN_STREET, LONGWATER
from apps.demo.shapes import Moment, days_ago, minutes_ago
from apps.issuers import verbs as issuers
from apps.issuers.models import Achievement, AchievementVersion, DesignComment, Issuer
from apps.issuers.starters import STARTERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.demo.shapes import House, Person

_HANDOVER = "Hand over a shift so that others can act on it"
_SKETCH = "Run a repair evening"


def user_of(person: Person) -> User:
    return User.objects.get(email=person.email)


def issuer_of(house: House) -> Issuer:
    return Issuer.objects.get(slug=house.slug)


def _handover() -> AchievementVersion:
    return AchievementVersion.objects.select_related("achievement__issuer").get(name=_HANDOVER)


def _begin_handover() -> None:
    by = user_of(people.AROHA)
    version = issuers.begin(issuer_of(LONGWATER), by=by, name=_HANDOVER, design=STARTERS["skill"].design)
    issuers.word(
        version,
        by=by,
        edition=version.edition,
        kind=AchievementVersion.Kind.ASSESSED,
        skill_sentence="hand over a shift in ten minutes so that whoever comes next knows what to do first",
        description=(
            "A shift ends well when the next one begins well. Whoever holds this hands over briefly, in a fixed order, "
            "and checks what was understood."
        ),
        description_for_earners="For care workers and team leaders who are asked what they meant when they are home already.",
        tags=["handover", "communication", "care"],
        level_framework=AchievementVersion.LevelFramework.NZQF,
        level_number=4,
        credit_framework=AchievementVersion.CreditFramework.NZQA,
        credits=2,
        hours=24,
    )


def _ask_to_change_handover() -> None:
    by, version = user_of(people.INGRID), _handover()
    third = version.criteria.get(position=3)
    issuers.comment(version, by=by, text="Who judges this when nobody saw it? Ask for a recording.", criterion=third)
    issuers.comment(version, by=by, text="24 hours for 2 credits: it should be 20.")
    issuers.ask_changes(version, by=by, note="Nearly there. Two remarks, both small.")


def _mend_handover() -> None:
    by, version = user_of(people.AROHA), _handover()
    issuers.word(version, by=by, edition=version.edition, hours=20)
    issuers.resolve_comment(DesignComment.objects.get(version=version, criterion=None), by=by)


def _send_in(note: str) -> None:
    issuers.send_in(_handover(), by=user_of(people.AROHA), note=note)


def _draft_next_gear() -> None:
    by = user_of(people.HANA)
    version = issuers.draft_next(Achievement.objects.get(slug=GEAR.slug), by=by)
    issuers.word(
        version,
        by=by,
        edition=version.edition,
        evidence_wanted=f"{version.evidence_wanted}\n- A photo of the thermometer on the handpiece after an hour's run.",
    )


def _sketch() -> None:
    issuers.begin(
        issuer_of(LANTERN_STREET), by=user_of(people.LIUDMYLA), name=_SKETCH, design=STARTERS["nothing"].design
    )


HISTORY: tuple[tuple[Moment, Callable[[], None]], ...] = (
    (days_ago(12, "10:05"), _begin_handover),
    (days_ago(9, "15:40"), lambda: _send_in("It would be good to have it open by the new year.")),
    (days_ago(8, "09:20"), _ask_to_change_handover),
    (days_ago(6, "13:15"), _mend_handover),
    (days_ago(6, "13:30"), lambda: _send_in("Hours are right now. The recording is asked for in criterion 3.")),
    (days_ago(5, "20:45"), _draft_next_gear),
    (minutes_ago(95), _sketch),
)
