from apps.core.outbox import job
from apps.submissions import verbs


@job(queue="now")
def freeze(*, attempt_id: int) -> None:
    verbs.freeze(attempt_id)


@job(queue="bulk")
def make_copy(*, sha256: str) -> None:
    verbs.make_copy(sha256)
