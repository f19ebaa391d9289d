"""What became of awards: given directly, sent to a wrong address, unclaimed, suspended, revoked; and a claim code."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from apps.core import clock
from apps.credentials import verbs
from apps.credentials.models import ClaimCode, ClaimRequest, Credential
from apps.demo import people
from apps.demo.achievements import GEAR, MOVING, TABLE, WEB_PAGE
from apps.demo.designing import user_of
from apps.demo.shapes import Moment, days_ago
from apps.issuers.models import AchievementVersion
from apps.notices import verbs as notices
from apps.notices.models import MailEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.demo.shapes import Achievement, Person

_SIONE = "sione.latu@post.example"
# One who has not looked yet, and one whose letter bounced this week.
_QUIET, _LOST = "mele.fifita@post.example", "piripi.waaka@post.exmaple"
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


def _come_back() -> None:
    """Report that an award's letter bounced, as a mail service does."""
    letter = _held(WEB_PAGE, _LOST).deliveries.get().notice.letter
    if letter is None:
        raise LookupError(_LOST)
    kind = MailEvent.Kind.BOUNCED_FOR_GOOD
    notices.hear_back(notices.Heard("postmark", letter.public_id, kind, letter.public_id, "", clock.now()))


def _make_code() -> None:
    """Make a code for visitors of the open day; it is valid for a fortnight."""
    now = clock.now()
    verbs.make_claim_code(
        AchievementVersion.objects.public().get(achievement__slug=WEB_PAGE.slug),
        by=user_of(people.INGRID),
        why="Open day: made a page of their own at a tutor’s table, and showed it.",
        opens_at=now,
        closes_at=now + timedelta(days=14),
        most=40,
        asks_approval=True,
    )


def _use_code(person: Person) -> None:
    code = ClaimCode.objects.get(version__achievement__slug=WEB_PAGE.slug)
    verbs.use_claim_code(code, by=user_of(person))


def _say_yes(person: Person) -> None:
    asked = ClaimRequest.objects.get(person__email=person.email)
    verbs.approve_request(asked, by=user_of(people.INGRID))


HISTORY: tuple[tuple[Moment, Callable[[], object]], ...] = (
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
    (
        days_ago(40, "10:40"),
        lambda: _award(
            WEB_PAGE, people.INGRID, address=_QUIET, name="Mele Fifita", why="Shown at the open day, before two tutors."
        ),
    ),
    (days_ago(32, "06:00"), verbs.remind_unclaimed),
    (days_ago(9, "06:00"), verbs.remind_unclaimed),
    (days_ago(4, "19:10"), _suspend),
    (
        days_ago(3, "09:15"),
        lambda: _award(
            WEB_PAGE, people.INGRID, address=_LOST, name="Piripi Waaka", why="Shown at the open day, before two tutors."
        ),
    ),
    (days_ago(3, "09:25"), _come_back),
    (days_ago(2, "08:30"), _make_code),
    (days_ago(2, "14:10"), lambda: _use_code(people.ANITA)),
    (days_ago(2, "16:45"), lambda: _say_yes(people.ANITA)),
    (days_ago(1, "15:20"), lambda: _use_code(people.SEMISI)),
)
