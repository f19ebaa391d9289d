from apps.core.outbox import job
from apps.reviews import verbs


@job(queue="now")
def expire_leases() -> None:
    verbs.expire_leases()
