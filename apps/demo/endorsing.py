"""Endorsements: of organisations and badges, given, waiting and declined; and of what Mārama earned, by people outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.credentials import tokens
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential, Endorsement, OutsideEndorser
from apps.demo import people
from apps.demo.achievements import GEAR, SHEARING
from apps.demo.designing import issuer_of, user_of
from apps.demo.issuers import KOWHAI_RIDGE, LANTERN_STREET, LONGWATER
from apps.demo.shapes import days_ago
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.demo.shapes import House, Moment

_STREAM = "measure-a-stream"
_BOSS = "mere@ruatiti.example"
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


def _marama_s_shearing() -> Credential:
    return Credential.objects.get(earner=user_of(people.MARAMA), achievement__slug=SHEARING.slug)


def _ask_the_boss() -> None:
    note = "You had me on your board for two summers. Would you say how I went?"
    shearing, marama = _marama_s_shearing(), user_of(people.MARAMA)
    credentials.ask_outside(shearing, by=marama, name="Mere Tuhua-Laing", address=_BOSS, note=note)


def _the_boss_endorses() -> None:
    token = tokens.answer_token(OutsideEndorser.objects.get(address=_BOSS).public_id, _BOSS)
    comment = (
        "She shore for us **two main shears running**: clean on the belly, easy on the ewe, and still careful on the last "
        "run of the day. I would have her back tomorrow."
    )
    said = {"name": "Mere Tuhua-Laing", "role": "Shed boss, Ruatiti Station", "comment": comment}
    credentials.endorse_outside(token, **said)


def _make_a_link() -> None:
    note = "For whoever of the gang has a minute."
    credentials.ask_outside(_marama_s_shearing(), by=user_of(people.MARAMA), note=note)


HISTORY: tuple[tuple[Moment, Callable[[], None]], ...] = (
    (days_ago(70, "09:15"), _ask_for_gear),
    (days_ago(66, "14:30"), _accept_gear),
    (days_ago(40, "11:00"), _ask_the_school),
    (days_ago(37, "20:10"), _decline_the_street),
    (days_ago(34, "20:40"), _ask_the_boss),
    (days_ago(33, "05:55"), _the_boss_endorses),
    (days_ago(4, "16:45"), _ask_for_the_stream),
    (days_ago(2, "21:15"), _make_a_link),
)
