"""A stranger checks a badge: dropped, pasted, typed, photographed or scanned, with scripts and without."""

import base64
import io
import re

import pytest
import segno
from PIL import Image
from playwright.sync_api import expect

from config.parts import chromium
from tests import judges
from tests.e2e.test_pages import look, too_wide

pytestmark = [pytest.mark.stack, pytest.mark.browser]

AWARD = """
import base64, json
from apps.core import clock
from apps.credentials import queries, verbs
from apps.credentials.models import Credential
from tests.factories import awarded_credential
good, paused = awarded_credential(), awarded_credential()
verbs.show(good, "link", by=good.earner)
Credential.objects.filter(pk=paused.pk).update(status="suspended", status_at=clock.now())
print(json.dumps({
    "address": queries.credential_url(good.public_id),
    "picture": base64.b64encode(queries.baked_png(good.pk)).decode(),
    "text": queries.signed_form(good).text,
    "earner": good.earner.email,
    "paused": queries.signed_form(paused).text,
}))
"""
WATCH = (
    "addEventListener('securitypolicyviolation', event => console.error('CSP', event.violatedDirective,"
    " event.blockedURI, event.sourceFile))"
)
# What a hand does with a file or with words, as the browser tells a page.
HAND = """([kind, target, file, words]) => {
  const data = new DataTransfer();
  if (file) {
    const bytes = Uint8Array.from(atob(file.bytes), letter => letter.charCodeAt(0));
    data.items.add(new File([bytes], file.name, {type: file.type}));
  }
  if (words) data.setData('text/plain', words);
  const at = document.querySelector(target), common = {bubbles: true, cancelable: true};
  if (kind === 'paste') at.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, ...common}));
  else at.dispatchEvent(new DragEvent(kind, {dataTransfer: data, ...common}));
}"""
GOOD = re.compile(r"^\s*This badge is genuine and valid today")


@pytest.fixture(scope="module")
def house(shared):
    """One for all of them: nothing is kept of a check. (its address, what was awarded there)"""
    return shared.url, shared.python(AWARD)


@pytest.fixture
def visit(browser, house):
    """(a page opener, what was awarded, what browsers complained of)"""
    url, made = house
    complaints, contexts = [], []

    def opened(*, width=1280, at=browser, **options):
        context = at.new_context(base_url=url, viewport={"width": width, "height": 900}, locale="en", **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda one: one.type in {"error", "warning"} and complaints.append(one.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if options.get("java_script_enabled", True):
            page.add_init_script(WATCH)
        page.goto("/verify/")
        return page

    yield opened, made, complaints
    for context in contexts:
        context.close()


def verdict(page):
    return page.locator("#verdict")


def by_hand(page, kind, *, target="main", file=None, words=""):
    page.evaluate(HAND, [kind, target, file, words])


def photograph(address):
    """A picture of a QR code with something around it, as a camera would take it: no badge at all."""
    code = io.BytesIO()
    segno.make(address, error="m").save(code, kind="png", scale=6)
    photo = Image.new("RGB", (900, 700), "#8a8f7c")
    photo.paste(Image.open(code).convert("RGB").rotate(4, expand=True, fillcolor="#8a8f7c"), (240, 120))
    return photo


def as_file(photo, kind="jpeg"):
    held = io.BytesIO()
    photo.save(held, kind)
    return held.getvalue()


def test_a_badge_is_dropped_anywhere_and_the_verdict_is_read_out_first(visit):
    opened, made, complaints = visit
    page = opened()
    file = {"name": "badge.png", "type": "image/png", "bytes": made["picture"]}

    by_hand(page, "dragover", target="footer", file=file)
    expect(page.locator("[data-drop-cover]")).to_be_visible()
    by_hand(page, "drop", target="footer", file=file)

    expect(verdict(page)).to_have_text(GOOD)
    expect(verdict(page)).to_be_focused()
    expect(page).to_have_title(re.compile("^Genuine and valid · "))
    expect(page.locator("[data-drop-cover]")).to_be_hidden()

    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("without the picture that they came in")).to_be_visible()
    expect(verdict(page)).to_have_text(GOOD)
    expect(verdict(page)).to_be_focused()

    page.get_by_label("Their e-mail address").first.fill("somebody@example.org")
    page.get_by_role("button", name="Check whose it is").click()
    expect(verdict(page)).to_contain_text("but it was not awarded to the e-mail address you gave.")
    expect(verdict(page)).to_be_focused()
    page.get_by_label("Their e-mail address").first.fill(made["earner"])
    page.get_by_label("Their e-mail address").first.press("Enter")
    expect(verdict(page)).to_have_text(GOOD)
    expect(page.locator("[data-check=recipient]")).to_have_attribute("data-result", "pass")
    assert "@" not in page.url

    page.emulate_media(media="print")
    expect(page.get_by_text(re.compile("^Checked at .*/verify/, .* UTC. Key: .* SHA-256: "))).to_be_visible()
    expect(page.get_by_role("button", name="Check it")).to_be_hidden()
    assert complaints == []


def test_words_are_pasted_anywhere_but_stay_words_in_a_field(visit):
    opened, made, complaints = visit
    page = opened()

    by_hand(page, "paste", target="#id_url", words="example.org/")
    expect(page).to_have_title(re.compile("^Check a badge"))

    by_hand(page, "paste", words=made["address"].partition("://")[2])
    expect(verdict(page)).to_have_text(GOOD)
    expect(verdict(page)).to_be_focused()  # by the script that hears of the next one

    by_hand(page, "paste", words=made["paused"])
    expect(verdict(page)).to_contain_text("has paused it for now.")
    expect(page.get_by_text("This is not a no.").first).to_be_visible()
    expect(verdict(page)).to_be_focused()
    by_hand(page, "drop", words=made["text"].replace('"name":"', '"name":"x', 1))
    expect(verdict(page)).to_contain_text("Do not rely on this badge")
    assert complaints == []


def test_a_photograph_of_a_code_leads_to_its_badge_and_any_other_is_refused_in_words(visit):
    opened, made, complaints = visit
    page = opened(width=360)
    files = page.get_by_label("Badge picture or file")

    files.set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": as_file(photograph(made["address"]))}
    )
    page.get_by_role("button", name="Check it").click()
    expect(verdict(page)).to_have_text(GOOD)
    expect(verdict(page)).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert complaints == []

    page.goto("/verify/")
    files.set_input_files(
        {"name": "cat.png", "mimeType": "image/png", "buffer": as_file(Image.new("RGB", (90, 90)), "png")}
    )
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("alert")).to_contain_text("That is only a picture of a badge")
    expect(page.locator("[data-told]")).to_be_focused()


def test_it_says_that_it_is_checking_and_is_ready_again_when_one_comes_back(visit):
    opened, _made, complaints = visit
    page = opened()
    button, line = page.get_by_role("button", name="Check it"), page.locator("form[data-give] [data-checking]")
    asked = []

    def hold(route):
        """An answer that leaves the page where it is, as one that is still to come does."""
        asked.append(route.request.method)
        route.fulfill(status=204)

    page.route("**/verify/", hold)
    page.get_by_label("Or its address").fill("nowhere")
    button.click()
    expect(line).to_have_text("Checking …")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    assert asked == ["POST"]

    page.unroute("**/verify/")
    page.goto("/help/")
    page.go_back()
    expect(line).to_have_text("")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    assert complaints == []


def test_a_slip_is_led_to_and_nothing_typed_is_lost(visit):
    opened, _made, _complaints = visit
    page = opened(width=360)

    page.get_by_text("Does it belong to a certain person?").click()
    page.get_by_label("Their e-mail address").fill("ana@example.org")
    page.get_by_label("Or its address").fill("nowhere")
    page.get_by_label("Or its address").press("Enter")

    expect(page.get_by_text("That is not a web address.")).to_be_visible()
    expect(page.get_by_label("Or its address")).to_be_focused()
    expect(page.get_by_label("Their e-mail address")).to_have_value("ana@example.org")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_every_verdict_can_be_read_by_everybody(visit, width, theme):
    opened, made, _complaints = visit
    axe = judges.axe()
    page = opened(width=width, color_scheme=theme, reduced_motion="reduce")
    broken = made["text"].replace('"name":"', '"name":"x', 1)

    found = {"form": look(page, axe) + too_wide(page)}
    for name, words in (("good", made["text"]), ("paused", made["paused"]), ("changed", broken), ("none", "hello")):
        with page.expect_navigation():
            by_hand(page, "paste", words=words)
        expect(page.locator("[data-told]")).to_be_focused()
        for fold in page.locator("main details").all():
            fold.evaluate("one => one.open = true")
        found[name] = look(page, axe) + too_wide(page)
    page.locator("#scan").evaluate("dialog => dialog.showModal()")
    found["dialog"] = look(page, axe)

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_without_scripts_everything_is_there_too(visit):
    opened, made, _complaints = visit
    page = opened(java_script_enabled=False)
    picture = {"name": "badge.png", "mimeType": "image/png", "buffer": base64.b64decode(made["picture"])}
    expect(page.get_by_text("Drop it anywhere")).to_be_hidden()
    expect(page.get_by_role("button", name="Scan a QR code")).to_be_hidden()

    page.get_by_text("Does it belong to a certain person?").click()
    page.get_by_label("Their e-mail address").fill(made["earner"])
    page.get_by_label("Badge picture or file").set_input_files(picture)
    page.get_by_role("button", name="Check it").click()
    expect(verdict(page)).to_have_text(GOOD)
    expect(page.locator("[data-check=recipient]")).to_have_attribute("data-result", "pass")

    page.get_by_role("button", name="Check again").click()
    expect(page.locator("[data-check=recipient]")).to_have_attribute("data-result", "pass")
    page.get_by_text("The text of a badge").click()
    page.get_by_label("All of the text, exactly as it is in the file.").fill(made["paused"])
    page.get_by_role("button", name="Check it").click()
    expect(verdict(page)).to_contain_text("has paused it for now.")


def test_a_code_is_held_into_the_camera(visit, browser, tmp_path):
    """A browser with a camera that sees a file, and nobody who would have to allow it."""
    opened, made, complaints = visit
    film = tmp_path / "film.mjpeg"
    film.write_bytes(as_file(photograph(made["address"])) * 5)
    camera = [
        *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
        f"--use-file-for-fake-video-capture={film}",
    ]
    seeing = browser.browser_type.launch(executable_path=chromium.find(), args=[*chromium.ARGUMENTS, *camera])
    page = opened(width=360, at=seeing)

    page.get_by_role("button", name="Scan a QR code").click()

    expect(verdict(page)).to_have_text(GOOD)
    assert complaints == []
    seeing.close()
