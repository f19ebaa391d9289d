"""Tests run on real parts of their own, in .satchel/test/, beside whatever else is running."""

import contextlib
import os
import socket
from pathlib import Path

import django
import pytest

from config.parts import catalogues, hold

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


def pytest_unconfigure():
    _held.close()


@pytest.fixture(autouse=True)
def _a_fresh_cache():
    """Rate limits are counted there: one test's requests are not another's."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _only_loopback():
    """No test talks to anything but this machine."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            pytest.fail(f"A test tried to reach {address[0]}.")
        return connect(self, address)

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect
