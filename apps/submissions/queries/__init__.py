"""Named queries of the submissions app."""

from apps.submissions.queries.attempts import (
    Formerly,
    attempts_in_words,
    judged,
    lives_beside,
    met_before,
    story_of,
    talk_is_due,
    told_before,
)
from apps.submissions.queries.captures import give_captures, links_to_look_at
from apps.submissions.queries.covering import cover_attempt, cover_piece, cover_words, covered_values, mask_for
from apps.submissions.queries.evidence import as_they_are, is_left
from apps.submissions.queries.holding import Held, called, held, hold_on, holds_at, liftable, without_hold
from apps.submissions.queries.identity import learner_unnamed, may_know_learner, public_identity
from apps.submissions.queries.resting import kept_until, touched
from apps.submissions.queries.room import bytes_of
from apps.submissions.queries.threads import Said, is_read_later, thread_of, unread_by
from apps.submissions.queries.waiting import WAITING, Expectation, expected_by

__all__ = [
    "WAITING",
    "Expectation",
    "Formerly",
    "Held",
    "Said",
    "as_they_are",
    "attempts_in_words",
    "bytes_of",
    "called",
    "cover_attempt",
    "cover_piece",
    "cover_words",
    "covered_values",
    "expected_by",
    "give_captures",
    "held",
    "hold_on",
    "holds_at",
    "is_left",
    "is_read_later",
    "judged",
    "kept_until",
    "learner_unnamed",
    "liftable",
    "links_to_look_at",
    "lives_beside",
    "mask_for",
    "may_know_learner",
    "met_before",
    "public_identity",
    "story_of",
    "talk_is_due",
    "thread_of",
    "told_before",
    "touched",
    "unread_by",
    "without_hold",
]
