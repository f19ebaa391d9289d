"""CSV: what comes in, and each thing that keeps a row out. No database is asked."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.frameworks import importers
from apps.frameworks.importers import table
from apps.frameworks.importers.rows import MOST_DEPTH, MOST_ITEMS, Row
from tests.factories.frameworks import TABLE

HEAD = "code,statement,parent\n"


def read(text, encoding="utf-8"):
    return importers.read(text.encode(encoding))


def findings(reading):
    return [tuple(one) for one in reading.findings.kept]


def errors(reading):
    return [(row, column, sentence) for row, column, severity, sentence in findings(reading) if severity == "error"]


def test_a_table_comes_to_rows_in_the_order_of_their_tree():
    reading = read(TABLE)

    assert (reading.format, reading.is_good, findings(reading)) == ("csv", True, [])
    assert reading.rows == [
        Row("clay", "Work with clay", code="C", kind="Group", position=0, last=2, depth=0),
        Row(
            "clay-1",
            "Prepare clay for the wheel",
            code="C1",
            full_statement="Wedges clay until it is even.",
            kind="Skill",
            parent="clay",
            url="https://example.org/clay/1",
            levels=("Level 2", "Level 3"),
            position=1,
            last=1,
            depth=1,
        ),
        Row(
            "clay-2",
            "Throw a kōhua",
            code="C2",
            kind="Skill",
            parent="clay",
            levels=("Level 3",),
            position=2,
            last=2,
            depth=1,
        ),
        Row("fire", "Fire a kiln", code="F", kind="Group", position=3, last=3, depth=0),
    ]


def test_a_child_may_stand_before_its_parent_and_name_it_by_its_code():
    reading = read("identifier,code,statement,parent\nb,B,Below,A\na,A,Above,\n")

    assert [(row.identifier, row.parent, row.position, row.last, row.depth) for row in reading.rows] == [
        ("a", "", 0, 1, 0),
        ("b", "a", 1, 1, 1),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_way_in_which_a_spreadsheet_saves_it_reads_the_same(delimiter, encoding):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(csv.reader(io.StringIO(TABLE)))

    assert read(out.getvalue(), encoding).rows == read(TABLE).rows


def test_headings_that_others_use_are_known_and_an_unknown_one_is_told():
    reading = read(
        "Human Coding Scheme;Title;Full Statement;CFItemType;Parent ID;Colour\nA;One;One at a time;Skill;;red\n"
    )

    assert reading.rows == [Row("A", "One", code="A", full_statement="One at a time", kind="Skill")]
    assert findings(reading) == [(1, "", "warning", "The column in place 6 is not known, and is left out.")]


def test_a_statement_too_long_for_a_line_is_cut_there_and_kept_whole():
    long = "word " * 100

    (row,) = read(f"code,statement\nA,{long}\n").rows

    assert (len(row.statement) <= 300, row.statement[-5:], row.full_statement) == (True, "word…", long.strip())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "This file is empty."),
        ("\n \n", "This file is empty."),
        (
            "code,name of it\n1,x\n",
            "The first line has no heading “statement”. The headings are: identifier, code, statement, full_statement, type, parent, url, levels, retired.",
        ),
        ("statement\nx\n", "The first line has neither “identifier” nor “code”: one of them names each row."),
        ("code,statement\n", "There are no rows below the headings."),
        (
            'code,statement\n1,"x\n',
            "The table breaks off in line 2: unexpected end of data. A quotation mark may be missing.",
        ),
        ("code,statement\n1,x" + ",y" * 80, "This table has more than 60 columns."),
        ("code,statement" + ",y" * 80, "This table has more than 60 columns."),
        (
            "code,statement\n1," + "x" * 140_000,
            "The table breaks off in line 2: field larger than field limit (131072). A quotation mark may be missing.",
        ),
    ],
)
def test_a_table_that_is_none_is_refused_in_one_sentence(text, sentence):
    reading = read(text)

    assert (errors(reading), reading.rows) == ([(0, "", sentence)], [])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("code;statement\n1;R\xe9sum\xe9".encode("latin-1"), "Line 2 is not in UTF-8. Save the file as “CSV UTF-8” and choose it again."),
        (b"\xff\xfec\x00o\x00d", "This begins like UTF-16 but breaks off. Save the file again, as UTF-8."),
        (b"PK\x03\x04....", "This is a workbook or an archive. Open it, save the table as “CSV UTF-8”, and choose that."),
        (b"\xd0\xcf\x11\xe0....", "This is a workbook or an archive. Open it, save the table as “CSV UTF-8”, and choose that."),
        (b"%PDF-1.7", "This is a PDF, which holds no table. Ask its publisher for CASE or CSV."),
        (b"  <html>", "This is XML or HTML. Ask its publisher for CASE 1.1 as JSON, or for CSV."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_text_is_refused_with_the_cure(data, sentence):
    assert errors(importers.read(data)) == [(0, "", sentence)]


HTML = "This contains HTML. Leave the tags and entities out: only text is kept."
FORMULA = "It begins like a spreadsheet's formula. Write it as text, without the sign in front."
CONTROL = "It contains a control character. Type the text again."


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("<b>bold</b>", HTML),
        ("a <script>alert(1)</script>", HTML),
        ("half <img src=x onerror=y>", HTML),
        ("one&nbsp;two", HTML),
        ("&#60;b&#62;", HTML),
        ("<!-- hidden -->", HTML),
        ("=1+1", FORMULA),
        ('=HYPERLINK("https://evil.example")', FORMULA),
        ("=", FORMULA),
        ("+SUM(A1:A9)", FORMULA),
        ("-2+3", FORMULA),
        ("@SUM(1)", FORMULA),
        ("-A1", FORMULA),
        ("+$B$2", FORMULA),
        ("-2+cmd|'/c calc'!A0", FORMULA),
        ("@x|y!z", FORMULA),
        ("bell \x07", CONTROL),
        ("nul \x00", CONTROL),
        ("not a sign \ufffe", CONTROL),
        ("", "This is empty, and every row needs it."),
        ("x" * 5_001, "This has 5001 characters; the most is 5000."),
        ("x" * 50_000, "This has 50000 characters; the most is 5000."),
    ],
)
def test_a_cell_that_may_do_harm_is_named_with_its_row_and_column(statement, sentence):
    out = io.StringIO()
    csv.writer(out).writerows([("code", "statement"), ("1", "fine"), ("2", statement)])

    assert errors(read(out.getvalue())) == [(3, "statement", sentence)]


@pytest.mark.parametrize(
    "statement",
    ["x < y and y > z", "R&D", "salt & pepper; and more", "-5 degrees", "+64 21 555 000", "- a dash first", "@home care", "a = b", "1 + 1"],
)  # fmt: skip
def test_words_that_only_look_like_it_are_kept(statement):
    reading = read(f"code,statement\n1,{statement}\n")

    assert ([row.statement for row in reading.rows], errors(reading)) == ([statement], [])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("a,A,\na,B,\n", [(3, "identifier", "Row 2 has the identifier “a” already.")]),
        ("a,A,nobody\n", [(2, "parent", "No row has the identifier or code “nobody”.")]),
        ("a,A,a\n", [(2, "parent", "The parents go round in a circle: a → a.")]),
        ("a,A,b\nb,B,c\nc,C,a\nd,D,c\n", [(2, "parent", "The parents go round in a circle: a → b → c → a.")]),
        (
            "a,A,b\nb,B,a\nx,X,y\ny,Y,x\n",
            [
                (2, "parent", "The parents go round in a circle: a → b → a."),
                (4, "parent", "The parents go round in a circle: x → y → x."),
            ],
        ),
        (",A,\n", [(2, "identifier", "This row has neither identifier nor code.")]),
    ],
)
def test_a_tree_that_is_none_is_refused(lines, expected):
    assert errors(read(HEAD + lines)) == expected


def test_a_tree_may_be_so_deep_and_no_deeper():
    def chain(depth):
        return HEAD + "".join(f"{n},S,{n - 1 if n else ''}\n" for n in range(depth))

    assert errors(read(chain(MOST_DEPTH))) == []
    assert errors(read(chain(5_000))) == [(MOST_DEPTH + 2, "parent", "The tree is deeper than 20 levels here.")]


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("url", "javascript:alert(1)", "This is not a full web address: it must begin with https:// or http://."),
        ("url", "https://", "This is not a full web address: it must begin with https:// or http://."),
        ("url", "https:///nowhere", "This is not a full web address: it must begin with https:// or http://."),
        ("url", "https://x.example/[1]", "This is not a full web address: it must begin with https:// or http://."),
        ("retired", "maybe", "Write yes or no here, or leave it empty."),
        ("levels", "|".join(map(str, range(31))), "There are more than 30 levels here."),
        ("levels", "x" * 61, "This has 61 characters; the most is 60."),
        ("code", "x" * 101, "This has 101 characters; the most is 100."),
        ("type", "<i>", HTML),
    ],
)
def test_each_column_has_its_own_rules(column, value, sentence):
    cells = {"identifier": "1", "statement": "S", column: value}
    out = io.StringIO()
    csv.writer(out).writerows([list(cells), list(cells.values())])

    assert errors(read(out.getvalue())) == [(2, column, sentence)]


def test_an_address_is_kept_as_every_program_writes_it():
    (row,) = read("code,statement,url\n1,S,HTTPS://x.example/kōrero a|b\n").rows

    assert row.url == "https://x.example/k%C5%8Drero%20a%7Cb"


def test_two_columns_of_one_meaning_are_refused():
    assert errors(read("code,statement,title\n1,a,b\n")) == [
        (1, "statement", "Two columns mean the same. Leave one out.")
    ]


def test_twenty_thousand_rows_and_not_one_more():
    lines = "".join(f"{n},S,\n" for n in range(MOST_ITEMS))

    assert len(read(HEAD + lines).rows) == MOST_ITEMS
    reading = read(HEAD + lines + "more,S,\n")
    assert (reading.rows, errors(reading)) == ([], [(0, "", "This table has more than 20000 rows.")])


def test_of_very_many_findings_the_first_are_kept_and_all_are_counted():
    reading = read(HEAD + "a,=x,\n" * 3_000)

    assert (len(reading.findings.kept), dict(reading.findings.counts)) == (1_000, {"error": 5_999})


def test_the_example_that_is_offered_is_fit_to_be_imported():
    reading = read(table.EXAMPLE)

    assert (len(reading.rows), findings(reading)) == (3, [])


# --- there and back again ---------------------------------------------------------------------------------------------
CELL = st.text(
    st.one_of(st.sampled_from("ab Āō\"',;|\t\r\n=+-@<>&1"), st.characters(exclude_categories=["Cs"])), max_size=12
)
LINES = st.lists(st.tuples(CELL, CELL, CELL, CELL, CELL, CELL, CELL, st.sampled_from(["", "yes", "no"])), max_size=8)


@settings(max_examples=150, deadline=None)
@given(LINES, st.sampled_from([",", ";", "\t"]))
def test_what_was_read_is_written_so_that_it_reads_the_same(lines, delimiter):
    """Any cells at all: either they are refused, or writing and reading them again changes nothing."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(("identifier", "code", "statement", "full_statement", "type", "parent", "levels", "retired"))
    for n, (identifier, code, statement, *rest) in enumerate(lines):
        parent = str(n - 1) if rest[2].startswith("a") and n else ""
        writer.writerow(
            (str(n) if "a" not in identifier else identifier, code, f"S{statement}", *rest[:2], parent, *rest[3:])
        )

    reading = read(out.getvalue())

    if reading.is_good:
        again = read(table.write(reading.rows), "utf-16")
        assert (again.rows, findings(again)) == (reading.rows, [])
        first = (cell[:1] for line in csv.reader(io.StringIO(table.write(reading.rows))) for cell in line)
        assert "=" not in first
