"""The embedded servers: held by a lock, kept by a keeper, gone with the last who holds them. Real ones, really killed."""

import fcntl
import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from config.parts import NoParts, environment_without_parts, holding, keeper
from tests.parts import watching
from tests.parts.watching import (
    Holder,
    answers,
    kill,
    nothing_left,
    processes_of,
    query,
    says_pong,
    wait_until_gone,
)
from tests.stack import ROOT, wait_until

PLACES = Path("/var/lib")


@pytest.fixture
def data(tmp_path):
    # a path with a space and a macron, in which no socket's address could stand
    folder = tmp_path / "Kete māori" / "data"
    folder.mkdir(parents=True)
    with nothing_left(folder, holding.socket_folder(folder)):
        yield folder


@pytest.mark.stack
def test_the_parts_are_shared_mended_when_killed_and_gone_with_the_last_who_held_them(data):
    two = [Holder(data, PORT="8123"), Holder(data, PORT="8124")]
    one, other = (holder.wait().told for holder in two)
    url = one["DATABASE_URL"]

    secret = {name for name in one if name.endswith(("KEY", "KEYS", "PASSWORD"))}
    assert {name for name in one if one[name] != other[name]} == {"PORT", "EVIDENCE_ORIGIN"}
    assert secret == {"SECRET_KEY", "SHARE_LINK_KEY", "KEY_ENCRYPTION_KEYS", "POSTGRES_PASSWORD"}
    assert stat.S_IMODE((data / "secrets.env").stat().st_mode) == 0o600
    assert one["PUBLIC_URL"] in {"http://localhost:8123", "http://localhost:8124"}
    assert sum("config.parts.keeper" in command for command in processes_of(data).values()) == 1

    query(url, "CREATE TABLE kept (word text)")
    query(url, "INSERT INTO kept VALUES ('before')")
    kill("postgres -D", data)
    wait_until(lambda: answers(url), "PostgreSQL, started again by its keeper")
    kill("valkey-server", data, holding.socket_folder(data))
    wait_until(lambda: says_pong(one["REDIS_URL"]), "Valkey, started again by its keeper")
    query(url, "INSERT INTO kept VALUES ('between')")

    kill("config.parts.keeper", data)
    wait_until(lambda: not answers(url) and not says_pong(one["REDIS_URL"]), "the end of what the keeper kept")
    third = Holder(data).wait()
    assert third.told == one | {name: third.told[name] for name in ("PORT", "EVIDENCE_ORIGIN")}
    assert query(url, "SELECT word FROM kept ORDER BY word") == ["before", "between"]

    for holder in two:
        holder.let_go()
    assert answers(url)
    assert says_pong(one["REDIS_URL"])
    third.let_go()
    wait_until_gone(data, holding.socket_folder(data))


@pytest.mark.stack
@pytest.mark.skipif(os.getuid() != 0, reason="PostgreSQL minds only root")
def test_root_without_user_namespaces_gets_a_server_of_an_unprivileged_account(data, tmp_path):
    data.chmod(0o700)
    nothing = tmp_path / "nothing"
    nothing.mkdir()

    holder = Holder(data, PATH=str(nothing)).wait()
    place = Path((data / "place").read_text().strip())
    try:
        server = watching.pid_of("postgres -D", place)
        assert place.parent == PLACES
        assert Path(f"/proc/{server}").stat().st_uid == 65534
        query(holder.told["DATABASE_URL"], "CREATE TABLE kept (word text)")
        holder.let_go()
        wait_until_gone(data, place)

        # where namespaces are allowed again, the data stay where they are
        again = Holder(data).wait()
        assert query(again.told["DATABASE_URL"], "SELECT count(*) FROM kept") == [0]
        again.let_go()
        wait_until_gone(data, place)
    finally:
        shutil.rmtree(place)


@pytest.mark.stack
def test_lost_secrets_are_missed_in_words_and_not_made_anew_over_a_database(data, tmp_path):
    Holder(data).wait().let_go()
    wait_until_gone(data, holding.socket_folder(data))
    (data / "secrets.env").rename(tmp_path / "backup")

    refused = Holder(data)
    _out, words = refused.process.communicate()

    assert "was made with another POSTGRES_PASSWORD" in words
    assert "Put that file back from its backup." in words
    shutil.copy(tmp_path / "backup", data / "secrets.env")
    Holder(data).wait().let_go()


def test_what_only_reads_code_is_told_everything_and_fixes_nothing(tmp_path, monkeypatch):
    for name in watching.NOT_PASSED_ON:
        monkeypatch.delenv(name, raising=False)

    told = environment_without_parts(tmp_path)

    assert {name: told[name] for name in ("PUBLIC_URL", "EVIDENCE_ORIGIN", "PORT", "BIND", "DATABASE_URL")} == {
        "PUBLIC_URL": "http://localhost:8000",
        "EVIDENCE_ORIGIN": "http://evidence.localhost:8000",
        "PORT": "8000",
        "BIND": "127.0.0.1",
        "DATABASE_URL": "postgresql:///satchel",
    }
    assert not (tmp_path / "public_url").exists()
    assert environment_without_parts(tmp_path) == told


def test_a_secrets_file_that_lost_a_line_says_which(tmp_path, monkeypatch):
    for name in watching.NOT_PASSED_ON:
        monkeypatch.delenv(name, raising=False)
    holding.read_secrets(tmp_path)
    path = tmp_path / "secrets.env"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("SHARE_LINK_KEY")))

    with pytest.raises(NoParts, match=r"no longer holds SHARE_LINK_KEY\. Put it back from its backup\."):
        holding.read_secrets(tmp_path)


def test_a_socket_never_lies_in_another_accounts_folder(tmp_path, monkeypatch):
    long = tmp_path / ("long" * 30)
    elsewhere = holding.socket_folder(long)
    assert str(elsewhere).startswith("/tmp/satchel-")
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o700

    monkeypatch.setattr(os, "getuid", lambda: 12345)
    (theirs := Path(str(elsewhere).replace(f"satchel-{elsewhere.stat().st_uid}-", "satchel-12345-"))).mkdir()
    try:
        with pytest.raises(NoParts, match="belongs to somebody else"):
            holding.socket_folder(long)
    finally:
        theirs.rmdir()
        elsewhere.rmdir()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"PORT": "banana"}, "PORT=banana is no port: choose a number from 1 to 65535."),
        ({"PORT": "70000"}, "PORT=70000 is no port: choose a number from 1 to 65535."),
        ({"BIND": "192.0.2.200"}, "BIND=192.0.2.200 is no address of this machine"),
    ],
)
def test_make_up_refuses_what_it_cannot_listen_on(tmp_path, given, words):
    done = subprocess.run(
        [sys.executable, "-m", "config.parts.up"],
        cwd=ROOT,
        env=watching.environment(SATCHEL_DATA=str(tmp_path), **given),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert words in done.stderr
    assert done.stdout == ""


@pytest.fixture
def server(tmp_path):
    """A PostgreSQL that lives, and says of itself what the test says."""
    with subprocess.Popen(["sleep", "60"]) as process:
        said = ["1", "", "", "", "", "", ""]

        def says(status):
            (tmp_path / "postmaster.pid").write_text("\n".join([str(process.pid), *said[1:], f"{status:8}"]))

        yield process, says
        process.kill()


@pytest.mark.parametrize(("status", "waits"), [("starting", True), ("stopping", False)])
def test_a_server_that_puts_its_files_in_order_is_waited_for_as_long_as_it_takes(
    tmp_path, monkeypatch, server, status, waits
):
    monkeypatch.setattr(holding, "START_SECONDS", 0.1)
    process, says = server
    (tmp_path / "postgres.log").write_text("redo in progress")
    looks = []

    def ready():
        looks.append(1)
        if len(looks) == 40:
            says("ready")
        return keeper.status_of(tmp_path, process.pid) == "ready"

    def wait():
        keeper.wait(
            ready,
            process,
            tmp_path / "postgres.log",
            "PostgreSQL",
            goes_on=lambda: keeper.status_of(tmp_path, process.pid) == "starting",
        )

    says(status)
    if waits:
        wait()
    else:
        with pytest.raises(NoParts, match="did not start"):
            wait()

    assert (len(looks) == 40) is waits


def test_who_waits_for_the_parts_waits_while_a_server_puts_its_files_in_order(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(holding, "START_SECONDS", 0.5)
    with open(tmp_path / "keeper.lock", "a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (tmp_path / holding.IN_ORDER).touch()
        told = json.dumps({"keeper": os.getpid(), "urls": {"postgres": "there"}})
        later = threading.Timer(1.5, (tmp_path / "parts.json").write_text, [told])
        later.start()
        found = holding._start(tmp_path, ["postgres"])
        (tmp_path / "parts.json").unlink()
        (tmp_path / holding.IN_ORDER).unlink()
        (tmp_path / "keeper.log").touch()
        with pytest.raises(NoParts, match="The parts did not start"):
            holding._start(tmp_path, ["postgres"])

    assert found == {"postgres": "there"}
    assert capsys.readouterr().err.count("still putting its files in order") == 1
