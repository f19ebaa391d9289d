from __future__ import annotations

import csv
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from apps.accounts import queries as people
from apps.core import outbox
from apps.core.management.commands.drain_jobs import refuse_without_keys
from apps.core.models import Job
from apps.core.refused import Refused
from apps.core.text import seen
from apps.credentials import bulk as reads
from apps.credentials import mapping, queries, verbs
from apps.credentials.models import BulkAward, BulkRow
from apps.credentials.rows import sentences
from apps.credentials.tables import defused
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.accounts.models import User

DONE, REFUSED, USAGE, PARTLY = 0, 1, 2, 3
State, Row = BulkAward.State, BulkRow.State


class Command(BaseCommand):
    help = (
        "Award a badge to everybody in a table (CSV or .xlsx), as the page does. "
        "Exit 0: all of them, 1: none, 2: usage, 3: some; the others are told of with what to correct."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--badge", required=True, metavar="SLUG[/vN]", help="without a version, the published one")
        parser.add_argument("--by", required=True, metavar="ADDRESS", help="who awards: an owner or a manager")
        parser.add_argument("--why", required=True, help="what the awards rest on; only the issuer reads it")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help=f"what a column holds, by its heading or letter, where that is not guessed: {', '.join(mapping.FIELDS)}",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what was found in each row")
        parser.add_argument("--format", choices=("table", "json", "csv"), default="table")
        parser.add_argument("--wait", action="store_true", help="lend the workers a hand, and say how it ended")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["wait"] and not options["dry_run"]:
            refuse_without_keys()
        try:
            data = Path(options["file"]).read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}", returncode=USAGE) from None
        version, by = self._version(options["badge"]), self._person(options["by"])
        given = ContentFile(data, name=Path(options["file"]).name)
        try:
            code = self._issue(version, by, given, options)
        except PermissionDenied:
            raise CommandError(
                f"{options['by']} does not run {version.achievement.issuer}.", returncode=USAGE
            ) from None
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from None
        if code:
            raise SystemExit(code)

    def _issue(self, version: AchievementVersion, by: User, given: ContentFile[bytes], options: dict[str, Any]) -> int:
        if options["dry_run"]:
            with transaction.atomic():
                bulk = self._looked_at(version, by, given, options)
                code = self._tell(bulk, options)
                bulk.file.delete(save=False)
                transaction.set_rollback(True)
            return code
        bulk = self._looked_at(version, by, given, options)
        if not bulk.rows.filter(state=Row.READY).exists():
            code = self._tell(bulk, options)
            verbs.drop_bulk(bulk, by=by)
            return code
        bulk = verbs.award_bulk(bulk, by=by)
        if options["wait"]:
            self._wait(bulk)
            bulk.refresh_from_db()
        return self._tell(bulk, options)

    def _looked_at(
        self, version: AchievementVersion, by: User, given: ContentFile[bytes], options: dict[str, Any]
    ) -> BulkAward:
        bulk = verbs.begin_bulk(version, by=by, upload=given, why=options["why"])
        try:
            verbs.map_columns(bulk, by=by, mapping=self._mapping(bulk, options["map"]))
        except (Refused, CommandError):
            verbs.drop_bulk(bulk, by=by)
            raise
        verbs.read_rows(bulk.pk)
        bulk.refresh_from_db()
        if bulk.state == State.DRAFT:
            verbs.drop_bulk(bulk, by=by)
            raise Refused(bulk.trouble)
        return bulk

    def _mapping(self, bulk: BulkAward, told: Sequence[str]) -> dict[str, Any]:
        """The guessed mapping, overridden by the --map options."""
        places = {mapping.letter(number).casefold(): number for number in range(len(bulk.columns))}
        places |= {one["name"].casefold(): number for number, one in reversed(list(enumerate(bulk.columns)))}
        chosen: dict[str, Any] = {}
        for one in told:
            field, _sign, column = one.partition("=")
            if field not in mapping.FIELDS:
                raise CommandError(f"--map {one}: the fields are {', '.join(mapping.FIELDS)}.", returncode=USAGE)
            if column.casefold() not in places:
                raise CommandError(f"--map {one}: the table has no such column.", returncode=USAGE)
            place = places[column.casefold()]
            if field == "evidence":
                chosen.setdefault(field, []).append(place)
            else:
                chosen[field] = place
        taken = set(mapping.columns_of(chosen))
        guessed = {
            field: number
            for field, number in bulk.mapping.items()
            if field not in chosen and taken.isdisjoint(mapping.columns_of({field: number}))
        }
        if "name" in chosen:
            guessed = {field: at for field, at in guessed.items() if field not in {"first_name", "last_name"}}
        if chosen.keys() & {"first_name", "last_name"}:
            guessed.pop("name", None)
        return guessed | chosen

    def _wait(self, bulk: BulkAward) -> None:
        """Run this table's jobs here, besides the workers, until every row is done, or has failed."""
        jobs = Job.objects.filter(key__startswith=f"award_rows:{bulk.public_id}:", state=Job.State.PENDING)
        while BulkAward.objects.filter(pk=bulk.pk, state=State.AWARDING).exists():
            # A failed job waits behind the others for its next attempt.
            ran = [outbox.run(key) for key in jobs.order_by("next_at", "pk").values_list("pk", flat=True)[:1]]
            counts = reads.counts_of([bulk])[bulk.pk]
            self._progress(f"{counts.get(Row.AWARDED, 0)} awarded, {counts.get(Row.READY, 0)} left")
            if reads.stalled(bulk) == reads.GIVEN_UP:
                self._give_up(bulk, counts)
            if not any(ran):
                time.sleep(0.5)
        self._progress("")

    def _give_up(self, bulk: BulkAward, counts: dict[str, int]) -> None:
        self._progress("")
        left = counts.get(Row.READY, 0)
        rows = "1 row is" if left == 1 else f"{left} rows are"
        raise CommandError(
            f"{rows} left: what awards them failed too often, and was given up: {reads.why_given_up(bulk)}. "
            "Mend that, and run manage.py revive_jobs: it goes on from there.",
            returncode=PARTLY if counts.get(Row.AWARDED) else REFUSED,
        )

    def _progress(self, words: str) -> None:
        """Show progress on one line that is overwritten, if a person is watching."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{words}", ending="")

    def _tell(self, bulk: BulkAward, options: dict[str, Any]) -> int:
        counts = reads.counts_of([bulk])[bulk.pk]
        good = counts.get(Row.READY, 0) + counts.get(Row.AWARDED, 0)
        wrong = counts.get(Row.PROBLEM, 0) + counts.get(Row.FAILED, 0)
        {"table": self._as_table, "json": self._as_json, "csv": self._as_csv}[options["format"]](bulk, counts)
        return REFUSED if not good else PARTLY if wrong else DONE

    def _as_table(self, bulk: BulkAward, counts: dict[str, int]) -> None:
        for row in bulk.rows.filter(state__in=(Row.PROBLEM, Row.FAILED)).order_by("number").iterator():
            for sentence in sentences(row):
                self.stdout.write(f"line {row.number:<7} {seen(row.address):40} {seen(sentence)}")
        words = ", ".join(f"{number} {Row(state).label.lower()}" for state, number in sorted(counts.items()))
        where = {State.CHECKED: "Nothing was awarded.", State.AWARDING: f"Under way: {bulk.get_absolute_url()}"}
        self.stdout.write(f"“{bulk.version}”: {words}. {where.get(State(bulk.state), '')}".rstrip())

    def _as_json(self, bulk: BulkAward, counts: dict[str, int]) -> None:
        rows = bulk.rows.select_related("credential").order_by("number")
        told = {
            "badge": queries.version_url(bulk.version),
            "state": bulk.state,
            "page": bulk.get_absolute_url(),
            "counts": counts,
            "rows": [
                {
                    "line": row.number,
                    "address": row.address,
                    "state": row.state,
                    "problem": row.problem,
                    "sentences": sentences(row),
                    "credential": queries.credential_url(row.credential.public_id) if row.credential else None,
                }
                for row in rows.iterator(chunk_size=2_000)
            ],
        }
        self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False))

    def _as_csv(self, bulk: BulkAward, counts: dict[str, int]) -> None:
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerows([defused(cell) for cell in line] for line in reads.report_of(bulk))

    def _version(self, named: str) -> AchievementVersion:
        slug, _sign, number = named.partition("/v")
        found = AchievementVersion.objects.select_related("achievement__issuer").filter(achievement__slug=slug)
        found = found.filter(number=int(number)) if number.isdecimal() else found.public()
        version = None if number and not number.isdecimal() else found.first()
        if version is None:
            raise CommandError(f"There is no published badge {named}.", returncode=USAGE)
        return version

    def _person(self, address: str) -> User:
        for person in people.owners_of([address]).values():
            return person
        raise CommandError(f"Nobody here has the address {address}.", returncode=USAGE)
