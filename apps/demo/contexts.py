"""Where the demo's learners did their work, what their part was, and who can confirm it; by achievement."""

from __future__ import annotations

from typing import NamedTuple


class Context(NamedTuple):
    place: str
    role: str
    confirmer: str = ""


CONTEXTS = {
    "shear-a-full-wool-ewe": Context(
        "A woolshed, two stands, up the valley", "On the second stand", "The shed's owner"
    ),
    "grind-and-set-gear": Context("The grinding room behind the shed", "I ground and set all gear", "The head shearer"),
    "class-a-crossbred-clip": Context("At the table, main shear", "Woolhandler, then classer", "The broker's man"),
    "measure-a-stream": Context("A reach below the footbridge", "I measured; a companion wrote", "My companion"),
    "interpret-a-first-appointment": Context("A health centre in town", "Interpreter, both ways", "The practice nurse"),
    "move-people-safely": Context("A house of twelve beds", "Care worker, day shift", "The shift leader"),
    "give-medicines-at-home": Context(
        "At people's homes, a round of six", "Care worker on the round", "The registered nurse"
    ),
    "notice-and-speak-up": Context("A house of twelve beds", "Care worker, night shift", "The night nurse"),
    "web-page-for-everyone": Context(
        "At home, for a club that I belong to", "I wrote all of it", "The club's secretary"
    ),
    "clean-a-messy-table": Context(
        "At work, a list that nobody trusted", "I cleaned it; others checked", "My team leader"
    ),
    "run-a-shed-for-a-day": Context("A woolshed, four stands and more", "I ran it for the day", "Whoever runs it else"),
    "show-a-new-colleague": Context("A house of twelve beds", "I showed it; she was new", "The shift leader"),
    "explain-a-task-to-a-stranger": Context("At work", "I wrote the page and watched", "One of the two I watched"),
}
