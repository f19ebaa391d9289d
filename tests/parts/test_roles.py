"""What the image starts, started here: each role under production's settings, on real parts."""

import os
import subprocess
import sys

import pytest

from config.parts import roles
from tests.stack import ROOT, Stack, wait_until

pytestmark = pytest.mark.stack
STARTED = [sys.executable, "-m", "config.parts.roles"]


@pytest.fixture
def production(template, tmp_path):
    with Stack(tmp_path, template, name=f"roles_{os.getpid()}") as stack:
        stack.environment |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.prod",
            "PUBLIC_URL": "https://badges.example",
            "EVIDENCE_ORIGIN": "https://evidence.example",
            "WORKER_PROCESSES": "1",
        }
        yield stack


def healthy(stack, role):
    asked = subprocess.run(
        [*STARTED, "healthy", role], cwd=ROOT, env=stack.environment, capture_output=True, check=False
    )
    return asked.returncode == 0


def test_every_role_starts_in_production_and_says_when_it_is_well(production):
    for role in roles.ROLES:
        production._start(role, [*STARTED, role])

    # /health/ asks for the database, the broker and beat, which a worker has to hear.
    wait_until(lambda: healthy(production, "web"), "a healthy web server")
    for role in roles.WORKERS:
        wait_until(lambda role=role: healthy(production, role), f"a healthy {role}")
    assert [role for role in roles.ROLES if not production.alive(role)] == []

    production.kill("worker-bulk")
    production.kill("web")
    assert not healthy(production, "worker-bulk")
    assert not healthy(production, "web")
    assert healthy(production, "worker-now")
    assert healthy(production, "worker-mail")


def test_a_command_of_the_image_ends_with_what_it_says(production):
    done = subprocess.run(
        [*STARTED, "drain_jobs"], cwd="/", env=production.environment | {"PYTHONPATH": str(ROOT)}, check=False
    )

    assert done.returncode == 0
