"""A pathway through the woolshed: written, walked, half reached, and at risk; and plans that people made themselves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from apps.core import clock
from apps.credentials.models import ForeignCredential
from apps.demo import people
from apps.demo.achievements import CLIP, GEAR, LEADING, RUNNING, SHEARING, TABLE, WEB_PAGE, WOOL_ROOM, WOOLSHED
from apps.demo.designing import user_of
from apps.demo.issuers import KOWHAI_RIDGE
from apps.demo.shapes import Moment, days_ago
from apps.issuers import models as issuers
from apps.pathways import verbs
from apps.pathways.models import Equivalence, Pathway

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.demo.shapes import Achievement, Person

_FIRST_AID = "First aid on the farm"
WOOLSHED_WAY = "Woolshed hand, then lead a gang"
OFFICE_WAY = "From the shed to the office"


def _badge(achievement: Achievement) -> issuers.Achievement:
    return issuers.Achievement.objects.get(slug=achievement.slug)


def _count_first_aid() -> None:
    """Make a badge from elsewhere count as a step, by the ids in what a learner imported."""
    brought = ForeignCredential.objects.kept().get(achievement_name=_FIRST_AID)
    verbs.propose_equivalence(
        issuers.Issuer.objects.get(slug=KOWHAI_RIDGE.slug),
        by=user_of(people.HANA),
        why="Two days with the same nurse who taught us. We have sat in on it.",
        credits=Decimal(1),
        credit_framework="nzqa",
        foreign_issuer_id=brought.issuer_id,
        foreign_achievement_id=brought.achievement_id,
        foreign_issuer_name=brought.issuer_name,
        foreign_name=brought.achievement_name,
    )


def _write_pathway() -> None:
    by = user_of(people.HANA)
    draft = verbs.begin(issuers.Issuer.objects.get(slug=KOWHAI_RIDGE.slug), by=by, name=WOOLSHED_WAY)
    verbs.edit(
        draft,
        by=by,
        description=(
            "Two seasons, as most people take it. Begin where you like; the gang comes last, because nobody follows somebody "
            "who cannot do it."
        ),
        award=_badge(WOOLSHED),
    )
    room = verbs.add_node(
        draft, by=by, into="n1", kind="milestone", name="The wool room", achievement=_badge(WOOL_ROOM)
    )
    for step in (GEAR, CLIP):
        verbs.add_node(draft, by=by, into=room.code, kind="badge", achievement=_badge(step))
    board = verbs.add_node(draft, by=by, into="n1", kind="any", name="On the board")
    for step in (SHEARING, RUNNING):
        verbs.add_node(draft, by=by, into=board.code, kind="badge", achievement=_badge(step))
    first_aid = Equivalence.objects.get(foreign_name=_FIRST_AID)
    verbs.add_node(draft, by=by, into="n1", kind="external", equivalence=first_aid)
    verbs.add_node(draft, by=by, into="n1", kind="capstone", achievement=_badge(LEADING))
    verbs.publish(draft, by=by)


def _begin(person: Person, name: str = WOOLSHED_WAY, *, within: int = 0) -> None:
    """Begin a pathway. `within`: the days until their target."""
    pathway = Pathway.objects.get(versions__name=name, versions__state="published")
    day = (clock.now() + timedelta(days=within)).date() if within else None
    verbs.enrol(pathway, by=user_of(person), target_on=day)


def _plan() -> None:
    """Make a plan from badges of two institutions, and share it."""
    by = user_of(people.MARAMA)
    draft = verbs.plan(by=by, name=OFFICE_WAY)
    verbs.edit(draft, by=by, description="My back will not do this for ever. Half the year at a desk would be fine.")
    for step in (TABLE, WEB_PAGE):
        verbs.add_node(draft, by=by, into="n1", kind="badge", achievement=_badge(step))
    verbs.add_node(draft, by=by, into="n1", kind="badge", achievement=_badge(RUNNING))
    verbs.share(verbs.publish(draft, by=by).pathway, by=by)


HISTORY: tuple[tuple[Moment, Callable[[], object]], ...] = (
    (days_ago(108, "20:15"), _count_first_aid),
    (days_ago(107, "20:30"), _write_pathway),
    (days_ago(100, "19:10"), lambda: _begin(people.MARAMA, within=220)),
    (days_ago(92, "18:05"), lambda: _begin(people.TANE)),
    (days_ago(90, "21:20"), lambda: _begin(people.ANA)),
    (days_ago(30, "21:45"), _plan),
    (days_ago(29, "20:00"), lambda: _begin(people.MARAMA, OFFICE_WAY)),
)
