"""Where people stand on pathways: working it out for one, for ten thousand, and the page that shows it.

A tree of 500 nodes and 12 levels is evaluated with half of its badges held, beside one of 50. Ten thousand people are
enrolled on a pathway of a dozen badges, each is given one more badge, and the background's look takes them in batches of
500 on one core. Then the page of a pathway of 50 and of 500 nodes is asked for, beside an empty view of the same server.

`make bench-pathways SIZES="1000 10000 100000"` takes other numbers of people.
"""

import os
import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import django
import psycopg

django.setup()

from apps.pathways.rules import Held, Kind, Rule, Tree, Worth, evaluate
from tests.load.harness import Bench, side_by_side
from tests.stack import Stack

SIZES = [int(size) for size in (os.environ.get("SIZES") or "1000 10000").split()]
SMALL, LARGE, DEEP = 50, 500, 12
NOW = datetime(2026, 7, 1, tzinfo=UTC)

WALKERS = """
import json
from django.db import connection
from apps.accounts.models import User
from apps.core import clock
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.core.ids import new_public_id
from apps.pathways.models import Enrolment
from tests.factories import issuer_with_owner
from tests.factories.pathways import published
school, owner = issuer_with_owner("Bench school {n}")
tree = [{{"all": [f"Badge {{i}}" for i in range(6)]}}, {{"some": [f"Badge {{i}}" for i in range(6, 12)], "needed": 3}}]
version = published(school, tree)
badge = version.nodes.filter(kind="badge").first().achievement
walkers = User.objects.bulk_create(
    User(email=f"walker{n}-{{i}}@bench.example", name=f"Walker {{i}}", password="!") for i in range({n})
)
Enrolment.objects.bulk_create(
    Enrolment(pathway=version.pathway, version=version, learner=one, started_at=clock.now()) for one in walkers
)
one = credentials.award_directly(
    badge.versions.get(), by=owner, address="somebody{n}@bench.example", name="", why="For the measure."
)
rows = []
for walker in walkers:
    one.pk, one.public_id, one.earner = None, new_public_id(), walker
    rows.append(Credential(**{{field.attname: getattr(one, field.attname) for field in Credential._meta.fields}}))
Credential.objects.bulk_create(rows, batch_size=2000)
with connection.cursor() as cursor:
    cursor.execute("ANALYZE")  # as a database that has been up for a minute has done by itself
print(json.dumps([version.pk, len(walkers)]))
"""
LOOK = """
import json, resource, time
from django.db import connection
from apps.pathways import verbs
from apps.pathways.models import Enrolment
ids = list(Enrolment.objects.filter(version={version}).order_by("pk").values_list("pk", flat=True))
batches = [ids[at : at + verbs.AT_ONCE] for at in range(0, len(ids), verbs.AT_ONCE)]
asked, began = [], time.perf_counter()
for batch in batches:
    seen = []
    with connection.execute_wrapper(lambda execute, *call: (seen.append(1), execute(*call))[1]):
        verbs.look_again(batch)
    asked.append(len(seen))
took = time.perf_counter() - began
done = Enrolment.objects.filter(version={version}, steps_done=1).count()
assert done == {n} and len(set(asked)) == 1, (done, asked)
print(json.dumps([took, asked[0], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""
PAGE = """
import json, time
from django.db import connection
from tests.factories import browser, issuer_with_owner, person
from tests.factories.pathways import published
from apps.core.ids import new_public_id
from apps.pathways import verbs
school, owner = issuer_with_owner("Pages {nodes}")
groups = [{{"all": [f"Step {{group}} {{i}}" for i in range(9)]}} for group in range({nodes} // 10 - 1)]
version = published(school, groups)
learner = person("Walker")
verbs.enrol(version.pathway, by=learner)
one, address = browser(learner), version.pathway.get_absolute_url()
one.defaults["HTTP_HOST"] = "localhost"
seen = []
with connection.execute_wrapper(lambda execute, *call: (seen.append(1), execute(*call))[1]):
    assert one.get(address).status_code == 200
times = {{}}
for name, path in (("page", address), ("empty", "/robots.txt")):
    took = []
    for _ in range(15):
        began = time.perf_counter()
        size = len(one.get(path).content)
        took.append(time.perf_counter() - began)
    times[name] = sorted(took)[7] * 1000
    times[name + " kB"] = size / 1024
print(json.dumps([times, len(seen)]))
"""


def main():
    bench = Bench("pathways")
    evaluation(bench)
    with tempfile.TemporaryDirectory() as folder:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS bench_template")
            connection.execute("CREATE DATABASE bench_template")
        with Stack(Path(folder), "bench_template", name=f"bench_{os.getpid()}") as stack:
            stack.manage("migrate", "--verbosity", "0")
            rates = [looking(bench, stack, n) for n in SIZES]
            bench.add(f"look: growth of one, {SIZES[0]} to {SIZES[-1]}", "×", rates[0] / rates[-1], n=SIZES[-1])
            for nodes in (SMALL, LARGE):
                pages(bench, stack, nodes)
    bench.finish()


def evaluation(bench):
    cost = {}
    for nodes in (SMALL, LARGE):
        rules = tree(nodes)
        held = [
            Held((0, leaf.achievement), Worth(Decimal(4), "nzqa"), achievement=leaf.achievement)
            for leaf in rules.leaves[::2]
        ]
        here = side_by_side(lambda rules=rules, held=held: evaluate(rules, held, (), NOW), lambda: None, rounds=3)
        cost[nodes] = 1000 / here[0]
        bench.add(f"evaluation of {len(rules.rules)} nodes, {DEEP} levels", "ms", cost[nodes], n=len(rules.rules))
    growth = cost[LARGE] / cost[SMALL]
    bench.add(f"evaluation growth {SMALL} to {LARGE} nodes", "×", growth, n=LARGE)


def looking(bench, stack, n):
    """Enrolments a second, in batches on one core."""
    version, _walkers = stack.python(WALKERS.format(n=n), fresh=True)
    took, queries, rss = stack.python(LOOK.format(version=version, n=n), fresh=True)
    bench.add(
        f"look at {n} enrolments, of which each has changed", "a second", n / took, n=n, queries=queries, rss_mb=rss
    )
    return n / took


def pages(bench, stack, nodes):
    times, queries = stack.python(PAGE.format(nodes=nodes), fresh=True)
    bench.add(
        f"page of {nodes} nodes, {times['page kB']:.0f} kB",
        "ms",
        times["page"],
        n=nodes,
        peer="an empty view",
        theirs=times["empty"],
        queries=queries,
    )


def tree(nodes):
    """Groups of every kind, twelve levels deep, until there are so many nodes."""
    made = [0]

    def code():
        made[0] += 1
        return f"n{made[0]}"

    def group(depth, share):
        me = code()
        children = []
        while made[0] < share:
            if depth >= DEEP - 1 or len(children) % 3:
                key = code()
                children.append(Rule(key, Kind.BADGE, achievement=int(key[1:])))
            else:
                children.append(group(depth + 1, made[0] + max(3, (share - made[0]) // 2)))
        kinds = (Kind.ALL, Kind.ANY, Kind.SOME, Kind.CREDITS, Kind.MILESTONE)
        kind = kinds[depth % len(kinds)]
        return Rule(
            me,
            kind,
            name="Half way",
            children=tuple(children),
            needed=len(children) // 2 or 1,
            credits=Decimal(3 * len(children)),
            framework="nzqa",
        )

    return Tree(Rule("root", Kind.ALL, children=(group(1, nodes - 1),)))


if __name__ == "__main__":
    main()
