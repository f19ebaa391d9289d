from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.core import events
from apps.core.models import Event, EventBlock


class Command(BaseCommand):
    help = "Recompute the sealed chain of events. Exit 1 and name the first break if it doesn't hold."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = events.first_break()
        if broken:
            self.stdout.write(f"The chain is broken: {broken}.")
            raise SystemExit(1)
        waiting = Event.objects.filter(block=None).count()
        self.stdout.write(f"{EventBlock.objects.count()} blocks hold; {waiting} events wait to be sealed.")
