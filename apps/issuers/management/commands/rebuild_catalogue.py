"""Rebuild every entry of the catalogue, for example after a change to its search."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand

from apps.issuers import catalogue


class Command(BaseCommand):
    help = "Write every entry of the catalogue anew."

    def handle(self, *args: Any, **options: Any) -> None:
        listed = catalogue.rebuild()
        if options["verbosity"]:
            self.stdout.write(f"{listed} listed.")
