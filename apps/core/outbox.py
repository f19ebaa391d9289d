"""The outbox: jobs written with the change that made them necessary, and run by a worker until they are done.

A job is a plain function named by a dotted path: it takes ids and calls one verb. It may run three times at once; the
verb checks under its lock whether the work is already done. Celery only carries the bell (apps.core.tasks); the row
is the promise.
"""

from __future__ import annotations

import json
import logging
import random
import threading
import time
import traceback
from contextlib import contextmanager
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol, cast

from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from apps.core import failpoints, prepared
from apps.core.failpoints import fail_here
from apps.core.models import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from django.db.models import QuerySet

log = logging.getLogger(__name__)

Arguments = dict[str, Any]

# How long a job is leased without a sign of life: what a killed worker held is free again after this.
LEASE = timedelta(seconds=6)
# How often a running job renews its lease, and for how long at most. After that a job that hangs is made to raise, so
# that its dead letter says where; if that has no effect, it is killed.
SIGN_OF_LIFE = timedelta(seconds=2)
LONGEST_HELD = {
    Job.Queue.NOW: timedelta(seconds=30),
    Job.Queue.MAIL: timedelta(minutes=1),
    Job.Queue.BULK: timedelta(minutes=10),
}
KILLED_AFTER = timedelta(seconds=15)
RING_AGAIN = timedelta(seconds=5)
# What has waited long is in a long queue, and its bell probably is too, so be this many times as patient with it.
MORE_PATIENT = 3
MOST_ATTEMPTS = 12
# With an hour between the later tries: two days, and a weekend's morning.
OVER_DAYS = 64
LONGEST_WAIT = timedelta(hours=1)
# A worker that takes a job and never finishes it need not have died of it: deployments and neighbours that use up the
# memory kill too. So the last try may be cut short this many times.
SPARED = 3
# How many jobs a worker takes together: the first of them waits for the last.
MOST_TOGETHER = 10
KEEP_DONE = timedelta(days=30)


# After a bell that the broker didn't take, this process rings none for this long: a broker that hangs costs each a
# time-out.
UNHEARD_FOR = 1.0
_unheard_until = 0.0


class Bell(IntEnum):
    """The priority of a job's bell: the broker splits each queue in four and delivers the lowest of all queues first."""

    FIRST = 0  # everyone reads what it changes
    SOON = 3  # someone is waiting for it
    LATER = 6  # it follows automatically, or does in bulk what people wait for
    LAST = 9  # one of many that nobody waits for


class JobFunction(Protocol):
    queue: str
    together: str
    bell: Bell
    tries: int
    several: Callable[[list[Arguments]], None] | None

    def __call__(self, **arguments: Any) -> None: ...


def job(
    *,
    queue: str,
    together: str = "",
    bell: Bell = Bell.LATER,
    tries: int = MOST_ATTEMPTS,
    several: Callable[[list[Arguments]], None] | None = None,
) -> Callable[[Callable[..., None]], JobFunction]:
    """Register a function as something a job row may name.

    `together` names the job that does the same after many events at once (`events.record_many`), given `event_ids`.
    `bell` is its priority over whatever else waits in a worker's queues; after `tries` it becomes a dead letter.
    `several` does several waiting jobs in one go, given the arguments of each; a job that has failed once runs alone.
    """

    def register(function: Callable[..., None]) -> JobFunction:
        registered = cast("JobFunction", function)
        registered.queue = Job.Queue(queue)
        registered.together = together
        registered.bell = bell
        registered.tries = tries
        registered.several = several
        return registered

    return register


# Django's create() can't do ON CONFLICT DO NOTHING and say whether it wrote.
_ENQUEUED = """
INSERT INTO core_job
    (function, key, queue, bell, arguments, state, attempts, next_at, rung_at, last_error, enqueued_at)
VALUES (%s, %s, %s, %s, %s::jsonb, 'pending', 0, statement_timestamp() + make_interval(secs => %s),
        statement_timestamp(), '', statement_timestamp())
ON CONFLICT (key) DO NOTHING RETURNING id"""


def enqueue(function: str, *, key: str, delay: timedelta = timedelta(0), **arguments: Any) -> None:
    """Write one job in the caller's transaction, and ring for it after the commit. A key is used only once, ever."""
    if not connection.in_atomic_block:
        message = f"{function} must be enqueued in the transaction of the change that made it necessary."
        raise transaction.TransactionManagementError(message)
    found = target(function)
    queue, bell = found.queue, found.bell
    told = prepared.ask(_ENQUEUED, [function, key, queue, bell.value, json.dumps(arguments), delay.total_seconds()])
    if not told or delay:
        return
    ((pk,),) = told

    # An inner function: with robust=True, a functools.partial raises after the commit on Django 5.2.
    def ring_for_it() -> None:
        fail_here("ring", job=key)
        ring(pk, queue, bell=bell)

    transaction.on_commit(ring_for_it, robust=True)


def target(function: str) -> JobFunction:
    """The function that a job row names. Raises LookupError if it isn't registered."""
    found = import_string(function)
    if not hasattr(found, "queue"):
        message = f"{function} is not registered with @job."
        raise LookupError(message)
    return cast("JobFunction", found)


def ring(job_id: int, queue: str, *, bell: Bell = Bell.LATER) -> None:
    """Tell a worker. Fails open: the sweep rings again for a bell that nobody heard."""
    global _unheard_until  # noqa: PLW0603 - shared by this process's threads, which all ring at one broker
    from apps.core import tasks  # tasks register themselves with `job` above

    if time.monotonic() < _unheard_until:
        Job.objects.filter(pk=job_id).update(rung_at=None)
        return
    held = LONGEST_HELD[Job.Queue(queue)]
    try:
        tasks.run_job.apply_async(
            args=(job_id,),
            queue=queue,
            priority=bell,
            retry=False,
            soft_time_limit=int(held.total_seconds()),
            time_limit=int((held + KILLED_AFTER).total_seconds()),
        )
    except Exception as error:  # noqa: BLE001 - the broker is away: the row stays, the change stands
        log.warning("No bell for job %d: %s", job_id, error)
        _unheard_until = time.monotonic() + UNHEARD_FOR
        Job.objects.filter(pk=job_id).update(rung_at=None)


def lost_its_bells() -> bool:
    """Whether the broker has restarted empty since this was last called: with its data, all bells are gone."""
    return bool(cache.add("core.outbox.bells", value=True, timeout=None))


# For each queue and bell separately, so that a large backlog in one doesn't hide what was lost in another, and the
# index is used. An array, because for a join PostgreSQL would expect so many rows that it reads the whole table.
_LOST = """
UPDATE core_job SET rung_at = statement_timestamp() WHERE id = ANY (ARRAY(
    SELECT found.id FROM unnest(%s::text[]) AS its_queue CROSS JOIN unnest(%s::int[]) AS its_bell CROSS JOIN LATERAL (
        SELECT id FROM core_job
        WHERE state = 'pending' AND queue = its_queue AND bell = its_bell
          AND next_at <= statement_timestamp()
          AND (leased_until IS NULL OR leased_until < statement_timestamp()
               - make_interval(secs => LEAST(power(2, GREATEST(attempts, 1) - 1) - 1, %s)))
          AND (rung_at IS NULL OR rung_at < leased_until
               OR rung_at < statement_timestamp() - GREATEST(make_interval(secs => %s),
                      LEAST(rung_at - enqueued_at, make_interval(secs => %s))))
        ORDER BY next_at LIMIT %s FOR UPDATE SKIP LOCKED
    ) AS found))
RETURNING bell, id, queue
"""


def ring_again(limit: int = 500, *, after: timedelta = RING_AGAIN) -> int:
    """Ring for jobs that are due, up to `limit` for each queue and bell: lost bells, retries, jobs of dead workers.

    Skips jobs rung for within `after`, or within as long as they had waited by then (up to three times that), unless
    a worker has taken them since and died; the more attempts, the later.
    """
    patience = after.total_seconds()
    with connection.cursor() as cursor:
        cursor.execute(
            _LOST,
            [
                *(Job.Queue.values, list(Bell), LONGEST_WAIT.total_seconds()),
                *(patience, MORE_PATIENT * patience, limit),
            ],
        )
        lost = sorted(cursor.fetchall())
    for bell, job_id, queue in lost:
        ring(job_id, queue, bell=Bell(bell))
    return len(lost)


# Raw, since Django's update() returns how many rows it changed, not their contents; and since every job asks these.
_COLUMNS = [field.attname for field in Job._meta.concrete_fields]
_LEASE_ONE = f"""
UPDATE core_job SET leased_until = statement_timestamp() + %s, attempts = attempts + 1
WHERE id = %s AND state = 'pending' AND next_at <= statement_timestamp()
  AND (leased_until IS NULL OR leased_until < statement_timestamp())
RETURNING {", ".join(_COLUMNS)}"""  # noqa: S608 - names of the model's own columns alone are put into it; values are sent beside it
_LEASE_OTHERS = f"""
UPDATE core_job SET leased_until = statement_timestamp() + %s, attempts = 1
WHERE id = ANY (ARRAY(
    SELECT id FROM core_job
    WHERE state = 'pending' AND queue = %s AND bell = %s AND next_at <= statement_timestamp()
      AND function = %s AND attempts = 0 AND leased_until IS NULL
    ORDER BY next_at LIMIT %s FOR UPDATE SKIP LOCKED))
RETURNING {", ".join(_COLUMNS)}"""  # noqa: S608 - names of the model's own columns alone are put into it; values are sent beside it
_DONE = """
UPDATE core_job SET state = 'done', done_at = statement_timestamp(), leased_until = NULL, last_error = ''
WHERE id = ANY(%s::bigint[]) RETURNING id"""


def run(job_id: int) -> int:
    """Lease a job and others that can be done together with it, run them, and record the outcome. Return how many."""
    one = _lease(job_id)
    if one is None:
        return 0
    if one.attempts > _tries_of(one) + SPARED:
        _give_up(one)
        return 1
    held = [one, *_lease_others(one)]
    error = _try(held)
    if error and len(held) > 1:  # whose fault it was is found out one by one
        log.warning("%s failed, and %d others with it", one.key, len(held) - 1, exc_info=error)
        _let_go(held[1:])
        held, error = [one], _try([one])
    if error:
        _failed(one, error)
    else:
        prepared.ask(_DONE, [prepared.array(each.pk for each in held)])
    return len(held)


def _try(held: Sequence[Job]) -> Exception | None:
    """Call the function of these jobs, which is the same for all of them. Return what it raised, or None."""
    failpoints.at_job = held[0].key
    try:
        with _signs_of_life(held):
            fail_here("leased")
            function = target(held[0].function)
            if len(held) > 1 and function.several:
                function.several([one.arguments for one in held])
            else:
                function(**held[0].arguments)
            fail_here("worked")
    except Exception as error:  # noqa: BLE001 - whatever it was, it is recorded and tried again
        return error
    finally:
        failpoints.at_job = ""
    return None


def _lease(job_id: int) -> Job | None:
    """Lease a job. Return None if another worker holds it, it is done, or it isn't due."""
    return next(iter(_leased(_LEASE_ONE, [LEASE, job_id])), None)


def _lease_others(one: Job) -> list[Job]:
    """Lease waiting jobs with the same function, the longest waiting first.

    Only jobs never taken before: one that failed or killed its worker may do so again.
    """
    if one.attempts > 1 or not _does_several(one):
        return []
    leased = _leased(_LEASE_OTHERS, [LEASE, one.queue, one.bell, one.function, MOST_TOGETHER - 1])
    return sorted(leased, key=lambda job: job.pk)


def _leased(words: str, given: Sequence[Any]) -> list[Job]:
    """The jobs that a statement leases."""
    jobs = [Job.from_db("default", _COLUMNS, row) for row in prepared.ask(words, given)]
    for one in jobs:
        one.arguments = json.loads(one.arguments)
    return jobs


def _let_go(held: Sequence[Job]) -> None:
    """Release jobs that were leased together; having been taken once, each now runs alone."""
    pending = Job.objects.filter(pk__in=[one.pk for one in held], state=Job.State.PENDING)
    pending.update(leased_until=None, rung_at=Now())
    for one in held:
        ring(one.pk, one.queue, bell=Bell(one.bell))


def due(limit: int = 500) -> list[int]:
    """Ids of jobs that should have run by now and that nobody holds, the longest waiting first."""
    return list(_free().order_by("next_at", "pk").values_list("pk", flat=True)[:limit])


def drain(limit: int = 100_000) -> int:
    """Run everything that is due, in this process, and the jobs that follow. For commands and tests."""
    done = 0
    while done < limit:
        ran = sum(run(job_id) for job_id in due())
        if not ran:
            break
        done += ran
    return done


def prune() -> int:
    """Delete jobs done long ago. Dead letters stay until a person looks."""
    return Job.objects.filter(state=Job.State.DONE, done_at__lt=Now() - KEEP_DONE).delete()[0]


@transaction.atomic
def revive(one: Job) -> None:
    """Give a dead letter as many tries as before."""
    Job.objects.filter(pk=one.pk, state=Job.State.DEAD).update(
        state=Job.State.PENDING, attempts=0, next_at=Now(), leased_until=None, rung_at=None
    )


def try_dead(*functions: str) -> int:
    """Give the dead letters of these functions one more try. If that fails too, they are dead letters again."""
    dead = Job.objects.filter(function__in=functions, state=Job.State.DEAD)
    return dead.update(
        state=Job.State.PENDING, attempts=MOST_ATTEMPTS - 1, next_at=Now(), leased_until=None, rung_at=None
    )


@contextmanager
def _signs_of_life(held: Sequence[Job]) -> Iterator[None]:
    """Keep leases from ending while this process lives, from a thread whose connection most jobs are too short to
    need.
    """
    if connection.in_atomic_block:  # nobody else sees the lease
        yield
        return
    one, over = held[0], threading.Event()
    ends = time.monotonic() + LONGEST_HELD[Job.Queue(one.queue)].total_seconds()
    keys = [each.pk for each in held]

    def give() -> None:
        try:
            while not over.wait(SIGN_OF_LIFE.total_seconds()) and time.monotonic() < ends:
                # All have been taken as often as the first: jobs run together have never been taken before.
                mine = Job.objects.filter(pk__in=keys, state=Job.State.PENDING, attempts=one.attempts)
                mine.update(leased_until=Now() + LEASE)
        except DatabaseError as error:
            log.warning("No sign of life for %s: %s", one.key, error)
        finally:
            connection.close()

    thread = threading.Thread(target=give, name=f"life of {one.key}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _give_up(one: Job) -> None:
    """Mark a job dead whose last workers died over it (if it raised, `_failed` does this)."""
    words = (
        f"Given up: {one.attempts - 1} took it up, and of the last {SPARED + 1} none came to its end. It kills them, or takes"
        f" longer than {LONGEST_HELD[Job.Queue(one.queue)].total_seconds():.0f} s."
    )
    log.error("%s: %s", one.key, words)
    Job.objects.filter(pk=one.pk, state=Job.State.PENDING).update(
        state=Job.State.DEAD, leased_until=None, last_error=f"{one.last_error}\n{words}".strip()
    )


def _tries_of(one: Job) -> int:
    found = _target_of(one)
    return found.tries if found else MOST_ATTEMPTS


def _does_several(one: Job) -> bool:
    found = _target_of(one)
    return found is not None and found.several is not None


def _target_of(one: Job) -> JobFunction | None:
    """A job's function, or None if it no longer exists; running the job reports that."""
    try:
        return target(one.function)
    except (ImportError, LookupError):
        return None


def _failed(one: Job, error: Exception) -> None:
    log.warning("%s failed (attempt %d)", one.key, one.attempts, exc_info=error)
    words = "".join(traceback.format_exception(error))[-4000:]
    # No power above MOST_ATTEMPTS: by then it exceeds the longest wait, and 2 to the 64 is no valid number of
    # seconds.
    longer = timedelta(seconds=2 ** min(one.attempts, MOST_ATTEMPTS))
    wait = min(LONGEST_WAIT, longer) * random.uniform(0.75, 1.25)  # noqa: S311 - so that jobs that failed together are retried apart: no secret
    state = Job.State.DEAD if one.attempts >= _tries_of(one) else Job.State.PENDING
    Job.objects.filter(pk=one.pk, state=Job.State.PENDING).update(
        state=state, next_at=Now() + wait, leased_until=None, rung_at=None, last_error=words
    )


def _free() -> QuerySet[Job]:
    unheld = Q(leased_until=None) | Q(leased_until__lt=Now())
    return Job.objects.filter(unheld, state=Job.State.PENDING, next_at__lte=Now())
