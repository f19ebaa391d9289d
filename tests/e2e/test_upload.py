"""A large file on its way from a browser: a line that breaks, a page that is left, a pause; and without scripts."""

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.factories.uploads import mp4
from tests.stack import wait_until

SEED = """
import json
from django.conf import settings
from tests.factories import browser, open_attempt
attempt = open_attempt()
client = browser(attempt.submission.learner)
print(json.dumps([attempt.submission.public_id, client.cookies[settings.SESSION_COOKIE_NAME].value]))
"""
PIECES = "SELECT file_state, title, size, sha256 FROM submissions_evidenceitem WHERE kind = 'video'"
SLOW = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 6_000_000}
FILM = mp4(10_000)[:24] + (24_000_000 - 24).to_bytes(4, "big") + b"mdat" + bytes(range(256)) * 93_749 + bytes(224)


@pytest.fixture
def film(tmp_path):
    assert len(FILM) == 24_000_000
    path = tmp_path / "clip.mp4"
    path.write_bytes(FILM)
    return path


@pytest.fixture
def opened(browser, stack):
    """The page where a video is added: (page, complaints, how to slow its line)."""
    submission, key = stack.python(SEED)
    stack.start_web()
    contexts = []

    def opened_(**settings):
        context = browser.new_context(base_url=stack.url, **settings)
        contexts.append(context)
        context.add_cookies([{"name": "sessionid", "value": key, "url": stack.url}])
        page = context.new_page()
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        page.goto(f"/submissions/{submission}/evidence/?kind=video")
        return page, complaints

    yield opened_
    for context in contexts:
        context.close()


def piece(stack):
    return stack.rows(PIECES)[0]


def slow(page, **facts):
    """Its line, which is told how slow it is."""
    line = page.context.new_cdp_session(page)
    line.send("Network.emulateNetworkConditions", SLOW | facts)
    return line


def said(page):
    return page.locator("[data-said]")


@pytest.mark.parametrize("what", ["line", "web server"])
def test_what_breaks_in_the_middle_costs_a_part_and_the_form_goes_once_all_is_there(opened, stack, film, what):
    page, complaints = opened()
    sent = []
    page.on("request", lambda one: sent.append(one.url.rsplit("/", 1)[1]) if one.method == "PUT" else None)
    line = slow(page)
    page.locator("input[type=file]").set_input_files(film)
    page.get_by_label("Title").fill("The cut")
    wait_until(lambda: stack.one("SELECT count(*) FROM submissions_uploadpart") >= 2, "two parts")

    if what == "line":
        line.send("Network.emulateNetworkConditions", SLOW | {"offline": True})
    else:
        stack.kill("web")
    expect(said(page)).to_have_text(re.compile(r"^The connection is gone. It continues by itself from \d+%\.$"))
    there = stack.one("SELECT count(*) FROM submissions_uploadpart")
    page.get_by_role("button", name="Add it").click()
    expect(said(page)).to_have_text("It is added as soon as all of it is sent. Keep this page open.")
    if what == "line":
        line.send("Network.emulateNetworkConditions", SLOW)
    else:
        stack.start_web()
    expect(page.get_by_text("Added: The cut. It is being checked; you can leave this page.")).to_be_visible(
        timeout=30_000
    )

    stack.start_worker()
    stack.start_beat()
    wait_until(lambda: piece(stack)[0] != "checking", "the check")
    assert piece(stack) == ("ready", "The cut", len(FILM), hashlib.sha256(FILM).hexdigest())
    assert len(sent) <= 6 + 2
    assert all(sent.count(str(number)) == 1 for number in range(1, there + 1))
    assert complaints == []


def test_after_the_page_was_left_the_same_file_goes_on_where_it_was(opened, stack, film):
    page, complaints = opened()
    slow(page)
    page.locator("input[type=file]").set_input_files(film)
    wait_until(lambda: stack.one("SELECT count(*) FROM submissions_uploadpart") >= 2, "two parts")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(said(page)).to_have_text(
        re.compile(r"^“clip.mp4” was only partly sent. Choose it again, and it continues from \d+%\.$")
    )
    there = stack.one("SELECT count(*) FROM submissions_uploadpart")
    sent = []
    page.on("request", lambda one: sent.append(int(one.url.rsplit("/", 1)[1])) if one.method == "PUT" else None)

    page.locator("input[type=file]").set_input_files(film)
    expect(said(page)).to_have_text("All of it is sent. Now add it.", timeout=30_000)
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("Added: clip.mp4.")).to_be_visible()

    assert sent == list(range(there + 1, 6))
    assert stack.one("SELECT count(*) FROM submissions_upload") == 1
    assert complaints == []


def test_it_pauses_goes_on_and_is_cancelled(opened, stack, film):
    page, complaints = opened(viewport={"width": 360, "height": 780})
    slow(page, uploadThroughput=2_000_000)
    page.locator("input[type=file]").set_input_files(film)
    page.get_by_role("button", name="Pause").click()
    expect(said(page)).to_have_text(re.compile(r"^Paused at \d+%\. Nothing is lost\.$"))
    expect(page.get_by_role("button", name="Go on")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Go on").click()
    expect(said(page)).to_have_text(re.compile(r"^\d+% of 22.9 MB sent, [\d.]+ [MkB]+ a second\.$"), timeout=15_000)

    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled. Nothing of it is kept.")).to_be_visible()
    wait_until(lambda: stack.one("SELECT state FROM submissions_upload") == "cancelled", "the cancelling")
    folder = Path(stack.folder) / "data" / "storage" / "uploads"
    wait_until(lambda: not list(folder.iterdir()), "the folder of its parts to go")

    assert complaints == []


def test_without_scripts_the_form_carries_the_file(opened, stack, tmp_path):
    page, _complaints = opened(java_script_enabled=False)
    path = tmp_path / "clip.mp4"
    path.write_bytes(mp4())

    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    page.get_by_role("button", name="Add it").click()

    expect(page.get_by_text("Added: clip.mp4")).to_be_visible()
    assert piece(stack)[0] == "ready"
