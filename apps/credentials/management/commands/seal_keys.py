from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.credentials import verbs
from apps.credentials.keys import KeyTroubleError


class Command(BaseCommand):
    help = "Put every signing key under the first of KEY_ENCRYPTION_KEYS, so that the others can go."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            moved = verbs.seal_keys()
        except KeyTroubleError as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(f"{moved} sealed anew.")
