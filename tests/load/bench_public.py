"""What strangers open: a public collection of 200 badges, a badge's JSON, and how often one page may be asked for.

Each page goes through the whole of Django, from WSGI to the last byte; the same visit without a page (a view that says
nothing, behind the same middleware) stands beside it as the peer. “Cold” is made anew each time; “warm” is what a visitor
gets while another's answer is less than a second old. “Held” is a file of which the process asks no more than who may see
it. Beside these: a backpack of 24 and of 5,000, and an archive of 2,000.
"""

import io
import os
import subprocess
import sys
import types
from datetime import date

import django
import psycopg

from tests.stack import beside

ADMIN = os.environ["DATABASE_URL"]
NAME = f"bench_public_{os.getpid()}"
os.environ["DATABASE_URL"] = beside(ADMIN, NAME)
django.setup()

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from apps.backpacks import verbs
from apps.backpacks.models import BackpackItem
from apps.core import outbox
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.credentials.views import files
from tests.factories import issuer_with_owner, person, published_version
from tests.load.harness import Bench, side_by_side

BADGES, BACKPACK, ARCHIVE = 200, 5_000, 2_000
VISITS = int(os.environ.get("VISITS") or "100000")

# Copies of one award to the same earner, signed form and all; each in the backpack.
COPIES = """
INSERT INTO credentials_credential ({columns}, public_id)
SELECT {columns}, {id_of_k} FROM credentials_credential, generate_series(1, {n}) AS k WHERE id = {first};
INSERT INTO credentials_signedform (credential_id, format, key_id, text, sha256, signed_at)
SELECT c.id, f.format, f.key_id, f.text, f.sha256, f.signed_at
FROM credentials_credential c, credentials_signedform f WHERE f.credential_id = {first} AND c.id > {first};
INSERT INTO backpacks_backpackitem (public_id, person_id, kind, credential_id, name, issuer_name, earned_on, skills, tags,
    note, picture, is_hidden, filed_at)
SELECT {id_of_c}, earner_id, 'earned', c.id, 'Badge ' || c.id, 'Issuer ' || c.id % 40, now()::date - (c.id % 900)::int,
    ARRAY['Skill ' || c.id % 30], '{{}}', '', '', false, now() - c.id * interval '1 minute'
FROM credentials_credential c WHERE c.id > {first};
"""
_ID = "translate(substr(md5(({0})::text || 'x') || md5(({0})::text), 1, 26), '0189', 'wxyz')"
BLOCKS = """
INSERT INTO backpacks_block (public_id, collection_id, item_id, kind, words, shows_name, shows_result, shows_evidence,
    position)
SELECT {id_of_i}, %s, i.id, 'small', '', true, true, true, i.id %% 1000
FROM backpacks_backpackitem i WHERE i.person_id = %s ORDER BY i.id LIMIT %s
"""
EXPORT = """
import django, resource, sys, time
django.setup()
from apps.accounts.models import User
from apps.backpacks import exporting
began, size = time.perf_counter(), 0
for chunk in exporting.archive(User.objects.get(pk=int(sys.argv[1]))):
    size += len(chunk)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, size, time.perf_counter() - began)
"""


def main():
    with psycopg.connect(ADMIN, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {NAME}")
        try:
            call_command("migrate", verbosity=0)
            measure(Bench("public"))
        finally:
            connection.close()
            admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def measure(bench):
    settings.ROOT_URLCONF = _with_an_empty_view()
    # The web server keeps its connections, in a pool.
    connection.settings_dict["CONN_MAX_AGE"] = None
    ask = Asking(get_wsgi_application())
    first, collection = fill(BADGES)
    page, nothing = f"/b/{collection.public_id}/", "/nothing/"
    credentials.show(first, "public", by=first.earner)

    settings.KEPT_BRIEFLY = 0
    ask(page)
    with Asked() as asked:
        body = ask(page)
    ours, theirs, calls = side_by_side(lambda: ask(page), lambda: ask(nothing), seconds=2)
    bench.add(
        "public collection / empty view, cold",
        "pages/s",
        ours,
        n=calls,
        peer="empty view",
        theirs=theirs,
        queries=len(asked.seen),
    )
    bench.add("public collection, HTML", "kB", len(body) / 1000, n=1)
    bench.add("public collection, badges on it", "badges", body.count(b"pocket-card"), n=1)

    settings.KEPT_BRIEFLY = 0.8
    ours, theirs, calls = side_by_side(lambda: ask(page), lambda: ask(nothing), seconds=2)
    bench.add("public collection / empty view, warm", "pages/s", ours, n=calls, peer="empty view", theirs=theirs)
    signed(bench, ask, f"/c/{first.public_id}.json", nothing)
    with Asked(_writes) as writes:
        for _visit in range(VISITS):
            ask(page)
    bench.add("a page that everybody opens: rows written", "rows", len(writes.seen), n=VISITS)

    backpack(bench, first.earner)
    archive(bench, first.earner, first)
    bench.finish()


def signed(bench, ask, json, nothing):
    """A badge's JSON: a moment after another visitor; as this process holds it; as the database does."""

    def forgotten():
        files._held.clear()
        return ask(json)

    for name, briefly, act in (
        ("warm", 0.8, lambda: ask(json)),
        ("held", 0, lambda: ask(json)),
        ("cold", 0, forgotten),
    ):
        settings.KEPT_BRIEFLY = briefly
        act()
        with Asked() as asked:
            act()
        ours, theirs, calls = side_by_side(act, lambda: ask(nothing), seconds=2)
        bench.add(
            f"credential JSON / empty view, {name}",
            "answers/s",
            ours,
            n=calls,
            peer="empty view",
            theirs=theirs,
            queries=len(asked.seen),
        )
    settings.KEPT_BRIEFLY = 0.8


def backpack(bench, owner):
    many, few = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    many.force_login(owner)
    few.force_login(_with_some())
    counts = {}
    for name, client in (("24", few), ("5,000", many)):
        client.get("/backpack/")
        with Asked() as asked:
            assert client.get("/backpack/?sort=issuer").status_code == 200
        counts[name] = len(asked.seen)
    ours, theirs, calls = side_by_side(lambda: many.get("/backpack/"), lambda: few.get("/backpack/"), seconds=2)
    bench.add(
        "backpack of 5,000 / of 24",
        "pages/s",
        ours,
        n=calls,
        peer="backpack of 24",
        theirs=theirs,
        queries=counts["5,000"],
    )
    bench.add("backpack of 24: queries", "queries", counts["24"], n=1, queries=counts["24"])


def archive(bench, owner, first):
    keep = owner.backpack_items.order_by("pk").values("pk")[:ARCHIVE]
    BackpackItem.objects.filter(person=owner).exclude(pk__in=keep).exclude(credential=first).delete()
    told = subprocess.run(
        [sys.executable, "-c", EXPORT, str(owner.pk)], env=os.environ, capture_output=True, text=True, check=True
    ).stdout
    rss, size, seconds = map(float, told.split())
    bench.add("export of 2,000", "MB/s", size / 1e6 / seconds, n=ARCHIVE, rss_mb=rss)
    bench.add("export of 2,000: size", "MB", size / 1e6, n=ARCHIVE, rss_mb=rss)


def fill(n):
    """The first credential, signed by the house's own jobs, and a public collection with `n` of its kind."""
    issuer, owner = issuer_with_owner()
    earner = person("Ana Bench")
    version = published_version(issuer, single=False)
    first = credentials.award_directly(version, by=owner, address=earner.email, name="", why="Bench.")
    outbox.drain()
    first = Credential.objects.get(pk=first.pk)
    credentials.claim(first, by=earner)
    first.refresh_from_db()
    copy(first, BACKPACK)
    collection = verbs.make_collection(by=earner, title="Everything", story="All of it.")
    with connection.cursor() as cursor:
        cursor.execute(BLOCKS.format(id_of_i=_ID.format("i.id")), [collection.pk, earner.pk, n])
    verbs.publish_collection(collection, by=earner)
    return first, collection


def copy(first, n):
    columns = ", ".join(
        f'"{field.column}"' for field in Credential._meta.concrete_fields if field.name not in {"id", "public_id"}
    )
    with connection.cursor() as cursor:
        cursor.execute(
            COPIES.format(
                columns=columns, n=n, first=first.pk, id_of_k=_ID.format("k"), id_of_c=_ID.format("c.id + 10000000")
            )
        )
        cursor.execute("ANALYZE")


def _with_some():
    """Somebody with 24 things in their backpack."""
    someone = person()
    for number in range(24):
        verbs.declare(by=someone, name=f"Paper {number}", issuer_name="School", earned_on=date(2025, 1, 1 + number))
    return someone


class Asking:
    """One visitor of the WSGI application, without a cookie."""

    def __init__(self, application):
        self.application = application

    def __call__(self, path):
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "localhost"}
        environ |= {
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
        }
        environ |= {"REMOTE_ADDR": "127.0.0.1", "wsgi.errors": sys.stderr}
        said = []
        answer = self.application(environ, lambda status, _headers: said.append(status))
        body = b"".join(answer)
        answer.close()
        assert said == ["200 OK"], (path, said)
        return body


class Asked:
    """What is asked of the database, of all of it or of what `counts`."""

    def __init__(self, counts=lambda _sql: True):
        self.counts, self.seen = counts, []

    def __enter__(self):
        self.wrapped = connection.execute_wrapper(self._see)
        self.wrapped.__enter__()
        return self

    def _see(self, execute, sql, params, many, context):
        if self.counts(sql):
            self.seen.append(sql)
        return execute(sql, params, many, context)

    def __exit__(self, *error):
        self.wrapped.__exit__(*error)


def _writes(sql):
    return not sql.lstrip("( ").upper().startswith("SELECT")


def _with_an_empty_view():
    bare = types.ModuleType("bench_urls")
    bare.urlpatterns = [path("nothing/", lambda _request: HttpResponse()), path("", include("config.urls"))]
    sys.modules["bench_urls"] = bare
    return "bench_urls"


if __name__ == "__main__":
    main()
