import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import sync_playwright

from tests.stack import ROOT, Stack

_numbers = count(1)


@pytest.fixture(scope="session")
def template():
    """A migrated database that nobody is connected to, made once for all processes of a run, and again when it must."""
    admin_url = os.environ["DATABASE_URL"]
    migrations = sorted(ROOT.glob("apps/*/migrations/*.py"))
    name = "stack_" + hashlib.sha256(b"".join(path.read_bytes() for path in migrations)).hexdigest()[:12]
    with (
        open(Path(os.environ["SATCHEL_DATA"]).parent / "template.lock", "w") as lock,
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
                env=os.environ | {"DATABASE_URL": admin_url.replace("/satchel?", f"/{unfinished}?")},
                check=True,
            )
            admin.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name


@pytest.fixture
def stack(template, tmp_path):
    """A Satchel of this test's own, with nothing but its broker running yet."""
    name = f"stack_{os.getpid()}_{next(_numbers)}"
    with Stack(tmp_path, template, name=name) as whole:
        yield whole


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium. Where it is missing the run says so once and loudly; under CI that is a failure."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no chromium: apt-get install chromium")
        pytest.skip("no chromium")
    quiet = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update")
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(
            executable_path=path, headless=True, args=[*quiet, "--disable-sync", "--no-first-run"]
        )
        yield one
        one.close()
