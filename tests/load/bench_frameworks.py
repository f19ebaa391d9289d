"""A framework from its file to a current version, and finding among its items.

Each size in CASE 1.1 and in CSV: the dry run that a person waits for (read, check, compare), then the import that a
worker does in chunks; each in a process of its own, whose most memory is told. The limits it has to keep: 20,000 items
in 60 s and 300 MB.

`make bench-frameworks SIZES="1000 20000"` takes other sizes.
"""

import os
import tempfile
from pathlib import Path

import django
import psycopg

django.setup()

from tests.load.harness import Bench, percentile
from tests.stack import Stack

SIZES = [int(size) for size in (os.environ.get("SIZES") or "1000 10000 20000").split()]
SEARCHES = 40
MOST_SECONDS, MOST_MB = 60, 300

WRITE = """
import csv, json, uuid
items, associations, document = [], [], str(uuid.UUID(int={n} * 10**9))
link = lambda name: dict(title="Kaiwhakahaere", identifier=name, uri=f"https://case.example/uri/{{name}}")
words = "Facilitate a restorative kōrero between whānau and kura, number {{}}, and keep everybody safe and heard"
rows = []
for n in range({n}):
    name = str(uuid.UUID(int=n + 1))
    parent = 0 if n % 400 == 0 else n - n % 400 + 1 if n % 20 == 0 else n - n % 20 + 1
    items.append(dict(identifier=name, uri=f"https://case.example/uri/{{name}}", fullStatement=words.format(n),
        humanCodingScheme=f"K.{{n}}", CFItemType="Skill", educationLevel=["05", "06"],
        lastChangeDateTime="2026-01-01T00:00:00+00:00", CFDocumentURI=link(document)))
    associations.append(dict(identifier=str(uuid.UUID(int=10**6 + n)), uri="https://case.example/uri/x",
        associationType="isChildOf", sequenceNumber=n, originNodeURI=link(name),
        destinationNodeURI=link(str(uuid.UUID(int=parent)) if parent else document), lastChangeDateTime="2026-01-01T00:00:00+00:00"))
    rows.append((name, f"K.{{n}}", words.format(n), "Skill", str(uuid.UUID(int=parent)) if parent else "", "05|06"))
package = dict(CFDocument=dict(identifier=document, uri="https://case.example/d", creator="Te Kura", title="Reo",
    lastChangeDateTime="2026-01-01T00:00:00+00:00"), CFItems=items, CFAssociations=associations)
with open("{folder}/case", "w") as file:
    json.dump(package, file, indent=2, ensure_ascii=False)
with open("{folder}/csv", "w", newline="") as file:
    csv.writer(file).writerows([("identifier", "code", "statement", "type", "parent", "levels"), *rows])
print("null")
"""
CHECK = """
import json, resource, time
from apps.frameworks import verbs
from apps.frameworks.models import Framework
from tests.factories import operator
data = open("{folder}/{kind}", "rb").read()
by = operator()
began = time.perf_counter()
title = "Bench {kind} {n}"
found = verbs.upload(
    data, by=by, file_name="{kind}", title=title, label="{label}", into=Framework.objects.filter(title=title).first()
)
took = time.perf_counter() - began
assert (found.state, found.rows_total) == ("checked", {n}), found.findings[:3]
verbs.confirm(found, by=by)
print(json.dumps([found.pk, len(data) / 1024**2, took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""
CARRY_OUT = """
import json, resource, time
from django.db import connection
from django.test.utils import CaptureQueriesContext
from apps.frameworks import verbs
from apps.frameworks.models import FrameworkImport
began = time.perf_counter()
with CaptureQueriesContext(connection) as queries:
    verbs.carry_out({pk})
took = time.perf_counter() - began
found = FrameworkImport.objects.select_related("version").get(pk={pk})
assert (found.state, found.version.items.count()) == ("done", {n}), found.refusal
print(json.dumps([took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(queries)]))
"""
FIND = """
import json, random, time
from apps.frameworks import queries
from apps.frameworks.models import Framework
framework = Framework.objects.get(title="Bench case {n}")
random.seed(7)
times = []
for _search in range({searches}):
    asked = f"korero whanau {{random.randrange({n})}}"
    began = time.perf_counter()
    found = queries.search_items(asked, framework=framework)
    times.append(time.perf_counter() - began)
    assert found
common = []
for _search in range(10):
    began = time.perf_counter()
    assert len(queries.search_items("safe", framework=framework)) == 20
    common.append(time.perf_counter() - began)
print(json.dumps([times, common]))
"""


def main():
    bench = Bench("frameworks")
    with tempfile.TemporaryDirectory() as folder:
        admin = os.environ["DATABASE_URL"]
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS bench_template")
            connection.execute("CREATE DATABASE bench_template")
        with Stack(Path(folder), "bench_template", name=f"bench_{os.getpid()}") as stack:
            stack.manage("migrate", "--verbosity", "0")
            cost = {}
            for n in SIZES:
                stack.python(WRITE.format(n=n, folder=folder), fresh=True)
                for kind in ("case", "csv"):
                    cost[kind, n] = from_file_to_version(bench, stack, folder, kind, n)
            for kind in ("case", "csv"):
                from_file_to_version(bench, stack, folder, kind, SIZES[-1], again=True)
            find(bench, stack, SIZES[-1])
    smallest, largest = SIZES[0], SIZES[-1]
    for kind in ("case", "csv"):
        (checked, imported), (least_checked, least_imported) = cost[kind, largest], cost[kind, smallest]
        growth = (imported / largest) / (least_imported / smallest)
        bench.add(f"{kind}: growth of an item's import, {smallest} to {largest}", "×", growth, n=largest)
        growth = (checked / largest) / (least_checked / smallest)
        bench.add(f"{kind}: growth of an item's check, {smallest} to {largest}", "×", growth, n=largest)
    bench.finish()
    within_limits(bench)


def from_file_to_version(bench, stack, folder, kind, n, *, again=False):
    """`again`: as the next version of what is there, compared with it row by row."""
    label = "2" if again else "1"
    pk, size, checked, check_mb = stack.python(CHECK.format(folder=folder, kind=kind, n=n, label=label), fresh=True)
    imported, import_mb, queries = stack.python(CARRY_OUT.format(pk=pk, n=n), fresh=True)
    what = f"{n} again" if again else f"{n}"
    bench.add(f"{kind}: dry run of {what}, {size:.1f} MB", "s", checked, n=n, rss_mb=check_mb)
    bench.add(f"{kind}: import of {what}", "s", imported, n=n, rss_mb=import_mb, queries=queries)
    return checked, imported


def find(bench, stack, n):
    times, common = stack.python(FIND.format(n=n, searches=SEARCHES), fresh=True)
    for share, name in ((0.5, "median"), (0.95, "p95")):
        bench.add(f"find one of {n}, {name}", "ms", 1000 * percentile(times, share), n=SEARCHES, queries=1)
    bench.add(f"find what all {n} have, median", "ms", 1000 * percentile(common, 0.5), n=len(common), queries=1)


def within_limits(bench):
    """Whatever the machine: the limits that the product promises."""
    for case in bench.cases:
        assert case.unit != "s" or case.ours <= MOST_SECONDS, case
        assert case.unit != "s" or case.rss_peak_mb <= MOST_MB, case


if __name__ == "__main__":
    main()
