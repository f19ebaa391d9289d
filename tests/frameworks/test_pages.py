"""The pages: what a visitor reads, and an operator's way from a file to a version, without scripts and with them."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.core import outbox
from apps.frameworks import forms, verbs
from apps.frameworks.models import Framework, FrameworkImport
from tests.factories import operator, person
from tests.factories.frameworks import TABLE, case_bytes, framework_with, imported, uploaded

pytestmark = pytest.mark.django_db


def signed_in(someone):
    client = Client()
    client.force_login(someone)
    return client


@pytest.fixture
def keeper():
    return signed_in(operator())


def page_of(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def missing(page, *words):
    return [one for one in words if one not in page]


# --- for everybody ----------------------------------------------------------------------------------------------------
def test_a_visitor_reads_the_list_and_finds_no_way_to_import():
    framework = imported(title="Pottery", publisher="The guild").framework
    imported(title="Weaving")
    verbs.retire(Framework.objects.get(title="Weaving"), by=operator())

    page = page_of(Client(), "/frameworks/")

    assert page.index("Pottery") < page.index('id="retired"') < page.index("Weaving")
    assert "The guild · Skills · 4 items · version 1" in page
    assert (framework.get_absolute_url() in page, "Import a framework" in page) == (True, False)


def test_without_any_framework_the_list_says_who_brings_them():
    assert "No framework is here yet. The operator brings them in." in page_of(Client(), "/frameworks/")


def test_a_framework_that_is_on_its_way_for_the_first_time_is_not_there_yet(keeper):
    found = uploaded(title="Pottery")
    verbs.confirm(found, by=found.by)

    page_of(keeper, "/frameworks/pottery/", 404)
    assert "Pottery" not in page_of(keeper, "/frameworks/")


def test_the_tree_shows_each_row_in_its_place():
    framework = imported(title="Pottery").framework

    page = page_of(Client(), framework.get_absolute_url())

    order = ["Work with clay", "Prepare clay for the wheel", "Throw a kōhua", "Fire a kiln"]
    assert sorted(order, key=page.index) == order
    assert (page.count('class="in-1"'), page.count("Level 2:"), page.count("2 below")) == (2, 2, 1)


def test_a_large_tree_opens_at_its_upper_levels_and_all_of_it_is_one_step_away():
    rows = "".join(f"{n},Statement {n},{n - n % 60 if n % 60 else ''}\n" for n in range(180))
    framework = imported(f"code,statement,parent\n{rows}").framework

    page = page_of(Client(), framework.get_absolute_url())
    everything = page_of(Client(), f"{framework.get_absolute_url()}?depth=all&page=4")

    assert (page.count('<li><a href="?depth='), page.count('class="body"')) == (2, 3)
    assert missing(page, ">59 below<", "Statement 60") == []
    assert everything.count('class="in-1"') == 30


@pytest.mark.parametrize(("asked", "found"), [("KOHUA", "Throw a kōhua"), ("c1", "Prepare clay for the wheel")])
def test_its_search_finds_rows_and_says_where_they_stand(asked, found):
    framework = imported().framework

    page = page_of(Client(), f"{framework.get_absolute_url()}?q={asked}")

    assert missing(page, found, "in Work with clay", f"1 found for “{asked}”") == []
    assert "Fire a kiln" not in page


def test_an_earlier_version_says_that_it_is_one_and_leads_on():
    first = imported(label="2025")
    second = imported(
        TABLE.replace("kōhua", "ipu").replace("fire,F,Fire", "wood,W,Burn"), into=first.framework, label="2026"
    )
    old = {item.identifier: item for item in first.items.select_related("version__framework")}
    new = second.items.select_related("version__framework").get(identifier="clay-2")
    client = Client()

    tree = page_of(client, f"{first.framework.get_absolute_url()}?version=1")
    changed, gone = (page_of(client, old[name].get_absolute_url()) for name in ("clay-2", "fire"))

    assert missing(tree, "This is version 2025, which is not the current one.", "Throw a kōhua", "noindex") == []
    assert missing(changed, "This is how version 2025 puts it.", new.get_absolute_url()) == []
    assert "This is in version 2025, but no longer in the current one." in gone


def test_an_items_page_tells_where_it_stands_and_what_is_below():
    version = imported(title="Pottery")
    parent, child = (version.items.get(identifier=name) for name in ("clay", "clay-1"))
    address = f"/frameworks/pottery/items/{child.public_id}/"

    page = page_of(Client(), address)
    above = page_of(Client(), f"/frameworks/pottery/items/{parent.public_id}/")

    assert (
        missing(
            page, "Wedges clay until it is even.", "https://example.org/clay/1", "Level 2, Level 3", parent.public_id
        )
        == []
    )
    assert missing(above, "Below it", address, "Throw a kōhua") == []


def test_an_item_has_an_address_under_its_own_framework_alone():
    version = imported(title="Pottery")
    imported(title="Weaving")
    item = version.items.get(identifier="clay")

    page_of(Client(), f"/frameworks/weaving/items/{item.public_id}/", 404)


@pytest.mark.parametrize("query", ["version=9", "version=x", "version=%00", "version=99999999999999999999"])
def test_a_version_that_is_none_is_not_there(query):
    framework = imported().framework

    page_of(Client(), f"{framework.get_absolute_url()}?{query}", 404)
    page_of(Client(), f"/api/v1/frameworks/{framework.slug}/items/?{query}", 404)


@pytest.mark.parametrize(
    "query", ["depth=9", "depth=x", "depth=%00", "q=%00", "page=-1", "page=%00", "q=" + "x" * 3_000]
)
def test_what_nobody_types_breaks_nothing(query):
    framework = imported().framework

    page_of(Client(), f"{framework.get_absolute_url()}?{query}")


# --- the way in -------------------------------------------------------------------------------------------------------
def sent(client, data, **about):
    name = about.pop("name", "clay.csv")
    return client.post(
        "/frameworks/imports/new/",
        {"upload": SimpleUploadedFile(name, data), "kind": "skills"} | about,
        headers=about.pop("headers", {}),
    )


def test_from_a_file_to_a_version_by_plain_forms(keeper):
    answer = sent(keeper, TABLE.encode(), title="Pottery", label="2026", licence="CC BY 4.0")
    there = answer.url
    checked = page_of(keeper, there)
    assert missing(checked, "“Pottery” would be new here, with 4 items", "Import it", "Leave it", "CC BY 4.0") == []
    assert "hx-get" not in checked.partition('id="import"')[2].partition(">")[0]

    assert keeper.post(f"{there}confirm/").url == there
    going = page_of(keeper, there)
    assert (
        missing(
            going, "0 of 4 items have been imported.", "You can leave this page", "Look again", 'hx-trigger="every 2s"'
        )
        == []
    )
    outbox.drain()
    done = page_of(keeper, there)

    assert "“Pottery”, version 2026, is current now" in done
    assert 'hx-trigger="every' not in done
    assert page_of(Client(), "/frameworks/pottery/").count('class="body"') == 4


def test_a_script_that_sends_the_file_is_told_where_to_go(keeper):
    answer = keeper.post(
        "/frameworks/imports/new/",
        {"upload": SimpleUploadedFile("clay.csv", TABLE.encode()), "kind": "skills", "title": "Pottery"},
        headers={"hx-request": "true"},
    )

    assert answer.headers["HX-Redirect"] == FrameworkImport.objects.get().get_absolute_url()


def test_a_refused_file_shows_its_rows_and_what_was_typed_comes_back(keeper):
    there = sent(keeper, b"code,statement\n1,<b>x</b>\n", title="Pottery", publisher="The guild").url
    page = page_of(keeper, there)
    again = page_of(keeper, f"/frameworks/imports/new/?after={there.rstrip('/').rpartition('/')[2]}")
    report = keeper.get(f"{there}report.csv")

    assert missing(page, "Nothing was changed", "1 thing to fix", "This contains HTML.", "<code>statement</code>") == []
    assert missing(again, 'value="Pottery"', 'value="The guild"') == []
    assert report.headers["Content-Disposition"].startswith('attachment; filename="report-')
    assert list(csv.reader(io.StringIO(report.content.decode("utf-8-sig")))) == [
        ["row", "column", "severity", "sentence"],
        ["2", "statement", "error", "This contains HTML. Leave the tags and entities out: only text is kept."],
    ]


@pytest.mark.parametrize(
    ("data", "typed", "sentence"),
    [
        (b"", {"title": "Pottery"}, "That file is empty."),
        (TABLE.encode(), {}, "Give the framework a title: the file names none."),
        (TABLE.encode(), {"title": "Pottery", "language": "Englisch!"}, "Write a language code, like en or mi."),
        (TABLE.encode(), {"title": "Pot\x07tery"}, "This holds a control character"),
        (TABLE.encode(), {"title": "Pottery", "kind": "x"}, "Select a valid choice."),
        (TABLE.encode(), {"title": "x" * 201}, "Ensure this value has at most 200 characters"),
        (TABLE.encode(), {"title": "Pottery", "into": "nowhere"}, "Select a valid choice."),
    ],
)
def test_what_the_form_cannot_take_is_said_on_it_and_nothing_typed_is_lost(keeper, data, typed, sentence):
    answer = sent(keeper, data, publisher="The guild", **typed)

    page = answer.content.decode()
    assert (answer.status_code, sentence in page, 'value="The guild"' in page) == (422, True, True)
    assert FrameworkImport.objects.count() == 0


def test_no_file_and_one_too_large_are_refused_before_they_are_read(keeper, monkeypatch):
    monkeypatch.setattr(forms, "MOST_BYTES", 10)

    none = keeper.post("/frameworks/imports/new/", {"title": "Pottery", "kind": "skills"})
    large = sent(keeper, TABLE.encode(), title="Pottery")

    assert (none.status_code, "This field is required." in none.content.decode()) == (422, True)
    assert (large.status_code, "the most is" in large.content.decode()) == (422, True)


def test_a_next_version_says_what_it_replaces(keeper):
    version = imported(title="Pottery", label="2025")

    form = page_of(keeper, "/frameworks/imports/new/?into=pottery")
    there = sent(keeper, TABLE.replace("kōhua", "ipu").encode(), into="pottery", label="2026").url
    page = page_of(keeper, there)

    assert '<option value="pottery" selected>' in form
    assert missing(page, "It replaces version 2025 of “Pottery”", "Throw a ipu", "as before") == []
    assert version.framework.imports.count() == 2


def test_an_import_is_stopped_or_left_from_its_page(keeper):
    waiting, going = uploaded(), uploaded()
    verbs.confirm(going, by=going.by)

    keeper.post(f"{going.get_absolute_url()}stop/")
    left = keeper.post(f"{waiting.get_absolute_url()}drop/")

    assert left.url == "/frameworks/imports/"
    assert [FrameworkImport.objects.get(pk=one.pk).state for one in (waiting, going)] == ["dropped", "failed"]
    assert "Stopped by Operator." in page_of(keeper, going.get_absolute_url())
    for what in ("confirm", "drop", "stop"):
        again = keeper.post(f"{going.get_absolute_url()}{what}/", follow=True)
        assert 'role="alert"' in again.content.decode(), what


def test_a_framework_is_retired_after_one_more_question(keeper):
    framework = imported(title="Pottery").framework

    asked = page_of(keeper, "/frameworks/pottery/retire/")
    keeper.post("/frameworks/pottery/retire/")
    twice = keeper.post("/frameworks/pottery/retire/")
    page = page_of(keeper, "/frameworks/pottery/")
    keeper.post("/frameworks/pottery/reopen/")

    assert "Nobody can find its items any more" in asked
    assert (twice.status_code, "can no longer be done" in twice.content.decode()) == (409, True)
    assert "Use it again" in page
    framework.refresh_from_db()
    assert framework.state == "active"


def test_a_version_goes_out_as_the_table_that_comes_in(keeper):
    version = imported(case_bytes(), title="", slug="reo")

    out = keeper.get("/frameworks/reo/items.csv").content
    found = uploaded(out, into=version.framework, label="from our own table")

    assert found.counts == {"new": 0, "changed": 0, "removed": 0, "same": 3}


def test_the_example_can_be_had_and_imported(keeper):
    out = keeper.get("/frameworks/imports/example.csv").content

    assert uploaded(out).state == "checked"


@pytest.mark.parametrize("what", ["confirm", "drop", "stop"])
def test_others_find_neither_imports_nor_a_way_to_act_on_them(what):
    found, other = uploaded(), signed_in(person())

    answer = other.post(f"{found.get_absolute_url()}{what}/")

    assert (answer.status_code, FrameworkImport.objects.get().state) == (404, "checked")


def test_others_neither_retire_nor_upload():
    framework, other = imported(title="Pottery").framework, signed_in(person())

    answers = [
        other.post("/frameworks/pottery/retire/"),
        other.post("/frameworks/pottery/reopen/"),
        sent(other, TABLE.encode()),
    ]

    assert [one.status_code for one in answers] == [403, 403, 403]
    assert framework.imports.count() == 1


# --- how much is asked ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_the_same_whatever_is_in_them(django_assert_num_queries, rows):
    framework = framework_with(rows, title="Pottery")
    for _number in range(rows - 1):
        imported()
    item = framework.versions.get().items.first()

    for path, queries, counted in (
        ("/frameworks/", 1, "ev-row"),
        ("/frameworks/pottery/", 3, 'class="body"'),
        ("/frameworks/pottery/?q=statement", 3, 'class="body"'),
    ):
        with django_assert_num_queries(queries):
            page = Client().get(path).content.decode()
        assert page.count(counted) == rows, path
    with django_assert_num_queries(2):
        Client().get(f"/frameworks/pottery/items/{item.public_id}/")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_imports_asks_6_and_an_import_5(django_assert_num_queries, keeper, rows):
    for _number in range(rows):
        found = uploaded()

    with django_assert_num_queries(6):
        page = keeper.get("/frameworks/imports/").content.decode()
    assert page.count('scope="row"') == rows
    with django_assert_num_queries(5):
        keeper.get(found.get_absolute_url())


def test_a_full_page_of_long_statements_is_light():
    long = "Facilitate a restorative kōrero between whānau and kura " * 4
    rows = "".join(f"REO.KO.{n},{long}{n},{'REO.KO.0' if n else ''}\n" for n in range(120))
    framework = imported(f"code,statement,parent\n{rows}").framework

    page = Client().get(f"{framework.get_absolute_url()}?depth=all").content

    assert (page.count(b'class="body"'), len(page) < 60_000) == (50, True)


# --- the API ----------------------------------------------------------------------------------------------------------
def test_the_api_lists_frameworks_and_pages_through_items_in_their_order():
    version = imported(title="Pottery", publisher="The guild", label="2026")
    listed = Client().get("/api/v1/frameworks/").json()
    first = Client().get("/api/v1/frameworks/pottery/items/?limit=3").json()
    rest = Client().get(first["next"]).json()

    (one,) = listed["results"]
    assert one | {"imported_at": ""} == {
        "id": version.framework.public_id,
        "slug": "pottery",
        "title": "Pottery",
        "kind": "skills",
        "publisher": "The guild",
        "source_url": "",
        "licence": "",
        "language": "en",
        "retired": False,
        "version": 1,
        "label": "2026",
        "items": 4,
        "imported_at": "",
    }
    assert [item["identifier"] for item in first["results"] + rest["results"]] == ["clay", "clay-1", "clay-2", "fire"]
    assert rest["next"] is None
    ids = {item.identifier: item.public_id for item in version.items.all()}
    assert first["results"][1] == {
        "id": ids["clay-1"],
        "identifier": "clay-1",
        "code": "C1",
        "statement": "Prepare clay for the wheel",
        "full_statement": "Wedges clay until it is even.",
        "type": "Skill",
        "parent": ids["clay"],
        "depth": 1,
        "url": "https://example.org/clay/1",
        "education_levels": ["Level 2", "Level 3"],
        "retired": False,
    }
    assert first["results"][0]["parent"] is None


def test_the_api_finds_items_and_reads_earlier_versions():
    framework = imported(title="Pottery").framework
    imported(TABLE.replace("kōhua", "ipu"), into=framework)

    def found(query):
        return [
            item["statement"] for item in Client().get(f"/api/v1/frameworks/pottery/items/?{query}").json()["results"]
        ]

    assert (found("q=kohua"), found("q=kohua&version=1"), found("q=IPU")) == ([], ["Throw a kōhua"], ["Throw a ipu"])
    assert found("q=%00") == []
    assert Client().get("/api/v1/frameworks/nowhere/items/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_api_asks_1_and_2(django_assert_num_queries, rows):
    framework_with(rows, title="Pottery")
    for _number in range(rows - 1):
        imported()

    with django_assert_num_queries(1):
        assert len(Client().get("/api/v1/frameworks/").json()["results"]) == rows
    with django_assert_num_queries(2):
        assert len(Client().get("/api/v1/frameworks/pottery/items/").json()["results"]) == rows
