"""The rows of waiting work, and of what was decided, as pages show them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core.ids import LENGTH
from apps.core.templatetags.satchel import day, state_pill
from apps.issuers.catalogue import language_name
from apps.reviews.models import Part
from apps.submissions import queries as work

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from django.utils.safestring import SafeString

register = template.Library()

_AN_ID = "a" * LENGTH


class Row(NamedTuple):
    """A waiting turn. `holder` is empty if it is free, and `part` if it is the first marking. `is_led`: the reader
    hands out this work.
    """

    turn: str
    is_led: bool
    address: str
    badge: str
    reference: str
    attempt: int
    language: str
    has_news: bool
    learner: str
    holder: str
    is_mine: bool
    part: str
    when: SafeString


@register.simple_tag(takes_context=True)
def ledger_rows(
    context: template.RequestContext, turns: Iterable[Any], led: Collection[int] | Literal[""] = ""
) -> list[Row]:
    """Rows for `turns` (with attempt, holder_name, is_mine, today_there, has_news). `led`: ids of the badges whose
    work the viewer hands out. Everything is computed here, since these pages are opened all day.
    """
    viewer: Any = context.request.user
    desk, language = reverse("reviews:desk", args=[_AN_ID]), get_language()
    return [_row(turn, led or (), viewer, _when(turn.due_on, turn.today_there, language), desk) for turn in turns]


class Answer(NamedTuple):
    """Decided work. `part` is empty if the first marking decided it."""

    address: str
    badge: str
    reference: str
    attempt: int
    language: str
    learner: str
    part: str
    on: SafeString
    stands: SafeString


@register.simple_tag(takes_context=True)
def decided_rows(context: template.RequestContext, turns: Iterable[Any]) -> list[Answer]:
    """Rows for the `turns` that decided work. They tell the day and no time: of blind work, the time of an award would
    say whose it is.
    """
    viewer: Any = context.request.user
    desk = reverse("reviews:desk", args=[_AN_ID])
    return [_answer(turn, viewer, desk) for turn in turns]


@register.simple_tag
def language_of(code: str) -> str:
    return str(language_name(code))


def _row(turn: Any, led: Collection[int], viewer: Any, when: SafeString, desk: str) -> Row:
    attempt, submission = turn.attempt, turn.attempt.submission
    return Row(
        turn=turn.public_id,
        is_led=turn.achievement_id in led,
        address=desk.replace(_AN_ID, attempt.public_id),
        badge=submission.version.name,
        reference=submission.reference,
        attempt=attempt.number,
        language=language_of(submission.version.language),
        has_news=turn.has_news,
        learner=work.public_identity(viewer, submission.learner, of=submission),
        holder=turn.holder_name or "",
        is_mine=turn.is_mine,
        part="" if turn.part == Part.FIRST else str(turn.get_part_display()),
        when=when,
    )


def _answer(turn: Any, viewer: Any, desk: str) -> Answer:
    attempt, submission = turn.attempt, turn.attempt.submission
    return Answer(
        address=desk.replace(_AN_ID, attempt.public_id),
        badge=submission.version.name,
        reference=submission.reference,
        attempt=attempt.number,
        language=language_of(submission.version.language),
        learner=work.public_identity(viewer, submission.learner, of=submission),
        part="" if turn.part == Part.FIRST else str(turn.get_part_display()),
        on=day(timezone.localtime(submission.decided_at).date()),
        stands=state_pill(submission.state),
    )


@lru_cache(maxsize=1024)
def _when(due_on: date, today: date, _language: str | None) -> SafeString:
    if due_on < today:
        return state_pill("fail", "check", _("%(long)s late") % {"long": timesince(due_on, today)})
    if due_on == today:
        return state_pill("under_assessment", word=_("Due today"))
    return state_pill("under_assessment", word=_("Due %(day)s") % {"day": date_format(due_on, "D j M")})
