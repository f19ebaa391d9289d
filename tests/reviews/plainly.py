"""The queue said in one plain question each, to hold what pages show against."""

from apps.reviews import queries
from apps.reviews.models import Turn


def queue_for(user):
    waiting = Turn.objects.open().playable_by(user).exclude(queries.barred_from(user))
    return queries.with_facts(user, waiting).order_by("due_on", "pk")


def free_for(user):
    """What nobody holds and they may take."""
    return queue_for(user).filter(queries.eligible_for(user), holder=None)
