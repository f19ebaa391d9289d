"""A first draft of the note to the learner, made of the marks, the rubric and the assessor's own comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from apps.issuers.models import Criterion


def draft_note(marks: Mapping[Criterion, tuple[int | None, str]]) -> str:
    """The draft in Markdown: which criteria were met, and for each of the others the level needed, what the rubric says
    about that level, and the assessor's comment. Optional criteria that weren't met stand apart: the badge doesn't need
    them. Criteria without a level are left out; empty if none has one.
    """
    marked = {criterion: said for criterion, said in marks.items() if said[0] is not None}
    met = [criterion for criterion, (level, _comment) in marked.items() if level and level >= criterion.required_level]
    return "\n\n".join(_parts(met, {one: comment for one, (_level, comment) in marked.items() if one not in met}))


def _parts(met: list[Criterion], below: Mapping[Criterion, str]) -> Iterator[str]:
    needed = [_line(criterion, comment) for criterion, comment in below.items() if criterion.required]
    optional = [_line(criterion, comment) for criterion, comment in below.items() if not criterion.required]
    if met:
        names = ", ".join(criterion.name for criterion in met)
        yield _("What meets the rubric: %(criteria)s.") % {"criteria": names}
    if needed:
        yield _("What is still needed:")
        yield _listed(needed)
    if optional:
        yield _("What could be better, but isn’t needed for the badge:")
        yield _listed(optional)


def _listed(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _line(criterion: Criterion, comment: str) -> str:
    level = next(level for level in criterion.levels.all() if level.position == criterion.required_level)
    facts = {"criterion": criterion.name, "level": level.name}
    if criterion.required:
        said = _("**%(criterion)s**: the level needed is “%(level)s”.") % facts
    else:
        said = _("**%(criterion)s**: the level to reach is “%(level)s”.") % facts
    return " ".join(filter(None, [said, level.description.strip(), *comment.split()]))
