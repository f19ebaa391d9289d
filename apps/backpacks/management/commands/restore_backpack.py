"""`manage.py restore_backpack FILE --for ADDRESS`: take in a backpack that was exported from another Satchel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.queries import owner_of
from apps.backpacks import verbs
from apps.core.refused import Refused

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Take in a backpack that was carried away from another Satchel."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--for", dest="address", required=True, help="A confirmed address of whose backpack it is.")

    def handle(self, *_args: Any, **options: Any) -> None:
        person = owner_of(options["address"])
        if person is None:
            raise CommandError(f"Nobody here has confirmed {options['address']}.")
        try:
            with options["file"].open("rb") as archive:
                came = verbs.restore(archive, by=person, unbounded=True)
        except (Refused, OSError) as error:
            raise CommandError(str(error)) from error
        for one in came.refused:
            self.stdout.write(f"Not taken: {one.name}. {one.why}")
        if came.left_out:
            self.stdout.write(f"Not taken: {came.left_out} more.")
        self.stdout.write(f"{came.kept} in the backpack, {came.collections} collections made.")
