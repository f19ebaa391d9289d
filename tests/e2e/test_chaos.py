"""`make chaos` in short: on parts of its own, since the database is killed too."""

import os
import subprocess

import psycopg
import pytest

from config.parts import binaries, hold
from config.parts.holding import wait_for_the_end
from tests.load.chaos import DELIVERIES, STEPS, Chaos, postmaster_of
from tests.many import Many
from tests.stack import beside

pytestmark = pytest.mark.stack
# The last ones may find no work left to meet.
FAULTS, ASKED = 60, 72


@pytest.fixture
def parts(tmp_path, template, monkeypatch):
    """A database server that may be killed, with a copy of the template in it."""
    data = tmp_path / "parts"
    data.mkdir()
    (data / "throwaway").touch()
    programs, others = binaries.find_postgres().postgres, beside(os.environ["DATABASE_URL"], template)
    with hold(data, own_only=True) as told:
        monkeypatch.setenv("DATABASE_URL", told["DATABASE_URL"])
        own = beside(told["DATABASE_URL"], "template_of_chaos")
        dump = tmp_path / "template.dump"
        subprocess.run([programs / "pg_dump", "-Fc", "-f", dump, "-d", others], check=True)
        with psycopg.connect(told["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("CREATE DATABASE template_of_chaos")
        subprocess.run([programs / "pg_restore", "-d", own, dump], check=True)
        yield data
    wait_for_the_end(data)


def test_whatever_fails_at_any_step_nothing_is_lost_or_doubled_and_every_digest_is_equal(parts, tmp_path):
    with Many(tmp_path / "many", "template_of_chaos", name="chaos") as stack:
        report = Chaos(stack, faults=ASKED, awards=20, postmaster=lambda: postmaster_of(parts)).run()

    assert (report.wrong, report.never) == ({}, [])
    assert report.delivered >= DELIVERIES
    asked = [one for one in report.faults if not one.what.startswith("run twice")]
    assert len(asked) >= FAULTS
    met = {one.what.partition(": ")[2] for one in asked}
    assert met >= {*STEPS} - {"other jobs"} | {"worker", "web", "broker", "database"}
