"""CASE 1.1: a CFPackage with its CFDocument, CFItems and CFAssociations.

The tree is made from the `isChildOf` associations, from a child to its parent or to the document. Other associations,
and rubrics, are counted and left out.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from apps.frameworks.importers import tree
from apps.frameworks.importers.encoding import Unreadable
from apps.frameworks.importers.pieces import Pieces
from apps.frameworks.importers.rows import (
    LONGEST,
    MOST_ITEMS,
    About,
    Cleaner,
    Findings,
    Reading,
    Row,
    split_levels,
    statements,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

CHILD = "isChildOf"


def read(data: bytes, *, today: date) -> Reading:
    findings = Findings()
    try:
        package = _Package(data, findings)
        about = package.about()
        rows = package.items(today)
        package.plant(rows, about.identifier)
    except Unreadable as reason:
        findings.error(0, "", str(reason))
        return Reading("case", About(), [], findings)
    return Reading("case", about, tree.place(rows, findings), findings)


class _Package:
    def __init__(self, data: bytes, findings: Findings) -> None:
        self.findings = findings
        self.clean = Cleaner(findings)
        self.pieces = Pieces(data)
        outline = self.pieces.outline
        if not isinstance(outline, dict) or not isinstance(outline.get("CFDocument"), dict):
            raise Unreadable(_("This is JSON but not a CASE package: a CFPackage holds a CFDocument and CFItems."))
        self.outline = outline

    def about(self) -> About:
        document = self.outline["CFDocument"]

        def said(name: str, column: str) -> str:
            return self.clean.text(0, f"CFDocument.{name}", document.get(name), longest=LONGEST[column])

        licence = document.get("licenseURI")
        address = document.get("officialSourceURL") or document.get("uri")
        if document.get("adoptionStatus") == "Deprecated":
            self.findings.warning(0, "CFDocument.adoptionStatus", _("Its publisher calls this framework deprecated."))
        return About(
            identifier=self.clean.name(0, "CFDocument.identifier", document.get("identifier")),
            title=said("title", "title"),
            publisher=said("publisher", "publisher") or said("creator", "publisher"),
            source_url=self._address(0, "CFDocument.uri", address),
            licence=self.clean.text(
                0,
                "CFDocument.licenseURI",
                licence.get("title") if isinstance(licence, dict) else None,
                longest=LONGEST["licence"],
            ),
            language=said("language", "language"),
            version=said("version", "version"),
        )

    def items(self, today: date) -> list[Row]:
        entries = self.outline.get("CFItems")
        if not isinstance(entries, list) or not entries:
            raise Unreadable(_("There are no items in this file: CFItems is missing or empty."))
        if len(entries) > MOST_ITEMS:
            raise Unreadable(
                _("This file has %(count)d items; the most is %(most)d.") % {"count": len(entries), "most": MOST_ITEMS}
            )
        rows: list[Row] = []
        seen: dict[str, int] = {}
        for number, item in self._objects("CFItems", entries):
            row = self._item(number, item, today)
            if not row.identifier:
                continue
            if row.identifier in seen:
                self.findings.error(
                    number,
                    "identifier",
                    _("Item %(number)d has the identifier “%(name)s” already.")
                    % {"number": seen[row.identifier], "name": row.identifier},
                )
                continue
            seen[row.identifier] = number
            rows.append(row)
        return rows

    def plant(self, rows: list[Row], document: str) -> None:
        """Set each row's parent, and sort siblings by their sequence numbers."""
        entries = self.outline.get("CFAssociations")
        by_name = {row.identifier: row for row in rows}
        order: dict[str, float] = {}
        others: Counter[str] = Counter()
        for number, one in self._objects("CFAssociations", entries if isinstance(entries, list) else []):
            kind = one.get("associationType")
            if kind != CHILD:
                others[kind if isinstance(kind, str) and len(kind) < LONGEST["type"] else "?"] += 1
                continue
            child, parent = (self._end(number, one, end) for end in ("originNodeURI", "destinationNodeURI"))
            if not child or not parent:
                continue
            if child not in by_name:
                self.findings.error(
                    number, "originNodeURI", _("No item has the identifier “%(name)s”.") % {"name": child}
                )
            elif parent not in by_name and parent != document:
                self.findings.error(
                    number, "destinationNodeURI", _("No item has the identifier “%(name)s”.") % {"name": parent}
                )
            elif child in order:
                self._second_parent(number, by_name[child], parent, document)
            else:
                by_name[child].parent = "" if parent == document else parent
                order[child] = _sequence(one)
        self._tell_left_out(others)
        rows.sort(key=lambda row: (order.get(row.identifier, float("inf")), row.number))

    def _second_parent(self, number: int, row: Row, parent: str, document: str) -> None:
        if row.parent != ("" if parent == document else parent):
            self.findings.warning(
                number,
                "destinationNodeURI",
                _("“%(name)s” has a second parent. It stays below the first.") % {"name": row.identifier},
            )

    def _tell_left_out(self, others: Counter[str]) -> None:
        for kind, count in sorted(others.items()):
            self.findings.note(
                0,
                "CFAssociations",
                _("%(count)d associations “%(kind)s” are left out: only the tree is kept.")
                % {"count": count, "kind": kind},
            )
        rubrics = self.outline.get("CFRubrics")
        if isinstance(rubrics, list) and rubrics:
            self.findings.note(
                0, "CFRubrics", _("%(count)d rubrics are left out: only items are kept.") % {"count": len(rubrics)}
            )

    def _item(self, number: int, item: dict[str, Any], today: date) -> Row:
        clean = self.clean
        short = clean.text(number, "abbreviatedStatement", item.get("abbreviatedStatement"), longest=_WHOLE)
        whole = clean.text(number, "fullStatement", item.get("fullStatement"), needed=True, lines=True, longest=_WHOLE)
        statement, full_statement = statements(short, whole)
        levels = item.get("educationLevel") or []
        if isinstance(levels, list):
            levels = [part for one in levels for part in (split_levels(one) if isinstance(one, str) else [one])]
        else:
            levels = [levels]
        return Row(
            identifier=clean.name(number, "identifier", item.get("identifier"), needed=True),
            code=clean.text(number, "humanCodingScheme", item.get("humanCodingScheme"), longest=LONGEST["code"]),
            statement=statement,
            full_statement=full_statement,
            kind=clean.text(number, "CFItemType", item.get("CFItemType"), longest=LONGEST["type"]),
            url=self._address(number, "uri", item.get("uri")),
            levels=clean.levels(number, "educationLevel", levels),
            retired=self._has_ended(number, item.get("statusEndDate"), today),
            number=number,
        )

    def _has_ended(self, number: int, said: Any, today: date) -> bool:
        if said in (None, ""):
            return False
        try:
            return date.fromisoformat(str(said)[:10]) <= today
        except ValueError:
            self.findings.error(number, "statusEndDate", _("This is not a date: write it like 2026-11-24."))
            return False

    def _address(self, number: int, column: str, said: Any) -> str:
        """A web address that a browser opens, else empty: CASE allows any URI."""
        if isinstance(said, str) and said.strip() and not said.strip().lower().startswith(("http://", "https://")):
            self.findings.warning(number, column, _("This is no web address, and is left out."))
            return ""
        return self.clean.address(number, column, said)

    def _end(self, number: int, association: dict[str, Any], end: str) -> str:
        node = association.get(end)
        if not isinstance(node, dict):
            self.findings.error(number, end, _("An association needs an object here, with the item's identifier."))
            return ""
        return self.clean.name(number, end, node.get("identifier"), needed=True)

    def _objects(self, name: str, entries: list[Any]) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, entry in enumerate(entries, start=1):
            try:
                # What was cut out is written as [n]; a bare word or number was not.
                found = self.pieces.piece(entry[0]) if isinstance(entry, list) else None
            except Unreadable as reason:
                self.findings.error(number, name, str(reason))
                continue
            if isinstance(found, dict):
                yield number, found
            else:
                self.findings.error(number, name, _("This entry is no object."))


_WHOLE = LONGEST["full_statement"]


def _sequence(association: dict[str, Any]) -> float:
    number = association.get("sequenceNumber")
    return number if isinstance(number, int | float) and number == number else float("inf")  # noqa: PLR0124 - NaN
