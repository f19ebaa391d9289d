"""A first draft of the note to the learner, made of the marks, the rubric and the assessor's own comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from apps.issuers.models import Criterion


def draft_note(marks: Mapping[Criterion, tuple[int | None, str]]) -> str:
    """The draft in Markdown: which criteria were met, and for each of the others the level needed, what the rubric says
    about that level, and the assessor's comment. Criteria without a level are left out; empty if none has one.
    """
    marked = {criterion: said for criterion, said in marks.items() if said[0] is not None}
    met = [criterion for criterion, (level, _comment) in marked.items() if level and level >= criterion.required_level]
    return "\n\n".join(_parts(met, {one: comment for one, (_level, comment) in marked.items() if one not in met}))


def _parts(met: list[Criterion], below: Mapping[Criterion, str]) -> Iterator[str]:
    if met:
        names = ", ".join(criterion.name for criterion in met)
        yield _("What meets the rubric: %(criteria)s.") % {"criteria": names}
    if below:
        yield _("What is still needed:")
        yield "\n".join(f"- {_needed(criterion, comment)}" for criterion, comment in below.items())


def _needed(criterion: Criterion, comment: str) -> str:
    needed = next(level for level in criterion.levels.all() if level.position == criterion.required_level)
    facts = {"criterion": criterion.name, "level": needed.name, "descriptor": needed.description.strip()}
    if needed.description.strip():
        said = _("**%(criterion)s**: the level needed is “%(level)s”. %(descriptor)s") % facts
    else:
        said = _("**%(criterion)s**: the level needed is “%(level)s”.") % facts
    return " ".join([said, *comment.split()])
