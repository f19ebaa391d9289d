"""Two gigabytes of evidence through the web server as `make up` runs it, beside a sink that only writes and sums them.

The sink is a WSGI function of a dozen lines under the same gunicorn with the same settings: no framework, no person, no
database. Both get the same bytes from the same client over loopback, part by part in turn. Memory is
what the web processes hold beyond what they held before (the sum of their proportional shares, looked at 20 times a
second).

`make bench-submissions SIZE=256` takes megabytes for a quick look; the numbers that count are of 2048.
"""

import contextlib
import hashlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django
import psycopg

django.setup()

from tests.load.harness import Bench, percentile
from tests.stack import Stack, free_port, wait_until

SIZE = int(os.environ.get("SIZE") or "2048") * 1024**2
ROUNDS = int(os.environ.get("ROUNDS") or "3")
TOGETHER, EACH = 20, 32 * 1024**2
BLOCK = os.urandom(1024**2)

SINK = """
import hashlib, os
def application(environ, start_response):
    total, body, left = hashlib.sha256(), environ["wsgi.input"], int(environ["CONTENT_LENGTH"])
    with open(os.environ["SINK"] + environ["PATH_INFO"], "wb", buffering=0) as file:
        while left and (chunk := body.read(min(left, 262144))):
            total.update(chunk)
            file.write(chunk)
            left -= len(chunk)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [total.hexdigest().encode()]
"""
PREPARE = """
import json
from django.conf import settings
from tests.factories import browser, open_attempt
attempt = open_attempt()
client = browser(attempt.submission.learner)
client.get(f"/submissions/{attempt.submission.public_id}/evidence/")
print(json.dumps([attempt.submission.public_id, client.cookies[settings.SESSION_COOKIE_NAME].value]))
"""
HAND_IN = """
import json
from apps.submissions import verbs
from apps.submissions.models import Attempt, EvidenceItem
from tests.factories import nobody_in
attempt = Attempt.objects.get(submission__public_id="{submission}")
EvidenceItem.objects.filter(attempt=attempt, file_state="blocked").delete()
for piece in attempt.evidence.filter(file_state="ready", people=""):
    verbs.edit_evidence(piece, by=attempt.submission.learner, about=nobody_in(piece.title), criteria=piece.criteria.all())
verbs.submit(attempt, by=attempt.submission.learner)
print(json.dumps(attempt.pk))
"""


class Watch:
    """The most that the processes below one hold together beyond what they held at first, in MB."""

    def __init__(self, pid):
        self.pids, self.peak, self.stopped = _below(pid), 0.0, threading.Event()
        self.before = self._now()
        self.thread = threading.Thread(target=self._look)

    def _now(self):
        return sum(_pss(pid) for pid in self.pids)

    def _look(self):
        while not self.stopped.wait(0.05):
            self.peak = max(self.peak, self._now())

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.stopped.set()
        self.thread.join()

    @property
    def extra(self):
        return max(self.peak - self.before, 0.0)


def _below(pid):
    found = [pid]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in children.read_text().split()]
    return found


def _pss(pid):
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1]) / 1024


class Body:
    """So many bytes to be sent, a film as far as its boxes go, without holding them."""

    def __init__(self, start, size, whole):
        self.at, self.end, self.whole = start, start + size, whole

    def read(self, most):
        chunk = content(self.at, min(most, self.end - self.at), self.whole)
        self.at += len(chunk)
        return chunk


def content(start, size, whole):
    """What lies at a place of a film of `whole` bytes: equal for who sums it and for who sends it."""
    head = b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + b"\0\0\0\x01mdat" + (whole - 24).to_bytes(8, "big")
    if start < len(head):
        return head[start : start + size]
    inside = start % len(BLOCK)
    return BLOCK[inside : inside + size]


class Sender:
    """A learner's browser, as far as sending goes."""

    def __init__(self, port, key):
        self.line = http.client.HTTPConnection("localhost", port, timeout=120, blocksize=256 * 1024)
        self.headers = {"Cookie": f"sessionid={key}; csrftoken={'a' * 32}", "X-CSRFToken": "a" * 32}

    def ask(self, method, address, body=None, *, length=None):
        headers = dict(self.headers)
        if length is not None:
            headers |= {"Content-Length": str(length), "Content-Type": "application/octet-stream"}
        elif body is not None:
            headers["Content-Type"], body = "application/json", json.dumps(body)
        self.line.request(method, address, body, headers)
        answer = self.line.getresponse()
        said = answer.read()
        if answer.status >= 400:
            raise AssertionError(f"{method} {address}: {answer.status} {said[:200]!r}")
        return json.loads(said) if said.startswith(b"{") else said

    def begin(self, submission, size):
        body = {"name": "clip.mp4", "size": size, "type": "video/mp4", "kind": "video"}
        return self.ask("POST", f"/submissions/{submission}/uploads/", body)

    def part(self, upload, number, address=""):
        start = (number - 1) * upload["part_size"]
        size = min(upload["part_size"], upload["size"] - start)
        address = address or f"/uploads/{upload['id']}/parts/{number}"
        self.ask("PUT", address, Body(start, size, upload["size"]), length=size)

    def send(self, upload, numbers=None):
        for number in numbers or range(1, -(-upload["size"] // upload["part_size"]) + 1):
            self.part(upload, number)


def main():
    bench = Bench("submissions")
    with tempfile.TemporaryDirectory() as folder:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS bench_template")
            connection.execute("CREATE DATABASE bench_template")
        with Stack(Path(folder), "bench_template", name=f"bench_{os.getpid()}") as stack:
            stack.manage("migrate", "--verbosity", "0")
            stack.environment["WEB_WORKERS"] = "2"  # as `make up` has them
            stack.environment["LEARNER_QUOTA_GB"] = "100"
            beside_a_sink(bench, stack)
            killed_at_half(bench, stack)
            twenty_together(bench, stack)
    bench.finish()


def beside_a_sink(bench, stack):
    submission, key = stack.python(PREPARE, fresh=True)
    stack.start_web()
    with sink(stack) as port:
        Sender(port, key).ask("PUT", "/warm", Body(0, 1024**2, SIZE), length=1024**2)
        warm(stack.port, key, submission)
        ours, theirs, memory = [], [], []
        for round_ in range(ROUNDS):
            bare, sender = Sender(port, key), Sender(stack.port, key)
            with Watch(stack.processes["web"].pid) as watch:
                spent, upload = _timed(sender.begin, submission, SIZE)
                sunk = 0.0
                # Part by part in turn: whatever else this machine does meanwhile, it does to both.
                for number in range(1, -(-SIZE // upload["part_size"]) + 1):
                    sunk += _timed(bare.part, upload, number, f"/{number}")[0]
                    spent += _timed(sender.part, upload, number)[0]
                spent += _timed(sender.ask, "POST", f"/uploads/{upload['id']}/complete/", {})[0]
            ours.append(SIZE / 1e6 / spent)
            theirs.append(SIZE / 1e6 / sunk)
            memory.append(watch.extra)
            for file in (stack.folder / "sink").iterdir():
                file.unlink()
            if round_ < ROUNDS - 1:  # the disk need not hold them all
                stack.manage("shell", "-v0", "-c", TAKE_OUT.format(upload=upload["id"]))
    name = f"upload {_size(SIZE)}"
    bench.add(
        f"{name} / bare sink",
        "MB/s",
        percentile(ours, 0.5),
        peer="bare WSGI sink",
        theirs=percentile(theirs, 0.5),
        n=ROUNDS,
        rss_mb=max(memory),
    )
    bench.add(f"{name}: extra memory of the web", "MB", max(memory), n=ROUNDS, rss_mb=max(memory))
    summed(bench, stack, submission)


TAKE_OUT = """
from apps.submissions import verbs
from apps.submissions.models import Upload
upload = Upload.objects.get(public_id="{upload}")
verbs.remove_evidence(upload.piece, by=upload.learner)
"""


def summed(bench, stack, submission):
    """The job that reads it, then the attempt handed in, frozen, and downloaded whole."""
    began = time.perf_counter()
    stack.start_worker()
    stack.start_beat()
    state = "SELECT file_state, sha256 FROM submissions_evidenceitem WHERE kind = 'video'"
    wait_until(lambda: stack.one(state)[0] != "checking", "the check", 600)
    found, sha256 = stack.one(state)
    assert found == "ready", stack.rows("SELECT blocked_because FROM submissions_evidenceitem WHERE kind = 'video'")
    assert sha256 == _sum_of(SIZE)
    worker = Path(f"/proc/{stack.processes['worker'].pid}/status").read_text()
    peak = int(re.search(r"VmHWM:\s+(\d+)", worker)[1]) / 1024
    bench.add(
        "sent → read, summed and kept, worker's start included",
        "MB/s",
        SIZE / 1e6 / (time.perf_counter() - began),
        n=1,
        rss_mb=peak,
    )
    stack.python(HAND_IN.format(submission=submission), fresh=True)
    wait_until(lambda: stack.one("SELECT state FROM submissions_attempt") == "assessable", "the freeze", 600)
    key = stack.one("SELECT session_key FROM django_session LIMIT 1")
    with Watch(stack.processes["web"].pid) as watch:
        line = http.client.HTTPConnection("localhost", stack.port, timeout=600)
        began, received = time.perf_counter(), 0
        line.request("GET", f"/submissions/{submission}/attempts/1/export.zip", headers={"Cookie": f"sessionid={key}"})
        answer = line.getresponse()
        assert answer.status == 200, answer.read()[:500]
        while chunk := answer.read(1024**2):
            received += len(chunk)
        spent = time.perf_counter() - began
    assert received > SIZE
    bench.add(f"export of {_size(SIZE)}", "MB/s", received / 1e6 / spent, n=1, rss_mb=watch.extra)
    stack.stop("worker")
    stack.stop("beat")
    stack.kill("web")


def killed_at_half(bench, stack):
    """The web server dies with a part half sent. What had arrived is not sent again."""
    submission, key = stack.python(PREPARE, fresh=True)
    stack.start_web()
    sender = Sender(stack.port, key)
    upload = sender.begin(submission, SIZE)
    count = -(-SIZE // upload["part_size"])
    sender.send(upload, range(1, count // 2 + 1))
    broken = Sender(stack.port, key)
    size = upload["part_size"]
    broken.line.putrequest("PUT", f"/uploads/{upload['id']}/parts/{count // 2 + 1}")
    for name, value in (broken.headers | {"Content-Length": str(size)}).items():
        broken.line.putheader(name, value)
    broken.line.endheaders()
    broken.line.send(content(count // 2 * size, 1024, SIZE) * 1024)
    # Killed while it writes: the part lies there under a name of its own, not yet under its number.
    begun = f"{upload['id']}/{count // 2 + 1}.*"
    wait_until(lambda: any(one.stat().st_size for one in stack.folder.rglob(begun)), "a part half written")
    stack.kill("web")
    began = time.perf_counter()
    stack.start_web()
    back = time.perf_counter() - began
    sender = Sender(stack.port, key)
    there = sender.ask("GET", f"/uploads/{upload['id']}/")["parts"]
    assert max(there) <= count // 2, "the part that broke off counts as arrived"
    missing = [number for number in range(1, count + 1) if number not in there]
    sender.send(upload, missing)
    sender.ask("POST", f"/uploads/{upload['id']}/complete/", {})
    resent = sum(number in missing for number in range(1, count // 2 + 1))
    bench.add("killed at half: parts that arrived, sent again", "parts", resent, n=count, rss_mb=0)
    bench.add("killed at half: until it answers again", "s", back, n=1, rss_mb=0)
    stack.manage("shell", "-v0", "-c", TAKE_OUT.format(upload=upload["id"]))


def twenty_together(bench, stack):
    submission, key = stack.python(PREPARE, fresh=True)
    warm(stack.port, key, submission)
    uploads = [Sender(stack.port, key).begin(submission, EACH) for _ in range(TOGETHER)]
    with Watch(stack.processes["web"].pid) as watch, ThreadPoolExecutor(TOGETHER) as pool:
        began = time.perf_counter()

        def whole(upload):
            sender = Sender(stack.port, key)
            sender.send(upload)
            return sender.ask("POST", f"/uploads/{upload['id']}/complete/", {})

        list(pool.map(whole, uploads))
        spent = time.perf_counter() - began
    bench.add(
        f"{TOGETHER} at once, {_size(EACH)} each", "MB/s", TOGETHER * EACH / 1e6 / spent, n=TOGETHER, rss_mb=watch.extra
    )


@contextlib.contextmanager
def sink(stack):
    """The bare one, under the same gunicorn."""
    folder, port = stack.folder / "sink", free_port()
    folder.mkdir()
    (stack.folder / "bare_sink.py").write_text(SINK)
    command = [sys.executable, "-m", "gunicorn", "bare_sink:application", "-c", "config/gunicorn.py"]
    process = subprocess.Popen(
        [*command, "--pythonpath", str(stack.folder)],
        env=stack.environment | {"PORT": str(port), "SINK": str(folder)},
        start_new_session=True,
    )
    try:
        wait_until(lambda: _answers(port), "the sink")
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(port):
    with contextlib.suppress(OSError):
        line = http.client.HTTPConnection("localhost", port, timeout=5)
        line.request("PUT", "/hello", b"x")
        return line.getresponse().status == 200
    return False


def warm(port, key, submission):
    """Every process of the web server has taken in a file, so that what it loads once is loaded."""
    for _each in range(8):
        sender = Sender(port, key)
        upload = sender.begin(submission, 20 * 1024**2)
        sender.send(upload)
        sender.ask("DELETE", f"/uploads/{upload['id']}/")
        sender.line.close()


def _timed(act, *given):
    """(seconds, what came of it)"""
    began = time.perf_counter()
    came = act(*given)
    return time.perf_counter() - began, came


def _sum_of(size):
    total, at = hashlib.sha256(), 0
    while at < size:
        chunk = content(at, min(size - at, len(BLOCK)), size)
        total.update(chunk)
        at += len(chunk)
    return total.hexdigest()


def _size(size):
    return f"{size // 1024**3} GB" if size >= 1024**3 else f"{size // 1024**2} MB"


if __name__ == "__main__":
    main()
