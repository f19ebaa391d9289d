from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.core import outbox


class Command(BaseCommand):
    help = "Run every job that is due here and now, without a worker."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_without_keys()
        self.stdout.write(f"{outbox.drain()} jobs run.")


def refuse_without_keys() -> None:
    """Raise CommandError if there are no signing keys here: jobs that sign would fail one by one and use up their
    tries.
    """
    if not settings.HOLDS_KEYS:
        raise CommandError(
            "KEY_ENCRYPTION_KEYS is empty here, so that nothing could be signed. Run this where a worker runs: "
            "`docker compose exec worker-bulk python manage.py …`.",
            returncode=2,
        )
