"""The Celery application: it carries the bell (apps.core.tasks), nothing else."""

from celery import Celery

app = Celery("satchel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["apps.core"])
