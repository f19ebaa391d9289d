"""Tables of people for programs: given, looked at, corrected, awarded and taken back as on the pages."""

import pytest

from apps.core import outbox
from apps.credentials.models import BulkAward, Credential
from tests.factories import owner_of, person, published_version
from tests.factories.bulk import HEADINGS, WHY, many, table, upload_of
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db

BOTH = ("awards:read", "awards:write")
JSON = "application/json"
GOOD = ("ani@people.example", "Ani Ruru", "She threw it.", "https://work.example/1", "", "mi")
MAPPING = {"address": 0, "name": 1, "narrative": 2, "evidence": [3], "valid_until": 4, "language": 5}
BAD = ("hemi@people", "Hēmi Ruru")


@pytest.fixture
def version():
    return published_version()


@pytest.fixture
def desk(version):
    return program(owner_of(version.achievement.issuer), *BOTH)


@pytest.fixture
def tables(version):
    return f"/api/v1/issuers/{version.achievement.issuer.slug}/bulk-awards/"


def given(version, *rows, **changes):
    told = {"achievement": version.achievement.slug, "why": WHY, "file": upload_of(table(*rows))}
    return told | changes


def at(made, act=""):
    return f"/api/v1/bulk-awards/{made['id']}/{act and act + '/'}"


def test_a_table_is_given_looked_at_corrected_awarded_and_taken_back(version, desk, tables):
    made = desk.post(tables, given(version, GOOD, BAD))
    table_ = made.json()
    looked_at = desk.post(at(table_, "columns"), {}, JSON).json()
    outbox.drain()
    found = desk.get(at(table_, "rows")).json()["results"]
    wrong = desk.get(f"{at(table_, 'rows')}?state=problem").json()["results"]
    mended = desk.post(at(table_, "table"), {"file": upload_of(table(GOOD, ("hemi@people.example", "Hēmi Ruru")))})
    outbox.drain()
    awarding = desk.post(at(table_, "award"), {}, JSON).json()
    outbox.drain()
    (listed,) = desk.get(tables).json()["results"]
    awarded = desk.get(at(table_, "rows")).json()["results"]
    undoing = desk.post(at(table_, "undo"), {"reason": "mistake", "note": "The wrong course."}, JSON).json()
    outbox.drain()
    undone = desk.get(at(table_)).json()

    assert (made.status_code, table_["state"], table_["rows"]) == (201, "draft", {})
    assert {name: table_[name] for name in ("achievement", "version", "why", "file_name", "trouble")} == {
        "achievement": version.achievement.slug,
        "version": 1,
        "why": WHY,
        "file_name": "people.csv",
        "trouble": "",
    }
    assert [one["name"] for one in table_["columns"]] == list(HEADINGS)
    assert table_["mapping"] == MAPPING
    assert (looked_at["state"], looked_at["read"]) == ("checking", 0)
    assert found[0] == {
        "line": 2,
        "state": "ready",
        "problems": [],
        "address": "ani@people.example",
        "name": "Ani Ruru",
        "narrative": "She threw it.",
        "evidence": ["https://work.example/1"],
        "valid_until": None,
        "language": "mi",
        "is_new": True,
        "credential": None,
    }
    assert [(one["line"], one["problems"]) for one in wrong] == [(3, ["“hemi@people” is not an e-mail address."])]
    assert (mended.json()["state"], awarding["state"], listed["state"]) == ("checking", "awarding", "done")
    assert (listed["rows"], [one["state"] for one in awarded]) == ({"awarded": 2}, ["awarded"] * 2)
    assert {one["credential"] for one in awarded} == {
        f"http://localhost:8000/c/{one.public_id}" for one in Credential.objects.all()
    }
    assert (undoing["state"], undone["state"], undone["rows"], undone["undo_reason"], undone["undo_note"]) == (
        *("undoing", "undone", {"undone": 2}, "mistake", "The wrong course."),
    )
    assert {one.status for one in Credential.objects.all()} == {"revoked"}


def test_what_can_not_be_is_refused_in_words_and_changes_nothing(version, desk, tables):
    made = desk.post(tables, given(version, GOOD)).json()
    answers = [
        desk.post(tables, given(version, GOOD, achievement="nothing")),
        desk.post(tables, given(version, file=upload_of(b""))),
        desk.post(tables, {"achievement": version.achievement.slug, "why": WHY}),
        desk.post(at(made, "columns"), {"mapping": {"name": 1}}, JSON),
        desk.post(at(made, "columns"), {"mapping": {"address": 0, "name": 99}}, JSON),
        desk.post(at(made, "columns"), {"mapping": {"adress": 0, "name": 1}}, JSON),
        desk.post(at(made, "columns"), {"mapping": [0, 1]}, JSON),
        desk.post(at(made, "award"), {}, JSON),
        desk.post(at(made, "undo"), {"reason": "mistake"}, JSON),
        desk.get(f"{at(made, 'rows')}?state=lost"),
        desk.post(at(desk.post(tables, given(version, GOOD)).json(), "columns"), {}, JSON),
    ]
    answers.append(desk.post(at(answers[-1].json(), "award"), {}, JSON))

    assert [one.status_code for one in answers] == [404, 409, 400, 409, 409, 400, 400, 409, 409, 400, 200, 409]
    assert "Its rows are being checked." in answers[-1].content.decode()
    assert "A column cannot hold adress" in answers[5].content.decode()
    assert "Say which column holds the e-mail addresses." in answers[3].content.decode()
    states = BulkAward.objects.order_by("pk").values_list("state", flat=True)
    assert (list(states), Credential.objects.count()) == (["draft", "checking"], 0)


def test_a_table_is_deleted_until_something_was_awarded_from_it(version, desk, tables):
    unwanted, wanted = (desk.post(tables, given(version, GOOD)).json() for _number in range(2))
    desk.post(at(wanted, "columns"), {}, JSON)
    outbox.drain()
    desk.post(at(wanted, "award"), {}, JSON)

    answers = [desk.delete(at(one)) for one in (unwanted, wanted)]

    assert [one.status_code for one in answers] == [204, 409]
    assert [one["id"] for one in desk.get(tables).json()["results"]] == [wanted["id"]]


@pytest.mark.parametrize("who", ["learner", "owner elsewhere", "without the scope", "by a token that only reads"])
def test_nobody_else_finds_a_table_or_does_anything_with_it(version, desk, tables, who):
    made = desk.post(tables, given(version, GOOD)).json()
    owner = owner_of(version.achievement.issuer)
    other = {
        "learner": lambda: program(person(), *BOTH),
        "owner elsewhere": lambda: program(owner_of(published_version().achievement.issuer), *BOTH),
        "without the scope": lambda: program(owner, "credentials:read"),
        "by a token that only reads": lambda: program(owner, "awards:read"),
    }[who]()
    acts = [(act, {}) for act in ("columns", "award")] + [("undo", {"reason": "mistake"})]

    reads = [other.get(tables), *(other.get(at(made, act)) for act in ("", "rows"))]
    answers = [
        other.post(tables, given(version, GOOD)),
        *(other.post(at(made, act), body, JSON) for act, body in acts),
        other.post(at(made, "table"), {"file": upload_of(table(GOOD))}),
        other.delete(at(made)),
    ]

    status = 403 if who in ("without the scope", "by a token that only reads") else 404
    assert {one.status_code for one in answers} == {status}
    assert {one.status_code for one in reads} == {200 if who == "by a token that only reads" else status}
    assert [one["state"] for one in desk.get(tables).json()["results"]] == ["draft"]


def test_a_page_of_tables_and_of_rows_asks_as_often_whatever_stands_on_it(
    version, desk, tables, django_assert_num_queries
):
    made = [desk.post(tables, given(version, *many(3))).json() for _number in range(2)]
    desk.post(at(made[0], "columns"), {}, JSON)
    outbox.drain()
    desk.get(tables)

    with django_assert_num_queries(4):
        assert len(desk.get(f"{tables}?limit=1").json()["results"]) == 1
    with django_assert_num_queries(4):
        assert len(desk.get(tables).json()["results"]) == 2
    for limit in (1, 3):
        with django_assert_num_queries(3):
            assert len(desk.get(f"{at(made[0], 'rows')}?limit={limit}").json()["results"]) == limit
