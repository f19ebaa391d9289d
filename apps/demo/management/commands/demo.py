from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from rich.console import Console
from rich.progress import track

from apps.backpacks import tokens
from apps.core.refused import Refused
from apps.demo import build, people, policies, queries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Differs from the code of a failed command: `make up` starts without the demo where it isn't allowed.
REFUSED = 4


class Command(BaseCommand):
    help = (
        "Build the demo college: three issuers with a past, and people to sign in as. Built already, it stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--show", action="store_true", help="say who to sign in as and what to look at")
        parser.add_argument("--format", choices=("table", "json"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            policies.refuse_elsewhere()
            if not options["show"]:
                self._build()
                return
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from None
        if not queries.is_built():
            raise CommandError("There is no demo here yet. Build it: manage.py demo")
        if options["format"] == "json":
            self.stdout.write(json.dumps(queries.summary(), indent=2, ensure_ascii=False))
        else:
            self._show()

    def _build(self) -> None:
        if build.build(follow=_watched):
            self.stdout.write("The demo college stands. Who to sign in as: manage.py demo --show")
        else:
            self.stdout.write("The demo college stands already; nothing was done.")

    def _show(self) -> None:
        here = queries.address()
        self.stdout.write(f"Sign in at {here}{reverse('account_login')}  (password of all: {people.PASSWORD})")
        for role, person in people.SIGN_INS.items():
            self.stdout.write(f"  {role:12}{person.email:28}{person.name}")
        one = people.HANA
        self.stdout.write(f"  {'all in one':12}{one.email:28}{one.name}, half of a two-person school")
        self.stdout.write("\nOpen to everybody who has the link")
        for link in queries.shared_collections():
            self.stdout.write(
                f"  {link.collection.title}, {link.collection.person}\n    {here}/b/{tokens.token_of(link.public_id)}/"
            )
        for credential in queries.shown_credentials():
            self.stdout.write(f"  {credential}\n    {here}{credential.get_absolute_url()}")


def _watched(steps: Sequence[build.Step]) -> Iterable[build.Step]:
    """Show a progress bar on a terminal, and nothing elsewhere."""
    screen = Console(stderr=True)
    return track(steps, "  Building", console=screen, transient=True, disable=not screen.is_terminal)
