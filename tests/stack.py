"""A whole Satchel for one test: its own database, broker and files, a real web server, workers and beat."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from apps.notices.backends import HANDED_OVER
from config.parts import binaries, roles
from config.parts.mortal import mortal

ROOT = Path(__file__).resolve().parent.parent
DEADLINE = 30.0
# Reads code of the house, a line of JSON each, runs it, and answers with what it printed.
INTERPRETER = """
import contextlib, io, json, sys, traceback
import django
django.setup()
for line in sys.stdin:
    said, well = io.StringIO(), True
    with contextlib.redirect_stdout(said):
        try:
            exec(json.loads(line), {"__name__": "__main__"})
        except Exception:
            well = False
            traceback.print_exc(file=said)
    print(json.dumps([well, said.getvalue()]), flush=True)
"""


def wait_until(true, what, seconds=DEADLINE):
    """Poll until `true()` gives something; say what never came."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = true()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come within {seconds:g} s")


def free_port():
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return asking.getsockname()[1]


def beside(database_url, name):
    """Another database of the same server."""
    return urlsplit(database_url)._replace(path=f"/{name}").geturl()


class Stack:
    """`template` is the database that this one's is a copy of."""

    def __init__(self, folder: Path, template: str, *, name: str):
        self.folder, self.template, self.name = folder, template, name
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.processes: dict[str, subprocess.Popen] = {}
        self.started: dict[str, tuple] = {}
        self.log = folder / "stack.log"
        self.admin_url = os.environ["DATABASE_URL"]
        self.database_url = beside(self.admin_url, name)
        self.socket = Path("/tmp", f"satchel-stack-{os.getpid()}-{self.port}.sock")
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV", "SATCHEL_FAIL"))
        } | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": f"redis+socket://{self.socket}",
            "SATCHEL_DATA": str(folder / "data"),
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "EVIDENCE_ORIGIN": f"http://evidence.localhost:{self.port}",
            "RELOAD": "off",
            "WEB_WORKERS": "1",
            "LOG_LEVEL": "WARNING",
            "SWEEP_SECONDS": "1",
        }

    # --- the whole ----------------------------------------------------------------------------------------------------
    def __enter__(self):
        (self.folder / "data" / "storage").mkdir(parents=True)
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            # One that was killed leaves its own behind.
            admin.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
            admin.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
        self.start_broker()
        return self

    def __exit__(self, *_error):
        # All at once and without asking: nobody looks at what they leave. That they stop well is tests/parts' to see.
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        for name in list(self.processes):
            self.kill(name)
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        self.socket.unlink(missing_ok=True)

    def start_all(self):
        self.start_web()
        self.start_worker()
        self.start_beat()
        return self

    # --- its parts ----------------------------------------------------------------------------------------------------
    def start_broker(self):
        data = self.folder / "valkey"
        data.mkdir(exist_ok=True)
        self._start(
            "broker",
            [
                *(str(binaries.find_valkey()), "--port", "0", "--unixsocket", str(self.socket)),
                *("--dir", str(data), "--appendonly", "yes", "--save", ""),
            ],
        )
        wait_until(self._broker_answers, "the broker")

    def lose_broker(self):
        """Killed, and its data with it."""
        self.kill("broker")
        shutil.rmtree(self.folder / "valkey")
        self.socket.unlink(missing_ok=True)

    def start_web(self, name="web", **environment):
        # As the launcher has it: a web server holds nothing that opens keys.
        environment = {"KEY_ENCRYPTION_KEYS": "", **environment}
        self._start(name, [sys.executable, "-m", "gunicorn", "config.wsgi", "-c", "config/gunicorn.py"], environment)
        port = environment.get("PORT", self.port)
        wait_until(lambda: self._web_answers(name, port), "the web server")

    def start_worker(self, queues="now,mail,bulk", name="worker", processes=None, **environment):
        """One process that does everything itself, or a parent of so many."""
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", queues, "-l", "WARNING"]
        command = [*roles.stepping_aside(f"worker-{queues}"), *command]
        command += ["-c", str(processes), "-n", f"{name}@%h"] if processes else ["-c", "1", "-P", "solo"]
        self._start(name, [*command, "--without-gossip", "--without-mingle"], environment)

    def start_beat(self):
        schedule = str(self.folder / "beat")
        self._start(
            "beat",
            [sys.executable, "-m", "celery", "-A", "config", "beat", "-s", schedule, "--pidfile=", "-l", "WARNING"],
        )

    def alive(self, name):
        return name in self.processes and self.processes[name].poll() is None

    def kill(self, name):
        """As by `kill -9`, with everything it started."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in filter(None, (process.stdin, process.stdout)):
            pipe.close()

    def stop(self, name):
        process = self.processes.pop(name)
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    # --- looking ------------------------------------------------------------------------------------------------------
    def manage(self, *command, check=True):
        done = subprocess.run(
            [sys.executable, "-m", "django", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"manage.py {' '.join(command)}: {done.stdout}{done.stderr}")
        return done

    def python(self, code, *, fresh=False):
        """Run code of the house on this database; what it prints as JSON comes back.

        One process runs all of it, each piece with names of its own, since starting one takes longer than most of them;
        `fresh` starts another.
        """
        if fresh and "python" in self.processes:
            self.kill("python")
        if "python" not in self.processes:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            self._start("python", [sys.executable, "-c", INTERPRETER], **pipes)
        process = self.processes["python"]
        process.stdin.write(json.dumps(code) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        well, said = json.loads(answer) if answer else (False, self.log.read_text()[-3000:])
        if not well:
            raise AssertionError(said)
        return json.loads(said.strip().splitlines()[-1]) if said.strip() else None

    def rows(self, query, *values):
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(query, values).fetchall()

    def one(self, query, *values):
        (row,) = self.rows(query, *values)
        return row[0] if len(row) == 1 else row

    def letters(self):
        return sorted((self.folder / "data" / "mail").glob("*.eml"))

    def handed_over(self):
        """{Message-ID: how often that letter was handed over}; what is kept of it is one file all the same."""
        log = self.folder / "data" / "mail" / HANDED_OVER
        return Counter(log.read_text().splitlines() if log.exists() else [])

    def get(self, path, port=None):
        try:
            with urllib.request.urlopen(f"http://localhost:{port or self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def health(self):
        status, body = self.get("/health/")
        return status, json.loads(body)

    # --- within -------------------------------------------------------------------------------------------------------
    def start_again(self, name):
        """As it was started last, whatever became of that one; nobody waits for it."""
        self._start(name, *self.started[name])

    def _start(self, name, command, environment=None, **pipes):
        self.started[name] = command, environment
        with self.log.open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*mortal("SIGKILL"), *command],
                cwd=ROOT,
                env=self.environment | (environment or {}),
                start_new_session=True,
                **{"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log} | pipes,
            )

    def _broker_answers(self):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as asking:
            asking.connect(str(self.socket))
            asking.sendall(b"PING\r\n")
            return asking.recv(16).startswith(b"+PONG")
        return False

    def _web_answers(self, name, port):
        if not self.alive(name):
            raise AssertionError("the web server ended:\n" + self.log.read_text()[-3000:])
        with contextlib.suppress(OSError):
            return self.get("/help/", port)[0]
        return False
