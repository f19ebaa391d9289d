from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.core.refused import Refused
from apps.core.text import normal_address
from apps.frameworks import verbs
from apps.frameworks.forms import AboutForm
from apps.frameworks.models import Framework, FrameworkImport

if TYPE_CHECKING:
    from apps.frameworks.importers import Finding

REFUSED = 1
USAGE = 2


class Command(BaseCommand):
    help = "Import a framework of skills, levels or occupations from CASE 1.1 or CSV. Exit 0: imported, or fit to be; 1: refused; 2: usage."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument("--format", choices=("table", "json"), default="table")
        parser.add_argument("--into", default="", metavar="SLUG", help="the framework whose next version it is")
        parser.add_argument(
            "--by", default="", metavar="ADDRESS", help="the operator who does it, where there are several"
        )
        for name in ("title", "slug", "kind", "publisher", "source-url", "licence", "language", "label"):
            parser.add_argument(
                f"--{name}", default="", help="of the framework" if name != "label" else "of the version"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            data = Path(options["file"]).read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}", returncode=USAGE) from None
        by, into, about = self._operator(options["by"]), self._into(options["into"]), self._about(options)
        try:
            found = verbs.dry_run(data, by=by, into=into, **about)
            if found.reading.is_good and not options["dry_run"]:
                done = verbs.upload(data, by=by, file_name=Path(options["file"]).name, into=into, **about)
                verbs.confirm(done, by=by)
                verbs.carry_out(done.pk)
                done.refresh_from_db()
                if done.state != FrameworkImport.State.DONE:
                    raise CommandError(done.refusal, returncode=REFUSED)
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from None
        self._tell(found, options)
        if not found.reading.is_good:
            raise SystemExit(REFUSED)

    def _operator(self, address: str) -> User:
        operators = User.objects.filter(is_operator=True, is_active=True)
        if address:
            operators = operators.filter(email=normal_address(address))
        if len(operators) != 1:
            raise CommandError(
                "No operator has that address." if address else "Say which operator does it: --by ADDRESS.",
                returncode=USAGE,
            )
        return operators[0]

    def _into(self, slug: str) -> Framework | None:
        found = Framework.objects.visible_to(None).filter(slug=slug).first() if slug else None
        if slug and found is None:
            raise CommandError(f"There is no framework {slug}.", returncode=USAGE)
        return found

    def _about(self, options: dict[str, Any]) -> dict[str, str]:
        """The options, checked by the same rules as on the page."""
        typed = {name: options[name] for name in AboutForm.base_fields}
        form = AboutForm(typed | {"kind": typed["kind"] or Framework.Kind.SKILLS})
        if not form.is_valid():
            words = "; ".join(
                f"--{name.replace('_', '-')}: {' '.join(map(str, why))}" for name, why in form.errors.items()
            )
            raise CommandError(words, returncode=USAGE)
        return {**form.cleaned_data, "slug": options["slug"]}

    def _tell(self, found: verbs.DryRun, options: dict[str, Any]) -> None:
        done = found.reading.is_good and not options["dry_run"]
        kept = found.reading.findings.kept
        if options["format"] == "json":
            told = {
                "imported": done,
                "good": found.reading.is_good,
                "format": found.reading.format,
                "framework": found.about,
                "sha256": found.sha256,
                "items": len(found.reading.rows),
                "counts": found.counts,
                "findings": [dict(zip(("row", "column", "severity", "sentence"), one, strict=True)) for one in kept],
                "findings_count": dict(found.reading.findings.counts),
            }
            self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False))
            return
        for finding in kept:
            self.stdout.write(_line(finding))
        if not found.reading.is_good:
            self.stdout.write(f"Refused: {found.reading.findings.counts['error']} to mend. Nothing was changed.")
            return
        changes = ", ".join(f"{count} {what}" for what, count in found.counts.items())
        what = "Imported" if done else "Fit to be imported"
        self.stdout.write(f"{what}: “{found.about['title']}”, {len(found.reading.rows)} items: {changes}.")


def _line(finding: Finding) -> str:
    place = f"row {finding.row}" if finding.row else "file"
    return f"{place:10} {finding.column:28} {finding.severity:8} {finding.sentence}"
