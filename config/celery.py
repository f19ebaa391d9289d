"""The Celery application: it carries the bell (apps.core.tasks), nothing else."""

import gc
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from django.db import connections
from kombu.connection import Connection

# Who waits for a bell asks the broker to answer within a second, and waits longer than who rings.
LISTENS_FOR = 5.0


class Satchel(Celery):
    def connection_for_read(self, url: str | None = None, **kwargs: Any) -> Connection:
        options = {"socket_timeout": LISTENS_FOR, **kwargs.pop("transport_options", {})}
        told: Connection = super().connection_for_read(url, transport_options=options, **kwargs)
        return told


app = Satchel("satchel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["apps.core"])

# A worker keeps its connection from job to job: a new one has to learn every table again, which costs a short job more
# than what it is for. Celery would close it around each task; after so many it does, and what it had learnt is let go.
KEPT_FOR_TASKS = 500
app.conf["CELERY_DB_REUSE_MAX"] = KEPT_FOR_TASKS


@worker_process_init.connect
def settle_in(**_said: Any) -> None:
    """For a long life of many jobs."""
    # Django would close it at the beginning of each; whether it still answers is asked then (CONN_HEALTH_CHECKS).
    connections.settings["default"]["CONN_MAX_AGE"] = None
    # What was loaded by now stays: it need not be searched again and again for what may go, and hundreds of awards at
    # once make more in a moment than the usual pace of searching is meant for. A tenth of their time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
