"""A corpus of files that would do harm, opened in a browser in every way that the pages offer: nothing of it runs."""

import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, expect

from tests.stack import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.browser]

SEED = """
import json
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from apps.core import outbox
from apps.core.refused import Refused
from apps.reviews import verbs as reviews
from apps.submissions import links, verbs
from tests.factories import assessor_of, nobody_in, open_attempt
from tests.submissions import hostile

attempt = open_attempt()
learner = attempt.submission.learner
first = attempt.submission.version.criteria.first()
refused, kept = {}, {}
for name, kind, content in hostile.CORPUS:
    upload = SimpleUploadedFile(name, content())
    try:
        piece = verbs.add_evidence(attempt, by=learner, kind=kind, upload=upload, about=nobody_in(name), criteria=[first])
    except Refused as refusal:
        refused[name] = str(refusal)
    else:
        kept[name] = piece
hurt = "<script>window.ranHere=1;alert('ran')</script> [x](javascript:alert('ran'))"
kept["words"] = verbs.add_evidence(attempt, by=learner, kind="text", title=hurt, text=hurt)
kept["acts.pdf"].supports.update(page=2, quote="Dagging and crutching 3")
kept["sound.wav"].supports.update(seconds=3)
verbs.submit(attempt, by=learner)
outbox.drain()
assessor = assessor_of(attempt.submission.achievement)
reviews.take(attempt, by=assessor)
keys, addresses = {}, {}
for who, person in (("learner", learner), ("assessor", assessor)):
    client = Client()
    client.force_login(person)
    keys[who] = client.cookies[settings.SESSION_COOKIE_NAME].value
    addresses[who] = []
    for name, piece in kept.items():
        if not piece.file:
            continue
        piece.refresh_from_db()
        addresses[who] += [links.to_file(piece, reader=person, sort=sort) for sort in links.Sort]
        addresses[who].append(links.to_viewer(piece, reader=person))
pieces = {name: piece.public_id for name, piece in kept.items()}
print(json.dumps([refused, pieces, keys, addresses, attempt.public_id]))
"""
REFUSED = {
    "drawing.svg": "We can't take that kind of file.",
    "drawing.png": "That is not a picture we can show.",
    "page.html": "We can't take that kind of file.",
    "page.pdf": "We can't take that kind of file.",
    "huge.png": "That picture has more than 50 million pixels.",
    "bomb.docx": "That file holds far more than its size says, so nobody could open it safely.",
}
OLIVE = [128, 128, 0]


class Watch:
    """One person's window, and everything that would have shown had something run in it."""

    def __init__(self, browser, stack, key):
        self.hosts = {urlsplit(stack.url).netloc, f"evidence.{urlsplit(stack.url).netloc}"}
        self.context = browser.new_context(base_url=stack.url, accept_downloads=True)
        self.context.add_cookies([{"name": "sessionid", "value": key, "url": stack.url}])
        self.context.set_default_timeout(8000)
        self.page = self.context.new_page()
        self.wrong, self.asked = [], []
        self.page.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.context.on("request", self._asks)
        self.context.on("response", self._answers)

    def _asks(self, request):
        parts = urlsplit(request.url)
        self.asked.append(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc not in self.hosts:
            self.wrong.append(f"asked {request.url}")

    def _answers(self, response):
        if urlsplit(response.url).netloc.startswith("evidence."):
            if "cookie" in response.request.all_headers():
                self.wrong.append(f"a cookie went to {response.url}")
            if "set-cookie" in response.all_headers():
                self.wrong.append(f"a cookie came from {response.url}")

    def open(self, address):
        # A recording goes on loading for as long as it is open.
        until = "networkidle" if address.startswith("/") or "/view?" in address else "domcontentloaded"
        try:
            self.page.goto(address, wait_until=until)
        except Error as error:
            # What is saved and not shown ends the visit.
            if not any(words in str(error) for words in ("Download is starting", "ERR_ABORTED")):
                raise
        self.look(address)

    def look(self, address):
        for frame in self.page.frames:
            try:
                ran = frame.evaluate("window.ranHere")
            except Error:
                continue  # sandboxed so that even we may run nothing there
            if ran is not None:
                self.wrong.append(f"ran at {address} in {frame.url}")

    def done(self):
        assert self.wrong == []
        evidence = [one for one in self.context.cookies() if one["domain"].startswith("evidence.")]
        self.context.close()
        assert evidence == []


def test_nothing_in_a_hostile_file_runs_wherever_it_is_opened(browser, stack):
    refused, pieces, keys, addresses, attempt = stack.python(SEED)
    stack.start_web()

    assert {name: sentence.split(".")[0] + "." for name, sentence in refused.items()} == REFUSED

    for who in ("learner", "assessor"):
        watch = Watch(browser, stack, keys[who])
        page = watch.page
        for public_id in pieces.values():
            watch.open(f"/e/{public_id}")
            for link in page.locator(".piece a[href^='javascript'], .piece a[href^='data']").all():
                watch.wrong.append(f"a link that runs: {link.get_attribute('href')}")
        for address in addresses[who]:
            watch.open(address)
        watch.done()

    watch = Watch(browser, stack, keys["assessor"])
    page = watch.page
    watch.open(f"/reviews/{attempt}/")
    for frame in page.locator(".piece iframe").all():
        frame.scroll_into_view_if_needed()
    paper = page.frame_locator(f"iframe[name='paper-{pieces['acts.pdf']}']")
    expect(paper.locator(".sheet").first.locator("canvas")).to_be_visible()
    page.locator(f"a.place[target='paper-{pieces['acts.pdf']}']").click()
    expect(paper.locator(".found").first).to_contain_text("Dagging and crutching 3")
    expect(paper.get_by_label("Page", exact=True)).to_have_value("3")
    paper.locator(".sheet").first.locator("canvas").click(position={"x": 60, "y": 60}, force=True)
    assert [one for one in watch.asked if "/static/pdf/LiberationSans-Regular." in one or "/static/pdf/Foxit" in one]
    # A frame that nobody sees draws nothing.
    page.locator(f"iframe[name='paper-{pieces['photo.pdf']}']").scroll_into_view_if_needed()
    photo = page.frame_locator(f"iframe[name='paper-{pieces['photo.pdf']}']").locator("canvas")
    expect(photo).to_be_visible()
    pixel = photo.evaluate("one => [...one.getContext('2d').getImageData(50, 50, 1, 1).data.slice(0, 3)]")
    assert pixel == pytest.approx(OLIVE, abs=4)
    sound = page.locator(f"#media-{pieces['sound.wav']}")
    page.locator(f"a[data-place='media-{pieces['sound.wav']}']").click()
    expect(sound).to_have_js_property("ended", True)
    watch.look("the desk")
    watch.done()


LONG = """
import json
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from apps.submissions import verbs
from tests.factories import nobody_in, open_attempt
from tests.submissions import hostile

attempt = open_attempt()
learner = attempt.submission.learner
upload = SimpleUploadedFile("long.wav", hostile.sound(1500))
piece = verbs.add_evidence(attempt, by=learner, kind="audio", upload=upload, about=nobody_in("Long"))
piece.supports.create(criterion=attempt.submission.version.criteria.first(), seconds=1200)
client = Client()
client.force_login(learner)
print(json.dumps([piece.public_id, client.cookies[settings.SESSION_COOKIE_NAME].value]))
"""


def test_a_player_whose_link_ran_out_goes_on_with_a_fresh_one(browser, stack):
    public_id, key = stack.python(LONG)
    stack.start_web()
    watch = Watch(browser, stack, key)
    page = watch.page
    page.goto(f"/e/{public_id}")
    sound = page.locator(f"#media-{public_id}")
    expect(sound).to_have_js_property("duration", 1500)
    old = sound.get_attribute("src")
    page.get_by_role("link", name="20:00").click()
    wait_until(lambda: sound.evaluate("one => one.currentTime") > 1200, "the place in the recording")

    # Two links of one second are the same.
    opened = int(time.time())
    wait_until(lambda: int(time.time()) > opened, "the next second")
    # A browser says this when it asks for more and is refused; how much it has asked for by then differs.
    sound.dispatch_event("error")

    expect(sound).not_to_have_attribute("src", old)
    wait_until(lambda: sound.evaluate("one => one.paused || one.seeking ? 0 : one.currentTime") > 1200, "its going on")
    watch.done()
