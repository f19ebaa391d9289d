"""`make up` as a whole, on a data folder of its own: parts, web, workers and beat. It is stopped in every way there is."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import psycopg
import pytest

from tests.parts.watching import (
    environment,
    kill,
    nothing_left,
    pid_of,
    processes_of,
    query,
    started,
    wait_until_gone,
)
from tests.stack import ROOT, free_port, wait_until

pytestmark = [pytest.mark.stack]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("up") / "data"
    with nothing_left(folder):
        yield folder


MAKES_TABLES = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'CREATE TABLE%%'"


class Up:
    """Started as from a terminal; what it says goes to a file."""

    def __init__(self, data, command=(sys.executable, "-m", "config.parts.up"), **more):
        self.data, self.port = data, free_port()
        self.said = data.parent / f"said-{self.port}"
        more = {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DEBUG": "on",
            "RELOAD": "off",
            "WEB_WORKERS": "1",
        } | more
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                # Who runs the tests in the background ignores Ctrl-C, and so would all that they start.
                ("env", "--default-signal=INT", *command),
                cwd=ROOT,
                env=environment(SATCHEL_DATA=str(data), PORT=str(self.port), DEMO="off", SWEEP_SECONDS="1", **more),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        started.append(self.process)

    def words(self):
        return self.said.read_text()

    def greeted(self):
        wait_until(
            lambda: "Ctrl-C stops everything." in self.words() or self.process.poll() is not None, "a greeting", 120
        )
        assert self.process.poll() is None, self.words()
        return self

    def get(self, path):
        """(status, body), or (0, "") where nothing answers."""
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def wait_until_well(self, what):
        try:
            wait_until(lambda: self.get("/health/")[0] == 200, f"health after the end of {what}")
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.get('/health/')}\n{self.words()}") from None

    def database_url(self):
        return json.loads((self.data / "parts.json").read_text())["urls"]["postgres"]


def one_job(up, key):
    """Work for the bulk worker, of which nobody was told: beat has to find it."""
    query(
        up.database_url(),
        "INSERT INTO core_job (function, key, queue, arguments, state, attempts, next_at, last_error, enqueued_at) "
        "VALUES ('apps.core.tasks.prune_jobs', %s, 'bulk', '{}', 'pending', 0, now(), '', now())",
        key,
    )


def wait_until_done(up, key):
    state = "SELECT state FROM core_job WHERE key = %s"
    wait_until(lambda: query(up.database_url(), state, key) == ["done"], f"the job {key}")


def test_it_mends_what_dies_and_a_sigterm_stops_all_of_it(data):
    up = Up(data).greeted()

    assert f"Satchel is at http://localhost:{up.port}" in up.words()
    assert json.loads(up.get("/health/")[1])["status"] == "ok"
    one_job(up, "before")
    for victim in ("postgres -D", "config.parts.keeper", "gunicorn", "worker", "beat"):
        gone = kill(victim, data)
        wait_until(lambda gone=gone: gone not in processes_of(data), victim)
        wait_until(lambda victim=victim: any(victim in command for command in processes_of(data).values()), victim)
    up.wait_until_well("every part")
    one_job(up, "after")
    wait_until_done(up, "before")
    wait_until_done(up, "after")
    again = subprocess.run(
        [sys.executable, "-m", "config.parts.up"],
        cwd=ROOT,
        env=environment(SATCHEL_DATA=str(data), PORT=str(free_port())),
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.stderr == f"Satchel runs here already: process {up.process.pid}, port {up.port}. Stop that first.\n"

    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(60) == 0
    assert processes_of(data) == {}
    assert "config/parts/up.py" not in up.words()  # no traceback of its own


def test_killed_it_leaves_no_orphan_and_the_next_start_has_lost_nothing(data, tmp_path):
    first = (data / "public_url").read_text().strip()
    up = Up(data).greeted()
    assert f"Credentials are signed as {first}: that was fixed with the first start." in up.words()
    one_job(up, "written last")
    worker = pid_of("-Q bulk", data)
    os.kill(worker, signal.SIGSTOP)  # the worst worker: one that no longer hears anything

    up.process.kill()
    up.process.wait()
    wait_until_gone(data, seconds=12)

    up = make_up(data, tmp_path).greeted()
    wait_until_done(up, "written last")
    # make alone is told, which passes nothing on
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(60) == -signal.SIGINT
    assert processes_of(data) == {}


def test_killed_before_it_greets_it_leaves_nothing_that_makes_tables_or_a_college(tmp_path):
    folder = tmp_path / "data"
    with nothing_left(folder):
        up = Up(folder)
        wait_until(lambda: "Making the tables" in up.words(), "the first of the steps before anything is served", 60)
        # What makes the tables would come to no end by itself: one of them is being made by somebody else.
        with contextlib.closing(psycopg.connect(up.database_url())) as other:
            other.execute("CREATE TABLE django_migrations (id int)")
            wait_until(lambda: query(up.database_url(), MAKES_TABLES), "what makes the tables")

            up.process.kill()
            up.process.wait()

            wait_until_gone(folder, seconds=8)


def test_who_kills_make_means_all_of_it(data, tmp_path):
    up = make_up(data, tmp_path).greeted()

    up.process.kill()
    up.process.wait()

    wait_until_gone(data, seconds=12)
    assert "Stopping …" in up.words()  # its children were asked first


def make_up(data, folder):
    makefile = folder / "Makefile"
    makefile.write_text(f"up:\n\t@{sys.executable} -m config.parts.up\n")
    return Up(data, command=("make", "-f", str(makefile), "up"))
