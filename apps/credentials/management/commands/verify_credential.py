from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.management.base import BaseCommand, CommandParser

from apps.core.text import seen
from apps.credentials import reports, tables, verifier
from apps.credentials.verification import NotABadge, Report

if TYPE_CHECKING:
    from collections.abc import Sequence

VALID, INVALID, UNDECIDED, USAGE = 0, 1, 2, 64
# The worst first: it determines the exit code if several were given.
_WORST = (USAGE, INVALID, UNDECIDED, VALID)


class Came(NamedTuple):
    """The outcome for one argument: a report, or why there is none."""

    name: str
    code: int
    report: Report | None = None
    refusal: str = ""

    @property
    def verdict(self) -> str:
        if self.report is not None:
            return reports.verdict_of(self.report).value
        return "unreadable" if self.code == USAGE else "no_badge"


class Command(BaseCommand):
    help = (
        "Check badge pictures, credentials as JSON or tokens, or addresses. "
        "Exit 0: valid, 1: not valid, or no badge, 2: could not check, 64: usage; of several, the worst."
    )
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        """The parser would exit with 2, which here means that it could not be checked."""
        self._called_from_command_line = True
        try:
            self.create_parser(argv[0], argv[1]).parse_args(argv[2:])
        except SystemExit as done:
            raise SystemExit(done.code and USAGE) from None
        super().run_from_argv(argv)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", metavar="FILE|URL|-", nargs="+", help="- reads the standard input")
        parser.add_argument("--format", choices=("table", "json", "csv"), default="table")
        parser.add_argument("--recipient", default="", help="an e-mail address that it should belong to")

    def handle(self, *args: Any, **options: Any) -> None:
        came = []
        for number, what in enumerate(options["what"], start=1):
            self._tell(f"{number} of {len(options['what'])}: {what}")
            came.append(_checked(what, options["recipient"]))
        self._tell("")
        for one in came:
            if one.refusal:
                self.stderr.write(f"{seen(one.name)}: {seen(one.refusal)}")
        {"table": self._as_table, "json": self._as_json, "csv": self._as_csv}[options["format"]](came)
        raise SystemExit(min((one.code for one in came), key=_WORST.index))

    def _tell(self, words: str) -> None:
        """Show progress on one line that is overwritten, if a person is watching."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{words[:79]}", ending="")

    def _as_table(self, came: Sequence[Came]) -> None:
        for one in came:
            if len(came) > 1:
                self.stdout.write(f"== {seen(one.name)}")
            if one.report is not None:
                self._report(one.report)

    def _report(self, report: Report) -> None:
        said = report.said
        # A badge's own words must not move the cursor or overwrite the findings.
        at_home = f", at {seen(report.host)}" if report.host else ""
        named = f"{said.achievement_name or '(no name)'} — {said.issuer_name or seen(said.issuer_id)}"
        self.stdout.write(named + at_home)
        for check in report.checks:
            self.stdout.write(f"{check.result.replace('_', ' '):16} {check.name:10} {seen(str(check.plain))}")
            if check.technical:
                self.stdout.write(f"{'':27} {seen(check.technical)}")
        nameless = " Nobody says who made it." if report.verdict == "nameless" else ""
        self.stdout.write({True: "Valid.", False: "Not valid.", None: "Could not be decided."}[report.valid] + nameless)

    def _as_json(self, came: Sequence[Came]) -> None:
        """A report; for several arguments, a list of names and outcomes."""
        if len(came) == 1:
            found: Any = came[0].report.to_json() if came[0].report else None
        else:
            found = [
                {
                    "name": one.name,
                    "verdict": one.verdict,
                    "refusal": one.refusal,
                    "report": one.report.to_json() if one.report else None,
                }
                for one in came
            ]
        if found is not None:
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))

    def _as_csv(self, came: Sequence[Came]) -> None:
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(tables.COLUMNS)
        for one in came:
            writer.writerow(tables.row(one.name, one.verdict, refusal=one.refusal, report=one.report))


def _checked(what: str, recipient: str) -> Came:
    try:
        if what.startswith(("http://", "https://")):
            report = verifier.check_url(what, recipient=recipient)
        else:
            report = verifier.check(_bytes_of(what), recipient=recipient)
    except NotABadge as refusal:
        return Came(what, INVALID, refusal=str(refusal))
    except OSError as error:
        return Came(what, USAGE, refusal=str(error.strerror))
    return Came(what, {True: VALID, False: INVALID, None: UNDECIDED}[report.valid], report)


def _bytes_of(what: str) -> bytes:
    """Just enough bytes to tell that it is too large. Raises OSError."""
    if what == "-":
        return sys.stdin.buffer.read(verifier.MOST_BYTES + 1)
    with Path(what).open("rb") as file:
        return file.read(verifier.MOST_BYTES + 1)
