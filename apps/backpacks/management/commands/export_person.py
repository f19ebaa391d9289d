from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts import queries as accounts
from apps.backpacks import verbs

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Everything held about a person, as one ZIP, for a person who asks for it (GDPR, article 15)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="an address of theirs; one that they have proved")
        parser.add_argument("--to", required=True, type=Path, help="where to write the ZIP; nothing may be there yet")

    def handle(self, *args: Any, address: str, to: Path, **options: Any) -> None:
        person = accounts.owner_of(address.strip())
        if person is None:
            raise CommandError("Nobody here has proved that address.")
        try:
            # Readable only for the operator.
            descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{to}: {error.strerror}.") from None
        with os.fdopen(descriptor, "wb") as file:
            for chunk in verbs.export_account(person, by=None):
                file.write(chunk)
        # How much there is, but not what.
        self.stdout.write(f"Written: {to}, {to.stat().st_size:,} bytes.")
