"""Notes that tests write, and work on which they stand."""

from apps.reviews import verbs
from apps.reviews.models import Annotation
from tests.factories import (
    ALL_GOOD,
    assessor_of,
    marks_for,
    published_version,
    taken_attempt,
)

SAID = "Both sides are even here."
AMONG_US = "I have seen this blade elsewhere."


def noted(attempt, by, **facts):
    facts = {"evidence": attempt.evidence.first(), "text": AMONG_US} | facts
    return verbs.annotate(attempt, by=by, **facts)


def edge_of(attempt):
    return attempt.submission.version.criteria.get(position=1)


def two_who_mark_apart():
    """Both have taken it, each for a marking of their own."""
    attempt, first = taken_attempt(published_version(policy="double_blind"))
    second = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=second)
    return attempt, first, second


def sent(attempt, by, *, short=False, **facts):
    return verbs.decide(attempt, by=by, marks=marks_for(attempt, short=short), answers=ALL_GOOD, note="", **facts)


def told_to_the_learner():
    return list(Annotation.objects.told().order_by("pk").values_list("text", flat=True))
