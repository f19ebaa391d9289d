"""The assessor's queue among a thousand to a million pieces of work that wait, and fifty who take the next one.

200 assessors: some see every badge of the house, some those of one school, some three. Each page is asked through the
whole of Django and drawn; the same visit without a queue (a view that says nothing, behind the same middleware) stands
beside it as the peer. Sizes grow within one database, so that each holds what the smaller one held. A fifth as many are
decided as wait, and each assessor holds five of the most urgent.

`make bench-reviews SIZES="1000 10000"` takes other sizes; the numbers that count are of 1000 to 1000000.
"""

import os
import random
import statistics
import sys
import threading
import time
import types
from concurrent.futures import ThreadPoolExecutor

import django
import psycopg

from tests.stack import beside

ADMIN = os.environ["DATABASE_URL"]
NAME = f"bench_reviews_{os.getpid()}"
os.environ["DATABASE_URL"] = beside(ADMIN, NAME)
django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from apps.accounts.models import User
from apps.core import clock
from apps.issuers.models import Achievement, AchievementVersion, Issuer, Seat
from apps.reviews import queries, verbs
from apps.reviews.models import Assignment, Turn
from apps.submissions import verbs as verbs_of_learner
from tests.factories import assessor_of, nobody_in, open_attempt, png_upload
from tests.factories.work import waiting
from tests.load.harness import Bench, percentile

SIZES = [int(size) for size in (os.environ.get("SIZES") or "1000 10000 100000 1000000").split()]
ROUNDS = int(os.environ.get("ROUNDS") or "5")
ASSESSORS, SCHOOLS, BADGES = 200, 10, 200
PEOPLE_EACH = 3  # visitors of each kind of seat
PRESSING, PRESSES, THINKING = 50, 6, 4.0
# A web server's connections have planned these questions long ago: three times as they are, five more to compare.
WARMING = 8
THREADS = int(os.environ.get("WEB_THREADS") or "6")
VIEWS = ("all", "free", "soon", "late", "again", "second", "mine")

# Rows {first} to {last} of what is handed in: a person hands in ten, each for another badge; every fifth is decided, too.
HANDED_IN = """
INSERT INTO accounts_user (id, password, is_superuser, public_id, email, name, language, time_zone, is_operator,
    is_staff, is_active, joined_at, agreed_to, is_minor, former_names)
SELECT 1000000 + k, '!', false, {id_of_k}, 'bench' || k || '@people.example', 'Learner ' || k, 'en', 'UTC', false,
    false, true, now(), '{{}}', false, '{{}}'
FROM generate_series({first} / 10, {last} / 10) AS k ON CONFLICT DO NOTHING;

INSERT INTO submissions_submission (id, public_id, learner_id, version_id, achievement_id, state, route, started_at,
    submitted_at, answer_by)
SELECT 1000 + k, {id_of_k}, 1000000 + k / 10, v.id, v.achievement_id, 'submitted', 'work', now() - interval '30 days',
    now() - interval '9 days', current_date
FROM generate_series({first}, {last}) AS k JOIN bench_version v ON v.n = (k % 10) * 20 + (k / 10) % 20;
INSERT INTO submissions_submission (id, public_id, learner_id, version_id, achievement_id, state, route, started_at,
    submitted_at, decided_at)
SELECT 10000000 + k, {id_of_k}, 1000000 + k / 10, v.id, v.achievement_id, 'declined', 'work',
    now() - interval '90 days', now() - interval '80 days', now() - interval '70 days'
FROM generate_series({first}, {last}, 5) AS k JOIN bench_version v ON v.n = k % 200;

INSERT INTO submissions_attempt (id, public_id, submission_id, number, state, {words}, declared_own, edition, saved_at,
    submitted_at, manifest, manifest_sha256)
SELECT 1000 + k, {id_of_k}, 1000 + k, CASE WHEN {again} THEN 2 ELSE 1 END, 'assessable', {blanks}, true, 1, now(),
    now() - interval '9 days', '', repeat('0', 64)
FROM generate_series({first}, {last}) AS k;
INSERT INTO submissions_attempt (id, public_id, submission_id, number, state, {words}, declared_own, edition, saved_at,
    submitted_at, manifest, manifest_sha256)
SELECT 10000000 + k, {id_of_k}, 10000000 + k, 1, 'closed', {blanks}, true, 1, now(), now() - interval '80 days', '',
    repeat('0', 64)
FROM generate_series({first}, {last}, 5) AS k;
"""
TURNS = """
INSERT INTO reviews_turn (id, public_id, attempt_id, part, state, achievement_id, due_on, again, opened_at)
SELECT 1000 + k, {id_of_k}, 1000 + k,
    CASE WHEN {nth} < 92 THEN 'first' ELSE (ARRAY['second', 'second', 'second', 'grant', 'grant', 'adjudicate',
        'moderate', 'appeal'])[{nth} - 91] END,
    'open', v.achievement_id, current_date - 8 + (hashint8(k) & 63), {again},
    now() - (hashint8(k) & 1023) * interval '37 minutes'
FROM generate_series({first}, {last}) AS k JOIN bench_version v ON v.n = (k % 10) * 20 + (k / 10) % 20;
INSERT INTO reviews_turn (id, public_id, attempt_id, part, state, achievement_id, due_on, again, opened_at, closed_at)
SELECT 10000000 + k, {id_of_k}, 10000000 + k, 'first', 'done', v.achievement_id, current_date - 70, false,
    now() - interval '80 days', now() - interval '70 days'
FROM generate_series({first}, {last}, 5) AS k JOIN bench_version v ON v.n = k % 200;
"""
JUDGED = """
INSERT INTO reviews_assignment (public_id, turn_id, attempt_id, assessor_id, state, taken_at, until, ended_at)
SELECT {id_of_k}, 10000000 + k, 10000000 + k, a.id, 'done', now() - interval '71 days', now() - interval '70 days',
    now() - (k % 100) * interval '17 hours'
FROM generate_series({first}, {last}, 5) AS k JOIN bench_assessor a ON a.n = (k / 5) % {assessors}
"""


def main():
    bench = Bench("reviews")
    with psycopg.connect(ADMIN, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{NAME}"')
    try:
        call_command("migrate", verbosity=0)
        _answer_nothing_too()
        among = _people_and_badges()
        told = {}
        filled = 0
        for size in SIZES:
            began = time.perf_counter()
            _fill(filled, size)
            filled = size
            _tallies_agree(size)
            bench.add(f"{size}: filled, with what triggers keep", "s", time.perf_counter() - began, n=size)
            told[size] = _pages(bench, size, among)
        smallest, largest = min(SIZES), max(SIZES)
        bench.add(
            "queue growth 1e3 to 1e6"
            if (smallest, largest) == (1000, 1000000)
            else f"queue growth {smallest} to {largest}",
            "×",
            told[largest]["page"] / told[smallest]["page"],
            n=largest,
        )
        bench.add("last page / first page", "×", told[largest]["last"] / told[largest]["first"], n=largest)
        _next(bench, largest)
        _desk(bench)
    finally:
        connection.close()
        with psycopg.connect(ADMIN, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{NAME}" WITH (FORCE)')
    bench.finish()


def _answer_nothing_too():
    bare = types.ModuleType("bench_urls")
    bare.urlpatterns = [
        path("nothing/", lambda request: HttpResponse(request.user.name)),
        path("", include("config.urls")),
    ]
    sys.modules["bench_urls"] = bare
    settings.ROOT_URLCONF = "bench_urls"
    settings.RATE_LIMITS_FACTOR = 0


def _people_and_badges():
    """(assessors by kind of seat); the tables that FILL reads."""
    now = clock.now()
    house = Issuer.objects.create(slug="bench-house", name="House", created_at=now, country="NZ")
    schools = [
        Issuer.objects.create(slug=f"bench-{n}", name=f"School {n}", created_at=now, parent=house, country="NZ")
        for n in range(SCHOOLS)
    ]
    achievements = Achievement.objects.bulk_create(
        Achievement(issuer=schools[n // (BADGES // SCHOOLS)], slug=f"bench-{n}", created_at=now) for n in range(BADGES)
    )
    AchievementVersion.objects.bulk_create(
        AchievementVersion(
            achievement=one,
            number=1,
            created_at=now,
            published_at=now,
            name=f"Badge {one.slug}",
            description="What it is.",
            description_for_earners="What for.",
            how_earned="By doing it.",
            skill_sentence="do it",
            picture_sha256="0" * 64,
        )
        for one in achievements
    )
    people = User.objects.bulk_create(
        User(email=f"assessor{n}@bench.example", name=f"Assessor {n}", agreed_to=dict(settings.CONSENT_VERSIONS))
        for n in range(ASSESSORS)
    )
    among = {"wide": [], "a school": [], "three badges": []}
    for n, person in enumerate(people):
        if n % 4 == 0:
            among["wide"].append(person)
            role = Seat.Role.MODERATOR if n % 8 == 0 else Seat.Role.ASSESSOR
            Seat.objects.create(issuer=house, person=person, role=role, given_at=now)
        elif n % 4 == 1:
            among["three badges"].append(person)
            for badge in (achievements[(n * step) % BADGES] for step in (1, 3, 7)):
                Seat.objects.create(
                    issuer=badge.issuer, person=person, role=Seat.Role.ASSESSOR, achievement=badge, given_at=now
                )
        else:
            among["a school"].append(person)
            Seat.objects.create(issuer=schools[n % SCHOOLS], person=person, role=Seat.Role.ASSESSOR, given_at=now)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE issuers_achievementversion DISABLE TRIGGER USER")
        cursor.execute("UPDATE issuers_achievementversion SET state = 'published'")
        cursor.execute("ALTER TABLE issuers_achievementversion ENABLE TRIGGER USER")
        cursor.execute(
            "CREATE TABLE bench_version AS SELECT id, achievement_id, row_number() OVER (ORDER BY id) - 1 AS n "
            "FROM issuers_achievementversion"
        )
        cursor.execute(
            "CREATE TABLE bench_assessor AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n "
            "FROM accounts_user WHERE email LIKE 'assessor%'"
        )
    return among


def _fill(first, size):
    words = "context_place, context_period, context_role, context_confirmer, overview, reflection, what_changed"
    facts = {
        "first": first,
        "last": size - 1,
        "words": words,
        "blanks": ", ".join(["''"] * 7),
        "assessors": ASSESSORS,
        # Badges take turns of two hundred: each shall have some of every part, and some that come again.
        "nth": "(7 * k + k / 200) % 100",
        "again": "(k + k / 200) % 10 = 3",
        "id_of_k": "translate(substr(md5(k || random()::text) || md5(random()::text), 1, 26), '0189', 'ghij')",
    }
    with connection.cursor() as cursor:
        # Rows that point at each other rightly by the way they are made; indexes are made of all of them at once.
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('accounts_user', 'submissions_submission', "
            "'submissions_attempt', 'reviews_turn') AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(HANDED_IN.format(**facts))
        cursor.execute("SET session_replication_role = origin")
        # These with all that the house keeps of them.
        cursor.execute(TURNS.format(**facts))
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("ANALYZE")
        cursor.execute(JUDGED.format(**facts))
        cursor.execute("UPDATE reviews_assignment SET state = 'released', ended_at = now() WHERE state = 'taken'")
        # Each holds five of the most urgent that are theirs to play.
        cursor.execute(
            """
            INSERT INTO reviews_assignment (public_id, turn_id, attempt_id, assessor_id, state, taken_at, until)
            SELECT translate(substr(md5(t.id || random()::text) || md5(random()::text), 1, 26), '0189', 'ghij'), t.id,
                   t.attempt_id, a.id, 'taken', now(), now() + interval '8 hours'
            FROM (SELECT id, attempt_id, row_number() OVER (ORDER BY due_on, id) AS rank FROM reviews_turn
                  WHERE state = 'open' AND part = 'first' ORDER BY due_on, id LIMIT %s) AS t
            JOIN bench_assessor a ON a.n = t.rank %% %s""",
            [min(5 * ASSESSORS, size // 4), ASSESSORS],
        )
        cursor.execute("SELECT setval('reviews_turn_id_seq', 20000000), setval('submissions_attempt_id_seq', 20000000)")
        cursor.execute(
            "SELECT setval('submissions_submission_id_seq', 20000000), setval('accounts_user_id_seq', 20000000)"
        )
    verbs.add_up_tallies()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _tallies_agree(size):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n), sum(free), sum(again) FROM reviews_tally GROUP BY due_on IS NULL ORDER BY due_on IS NULL"
        )
        by_day, kept = cursor.fetchall()
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE holder_id IS NULL), count(*) FILTER (WHERE again) "
            "FROM reviews_turn WHERE state = 'open'"
        )
        counted = cursor.fetchone()
    assert by_day == kept == counted, f"tallies say {kept}, and there are {counted}"
    assert counted[0] == size, counted


def _pages(bench, size, among):
    """Median costs of pages at one size: every kind of seat, every view, first, further on and last."""
    times, nothing, asked = {}, [], set()
    for kind, people in among.items():
        for person in people[:PEOPLE_EACH]:
            client = Client(headers={"Host": "localhost"})
            client.force_login(person)
            page = queries.Queue(person).page()
            addresses = {
                "first": "/reviews/",
                "further on": f"/reviews/?after={page.after}",
                "last": "/reviews/?last=1",
                "waiting longest": "/reviews/?sort=waiting",
            } | {view: f"/reviews/?view={view}" for view in VIEWS}
            for address in addresses.values():
                with CaptureQueriesContext(connection) as captured:
                    _visit(client, address)
                asked.add(len(captured))
            for _round in range(ROUNDS):
                for name, address in addresses.items():
                    times.setdefault((kind, name), []).append(_visit(client, address))
                nothing.append(_visit(client, "/nothing/"))
    everything = [one for visits in times.values() for one in visits]
    middle = statistics.median(everything)
    bench.add(
        f"{size}: a page of the queue, median",
        "ms",
        middle,
        peer="an empty view",
        theirs=statistics.median(nothing),
        n=len(everything),
        queries=max(asked),
    )
    bench.add(
        f"{size}: a page of the queue, p95",
        "ms",
        percentile(everything, 0.95),
        peer="an empty view",
        theirs=percentile(nothing, 0.95),
        n=len(everything),
        queries=max(asked),
    )
    slowest = max(times, key=lambda one: statistics.median(times[one]))
    bench.add(f"{size}: slowest: {slowest[1]}, {slowest[0]}", "ms", statistics.median(times[slowest]), n=ROUNDS)
    pick = {
        name: [t for (_kind, one), visits in times.items() if one == name for t in visits] for name in ("first", "last")
    }
    return {"page": middle, "first": statistics.median(pick["first"]), "last": statistics.median(pick["last"])}


def _visit(client, address):
    began = time.perf_counter()
    answer = client.get(address)
    spent = 1000 * (time.perf_counter() - began)
    assert answer.status_code == 200, (address, answer.status_code)
    return spent


def _next(bench, size):
    """Fifty at work: each takes the next one, looks at it for a while, and takes another. And fifty at one moment.

    They are served as by one web process: by so many threads, each with a connection that outlives a visit. From the
    press to the answer, with what was waited for a thread.
    """
    people = list(User.objects.filter(email__startswith="assessor").order_by("pk")[:PRESSING])
    Assignment.objects.filter(state="taken").update(state="released", ended_at=clock.now())
    times, taken, errors = [], [], []
    together = threading.Barrier(PRESSING)

    def press(person, n, warming, presses, thinking):
        own = random.Random(n)  # noqa: S311 - how long somebody reads is no secret
        try:
            for _press in range(warming):
                web.submit(verbs.take_next, by=person).result()
            together.wait()
            for _press in range(presses):
                # The case is fifty people at work, not fifty in a queue: each reads for a while of their own before the
                # next press. Nothing is waited for, and what is timed begins after it.
                time.sleep(own.uniform(0, 2 * thinking))
                began = time.perf_counter()
                assignment = web.submit(verbs.take_next, by=person).result()
                times.append(1000 * (time.perf_counter() - began))
                taken.append(assignment.turn_id)
        except Exception as error:  # noqa: BLE001 - told below, and then nothing is printed
            errors.append(error)
            together.abort()

    web = ThreadPoolExecutor(THREADS)
    for warming, presses, thinking, case in (
        (WARMING, PRESSES, THINKING, "next with 50 assessors"),
        (1, 1, 0, "fifty press at one moment, p95"),
    ):
        times.clear()
        threads = [
            threading.Thread(target=press, args=(person, n, warming, presses, thinking))
            for n, person in enumerate(people)
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert not errors, errors[0]
        bench.add(case, "ms", percentile(times, 0.95), n=len(times))
        if presses > 1:
            bench.add("next with 50 assessors, median", "ms", statistics.median(times), n=len(times))
    web.shutdown()
    assert len(taken) == len(set(taken)), "something was taken twice"
    assert Turn.objects.filter(pk__in=taken, holder__in=people).count() == len(taken)


def _desk(bench):
    """Questions that the desk asks, whatever lies on it."""
    counts = []
    for pieces in (1, 12):
        attempt = open_attempt()
        for number in range(pieces):
            verbs_of_learner.add_evidence(
                attempt, by=attempt.submission.learner, kind="image", upload=png_upload(), about=nobody_in(f"P{number}")
            )
        verbs_of_learner.submit(attempt, by=attempt.submission.learner)
        attempt = waiting(attempt)
        assessor = assessor_of(attempt.submission.achievement)
        verbs.take(attempt, by=assessor)
        client = Client(headers={"Host": "localhost"})
        client.force_login(assessor)
        _visit(client, f"/reviews/{attempt.public_id}/")
        with CaptureQueriesContext(connection) as captured:
            spent = _visit(client, f"/reviews/{attempt.public_id}/")
        counts.append(len(captured))
        bench.add(f"the desk, {pieces + 1} artefacts", "ms", spent, n=1, queries=len(captured))
    assert len(set(counts)) == 1, counts


if __name__ == "__main__":
    main()
