"""Files that people and their programs make, and files that were made to break the reader."""

import io
import re
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from apps.credentials import mapping, sheets
from apps.frameworks.importers.encoding import Unreadable
from tests.factories.bulk import table, workbook

HEAD = ("E-mail", "Name")
ROW = ("hemi@people.example", "Hēmi Ruru")


def rows(data):
    return list(sheets.rows_in(data))


def refusal(data, *, whole=False):
    with pytest.raises(Unreadable) as refused:
        rows(data) if whole else sheets.head_of(data)
    return str(refused.value)


def packed(**parts):
    """A ZIP of these parts; in names a double underscore is a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def changed(data, part, change):
    """The same workbook with one part of it changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        "E-mail,Name\nhemi@people.example,Hēmi Ruru\n".encode(),
        "E-mail;Name\r\nhemi@people.example;Hēmi Ruru\r\n".encode("utf-8-sig"),
        "E-mail\tName\nhemi@people.example\tHēmi Ruru\n".encode("utf-16"),
        "E-mail\tName\nhemi@people.example\tHēmi Ruru\n".encode("utf-16-le"),
        'sep=;\n"E-mail";"Name"\n"hemi@people.example";" Hēmi Ruru "\n'.encode(),
        "E-mail,Name\rhemi@people.example,Hēmi Ruru\r".encode(),
        workbook(ROW, headings=HEAD),
    ],
    ids=("comma", "semicolon and mark", "utf-16", "utf-16 without mark", "sep", "old Mac", "workbook"),
)
def test_the_same_table_is_read_however_it_was_saved(data):
    head = sheets.head_of(data)

    assert (head.names, head.first, head.guessed) == (list(HEAD), [["hemi@people.example"], ["Hēmi Ruru"]], False)
    assert rows(data) == [(2, list(ROW))]


def test_letters_of_windows_are_guessed_and_said_to_be():
    data = "E-mail;Name\nzoe@people.example;Zoë Müller\n".encode("cp1252")

    head = sheets.head_of(data)

    assert (head.first[1], head.guessed) == (["Zoë Müller"], True)


def test_lines_are_counted_as_spreadsheets_count_them():
    data = b'\nE-mail,Name\n\na@people.example,"Two\nlines"\n,\nb@people.example,B\n'

    assert rows(data) == [(4, ["a@people.example", "Two\nlines"]), (6, ["b@people.example", "B"])]


def test_days_numbers_and_words_of_a_workbook_are_read_as_people_see_them():
    book = Workbook()
    book.active.append(["E-mail", "A", "B", "C", "D", "E", "F"])
    book.active.append(
        ["a@people.example", date(2027, 3, 31), datetime.fromisoformat("2027-03-31T14:05"), 42, 1.5, True, None]
    )
    out = io.BytesIO()
    book.save(out)

    assert rows(out.getvalue()) == [
        (2, ["a@people.example", "2027-03-31", "2027-03-31 14:05:00", "42", "1.5", "True", ""])
    ]


def test_the_first_sheet_that_is_not_hidden_is_read_whatever_it_says_of_its_size():
    book = Workbook()
    book.active.append(["Hidden"])
    book.active.sheet_state = "hidden"
    book.create_sheet().append(HEAD)
    book.worksheets[1].append(ROW)
    out = io.BytesIO()
    book.save(out)
    boasting = changed(
        out.getvalue(), "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b'"A1:B2"', b'"A1:XFD1048576"')
    )

    assert rows(boasting) == [(2, list(ROW))]


def test_what_is_no_table_is_refused_in_a_sentence():
    old = b"\xd0\xcf\x11\xe0" + b"\x00" * 600
    for data, words in {
        b"": "empty",
        b" \n \n": "empty",
        b"%PDF-1.7": "not a table",
        b"<html><table>": "not a table",
        old: "older workbook, or one with a password",
        b"E-mail,Name\n": "There are no rows below",
        b"a@people.example,A\nb@people.example,B\n": "has no column names: it contains “a@people.example”",
        workbook(headings=HEAD): "There are no rows below",
        b'E-mail,Name\n"a@people.example,A\n': "breaks off",
        packed(readme=b"Nothing"): "not an .xlsx workbook",
        packed(**{"[Content_Types].xml": b"<nothing"}): "can’t be read",
        workbook(ROW)[:600]: "damaged",
        b"E-mail,Name\na@people.example,\x81\x00": "is not in UTF-8",
        table(headings=[f"c{n}" for n in range(61)]): "more than 60 columns",
        workbook(headings=[f"c{n}" for n in range(61)]): "more than 60 columns",
    }.items():
        assert words in refusal(data), data[:40]


def test_a_file_as_large_as_no_table_is_is_refused():
    assert "the most is 20.0" in refusal(b"x" * (20 * 1024 * 1024 + 1))


def test_what_stands_beside_the_columns_is_refused_with_its_line():
    assert refusal(b"E-mail,Name\na@people.example,A\nb@people.example,B,and more\n", whole=True).startswith("Line 3 ")


def test_a_cell_as_long_as_a_book_is_refused_with_its_line():
    data = table(ROW, ("b@people.example", "x" * 10_001), headings=HEAD)

    assert refusal(data, whole=True) == "A cell in line 3 has more than 10,000 characters."


def test_one_row_too_many_is_refused():
    lines = [b"E-mail,Name", *[b"a@people.example,A"] * 100_000]

    assert len(rows(b"\n".join(lines))) == 100_000
    assert "more than 100,000 rows" in refusal(b"\n".join([*lines, b"b@people.example,B"]), whole=True)


def test_a_sheet_that_never_ends_comes_to_an_end():
    far = changed(
        workbook(ROW, headings=HEAD), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'r="2"', b'r="99999999999"')
    )

    assert "goes on below line 200,000" in refusal(far, whole=True)


def test_a_workbook_that_unpacks_to_a_mountain_is_not_unpacked():
    bomb = packed(**{"[Content_Types].xml": b"<Types/>", "xl__sharedStrings.xml": b"\0" * (151 * 1024 * 1024)})

    assert len(bomb) < 200_000
    assert "Unpacked" in refusal(bomb)


def test_entities_of_xml_are_not_followed():
    def with_entity(says):
        head = b"<?xml version='1.0'?><!DOCTYPE x [" + says + b"]>"
        part = "xl/worksheets/sheet1.xml"
        return changed(workbook(ROW), part, lambda xml: head + xml.replace("Hēmi Ruru".encode(), b"&a;"))

    for says in (b'<!ENTITY a "Ani">', b'<!ENTITY a SYSTEM "file:///etc/passwd">'):
        assert "can’t be read" in refusal(with_entity(says)), says
    assert rows(changed(workbook(ROW), "xl/worksheets/sheet1.xml", bytes))[0][1][:2] == list(ROW)


def test_signs_that_nothing_can_keep_are_shown_as_lost():
    data = b"E-mail,Name\na@people.example,A\x00\x07B\n"

    assert rows(data) == [(2, ["a@people.example", "A��B"])]


def test_headings_of_one_name_and_of_none_are_columns_all_the_same():
    head = sheets.head_of(b"E-mail,Evidence,,Evidence\na@people.example,1,2,3\n")

    assert (head.names, head.first[2]) == (["E-mail", "Evidence", "", "Evidence"], ["2"])


# --- what we write ----------------------------------------------------------------------------------------------------
NASTY = ("=1+1", "#N/A", "+64 21", "-x", "@sum", "a;=b", "\u202eevil", "😀", "'=quoted")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_report_of_ours_is_read_as_the_table_that_it_was_made_of(kind):
    headings = ["E-mail", *(f"n{n}" for n in range(len(NASTY)))]
    line = ["a@people.example", *NASTY]

    report = sheets.written(kind, [[*headings, *mapping.own_headings()], [*line, "2", "Ready", "", ""]])

    assert sheets.head_of(report).names == headings
    # A quotation mark before a formula is what makes it text: in CSV there is no telling whose it was.
    expected = [*line[:-1], "=quoted"] if kind == "csv" else line
    assert rows(report) == [(2, expected)]


def test_nothing_we_write_is_a_formula():
    text = sheets.written("csv", [NASTY]).decode("utf-8-sig")
    book = zipfile.ZipFile(io.BytesIO(sheets.written("xlsx", [NASTY]))).read("xl/worksheets/sheet1.xml")

    assert text.rstrip("\r\n").split(",")[:6] == ["'=1+1", "#N/A", "'+64 21", "'-x", "'@sum", "a;'=b"]
    assert (b"<f>" in book, b't="e"' in book) == (False, False)
    assert book.count(b'<c r="') == len(NASTY)


def test_how_many_rows_there_are_is_told_about_before_they_are_read():
    book = Workbook()
    for row in (HEAD, *[ROW] * 300):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    saved = out.getvalue()
    part = "xl/worksheets/sheet1.xml"
    boasting = changed(saved, part, lambda data: data.replace(b'ref="A1:B301"', b'ref="A1:XFD1048576"'))
    silent = changed(saved, part, lambda data: re.sub(rb"<dimension[^>]*>", b"", data))
    damaged = changed(saved, part, bytes)[:-200]

    told = [sheets.rows_said(one) for one in (saved, boasting, silent, damaged, table(ROW, ROW, headings=HEAD))]

    assert told == [300, sheets.MOST_ROWS, 0, 0, 2]


def test_a_workbook_packed_as_no_spreadsheet_packs_is_refused_before_anything_is_unpacked():
    saved, out = workbook(ROW, headings=HEAD), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/worksheets/sheet2.xml", bytes(10**6), compress_type=zipfile.ZIP_BZIP2)

    assert (refusal(out.getvalue()), len(rows(saved))) == (
        "This file is damaged: it can’t be unpacked. Save the table again and choose it.",
        1,
    )
