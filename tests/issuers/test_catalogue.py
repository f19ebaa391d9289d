"""The catalogue finds what is open, and nothing else; its filters say exactly how many each would leave."""

import re
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.test import Client

from apps.issuers import catalogue, verbs
from apps.issuers.models import Achievement, AchievementVersion, CatalogueEntry, CatalogueSkill
from tests.factories import RUBRIC, WORDS, drafted_version, issuer_with_owner, owner_of, person, published_version

pytestmark = pytest.mark.django_db

KNIFE, KORERO, EWE = "Sharpen a knife", "Host a kōrero", "Shear a full-wool ewe"


def page(query="", someone=None):
    client = Client()
    if someone is not None:
        client.force_login(someone)
    return client.get(f"/catalogue/?{query}")


def names(query="", someone=None):
    """What the page shows, in its order."""
    return re.findall(r'class="cover" href="[^"]+">([^<]+)<', page(query, someone).content.decode())


def numbers(query=""):
    """facet -> word -> number, as far as the page shows them."""
    return {facet.name: {str(one.word): one.number for one in shown} for facet, shown in page(query).context["facets"]}


@pytest.fixture
def offer():
    """Three badges of two issuers, no two alike; and a fourth beside them in nothing but its name."""
    school, street = issuer_with_owner("Kōwhai Ridge")[0], issuer_with_owner("Lantern Street")[0]
    published_version(
        *(school,),
        name=KNIFE,
        kind="Competency",
        level_framework="nzqf",
        level_number=3,
        credits="4.5",
        credit_framework="nzqa",
        tags=["Blades", "Workplace safety"],
        service_days=5,
    )
    published_version(
        *(school,),
        name=EWE,
        kind="MicroCredential",
        level_framework="nzqf",
        level_number=10,
        credits="5",
        credit_framework="nzqa",
        tags=["Te reo Māori", "workplace safety"],
        service_days=6,
    )
    published_version(
        *(street,),
        name=KORERO,
        kind="MicroCredential",
        level_framework="eqf",
        level_number=4,
        credits="40",
        credit_framework="ects",
        tags=["te reo maori"],
        service_days=21,
        language="mi",
    )
    return school, street


# --- words ------------------------------------------------------------------------------------------------------------
def test_neither_capitals_nor_macrons_nor_order_nor_a_words_end_matter(offer):
    same = ["kōrero", "korero", "KORERO", "host korero", "korero-host", "  kōrero ", "koréro", "ko\u0304rero", "kor"]

    assert {asked: names(f"q={quote(asked)}") for asked in same} == {asked: [KORERO] for asked in same}


def test_a_word_without_its_macron_finds_it_with_and_the_other_way(offer):
    assert sorted(names("q=Maori")) == sorted(names("q=m%C4%81ori")) == [KORERO, EWE]


def test_a_word_that_stands_nowhere_gives_way_to_the_nearest_and_the_page_says_so(offer):
    for asked, word, understood, found in (
        ("knfe", "knfe", "knife", [KORERO, EWE, KNIFE]),
        ("sahrpen a knif", "sahrpen", "sharpen", [KORERO, EWE, KNIFE]),
        ("Kōrrero", "korrero", "korero", [KORERO]),
        ("worplace shear", "worplace", "workplace", [EWE]),
    ):
        answer = page(f"q={quote(asked)}").content.decode()

        assert sorted(names(f"q={quote(asked)}")) == sorted(found), asked
        assert f"Nothing contains “{word}”. Close to it: {understood}" in answer, asked


def test_the_nearest_words_are_a_few_and_a_title_that_has_one_comes_first():
    published_version(name="Fold a sheet")
    published_version(name="Anything", description="About sheep.")
    published_version(name="Shear")

    assert names("q=sheer")[0] in {"Fold a sheet", "Shear"}
    assert sorted(names("q=sheer")) == ["Anything", "Fold a sheet", "Shear"]


def test_a_word_like_nothing_finds_nothing_and_the_page_shows_the_way_out(offer):
    answer = page("q=zyzzyva").content.decode()

    assert names("q=zyzzyva") == []
    assert 'value="zyzzyva"' in answer
    assert "No badge fits those words." in answer
    assert ">Show all badges</a>" in answer


def test_every_word_must_stand_there(offer):
    assert names("q=kōrero+ewe") == []


@pytest.mark.parametrize(
    "words",
    [
        {"skill_sentence": "tan a hide"},
        {"description": "About hides."},
        {"description_for_earners": "For who keeps hides."},
        {"tags": ["Hides"]},
        {"field_of_study": "Hides and skins"},
        {"rubric": [{**RUBRIC[0], "name": "Hide"}]},
    ],
)
def test_each_text_of_a_version_is_searched(words):
    version = published_version(**{"name": "Plain", **words})
    published_version(name="Other")

    assert names("q=hide") == [version.name]


def test_outcomes_skills_and_issuers_are_searched_too():
    issuer, owner = issuer_with_owner("Ngā Awa Training")
    design = {"target_name": "Machine shearing", "target_url": "https://skills.example/7", "target_code": "LO-77"}
    draft = verbs.draft(
        issuer,
        by=owner,
        slug="wool",
        words=WORDS | {"name": "Plain"},
        rubric=RUBRIC,
        outcomes=["Skirt a fleece."],
        alignments=[{"criterion": 1, "level": 2, **design}],
    )
    verbs.publish(draft, by=owner)
    published_version(name="Other")

    for asked in ("nga awa", "machine", "lo-77", "fleece"):
        assert names(f"q={quote(asked)}") == ["Plain"], asked


def test_the_name_counts_more_than_outcomes_and_these_more_than_descriptions():
    published_version(name="C", description="About hides.")
    published_version(name="B", skill_sentence="tan hides")
    published_version(name="Hides")

    assert names("q=hides") == ["Hides", "B", "C"]


# --- what is in it ----------------------------------------------------------------------------------------------------
def test_drafts_are_found_by_nobody_not_even_their_own_designers(offer):
    school, _street = offer
    drafted_version(school, name="Secret knife plans", tags=["Secret"])

    for someone in (None, person(), owner_of(school)):
        assert "Secret knife plans" not in names("", someone) + names("q=secret", someone) + names("q=knife", someone)
    assert page("").context["total"] == 3


def test_a_new_version_takes_the_place_of_the_one_before():
    version = published_version(name="Old name", tags=["Old"])
    owner = owner_of(version.achievement.issuer)
    after = verbs.draft_next(
        version.achievement, by=owner, words=WORDS | {"name": "New name"}, rubric=RUBRIC, outcomes=["x"]
    )
    assert names() == ["Old name"]

    verbs.publish(after, by=owner)

    assert names() == ["New name"]
    assert names("q=old") == names("skill=old") == []


def test_what_is_retired_leaves():
    version = published_version()

    verbs.retire(version, by=owner_of(version.achievement.issuer))

    assert names() == []
    assert CatalogueEntry.objects.count() == 0


def test_a_renamed_issuer_is_found_by_its_new_name_alone(offer):
    school, _street = offer

    school.name = "Tūī Valley"
    school.save(update_fields=["name"])

    assert sorted(names("q=tui+valley")) == [KNIFE, EWE]
    assert names("q=kowhai") == []


def test_the_database_lists_nothing_that_is_not_published(offer):
    school, _street = offer
    draft = drafted_version(school)

    with connection.cursor() as cursor:
        cursor.execute("SELECT issuers_list_versions(ARRAY[%s::bigint])", [draft.pk])

    assert not CatalogueEntry.objects.filter(version=draft).exists()


def test_rebuilding_changes_nothing_and_mends_what_is_amiss(offer, capsys):
    fields = [field.name for field in CatalogueEntry._meta.fields]
    skills = "catalogue_entry__skills__key"
    before = list(CatalogueEntry.objects.order_by("pk").values(*fields))
    tagged = sorted(AchievementVersion.objects.values_list("name", skills))
    CatalogueEntry.objects.update(kind="wrong", title_key="wrong")
    CatalogueSkill.objects.create(key="nobody's", name="Nobody's")

    call_command("rebuild_catalogue")

    assert capsys.readouterr().out == "3 listed.\n"
    assert list(CatalogueEntry.objects.order_by("pk").values(*fields)) == before
    assert sorted(AchievementVersion.objects.values_list("name", skills)) == tagged
    assert set(CatalogueSkill.objects.values_list("key", flat=True)) == {"blades", "workplace safety", "te reo maori"}


def test_texts_longer_than_a_search_vector_are_published_and_found_by_their_beginning():
    version = published_version(
        name="Long", description="Beginning " + "".join(f"w{n} " for n in range(90_000)) + "ending"
    )

    assert version.state == AchievementVersion.State.PUBLISHED
    assert names("q=beginning") == ["Long"]
    assert names("q=ending") == []


# --- filters ----------------------------------------------------------------------------------------------------------
def test_every_value_says_how_many_it_would_leave(offer):
    assert numbers() == {
        "issuer": {"Kōwhai Ridge": 2, "Lantern Street": 1},
        "kind": {"Assessed": 1, "Micro-credential": 2},
        "level": {"NZQF level 3": 1, "NZQF level 10": 1, "EQF level 4": 1},
        "credits": {"Under 5": 1, "5 to 14": 1, "40 and more": 1},
        "skill": {"Te reo Māori": 2, "Workplace safety": 2, "Blades": 1},
        "language": {"English": 2, "Māori": 1},
        "answer": {"5 or fewer": 1, "6 to 10": 1, "More than 20": 1},
    }
    assert page().context["total"] == 3


def test_values_of_one_filter_widen_and_filters_narrow(offer):
    wanted = {
        "kind=Competency": [KNIFE],
        "kind=Competency&kind=MicroCredential": [KORERO, EWE, KNIFE],
        "level=nzqf-10": [EWE],
        "level=nzqf-3&level=eqf-4": [KORERO, KNIFE],
        "credits=under-5": [KNIFE],
        "credits=5-to-14&credits=40-up": [KORERO, EWE],
        "skill=te+reo+maori": [KORERO, EWE],
        "skill=Te+reo+M%C4%81ori": [KORERO, EWE],
        "skill=blades&skill=te+reo+maori": [KORERO, EWE, KNIFE],
        "language=mi": [KORERO],
        "answer=5&answer=10": [EWE, KNIFE],
        "answer=longer": [KORERO],
        "skill=workplace+safety&kind=MicroCredential": [EWE],
        "skill=workplace+safety&kind=MicroCredential&level=nzqf-3": [],
        "q=shear&kind=MicroCredential": [EWE],
        "kind=Nonsense": [],
        "issuer=nobody": [],
    }

    assert {query: names(query) for query in wanted} == wanted
    assert {query: page(query).context["total"] for query in wanted} == {q: len(found) for q, found in wanted.items()}


def test_a_filters_numbers_heed_every_filter_but_itself(offer):
    school, _street = offer

    assert numbers(f"issuer={school.slug}&kind=MicroCredential") == {
        "issuer": {"Kōwhai Ridge": 1, "Lantern Street": 1},
        "kind": {"Assessed": 1, "Micro-credential": 1},
        "skill": {"Te reo Māori": 1, "Workplace safety": 1},
    }
    assert numbers("q=shear&kind=Competency")["kind"] == {"Assessed": 0, "Micro-credential": 1}


def test_each_number_is_what_choosing_that_value_leaves(offer):
    for query in ("", "kind=MicroCredential", "skill=te+reo+maori&answer=10&answer=longer", "q=shar&language=en"):
        for facet, shown in page(query).context["facets"]:
            others = QueryDict(query, mutable=True)
            for one in shown:
                others.setlist(facet.name, [one.value])
                assert len(names(others.urlencode())) == one.number, (query, facet.name, one)


def test_what_was_chosen_is_named_though_nothing_has_it(offer):
    school, _street = offer

    answer = page(f"q=korero&issuer={school.slug}&skill=blades").content.decode()

    chips = re.findall(r'<a class="tag" href="([^"]+)">(.*?)</a>', answer, re.DOTALL)
    told = {" ".join(re.sub(r"<[^>]+>", " ", words).split()): href.replace("&amp;", "&") for href, words in chips}
    assert told == {
        "Issuer: Kōwhai Ridge , take this filter away": "?q=korero&skill=blades",
        "Skill: Blades , take this filter away": f"?q=korero&issuer={school.slug}",
    }
    assert "No badge has all of this. Take a filter away, or use fewer words." in answer
    assert 'href="?q=korero">Take all away</a>' in answer


def test_only_the_commonest_are_shown_and_what_was_chosen_stays():
    for number in range(12):
        published_version(name=f"Many {number}", tags=["Everywhere", f"Skill {number:02}"])

    assert list(numbers()["skill"].values()) == [12] + [1] * 7
    assert len(numbers()["issuer"]) == 8
    assert numbers("skill=skill+11")["skill"]["Skill 11"] == 1


def test_a_filter_with_one_value_is_no_choice_and_is_not_shown():
    published_version()
    published_version()

    assert set(numbers()) == {"issuer"}


# --- order, pages, form -----------------------------------------------------------------------------------------------
def test_the_orders(offer):
    assert names() == names("sort=newest") == names("sort=nonsense") == names("sort=relevance") == [KORERO, EWE, KNIFE]
    assert names("sort=title") == [KORERO, KNIFE, EWE]
    assert names("sort=credits") == [KORERO, EWE, KNIFE]
    assert names("q=workplace&sort=newest") == [EWE, KNIFE]


def test_titles_are_ordered_without_capitals_and_marks():
    for name in ("zebra", "Äpfel", "ōtara", "Banana", "apple", "Oak"):
        published_version(name=name)

    assert names("sort=title") == ["Äpfel", "apple", "Banana", "Oak", "ōtara", "zebra"]


def test_pages_hold_24_and_keep_what_was_asked():
    issuer, _owner = issuer_with_owner()
    for number in range(26):
        published_version(issuer, name=f"Blade {number:02}")

    first, second = page("q=blade&sort=title"), page("q=blade&sort=title&page=2")

    assert [len(one.context["page"].object_list) for one in (first, second)] == [24, 2]
    assert 'href="?q=blade&amp;sort=title&amp;page=2"' in first.content.decode()
    assert 'href="?q=blade&amp;sort=title&amp;page=1"' in second.content.decode()
    assert '<input type="hidden" name="sort" value="title">' in second.content.decode()
    assert [one.name for one in second.context["page"].object_list] == ["Blade 24", "Blade 25"]
    assert names("q=blade&page=99") == names("q=blade&page=2")


def test_the_form_comes_back_as_it_was_sent(offer):
    answer = page("q=k%C5%8Drero+%22%3Cb%3E&kind=MicroCredential").content.decode()

    assert 'value="kōrero &quot;&lt;b&gt;"' in answer
    assert re.findall(r'name="(\w+)" value="([^"]+)" id="[^"]+" checked', answer) == [("kind", "MicroCredential")]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_asks_3_and_with_words_4_whatever_is_chosen(django_assert_num_queries, rows):
    issuer, _owner = issuer_with_owner()
    for number in range(rows):
        published_version(issuer, name=f"Blade {number}", tags=[f"Skill {one}" for one in range(number + 1)])
        published_version(name=f"Net {number}")

    for query, asks in {"": 3, "kind=MicroCredential&skill=skill+0&answer=10": 3, "page=2": 3}.items():
        with django_assert_num_queries(asks):
            page = Client().get(f"/catalogue/?{query}")
        assert (page.status_code, query or page.context["page"].paginator.count) == (200, query or rows * 2)
    for query in ("q=blade", "q=bladde&kind=MicroCredential&skill=skill+0", "q=blade&sort=title"):
        with django_assert_num_queries(4):
            page = Client().get(f"/catalogue/?{query}")
        assert "Blade 0" in page.content.decode()


def test_a_full_page_with_every_filter_is_light():
    for number in range(30):
        published_version(
            name=f"Facilitate a restorative conversation in te reo Māori {number}",
            kind=AchievementVersion.Kind.values[number % 5],
            level_framework="nzqf",
            level_number=1 + number % 10,
            credits=str(1 + 9 * (number % 6)),
            credit_framework="nzqa",
            language=["en", "mi", "sm", "to", "ar"][number % 5],
            service_days=[4, 9, 15, 30][number % 4],
            tags=[f"A skill of about thirty letters {number % 15}"],
        )

    html = page(
        "q=te+reo&kind=MicroCredential&kind=Badge&kind=Competency&kind=Achievement&kind=Capstone&language=en"
    ).content

    assert page().content.count(b'type="checkbox"') > 40
    assert len(page().content) <= 60_000
    assert len(html) <= 60_000


# --- what nobody types ------------------------------------------------------------------------------------------------
HOSTILE = [
    *("%", "_", "'", '"', "\\", "\\'", "':*", "&", "|", "!", "()", "<->", "a & | b", ":*", "''", "{}", "%s", "{found}"),
    *(
        "'; DROP TABLE issuers_catalogueentry; --",
        "knife:*",
        "!knife",
        "kn*fe",
        "http://x.nz/a\\b?c='d'",
        "½ ß 🐑 \u202e",
    ),
    *("\x00", "a\x00b", "\ud800", "\u0301\u0301", " " * 50, "x" * 5000, "- - -", "a-b-c", "1/2/3", "e@x.nz", "\t\n"),
    *("\ufdfa" * 50, "\u3300" * 100, "名前" * 99),
]


def test_no_words_break_the_search(offer):
    client = Client(raise_request_exception=False)
    broken = []
    for asked in HOSTILE:
        sent = quote(asked.encode("utf-8", "surrogatepass"))
        for query in (f"q={sent}", f"skill={sent}&issuer={sent}&level={sent}&kind={sent}", f"sort={sent}&page={sent}"):
            answer = client.get(f"/catalogue/?{query}")
            broken += [query] if answer.status_code != 200 else []

    assert broken == []
    assert CatalogueEntry.objects.count() == 3


def test_a_thousand_values_are_no_more_than_twenty(offer):
    answer = page("&".join(f"skill={number}" for number in range(1000)))

    assert answer.status_code == 200
    assert answer.content.decode().count(" checked") == catalogue.MOST_CHOSEN


# --- what search engines read -----------------------------------------------------------------------------------------
def test_the_sitemap_names_what_is_open_under_the_public_address(offer, settings, client):
    settings.PUBLIC_URL = "https://satchel.example"
    school, street = offer
    issuer_with_owner("Nothing offered")
    drafted_version(school)

    index = re.findall(r"<loc>([^<]+)</loc>", client.get("/sitemap.xml").content.decode())
    parts = [re.sub(r"^https://[^/]+", "", one) for one in index]
    named = [loc for part in parts for loc in re.findall(r"<loc>([^<]+)</loc>", client.get(part).content.decode())]

    slugs = Achievement.objects.filter(versions__state="published").order_by("pk").values_list("slug", flat=True)
    assert parts == ["/sitemap-catalogue.xml", "/sitemap-achievements.xml", "/sitemap-issuers.xml"]
    assert named == [
        "https://satchel.example/catalogue/",
        *(f"https://satchel.example/achievements/{slug}/" for slug in slugs),
        *(f"https://satchel.example/issuers/{one.slug}" for one in (school, street)),
    ]
    assert client.get("/sitemap-nobody.xml").status_code == 404
    assert client.get("/sitemap-achievements.xml?p=9").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_sitemap_asks_the_same_for_one_and_for_three(django_assert_num_queries, client, number):
    for _one in range(number):
        published_version()

    for path, asks, listed in (
        ("/sitemap.xml", 3, 3),
        ("/sitemap-achievements.xml", 2, number),
        ("/sitemap-issuers.xml", 2, number),
    ):
        with django_assert_num_queries(asks):
            page = client.get(path)
        assert page.content.decode().count("<loc>") == listed


def test_robots_are_told_where_to_begin_and_what_is_ones_own(client, settings):
    said = client.get("/robots.txt")

    assert said.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = said.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /submissions/" in lines
    assert lines[-1] == f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml"
