"""A status list of a million: when a change is to be seen in it, and how often it is signed anew for many.

The list has 2²⁰ places, all but a few taken by credentials of one issuer. One credential after another is taken back by
its verb, and the list is asked for over HTTP, with its ETag, until its bit is set: the web server, a worker and beat run
beside, as they do in production. Then ten thousand are taken back a thousand at a time, as the undo of a bulk award does,
and ten thousand one by one, by the verb that the page of one credential calls; what counts there is how often the worker
signs the list.

`make bench-status SIZES="1000000" SINGLY="10000"`: how many places are taken, and how many one by one.
"""

import os
import tempfile
from pathlib import Path

import django
import psycopg

django.setup()

from tests.load.harness import Bench, children_of, peak_mb_of, percentile
from tests.stack import Stack, wait_until

TAKEN = int((os.environ.get("SIZES") or "1000000").split()[-1])
SINGLE, MANY, AT_ONCE = 60, 10_000, 1_000
SINGLY = int(os.environ.get("SINGLY") or "10000")

# One award, signed by the house's own jobs; then rows like it: those to be taken back each somebody's own, the others of
# one person and with an empty snapshot, since nobody reads them.
FILL = """
import json
from django.db import connection, transaction
from apps.accounts.models import User
from apps.core import outbox
from apps.credentials import verbs
from apps.credentials.models import Credential, StatusList
from apps.credentials.verbs import status_lists
from tests.factories import issuer_with_owner, person, published_version
issuer, owner = issuer_with_owner()
earner, version = person("Ana Bench"), published_version(issuer, single=False)
User.objects.bulk_create(
    (User(email=f"bench{{k}}@people.example", name=f"Learner {{k}}", password="!") for k in range({whole})), batch_size=2000
)
first = verbs.award_directly(version, by=owner, address=earner.email, name="", why="Bench.")
outbox.drain()
with transaction.atomic():
    large = status_lists._open_lists(issuer, after=StatusList.objects.get(number=1))
outbox.drain()
columns = {{field.column: f'"{{field.column}}"' for field in Credential._meta.concrete_fields if field.name not in ("id", "public_id")}}
given = columns | {{
    "snapshot": "CASE WHEN k <= {whole} THEN snapshot ELSE '{{}}'::jsonb END",
    "earner_id": f"CASE WHEN k <= {whole} THEN {{earner.pk}} + k ELSE {{earner.pk}} END",
}}
with connection.cursor() as cursor:
    # Rows like one that was looked at are not looked at one by one.
    cursor.execute("SET session_replication_role = replica")
    cursor.execute(f'''
        INSERT INTO credentials_credential ({{", ".join(columns)}}, public_id)
        SELECT {{", ".join(given.values())}}, lpad(translate(k::text, '0189', 'wxyz'), 26, 'a')
        FROM credentials_credential, generate_series(1, {n}) AS k WHERE id = {{first.pk}}''')
    cursor.execute(f'''
        INSERT INTO credentials_statusentry (list_id, credential_id, index)
        SELECT {{large.pk}}, id, row_number() OVER (ORDER BY random()) - 1
        FROM credentials_credential WHERE id <> {{first.pk}}''')
    cursor.execute("SET session_replication_role = DEFAULT")
    cursor.execute("VACUUM ANALYZE")
print(json.dumps([large.pk, owner.pk, issuer.slug, large.number]))
"""
# How long it takes to sign the list, with as many bits set as are asked for.
PUBLISH = """
import json, time
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from apps.credentials import verbs
from apps.credentials.formats import bitstring
from apps.credentials.models import StatusList
from apps.credentials.verbs.signing import _set_bits
from apps.credentials.verbs.status_lists import announce_change
times, found = [], []
for _turn in range(7):
    with transaction.atomic():
        announce_change(StatusList.objects.locked({list}))
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        done = verbs.publish({list})
    times.append(time.perf_counter() - began)
    began = time.perf_counter()
    bits = _set_bits(done)
    found.append(time.perf_counter() - began)
began = time.perf_counter()
bitstring.encode(bits, done.size)
print(json.dumps([sorted(times)[3], sorted(found)[3], time.perf_counter() - began, len(done.text), len(bits), len(queries)]))
"""
ONE_BY_ONE = """
import json, time, urllib.error, urllib.request
from apps.accounts.models import User
from apps.credentials import verbs
from apps.credentials.formats import bitstring
from apps.credentials.models import Credential
by = User.objects.get(pk={by})
def ask(etag):
    asked = urllib.request.Request("{url}", headers={{"If-None-Match": etag}})
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.headers["ETag"], answer.read()
    except urllib.error.HTTPError as error:
        assert error.code == 304, error
        return etag, b""
etag, _text = ask("")
times = []
for one in Credential.objects.filter(status_entry__list={list}, status="valid").order_by("pk")[:{n}]:
    index = one.status_entry.index
    verbs.revoke(one, by=by, reason="mistake", note="")
    began, shown = time.perf_counter(), False
    while not shown:
        etag, text = ask(etag)
        if text:
            encoded = json.loads(text)["credentialSubject"]["encodedList"]
            shown = bitstring.is_set(bitstring.decode(encoded, most_bytes=2**20), index)
        else:
            time.sleep(0.005)
    times.append(time.perf_counter() - began)
print(json.dumps(times))
"""
MANY_AT_ONCE = """
import json, time
from django.db import transaction
from apps.core import clock
from apps.credentials.models import Credential
from apps.credentials.verbs import status_lists
began = time.perf_counter()
for _chunk in range({n} // {at_once}):
    with transaction.atomic():
        found = Credential.objects.filter(status_entry__list={list}, status="valid").order_by("pk")
        before = dict(found.select_for_update(of=("self",))[:{at_once}].values_list("pk", "status"))
        Credential.objects.filter(pk__in=before).update(status="revoked", status_at=clock.now(), status_reason="mistake")
        status_lists.change_bits_many(before, now="revoked")
print(json.dumps(time.perf_counter() - began))
"""
MANY_SINGLY = """
import json, time
from apps.accounts.models import User
from apps.credentials import verbs
from apps.credentials.models import Credential
by = User.objects.get(pk={by})
found = list(Credential.objects.filter(status_entry__list={list}, status="valid").order_by("pk")[:{n}])
began = time.perf_counter()
for one in found:
    verbs.revoke(one, by=by, reason="mistake", note="")
print(json.dumps(time.perf_counter() - began))
"""


def main():
    bench = Bench("status")
    with tempfile.TemporaryDirectory() as folder:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS bench_template")
            connection.execute("CREATE DATABASE bench_template")
        with Stack(Path(folder), "bench_template", name=f"bench_{os.getpid()}") as stack:
            stack.manage("migrate", "--verbosity", "0")
            measure(bench, stack)
    bench.finish()


def measure(bench, stack):
    pk, by, slug, number = stack.python(FILL.format(n=TAKEN, whole=MANY + SINGLY + SINGLE), fresh=True)
    signing(bench, stack, pk)
    stack.start_web()
    stack.start_worker("now,mail", name="worker", processes=1)
    stack.start_worker("bulk", name="bulk", processes=1)
    stack.start_beat()
    wait_until(lambda: stack.one("SELECT count(*) FROM core_pulse"), "the worker")
    rss = worker_mb(stack)
    address = f"{stack.url}/status/{slug}/{number}"
    times = stack.python(ONE_BY_ONE.format(list=pk, by=by, url=address, n=SINGLE), fresh=True)
    for share, name in ((0.5, "median"), (0.95, "p95"), (1, "longest")):
        bench.add(f"revoked → in the list, {name}", "ms", 1000 * percentile(times, share), n=SINGLE, rss_mb=rss)
    for name, code, n in (("a thousand at a time", MANY_AT_ONCE, MANY), ("one by one", MANY_SINGLY, SINGLY)):
        settle(stack, pk)
        before = rebuilds(stack, pk)
        seconds = stack.python(code.format(list=pk, by=by, n=n, at_once=AT_ONCE), fresh=True)
        settle(stack, pk)
        rss = worker_mb(stack)
        bench.add(f"{n} revoked {name}", "a second", n / seconds, n=n)
        bench.add(f"{n} revoked {name}: signed", "times", rebuilds(stack, pk) - before, n=n, rss_mb=rss)
    for name in ("worker", "bulk", "beat"):
        stack.stop(name)
    signing(bench, stack, pk)


def signing(bench, stack, pk):
    took, found, packed, size, bits, queries = stack.python(PUBLISH.format(list=pk), fresh=True)
    bench.add(f"sign a list with {bits} bits set", "ms", 1000 * took, n=TAKEN, queries=queries)
    bench.add("of that: find the bits", "ms", 1000 * found, n=TAKEN)
    bench.add("of that: pack them", "ms", 1000 * packed, n=TAKEN)
    bench.add("its text", "kB", size / 1000, n=TAKEN)


def rebuilds(stack, pk):
    return stack.one(
        "SELECT count(*) FROM core_event e JOIN credentials_statuslist l ON l.public_id = e.subject_id "
        "WHERE e.kind = 'status_list.published' AND l.id = %s",
        pk,
    )


def worker_mb(stack):
    return max(peak_mb_of(pid) for pid in children_of(stack.processes["worker"].pid))


def settle(stack, pk):
    """Until the list holds every change."""
    wait_until(
        lambda: stack.one("SELECT published = changes FROM credentials_statuslist WHERE id = %s", pk), "the list", 120
    )


if __name__ == "__main__":
    main()
