"""`make chaos`: everything that can fail fails, a thousand times over, and what was promised is counted afterwards.

Two web servers, four workers and beat work on one database and one broker. Meanwhile at every step of award, bulk award,
bake, further forms, letter and status list a process raises or is killed; workers, web servers and beat are killed whole,
the broker with its data, the database without being asked to end; and every job is delivered three times, out of order
and often while another is at it. Then: nothing lost, nothing doubled, every digest equal, and how long it took from each
fault to the end of the job that it met.

    make chaos                     # FAULTS=1000
    FAULTS=60 make chaos
"""

import contextlib
import json
import os
import platform
import random
import signal
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from tests.load.harness import percentile
from tests.many import HANDS_OVER, WORKERS, Many
from tests.stack import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
DELIVERIES = 3
ROWS_OF_A_TABLE = 10
LONGEST_QUIET = 300
LONGEST_BETWEEN = 60
# Roughly, of an approval and its share of the tables.
JOBS_OF_AN_AWARD = 6
# Each part in turn.
VICTIMS = ["worker 1", "database", "web 1", "broker", "worker 3", HANDS_OVER, "worker 2", "web 2", "beat"]

# A row is a step: the jobs that make it, and the points within them at which the plug is pulled. Every job has three
# more: before its function is called (leased), after it (worked), and before the bell for it is rung (ring).
STEPS = {
    "award": (("file_credential", "follow_credential"), ()),
    "bake": (("bake",), ("award", "sign", "bake")),
    "further forms": (("sign_others",), ("forms",)),
    "letter": (("deliver", "deliver_many"), ("before_letter", "after_letter")),
    "status list": (("publish",), ("status",)),
    "bulk": (
        ("award_rows", "undo_rows", "sign_others_of", "file_credentials", "follow_credentials"),
        ("award_many", "sign_many", "copy_many"),
    ),
    "other jobs": ((), ()),
}
POINTS = ["leased", "worked", "ring", *(point for _jobs, points in STEPS.values() for point in points)]
STEP_OF = {job: step for step, (jobs, _points) in STEPS.items() for job in jobs}

WITHIN = {point: step for step, (_jobs, points) in STEPS.items() for point in points}

# How many jobs of each kind are done, by the last part of their names.
MADE = """
    SELECT split_part(function, '.', -1), count(DISTINCT job_id) FROM chaos_run JOIN core_job ON job_id = core_job.id
    WHERE done GROUP BY 1
"""
# When each job was taken up and done: the outbox itself keeps only the last.
LEDGER = """
CREATE TABLE chaos_run (job_id bigint, done boolean, at timestamptz DEFAULT clock_timestamp());
CREATE INDEX ON chaos_run (job_id);
CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO chaos_run (job_id, done) VALUES (NEW.id, NEW.state = 'done'); RETURN NULL;
END $$;
CREATE TRIGGER chaos_taken_up AFTER UPDATE ON core_job FOR EACH ROW
    WHEN (NEW.attempts > OLD.attempts) EXECUTE FUNCTION chaos_note();
CREATE TRIGGER chaos_done AFTER UPDATE ON core_job FOR EACH ROW
    WHEN (NEW.state = 'done' AND OLD.state <> 'done') EXECUTE FUNCTION chaos_note();
"""

# Delivers again: bells for what was rung for, what is done once more from the beginning, and what somebody is at to
# somebody else as well. Whatever is away meanwhile, it goes on.
POSTMAN = """
import random, time
from datetime import timedelta
import django
django.setup()
from django.db import DatabaseError, close_old_connections, connection
from apps.core import outbox
stolen_at, heard = time.monotonic(), set()
while True:
    time.sleep(0.1)
    close_old_connections()
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE core_job SET state = 'pending', done_at = NULL, attempts = 0, next_at = now(), rung_at = now()"
                " WHERE id IN (SELECT id FROM core_job WHERE state = 'done' AND"
                " (SELECT count(*) FROM chaos_run WHERE job_id = core_job.id AND done) < %s"
                " ORDER BY random() LIMIT 25) RETURNING id, queue",
                [{deliveries}],
            )
            bells = cursor.fetchall()
            # Of what was just rung for alone: a bell that is lost stays lost until the sweep.
            cursor.execute(
                "SELECT id, queue, rung_at FROM core_job WHERE state = 'pending' AND attempts = 0"
                " AND rung_at > now() - interval '0.5 s'"
            )
            fresh = set(cursor.fetchall()) - heard
            heard |= fresh
            bells += 2 * [(job_id, queue) for job_id, queue, _rung_at in fresh]
            if time.monotonic() > stolen_at + 2:
                cursor.execute(
                    "UPDATE core_job SET leased_until = now() - interval '1 ms' WHERE id = ("
                    # Just taken up: not what a dead worker held, which nobody but the sweep may find.
                    " SELECT id FROM core_job WHERE leased_until > now() + %s AND state = 'pending'"
                    " LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, queue, key",
                    [outbox.LEASE - timedelta(seconds=0.3)],
                )
                for job_id, queue, key in cursor.fetchall():
                    stolen_at = time.monotonic()
                    bells.append((job_id, queue))
                    print(time.time(), key, flush=True)
        random.shuffle(bells)
        for job_id, queue in bells:
            outbox.ring(job_id, queue)
    except DatabaseError:
        pass
"""


@dataclass
class Fault:
    """`met`: keys of the jobs that it met."""

    what: str
    at: float
    met: list[str]


@dataclass
class Report:
    faults: list[Fault]
    recoveries: dict[str, list[float]]
    found: dict
    delivered: int
    seconds: float
    late_answers: list[float]
    # Keys of jobs with the times of faults: what had been done when the fault came, and what was not done after it.
    afterwards: list[tuple[str, float]]
    never: list[tuple[str, float]]
    cut_short: int

    @property
    def wrong(self):
        return {
            f"{how}: {what}": number
            for how in self.found
            if how != "things"
            for what, number in self.found[how].items()
            if number
        }

    def all_recoveries(self):
        return [seconds for some in self.recoveries.values() for seconds in some]

    def table(self):
        """As docs/reliability.md has it."""
        counted = defaultdict(int)
        for one in self.faults:
            counted[one.what] += 1
        lines = [
            "| fault | how many | met a job that had to recover | median | p95 | longest |",
            "|---|--:|--:|--:|--:|--:|",
        ]
        lines += [_row(what, counted[what], self.recoveries.get(what, [])) for what in sorted(counted)]
        if self.late_answers:
            lines.append(_row("what a person asked, until another web server answered", "", self.late_answers))
        lines.append(_row("**all jobs**", len(self.faults), self.all_recoveries()))
        return "\n".join(lines)

    def counts(self):
        lines = ["| of what | there are | lost | doubled | digests that differ |", "|---|--:|--:|--:|--:|"]
        kinds = list(dict.fromkeys(what for how in self.found.values() for what in how))
        for what in kinds:
            cells = [self.found[how].get(what, "") for how in ("things", "lost", "doubled", "digests that differ")]
            lines.append(f"| {what} | {' | '.join(str(one) if one == '' else f'{one:,}' for one in cells)} |")
        return "\n".join(lines)


def _row(what, number, seconds):
    if not seconds:
        return f"| {what} | {number} | 0 | | | |"
    half, late = percentile(seconds, 0.5), percentile(seconds, 0.95)
    return f"| {what} | {number} | {len(seconds)} | {half:.1f} s | {late:.1f} s | {max(seconds):.1f} s |"


class Chaos:
    """`faults` in all. `postmaster` gives the process id of the database that may be killed, which somebody restarts."""

    def __init__(self, stack: Many, *, faults: int, postmaster, awards=0, say=lambda _words: None, seed=0):
        self.stack, self.faults, self.postmaster, self.say = stack, faults, postmaster, say
        self.random = random.Random(seed)  # noqa: S311 - which fault comes next is no secret
        self.folder = stack.folder / "faults"
        for point in (*POINTS, "taken"):
            (self.folder / point).mkdir(parents=True)
        self.awards = awards or max(faults // 3, 12)
        # One in twenty is a whole part killed; the rest are divided among the steps.
        self.kills = _kills(max(faults // 20, 5))
        self.hunted: list[Fault] = []
        self.afterwards: list[tuple[str, float]] = []
        # How often somebody was killed who may just have handed a letter over and not noted it yet.
        self.cut_short = 0
        self.decided: list[str] = []
        self.standing: dict[str, str] = {}
        self.trouble: list[BaseException] = []
        self.all_done_at = None
        # Ids of the jobs that the postman delivered: what the schedule asked for after him was delivered by nobody again.
        self.had_postman: set[int] = set()
        self.fed = threading.Event()

    def run(self):
        began = time.monotonic()
        attempts, assessor, owner, marking = self.stack.prepare(self.awards)
        tables = self.stack.prepare_tables(max(self.faults // 20, 2), ROWS_OF_A_TABLE)
        self.say(f"{self.awards} pieces of work and {len(tables)} tables of {ROWS_OF_A_TABLE} are ready")
        # Not for the process that prepared them: it stays, to ask for what no page does.
        self.stack.environment["SATCHEL_FAULTS"] = str(self.folder)
        with psycopg.connect(self.stack.database_url, autocommit=True) as connection:
            connection.execute("DELETE FROM core_job")
            connection.execute(LEDGER)
        self.stack.start_all()
        with (self.stack.folder / "stolen").open("wb") as stolen:
            command = [sys.executable, "-c", POSTMAN.format(deliveries=DELIVERIES)]
            self.stack._start("postman", command, stdout=stolen)
        people = [
            *(
                threading.Thread(target=self._safely, args=[self._decide, attempts[n::2], assessor, marking])
                for n in (0, 1)
            ),
            threading.Thread(target=self._safely, args=[self._stand, owner]),
            threading.Thread(target=self._safely, args=[self._tables, tables]),
        ]
        hunter = threading.Thread(target=self._safely, args=[self._hunt])
        for one in (*people, hunter):
            one.start()
        self._drop_faults(self.faults - len(self.kills), [*people[:2], people[3]])
        self.fed.set()
        for one in (*people, hunter):
            one.join()
        for point in POINTS:
            for left in (self.folder / point).iterdir():
                left.unlink(missing_ok=True)
        if self.trouble:
            raise self.trouble[0]
        self.say(f"every fault has come; waiting until each job was done {DELIVERIES} times")
        self.had_postman = self._wait_for_the_end(DELIVERIES)
        self.stack.kill("postman")
        seconds = time.monotonic() - began
        self._give_once_more_what_was_done()
        return self._report(seconds)

    def _safely(self, act, *arguments):
        try:
            act(*arguments)
        except BaseException as error:  # noqa: BLE001 - raised again by who waits for it
            self.trouble.append(error)
            self.say(f"{act.__name__}: {error!r}")

    # --- what people do meanwhile -------------------------------------------------------------------------------------
    def _decide(self, attempts, key, marking):
        for attempt in attempts:
            if self.trouble:
                return
            self._wait_for_room()
            self.stack.decide(attempt, key, marking)
            self.decided.append(attempt)

    def _stand(self, key):
        """Take back one in four of what its earner was told of, and pause another."""
        act, known = {"revoked": self.stack.revoke, "suspended": self.stack.suspend}, 0
        while not self.fed.is_set():
            told = self.stack.rows(
                "SELECT c.id, c.public_id FROM credentials_credential c JOIN credentials_delivery d ON d.credential_id = c.id"
                " JOIN notices_notice n ON n.id = d.notice_id JOIN notices_letter l ON l.id = n.letter_id"
                " WHERE l.state = 'sent' AND c.basis = 'assessed'"
                " AND c.id > %s ORDER BY c.id LIMIT 10",
                known,
            )
            for known, name in told:  # noqa: B007 - where to go on
                status = self.random.choice(["revoked", "suspended", "", ""])
                if status:
                    act[status](name, key)
                    self.standing[name] = status
            self.fed.wait(0.3)

    def _tables(self, tables):
        for number, table in enumerate(tables):
            if self.trouble:
                return
            self._wait_for_room()
            self.stack.award_table(table)
            if number % 3 == 2:
                told = (
                    "SELECT count(*) = %s FROM credentials_bulkrow r"
                    " JOIN credentials_delivery d ON d.credential_id = r.credential_id"
                    " JOIN notices_notice n ON n.id = d.notice_id JOIN notices_letter l ON l.id = n.letter_id"
                    " WHERE l.state = 'sent' AND r.bulk_id = %s"
                )
                all_told = partial(self.stack.one, told, ROWS_OF_A_TABLE, table)
                wait_until(all_told, "the letters of a table", LONGEST_QUIET)
                self.stack.undo_table(table)
                names = self.stack.rows(
                    "SELECT c.public_id FROM credentials_credential c JOIN credentials_bulkrow r ON r.credential_id = c.id"
                    " WHERE r.bulk_id = %s",
                    table,
                )
                self.standing |= {name: "revoked" for (name,) in names}

    def _wait_for_room(self):
        """People don't act faster than workers work: what is measured is recovery, and not a queue."""
        few = "SELECT count(*) < 8 FROM core_job WHERE state = 'pending' AND next_at < now() + interval '1 minute'"
        wait_until(lambda: self.stack.one(few), "an end of the work before", LONGEST_QUIET)

    # --- what fails ---------------------------------------------------------------------------------------------------
    def _drop_faults(self, number, people):
        """One at each point at most waits to be met, no more of them than work gets done, and in the middle of a step about
        one for each time that it is made: what is wanted is many jobs that fail, and not one that never gets through.
        """
        dropped, expected, within = 0, self.awards * JOBS_OF_AN_AWARD * DELIVERIES, defaultdict(int)
        while not self.trouble:
            taken = sum(1 for _one in (self.folder / "taken").iterdir())
            if taken >= number:
                return
            over = not any(one.is_alive() for one in people)
            if over and not self._anything_pending(DELIVERIES):
                return  # nobody is left to meet the rest
            done = self.stack.one("SELECT count(*) FROM chaos_run WHERE done")
            made = defaultdict(int, self.stack.rows(MADE))
            for _tick in range(4):
                point = self.random.choice(POINTS)
                step = WITHIN.get(point)
                due = number if over else number * done // expected
                few = step is None or within[step] < 2 + made[STEPS[step][0][0]]
                if few and dropped < min(due, number) and not any((self.folder / point).iterdir()):
                    what = self.random.choice(["kill", "raise"])
                    (self.folder / point / f"{what}.{dropped}").touch()
                    dropped, within[step] = dropped + 1, within[step] + 1
                time.sleep(0.05)

    def _anything_pending(self, deliveries):
        return not self.stack.one(
            "SELECT count(*) = 0 FROM core_job WHERE state <> 'done'"
            " OR (SELECT count(*) FROM chaos_run WHERE job_id = core_job.id AND done) < %s",
            deliveries,
        )

    def _hunt(self):
        for victim in self.kills:
            if self.trouble:
                return
            # A part that is still starting would only be started again.
            wait_until(self._everything_answers, "all parts", LONGEST_QUIET)
            time.sleep(self.random.uniform(0.5, 3))
            if victim in WORKERS:
                self._wait_for_one_at_work(WORKERS[victim][0].split(","))
            pending = self.stack.rows("SELECT key, leased_until > now() FROM core_job WHERE state = 'pending'")
            at = time.time()
            self.cut_short += victim in {"database", HANDS_OVER}
            if victim == "database":
                os.kill(self.postmaster(), signal.SIGQUIT)
            else:
                self.stack.shoot(victim)
            met = [key for key, is_held in pending if is_held or victim not in WORKERS]
            what = victim.split()[0]
            self.hunted.append(Fault(f"killed: {what}", at, [] if what in {"web", "beat"} else met))
            # What comes next shall not be counted as this one's.
            done = "SELECT count(DISTINCT key) >= %s FROM core_job JOIN chaos_run ON job_id = core_job.id"
            done += " WHERE key = ANY(%s) AND chaos_run.done AND at >= to_timestamp(%s)"
            ends = time.monotonic() + LONGEST_BETWEEN
            while time.monotonic() < ends and not self.stack.one(done, len(set(met)), met, at):
                time.sleep(0.1)

    def _wait_for_one_at_work(self, queues, seconds=10):
        ends = time.monotonic() + seconds
        with psycopg.connect(self.stack.database_url, autocommit=True) as connection:
            held = (
                "SELECT count(*) > 0 FROM core_job WHERE leased_until > now() AND state = 'pending' AND queue = ANY(%s)"
            )
            while time.monotonic() < ends and not connection.execute(held, [queues]).fetchone()[0]:
                time.sleep(0.005)

    def _everything_answers(self):
        with contextlib.suppress(Exception):
            swept = self.stack.one("SELECT now() - seen_at < interval '12 s' FROM core_pulse WHERE name = 'sweep'")
            return swept and all(self.stack.get("/help/", port)[0] == 200 for port in self.stack.ports.values())
        return False

    # --- what came of it ----------------------------------------------------------------------------------------------
    def _wait_for_the_end(self, deliveries):
        """Until each job was done so often, as long as something still gets done; gives the ids of these jobs.

        Keeps the moment: what the schedule asks for after it is not lost.
        """
        done, since = -1, time.monotonic()
        while True:
            before, ids = self.stack.one("SELECT now()"), {pk for (pk,) in self.stack.rows("SELECT id FROM core_job")}
            if not self._anything_pending(deliveries):
                self.all_done_at = before
                return ids
            now_done = self.stack.one("SELECT count(*) FROM chaos_run WHERE done")
            if now_done != done:
                done, since = now_done, time.monotonic()
            if time.monotonic() > since + LONGEST_QUIET:
                left = self.stack.rows("SELECT key, state, attempts, last_error FROM core_job WHERE state <> 'done'")
                raise AssertionError(f"these are never done: {left[:5]}")
            time.sleep(0.5)

    def _give_once_more_what_was_done(self):
        """Of two who are at one job the first does it, and a fault may meet the second after that. Nobody has to recover
        it then; but given once more it must be done once more.
        """
        faults, jobs, runs = self._what_happened()
        _recovered, self.afterwards = _recoveries(faults, jobs, runs)
        again = "UPDATE core_job SET state = 'pending', done_at = NULL, attempts = 0, next_at = now(), rung_at = NULL"
        self.stack.rows(f"{again} WHERE key = ANY(%s) RETURNING id", [key for key, _at in self.afterwards])
        self._wait_for_the_end(1)

    def _what_happened(self):
        jobs = {key: (pk, function) for pk, key, function in self.stack.rows("SELECT id, key, function FROM core_job")}
        runs = defaultdict(list)
        for pk, done, at in self.stack.rows(
            "SELECT job_id, done, extract(epoch FROM at)::float FROM chaos_run ORDER BY at"
        ):
            runs[pk].append((at, done))
        return [*self.hunted, *self._taken(jobs), *self._stolen()], jobs, runs

    def _report(self, seconds):
        faults, jobs, runs = self._what_happened()
        recoveries, never = _recoveries(faults, jobs, runs, self.afterwards)
        late = [after for _at, after in self.stack.answered_late]
        between = sum(path.name.startswith("after_letter.") for path in (self.folder / "taken").iterdir())
        cut_short = self.cut_short + between
        found = self.stack.look(self.decided, self.standing, cut_short=cut_short, by=self.all_done_at)
        delivered = min((sum(done for _at, done in runs[pk]) for pk in self.had_postman), default=0)
        return Report(faults, recoveries, found, delivered, seconds, late, self.afterwards, never, cut_short)

    def _taken(self, jobs):
        for path in sorted((self.folder / "taken").iterdir()):
            _point, how, _number = path.name.split(".")
            at, key = path.read_text().split(" ", 1)
            step = STEP_OF.get(jobs[key][1].rpartition(".")[2], "other jobs") if key in jobs else "other jobs"
            yield Fault(f"{'raised' if how == 'raise' else 'killed'} at: {step}", float(at), [key])

    def _stolen(self):
        for line in (self.stack.folder / "stolen").read_text().splitlines():
            at, key = line.split(" ", 1)
            yield Fault("run twice at once: any job", float(at), [key])


def _kills(number):
    return [VICTIMS[place % len(VICTIMS)] for place in range(number)]


def _recoveries(faults, jobs, runs, afterwards=()):
    """({what: seconds from each fault to the end of a job that it met}, [(key of a job that was not done after it, when it
    met it)]); of those that came `afterwards` no seconds are told.

    Where several met one job before it was done, the time runs from the last of them. A job that somebody else was at,
    or that nobody was, has not been met by a worker's death.
    """
    met = defaultdict(list)
    for one in faults:
        for key in one.met:
            met[key].append(one)
    recoveries, never = defaultdict(list), []
    for key, some in met.items():
        if key not in jobs:
            continue  # its transaction was never committed: the act was asked for again
        own = runs[jobs[key][0]]
        for one in some:
            done = next((at for at, is_done in own if is_done and at >= one.at), None)
            if done is None:
                never.append((key, one.at))
                continue
            if (key, one.at) in afterwards:
                continue
            taken_up_again = any(not is_done and one.at <= at <= done for at, is_done in own)
            if taken_up_again and not any(one.at < other.at < done for other in some):
                recoveries[one.what].append(done - one.at)
    return recoveries, never


def main():
    # The last of them may find nobody left to meet it.
    faults = int(os.environ.get("FAULTS") or 1000) * 102 // 100
    data = Path(os.environ["SATCHEL_DATA"])
    admin = os.environ["DATABASE_URL"]
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS chaos_template WITH (FORCE)")
        connection.execute("CREATE DATABASE chaos_template")
    with (
        tempfile.TemporaryDirectory() as folder,
        Many(Path(folder), "chaos_template", name=f"chaos_{os.getpid()}") as stack,
    ):
        stack.manage("migrate", "--verbosity", "0")
        # As in production.
        stack.environment["SWEEP_SECONDS"] = "5"
        try:
            report = Chaos(stack, faults=faults, postmaster=lambda: postmaster_of(data), say=_say).run()
        finally:
            (data / "chaos.log").write_text(stack.log.read_text())
    _print(report)
    sys.exit(1 if report.wrong or report.never else 0)


def postmaster_of(data):
    """The database's first process, for who looks after parts of that folder."""
    from tests.parts.watching import pid_of

    return pid_of("postgres -D", data)


def _say(words):
    print(f"  {words}", flush=True)


def _print(report):
    own = [one for one in report.faults if not one.what.startswith("run twice")]
    where = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(
        f"\nchaos, on {where}: {len(own)} faults in {report.seconds / 60:.0f} min; every job was done {report.delivered} times or more\n"
    )
    print(report.table())
    print()
    print(report.counts())
    if report.afterwards:
        print(
            f"\n{len(report.afterwards)} met who was at a job that another had just done: given once more, it was done once more"
        )
    if report.never:
        print(f"\nnot done any more after a fault: {', '.join(sorted(key for key, _at in report.never))}")
    again = report.found["things"]["letters handed over once more"]
    print(
        f"\n{again} letters were handed over once more; {report.cut_short} faults may have come before the note of one"
    )
    verdict = report.wrong or "0 lost, 0 doubled, every digest equal"
    print(f"\n{verdict}; recovery p95 {percentile(report.all_recoveries(), 0.95):.1f} s")
    path = ROOT / ".satchel" / "bench" / "chaos.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"found": report.found, "recoveries": report.recoveries}, indent=2) + "\n")


if __name__ == "__main__":
    main()
