from apps.core.outbox import Bell, job
from apps.frameworks import verbs


@job(queue="bulk", bell=Bell.SOON)
def carry_out(*, import_id: int) -> None:
    verbs.carry_out(import_id)


@job(queue="bulk")
def drop_stale_imports() -> None:
    verbs.drop_stale()
