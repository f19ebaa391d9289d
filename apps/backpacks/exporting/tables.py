"""The contents of a backpack as a table."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.backpacks.listing import ends_on
from apps.backpacks.models import BackpackItem
from apps.backpacks.showing import standing_of
from apps.core.pills import pill_of
from apps.credentials.tables import defused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.accounts.models import User


def badges_csv(person: User) -> Iterator[str]:
    """One row per item, newest first. Cells that a spreadsheet would take for formulas are made harmless."""
    yield _row(
        [
            *(_("Name"), _("Issuer"), _("Earned on"), _("Runs out"), _("Kind"), _("Standing")),
            *(_("Skills"), _("Tags"), _("Note"), _("Archived"), _("Address")),
        ]
    )
    items = BackpackItem.objects.visible_to(person).kept().with_things().order_by("-filed_at", "-pk")
    for item in items.iterator(chunk_size=200):
        yield _row(
            [
                *(item.name, item.issuer_name, item.earned_on or "", ends_on(item) or "", item.get_kind_display()),
                str(pill_of(standing_of(item), "credential").word),
                *("; ".join(item.skills), "; ".join(item.tags), item.note),
                _("yes") if item.archived_at else "",
                item.credential.snapshot["id"]
                if item.credential
                else item.foreign.credential_id
                if item.foreign
                else "",
            ]
        )


def _row(cells: list[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([defused(str(cell)) for cell in cells])
    return line.getvalue()
