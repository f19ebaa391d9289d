"""What assessors, moderators and learners do in reviews.

An attempt that is ready opens a turn (`open_turns`). An assessor takes it (`take`), marks it (`save_marks`) and sends
the marking (`decide`). Depending on the badge's policy, that settles the attempt; or another person grants it
(`grant`, `pass_back`); or a second marking is compared with it and, if the two differ, a lead decides. Once settled,
the decision is released: in one transaction the learner is answered and, if the rubric is met, awarded. A moderator
may look again (`agree`, `change_decision`, `ask_again`), and the learner may appeal (`lodge_appeal`,
`answer_appeal`).

Markers write notes on the evidence (`annotate`), which others answer (`reply`), and use comments from the bank
(`use_comment`) or add to it (`keep_comment`).
"""

from apps.reviews.verbs.annotating import annotate, edit_annotation, remove_annotation, reply, resolve, unresolve
from apps.reviews.verbs.appealing import answer_appeal, lodge_appeal, withdraw_appeal
from apps.reviews.verbs.banking import edit_comment, keep_comment, restore_comment, retire_comment, use_comment
from apps.reviews.verbs.consequences import see_to
from apps.reviews.verbs.deciding import decide, grant, pass_back, return_unscored
from apps.reviews.verbs.handing_out import SharedOut, assign, share_out, take_over
from apps.reviews.verbs.leases import expire_leases, give_back, keep, take, take_next
from apps.reviews.verbs.letters import send_again
from apps.reviews.verbs.marking import MarkedElsewhere, outcome_of, save_marks, take_again
from apps.reviews.verbs.moderating import agree, ask_again, change_decision
from apps.reviews.verbs.mornings import tell_of_late, tell_of_waiting
from apps.reviews.verbs.recusing import recognise, recuse
from apps.reviews.verbs.saved_views import forget_view, save_view
from apps.reviews.verbs.thread import tell_assessors
from apps.reviews.verbs.turns import add_up_tallies, free_withdrawn, open_turns, stop_judging

__all__ = [
    "MarkedElsewhere",
    "SharedOut",
    "add_up_tallies",
    "agree",
    "annotate",
    "answer_appeal",
    "ask_again",
    "assign",
    "change_decision",
    "decide",
    "edit_annotation",
    "edit_comment",
    "expire_leases",
    "forget_view",
    "free_withdrawn",
    "give_back",
    "grant",
    "keep",
    "keep_comment",
    "lodge_appeal",
    "open_turns",
    "outcome_of",
    "pass_back",
    "recognise",
    "recuse",
    "remove_annotation",
    "reply",
    "resolve",
    "restore_comment",
    "retire_comment",
    "return_unscored",
    "save_marks",
    "save_view",
    "see_to",
    "send_again",
    "share_out",
    "stop_judging",
    "take",
    "take_again",
    "take_next",
    "take_over",
    "tell_assessors",
    "tell_of_late",
    "tell_of_waiting",
    "unresolve",
    "use_comment",
    "withdraw_appeal",
]
