from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from apps.core import events, trail
from apps.core.models import Event, EventBlock

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Recompute the sealed chain of events, or check an exported audit trail. Exit 1 and name the first break if it "
        "doesn't hold."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, help="A ZIP that an organisation exported as its audit trail."
        )

    def handle(self, *args: Any, file: Path | None = None, **options: Any) -> None:
        if file is not None:
            self._exported(file)
            return
        broken = events.first_break()
        if broken:
            self.stdout.write(f"The chain is broken: {broken}.")
            raise SystemExit(1)
        waiting = Event.objects.filter(block=None).count()
        self.stdout.write(f"{EventBlock.objects.count()} blocks hold; {waiting} events wait to be sealed.")

    def _exported(self, file: Path) -> None:
        try:
            found = trail.checked(file)
        except trail.Broken as broken:
            self.stdout.write(f"The audit trail is broken: {broken}.")
            raise SystemExit(1) from broken
        self.stdout.write(
            f"{found.sealed} events hold in a chain of {found.blocks} blocks; {found.waiting} were not sealed yet."
        )
        if found.newest:
            self.stdout.write(f"The newest is {found.newest}.")
