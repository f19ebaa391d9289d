"""The formats a backpack is sent in: each is written while it is sent, and stored nowhere."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from django.http import StreamingHttpResponse

from apps.backpacks.exporting.archive import archive
from apps.backpacks.exporting.bundles import clr, presentation
from apps.backpacks.exporting.tables import badges_csv
from apps.core import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from apps.accounts.models import User


class Form(NamedTuple):
    make: Callable[[User], Iterable[bytes | str]]
    ending: str
    media_type: str


def _table(person: User) -> Iterator[str]:
    # Spreadsheets read the table as UTF-8 only if it starts with a byte order mark.
    yield "\ufeff"
    yield from badges_csv(person)


FORMS = {
    "backpack.zip": Form(archive, "zip", "application/zip"),
    "backpack-light.zip": Form(partial(archive, light=True), "light.zip", "application/zip"),
    "clr.json": Form(clr, "clr.json", "application/ld+json"),
    "presentation.json": Form(presentation, "vp.json", "application/vp"),
    "badges.csv": Form(_table, "csv", "text/csv; charset=utf-8"),
}


def sent_as(name: str, person: User) -> StreamingHttpResponse:
    """A person's backpack in one of FORMS."""
    form = FORMS[name]
    return sent(form.make(person), f"backpack-{clock.now().date().isoformat()}.{form.ending}", form.media_type)


def sent(parts: Iterable[bytes | str], name: str, media_type: str) -> StreamingHttpResponse:
    chunks = (part.encode() if isinstance(part, str) else part for part in parts)
    response = StreamingHttpResponse(chunks, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
