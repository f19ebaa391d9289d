from apps.core.models import Event
from apps.core.outbox import job
from apps.reviews import verbs
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
