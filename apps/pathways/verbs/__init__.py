"""What happens on pathways: they are written and published, and what counts as what is agreed."""

from apps.pathways.verbs.nodes import add_node, change_node, move_node, put_back, remove_node
from apps.pathways.verbs.plans import copy_plan, plan, share, unshare
from apps.pathways.verbs.publishing import archive, publish
from apps.pathways.verbs.writing import begin, discard, draft_next, edit

__all__ = [
    "add_node",
    "archive",
    "begin",
    "change_node",
    "copy_plan",
    "discard",
    "draft_next",
    "edit",
    "move_node",
    "plan",
    "publish",
    "put_back",
    "remove_node",
    "share",
    "unshare",
]
