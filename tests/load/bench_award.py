"""From an approval to a credential that a stranger can check, and credentials a second.

The whole way: decision, award, event and job in one transaction; the bell; a real worker that signs, bakes, un-bakes,
compares and writes to the earner. The peer of signing is openbadgeslib with the same proof on its own small document.
"""

import os
import tempfile
from pathlib import Path

import django
import psycopg

django.setup()

from tests.load.harness import Bench, percentile, side_by_side
from tests.stack import Stack, wait_until

SINGLE, GROWTH = 40, (100, 1000)

PREPARE = """
import json
from tests.factories import assessor_of, published_version, taken_attempt
version = published_version()
by = assessor_of(version.achievement)
from tests.factories import assessable_attempt
from apps.reviews import verbs
attempts = [assessable_attempt(version) for _ in range({n})]
for attempt in attempts:
    verbs.take(attempt, by=by)
from apps.core import outbox
outbox.drain()
print(json.dumps([[attempt.pk for attempt in attempts], by.pk]))
"""
ONE_BY_ONE = """
import json, time
from django.db import connection
from apps.accounts.models import User
from apps.credentials.models import Credential, SignedForm
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
ALL = """
import json, time
from django.test.utils import CaptureQueriesContext
from django.db import connection
from apps.accounts.models import User
from apps.core import outbox
from apps.reviews import verbs
from apps.submissions.models import Attempt
from tests.factories import ALL_GOOD, marks_for
by = User.objects.get(pk={by})
began = time.perf_counter()
for attempt in Attempt.objects.filter(pk__in={attempts}):
    verbs.decide(attempt, by=by, marks=marks_for(attempt), answers=ALL_GOOD, note="")
decided = time.perf_counter()
outbox.drain()
print(json.dumps([decided - began, time.perf_counter() - decided]))
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
    signing(bench)
    bench.finish()


def approve_to_verifiable(bench, stack):
    attempts, by = stack.python(PREPARE.format(n=SINGLE))
    stack.start_worker()
    stack.start_beat()
    wait_until(lambda: stack.one("SELECT count(*) FROM core_pulse"), "the worker")
    times = stack.python(ONE_BY_ONE.format(attempts=attempts, by=by))
    stack.stop("worker")
    stack.stop("beat")
    for share, name in ((0.5, "median"), (0.95, "p95")):
        bench.add(
            f"approve: the assessor waits, {name}", "ms", 1000 * percentile([t[0] for t in times], share), n=SINGLE
        )
        bench.add(f"approve → verifiable, {name}", "ms", 1000 * percentile([t[1] for t in times], share), n=SINGLE)


def credentials_a_second(bench, stack):
    cost = {}
    for n in GROWTH:
        attempts, by = stack.python(PREPARE.format(n=n))
        decided, drained = stack.python(ALL.format(attempts=attempts, by=by))
        cost[n] = drained / n
        bench.add(f"award, sign, bake, write, {n}", "credentials/s", n / drained, n=n)
        bench.add(f"decide, {n}", "decisions/s", n / decided, n=n)
    smallest, largest = GROWTH[0], GROWTH[-1]
    bench.add(f"growth {smallest} to {largest}", "×", cost[largest] / cost[smallest], n=largest)


def signing(bench):
    from openbadgeslib.ob3.ldp import OB3LdpVerifier

    from apps.credentials import proofs
    from apps.credentials.formats import ob3
    from tests.conformance.conftest import KEY, METHOD, PEM, RICH, signed

    document = ob3.build(RICH)
    text = proofs.dump(signed(RICH))
    verifier = OB3LdpVerifier(PEM)
    ours, theirs = side_by_side(
        lambda: proofs.sign(document, private_key=KEY, verification_method=METHOD, created=RICH.valid_from),
        lambda: verifier.verify(text),
    )
    bench.add(
        "sign eddsa-rdfc-2022 / its verification", "a second", ours, peer="openbadgeslib (verify)", theirs=theirs, n=5
    )


if __name__ == "__main__":
    main()
