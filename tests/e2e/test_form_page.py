"""The page of an attempt with its panel: a large file, the order of pieces, and a session that ended meanwhile."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories.people import PASSWORD
from tests.factories.uploads import mp4
from tests.stack import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.browser]

SEED = """
import json
from apps.submissions import verbs
from tests.factories import open_attempt
attempt = open_attempt()
learner = attempt.submission.learner
for title in ("Second", "Third"):
    verbs.add_evidence(attempt, by=learner, kind="text", title=title, text=title)
print(json.dumps([learner.email, attempt.submission.get_absolute_url()]))
"""
TITLES = "SELECT title FROM submissions_evidenceitem ORDER BY position"


def sign_in(page, email):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Kia ora")).to_be_visible()


@pytest.fixture
def opened(browser, stack):
    """The form on a phone: (page, complaints, the learner's address)."""
    email, path = stack.python(SEED)
    stack.start_web()
    context = browser.new_context(base_url=stack.url, viewport={"width": 390, "height": 844})
    context.set_default_timeout(8000)
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, email)
    page.goto(path)
    yield page, complaints, email
    context.close()


def panel(page, kind):
    page.get_by_role("button", name=f"Add {kind}").first.click()
    return page.get_by_role("dialog")


def titles(stack):
    return [title for (title,) in stack.rows(TITLES)]


def test_a_large_file_goes_on_after_its_panel_was_closed_and_another_was_used(opened, stack, tmp_path):
    page, complaints, _email = opened
    film = tmp_path / "clip.mp4"
    film.write_bytes(mp4(9_000_000))
    line = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 3_000_000}
    line.send("Network.emulateNetworkConditions", slow)

    video = panel(page, "Video")
    video.get_by_label("File", exact=True).set_input_files(film)
    video.get_by_label("Title").fill("The cut")
    video.get_by_label("Nobody can be recognised in it").check()
    wait_until(lambda: stack.one("SELECT count(*) FROM submissions_uploadpart") >= 1, "a part")
    video.get_by_role("button", name="Add it").click()
    video.get_by_role("button", name="Close").click()
    expect(page.locator("[data-waiting-list] .ev")).to_contain_text("Sending")
    link = panel(page, "Link")
    link.get_by_role("button", name="Add it").click()
    expect(link.get_by_role("alert").filter(has_text="Fill in “Address” first.")).to_be_visible()
    link.get_by_label("Address").fill("https://videos.example/knives")
    link.get_by_role("button", name="Add it").click()

    expect(page.locator("[data-piece]")).to_have_count(5, timeout=20_000)
    assert sorted(titles(stack)) == ["Log", "Second", "The cut", "Third", "https://videos.example/knives"]
    assert stack.rows("SELECT state, size FROM submissions_upload") == [("complete", 9_000_000)]
    expect(page.get_by_text("Add more")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert complaints == []


def test_a_large_file_that_is_all_there_is_added_by_the_panel(opened, stack, tmp_path):
    page, complaints, _email = opened
    film = tmp_path / "clip.mp4"
    film.write_bytes(mp4(9_000_000))

    video = panel(page, "Video")
    video.get_by_label("File", exact=True).set_input_files(film)
    expect(video.get_by_text("All of it is sent. Now add it.")).to_be_visible(timeout=20_000)
    video.get_by_label("Nobody can be recognised in it").check()
    video.get_by_role("button", name="Add it").click()

    expect(page.locator("[data-piece]").filter(has_text="clip.mp4")).to_be_visible()
    assert stack.rows("SELECT state, size FROM submissions_upload") == [("complete", 9_000_000)]
    assert complaints == []


def test_a_piece_is_moved_by_buttons_without_leaving_the_page(opened, stack):
    page, complaints, _email = opened
    page.evaluate("window.stayed = true")

    page.get_by_role("button", name="Move Third up").click()
    expect(page.locator("[data-piece] .name")).to_have_text(
        [re.compile(one) for one in ("1. Log", "2. Third", "3. Second")]
    )
    expect(page.get_by_role("button", name="Move Third up")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-piece] .name").first).to_have_text("1. Third")

    expect(page.get_by_role("button", name="Move Third down")).to_be_focused()
    assert (titles(stack), page.evaluate("window.stayed")) == (["Third", "Log", "Second"], True)
    assert complaints == []


def test_who_was_signed_out_signs_in_in_another_tab_and_goes_on_where_they_were(opened, stack):
    page, complaints, email = opened
    other = page.context.new_page()
    other.goto("/accounts/logout/")
    other.get_by_role("button", name="Sign out").last.click()
    expect(other.get_by_role("link", name="Sign in").first).to_be_visible()

    page.get_by_label("Reflection").fill("Written while signed out.")
    expect(page.locator("[data-saved]")).to_contain_text("You were signed out.")
    text = panel(page, "Text")
    text.get_by_role("textbox", name="Text", exact=True).fill("Made while signed out.")
    text.get_by_label("Title").fill("Fourth")
    text.get_by_role("button", name="Add it").click()
    expect(page.locator("[data-waiting-list] .ev")).to_contain_text("You were signed out. This is kept on this device")
    sign_in(other, email)
    page.get_by_role("button", name="Try again").click()

    expect(page.locator("[data-piece]")).to_have_count(4)
    expect(page.locator("[data-saved]")).to_contain_text(re.compile(r"Saved \d"), timeout=15_000)
    assert titles(stack) == ["Log", "Second", "Third", "Fourth"]
    assert stack.one("SELECT reflection FROM submissions_attempt") == "Written while signed out."
    assert complaints == []
