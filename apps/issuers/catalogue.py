"""The catalogue: what is open, found by words and narrowed by filters with counts.

A page takes the same queries whatever is asked and however much is found: which words the catalogue knows (if any are
given), all counts in one, the ids for one page, and their versions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf.locale import LANG_INFO
from django.contrib.postgres.search import SearchQueryField, SearchRank
from django.db import connection, transaction
from django.db.models import BooleanField, Case, DecimalField, F, Func, IntegerField, Q, Value, When
from django.db.models.functions import Cast
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.core.searching import MOST_WORDS, Plain
from apps.core.text import is_plain
from apps.issuers.models import AchievementVersion, CatalogueEntry, Issuer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from django.db.models import QuerySet
    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

# A filter shows this many of its commonest values; chosen values are shown whatever their count.
MOST_VALUES = 8
# Nobody ticks more than this in one filter, or writes more in one value.
MOST_CHOSEN = 20
LONGEST_VALUE = 200
RELEVANCE, NEWEST, TITLE, CREDITS = "relevance", "newest", "title", "credits"
SORTS: dict[str, StrOrPromise] = {
    RELEVANCE: _("Best match first"),
    NEWEST: _("Newest first"),
    TITLE: _("By title"),
    CREDITS: _("Most credits first"),
}
ORDERS = {
    RELEVANCE: ("-rank", "-version_id"),
    NEWEST: ("-published_at", "-version_id"),
    TITLE: ("title_key", "version_id"),
    CREDITS: ("-credits", "-version_id"),
}

_HYPHEN = re.compile(r"(?<=[^\W\d])-(?=[^\W\d])")
# For each word asked for, in the catalogue's form: whether a word there begins with it, and, if none does, the
# nearest few that occur there by trigrams, best first. chr(1114111) is the last character there is.
_KNOWN_AND_NEAR = """
SELECT asked.lexeme, known.yes, near.words
FROM unnest(to_tsvector('simple', immutable_unaccent(lower(%(words)s)))) AS asked
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM issuers_catalogueword
        WHERE word >= asked.lexeme COLLATE "C" AND word < (asked.lexeme || chr(1114111)) COLLATE "C"
    ) AS yes
) known
LEFT JOIN LATERAL (
    SELECT array_agg(word ORDER BY likeness DESC, word) AS words FROM (
        SELECT word, similarity(word, asked.lexeme) AS likeness, max(similarity(word, asked.lexeme)) OVER () AS best
        FROM issuers_catalogueword
        WHERE %(near)s AND NOT known.yes AND length(asked.lexeme) BETWEEN 3 AND 40 AND word %% asked.lexeme
          AND abs(length(word) - length(asked.lexeme)) <= 2
        ORDER BY likeness DESC, word LIMIT 4
    ) nearest
    WHERE likeness >= .6 * best
) near ON true
ORDER BY asked.positions[1]
"""


class Reading(NamedTuple):
    """What was asked for in words that the catalogue has: a tsquery, and the replacements for words that it lacks."""

    query: str
    instead: tuple[tuple[str, tuple[str, ...]], ...]


def read(words: str, *, near: bool = True) -> Reading:
    """Read a search: each word, or one beginning with it, must occur. If `near`, the nearest replace unknown ones."""
    with connection.cursor() as cursor:
        # A hyphenated word is indexed whole and in parts: the parts are enough. A code like LO-7 has none.
        cursor.execute(_KNOWN_AND_NEAR, {"words": _HYPHEN.sub(" ", words), "near": near})
        rows = cursor.fetchall()
    # “Sharpen a knife”: a single letter means nothing beside a word.
    rows = [row for row in rows if len(row[0]) > 1] or rows
    terms, instead = [], []
    for lexeme, is_known, nearest in rows[:MOST_WORDS]:
        if is_known or not nearest:
            # Someone is still typing; a single letter among others only matches itself.
            begins = len(lexeme) > 1 or len(words) == 1
            terms.append(f"{_quoted(lexeme)}{':*' if begins else ''}")
        else:
            terms.append(f"({' | '.join(map(_quoted, nearest))})")
            instead.append((lexeme, tuple(nearest)))
    return Reading(" & ".join(terms), tuple(instead))


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


# Django knows the names of the world's languages in the reader's own.
LANGUAGES: Mapping[str, StrOrPromise] = {code: _(info["name"]) for code, info in LANG_INFO.items() if "name" in info}


def language_name(code: str) -> StrOrPromise:
    """“Māori” for `mi`, “English” for `en-NZ`; an unknown code is returned as it is."""
    code = code.lower()
    return LANGUAGES.get(code) or LANGUAGES.get(code.partition("-")[0]) or code


@dataclass(frozen=True)
class Facet:
    """One filter of the catalogue; several of its values widen it again. `name` is its parameter in an address.

    `words` are its values as people read them, in order; if there are none, they come from the database, commonest
    first.
    """

    name: str
    title: StrOrPromise
    holding: Callable[[Sequence[str]], Q]
    words: Mapping[str, StrOrPromise] = field(default_factory=dict)


FACETS = (
    Facet("issuer", _("Issuer"), lambda slugs: Q(issuer__in=Issuer.objects.filter(slug__in=slugs).order_by())),
    Facet("kind", _("Kind"), lambda kinds: Q(kind__in=kinds), dict(AchievementVersion.Kind.choices)),
    Facet(
        "level",
        _("Level"),
        lambda levels: Q(level__in=levels),
        {
            f"{framework.value}-{n}": format_lazy(_("{framework} level {n}"), framework=framework.label, n=n)
            for framework, most in AchievementVersion.LEVELS.items()
            for n in range(1, most + 1)
        },
    ),
    Facet(
        "credits",
        _("Credits"),
        lambda bands: Q(credit_band__in=bands),
        {"under-5": _("Under 5"), "5-to-14": _("5 to 14"), "15-to-39": _("15 to 39"), "40-up": _("40 and more")},
    ),
    # A skill may be written in any way, with capitals and with marks.
    Facet(
        "skill",
        _("Skill"),
        lambda skills: Q(
            pk__in=CatalogueEntry.skills.through.objects.filter(
                catalogueskill__key__in=[Plain(Value(one)) for one in skills]
            ).values("catalogueentry")
        ),
    ),
    Facet(
        "language",
        _("Language"),
        lambda languages: Q(language__in=languages),
        LANGUAGES,
    ),
    Facet(
        "answer",
        _("Answer, in working days"),
        lambda bands: Q(answer_band__in=bands),
        {"5": _("5 or fewer"), "10": _("6 to 10"), "20": _("11 to 20"), "longer": _("More than 20")},
    ),
)

# One pass over what the words find: `missed` is the place of the one facet that excludes a row, or 0, so that each
# facet counts what all others leave. Two facets have unlimited values: they show the commonest and those chosen.
_COUNTS = """
WITH found (id, missed, issuer, kind, level, credits, language, answer) AS MATERIALIZED ({found}),
tally (facet, value, missed, number) AS (
    SELECT CASE 0 WHEN GROUPING(issuer) THEN 'issuer' WHEN GROUPING(kind) THEN 'kind' WHEN GROUPING(level) THEN 'level'
                  WHEN GROUPING(credits) THEN 'credits' WHEN GROUPING(language) THEN 'language'
                  WHEN GROUPING(answer) THEN 'answer' ELSE '' END,
           COALESCE(issuer::text, kind, level, credits, language, answer, ''), missed, count(*)
    FROM found
    GROUP BY GROUPING SETS (
        (missed, issuer), (missed, kind), (missed, level), (missed, credits), (missed, language), (missed, answer),
        (missed)
    )
    UNION ALL
    SELECT 'skill', catalogueskill_id::text, missed, count(*)
    FROM found JOIN issuers_catalogueentry_skills ON catalogueentry_id = found.id
    WHERE missed <> ALL(%s) GROUP BY catalogueskill_id, missed
),
counted AS (
    SELECT facet, value, sum(number) FILTER (WHERE missed = 0 OR facet = (%s::text[])[missed]) AS number
    FROM tally GROUP BY facet, value
),
placed AS (SELECT *, row_number() OVER (PARTITION BY facet ORDER BY number DESC, value) AS place
           FROM counted WHERE number > 0)
SELECT p.facet, COALESCE(i.slug, s.key, p.value), COALESCE(i.name, s.name, ''), p.number
FROM placed p
LEFT JOIN issuers_issuer i ON p.facet = 'issuer' AND i.id::text = p.value
LEFT JOIN issuers_catalogueskill s ON p.facet = 'skill' AND s.id::text = p.value
WHERE p.place <= %s OR p.facet NOT IN ('issuer', 'skill') OR i.slug = ANY(%s) OR s.key = ANY(%s)
UNION ALL SELECT 'issuer', slug, name, 0 FROM issuers_issuer WHERE slug = ANY(%s)
UNION ALL SELECT 'skill', key, name, 0 FROM issuers_catalogueskill WHERE key = ANY(%s)
"""


@dataclass(frozen=True)
class Search:
    """A search of the catalogue: words, the values chosen in each facet, and an order.

    Without `near`, an unknown word finds nothing, for pages that don't say which words were replaced.
    """

    words: str
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = NEWEST
    near: bool = True

    @property
    def usual_sort(self) -> str:
        return RELEVANCE if self.words else NEWEST

    @cached_property
    def reading(self) -> Reading:
        return read(self.words, near=self.near) if self.words else Reading("", ())

    def entries(self) -> QuerySet[CatalogueEntry]:
        """The results, in order."""
        found = self.worded()
        for facet, values in self.narrowed():
            found = found.filter(facet.holding(values))
        if self.sort == RELEVANCE:
            # An exact number: the API's cursor compares what it remembers with what the database returns.
            rank = Cast(SearchRank(F("heading"), self._query), DecimalField(max_digits=9, decimal_places=6))
            found = found.annotate(rank=rank)
        return found.order_by(*ORDERS[self.sort])

    def worded(self) -> QuerySet[CatalogueEntry]:
        """What the words find, whatever was chosen."""
        if not self.words:
            return CatalogueEntry.objects.all()
        stands = Func(
            *(F("document"), self._query), template="%(expressions)s", arg_joiner=" @@ ", output_field=BooleanField()
        )
        return CatalogueEntry.objects.filter(stands)

    def narrowed(self) -> Iterator[tuple[Facet, tuple[str, ...]]]:
        """The facets in which something was chosen."""
        for facet in FACETS:
            if facet.name in self.chosen:
                yield facet, self.chosen[facet.name]

    @property
    def _query(self) -> Func:
        return Func(Value(self.reading.query), template="%(expressions)s::tsquery", output_field=SearchQueryField())


def search_of(words: str, params: QueryDict) -> Search:
    """The search in an address. Values that no entry could have are kept, and find nothing."""
    chosen = {}
    for facet in FACETS:
        values = (value.strip()[:LONGEST_VALUE] for value in params.getlist(facet.name))
        told = dict.fromkeys(value for value in values if value and is_plain(value))
        if told:
            chosen[facet.name] = tuple(told)[:MOST_CHOSEN]
    search = Search(words, chosen, params.get("sort", ""))
    if search.sort not in SORTS or (search.sort == RELEVANCE and not words):
        search = replace(search, sort=search.usual_sort)
    return search


class Shown(NamedTuple):
    """One value of a facet, and how many have it given everything else that was chosen."""

    value: str
    word: StrOrPromise
    number: int
    is_chosen: bool


@dataclass(frozen=True)
class Counts:
    total: int
    facets: tuple[tuple[Facet, tuple[Shown, ...]], ...]


def counts(search: Search) -> Counts:
    """How many are found, and how many each value of each facet would leave, in one query."""
    found = search.worded()
    missed: list[When] = []
    misses: Any = Value(0)
    names = [facet.name for facet in FACETS]
    for facet, values in search.narrowed():
        out = ~facet.holding(values)
        missed.append(When(out, then=Value(1 + names.index(facet.name))))
        misses = misses + Case(When(out, then=Value(1)), default=Value(0), output_field=IntegerField())
    if len(missed) > 1:
        found = found.alias(misses=misses).filter(misses__lte=1)
    columns = ("pk", "missed", "issuer", "kind", "level", "credit_band", "language", "answer_band")
    one = Case(*missed, default=Value(0), output_field=IntegerField())
    rows = found.annotate(missed=one).order_by().values_list(*columns)
    sql, params = rows.query.sql_with_params()
    issuers, skills = list(search.chosen.get("issuer", ())), list(search.chosen.get("skill", ()))
    with connection.cursor() as cursor:
        elsewhere = [place for place, name in enumerate(names, start=1) if name != "skill"]
        cursor.execute(
            _COUNTS.format(found=sql), (*params, elsewhere, names, MOST_VALUES, issuers, skills, issuers, skills)
        )
        return _counted(search, cursor.fetchall())


def _counted(search: Search, rows: Iterable[tuple[str, str, str, int]]) -> Counts:
    said: dict[str, dict[str, tuple[str, int]]] = {"": {}, **{facet.name: {} for facet in FACETS}}
    for name, value, word, number in rows:
        if value or not name:
            said[name][value] = max(said[name].get(value, (word, 0)), (word, int(number)))
    facets = tuple((facet, _shown(facet, said[facet.name], search.chosen.get(facet.name, ()))) for facet in FACETS)
    return Counts(total=said[""].get("", ("", 0))[1], facets=facets)


def _shown(facet: Facet, said: Mapping[str, tuple[str, int]], chosen: Sequence[str]) -> tuple[Shown, ...]:
    told = {value: said.get(value, ("", 0)) for value in (*said, *chosen)}
    shown = [
        Shown(value, facet.words.get(value) or word or value, number, value in chosen)
        for value, (word, number) in told.items()
    ]
    places = {value: place for place, value in enumerate(facet.words)}
    shown.sort(key=lambda one: (places.get(one.value, len(places)), -one.number, str(one.word).casefold()))
    return tuple(shown)


def versions(entries: Iterable[CatalogueEntry] | QuerySet[CatalogueEntry]) -> list[AchievementVersion]:
    """The versions of a page of entries, in its order. A separate query, so that sorting moves no long texts."""
    places = [entry.pk for entry in entries]
    found = AchievementVersion.objects.select_related("achievement__issuer").in_bulk(places)
    return [found[pk] for pk in places if pk in found]


def rebuild() -> int:
    """Rebuild every entry in one transaction; return how many there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Deleted, not truncated: meanwhile, readers of the catalogue see the old one.
        cursor.execute("DELETE FROM issuers_catalogueentry_skills")
        cursor.execute("DELETE FROM issuers_catalogueentry")
        cursor.execute("DELETE FROM issuers_catalogueskill")
        cursor.execute("DELETE FROM issuers_catalogueword")
        cursor.execute(
            "SELECT issuers_list_versions(ARRAY(SELECT id FROM issuers_achievementversion WHERE state = 'published'))"
        )
    return CatalogueEntry.objects.count()
