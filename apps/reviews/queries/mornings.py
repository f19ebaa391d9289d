"""Who is told in the morning that work waits or is late, and of how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import OuterRef, Subquery

from apps.accounts.models import User
from apps.accounts.wording import Worded
from apps.core import clock, prepared
from apps.issuers.models import Achievement, AchievementVersion, Seat
from apps.notices.models import Notice
from apps.notices.queries import Due, last_gathering_time
from apps.reviews.queries.turns import PLAYABLE, Queue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime
    from typing import Any

    from django.db.models import QuerySet

WAITS, LATE = "work_waits", "work_late"
# The roles whose people may be told. Which badges have no lead is looked up for each owner.
_ROLES = {WAITS: (Seat.Role.ASSESSOR, Seat.Role.MODERATOR), LATE: (Seat.Role.MODERATOR, Seat.Role.OWNER)}


class Pile(NamedTuple):
    """The number of pieces of work that wait for one badge, or are late."""

    badge: str
    n: int


class Waiting(NamedTuple):
    """The work that a person may take, by badge, the most first. `due_on`: the first promised day; `is_late`: it is
    over.
    """

    piles: list[Pile]
    due_on: date
    is_late: bool


class Late(NamedTuple):
    """The work that is late, by badge, the most first. `leads`: the person leads one of the badges; if not, `house` is
    the slug of an issuer of theirs that has no lead.
    """

    piles: list[Pile]
    leads: bool
    house: str


def mornings_due(kind: str, now: datetime) -> Iterator[Due]:
    """The people whose last morning may have brought something new of a kind: `waiting_for` or `late_for` says what.

    Two queries, however many people there are: they read only the newest work of each badge, and no conflicts. A
    morning that was missed because nothing ran is made up for.
    """
    told = Notice.objects.filter(person=OuterRef("pk"), kind=kind).order_by("-made_at", "-pk")
    seats = Seat.objects.live(now).filter(role__in=_ROLES[kind])
    people = User.objects.filter(pk__in=seats.values("person"), is_active=True).order_by("pk")
    due: dict[int, Due] = {}
    since: list[str] = []
    for person in people.annotate(told_at=Subquery(told.values("made_at")[:1])):
        before = last_gathering_time(now, person.time_zone)
        if person.told_at is None or person.told_at < before:
            due[person.pk] = Due(person, before)
            since.append(_moment(person.told_at))
    given = [prepared.array(due), prepared.array(since), prepared.array(_ROLES[kind]), now]
    for (pk,) in prepared.ask(_MAY_BE_TOLD[kind], given) if due else ():
        yield due[pk]


def waiting_for(person: User, before: datetime) -> Waiting | None:
    """The work that `person` may take; None if none of it became free between the last time they were told and
    `before`. What they gave back themselves is nothing new to them.
    """
    queue = Queue(person)
    badges = {one.pk: one for one in queue.badges if one.is_eligible}
    facts = [prepared.array(badges), prepared.array(one.leads for one in badges.values()), prepared.array(queue.barred)]
    since = _moment(_told_at(WAITS, person))
    rows = prepared.ask(_FREE, [*facts, person.pk, since, before])
    if not any(is_new for _badge, _n, _due_on, is_new in rows):
        return None
    piles = _most_first(Pile(badges[pk].name, n) for pk, n, _due_on, _is_new in rows)
    due_on, today = min((due_on, badges[pk].today) for pk, _n, due_on, _is_new in rows)
    return Waiting(piles, due_on, is_late=due_on < today)


def late_for(person: User, before: datetime) -> Late | None:
    """The work that is late at badges that `person` leads, or owns if they have no lead; None if none of it became so
    between the last time they were told and `before`.
    """
    queue = Queue(person)
    led = {one.pk: (one.name, "") for one in queue.badges if one.leads}
    badges = led | {pk: (name, slug) for pk, name, slug in _WITHOUT_LEAD.ask(person)}
    since = _moment(_told_at(LATE, person))
    rows = prepared.ask(_OVERDUE, [prepared.array(badges), prepared.array(queue.barred), clock.now(), since, before])
    if not any(is_new for _badge, _n, is_new in rows):
        return None
    found = [(badges[pk], n) for pk, n, _is_new in rows]
    houses = [house for (_name, house), _n in found]
    return Late(_most_first(Pile(name, n) for (name, _house), n in found), "" in houses, max(houses))


def _most_first(piles: Iterable[Pile]) -> list[Pile]:
    return sorted(piles, key=lambda one: (-one.n, one.badge))


def _told_at(kind: str, person: User) -> datetime | None:
    told = Notice.objects.filter(person=person, kind=kind).order_by("-made_at", "-pk")
    return told.values_list("made_at", flat=True).first()


def _moment(told_at: datetime | None) -> str:
    """A time for PostgreSQL: for who was never told, one before all others."""
    return "-infinity" if told_at is None else told_at.isoformat()


def _without_lead(user: User) -> QuerySet[Achievement, tuple[Any, ...]]:
    newest = AchievementVersion.objects.filter(achievement=OuterRef("pk")).order_by("-number")
    rows = Achievement.objects.without_lead_of(user).annotate(name=Subquery(newest.values("name")[:1]))
    return rows.order_by("name", "pk").values_list("pk", "name", "issuer__slug")


_WITHOUT_LEAD = Worded(_without_lead)

# The newest moment at which work came to wait for each badge, or the last promised day that is over: one row of an
# index for each badge, and the leases that ended since anybody was told.
_NEWS = {
    WAITS: """
        SELECT a.id AS badge, newest.opened_at AS at FROM issuers_achievement a CROSS JOIN LATERAL (
            SELECT t.opened_at FROM reviews_turn t
            WHERE t.achievement_id = a.id AND t.state = 'open' AND t.holder_id IS NULL
            ORDER BY t.opened_at DESC, t.id DESC LIMIT 1) AS newest
        UNION ALL
        SELECT t.achievement_id, max(g.ended_at) FROM reviews_assignment g JOIN reviews_turn t ON t.id = g.turn_id
        WHERE g.state IN ('released', 'expired', 'refused')
          AND g.ended_at > (SELECT min(since) FILTER (WHERE isfinite(since)) FROM people)
          AND t.state = 'open' AND t.holder_id IS NULL
        GROUP BY 1""",
    LATE: """
        SELECT a.id AS badge, ((newest.due_on + 1)::timestamp AT TIME ZONE i.time_zone) AS at
        FROM issuers_achievement a JOIN issuers_issuer i ON i.id = a.issuer_id CROSS JOIN present CROSS JOIN LATERAL (
            SELECT t.due_on FROM reviews_turn t
            WHERE t.achievement_id = a.id AND t.state = 'open'
              AND t.due_on < timezone(i.time_zone, present.moment)::date
            ORDER BY t.due_on DESC, t.id DESC LIMIT 1) AS newest""",
}
_MAY_BE_TOLD = {
    kind: f"""
WITH people AS MATERIALIZED (SELECT * FROM unnest(%s::bigint[], %s::timestamptz[]) AS p (person, since)),
present AS MATERIALIZED (SELECT %s::varchar[] AS roles, %s::timestamptz AS moment),
news AS MATERIALIZED ({news})
SELECT DISTINCT p.person
FROM people p CROSS JOIN present
JOIN issuers_seat s ON s.person_id = p.person AND s.role = ANY(present.roles) AND s.ended_at IS NULL
    AND s.suspended_at IS NULL AND (s.until IS NULL OR s.until > present.moment)
JOIN issuers_descent d ON d.ancestor_id = s.issuer_id
JOIN issuers_achievement a ON a.issuer_id = d.descendant_id AND (s.achievement_id IS NULL OR s.achievement_id = a.id)
JOIN news ON news.badge = a.id AND news.at > p.since
ORDER BY p.person"""  # noqa: S608 - two fixed texts
    for kind, news in _NEWS.items()
}
# Two markings side by side are one piece of work: the second of them is not counted while the first is.
_FREE = """
WITH badges AS MATERIALIZED (SELECT * FROM unnest(%s::bigint[], %s::boolean[]) AS b (badge, leads)),
barred AS MATERIALIZED (SELECT unnest(%s::bigint[]) AS id),
asked AS MATERIALIZED (SELECT %s::bigint AS person, %s::timestamptz AS since, %s::timestamptz AS before),
freed AS MATERIALIZED (
    SELECT t.achievement_id, t.part FROM asked JOIN reviews_assignment g
        ON g.state IN ('released', 'expired', 'refused') AND g.ended_at > asked.since AND g.ended_at < asked.before
        AND isfinite(asked.since) AND NOT (g.assessor_id = asked.person AND g.state = 'released')
    JOIN reviews_turn t ON t.id = g.turn_id AND t.state = 'open' AND t.holder_id IS NULL
    WHERE t.id NOT IN (SELECT id FROM barred))
SELECT * FROM (
    SELECT b.badge,
        ((SELECT COALESCE(sum(t.free), 0) FROM reviews_tally t
          WHERE t.achievement_id = b.badge AND t.due_on IS NULL AND {playable})
         - (SELECT count(*) FROM barred JOIN reviews_turn t ON t.id = barred.id
            WHERE t.achievement_id = b.badge AND t.holder_id IS NULL AND {playable})
         - (SELECT count(*) FROM reviews_turn t JOIN reviews_turn other ON other.attempt_id = t.attempt_id
                AND other.part = 'first' AND other.state = 'open' AND other.holder_id IS NULL
            WHERE t.achievement_id = b.badge AND t.part = 'second' AND NOT (t.part = 'first') AND t.state = 'open'
              AND t.holder_id IS NULL AND t.id NOT IN (SELECT id FROM barred)
              AND other.id NOT IN (SELECT id FROM barred)))::int AS n,
        (SELECT t.due_on FROM reviews_turn t
         WHERE t.achievement_id = b.badge AND t.state = 'open' AND t.holder_id IS NULL AND {playable}
           AND t.id NOT IN (SELECT id FROM barred) ORDER BY t.due_on, t.id LIMIT 1) AS due_on,
        (EXISTS (SELECT FROM reviews_turn t
                 WHERE t.achievement_id = b.badge AND t.state = 'open' AND t.holder_id IS NULL AND {playable}
                   AND t.opened_at > asked.since AND t.opened_at < asked.before
                   AND t.id NOT IN (SELECT id FROM barred))
         OR EXISTS (SELECT FROM freed t WHERE t.achievement_id = b.badge AND {playable})) AS is_new
    FROM badges b CROSS JOIN asked) AS f
WHERE n > 0 AND due_on IS NOT NULL""".replace("{playable}", PLAYABLE)
_OVERDUE = """
WITH badges AS MATERIALIZED (SELECT unnest(%s::bigint[]) AS badge),
barred AS MATERIALIZED (SELECT unnest(%s::bigint[]) AS id),
asked AS MATERIALIZED (SELECT %s::timestamptz AS moment, %s::timestamptz AS since, %s::timestamptz AS before),
days AS MATERIALIZED (
    SELECT b.badge, timezone(i.time_zone, asked.moment)::date AS today,
           timezone(i.time_zone, asked.since)::date AS since, timezone(i.time_zone, asked.before)::date AS before
    FROM badges b JOIN issuers_achievement a ON a.id = b.badge JOIN issuers_issuer i ON i.id = a.issuer_id
    CROSS JOIN asked)
SELECT * FROM (
    SELECT b.badge,
        ((SELECT COALESCE(sum(t.n), 0) FROM reviews_tally t WHERE t.achievement_id = b.badge AND t.due_on < b.today)
         - (SELECT count(*) FROM barred JOIN reviews_turn t ON t.id = barred.id
            WHERE t.achievement_id = b.badge AND t.due_on < b.today)
         - (SELECT count(*) FROM reviews_turn t JOIN reviews_turn other ON other.attempt_id = t.attempt_id
                AND other.part = 'first' AND other.state = 'open' AND other.due_on < b.today
            WHERE t.achievement_id = b.badge AND t.part = 'second' AND NOT (t.part = 'first') AND t.state = 'open'
              AND t.due_on < b.today AND t.id NOT IN (SELECT id FROM barred)
              AND other.id NOT IN (SELECT id FROM barred)))::int AS n,
        EXISTS (SELECT FROM reviews_turn t
                WHERE t.achievement_id = b.badge AND t.state = 'open' AND t.due_on >= b.since AND t.due_on < b.before
                  AND t.id NOT IN (SELECT id FROM barred)) AS is_new
    FROM days b) AS f
WHERE n > 0"""
