"""From an approval to a credential that a stranger can check, and credentials a second.

The whole way: decision, award, event and job in one transaction; the bell; a real worker that signs, bakes, un-bakes,
compares and writes to the earner. How many a second is asked of one process that does everything itself.

`make bench-award SIZES="100 1000 10000"` goes further than the two sizes it takes by itself.
"""

import os
import tempfile
from pathlib import Path

import django
import psycopg

django.setup()

from tests.load.harness import Bench, peak_mb_of, percentile
from tests.stack import Stack, wait_until

SINGLE = 60
SIZES = [int(size) for size in (os.environ.get("SIZES") or "100 1000").split()]

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


def main():
    bench = Bench("award")
    with tempfile.TemporaryDirectory() as folder:
        admin = os.environ["DATABASE_URL"]
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS bench_template")
            connection.execute("CREATE DATABASE bench_template")
        with Stack(Path(folder), "bench_template", name=f"bench_{os.getpid()}") as stack:
            stack.manage("migrate", "--verbosity", "0")
            approve_to_verifiable(bench, stack)
            credentials_a_second(bench, stack)
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


if __name__ == "__main__":
    main()
