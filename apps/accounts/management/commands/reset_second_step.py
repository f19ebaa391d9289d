from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from apps.accounts import queries
from apps.accounts.admin import taken_away

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Take the second step away from somebody who cannot pass it any more, an operator included. They get a letter."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="whose second step it is")
        parser.add_argument("--by", metavar="ADDRESS", required=True, help="the operator who does it, perhaps the same")

    def handle(self, *args: Any, address: str, by: str, **options: Any) -> None:
        person, operator = (queries.owner_of(one) for one in (address, by))
        if person is None or operator is None:
            raise CommandError(f"Nobody here has proved {address if person is None else by}.")
        try:
            taken_away(person, by=operator)
        except PermissionDenied:
            raise CommandError(f"{by} is no operator.") from None
