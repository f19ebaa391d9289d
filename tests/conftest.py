"""Tests run on real parts of their own, in .satchel/test/, beside whatever else is running."""

import contextlib
import fcntl
import gc
import hashlib
import os
import socket
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from config.parts import catalogues, hold
from tests.stack import beside

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / ".satchel" / "test"

_held = contextlib.ExitStack()


def _start_parts():
    """Before Django reads its settings, which happens when this file has been imported."""
    DATA.mkdir(parents=True, exist_ok=True)
    catalogues.compile_stale()
    (DATA / "throwaway").touch()
    for name in (
        "DATABASE_URL",
        "REDIS_URL",
        "SATCHEL_FAILPOINT",
        "SECRET_KEY",
        "SHARE_LINK_KEY",
        "KEY_ENCRYPTION_KEYS",
    ):
        os.environ.pop(name, None)
    os.environ |= {"PUBLIC_URL": "http://localhost:8000", "PORT": "8000", "BIND": "127.0.0.1"}
    os.environ.pop("EVIDENCE_ORIGIN", None)
    if os.environ.get("SATCHEL_TEST_DATABASE_URL"):
        os.environ["DATABASE_URL"] = os.environ["SATCHEL_TEST_DATABASE_URL"]
    told = _held.enter_context(hold(DATA, own_only=not os.environ.get("SATCHEL_TEST_DATABASE_URL")))
    # Each process of a parallel run has files and a broker database to itself, as it has a database.
    mine = os.environ.get("PYTEST_XDIST_WORKER", "main")
    data = DATA / mine
    (data / "storage").mkdir(parents=True, exist_ok=True)
    number = 2 + 2 * int(mine.removeprefix("gw")) if mine.startswith("gw") else 0
    os.environ |= told | {
        "SATCHEL_DATA": str(data),
        "REDIS_URL": f"{told['REDIS_URL']}?virtual_host={number}",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "LOG_LEVEL": "ERROR",
    }
    django.setup()


_start_parts()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes():
    """A worker that inherits these would read the settings before it has a place of its own."""
    for name in ("DJANGO_SETTINGS_MODULE", "REDIS_URL", "SATCHEL_DATA"):
        os.environ.pop(name, None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    if config.getvalue("dist") != "loadfile":
        return None
    from tests.spread import Spread

    return Spread(config, log)


def pytest_collection_finish():
    """What is there by now stays to the end: looking through it for garbage again and again takes a tenth of a run."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure():
    _held.close()


@pytest.fixture(scope="session")
def template():
    """A migrated database that nobody is connected to, made once for all processes, and again where migrations differ."""
    admin_url = os.environ["DATABASE_URL"]
    written = hashlib.sha256()
    for path in sorted(ROOT.glob("apps/*/migrations/*.py")):
        written.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    name = f"stack_{written.hexdigest()[:12]}"
    with (
        open(DATA / "template.lock", "w") as lock,
        psycopg.connect(admin_url, autocommit=True) as admin,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            unfinished = f"{name}_unfinished"
            admin.execute(f'DROP DATABASE IF EXISTS "{unfinished}"')
            admin.execute(f'CREATE DATABASE "{unfinished}"')
            subprocess.run(
                [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
                cwd=ROOT,
                env=os.environ | {"DATABASE_URL": beside(admin_url, unfinished)},
                check=True,
            )
            admin.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, template):
    """A process's own database is a copy; what the template lacks, as of another package's newer version, is migrated."""
    from django.db import connection

    connection.settings_dict["TEST"]["TEMPLATE"] = template


@pytest.fixture(scope="session")
def bucket_server(tmp_path_factory):
    """Started once for all tests of a process that keep files in a bucket."""
    from tests.bucket import BucketServer

    with BucketServer(tmp_path_factory.mktemp("bucket")) as server:
        yield server


@pytest.fixture
def bucket(bucket_server, settings, monkeypatch):
    """This test's files lie in the bucket."""
    from config import files

    for name, value in bucket_server.environment.items():
        monkeypatch.setenv(name, value)
    place = files.place(Path("/nowhere"))
    settings.STORAGES = settings.STORAGES | {"default": place.storage}
    settings.BUCKET_ORIGIN, settings.FILES_LIE_IN = place.origin, place.words
    yield bucket_server
    bucket_server.empty()


@pytest.fixture(scope="module")
def around_the_file(django_db_setup, django_db_blocker):
    """A transaction around all tests of a file: what other fixtures of this scope make in it, each test finds untouched."""
    from django.db import transaction

    from tests.shelf import shelf

    with django_db_blocker.unblock(), transaction.atomic(), shelf.around():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _a_fresh_cache():
    """Rate limits are counted there: one test's requests are not another's. That it was away for one is the next one's
    business no more.
    """
    from django.core.cache import cache

    from apps.core.cache import FailOpenRedisCache

    FailOpenRedisCache._away_until = 0.0
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _rsa_keys_of_earlier_tests():
    """Making one takes a quarter of the time of a whole award. Within a test each is another; the next has them again."""
    from tests.shelf import shelf

    make, keys_by_kind = rsa.generate_private_key, defaultdict(list)

    def made(*asked):
        shelf.rsa_keys[asked] += 1
        keys = keys_by_kind[asked]
        while len(keys) < shelf.rsa_keys[asked]:
            keys.append(make(*asked))
        return keys[shelf.rsa_keys[asked] - 1]

    rsa.generate_private_key = made
    yield
    rsa.generate_private_key = make


@pytest.fixture(autouse=True)
def _set_ups_of_earlier_tests(monkeypatch):
    """Laid out again where a test begins as another did: tests/shelf.py says how."""
    from tests.shelf import shelf

    with shelf.around(monkeypatch):
        yield


@pytest.fixture(autouse=True, scope="session")
def _only_loopback():
    """No test talks to anything but this machine, and none waits for somebody who would know a name."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo
    here = {"localhost", urlsplit(os.environ["DATABASE_URL"]).hostname}

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            pytest.fail(f"A test tried to reach {address[0]}.")
        return connect(self, address)

    def known(host, port, family=0, type=0, proto=0, flags=0):  # noqa: A002, PLR0917 - as it is called
        return look_up(host, port, family, type, proto, flags if host in here else flags | socket.AI_NUMERICHOST)

    socket.socket.connect, socket.getaddrinfo = guarded, known
    yield
    socket.socket.connect, socket.getaddrinfo = connect, look_up
