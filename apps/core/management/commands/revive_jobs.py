from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.core import outbox
from apps.core.models import Job


class Command(BaseCommand):
    help = "Give every job that was given up as many tries as before."

    def handle(self, *args: Any, **options: Any) -> None:
        dead = list(Job.objects.filter(state=Job.State.DEAD).order_by("pk"))
        for one in dead:
            outbox.revive(one)
        self.stdout.write(f"{len(dead)} revived.")
