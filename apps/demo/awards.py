"""What became of awards: given directly, sent to a wrong address, paused, taken back, run out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.credentials import verbs
from apps.credentials.models import Credential
from apps.demo import people
from apps.demo.achievements import GEAR, MOVING, TABLE, WEB_PAGE
from apps.demo.designing import user_of
from apps.demo.shapes import Moment, days_ago
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.demo.shapes import Achievement, Person

_SIONE = "sione.latu@post.example"
# As it was typed, and as it was meant.
_WRONG, _RIGHT = "kiri.pohatu@post.exmaple", "kiri.pohatu@post.example"


def _award(achievement: Achievement, by: Person, *, address: str, name: str, why: str) -> None:
    version = AchievementVersion.objects.public().get(achievement__slug=achievement.slug)
    verbs.award_directly(version, by=user_of(by), address=address, name=name, why=why)


def _held(achievement: Achievement, address: str) -> Credential:
    return Credential.objects.get(achievement__slug=achievement.slug, earner__email=address, status="valid")


def _correct() -> None:
    verbs.correct(
        _held(WEB_PAGE, _WRONG),
        by=user_of(people.INGRID),
        address=_RIGHT,
        name="Kiri Pōhatu",
        note="The address had two letters the wrong way round.",
    )


def _revoke() -> None:
    verbs.revoke(
        _held(TABLE, people.CALLUM.email),
        by=user_of(people.INGRID),
        reason=Credential.Reason.MISTAKE,
        note="Two lists were mixed up. The course that this stands for was another one.",
    )


def _suspend() -> None:
    verbs.suspend(
        _held(GEAR, people.TANE.email),
        by=user_of(people.HANA),
        note="A shed has asked us about the grinder log. We look at it together before the end of the month.",
    )


HISTORY: tuple[tuple[Moment, Callable[[], None]], ...] = (
    (
        days_ago(150, "10:15"),
        lambda: _award(
            MOVING,
            people.INGRID,
            address=_SIONE,
            name="Sione Lātū",
            why="Paper record of the course in March last year.",
        ),
    ),
    (
        days_ago(90, "14:05"),
        lambda: _award(
            WEB_PAGE, people.INGRID, address=_WRONG, name="Kiri Pōhatu", why="Shown at the open day, before two tutors."
        ),
    ),
    (days_ago(89, "09:30"), _correct),
    (
        days_ago(60, "11:00"),
        lambda: _award(
            TABLE, people.INGRID, address=people.CALLUM.email, name=people.CALLUM.name, why="Course list of the spring."
        ),
    ),
    (days_ago(58, "16:20"), _revoke),
    (days_ago(4, "19:10"), _suspend),
)
