"""What happens to pathways: how they are written, who walks them, what is reached on them, and what becomes of that; and
what counts elsewhere.
"""

from apps.pathways.verbs.equivalences import (
    accept_equivalence,
    decline_equivalence,
    end_equivalence,
    propose_equivalence,
    withdraw_equivalence,
)
from apps.pathways.verbs.groups import end_group, join_group, leave_group, make_group
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
from apps.pathways.verbs.nodes import add_node, change_node, move_node, put_back, remove_node
from apps.pathways.verbs.plans import add_to_plan, copy_plan, plan, share, unshare
from apps.pathways.verbs.publishing import archive, publish
from apps.pathways.verbs.reaching import decide
from apps.pathways.verbs.recognising import (
    LINK_FOR,
    Chosen,
    Outsider,
    Terms,
    accept_agreement,
    answer_credit,
    answer_credit_by_link,
    decline_agreement,
    end_agreement,
    propose_agreement,
    request_credit,
    withdraw_agreement,
    withdraw_credit_request,
    withdraw_waiting_requests,
)
from apps.pathways.verbs.walking import enrol, leave, move_on, set_target
from apps.pathways.verbs.writing import begin, discard, draft_next, edit

__all__ = [
    "AT_ONCE",
    "LINK_FOR",
    "Chosen",
    "Outsider",
    "Terms",
    "accept_agreement",
    "accept_equivalence",
    "add_node",
    "add_to_plan",
    "answer_credit",
    "answer_credit_by_link",
    "archive",
    "begin",
    "change_node",
    "copy_plan",
    "decide",
    "decline_agreement",
    "decline_equivalence",
    "discard",
    "draft_next",
    "edit",
    "end_agreement",
    "end_equivalence",
    "end_group",
    "enrol",
    "follow_successor",
    "join_group",
    "leave",
    "leave_group",
    "look_again",
    "look_at_due",
    "look_at_equivalence",
    "look_at_person",
    "make_group",
    "move_node",
    "move_on",
    "plan",
    "propose_agreement",
    "propose_equivalence",
    "publish",
    "put_back",
    "remind_deciders",
    "remind_of_days",
    "remove_node",
    "request_credit",
    "set_target",
    "share",
    "spread",
    "tell_of_version",
    "unshare",
    "withdraw_agreement",
    "withdraw_credit_request",
    "withdraw_equivalence",
    "withdraw_waiting_requests",
]
