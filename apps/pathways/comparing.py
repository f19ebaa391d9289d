"""What changed between two versions of a pathway, node by node, for its authors and for people on the way.

Nodes are matched by their code. Parts are shown by `issuers/designs/_parts.html`; `in_words` says the same in
sentences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.issuers.comparing import Change, Part
from apps.pathways.rules.wording import and_, describe, plain, pool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.pathways.queries import Asked
    from apps.pathways.rules import Rule


def compare(old: Asked, new: Asked) -> list[Part]:
    """The parts that differ; empty if the versions are equal."""
    parts = [Part(_("Name and award"), "changed", list(_words(old, new)))]
    before, after = old.tree.by_code, new.tree.by_code
    for rule in new.tree.rules:
        if rule.code not in before:
            told = [Change(_("Where"), "", _place(rule, new))]
            told += [] if rule.is_leaf else [Change(_("What it asks for"), "", _own(rule, new))]
            parts.append(Part(_named(rule, new), "added", told))
        elif changes := list(_changes(before[rule.code], rule, old, new)):
            parts.append(Part(_named(rule, new), "changed", changes))
    parts += [
        Part(_named(rule, old), "removed", [Change(_("Where"), _place(rule, old), "")])
        for rule in old.tree.rules
        if rule.code not in after
    ]
    return [part for part in parts if part.changes or part.how != "changed"]


def in_words(old: Asked, new: Asked) -> list[str]:
    """One sentence for each node that is added, removed, moved, or asks for something else."""
    before, after = old.tree.by_code, new.tree.by_code
    told = []
    for rule in new.tree.rules:
        name = {"name": _named(rule, new)}
        if rule.code not in before:
            told.append(_("Added: %(name)s.") % name)
            continue
        changes = list(_changes(before[rule.code], rule, old, new))
        if any(change.label == _("Where") for change in changes):
            told.append(_("Moved: %(name)s.") % name)
        if any(change.label != _("Where") for change in changes):
            told.append(_("Changed: %(name)s.") % name)
    told += [
        _("No longer asked for: %(name)s.") % {"name": _named(rule, old)}
        for rule in old.tree.rules
        if rule.code not in after
    ]
    told += [
        f"{change.label}: {change.before or '—'} → {change.after or '—'}."
        for change in _words(old, new)
        if not change.is_text
    ]
    return told


def _words(old: Asked, new: Asked) -> Iterator[Change]:
    facts = (
        (_("Name"), old.version.name, new.version.name),
        (_("Awarded at the end"), _award(old), _award(new)),
        (_("Days of grace"), _days(old), _days(new)),
    )
    for label, before, after in facts:
        if before != after:
            yield Change(label, before, after)
    if old.version.description != new.version.description:
        yield Change(_("What it leads to"), old.version.description, new.version.description, is_text=True)


def _changes(old: Rule, new: Rule, about_old: Asked, about_new: Asked) -> Iterator[Change]:
    named = _named(old, about_old), _named(new, about_new)
    if named[0] != named[1] and (old.name or new.name):
        yield Change(_("Name"), *named)
    asked = _own(old, about_old), _own(new, about_new)
    if asked[0] != asked[1]:
        yield Change(_("What it asks for"), *asked)
    given = _given(old, about_old), _given(new, about_new)
    if given[0] != given[1]:
        yield Change(_("Awarded at it"), *given)
    before, after = about_old.tree.parents.get(old.code), about_new.tree.parents.get(new.code)
    if before is not None and after is not None and before.code != after.code:
        yield Change(_("Where"), _place(old, about_old), _place(new, about_new))
    if old.in_order and new.in_order:
        here = {one.code for one in old.children} & {one.code for one in new.children}
        orders = [[one.code for one in rule.children if one.code in here] for rule in (old, new)]
        if orders[0] != orders[1]:
            yield Change(_("Order"), _listed(old, about_old), _listed(new, about_new))


def _named(rule: Rule, about: Asked) -> str:
    return _("The whole pathway") if rule is about.tree.root else about.names.of(rule)


def _own(rule: Rule, about: Asked) -> str:
    """What a node itself asks for, without the nodes beneath it."""
    if rule.is_leaf:
        return describe(rule, about.names)
    told = about.names.kind(rule)
    if rule.draws_on_any:
        told = f"{told} ({pool(rule, about.names)})"
    return told


def _place(rule: Rule, about: Asked) -> str:
    parent = about.tree.parents.get(rule.code)
    return _named(parent, about) if parent is not None else ""


def _listed(rule: Rule, about: Asked) -> str:
    return and_([about.names.of(one) for one in rule.children])


def _given(rule: Rule, about: Asked) -> str:
    if rule.is_leaf or rule.achievement is None:
        return ""
    offer = about.offers.get(rule.achievement)
    return offer.name if offer is not None else "?"


def _award(about: Asked) -> str:
    offer = about.offers.get(about.tree.award) if about.tree.award is not None else None
    if offer is None:
        return ""
    credits_ = offer.worth.credits
    return (
        f"{offer.name} ({about.names.amount(credits_, offer.worth.framework)})"
        if plain(credits_) != "0"
        else offer.name
    )


def _days(about: Asked) -> str:
    days = about.version.grace_days
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
