"""CASE 1.1: what comes in, and each thing that keeps a file out. No database is asked."""

import json
import uuid
from datetime import date

import pytest

from apps.frameworks import importers
from apps.frameworks.importers import pieces
from apps.frameworks.importers.rows import MOST_ITEMS, About, Row
from tests.factories.frameworks import case_bytes, case_package

TODAY = date(2026, 11, 24)
NAMES = [str(uuid.UUID(int=n)) for n in range(5)]


def read(package):
    data = package if isinstance(package, bytes) else json.dumps(package, ensure_ascii=False).encode()
    return importers.read(data, today=TODAY)


def findings(reading):
    return [tuple(one) for one in reading.findings.kept]


def errors(reading):
    return [(row, column, sentence) for row, column, severity, sentence in findings(reading) if severity == "error"]


def child_of(child, parent, kind="isChildOf", **more):
    return {
        "identifier": str(uuid.uuid4()),
        "associationType": kind,
        "originNodeURI": {"identifier": child},
        "destinationNodeURI": {"identifier": parent},
    } | more


def items(*names, **more):
    return [{"identifier": name, "fullStatement": f"Statement {name}"} | more for name in names]


def test_a_package_comes_to_rows_in_the_order_of_its_sequence_numbers():
    reading = read(case_package())

    assert (reading.format, findings(reading)) == ("case", [])
    assert reading.about == About(
        identifier=NAMES[0],
        title="Reo in the room",
        publisher="Te Kura",
        source_url=f"https://case.example/uri/{NAMES[0]}",
        licence="CC BY 4.0",
        language="en",
        version="2026",
    )
    common = {"kind": "Skill", "levels": ("05", "06")}
    assert reading.rows == [
        Row(NAMES[2], "Whakarongo", code="W", url=f"https://case.example/uri/{NAMES[2]}", **common),
        Row(NAMES[1], "Kōrero", code="K", url=f"https://case.example/uri/{NAMES[1]}", position=1, last=2, **common),
        Row(
            NAMES[3],
            "Kōrero i mua",
            code="K.1",
            parent=NAMES[1],
            url=f"https://case.example/uri/{NAMES[3]}",
            position=2,
            last=2,
            depth=1,
            **common,
        ),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_package_in_another_encoding_reads_the_same(encoding):
    text = json.dumps(case_package(), ensure_ascii=False)

    assert read(text.encode(encoding)).rows == read(case_package()).rows


def test_identifiers_are_the_same_however_their_letters_are_written():
    names = [str(uuid.uuid4()) for _n in range(2)]
    package = case_package(items=items(*names), associations=[child_of(names[1].upper(), names[0])])

    assert [row.parent for row in read(package).rows] == ["", names[0]]


def test_an_item_that_has_ended_is_retired_and_one_that_will_end_is_not():
    package = case_package(
        items=[*items("a", statusEndDate="2026-11-24"), *items("b", statusEndDate="2026-11-25T00:00:00Z"), *items("c")],
        associations=[],
    )

    assert {row.identifier: row.retired for row in read(package).rows} == {"a": True, "b": False, "c": False}


def test_the_abbreviated_statement_is_the_short_one_and_lines_of_the_whole_are_kept():
    package = case_package(
        items=[{"identifier": "a", "abbreviatedStatement": "Count", "fullStatement": " Count\r\nto ten. "}],
        associations=[],
    )

    (row,) = read(package).rows

    assert (row.statement, row.full_statement) == ("Count", "Count\nto ten.")


def test_what_is_not_kept_is_told_and_keeps_nothing_out():
    package = case_package(
        items=items("a", "b", uri="urn:uuid:1"),
        associations=[
            child_of("b", "a"),
            child_of("b", NAMES[0]),
            child_of("a", "elsewhere", "exactMatchOf"),
            child_of("a", "b", "isRelatedTo"),
            child_of("b", "a", "isRelatedTo"),
        ],
        adoptionStatus="Deprecated",
    ) | {"CFRubrics": [{"identifier": "r", "CFRubricCriteria": []}], "CFDefinitions": {"CFItemTypes": [{"title": "x"}]}}

    reading = read(package)

    assert reading.is_good
    assert findings(reading) == [
        (0, "CFDocument.adoptionStatus", "warning", "Its publisher calls this framework deprecated."),
        (1, "uri", "warning", "This is no web address, and is left out."),
        (2, "uri", "warning", "This is no web address, and is left out."),
        (2, "destinationNodeURI", "warning", "“b” has a second parent. It stays below the first."),
        (0, "CFAssociations", "note", "1 associations “exactMatchOf” are left out: only the tree is kept."),
        (0, "CFAssociations", "note", "2 associations “isRelatedTo” are left out: only the tree is kept."),
        (0, "CFRubrics", "note", "1 rubrics are left out: only items are kept."),
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"items": items("a", "a")}, [(2, "identifier", "Item 1 has the identifier “a” already.")]),
        ({"items": [{"fullStatement": "S"}]}, [(1, "identifier", "This is empty, and every row needs it.")]),
        ({"items": [{"identifier": "a"}]}, [(1, "fullStatement", "This is empty, and every row needs it.")]),
        ({"items": [{"identifier": 5, "fullStatement": "S"}]}, [(1, "identifier", "This is not text: write it between quotation marks.")]),
        ({"items": items("a", fullStatement="<p>x</p>")}, [(1, "fullStatement", "This contains HTML. Leave the tags and entities out: only text is kept.")]),
        ({"items": items("a", fullStatement="=1")}, [(1, "fullStatement", "It begins like a spreadsheet's formula. Write it as text, without the sign in front.")]),
        ({"items": items("a", fullStatement="\ud800")}, [(1, "fullStatement", "It contains a control character. Type the text again.")]),
        ({"items": items("a", fullStatement="x" * 5_001)}, [(1, "fullStatement", "This has 5001 characters; the most is 5000.")]),
        ({"items": items("a", humanCodingScheme="x" * 101)}, [(1, "humanCodingScheme", "This has 101 characters; the most is 100.")]),
        ({"items": items("a", educationLevel=[1])}, [(1, "educationLevel", "This is not text: write it between quotation marks.")]),
        ({"items": items("a", educationLevel="05")}, []),
        ({"items": items("a", statusEndDate="soon")}, [(1, "statusEndDate", "This is not a date: write it like 2026-11-24.")]),
        ({"items": items("a", uri="https://x y")}, []),
        ({"items": items("a", uri={"no": "text"})}, [(1, "uri", "This is not text: write it between quotation marks.")]),
        ({"items": ["a", 1, None, []]}, [(n, "CFItems", "This entry is no object.") for n in (1, 2, 3, 4)]),
        ({"items": items("a", "b"), "associations": [child_of("a", "b"), child_of("b", "a")]}, [(1, "parent", "The parents go round in a circle: a → b → a.")]),
        ({"items": items("a"), "associations": [child_of("a", "nobody")]}, [(1, "destinationNodeURI", "No item has the identifier “nobody”.")]),
        ({"items": items("a"), "associations": [child_of("nobody", "a")]}, [(1, "originNodeURI", "No item has the identifier “nobody”.")]),
        ({"items": items("a"), "associations": [{"associationType": "isChildOf"}]}, [(1, end, "An association needs an object here, with the item's identifier.") for end in ("originNodeURI", "destinationNodeURI")]),
        ({"items": items("a"), "associations": [7]}, [(1, "CFAssociations", "This entry is no object.")]),
        ({"items": items("a"), "associations": [child_of("a", NAMES[0], sequenceNumber="first")]}, []),
        ({"title": "<b>"}, [(0, "CFDocument.title", "This contains HTML. Leave the tags and entities out: only text is kept.")]),
        ({"title": 5}, [(0, "CFDocument.title", "This is not text: write it between quotation marks.")]),
        ({"items": []}, [(0, "", "There are no items in this file: CFItems is missing or empty.")]),
        ({"items": "none"}, [(0, "", "There are no items in this file: CFItems is missing or empty.")]),
    ],
)  # fmt: skip
def test_each_thing_that_keeps_a_package_out_is_named_with_its_place(changes, expected):
    if "items" in changes:
        changes.setdefault("associations", [])
    data = json.dumps(case_package(**changes)).encode()

    assert errors(read(data)) == expected


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"{", "This is not complete JSON: Expecting property name enclosed in double quotes."),
        (b'{"a": tru', "This is not complete JSON: Expecting value."),
        (b'{"a": "\xff"}', "This file is not in UTF-8. Save it again as UTF-8."),
        (b'{"a": NaN}', "This is not complete JSON: NaN."),
        (b"[]", "This is JSON but not a CASE package: a CFPackage holds a CFDocument and CFItems."),
        (b"{}", "This is JSON but not a CASE package: a CFPackage holds a CFDocument and CFItems."),
        (b'{"CFDocument": []}', "This is JSON but not a CASE package: a CFPackage holds a CFDocument and CFItems."),
        (b'{"a": ' + b"[" * 200_000, "This file is nested more than 24 deep."),
        (b'{"a": ' + b"[" * 30 + b"]" * 30 + b"}", "This file is nested more than 24 deep."),
        (b'{"a": [' + b"{}," * 250_001 + b"{}]}", "This file has more than 250000 entries."),
        (b'{"a": "' + b"x" * 5_000_000 + b'"}', "There is too much in this file besides its items."),
        (b"{]" * 50_000, "This is not complete JSON: Expecting property name enclosed in double quotes."),
        (b'{"' + b'\\"' * 500_000, "This is not complete JSON: Unterminated string starting at."),
    ],
)
def test_json_that_is_none_or_means_harm_is_refused_at_once(data, sentence):
    reading = read(data)

    assert (reading.rows, errors(reading)) == ([], [(0, "", sentence)])


def test_one_broken_entry_is_named_and_the_others_are_looked_at():
    whole = case_bytes(items=items("a", "b", fullStatement=""), associations=[])
    broken = whole.replace(b'"identifier": "a"', b'"identifier": a', 1)

    assert errors(read(broken)) == [
        (1, "CFItems", "This is not complete JSON: Expecting value."),
        (2, "fullStatement", "This is empty, and every row needs it."),
    ]


def test_an_entry_as_large_as_a_book_is_not_opened():
    data = case_bytes(items=items("a", notes="x" * pieces.MOST_BYTES_OF_ONE), associations=[])

    assert errors(read(data)) == [(1, "CFItems", "One entry of this file is larger than 256 KB.")]


def test_twenty_thousand_items_and_not_one_more():
    many = items(*map(str, range(MOST_ITEMS)))

    assert len(read(case_package(items=many, associations=[])).rows) == MOST_ITEMS
    assert errors(read(case_package(items=[*many, *items("x")], associations=[]))) == [
        (0, "", "This file has 20001 items; the most is 20000.")
    ]


@pytest.mark.parametrize("spaces", [None, 0, 4])
def test_taken_apart_and_put_together_it_is_the_same(spaces):
    """The pieces and the outline hold what the whole holds, however it is written."""
    package = case_package() | {"odd": [[1, [2]], "[0]", {"a": '}{"\\'}, 5], "more": {"deep": [{"x": []}]}}
    taken = pieces.Pieces(json.dumps(package, indent=spaces).encode())

    def together(value):
        return [taken.piece(one[0]) if isinstance(one, list) else one for one in value]

    lists = {name: together(value) for name, value in taken.outline.items() if isinstance(value, list)}
    assert taken.outline | lists == package
