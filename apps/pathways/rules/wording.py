"""A pathway in words: what it asks for, and why each node is not reached yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.pathways.crediting import credits_in_words, number
from apps.pathways.rules.evaluating import Standing
from apps.pathways.rules.tree import GROUPS, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from apps.pathways.rules.evaluating import Progress
    from apps.pathways.rules.facts import Offer
    from apps.pathways.rules.tree import Rule, Tree

# How many are named in a sentence; the rest are counted.
MOST_NAMED = 6


@dataclass(frozen=True)
class Names:
    """The names for what the rules reference by key: badges, equivalences, issuers, skills by address, levels."""

    offers: Mapping[int, Offer] = field(default_factory=dict)
    equals: Mapping[int, str] = field(default_factory=dict)
    issuers: Mapping[int, str] = field(default_factory=dict)
    skills: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)

    def of(self, rule: Rule) -> str:
        """The name of a node, as a heading."""
        if rule.name:
            return rule.name
        if rule.achievement is not None and rule.achievement in self.offers:
            return self.offers[rule.achievement].name
        if rule.equivalence is not None:
            return self.equals.get(rule.equivalence, "")
        return self.kind(rule)

    def kind(self, rule: Rule) -> str:
        """What a group without a name asks for."""
        if rule.kind == Kind.ANY:
            return _("One of these")
        if rule.kind == Kind.SOME:
            return _("%(n)d of these") % {"n": rule.needed}
        if rule.kind == Kind.CREDITS:
            return _("At least %(credits)s") % {"credits": self.amount(rule.credits, rule.framework)}
        return _("All of these, one after the other") if rule.in_order else _("All of these")

    def amount(self, credits_: Decimal, framework: str) -> str:
        """The credits in words: “12 NZQA credits”."""
        return credits_in_words(credits_, framework) if framework else number(credits_)


def plain(number: Decimal) -> str:
    """A number without trailing zeros."""
    text = f"{number.normalize():f}"
    return "0" if text in ("-0", "") else text


def and_(parts: Sequence[str]) -> str:
    return _joined(parts, _("%(before)s and %(last)s"))


def or_(parts: Sequence[str]) -> str:
    return _joined(parts, _("%(before)s or %(last)s"))


def _joined(parts: Sequence[str], pattern: str) -> str:
    named = list(parts)
    if len(named) > MOST_NAMED:
        more = len(named) - MOST_NAMED + 1
        named = [*named[: MOST_NAMED - 1], ngettext("%(n)d more", "%(n)d more", more) % {"n": more}]
    if len(named) <= 1:
        return "".join(named)
    return pattern % {"before": _(", ").join(named[:-1]), "last": named[-1]}


def sentence(tree: Tree, names: Names) -> str:
    """What the whole pathway asks for."""
    asked = describe(tree.root, names)
    return asked[:1].upper() + asked[1:] + "." if asked else ""


def describe(rule: Rule, names: Names) -> str:
    """What a node asks for, as part of a sentence."""
    if rule.kind not in GROUPS:
        return _leaf(rule, names)
    parts = [_part(child, names) for child in rule.children] or [_("nothing yet")]
    if rule.kind == Kind.ANY:
        return or_(parts)
    if rule.kind == Kind.SOME:
        return _("%(n)d of these: %(list)s") % {"n": rule.needed, "list": and_(parts)}
    if rule.kind == Kind.CREDITS:
        return _credits(rule, parts, names)
    if rule.kind == Kind.MILESTONE:
        return _("the milestone “%(name)s” (%(list)s)") % {"name": names.of(rule), "list": _whole(rule, parts)}
    return _whole(rule, parts)


def _part(rule: Rule, names: Names) -> str:
    """A node's text within a list: if it lists several things itself, it is in brackets, so that the grouping is
    clear.
    """
    told = describe(rule, names)
    return _("(%(list)s)") % {"list": told} if rule.kind in (Kind.ALL, Kind.ANY) and len(rule.children) > 1 else told


def _leaf(rule: Rule, names: Names) -> str:
    name = {"name": names.of(rule)}
    if rule.kind == Kind.CAPSTONE:
        return _("the capstone “%(name)s”") % name
    if rule.kind == Kind.EXTERNAL:
        return _("“%(name)s” from elsewhere") % name
    return _("“%(name)s”") % name


def _whole(rule: Rule, parts: Sequence[str]) -> str:
    return _(", then ").join(parts) if rule.in_order else and_(parts)


def _credits(rule: Rule, parts: Sequence[str], names: Names) -> str:
    amount = names.amount(rule.credits, rule.framework)
    sources = list(parts) if rule.children or not rule.draws_on_any else []
    if rule.draws_on_any:
        sources.append(pool(rule, names))
    return _("at least %(credits)s from %(list)s") % {"credits": amount, "list": and_(sources)}


def pool(rule: Rule, names: Names) -> str:
    """Which badges a node draws on, without naming them."""
    what = [_("any badge")]
    if rule.level_framework:
        level = {"framework": names.levels.get(rule.level_framework, ""), "n": rule.level_from}
        what.append(_("at %(framework)s level %(n)d or above") % level)
    if rule.skills:
        skills = sorted(names.skills.get(one, one) for one in rule.skills)
        what.append(_("for %(skills)s") % {"skills": or_(skills)})
    if rule.issuers:
        issuers = sorted(names.issuers.get(one, "") for one in rule.issuers)
        what.append(_("of %(issuers)s") % {"issuers": or_(issuers)})
    return " ".join(what)


def why_not(rule: Rule, tree: Tree, progress: Progress, names: Names) -> str:
    """Why a node is not reached yet, and so what would reach it; empty if it is, or can be begun at once."""
    standing = progress.standing[rule.code]
    if standing in (Standing.HELD, Standing.SPARED):
        return ""
    if standing == Standing.LOCKED:
        return _locked(rule, tree, progress, names)
    if rule.kind == Kind.EXTERNAL:
        return _("Bring it to your backpack, from wherever you earned it.")
    return _missing(rule, progress, names) if rule.kind in GROUPS else ""


def _missing(rule: Rule, progress: Progress, names: Names) -> str:
    """What a group still waits for."""
    if not rule.children and not rule.draws_on_any:
        return _("Nothing is in it yet.")
    missing = [names.of(child) for child in rule.children if not progress.holds(child.code)]
    if rule.kind == Kind.ANY:
        return _("Earn %(list)s.") % {"list": or_(missing)}
    if rule.kind == Kind.SOME:
        more = rule.needed - sum(progress.holds(child.code) for child in rule.children)
        text = ngettext("%(n)d more of these: %(list)s.", "%(n)d more of these: %(list)s.", more)
        return text % {"n": more, "list": or_(missing)}
    if rule.kind == Kind.CREDITS:
        short = rule.credits - progress.credits(rule.code, rule.framework)
        sources = [*missing, pool(rule, names)] if rule.draws_on_any else missing
        return _("%(credits)s more, from %(list)s.") % {
            "credits": names.amount(short, rule.framework),
            "list": or_(sources),
        }
    if rule.in_order and missing:
        return _("Next is %(name)s.") % {"name": missing[0]}
    return _("Still to come: %(list)s.") % {"list": and_(missing)}


def _locked(rule: Rule, tree: Tree, progress: Progress, names: Names) -> str:
    """The nearest thing that has to come first."""
    parent = tree.parents[rule.code]
    before: Sequence[Rule] = ()
    if progress.standing[parent.code] == Standing.LOCKED:
        return _locked(parent, tree, progress, names)
    if rule.kind == Kind.CAPSTONE:
        before = [child for child in parent.children if child is not rule and not progress.holds(child.code)]
    else:
        place = parent.children.index(rule)
        before = [child for child in parent.children[:place] if not progress.holds(child.code)]
    return _("First comes %(list)s.") % {"list": and_([names.of(child) for child in before])}
