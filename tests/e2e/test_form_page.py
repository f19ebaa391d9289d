"""The page of an attempt with its panel, and that of a piece: what is typed there stays, whatever happens to the page."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.dragging import drag_to_top
from tests.factories import png_upload
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
HAND_IN = """
from apps.core import outbox
from apps.submissions import verbs
from apps.submissions.models import Attempt
attempt = Attempt.objects.get()
verbs.submit(attempt, by=attempt.submission.learner)
outbox.drain()
print("{}")
"""
NEXT_ATTEMPT = """
from apps.submissions import verbs
from apps.submissions.models import Submission
work = Submission.objects.get()
verbs.withdraw(work, by=work.learner)
verbs.reopen(work, by=work.learner)
print("{}")
"""
PNG = png_upload().read()
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
    # A second press adds no second one.
    link.get_by_role("button", name="Add it").dblclick()

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


def test_who_hands_in_too_early_is_led_to_what_is_missing_on_the_same_page(opened, stack):
    page, complaints, _email = opened
    page.evaluate("window.stayed = true")
    page.get_by_label("Overview").fill("")
    page.get_by_label("Your role").fill("")
    hand_in, bar = (
        page.get_by_role("button", name="Look it over and hand in"),
        page.locator(".action-bar [role=status]"),
    )

    hand_in.click()
    expect(page.get_by_label("Your role")).to_be_focused()
    expect(page.get_by_label("Your role")).to_be_in_viewport()
    expect(bar).to_have_text("Say what your role was.")
    page.get_by_label("Your role").fill("I ground the gear.")
    hand_in.click()
    expect(page.get_by_label("Overview")).to_be_focused()
    page.get_by_label("Overview").fill("Ten knives.")
    expect(bar.get_by_role("link")).to_have_text("Nothing is missing")
    assert page.evaluate("window.stayed")
    hand_in.click()
    expect(page.get_by_role("heading", name="Look it over, then hand it in")).to_be_visible()
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


def reflection(stack):
    return stack.one("SELECT reflection FROM submissions_attempt")


def test_what_is_typed_when_the_page_is_left_or_closed_is_not_lost(opened, stack, tmp_path):
    page, complaints, _email = opened
    form = page.url
    field = page.get_by_label("Reflection")
    field.fill("Patience, and light.")
    expect(page.locator(f"#{field.get_attribute('id')}_count")).to_have_text("3 words")
    # At once, and not after two seconds.
    page.goto("/")
    wait_until(lambda: reflection(stack) == "Patience, and light.", "the words")

    # In the panel, before anything was added: by a page that was closed, and by its own way out.
    page.goto(form)
    text = panel(page, "Text")
    text.get_by_role("textbox", name="Text", exact=True).fill("I set the edge at 17 degrees.")
    text.get_by_label("2. Safety").check()
    page.reload()
    begun = page.locator("[data-waiting-list] .ev")
    expect(begun).to_contain_text("Begun here, and not added yet.")
    drawn = tmp_path / "edge.png"
    drawn.write_bytes(PNG)
    picture = panel(page, "Picture")
    picture.get_by_label("File", exact=True).set_input_files(drawn)
    picture.get_by_label("Nobody can be recognised in it").check()
    picture.get_by_role("button", name="Back without adding").click()
    expect(begun).to_have_count(2)
    expect(begun.filter(has_text="edge.png")).to_be_visible()
    page.reload()
    begun.filter(has_text="edge.png").get_by_role("button", name="Go on").click()
    expect(picture.get_by_label("Nobody can be recognised in it")).to_be_checked()
    picture.get_by_role("button", name="Add it").click()
    expect(page.locator("[data-piece]").filter(has_text="edge.png")).to_be_visible()
    begun.get_by_role("button", name="Go on").click()
    expect(text.get_by_role("textbox", name="Text", exact=True)).to_have_value("I set the edge at 17 degrees.")
    expect(text.get_by_label("2. Safety")).to_be_checked()
    text.get_by_role("button", name="Add it").click()
    expect(page.locator("[data-piece]")).to_have_count(5)
    expect(begun).to_have_count(0)
    made = stack.rows("SELECT kind, file_name, text FROM submissions_evidenceitem ORDER BY position")
    assert made[3:] == [("image", "edge.png", ""), ("text", "", "I set the edge at 17 degrees.")]

    # Begun, and given up: it is gone here, and after the page is opened again.
    panel(page, "Link").get_by_label("Address").fill("https://videos.example/knives")
    page.keyboard.press("Escape")
    begun.get_by_role("button", name="Remove").click()
    expect(begun).to_have_count(0)
    page.reload()
    expect(page.locator("[data-piece]")).to_have_count(5)
    expect(begun).to_have_count(0)

    # By the grip: the third above the first.
    page.set_viewport_size({"width": 390, "height": 3000})
    with page.expect_response("**/evidence/order/"):
        drag_to_top(page, "Third", grips=page.locator("[data-grip]"), rows=page.locator("[data-piece]"))
    wait_until(lambda: titles(stack)[:3] == ["Third", "Log", "Second"], "the order")
    assert complaints == []


def test_the_page_of_a_piece_saves_itself_and_hears_of_another_tab(opened, stack):
    page, complaints, _email = opened
    page.get_by_role("button", name=re.compile("^Change ?: Second$")).click()
    expect(page.get_by_role("heading", name="Second")).to_be_visible()
    page.wait_for_load_state()
    other = page.context.new_page()
    other.goto(page.url)
    page.get_by_label("Title").fill("Second, with a date")
    page.get_by_label("When it was made").fill("2026-03-02")
    expect(page.locator("[data-saved]")).to_contain_text(re.compile(r"Saved \d"))
    expect(other.get_by_label("Title")).to_have_value("Second, with a date")

    other.locator("#id_text").fill("Second, in the other tab")
    page.get_by_label("3. Care").check()
    for one in (page, other):
        expect(one.locator("#id_text")).to_have_value("Second, in the other tab")
        expect(one.get_by_label("3. Care")).to_be_checked()
        expect(one.get_by_label("When it was made")).to_have_value("2026-03-02")

    # Without a network it is kept here, and goes when there is one.
    other.close()
    page.context.set_offline(True)
    page.get_by_label("Title").fill("Second, in the shed")
    expect(page.locator("[data-saved]")).to_contain_text("kept on this device")
    page.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_contain_text(re.compile(r"Saved \d"))
    kept = stack.rows("SELECT title, text, made_on::text FROM submissions_evidenceitem WHERE position = 2")
    assert kept == [("Second, in the shed", "Second, in the other tab", "2026-03-02")]
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-piece]").filter(has_text="Second, in the shed")).to_contain_text("3. Care")
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert complaints == []


def test_a_piece_that_was_not_part_of_what_another_device_handed_in_is_told_and_can_be_saved(opened, stack):
    page, complaints, _email = opened
    page.context.set_offline(True)
    text = panel(page, "Text")
    text.get_by_role("textbox", name="Text", exact=True).fill("Made in the shed.")
    text.get_by_label("Title").fill("Log, day two")
    text.get_by_role("button", name="Add it").click()
    expect(page.locator("[data-waiting-list] .ev")).to_contain_text("Kept on this device")
    stack.python(HAND_IN)
    page.on("dialog", lambda dialog: dialog.accept())
    form = page.url
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(form)

    left = page.get_by_role("region", name="Still on this device")
    with page.expect_download() as download:
        left.get_by_role("link", name="Log, day two").click()
    assert download.value.suggested_filename == "Log, day two.txt"
    assert download.value.path().read_text() == "Made in the shed."
    # Given back, the next attempt takes it in.
    stack.python(NEXT_ATTEMPT)
    page.goto(form)
    page.locator("[data-waiting-list] .ev").get_by_role("button", name="Add it").click()
    expect(page.locator("[data-piece]")).to_have_count(4)
    expect(page.locator("[data-waiting-list] .ev")).to_have_count(0)
    assert titles(stack)[-1] == "Log, day two"
    assert complaints == []
