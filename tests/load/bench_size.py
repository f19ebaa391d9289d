"""What one credential takes up: rows and bytes in each table, write-ahead log, messages at the broker, time of a worker.

Two ways to one: a table of people awarded in bulk, and the whole journey from a draft to an approval. Everything that
follows is done too: all forms signed, letters handed over, backpacks filled. Bytes are what PostgreSQL's files grew by
after VACUUM, divided by the number: rows with their TOAST, and indexes apart.

    SIZES="10000 300" make bench-size         # in bulk, by approval
"""

import os
import tempfile
from pathlib import Path

import django
import psycopg

django.setup()

from tests.load.harness import Bench
from tests.many import ACT_ON_TABLE, TABLES
from tests.stack import Stack

BULK, APPROVED = (int(size) for size in (os.environ.get("SIZES") or "2000 100").split())
BELLS = 20_000

RELATIONS = """
    SELECT relname, n_live_tup, pg_table_size(relid), pg_indexes_size(relid) FROM pg_stat_user_tables
"""
# Processor time, whatever else the machine has to do: of this process, and of the database's that serves it.
CPU = """
import os, time
from django.db import connection
connection.ensure_connection()
SERVED_BY = f"/proc/{{connection.connection.info.backend_pid}}/stat"

def cpu():
    words = open(SERVED_BY).read().rpartition(")")[2].split()
    return time.process_time(), sum(map(int, words[11:13])) / os.sysconf("SC_CLK_TCK")
"""
# Done by one process, step by step: {{job: [seconds of ours, of the database's]}}.
RUN = (
    CPU
    + """
import json
from collections import defaultdict
from apps.core import events, outbox
from apps.core.models import Job
spent = defaultdict(lambda: [0, 0])

def timed(name, act):
    before = cpu()
    act()
    spent[name] = [had + now - then for had, now, then in zip(spent[name], cpu(), before)]

while due := outbox.due():
    for pk in due:
        name = Job.objects.values_list("function", flat=True).get(pk=pk).rpartition(".")[2]
        timed(name, lambda: outbox.run(pk))
while events.Event.objects.filter(block=None).exists():
    timed("seal_events", events.seal)
print(json.dumps(spent))
"""
)
APPROVE = (
    CPU
    + """
import json
from apps.core import outbox
from apps.reviews import verbs
from tests.factories import ALL_GOOD, assessable_attempt, assessor_of, marks_for, published_version
version = published_version()
by = assessor_of(version.achievement)
spent = [0, 0]
for _number in range({number}):
    attempt = assessable_attempt(version)
    verbs.take(attempt, by=by)
    before = cpu()
    verbs.decide(attempt, by=by, marks=marks_for(attempt), answers=ALL_GOOD, note="Thank you.")
    spent = [had + now - then for had, now, then in zip(spent, cpu(), before)]
print(json.dumps(spent))
"""
)
RING = """
import json
from django.core.cache import caches
import redis
from apps.core.tasks import run_job
from config.celery import app
server = redis.Redis.from_url(caches["default"]._servers[0])
before = server.info("memory")["used_memory"]
with app.producer_pool.acquire(block=True) as producer:
    for number in range({bells}):
        run_job.apply_async(args=(10**8 + number,), queue="bulk", producer=producer)
print(json.dumps((server.info("memory")["used_memory"] - before) / {bells}))
"""


def main():
    bench = Bench("size")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench_template WITH (FORCE)")
        connection.execute("CREATE DATABASE bench_template")
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder), "bench_template", name=f"bench_{os.getpid()}") as stack,
    ):
        stack.manage("migrate", "--verbosity", "0")
        # One of each beforehand: what an issuer, a version and a key take up is not the credentials'.
        stack.python(APPROVE.format(number=1))
        (table,) = stack.python(TABLES.format(tables=1, rows=BULK))
        stack.python(RUN.format())
        for name, number, act in (
            ("in bulk", BULK, ACT_ON_TABLE.format(table=table, act="award_bulk", more="")),
            ("by approval", APPROVED, APPROVE.format(number=APPROVED)),
        ):
            grown(bench, stack, name, number, act)
        bench.add("a bell at the broker", "bytes", stack.python(RING.format(bells=BELLS)), n=BELLS)
    bench.finish()


def grown(bench, stack, name, number, act):
    before, log_before = measured(stack)
    files_before = stored(stack)
    decided = stack.python(act)
    spent = stack.python(RUN.format())
    after, log_after = measured(stack)
    grew = {
        table: [(now - then) / number for now, then in zip(after[table], before[table], strict=True)] for table in after
    }
    # What an issuer or a version takes up is not the credentials'.
    grew = {table: of for table, of in grew.items() if of[0] >= 0.2}
    print(f"\n| one credential {name}, of {number:,} | rows | bytes | indexes |\n|---|--:|--:|--:|")
    for table, of in sorted(grew.items(), key=lambda one: -one[1][1] - one[1][2]):
        print(f"| `{table}` | {of[0]:.1f} | {of[1]:,.0f} | {of[2]:,.0f} |")
    rows, heap, indexes = (sum(of[part] for of in grew.values()) for part in range(3))
    print(f"| all of them | {rows:.1f} | {heap:,.0f} | {indexes:,.0f} |", flush=True)
    for what, unit, figure in (("rows", "rows", rows), ("bytes of rows", "bytes", heap), ("indexes", "bytes", indexes)):
        bench.add(f"{name}: {what}", unit, figure, n=number)
    bench.add(f"{name}: write-ahead log", "bytes", (log_after - log_before) / number, n=number)
    bench.add(f"{name}: files", "bytes", (stored(stack) - files_before) / number, n=number)
    if decided is not True:
        spent = {"decide, in the web server": decided} | spent
    for job, (ours, theirs) in spent.items():
        if 1000 * (ours + theirs) / number > 0.05:
            bench.add(f"{name}: {job}, processor", "ms", 1000 * ours / number, n=number)
            bench.add(f"{name}: {job}, the database's", "ms", 1000 * theirs / number, n=number)


def measured(stack):
    """({table: (rows, bytes of rows, bytes of indexes)}, where the write-ahead log is)"""
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("SELECT pg_stat_force_next_flush()")
        found = {name: tuple(figures) for name, *figures in connection.execute(RELATIONS).fetchall()}
        (log,) = connection.execute("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn").fetchone()
    return found, float(log)


def stored(stack):
    return sum(path.stat().st_size for path in (stack.folder / "data" / "storage").rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
