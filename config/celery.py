"""The Celery application: it carries the bell (apps.core.tasks), nothing else."""

import gc
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from django.db import connections
from kombu.connection import Connection

# A worker waiting for a bell asks the broker to answer within a second, so its time-out must be longer than that of a
# sender.
LISTENS_FOR = 5.0


class Satchel(Celery):
    def connection_for_read(self, url: str | None = None, **kwargs: Any) -> Connection:
        options = {"socket_timeout": LISTENS_FOR, **kwargs.pop("transport_options", {})}
        told: Connection = super().connection_for_read(url, transport_options=options, **kwargs)
        return told


app = Satchel("satchel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["apps.core"])

# A worker keeps its connection from job to job: a new one has to load every table's metadata again, which costs a
# short job more than its work. Celery would close it around each task; instead it does so after this many tasks,
# which frees what the connection has cached.
KEPT_FOR_TASKS = 500
app.conf["CELERY_DB_REUSE_MAX"] = KEPT_FOR_TASKS


@worker_process_init.connect
def settle_in(**_said: Any) -> None:
    """Prepare a worker process for a long life of many jobs."""
    # Django would close the connection before each job; CONN_HEALTH_CHECKS tests then whether it is alive.
    connections.settings["default"]["CONN_MAX_AGE"] = None
    # What is loaded by now stays, so the garbage collector needn't scan it again; and hundreds of awards at once
    # allocate more than the usual thresholds are meant for. That saves a tenth of their time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
