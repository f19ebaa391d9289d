import os
from itertools import count

import pytest
from playwright.sync_api import expect, sync_playwright

from config.parts import chromium
from tests.stack import Stack

_numbers = count(1)
# What is waited for is a condition; two busy cores take longer over some than the five seconds that are given unasked.
expect.set_options(timeout=15_000)

HOUSE = """
import json
from django.conf import settings
from django.test import Client
from tests.architecture.test_doors import build_house
people, names = build_house()
keys = {}
for persona, person in people.items():
    if person is not None:
        client = Client()
        client.force_login(person)
        keys[persona] = client.cookies[settings.SESSION_COOKIE_NAME].value
print(json.dumps([names, keys]))
"""


@pytest.fixture
def stack(template, tmp_path):
    """A Satchel of this test's own, with nothing but its broker running yet."""
    name = f"stack_{os.getpid()}_{next(_numbers)}"
    with Stack(tmp_path, template, name=name) as whole:
        yield whole


@pytest.fixture(scope="module")
def shared(template, tmp_path_factory):
    """One for those tests of a file that leave each other's things alone; a web server is running."""
    with Stack(tmp_path_factory.mktemp("shared"), template, name=f"stack_{os.getpid()}_{next(_numbers)}") as whole:
        whole.start_web()
        yield whole


@pytest.fixture(scope="module")
def college(template, tmp_path_factory):
    """The demo as its command builds it, with a web server over it."""
    with Stack(tmp_path_factory.mktemp("college"), template, name=f"stack_{os.getpid()}_{next(_numbers)}") as whole:
        whole.manage("demo")
        whole.start_web()
        yield whole


@pytest.fixture(scope="session")
def place(template, tmp_path_factory, worker_id):
    """A running web server over a house with one of everything: (url, names in addresses, session keys)."""
    with Stack(tmp_path_factory.mktemp("pages"), template, name=f"pages_{worker_id}") as stack:
        names, keys = stack.python(HOUSE)
        stack.start_web()
        yield stack.url, names, keys


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium. Where it is missing the run says so once and loudly; under CI that is a failure.

    It ends with the file: while it is there its thread runs a loop, in which Django asks no database.
    """
    path = chromium.find()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no chromium: apt-get install chromium")
        pytest.skip("no chromium")
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=path, headless=True, args=list(chromium.ARGUMENTS))
        yield one
        one.close()
