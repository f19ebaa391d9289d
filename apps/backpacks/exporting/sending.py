"""Each form of a backpack as it is sent: written while it goes, and kept nowhere on the way."""

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
    # Spreadsheets take a table for what it is only with a mark at its beginning.
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
    """Somebody's backpack in one of FORMS."""
    form = FORMS[name]
    return sent(form.make(person), f"backpack-{clock.now().date().isoformat()}.{form.ending}", form.media_type)


def sent(parts: Iterable[bytes | str], name: str, media_type: str) -> StreamingHttpResponse:
    chunks = (part.encode() if isinstance(part, str) else part for part in parts)
    response = StreamingHttpResponse(chunks, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
