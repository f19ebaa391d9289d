"""What happens to pathways: who walks them, what is reached on them, and what becomes of that."""

from apps.pathways.verbs.looking import (
    AT_ONCE,
    follow_successor,
    look_again,
    look_at_due,
    look_at_equivalence,
    look_at_person,
    remind_deciders,
    remind_of_days,
    spread,
    tell_of_version,
)
from apps.pathways.verbs.reaching import decide
from apps.pathways.verbs.walking import enrol, leave, move_on, set_target

__all__ = [
    "AT_ONCE",
    "decide",
    "enrol",
    "follow_successor",
    "leave",
    "look_again",
    "look_at_due",
    "look_at_equivalence",
    "look_at_person",
    "move_on",
    "remind_deciders",
    "remind_of_days",
    "set_target",
    "spread",
    "tell_of_version",
]
