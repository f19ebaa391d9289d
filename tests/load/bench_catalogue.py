"""The catalogue among many: database time of a page, questions it asks, and how both grow.

Every search is one that a visitor makes: nothing, a page far back, one word, three, a word of two letters, a misspelled
one, filters alone, filters and words, an order. Each is asked through the whole of Django, the page drawn; what counts
is the time between a question to PostgreSQL and its answer, summed over the page. The same visits without a catalogue
(a view that says nothing, behind the same middleware) stand beside as the peer.

`make bench-catalogue SIZES="1000 10000 100000"` goes further than the two sizes it takes by itself.
"""

import os
import tempfile
from pathlib import Path

import django
import psycopg

django.setup()

from tests.load.harness import Bench, percentile
from tests.stack import Stack

SIZES = [int(size) for size in (os.environ.get("SIZES") or "1000 10000").split()]
ROUNDS = 7
SEARCHES = {
    "nothing": "",
    "page 3": "page=3",
    "the last page": "page=99999",
    "by title": "sort=title",
    "most credits": "sort=credits",
    "one word": "q=shear",
    "a word with a macron": "q=Māori",
    "two words": "q=shear+woolshed",
    "three words, one in another form": "q=kōrero+workplace+team",
    "two letters": "q=sh",
    "one letter": "q=s",
    "a misspelled word": "q=worplace",
    "two misspelled words": "q=kitchn+hygeine",
    "a word nobody uses": "q=zyzzyva",
    "one filter": "kind=Competency",
    "a skill": "skill=te+reo+maori",
    "an issuer": "issuer=bench-issuer-3",
    "three filters": "level=nzqf-4&credits=5-to-14&answer=10",
    "two values in each of four": (
        "kind=Competency&kind=MicroCredential&level=nzqf-3&level=nzqf-4&answer=5&answer=10&language=en&language=mi"
    ),
    "words and filters": "q=stream&kind=MicroCredential&level=nzqf-4",
    "words, filters and an order": "q=team&skill=te+reo+maori&sort=title",
}

FILL = """
import itertools, random, resource, time
from datetime import timedelta
from django.db import connection, transaction
from django.core.management import call_command
from apps.core import clock
from apps.core.ids import new_public_id
from apps.issuers.models import (
    Achievement, AchievementVersion, Alignment, Criterion, Issuer, LearningOutcome,
)
dice, now = random.Random(7), clock.now()
ACTS = "Shear Sharpen Restore Host Lead Prepare Cook Serve Repair Plan Teach Coach Measure Weave Write Test Plant".split()
THINGS = (
    "a full-wool ewe|a knife|a stream margin|a kōrero|a gang|a kitchen|a meal|a table|handpiece gear|a rota|a class|"
    "a team|a kākahu|a report|a circuit|a hedge|a safe workplace|a whānau hui|te reo Māori|food hygiene"
).split("|")
PLACES = "at work|in the woolshed|at home|on the marae|in a clinic|by the river|in class|with a team|at night|alone".split("|")
SKILLS = ["Te reo Māori", "Workplace safety", "Animal handling", "Food hygiene", "Communication", *(
    f"{{one}} {{two}}" for one in ("Plant", "Team", "Data", "Care", "Wool", "River") for two in "ABCDEFGHIJ"
)]
# Half of what texts say is said by few words, as everywhere: the word of rank n comes up 1/n as often as the first.
heads = "ka ke ki ko ku ma me mi mo mu na ne ni no nu pa pe pi po pu ra re ri ro ru ta te ti to tu wa we wi".split()
words = ["".join(dice.choices(heads, k=dice.randint(2, 4))) for _number in range(6000)]
weights = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))
def said(n):
    return " ".join(dice.choices(words, cum_weights=weights, k=n))
frameworks = [("nzqf", 10), ("nzqf", 10), ("aqf", 10), ("eqf", 8), ("", 0)]
with connection.cursor() as cursor:
    cursor.execute("TRUNCATE issuers_issuer, issuers_catalogueword CASCADE")
with transaction.atomic():
    issuers = Issuer.objects.bulk_create(
        Issuer(slug=f"bench-issuer-{{n}}", name=f"{{said(2).title()}} School {{n}}", created_at=now)
        for n in range(max(5, {n} // 50))
    )
    achievements = Achievement.objects.bulk_create(
        (Achievement(issuer=dice.choice(issuers), slug=f"bench-{{n}}", created_at=now) for n in range({n})),
        batch_size=2000,
    )
    def version(achievement):
        framework, top = dice.choice(frameworks)
        credit = dice.choice([None, 1, 2, 5, 5, 10, 15, 20, 40, 60])
        return AchievementVersion(
            achievement=achievement, number=1, created_at=now, published_at=now - timedelta(minutes=achievement.pk),
            name=f"{{dice.choice(ACTS)}} {{dice.choice(THINGS)}} {{dice.choice(PLACES)}}",
            description=said(60), description_for_earners=said(25), how_earned=said(30), skill_sentence=said(8),
            kind=dice.choice(AchievementVersion.Kind.values), language=dice.choice(["en", "en", "en", "mi", "sm"]),
            level_framework=framework, level_number=dice.randint(1, top) if framework else None,
            credits=credit, credit_framework="nzqa" if credit else "", hours=(credit or 2) * 10,
            service_days=dice.choice([3, 5, 10, 10, 15, 30]), tags=dice.sample(SKILLS, 2), picture_sha256="0" * 64,
        )
    versions = AchievementVersion.objects.bulk_create(map(version, achievements), batch_size=2000)
    LearningOutcome.objects.bulk_create(
        (LearningOutcome(version=v, position=p, text=said(10)) for v in versions for p in (1, 2, 3)), batch_size=5000
    )
    Criterion.objects.bulk_create(
        (
            Criterion(version=v, position=p, name=said(3), description=said(12), required_level=2)
            for v in versions for p in (1, 2, 3, 4)
        ),
        batch_size=5000,
    )
    Alignment.objects.bulk_create(
        (
            Alignment(version=v, position=p, target_name=name, target_url=f"https://skills.example/{{p}}/{{v.pk}}")
            for v in versions for p, name in enumerate(dice.sample(SKILLS, 2))
        ),
        batch_size=5000,
    )
with connection.cursor() as cursor:
    cursor.execute("ALTER TABLE issuers_achievementversion DISABLE TRIGGER version_is_listed")
    cursor.execute("UPDATE issuers_achievementversion SET state = 'published'")
    cursor.execute("ALTER TABLE issuers_achievementversion ENABLE TRIGGER version_is_listed")
began = time.perf_counter()
call_command("rebuild_catalogue", verbosity=0)
rebuilt = time.perf_counter() - began
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE")
print(f"[{{rebuilt}}, {{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}}]")
"""
MEASURE = """
import json, resource, sys, time, types
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
from apps.issuers.models import CatalogueEntry
bare = types.ModuleType("bench_urls")
bare.urlpatterns = [path("nothing/", lambda request: HttpResponse()), path("", include("config.urls"))]
sys.modules["bench_urls"] = bare
settings.ROOT_URLCONF = "bench_urls"
asked = []
def timed(execute, sql, *rest):
    began = time.perf_counter()
    try:
        return execute(sql, *rest)
    finally:
        asked.append(time.perf_counter() - began)
client = Client(headers={{"Host": "localhost"}})
def visit(address):
    asked.clear()
    began = time.perf_counter()
    answer = client.get(address)
    spent = time.perf_counter() - began
    assert answer.status_code == 200, (address, answer.status_code)
    return [1000 * sum(asked), len(asked), 1000 * spent, len(answer.content)]
visit("/catalogue/"), visit("/nothing/")
told = {{name: [] for name in {searches}}}
nothing = []
with connection.execute_wrapper(timed):
    for _round in range({rounds}):
        for name, query in {searches}.items():
            told[name].append(visit("/catalogue/?" + query))
        nothing.append(visit("/nothing/"))
print(json.dumps([told, nothing, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def main():
    bench = Bench("catalogue")
    with tempfile.TemporaryDirectory() as folder:
        admin = os.environ["DATABASE_URL"]
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS bench_template")
            connection.execute("CREATE DATABASE bench_template")
        with Stack(Path(folder), "bench_template", name=f"bench_{os.getpid()}") as stack:
            stack.manage("migrate", "--verbosity", "0")
            cost = {size: among(bench, stack, size) for size in SIZES}
    smallest, largest = min(SIZES), max(SIZES)
    growth = cost[largest] / cost[smallest]
    bench.add(f"growth of database time, {smallest} to {largest}", "×", growth, n=largest)
    bench.finish()


def among(bench, stack, size):
    """Median database time of all searches, each by its median round."""
    rebuilt, rss = stack.python(FILL.format(n=size), fresh=True)
    bench.add(f"rebuild, {size}", "s", rebuilt, n=size, rss_mb=rss)
    told, nothing, rss = stack.python(MEASURE.format(searches=repr(SEARCHES), rounds=ROUNDS), fresh=True)
    middles = []
    for name, visits in told.items():
        middle = percentile([visit[0] for visit in visits], 0.5)
        middles.append(middle)
        (queries,) = {visit[1] for visit in visits}
        bench.add(f"{size}: {name}", "ms database", middle, n=ROUNDS, rss_mb=rss, queries=queries)
    everything = [visit for visits in told.values() for visit in visits]
    whole = percentile(middles, 0.5)
    most = max(visit[1] for visit in everything)
    bench.add(f"{size}: database time, median", "ms", whole, n=len(everything), rss_mb=rss, queries=most)
    bench.add(
        f"{size}: database time, p95", "ms", percentile([v[0] for v in everything], 0.95), n=len(everything), rss_mb=rss
    )
    page, bare = (percentile([visit[2] for visit in visits], 0.5) for visits in (everything, nothing))
    bench.add(
        f"{size}: the whole page, median", "ms", page, peer="an empty view", theirs=bare, n=len(everything), rss_mb=rss
    )
    bench.add(f"{size}: HTML, the longest", "KB", max(v[3] for v in everything) / 1000, n=len(everything), rss_mb=rss)
    return whole


if __name__ == "__main__":
    main()
