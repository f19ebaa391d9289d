"""From an approval to a credential that a stranger can check, and credentials a second.

The whole way: decision, award, event and job in one transaction; the bell; a real worker that signs, bakes, un-bakes,
compares and writes to the earner. How many a second is asked of one process that does everything itself.

Then many at once: a table of people is awarded by the worker for bulk, from the press of the button until each of them
has a signed, baked, stored credential with its place in the status list, its event and its notice; and approvals at
twenty a second, with and without such a table beside them.

`make bench-award SIZES="100 1000" MANY="1000 10000 100000"` says the sizes of either, PARTS="many_at_once" which
parts run.
"""

import os
import tempfile
import time
from pathlib import Path

import django
import psycopg

django.setup()

from config.parts import roles
from tests.load.harness import Bench, children_of, peak_mb_of, percentile
from tests.stack import Stack, wait_until

SINGLE = 60
SIZES = [int(size) for size in (os.environ.get("SIZES") or "100 1000").split()]
MANY_AT_ONCE = [int(size) for size in (os.environ.get("MANY") or "1000 10000 100000").split()]
# Approvals a second, and for how many seconds; the web server's threads.
WARM, PACE, LASTS = 10, int(os.environ.get("PACE") or 20), int(os.environ.get("LASTS") or 15)
THREADS = int(os.environ.get("WEB_THREADS") or 6)
PARTS = os.environ.get("PARTS", "").split() or [
    *("approve_to_verifiable", "credentials_a_second", "many_at_once", "approvals_beside_many"),
]
BULK_PROCESSES = int(os.environ.get("BULK_PROCESSES") or roles.WORKERS["worker-bulk"][1])

PREPARE = """
import json
from apps.core import outbox
from apps.reviews import verbs
from tests.factories import assessable_attempt, assessor_of, published_version
version = published_version()
by = assessor_of(version.achievement)
attempts = [assessable_attempt(version) for _ in range({n})]
for attempt in attempts:
    verbs.take(attempt, by=by)
outbox.drain()
print(json.dumps([[attempt.pk for attempt in attempts], by.pk]))
"""
ONE_BY_ONE = """
import json, time
from apps.accounts.models import User
from apps.credentials.models import SignedForm
from apps.reviews import verbs
from apps.submissions.models import Attempt
from tests.factories import ALL_GOOD, marks_for
by = User.objects.get(pk={by})
times = []
for pk in {attempts}:
    attempt = Attempt.objects.get(pk=pk)
    marks = marks_for(attempt)
    began = time.perf_counter()
    decision = verbs.decide(attempt, by=by, marks=marks, answers=ALL_GOOD, note="")
    decided = time.perf_counter()
    while not SignedForm.objects.filter(credential__decision_id=decision.public_id, bakes__isnull=False).exists():
        time.sleep(0.002)
    times.append([decided - began, time.perf_counter() - began])
print(json.dumps(times))
"""
COUNTED = """
import json
from django.db import connection
from django.test.utils import CaptureQueriesContext
from apps.accounts.models import User
from apps.core import outbox
from apps.core.models import Job
from apps.reviews import verbs
from apps.submissions.models import Attempt
from tests.factories import ALL_GOOD, marks_for
attempt, by = Attempt.objects.get(pk={attempt}), User.objects.get(pk={by})
marks = marks_for(attempt)
with CaptureQueriesContext(connection) as approval:
    verbs.decide(attempt, by=by, marks=marks, answers=ALL_GOOD, note="")
jobs = {{}}
while due := outbox.due():
    for pk in due:
        name = Job.objects.get(pk=pk).function
        with CaptureQueriesContext(connection) as queries:
            outbox.run(pk)
        jobs[name] = len(queries)
print(json.dumps([len(approval), jobs]))
"""
MANY = """
import json, resource, time
from apps.core import outbox
from apps.core.models import Job
from apps.credentials.models import Credential
from apps.reviews import verbs
from tests.factories import ALL_GOOD, assessable_attempt, assessor_of, marks_for, published_version
LATER = "apps.credentials.tasks.sign_others"
version = published_version()
by = assessor_of(version.achievement)
attempts = [assessable_attempt(version) for _ in range({n})]
for attempt in attempts:
    verbs.take(attempt, by=by)
outbox.drain()
began = time.perf_counter()
for attempt in attempts:
    verbs.decide(attempt, by=by, marks=marks_for(attempt), answers=ALL_GOOD, note="")
decided = time.perf_counter()
# What is asked for is the first form; the further ones are made by another worker, and measured by themselves.
while due := list(Job.objects.filter(state="pending").exclude(function=LATER).order_by("pk").values_list("pk", flat=True)):
    for pk in due:
        outbox.run(pk)
done = time.perf_counter()
assert Credential.objects.filter(version=version, state="offered").count() == {n}
outbox.drain()
whole = time.perf_counter()
print(json.dumps([decided - began, done - decided, whole - done, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""
TABLE = """
import json
from django.db import connection
from apps.core import clock
from apps.core.copying import copy_in
from apps.credentials import verbs
from apps.credentials.models import BulkAward, BulkRow
from tests.factories import owner_of, published_version
version = published_version()
by = owner_of(version.achievement.issuer)
bulk = BulkAward.objects.create(
    issuer=version.achievement.issuer, version=version, by=by, why="The course", file_name="people.csv",
    state="checked", made_at=clock.now(),
)
copy_in(
    BulkRow,
    ("bulk", "number", "cells", "address", "name", "narrative", "evidence", "language", "is_new", "state", "problem", "told"),
    (
        (bulk.pk, n, "[]", f"p{{n}}.{{bulk.pk}}@people.example", f"Person {{n}}", "", "[]", "", False, "ready", "", "{{}}")
        for n in range(2, {n} + 2)
    ),
)
with connection.cursor() as cursor:
    cursor.execute("ANALYZE")
verbs.award_bulk(bulk, by=by)
print(json.dumps(bulk.pk))
"""
# Decides at a steady pace, by as many threads as a web server has; the one that watches sees each credential when anybody
# could.
PACED = """
import json, threading, time
from concurrent.futures import ThreadPoolExecutor
from apps.accounts.models import User
from apps.core import prepared
from apps.reviews import verbs
from apps.submissions.models import Attempt
from tests.factories import ALL_GOOD, marks_for
by = User.objects.get(pk={by})
attempts = [Attempt.objects.get(pk=pk) for pk in {attempts}]
marks = [marks_for(one) for one in attempts]
asked, seen = {{}}, {{}}
over = threading.Event()
BAKED = (
    "SELECT c.decision_id FROM credentials_credential c JOIN credentials_signedform f ON f.credential_id = c.id "
    "JOIN credentials_bake b ON b.form_id = f.id WHERE c.decision_id = ANY(%s::varchar[]) "
    "AND f.format = 'ob3-eddsa-rdfc-2022' AND b.picture = 'png'"
)

def watch():
    from django.db import connection
    while not over.is_set():
        if waiting := asked.keys() - seen.keys():
            now = prepared.ask(BAKED, [list(waiting)])
            at = time.perf_counter()
            for (one,) in now:
                seen.setdefault(one, at)
        # A measure polls: without a pause it would be the load that it measures. So much too late it may see one.
        time.sleep(0.02)
    connection.close()

# The first ones make the issuer's keys, and compile: each until anybody can verify it, before the next.
for attempt, mark in zip(attempts[:{warm}], marks):
    decision = verbs.decide(attempt, by=by, marks=mark, answers=ALL_GOOD, note="")
    latest = time.perf_counter() + 60
    while not prepared.ask(BAKED, [[decision.public_id]]):
        if time.perf_counter() > latest:
            raise SystemExit("An approval was not verifiable within a minute: is a worker running?")
        # Asked without a pause, this would take the processor from the workers that it waits for.
        time.sleep(0.01)
attempts, marks = attempts[{warm}:], marks[{warm}:]
watching = threading.Thread(target=watch)
watching.start()
time.sleep(0.2)

def decide(attempt, mark, due):
    decision = verbs.decide(attempt, by=by, marks=mark, answers=ALL_GOOD, note="")
    asked[decision.public_id] = due

began = time.perf_counter()
with ThreadPoolExecutor({threads}) as pages:
    pressed = []
    for number, (attempt, mark) in enumerate(zip(attempts, marks)):
        due = began + number / {pace}
        # The steady pace is what is measured: nobody presses before their moment.
        time.sleep(max(0, due - time.perf_counter()))
        pressed.append(pages.submit(decide, attempt, mark, due))
for one in pressed:
    one.result()
ends = time.perf_counter() + 60
while len(seen.keys() & asked.keys()) < len(asked) and time.perf_counter() < ends:
    time.sleep(0.05)
over.set()
watching.join()
print(json.dumps([seen[one] - due if one in seen else 60 for one, due in asked.items()]))
"""


def main():
    bench = Bench("award")
    with tempfile.TemporaryDirectory() as folder:
        admin = os.environ["DATABASE_URL"]
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS bench_template")
            connection.execute("CREATE DATABASE bench_template")
        with Stack(Path(folder), "bench_template", name=f"bench_{os.getpid()}") as stack:
            stack.manage("migrate", "--verbosity", "0")
            for part in (approve_to_verifiable, credentials_a_second, many_at_once, approvals_beside_many):
                if part.__name__ in PARTS:
                    part(bench, stack)
    bench.finish()


def approve_to_verifiable(bench, stack):
    (counted, *attempts), by = stack.python(PREPARE.format(n=SINGLE + 1), fresh=True)
    approval, jobs = stack.python(COUNTED.format(attempt=counted, by=by), fresh=True)
    stack.start_worker()
    stack.start_beat()
    wait_until(lambda: stack.one("SELECT count(*) FROM core_pulse"), "the worker")
    times = stack.python(ONE_BY_ONE.format(attempts=attempts, by=by), fresh=True)
    rss = peak_mb_of(stack.processes["worker"].pid)
    stack.stop("worker")
    stack.stop("beat")
    for share, name in ((0.5, "median"), (0.95, "p95")):
        waits, whole = (1000 * percentile([one[part] for one in times], share) for part in (0, 1))
        bench.add(f"approve: the assessor waits, {name}", "ms", waits, n=SINGLE, rss_mb=rss, queries=approval)
        bench.add(
            f"approve → verifiable, {name}", "ms", whole, n=SINGLE, rss_mb=rss, queries=approval + sum(jobs.values())
        )


def credentials_a_second(bench, stack):
    cost = {}
    for n in SIZES:
        decided, awarded, others, rss = stack.python(MANY.format(n=n), fresh=True)
        cost[n] = (decided + awarded) / n
        bench.add(f"decide, {n}", "decisions/s", n / decided, n=n, rss_mb=rss)
        bench.add(f"sign, bake, write, file, {n}", "credentials/s", n / awarded, n=n, rss_mb=rss)
        bench.add(f"the four further forms, {n}", "credentials/s", n / others, n=n, rss_mb=rss)
        bench.add(f"all of it but those, {n}", "credentials/s", 1 / cost[n], n=n, rss_mb=rss)
    smallest, largest = min(SIZES), max(SIZES)
    bench.add(
        f"growth of the cost, {smallest} to {largest}", "×", cost[largest] / cost[smallest], n=largest, rss_mb=rss
    )


def many_at_once(bench, stack):
    """With the worker for bulk as `make up` has it."""
    cost = {}
    for n in MANY_AT_ONCE:
        stack.start_worker("bulk", name="bulk", processes=BULK_PROCESSES)
        stack.start_beat()
        time.sleep(3)  # a worker says nowhere that it listens
        bulk = stack.python(TABLE.format(n=n), fresh=True)
        took = lasted(stack, bulk, 60 + n / 100)
        rss = max(peak_mb_of(pid) for pid in children_of(stack.processes["bulk"].pid))
        stack.stop("bulk")
        stack.stop("beat")
        stack.rows("DELETE FROM core_job WHERE state = 'pending' RETURNING id")  # what follows is not asked here
        cost[n] = took / n
        bench.add(f"many: award → signed → notice, {n}", "credentials/s", n / took, n=n, rss_mb=rss)
    smallest, largest = min(MANY_AT_ONCE), max(MANY_AT_ONCE)
    bench.add(f"many: growth {smallest} to {largest}", "×", cost[largest] / cost[smallest], n=largest, rss_mb=rss)


def approvals_beside_many(bench, stack):
    attempts, by = stack.python(PREPARE.format(n=2 * (WARM + PACE * LASTS)), fresh=True)
    for beside in (0, max(MANY_AT_ONCE)):
        stack.start_worker("now", name="now", processes=2)
        stack.start_worker("mail", name="mail", processes=1)
        stack.start_worker("bulk", name="bulk", processes=BULK_PROCESSES)
        stack.start_beat()
        time.sleep(3)
        if beside:
            bulk = stack.python(TABLE.format(n=beside), fresh=True)
            began = time.monotonic()
        n = WARM + PACE * LASTS
        some, attempts = attempts[:n], attempts[n:]
        times = stack.python(PACED.format(by=by, attempts=some, pace=PACE, warm=WARM, threads=THREADS), fresh=True)
        if beside:
            done = stack.one("SELECT count(*) FROM credentials_bulkrow WHERE bulk_id = %s AND state <> 'ready'", bulk)
            assert 0 < done < beside, f"of the table, {done} were awarded while the approvals were made"
            bench.add(
                f"many: awarded beside {PACE} approvals a second",
                "credentials/s",
                done / (time.monotonic() - began),
                n=done,
            )
        for name in ("now", "mail", "bulk", "beat"):
            stack.stop(name)
        for share, name in ((0.5, "median"), (0.95, "p95")):
            said = f"approve → verifiable at {PACE}/s" + (f" beside {beside}" if beside else "")
            bench.add(f"{said}, {name}", "ms", 1000 * percentile(times, share), n=len(times))


def lasted(stack, bulk, most):
    ends = time.monotonic() + most
    while time.monotonic() < ends:
        took = stack.one(
            "SELECT extract(epoch FROM finished_at - started_at) FROM credentials_bulkaward WHERE id = %s", bulk
        )
        if took is not None:
            return float(took)
        time.sleep(0.1)
    raise AssertionError(f"the table was not awarded within {most} s")


if __name__ == "__main__":
    main()
