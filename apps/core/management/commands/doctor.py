from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.core import health


class Command(BaseCommand):
    help = (
        "Say in words whether every part of this installation is well, and what would help. Exit 1 if anything fails."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=("table", "json"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        results = health.run()
        if options["format"] == "json":
            self.stdout.write(json.dumps([vars(one) for one in results], indent=2))
        else:
            for one in results:
                self.stdout.write(f"{one.result.upper():5} {one.name:14} {one.saw}")
                if one.remedy and one.result != health.OK:
                    self.stdout.write(f"{'':20} → {one.remedy}")
        if any(one.result == health.FAIL for one in results):
            raise SystemExit(1)
