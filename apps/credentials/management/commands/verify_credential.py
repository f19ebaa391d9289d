from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.credentials import verifier
from apps.credentials.verification import NotABadge, Report

USAGE = 64


class Command(BaseCommand):
    help = "Check a badge picture, a credential's JSON or an address. Exit 0: valid, 1: not valid, 2: could not check."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", metavar="FILE|URL")
        parser.add_argument("--format", choices=("table", "json"), default="table")
        parser.add_argument("--recipient", default="", help="an e-mail address that it should belong to")

    def handle(self, *args: Any, **options: Any) -> None:
        report = self._report(options["what"], options["recipient"])
        if options["format"] == "json":
            self.stdout.write(json.dumps(report.to_json(), indent=2, ensure_ascii=False))
        else:
            self.stdout.write(
                f"{report.said.achievement_name or '(no name)'} — {report.said.issuer_name or report.said.issuer_id}"
            )
            for check in report.checks:
                self.stdout.write(f"{check.result.replace('_', ' '):16} {check.name:10} {check.plain}")
                if check.technical:
                    self.stdout.write(f"{'':27} {check.technical}")
            self.stdout.write({True: "Valid.", False: "Not valid.", None: "Could not be decided."}[report.valid])
        raise SystemExit({True: 0, False: 1, None: 2}[report.valid])

    def _report(self, what: str, recipient: str) -> Report:
        try:
            if what.startswith(("http://", "https://")):
                return verifier.check_url(what, recipient=recipient)
            return verifier.check(Path(what).read_bytes(), recipient=recipient)
        except NotABadge as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(1) from None
        except OSError as error:
            self.stderr.write(f"{what}: {error.strerror}")
            raise SystemExit(USAGE) from None
