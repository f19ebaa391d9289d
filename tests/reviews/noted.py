"""Notes that tests write, and work on which they stand."""

from apps.issuers import verbs as issuers
from apps.reviews import verbs
from apps.reviews.models import Annotation
from tests.factories import (
    ALL_GOOD,
    assessor_of,
    drafted_version,
    marks_for,
    owner_of,
    published_version,
    seated,
    taken_attempt,
)

SAID = "Both sides are even here."
AMONG_US = "I have seen this blade elsewhere."


def noted(attempt, by, **facts):
    facts = {"evidence": attempt.evidence.first(), "text": AMONG_US} | facts
    return verbs.annotate(attempt, by=by, **facts)


def edge_of(attempt):
    return attempt.submission.version.criteria.get(position=1)


def two_who_mark_apart(version=None):
    """Both have taken it, each for a marking of their own."""
    attempt, first = taken_attempt(version or published_version(policy="double_blind"))
    return attempt, first, taken_by(attempt)


def looked_at_again(policy):
    """A version at all of whose decisions a moderator looks again."""
    draft = drafted_version(policy=policy, moderation_percent=100)
    return issuers.publish(draft, by=owner_of(draft.achievement.issuer))


def taken_by(attempt, role="assessor"):
    """Somebody new, who has taken what waits of it."""
    achievement = attempt.submission.achievement
    somebody = assessor_of(achievement) if role == "assessor" else seated(role, achievement.issuer)
    verbs.take(attempt, by=somebody)
    return somebody


def asked_again(attempt):
    """A moderator took it, and has it judged again."""
    return verbs.ask_again(attempt, by=taken_by(attempt, "moderator"), reason="The second film shows another blade.")


def sent(attempt, by, *, short=False, **facts):
    return verbs.decide(attempt, by=by, marks=marks_for(attempt, short=short), answers=ALL_GOOD, note="", **facts)


def told_to_the_learner():
    return list(Annotation.objects.told().order_by("pk").values_list("text", flat=True))
