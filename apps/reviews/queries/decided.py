"""What was decided at the badges that one person leads, whoever decided it, found by the filters of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING, Any

from apps.accounts.wording import Worded
from apps.core import clock
from apps.core.prepared import array
from apps.reviews.queries.conflicts import barred_work
from apps.reviews.queries.finding import FEW, PLAIN, Conditions, Wanted, as_patterns, reference_in
from apps.reviews.queries.pages import ANYWHERE, MOST_FITTING, PAGE, all_of, fitting, page_of
from apps.reviews.queries.rows import answered_turns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from apps.accounts.models import User
    from apps.reviews.models import Turn
    from apps.reviews.queries.pages import Page, Place
    from apps.reviews.queries.reach import Badge


# The name of the queue view that shows it.
DECIDED = "decided"


@dataclass(frozen=True)
class AskedDecided(Wanted):
    """A filter of decided work; its days are in the reader's time zone. `outcome`: the state of the submission, so that
    what is judged again is found by none. `part` doesn't apply.
    """

    outcome: str = ""
    decided_from: date | None = None
    decided_until: date | None = None

    @property
    def narrows(self) -> bool:
        """Whether any filter is set."""
        return self != AskedDecided()


class Decided:
    """The submissions decided at the badges that a person leads, newest decision first.

    Work that they have a conflict with isn't there, their own above all; what they judged themselves is. Each row is the
    turn behind the last decision that the learner was told: its attempt is the one to read.
    """

    def __init__(self, user: User, badges: Iterable[Badge]) -> None:
        self.user, self._led = user, [one for one in badges if one.leads]

    def page(self, asked: AskedDecided, place: Place = ANYWHERE, *, most: int = PAGE) -> Page:
        return page_of(partial(self._rows, asked), place, most=most)

    def all_of(self, asked: AskedDecided) -> Iterator[Turn]:
        return all_of(partial(self._rows, asked))

    def fits(self, asked: AskedDecided) -> int:
        """How many match, counted up to `MOST_FITTING` + 1."""
        return fitting(self._ids(asked, ANYWHERE, most=MOST_FITTING + 1))

    def _rows(self, asked: AskedDecided, place: Place, *, most: int) -> list[Any]:
        return answered_turns_of(self.user, self._ids(asked, place, most=most), backwards=place.backwards)

    def _ids(self, asked: AskedDecided, place: Place, *, most: int) -> tuple[str, list[Any]]:
        badges = array(one.pk for one in self._led if asked.badge in ("", one.public_id))
        sign, way = (">", "ASC") if place.backwards else ("<", "DESC")
        by = f"ORDER BY decided_at {way}, id {way} LIMIT {most:d}"
        conditions = self._conditions(asked)
        if mark := place.before or place.after:
            conditions.add(f"(s.decided_at, s.id) {sign} {_THERE}", mark, badges)
        mark = reference_in(asked.words)
        if mark:
            conditions.add(_REFERRED_TO, f"{mark}%")
        where, given = conditions.joined()
        if asked.words and not mark:
            found, given = _with_words(asked.words, badges, where, given, by=by)
        elif len(self._led) <= FEW:
            found, given = _EACH.format(badges="%s::bigint[]", where=where, by=by), [badges, *given]
        else:
            found, given = _TOGETHER.format(around="", where=where, by=by), [badges, *given]
        return f"SELECT {_LAST_TOLD} FROM ({found} {by}) AS p", given  # noqa: S608 - fixed SQL; what was typed is among the parameters

    def _conditions(self, asked: AskedDecided) -> Conditions:
        conditions = Conditions()
        barred, known = _BARRED[any(one.bars_colleagues for one in self._led)].about(self.user)
        conditions.add(f"s.decided_at IS NOT NULL AND s.id <> ALL(ARRAY({barred}))", *known)
        if asked.outcome:
            conditions.add("s.state = %s", asked.outcome)
        if asked.language:
            conditions.add(
                "EXISTS (SELECT FROM issuers_achievementversion v WHERE v.id = s.version_id AND v.language = %s)",
                asked.language,
            )
        zone = clock.zone(self.user.time_zone)
        if asked.decided_from is not None:
            conditions.add("s.decided_at >= %s", datetime.combine(asked.decided_from, time.min, zone))
        if asked.decided_until is not None:
            conditions.add("s.decided_at <= %s", datetime.combine(asked.decided_until, time.max, zone))
        return conditions


def _with_words(words: str, badges: str, where: str, given: list[Any], *, by: str) -> tuple[str, list[Any]]:
    """Match a badge's name, or a learner's name, but never the name of a blind learner. Each by a query of its own: where
    few people have that name, all that was decided isn't read.
    """
    each = as_patterns(words)
    of_badge, of_person = (" AND ".join(PLAIN.format(f"{one}.name") for _ in each) for one in ("v", "u"))
    named = _EACH.format(badges=_NAMED.format(of_badge), where=where, by=by)
    known = _TOGETHER.format(around=_KNOWN, where=f"{of_person} AND {where}", by=by)
    return f"({named}) UNION ({known} {by})", [badges, *each, *given, badges, *each, *given]


# Of few badges, each is read by itself, and the first rows are merged; of many, all decisions are read in order.
_EACH = (
    "SELECT f.id, f.decided_at FROM unnest({badges}) AS b(badge) CROSS JOIN LATERAL (SELECT s.id, s.decided_at "
    "FROM submissions_submission s WHERE s.achievement_id = b.badge AND {where} {by}) AS f"
)
_TOGETHER = (
    "SELECT s.id, s.decided_at FROM submissions_submission s {around} WHERE s.achievement_id = ANY(%s) AND {where}"
)
_KNOWN = "JOIN issuers_achievementversion v ON v.id = s.version_id AND NOT v.blind JOIN accounts_user u ON u.id = s.learner_id"
_NAMED = (
    "ARRAY(SELECT DISTINCT v.achievement_id FROM issuers_achievementversion v WHERE v.achievement_id = ANY(%s) AND {})"
)
_REFERRED_TO = "s.id = ANY(ARRAY(SELECT id FROM submissions_submission WHERE public_id LIKE %s))"
_BARRED = {colleagues: Worded(partial(barred_work, colleagues=colleagues)) for colleagues in (False, True)}
# Where a page begins: at work of a badge that they lead.
_THERE = (
    "(SELECT s.decided_at, s.id FROM reviews_turn t JOIN submissions_attempt a ON a.id = t.attempt_id "
    "JOIN submissions_submission s ON s.id = a.submission_id WHERE t.public_id = %s AND s.achievement_id = ANY(%s))"
)
_LAST_TOLD = (
    "(SELECT g.turn_id FROM submissions_attempt a JOIN reviews_decision d ON d.attempt_id = a.id "
    "JOIN reviews_review r ON r.id = d.review_id JOIN reviews_assignment g ON g.id = r.assignment_id WHERE a.submission_id = p.id AND d.released_at IS NOT NULL "
    "ORDER BY a.number DESC, d.id DESC LIMIT 1)"
)
