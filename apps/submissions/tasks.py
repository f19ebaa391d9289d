from apps.core.outbox import job
from apps.submissions import verbs


@job(queue="now")
def freeze(*, attempt_id: int) -> None:
    verbs.freeze(attempt_id)


@job(queue="bulk")
def lapse_drafts() -> None:
    verbs.lapse_drafts()


@job(queue="bulk")
def capture_link(*, submission_id: int, url: str) -> None:
    verbs.capture_link(submission_id, url)


@job(queue="bulk")
def recheck_links() -> None:
    verbs.recheck_links()
