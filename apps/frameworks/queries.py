"""Reads that other apps and several pages need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db.models import Case, F, IntegerField, Value, When

from apps.core.searching import LONGEST, Plain
from apps.core.text import is_plain
from apps.frameworks.models import FrameworkVersion, Item

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from apps.frameworks.models import Framework, ItemQuerySet


def search_items(asked: str, *, framework: Framework | None = None, limit: int = 20) -> list[Item]:
    """Items that may be aligned to and contain every word of `asked`: exact codes first, then in order."""
    asked = " ".join(asked[:LONGEST].split())
    if not asked or not is_plain(asked):
        return []
    found = Item.objects.open().matching(asked).select_related("version__framework")
    if framework is not None:
        found = found.filter(version__framework=framework)
    return list(ranked(found, asked)[:limit])


def ranked(items: ItemQuerySet, asked: str) -> ItemQuerySet:
    """Items with exactly that code first, then those with a word that begins so, then the rest, each in order.

    The stored key starts with the code, so nothing has to be computed per row.
    """
    return items.annotate(
        rank=Case(
            When(search_key__startswith=Plain(Value(f"{asked} ")), then=0),
            When(search_key__startswith=Plain(Value(asked)), then=1),
            When(search_key__contains=Plain(Value(f" {asked}")), then=1),
            default=2,
            output_field=IntegerField(),
        )
    ).order_by("rank", "version_id", "position")


def shown_versions() -> Any:
    """One version of each framework that everyone may read, by title."""
    return (
        FrameworkVersion.objects.current()
        .select_related("framework")
        .order_by("framework__state", Plain(F("framework__title")), "pk")
    )


def above(item: Item) -> list[Item]:
    """The items above it, from the top down."""
    return list(
        Item.objects.filter(version_id=item.version_id, position__lt=item.position, last__gte=item.last).order_by(
            "position"
        )
    )


def facts_of(version: FrameworkVersion) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """(identifier, the values that matter) of each row, as `importers.Row.facts` gives them for a file."""
    rows = Item.objects.filter(version=version).order_by("position")
    fields = ("code", "statement", "full_statement", "kind", "parent__identifier", "url", "levels", "retired")
    for identifier, *facts in rows.values_list("identifier", *fields).iterator(2_000):
        code, statement, full_statement, kind, parent, url, levels, retired = facts
        yield identifier, (code, statement, full_statement, kind, parent or "", url, tuple(levels), retired)


def now_of(item: Item) -> Item | None:
    """The same item in the current version, or None."""
    return (
        Item.objects.filter(
            version__framework_id=item.version.framework_id,
            version__state=FrameworkVersion.State.CURRENT,
            identifier=item.identifier,
        )
        .select_related("version__framework")
        .first()
    )


def version_of(slug: str, number: str = "") -> FrameworkVersion | None:
    """A framework's version by its number, or the current one."""
    versions = FrameworkVersion.objects.readable().filter(framework__slug=slug).select_related("framework")
    if not number:
        return versions.current().first()
    return versions.filter(number=int(number)).first() if re.fullmatch(r"[0-9]{1,9}", number) else None
