from apps.core.outbox import job
from apps.submissions import verbs


# It reads every file once more: gigabytes take longer than the lease of `now`.
@job(queue="bulk")
def freeze(*, attempt_id: int) -> None:
    verbs.freeze(attempt_id)


@job(queue="bulk")
def check_file(*, piece_id: int) -> None:
    verbs.check_file(piece_id)


@job(queue="bulk")
def lapse_uploads() -> None:
    verbs.lapse_uploads()


@job(queue="bulk")
def forget_file(*, name: str) -> None:
    verbs.forget_file(name)
