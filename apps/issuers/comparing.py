"""What changed between two versions of an achievement, part by part, for its designers and for learners working on
it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from apps.core.columns import label_of
from apps.issuers.exchange import WORDS
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from apps.issuers.models import Criterion, EvidenceRequirement, Level

_TEXTS = ("description", "description_for_earners", "how_earned", "evidence_wanted", "prerequisites", "stackability")


@dataclass(frozen=True)
class Change:
    """One thing that differs. `is_text`: long enough to be shown word by word."""

    label: StrOrPromise
    before: str
    after: str
    is_text: bool = False


@dataclass(frozen=True)
class Part:
    """Changes of one kind, or to one criterion. `how`: changed, added, removed."""

    label: StrOrPromise
    how: str = "changed"
    changes: list[Change] = field(default_factory=list)


def compare(old: AchievementVersion, new: AchievementVersion) -> list[Part]:
    """The parts that differ, none if the versions are equal. Both need their rubric prefetched (`with_rubric`)."""
    parts = [Part(_("Words and facts"), "changed", list(_words(old, new)))]
    before, after = _lines(old.outcomes.all()), _lines(new.outcomes.all())
    if before != after:
        parts.append(Part(_("Learning outcomes"), "changed", [Change("", before, after, is_text=True)]))
    parts += _criteria(old, new)
    skills = _skills(old), _skills(new)
    if skills[0] != skills[1]:
        parts.append(Part(_("Skills it meets"), "changed", [Change("", *skills, is_text=True)]))
    if old.picture_sha256 != new.picture_sha256:
        parts.append(Part(_("Badge picture"), "changed", [Change(_("Picture"), old.picture_alt, new.picture_alt)]))
    return [part for part in parts if part.changes or part.how != "changed"]


def _words(old: AchievementVersion, new: AchievementVersion) -> Iterable[Change]:
    for name in WORDS:
        if getattr(old, name) != getattr(new, name):
            said = _said(old, name), _said(new, name)
            yield Change(label_of(AchievementVersion, name), *said, is_text=name in _TEXTS)


def _said(version: AchievementVersion, name: str) -> str:
    """A value as a page shows it."""
    value: Any = getattr(version, name)
    shown = getattr(version, f"get_{name}_display", None)
    if shown is not None:
        return str(shown())
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)


def pairs_of(old: AchievementVersion, new: AchievementVersion) -> dict[int, Criterion]:
    """Primary key of a new criterion -> its old counterpart, matched by name, and the rest by place.

    If several have the same name, the first is matched with the first.
    """
    before, after = list(old.criteria.all()), list(new.criteria.all())
    named: dict[str, list[Criterion]] = {}
    for one in reversed(before):
        named.setdefault(one.name.casefold(), []).append(one)
    pairs = {one.pk: named[one.name.casefold()].pop() for one in after if named.get(one.name.casefold())}
    taken = {one.pk for one in pairs.values()}
    free = {one.position: one for one in before if one.pk not in taken}
    for one in after:
        if one.pk not in pairs and one.position in free:
            pairs[one.pk] = free.pop(one.position)
    return pairs


def _criteria(old: AchievementVersion, new: AchievementVersion) -> Iterable[Part]:
    pairs = pairs_of(old, new)
    kept = {one.pk for one in pairs.values()}
    for one in new.criteria.all():
        label = f"{one.position}. {one.name}"
        if one.pk not in pairs:
            yield Part(label, "added", [Change("", "", _rubric_text(one), is_text=True)])
        elif changes := list(_criterion(pairs[one.pk], one)):
            yield Part(label, "changed", changes)
    for gone in old.criteria.all():
        if gone.pk in kept:
            continue
        yield Part(f"{gone.position}. {gone.name}", "removed", [Change("", _rubric_text(gone), "", is_text=True)])


def _criterion(old: Criterion, new: Criterion) -> Iterable[Change]:
    facts = (
        (_("Name"), old.name, new.name),
        (_("Place"), str(old.position), str(new.position)),
        (_("Required"), _("Yes") if old.required else _("No"), _("Yes") if new.required else _("No")),
        (_("Level needed"), str(old.required_level), str(new.required_level)),
    )
    for label, before, after in facts:
        if before != after:
            yield Change(label, before, after)
    texts = (
        (_("What it is about"), old.description, new.description),
        (_("Levels"), _levels(old), _levels(new)),
        (_("Evidence"), _evidence(old), _evidence(new)),
    )
    for label, before, after in texts:
        if before != after:
            yield Change(label, before, after, is_text=True)


def _rubric_text(criterion: Criterion) -> str:
    return "\n".join(part for part in (criterion.description, _levels(criterion), _evidence(criterion)) if part)


def _levels(criterion: Criterion) -> str:
    return "\n".join(_level(one) for one in criterion.levels.all())


def _level(level: Level) -> str:
    name = f"{level.position} {level.name}"
    if level.points is not None:
        name += " (" + _("%(n)s points") % {"n": f"{level.points.normalize():f}"} + ")"
    return f"{name}: {level.description}"


def _evidence(criterion: Criterion) -> str:
    return "\n".join(_requirement(one) for one in criterion.requirements.all())


def _requirement(one: EvidenceRequirement) -> str:
    facts = [f"{one.at_least}–{one.at_most or '…'}"]
    if one.most_words:
        facts.append(_("up to %(n)d words") % {"n": one.most_words})
    if one.most_megabytes:
        facts.append(_("up to %(n)d MB") % {"n": one.most_megabytes})
    if one.from_workplace:
        facts.append(_("from real work"))
    if one.asks_consent:
        facts.append(_("consent of people shown"))
    return f"{one.get_kind_display()} ({', '.join(facts)}): {one.instructions}"


def _skills(version: AchievementVersion) -> str:
    criteria = {one.pk: one for one in version.criteria.all()}
    levels = {level.pk: level for one in criteria.values() for level in one.levels.all()}
    lines = []
    for one in version.alignments.all():
        place = [str(found) for found in (criteria.get(one.criterion_id or 0), levels.get(one.level_id or 0)) if found]
        words = (one.target_code, one.target_name, one.target_framework, one.framework_version, one.target_url)
        lines.append(": ".join([*place, " ".join(word for word in words if word)]))
    return "\n".join(lines)


def _lines(rows: Iterable[Any]) -> str:
    return "\n".join(str(one) for one in rows)
