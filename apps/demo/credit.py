"""Credit between institutions: an agreement, a request of which three of five count, and one waiting at an outside
partner.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from apps.core import clock
from apps.credentials.queries import evidence_of
from apps.demo import people
from apps.demo.achievements import GEAR, SHEARING
from apps.demo.designing import issuer_of, user_of
from apps.demo.issuers import KOWHAI_RIDGE, LONGWATER
from apps.demo.shapes import Moment, days_ago
from apps.issuers import models as issuers
from apps.pathways import queries, verbs
from apps.pathways.models import Agreement, CreditRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.demo.shapes import Achievement

_DIPLOMA = "New Zealand Certificate in Agriculture (Level 4)"
_ELSEWHERE = verbs.Outsider(
    "Southern Rural College", "https://southern-rural.example/", "credit@southern-rural.example"
)


def _badge(achievement: Achievement) -> issuers.Achievement:
    return issuers.Achievement.objects.get(slug=achievement.slug)


def _terms(towards: str, number: int, conditions: str = "", cost: str = "") -> verbs.Terms:
    return verbs.Terms(
        counts_towards=towards,
        credits=Decimal(number),
        credit_framework="nzqa",
        level_framework="nzqf",
        level_number=4,
        conditions=conditions,
        cost=cost,
        starts_on=clock.now().date() - timedelta(days=1),
    )


def _propose(achievement: Achievement, partner: issuers.Issuer | verbs.Outsider, terms: verbs.Terms) -> None:
    on = _badge(achievement)
    verbs.propose_agreement(issuer_of(KOWHAI_RIDGE), by=user_of(people.HANA), on=on, partner=partner, terms=terms)


def _propose_shearing() -> None:
    conditions = (
        "No older than three years when you enrol. We may ask for **a day on the board** with one of our tutors."
    )
    _propose(SHEARING, issuer_of(LONGWATER), _terms(_DIPLOMA, 5, conditions, "No fee for the recognition itself"))


def _accept_shearing() -> None:
    agreement = Agreement.objects.get(achievement=_badge(SHEARING), state=Agreement.State.PROPOSED)
    words = "We sat beside your assessors for two days. Their bar is ours."
    verbs.accept_agreement(agreement, by=user_of(people.INGRID), words=words)


def _ask(achievement: Achievement, number: int, note: str) -> None:
    """Ask for credit with the result and the first two pieces of the work."""
    by, on = user_of(people.MARAMA), _badge(achievement)
    agreement = queries.open_to(by, on)[0]
    chosen = [
        verbs.Chosen(one, evidence=tuple(evidence_of(one.credential)[:2]) if one.credential else ())
        for one in queries.bases_for(by, on)
    ]
    verbs.request_credit(agreement, by=by, credits_asked=Decimal(number), note=note, chosen=chosen)


def _count_three_of_five() -> None:
    request = CreditRequest.objects.get(agreement__achievement=_badge(SHEARING), state=CreditRequest.State.ASKED)
    reason = (
        "Three credits for the shearing itself: your marks and the two films leave no doubt. Two of the five stand for animal "
        "health, which this badge does not ask for. Bring that, and we look again."
    )
    verbs.answer_credit(request, by=user_of(people.INGRID), counted=Decimal(3), reason=reason)


HISTORY: tuple[tuple[Moment, Callable[[], object]], ...] = (
    (days_ago(64, "09:40"), _propose_shearing),
    (days_ago(61, "15:20"), _accept_shearing),
    (days_ago(26, "20:05"), lambda: _ask(SHEARING, 5, "I would like to begin in February, part time.")),
    (days_ago(19, "11:15"), _count_three_of_five),
    (days_ago(13, "10:10"), lambda: _propose(GEAR, _ELSEWHERE, _terms("Certificate in Wool Handling", 2))),
    (days_ago(5, "21:25"), lambda: _ask(GEAR, 2, "My gear log is part of it.")),
)
