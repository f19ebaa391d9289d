"""A learner in a shed without reception: the network goes while she writes, and nothing that she made is lost."""

import json
import re
import subprocess
from io import BytesIO
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from config.parts import chromium
from tests.factories.people import PASSWORD
from tests.stack import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.browser]

SEED = """
import json
from tests.factories import person, published_version
from apps.submissions import verbs
learner = person("Ngaire")
submission = verbs.start(published_version(), by=learner)
print(json.dumps([learner.email, submission.get_absolute_url()]))
"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def phone(stack, browser):
    """A phone with a microphone, in which a page may record, and that keeps what it is told between pages."""
    fakes = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    one = browser.browser_type.launch(executable_path=chromium.find(), args=[*chromium.ARGUMENTS, *fakes])
    context = one.new_context(base_url=stack.url, permissions=["microphone", "camera"], **PHONE)
    context.set_default_timeout(8000)
    yield context
    one.close()


def press(page, words):
    page.get_by_role("button", name=words).first.click()


def test_four_kinds_of_evidence_are_made_without_a_network_and_handed_in_with_one(stack, phone, tmp_path):
    email, path = stack.python(SEED)
    stack.start_all()
    page = phone.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Kia ora")).to_be_visible()
    page.goto(path)
    page.get_by_label("Where*", exact=True).fill("A woolshed")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")

    # (Playwright's own wait_for_function takes a promise for an answer.)
    kept = "caches.open('satchel-pages').then((pages) => pages.match(location.pathname)).then(Boolean)"
    wait_until(lambda: page.evaluate(kept), "the page on the device")

    # The network goes in the middle of a sentence.
    phone.set_offline(True)
    page.get_by_label("When*", exact=True).fill("March 2026")
    page.get_by_label("Your role").fill("I ground the gear.")
    page.get_by_label("Overview").fill("Ten knives, one afternoon, no reception.")
    page.get_by_label("Reflection").fill("Patience.")
    page.get_by_label("This is my own work").check()
    expect(page.locator("[data-saved]")).to_contain_text("kept on this device")

    press(page, "Add Text")
    page.get_by_role("textbox", name="Text", exact=True).fill("I set the edge at 17 degrees.")
    page.get_by_label("Title").fill("Log")
    for criterion in ("1. Edge", "2. Safety", "3. Care"):
        page.get_by_role("dialog").get_by_label(criterion).check()
    press(page, "Add it")
    expect(page.locator("[data-waiting-list] .ev").filter(has_text="Kept on this device")).to_have_count(1)

    press(page, "Add Sound recording")
    press(page, "Record sound")
    expect(page.get_by_text(re.compile(r"Recording 0:0[1-9]"))).to_be_visible()
    press(page, "Stop recording")
    expect(page.get_by_text("Made here. It is in the field below.")).to_be_visible()
    page.get_by_label("Title").fill("How I hold the stone")
    page.get_by_label("Everyone who can be recognised agreed").check()
    press(page, "Add it")
    expect(page.locator("[data-waiting-list] .ev").filter(has_text="Kept on this device")).to_have_count(2)

    press(page, "Add Picture")
    press(page, "Use the camera")
    press(page, "Take the picture")
    expect(page.get_by_text("Made here. It is in the field below.")).to_be_visible()
    page.get_by_label("Title").fill("The edge")
    page.get_by_label("Nobody can be recognised in it").check()
    press(page, "Add it")
    expect(page.locator("[data-waiting-list] .ev").filter(has_text="Kept on this device")).to_have_count(3)

    # A press beside it, or the key for going back, ends no recording; what has to end keeps what was said until then.
    press(page, "Add Video")
    press(page, "Record a video")
    expect(page.get_by_text(re.compile(r"Recording 0:0[1-9]"))).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog").get_by_role("button", name="Stop recording")).to_be_focused()
    page.evaluate("document.getElementById('add-panel').close()")
    begun = page.locator("[data-waiting-list] .ev").filter(has_text="Begun here, and not added yet.")
    expect(begun).to_contain_text("recorded-")
    begun.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("dialog").get_by_text(re.compile("^recorded-.*webm"))).to_be_visible()
    page.get_by_label("Title").fill("One stroke")
    page.get_by_label("Nobody can be recognised in it").check()
    press(page, "Add it")
    expect(page.locator("[data-waiting-list] .ev").filter(has_text="Kept on this device")).to_have_count(4)
    press(page, "Look it over and hand in")
    # Even the page itself may go meanwhile: it comes back as it was left. (A worker's own requests know nothing of the
    # browser's being offline: so the server is gone, too.)
    stack.stop("web")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_label("Overview")).to_have_value("Ten knives, one afternoon, no reception.")
    expect(page.locator("[data-waiting-list] .ev").filter(has_text="Kept on this device")).to_have_count(4)
    assert (stack.one("SELECT count(*) FROM submissions_evidenceitem"), page.url) == (0, f"{stack.url}{path}")

    # Back in reception, everything goes by itself, in the order it was made, once each.
    stack.start_web()
    phone.set_offline(False)
    expect(page.locator("[data-piece]")).to_have_count(4, timeout=20_000)
    expect(page.locator("[data-waiting-list] .ev").filter(has_text="Kept on this device")).to_have_count(0)
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    made = stack.rows("SELECT kind, title FROM submissions_evidenceitem ORDER BY position")
    assert made == [("text", "Log"), ("audio", "How I hold the stone"), ("image", "The edge"), ("video", "One stroke")]

    # The same form in a second window: each hears of the other, and what both wrote stands in both.
    other = phone.new_page()
    other.goto(path)
    other.get_by_label("Reflection").fill("Patience, and light from the side.")
    expect(page.get_by_label("Reflection")).to_have_value("Patience, and light from the side.")
    overview = "Ten knives, one afternoon, no reception."
    other.get_by_label("Overview").fill(f"{overview}\nThe first was blunt.")
    page.get_by_label("Overview").fill(f"{overview}\nThe last was not.")
    both = f"{overview}\nThe first was blunt.\nThe last was not."
    reordered = f"{overview}\nThe last was not.\nThe first was blunt."
    for window in (page, other):
        expect(window.get_by_label("Overview")).to_have_value(re.compile(f"{re.escape(both)}|{re.escape(reordered)}"))
        expect(window.locator("[data-saved]")).to_have_attribute("data-state", "saved")
    other.close()

    press(page, "Look it over and hand in")
    press(page, "Hand it in")
    expect(page.get_by_text("Handed in. You hear by")).to_be_visible()
    wait_until(lambda: stack.one("SELECT state FROM submissions_attempt") == "assessable", "the frozen attempt")
    assert stack.one("SELECT overview FROM submissions_attempt") in {both, reordered}

    archive = page.request.get(f"{path}attempts/1/export.zip")
    ZipFile(BytesIO(archive.body())).extractall(tmp_path)
    checked = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    assert json.loads((tmp_path / "context.json").read_text())["period"] == "March 2026"
