from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.core import outbox


class Command(BaseCommand):
    help = "Run every job that is due here and now, without a worker."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{outbox.drain()} jobs run.")
