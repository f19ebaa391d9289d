from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts import queries, verbs
from apps.accounts.models import LegalHold, User
from apps.core.refused import Refused

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "What is kept by law: without arguments a list; --place ADDRESS --reason, or --lift ID, by an operator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--place", metavar="ADDRESS", help="whose account is held")
        parser.add_argument("--reason", default="", help="why, for whoever lifts it")
        parser.add_argument("--lift", metavar="ID", help="the hold's id, from the list")
        parser.add_argument("--by", metavar="ADDRESS", help="the operator who does it")

    def handle(self, *args: Any, **asked: Any) -> None:
        try:
            if asked["place"]:
                verbs.hold(_person(asked["place"]), by=_operator(asked["by"]), reason=asked["reason"])
            elif asked["lift"]:
                held = LegalHold.objects.standing().filter(public_id=asked["lift"]).first()
                if held is None:
                    raise CommandError("No such hold stands.")
                verbs.lift_hold(held, by=_operator(asked["by"]))
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        for one in LegalHold.objects.standing().select_related("person", "placed_by"):
            what = f"submission {one.submission_id}" if one.submission_id else "everything"
            self.stdout.write(
                f"{one.public_id}  {one.placed_at:%Y-%m-%d}  {what} of {one.person.email}, by {one.placed_by}: {one.reason}"
            )


def _person(address: str) -> User:
    person = queries.owner_of(address)
    if person is None:
        raise CommandError(f"Nobody here has proved {address}.")
    return person


def _operator(address: str | None) -> User:
    person = _person(address or "")
    if not person.is_operator:
        raise CommandError(f"{address} is no operator.")
    return person
