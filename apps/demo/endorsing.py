"""What organisations endorse for each other: an endorsement given, one that waits, one declined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.credentials import verbs as credentials
from apps.credentials.models import Endorsement
from apps.demo import people
from apps.demo.achievements import GEAR
from apps.demo.designing import issuer_of, user_of
from apps.demo.issuers import KOWHAI_RIDGE, LANTERN_STREET, LONGWATER
from apps.demo.shapes import days_ago
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.demo.shapes import House, Moment

_STREAM = "measure-a-stream"
_STREAM_NOTE = "Your environmental science people have used our creek for three years. A word from you would help us at the council."


def _version(slug: str) -> AchievementVersion:
    return AchievementVersion.objects.public().select_related("achievement__issuer").get(achievement__slug=slug)


def _asked(endorser: House) -> Endorsement:
    return Endorsement.objects.get(endorser=issuer_of(endorser), state=Endorsement.State.REQUESTED)


def _ask_for_gear() -> None:
    note = "You saw our two weeks at the long shed. Would you say so?"
    credentials.request_endorsement(
        _version(GEAR.slug), endorser=issuer_of(LONGWATER), by=user_of(people.HANA), note=note
    )


def _accept_gear() -> None:
    comment = (
        "Our tutors worked beside them in the woolshed for two weeks and marked the same six recordings. "
        "We would take on anybody who holds this, **without a trial day**."
    )
    credentials.accept_endorsement(_asked(LONGWATER), by=user_of(people.INGRID), comment=comment)


def _ask_the_school() -> None:
    credentials.request_endorsement(
        issuer_of(LANTERN_STREET), endorser=issuer_of(KOWHAI_RIDGE), by=user_of(people.LIUDMYLA)
    )


def _decline_the_street() -> None:
    reason = "We think the world of you, but we know too little of interpreting."
    credentials.decline_endorsement(_asked(KOWHAI_RIDGE), by=user_of(people.HANA), reason=reason)


def _ask_for_the_stream() -> None:
    credentials.request_endorsement(
        _version(_STREAM), endorser=issuer_of(LONGWATER), by=user_of(people.LIUDMYLA), note=_STREAM_NOTE
    )


HISTORY: tuple[tuple[Moment, Callable[[], None]], ...] = (
    (days_ago(70, "09:15"), _ask_for_gear),
    (days_ago(66, "14:30"), _accept_gear),
    (days_ago(40, "11:00"), _ask_the_school),
    (days_ago(37, "20:10"), _decline_the_street),
    (days_ago(4, "16:45"), _ask_for_the_stream),
)
