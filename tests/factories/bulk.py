"""Tables of people, as somebody would upload them."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core import outbox
from apps.credentials import sheets, verbs
from apps.credentials.models import BulkAward
from tests.factories.rubrics import owner_of, published_version

HEADINGS = ("E-mail", "Name", "Narrative", "Evidence", "Valid until", "Language")
WHY = "The course list of 2026."


def table(*rows, headings=HEADINGS) -> bytes:
    """A CSV file; short rows are filled up."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([*row, *[""] * (len(headings) - len(row))] for row in rows)
    return out.getvalue().encode()


def workbook(*rows, headings=HEADINGS) -> bytes:
    return sheets.written("xlsx", [headings, *([*row, *[""] * (len(headings) - len(row))] for row in rows)])


def many(number: int) -> list[tuple[str, str]]:
    """So many rows of people who are not there yet."""
    return [(f"learner-{n}@people.example", f"Learner {n}") for n in range(1, number + 1)]


def upload_of(data: bytes, name: str = "people.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def begun(*rows, version=None, by=None, data: bytes = b"", name: str = "people.csv", headings=HEADINGS) -> BulkAward:
    """A table somebody gave, whose columns nobody has named yet."""
    version = version or published_version()
    by = by or owner_of(version.achievement.issuer)
    data = data or table(*rows, headings=headings)
    return verbs.begin_bulk(version, by=by, upload=upload_of(data, name), why=WHY)


def checked(*rows, **facts) -> BulkAward:
    """A table in which a worker has looked at every row."""
    bulk = begun(*rows, **facts)
    verbs.map_columns(bulk, by=bulk.by, mapping=bulk.mapping)
    outbox.drain()
    bulk.refresh_from_db()
    return bulk
