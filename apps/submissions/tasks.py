from apps.core.outbox import Bell, job
from apps.submissions import verbs


# It reads every file again: gigabytes take longer than the lease of `now`.
@job(queue="bulk", bell=Bell.SOON)
def freeze(*, attempt_id: int) -> None:
    verbs.freeze(attempt_id)


@job(queue="bulk")
def lapse_drafts() -> None:
    verbs.lapse_drafts()


@job(queue="bulk", bell=Bell.SOON)
def capture_link(*, submission_id: int, url: str) -> None:
    verbs.capture_link(submission_id, url)


@job(queue="bulk")
def recheck_links() -> None:
    verbs.recheck_links()


@job(queue="bulk", bell=Bell.SOON)
def check_file(*, piece_id: int) -> None:
    verbs.check_file(piece_id)


@job(queue="bulk")
def lapse_uploads() -> None:
    verbs.lapse_uploads()


@job(queue="bulk")
def forget_file(*, name: str) -> None:
    verbs.forget_file(name)


@job(queue="bulk", bell=Bell.SOON)
def make_copy(*, sha256: str) -> None:
    verbs.make_copy(sha256)


@job(queue="bulk")
def want_copies() -> None:
    verbs.want_copies()


@job(queue="bulk")
def revive_waiting() -> None:
    verbs.revive_waiting()
