"""Satchel's three Celery tasks. Every job goes through the first; beat starts the other two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import close_old_connections, transaction
from django.utils.module_loading import import_string

from apps.core import clock, erasing, events, outbox
from apps.core.models import Pulse
from apps.core.outbox import job
from config.celery import app


@app.task(ignore_result=True)
def run_job(job_id: int) -> None:
    close_old_connections()
    outbox.run(job_id)


@app.task(ignore_result=True, time_limit=60)
def sweep() -> None:
    """Ring again for lost jobs, and leave a sign of life."""
    close_old_connections()
    Pulse.objects.update_or_create(name="sweep", defaults={"seen_at": datetime.now(UTC)})
    outbox.ring_again(after=timedelta(0) if outbox.lost_its_bells() else outbox.RING_AGAIN)


@app.task(ignore_result=True, time_limit=60)
def run_schedule() -> None:
    """Enqueue each periodic job once per period; a second beat does no harm, since the key names the period."""
    close_old_connections()
    now = datetime.now(UTC).timestamp()
    for name, (function, every) in import_string(settings.SCHEDULE).items():
        with transaction.atomic():
            outbox.enqueue(function, key=f"schedule:{name}:{int(now // every.total_seconds())}")


@job(queue="bulk")
def seal_events() -> None:
    """Seal block after block while full ones are possible: many awards at once leave more than one block holds."""
    most = events.MOST_IN_A_BLOCK
    while (block := events.seal(most)) and block.events == most:
        pass


@job(queue="bulk")
def prune_jobs() -> None:
    outbox.prune()


@job(queue="bulk")
def delete_file(*, name: str) -> None:
    default_storage.delete(name)


@job(queue="bulk")
def forget_old() -> None:
    """Enqueue a job for each class of data that is kept for a limited time."""
    with transaction.atomic():
        for kind in import_string(settings.RETENTION):
            outbox.enqueue("apps.core.tasks.forget_class", key=f"forget:{kind}:{clock.now():%Y%m%d}", kind=kind)


@job(queue="bulk")
def forget_class(*, kind: str) -> None:
    erasing.forget_class(kind)
