from apps.core.outbox import job
from apps.notices import verbs


@job(queue="mail")
def deliver(*, letter_id: int) -> None:
    verbs.deliver(letter_id)
