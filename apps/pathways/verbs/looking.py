"""Looks: whatever happened, people's standing is worked out again from what is true now, never from what was
recorded.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F, Q

from apps.core import clock, outbox
from apps.core.events import record
from apps.core.questions import Question, each_of
from apps.pathways import queries, telling
from apps.pathways.models import Enrolment, PathwayVersion, Stack
from apps.pathways.rules import Kind, Standing, evaluate, forecast, wanting
from apps.pathways.verbs.reaching import award_what_is_reached, complete, end, reach

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet, Value

    from apps.credentials.models import Credential
    from apps.issuers.models import Achievement
    from apps.pathways.models import Equivalence
    from apps.pathways.rules import Held, Progress

# How many are looked at in one transaction.
AT_ONCE = 500
# How many days before their target day people are reminded.
NEAR = (14, 1)
_KEPT = ("steps_done", "steps_total", "credits_done", "capstone_open", "looked_at", "next_look_at")
_WRITE = """
    UPDATE pathways_enrolment AS one SET
        steps_done = new.steps_done, steps_total = new.steps_total, credits_done = new.credits_done,
        capstone_open = new.capstone_open, looked_at = new.looked_at, next_look_at = new.next_look_at
    FROM unnest(
        %s::bigint[], %s::smallint[], %s::smallint[], %s::numeric[], %s::boolean[], %s::timestamptz[], %s::timestamptz[]
    ) AS new (id, steps_done, steps_total, credits_done, capstone_open, looked_at, next_look_at)
    WHERE one.id = new.id
"""


class Batch(NamedTuple):
    """What the enrolments of one transaction are evaluated with: by version, and by learner."""

    about: Mapping[int, queries.Asked]
    held: Mapping[int, Sequence[Held]]
    stacks: Mapping[int, list[Stack]]


@transaction.atomic
def look_again(enrolments: Collection[int]) -> int:
    """Work out again where these stand (keys, at most `AT_ONCE`), and act on it; return how many there were.

    Each is locked before anything is read, so that the later of two simultaneous looks sees all that the earlier saw.
    The number of reads does not grow with theirs. What has not changed is not written; what was reached is reached
    once.
    """
    found = list(
        Enrolment.objects.watched()
        .filter(pk__in=enrolments)
        .select_related("pathway__issuer", "learner")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    batch = _batch(found)
    trees = {pk: about.tree for pk, about in batch.about.items()}
    now = clock.now()
    changed: list[Enrolment] = []
    for enrolment in found:
        about, stacks = batch.about[enrolment.version_id], batch.stacks.get(enrolment.pk, [])
        held = batch.held.get(enrolment.learner_id, ())
        excused = queries.excused_on(about.tree, stacks, trees)
        progress = evaluate(about.tree, held, about.equals, now, excused=excused)
        is_left = enrolment.state == Enrolment.State.LEFT
        if not is_left and not enrolment.capstone_open and _capstone_is_open(about, progress):
            telling.capstone_opens(enrolment, about, now)
        earlier: list[tuple[Stack, queries.Asked, Progress]] = []
        for stack in stacks:
            if stack.version_id != about.version.pk:  # reached before its learner moved on: by the rules of that time
                before = batch.about[stack.version_id]
                excused = queries.excused_on(before.tree, stacks, trees)
                then = evaluate(before.tree, held, before.equals, now, excused=excused)
                earlier.append((stack, before, then))
        ends = [progress.until, *(then.runs_out(stack.code) for stack, _before, then in earlier)]
        until = min((one for one in ends if one is not None), default=None)
        if _note(enrolment, about, progress, until, now):
            changed.append(enrolment)
        _follow(enrolment, stacks, about, progress, now)
        for stack, before, then in earlier:
            _weigh(stack, enrolment, before, then, now)
    _keep(changed)
    return len(found)


def _keep(changed: Sequence[Enrolment]) -> None:
    """Save what was noted. `bulk_update` spends four fifths of a look composing its statement, so it is composed
    here.
    """
    if not changed:
        return
    columns = [[getattr(one, name) for one in changed] for name in ("pk", *_KEPT)]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, columns)


def _batch(found: Sequence[Enrolment]) -> Batch:
    stacks: dict[int, list[Stack]] = {}
    for stack in Stack.objects.live().filter(enrolment__in=found).order_by("pk"):
        stacks.setdefault(stack.enrolment_id, []).append(stack)
    wanted = {one.version_id for one in found} | {one.version_id for several in stacks.values() for one in several}
    versions = list(PathwayVersion.objects.filter(pk__in=wanted).select_related("pathway"))
    trees = queries.trees_of(versions)
    offers, equals = queries.offers_for(trees.values()), queries.equals_for(trees.values())
    names = queries.names_for(trees.values(), offers)
    about = {one.pk: queries.Asked(one, trees[one.pk], offers, equals, names) for one in versions}
    pools = queries.draws_on_any(trees.values())
    among = None if pools or equals else frozenset().union(*(tree.achievements for tree in trees.values()))
    held = queries.held_by({one.learner_id for one in found}, skills=pools, among=among)
    return Batch(about, held, stacks)


def _capstone_is_open(about: queries.Asked, progress: Progress) -> bool:
    capstone = about.tree.capstone
    return capstone is not None and progress.standing[capstone.code] == Standing.OPEN


def _note(
    enrolment: Enrolment, about: queries.Asked, progress: Progress, until: datetime | None, now: datetime
) -> bool:
    """Set the results on the enrolment; return whether anything but the time has changed."""
    ahead = forecast(about.tree, progress, about.offers, about.framework, about.equals)
    done, root = progress.steps_done, about.tree.root.code
    was = {name: getattr(enrolment, name) for name in _KEPT}
    enrolment.steps_done, enrolment.steps_total = done, done + ahead.steps
    enrolment.credits_done = progress.credits(root, about.framework)
    enrolment.capstone_open = _capstone_is_open(about, progress)
    enrolment.next_look_at = until
    if any(getattr(enrolment, name) != was[name] for name in _KEPT):
        enrolment.looked_at = now
        return True
    return False


def _follow(
    enrolment: Enrolment, stacks: Sequence[Stack], about: queries.Asked, progress: Progress, now: datetime
) -> None:
    """Handle what was reached, what no longer stands, and what stands again, each stack by the version on which it
    was reached. Those who have left reach nothing more.
    """
    by_code = {stack.code: stack for stack in stacks}
    for rule in about.tree.upward:
        if rule is not about.tree.root and rule.kind != Kind.MILESTONE:
            continue
        stack, holds = by_code.get(rule.code), progress.holds(rule.code)
        if stack is None:
            if holds and enrolment.state != Enrolment.State.LEFT:
                reach(enrolment, rule, about, progress, now)
            continue
        if stack.version_id == about.version.pk:
            _weigh(stack, enrolment, about, progress, now)
        if holds and rule is about.tree.root and enrolment.state == Enrolment.State.ACTIVE:
            complete(enrolment, now)  # resumed by someone who had reached its end before


def _weigh(stack: Stack, enrolment: Enrolment, about: queries.Asked, progress: Progress, now: datetime) -> None:
    if excused := [code for code in stack.excused if code not in progress.let_stand]:
        # Earned again: from now on it stands by itself, and can fall again.
        stack.excused = [code for code in stack.excused if code in progress.let_stand]
        stack.save(update_fields=["excused"])
        record("stack.earned_anew", stack, by=None, codes=excused)
    if not progress.holds(stack.code):
        _fall(stack, enrolment, about, progress, now)
    else:
        if stack.state == Stack.State.AT_RISK:
            _stand_again(stack, enrolment, about, now)
        award_what_is_reached(stack, enrolment, about, progress, now)


def _fall(stack: Stack, enrolment: Enrolment, about: queries.Asked, progress: Progress, now: datetime) -> None:
    """Put a stack at risk, since something that counted no longer stands, with grace and notice. Only a person
    revokes.

    A plan awards nothing, so nothing is at risk: it is under way again.
    """
    if enrolment.pathway.is_plan:
        end(stack, enrolment)
        record("stack.fell", stack, by=None)
        return
    steps = {one.code for one in stack.components.all() if not progress.holds(one.code)}
    fallen = sorted(steps or wanting(about.tree.by_code[stack.code], progress))
    if stack.state == Stack.State.AT_RISK:
        if fallen != stack.fallen:
            stack.fallen = fallen
            stack.save(update_fields=["fallen"])
            record("stack.fell_further", stack, by=None, fallen=fallen)
        return
    stack.move(Stack.State.AT_RISK)
    stack.at_risk_since, stack.grace_until = now, now + timedelta(days=about.version.grace_days)
    stack.fallen = fallen
    stack.save(update_fields=["state", "at_risk_since", "grace_until", "fallen"])
    record("stack.at_risk", stack, by=None, fallen=fallen)
    telling.at_risk(stack, enrolment, about)


def _stand_again(stack: Stack, enrolment: Enrolment, about: queries.Asked, now: datetime) -> None:
    stack.move(Stack.State.STANDING)
    stack.at_risk_since = stack.grace_until = None
    stack.fallen = []
    stack.save(update_fields=["state", "at_risk_since", "grace_until", "fallen"])
    record("stack.stands_again", stack, by=None)
    telling.stands_again(stack, enrolment, about, now)


# --- whom to look at --------------------------------------------------------------------------------------------------
def look_at(people: Collection[int]) -> int:
    """Look again after anything that changes what these people hold."""
    ids = [pk for (pk,) in _WATCHED.all(list(people))]
    return sum(look_again(ids[at : at + AT_ONCE]) for at in range(0, len(ids), AT_ONCE))


def _watched_of(people: Value) -> QuerySet[Enrolment, Any]:
    return Enrolment.objects.watched().filter(learner__in=each_of(people)).order_by("pk").values_list("pk")


_WATCHED = Question(_watched_of)


def look_at_people(people: Collection[int], *, key: str) -> int:
    """Look again at many people's enrolments, in jobs of many at once."""
    ids = Enrolment.objects.watched().filter(learner__in=people).order_by("pk").values_list("pk", flat=True)
    return spread(ids, key=key)


def look_at_due(*, key: str) -> int:
    """Look again where something that counts has expired, in jobs of many at once. `key` names this round."""
    ids = Enrolment.objects.due(clock.now()).order_by("pk").values_list("pk", flat=True)
    return spread(ids, key=key)


def look_at_equivalence(equivalence: Equivalence, *, key: str) -> int:
    """Look again, after an equivalence came into force or ended, at everyone on a pathway that it matters to."""
    return spread(queries.touched_by(equivalence).order_by("pk").values_list("pk", flat=True), key=key)


def look_at_award(achievement: Achievement, *, key: str) -> int:
    """Look again, after a badge was published, at those who reached what awards it while it could not be awarded."""
    waiting = Stack.objects.live().filter(credential=None)
    ends = waiting.filter(version__award=achievement)
    milestones = waiting.filter(version__nodes__achievement=achievement, version__nodes__code=F("code"))
    ids = Enrolment.objects.watched().filter(Q(stacks__in=ends) | Q(stacks__in=milestones)).order_by("pk").distinct()
    return spread(ids.values_list("pk", flat=True), key=key)


@transaction.atomic
def spread(ids: Iterable[int], *, key: str) -> int:
    """Enqueue jobs for these enrolments, `AT_ONCE` in each; return how many enrolments there are."""
    wanted = list(ids)
    for at in range(0, len(wanted), AT_ONCE):
        some = wanted[at : at + AT_ONCE]
        outbox.enqueue("apps.pathways.tasks.look_again", key=f"look_again:{key}:{some[0]}", enrolments=some)
    return len(wanted)


@transaction.atomic
def follow_successor(credential: Credential) -> None:
    """Put an award that was signed again into its stack in place of the previous one.

    If it went to someone else, it never belonged to the person who reached the end: they are awarded their own.
    """
    if credential.supersedes_id is None:
        return
    for stack in Stack.objects.live().filter(credential=credential.supersedes_id).order_by("enrolment", "pk"):
        enrolment = Enrolment.objects.locked(stack.enrolment_id)
        stack.credential = credential if enrolment.learner_id == credential.earner_id else None
        stack.save(update_fields=["credential"])
        record("stack.award_replaced", stack, by=None, credential=credential.public_id if stack.credential else "")
        if stack.credential is None:
            look_again([enrolment.pk])


# --- reminders --------------------------------------------------------------------------------------------------------
def remind_of_days(now: datetime) -> int:
    """Remind people of their target day, two weeks and one day before it in their zone; return how many."""
    told, one_day = 0, timedelta(days=1)
    for days in NEAR:
        # A day wider on either side, since the date differs from place to place.
        span = (now.date() - one_day, now.date() + timedelta(days=days) + one_day)
        near = Enrolment.objects.filter(state=Enrolment.State.ACTIVE, target_on__range=span).filter(
            Q(reminded_at=None) | Q(reminded_at__date__lte=F("target_on") - timedelta(days=days))
        )
        for pk in list(near.order_by("pk").values_list("pk", flat=True)):
            with transaction.atomic():
                enrolment = Enrolment.objects.locked(pk)
                if _day_is_near(enrolment, days, now):
                    telling.day_is_near(enrolment, days=days)
                    enrolment.reminded_at = now
                    enrolment.save(update_fields=["reminded_at"])
                    told += 1
    return told


def _day_is_near(enrolment: Enrolment, days: int, now: datetime) -> bool:
    """Whether the day is no more than so many days off, and they haven't been reminded of that yet."""
    day, zone = enrolment.target_on, clock.zone(enrolment.learner.time_zone)
    if day is None or enrolment.state != Enrolment.State.ACTIVE:
        return False
    first = day - timedelta(days=days)
    heard = enrolment.reminded_at.astimezone(zone).date() if enrolment.reminded_at else None
    return first <= now.astimezone(zone).date() <= day and (heard is None or heard < first)


def remind_deciders(now: datetime) -> int:
    """Tell those who run an issuer of each stack whose grace is over: nothing falls by itself. Returns how many."""
    over = list(Stack.objects.at_risk().filter(grace_until__lte=now).order_by("pk"))
    for stack in over:
        with transaction.atomic():
            enrolment = Enrolment.objects.locked(stack.enrolment_id)
            held = Stack.objects.locked(stack.pk)
            if held.state == Stack.State.AT_RISK and held.grace_until is not None and held.grace_until <= now:
                telling.grace_is_over(held, enrolment, queries.about_version(held.version_id))
    return len(over)


def tell_of_version(version: PathwayVersion) -> int:
    """Tell everyone under way on an earlier version, except the author of a plan of their own; return how many."""
    under_way = Enrolment.objects.filter(pathway=version.pathway_id, state=Enrolment.State.ACTIVE).exclude(
        Q(version=version) | Q(pathway__owner__isnull=False, pathway__owner=F("learner"))
    )
    found = list(under_way.select_related("pathway__issuer", "learner").order_by("pk"))
    for enrolment in found:
        telling.is_newer(enrolment, version)
    return len(found)
