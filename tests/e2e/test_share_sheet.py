"""What is handed on, opened by what it is meant for: a browser's clipboard, a frame elsewhere, a mail, a camera."""

import http.server
import io
import threading
from contextlib import contextmanager

import pytest
from pypdf import PdfReader

from tests import judges
from tests.e2e.conftest import HOUSE
from tests.e2e.test_pages import PHONE, context_for, look, too_wide

pytestmark = [pytest.mark.stack, pytest.mark.browser]


@contextmanager
def elsewhere(html):
    """A site of somebody else's, with one page."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = html.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def sheet_of(browser, place, **options):
    context = context_for(browser, place, "learner", **options)
    page = context.new_page()
    page.goto(f"/c/{place[1]['shared']}/share/")
    return context, page


def test_signature_and_source_are_copied_as_what_they_are(browser, place):
    context, page = sheet_of(browser, place)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=place[0])

    page.get_by_role("button", name="Copy for the mail program").click()
    page.get_by_role("button", name="Copied").wait_for()
    rich = page.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read();
            const read = async type => (await item.getType(type)).text();
            return {types: item.types, html: await read("text/html"), plain: await read("text/plain")};
        }"""
    )
    page.get_by_role("button", name="Copy the source").click()
    page.get_by_role("button", name="Copied").nth(1).wait_for()
    source = page.evaluate("navigator.clipboard.readText()")

    assert sorted(rich["types"]) == ["text/html", "text/plain"]
    assert ("<table" in rich["html"], "<img" in rich["html"], "alt=" in rich["html"]) == (True, True, True)
    assert rich["plain"].splitlines()[-1].startswith(f"{place[0]}/")
    assert source == page.locator("#signature-source").input_value()
    context.close()


def test_printed_it_is_one_page_with_the_code_to_scan_and_what_it_leads_to(browser, place):
    context, page = sheet_of(browser, place)
    page.emulate_media(media="print")

    poster, code = page.locator(".poster"), page.locator("#paper .qr svg")
    seen = page.locator("main").inner_text()
    leaves = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages

    assert (poster.is_visible(), code.is_visible(), len(leaves)) == (True, True, 1)
    assert seen.split() == poster.inner_text().split()
    assert code.bounding_box()["width"] == pytest.approx(80 / 25.4 * 96, abs=2)
    context.close()


def test_a_signature_reads_in_a_mail_on_a_phone_in_the_dark(browser, place):
    context, page = sheet_of(browser, place)
    source = page.locator("#signature-source").input_value()
    context.close()
    # As mail programs show it: their own ground and letters, none of our style sheets.
    mail = "<!doctype html><html lang=en><title>Mail</title><meta name=color-scheme content='light dark'>"
    mail += f"<body bgcolor='#121212'><main>{source}"

    with elsewhere(mail) as address:
        context = browser.new_context(viewport=PHONE, color_scheme="dark")
        page = context.new_page()
        page.goto(address)
        page.wait_for_function("document.querySelector('img').complete")
        seen = page.evaluate(
            """() => {
                const image = document.querySelector("img"), line = document.querySelector("td:last-child");
                return {loaded: image.naturalWidth > 0, wide: image.width, ink: getComputedStyle(line).color};
            }"""
        )
        wrong = look(page, judges.axe(), rules=["color-contrast", "image-alt", "link-name"])
        sideways = too_wide(page)
        context.close()

    assert (seen, wrong, sideways) == ({"loaded": True, "wide": 72, "ink": "rgb(255, 255, 255)"}, [], [])


def test_a_frame_on_another_site_shows_the_badge_and_that_it_was_taken_back(browser, shared):
    names, _keys = shared.python(HOUSE)
    client = browser.new_context(base_url=shared.url)
    told = client.request.get("/oembed", params={"url": f"{shared.url}/c/{names['shared']}"}).json()
    client.close()
    source = told["html"]
    with elsewhere(f"<!doctype html><html lang=en><title>Their page</title><p>Mine:</p>{source}") as address:
        context = browser.new_context(viewport=PHONE, color_scheme="dark", reduced_motion="reduce")
        page, said = context.new_page(), []
        page.on("console", lambda one: said.append(one.text))
        page.goto(address)
        frame = page.frame_locator("iframe")
        frame.get_by_text("Valid").wait_for()
        shown = frame.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
        with context.expect_page() as opened:
            frame.get_by_role("link").first.click()
        beyond = opened.value
        beyond.wait_for_load_state("domcontentloaded")
        assert beyond.evaluate("window.opener") is None

        shared.python(
            f"""
from apps.credentials import verbs
from apps.credentials.models import Credential
from tests.factories import owner_of
found = Credential.objects.get(public_id={names["shared"]!r})
verbs.revoke(found, by=owner_of(found.issuer), reason="mistake", note="")
print("null")
"""
        )
        page.reload()
        frame.get_by_text("Taken back").wait_for()
        context.close()

    # That a sandbox runs nothing is what the test itself is told, when it looks inside.
    assert (shown, [one for one in said if "'allow-scripts' permission is not set" not in one]) == (True, [])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("wide", [420, 300, 200])
def test_a_frame_can_be_read_at_any_width_and_in_the_dark(browser, place, wide, theme):
    url, names, _keys = place
    context = browser.new_context(
        base_url=url, viewport={"width": wide, "height": 200}, color_scheme=theme, reduced_motion="reduce"
    )
    page, said = context.new_page(), []
    page.on("console", lambda one: said.append(one.text))
    found = {}
    for path in (f"/embed/c/{names['shared']}", f"/embed/b/{names['token']}", f"/embed/b/{names['old_token']}"):
        status = page.goto(path).status
        found[path.rpartition("/")[0], status] = (look(page, judges.axe()), too_wide(page))
    context.close()

    assert found == {("/embed/c", 200): ([], []), ("/embed/b", 200): ([], []), ("/embed/b", 404): ([], [])}
    assert [one for one in said if "404" not in one] == []


def test_cameras_read_the_codes(browser, place):
    url, names, _keys = place
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.goto("/verify/")
    read = """async path => {
        const { read } = await import("/static/js/qr.js");
        const image = new Image();
        image.src = path;
        await image.decode();
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 600;
        const drawing = canvas.getContext("2d");
        drawing.fillStyle = "#fff";
        drawing.fillRect(0, 0, 600, 600);
        drawing.imageSmoothingEnabled = false;
        drawing.drawImage(image, 0, 0, 600, 600);
        return read(drawing.getImageData(0, 0, 600, 600), true);
    }"""
    said = {
        path: page.evaluate(read, path)
        for path in (
            *(f"/c/{names['shared']}/qr.svg", f"/c/{names['shared']}/qr.png"),
            *(f"/b/{names['token']}/qr.svg", f"/b/{names['token']}/qr.png"),
        )
    }
    context.close()

    assert said == {
        f"/c/{names['shared']}/qr.svg": f"{url}/c/{names['shared']}",
        f"/c/{names['shared']}/qr.png": f"{url}/c/{names['shared']}",
        f"/b/{names['token']}/qr.svg": f"{url}/b/{names['token']}/",
        f"/b/{names['token']}/qr.png": f"{url}/b/{names['token']}/",
    }


def test_without_a_script_everything_on_the_sheet_is_still_there(browser, place):
    context, page = sheet_of(browser, place, java_script_enabled=False)

    for field in ("sheet-link", "signature-source", "cv-line", "embed-source"):
        assert page.locator(f"#{field}").input_value(), field
    assert page.get_by_role("button", name="Copy").count() == 0
    page.get_by_label("Where your Mastodon account is").fill("mastodon.nz")
    page.get_by_role("button", name="Use this one").click()
    there = page.get_by_role("link", name="Mastodon").get_attribute("href")
    assert there.startswith("https://mastodon.nz/share?text=")
    context.close()
