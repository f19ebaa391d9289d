"""The tables of moves as pictures: `docs/states.md`, in Mermaid, which code hosts and editors draw."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils import translation

from apps.core.moves import Moving

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# States

One picture for each model with a life of its own. They are drawn from the `MOVES` tables in the code by
`.venv/bin/python manage.py draw_states`, so edit the tables and draw again: a test fails while this page says anything
else. The words in the boxes are those that people read; the code's own word follows where it is another. An arrow is a
step that a verb may take while it holds the row's lock; any other step is refused in a sentence
(`apps/core/moves.py`).
"""


def states_page() -> str:
    """Return the whole page as Markdown, ending in a newline; apps in their order, the lowest first."""
    with translation.override("en"):
        return "\n".join([_HEAD, *(_section(model) for model in moving_models())])


def moving_models() -> list[type[Moving]]:
    return [model for model in apps.get_models() if issubclass(model, Moving)]


def _section(model: type[Moving]) -> str:
    source = model.__module__.replace(".", "/") + ".py"
    about = (inspect.getdoc(model) or "").partition("\n\n")[0].replace("\n", " ")
    pictures = [
        _picture(model, "state"),
        *(f"Apart from that, its {one}:\n\n{_picture(model, one)}" for one in model.ALSO),
    ]
    return f"## {model.__name__}\n\n{about} ([{source}](../{source}))\n\n" + "\n".join(pictures)


def _picture(model: type[Moving], column: str) -> str:
    picture = "\n".join(["stateDiagram-v2", *(f"    {line}" for line in _lines(model, column))])
    return f"```mermaid\n{picture}\n```\n"


def _lines(model: type[Moving], column: str) -> Iterator[str]:
    states, moves = model.table(column)
    for state in states:
        same = state.label.lower().replace(" ", "_") == state.value
        yield f'state "{state.label}{"" if same else f" ({state.value})"}" as {state.value}'
    yield f"[*] --> {getattr(model(), column)}"
    for here in states:
        # In the order of the choices, since a set has none.
        yield from (f"{here.value} --> {there.value}" for there in states if there in moves[here])
        if not moves[here]:
            yield f"{here.value} --> [*]"
