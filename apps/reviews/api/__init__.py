"""The API for assessors, and for learners to appeal."""

from apps.reviews.api.appeals import AppealFigures, LodgeAppeal, WithdrawAppeal
from apps.reviews.api.audit import AuditTrail
from apps.reviews.api.bank import BankCommentDetail, BankComments
from apps.reviews.api.consequences import ConsequenceDetail, Consequences
from apps.reviews.api.handing_out import Assign, ShareOut
from apps.reviews.api.letters import SendAgain
from apps.reviews.api.marking import (
    Agree,
    AnswerAppeal,
    AskAgain,
    ChangeDecision,
    Decide,
    GiveBack,
    Grant,
    Keep,
    Marks,
    PassBack,
    Recognise,
    Recuse,
    ReturnUnscored,
    Take,
    TakeNext,
    TakeOver,
)
from apps.reviews.api.notes import AttemptNotes
from apps.reviews.api.queue import AttemptAtDesk, ChangesAtDesk, Queue
from apps.reviews.api.trail import DeskThread, Story, Workload

__all__ = [
    "Agree",
    "AnswerAppeal",
    "AppealFigures",
    "AskAgain",
    "Assign",
    "AttemptAtDesk",
    "AttemptNotes",
    "AuditTrail",
    "BankCommentDetail",
    "BankComments",
    "ChangeDecision",
    "ChangesAtDesk",
    "ConsequenceDetail",
    "Consequences",
    "Decide",
    "DeskThread",
    "GiveBack",
    "Grant",
    "Keep",
    "LodgeAppeal",
    "Marks",
    "PassBack",
    "Queue",
    "Recognise",
    "Recuse",
    "ReturnUnscored",
    "SendAgain",
    "ShareOut",
    "Story",
    "Take",
    "TakeNext",
    "TakeOver",
    "WithdrawAppeal",
    "Workload",
]
