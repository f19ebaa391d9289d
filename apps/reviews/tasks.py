from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.core import clock, outbox
from apps.core.models import Event
from apps.core.outbox import job
from apps.reviews import queries, verbs
from apps.submissions.models import Attempt, Message


@job(queue="now")
def open_turns(*, event_id: int) -> None:
    event = Event.objects.get(pk=event_id)
    verbs.open_turns(Attempt.objects.get(public_id=event.data["attempt"]))


@job(queue="now")
def expire_leases() -> None:
    verbs.expire_leases()


@job(queue="now")
def add_up_tallies() -> None:
    verbs.add_up_tallies()


@job(queue="now")
def free_withdrawn(*, event_id: int) -> None:
    event = Event.objects.get(pk=event_id)
    if "attempt" in event.data:  # a draft never had a turn
        verbs.free_withdrawn(Attempt.objects.get(public_id=event.data["attempt"]))


@job(queue="now")
def tell_assessors(*, event_id: int) -> None:
    event = Event.objects.get(pk=event_id)
    verbs.tell_assessors(Message.objects.get(public_id=event.data["message"]))


@job(queue="bulk")
def tell_of_work() -> None:
    """Enqueue a job for each person who may have to hear this morning of work that waits, or that is late."""
    for kind, task in (("work_waits", "tell_of_waiting"), ("work_late", "tell_of_late")):
        for due in queries.mornings_due(kind, clock.now()):
            with transaction.atomic():
                outbox.enqueue(
                    f"apps.reviews.tasks.{task}",
                    key=f"{kind}:{due.person.public_id}:{due.before.date()}",
                    person_id=due.person.pk,
                    before=due.before.isoformat(),
                )


@job(queue="bulk")
def tell_of_waiting(*, person_id: int, before: str) -> None:
    verbs.tell_of_waiting(User.objects.get(pk=person_id), before=datetime.fromisoformat(before))


@job(queue="bulk")
def tell_of_late(*, person_id: int, before: str) -> None:
    verbs.tell_of_late(User.objects.get(pk=person_id), before=datetime.fromisoformat(before))
