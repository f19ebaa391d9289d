"""Where files lie in a bucket: a browser sends the parts of a large one to it past us, and reads it through us again."""

import hashlib
import re
import urllib.request
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.bucket import NAME
from tests.e2e.test_upload import SEED, SLOW, slow
from tests.stack import wait_until
from tests.submissions.recordings import TOLD, box
from tests.submissions.recordings import film as shot

# Of five parts. Where it was shot stands at its front, and room that nothing fills behind.
FILM = shot() + box(b"free", bytes(22_000_000))

PIECE = "SELECT file_state, title, size, sha256 FROM submissions_evidenceitem WHERE kind = 'video'"
LINK = """
import json
from apps.submissions import links
from apps.submissions.models import EvidenceItem
piece = EvidenceItem.objects.select_related("attempt__submission__learner").get(kind="video")
learner = piece.attempt.submission.learner
print(json.dumps([links.to_file(piece, reader=learner, sort=sort) for sort in (links.Sort.ORIGINAL, links.Sort.COPY)]))
"""
COPY = "SELECT state, size FROM submissions_reviewcopy"


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(FILM)
    return path


@pytest.fixture
def opened(browser, stack, bucket_server):
    """The page where a video is added: (page, what it PUT where, complaints)."""
    stack.environment |= bucket_server.environment
    submission, key = stack.python(SEED)
    stack.start_web()
    context = browser.new_context(base_url=stack.url)
    context.add_cookies([{"name": "sessionid", "value": key, "url": stack.url}])
    page = context.new_page()
    sent, complaints = [], []
    page.on("request", lambda one: sent.append(one.url) if one.method == "PUT" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/submissions/{submission}/evidence/?kind=video")
    yield page, sent, complaints
    context.close()
    bucket_server.empty()


def asked(stack, link, **headers):
    """The evidence host, which this machine knows by no name of its own."""
    parts = urlsplit(link)
    asking = urllib.request.Request(f"{stack.url}{parts.path}?{parts.query}", headers={"Host": parts.netloc} | headers)
    with urllib.request.urlopen(asking, timeout=10) as answer:
        return answer.status, answer.read()


def kinds(requests, bucket):
    """Which parts went where: past us, or through us."""
    past = re.compile(rf"{re.escape(bucket.origin)}/.*[?&]partNumber=(\d+)&")
    return {
        "past us": [found[1] for one in requests if (found := past.match(one))],
        "through us": [one for one in requests if re.search(r"/parts/\d+$", one)],
    }


def test_a_film_sent_past_us_goes_on_after_a_break_and_a_new_start_and_is_opened_in_ranges(
    opened, stack, bucket_server, film
):
    page, sent, complaints = opened
    elsewhere = page.request.get("/help/").headers["content-security-policy"]
    here = page.request.get(page.url).headers["content-security-policy"]
    line = slow(page)
    page.locator("input[type=file]").set_input_files(film)
    wait_until(lambda: stack.one("SELECT count(*) FROM submissions_uploadpart") >= 2, "two parts")

    line.send("Network.emulateNetworkConditions", SLOW | {"offline": True})
    expect(page.locator("[data-said]")).to_have_text(re.compile(r"^The connection is gone."))
    line.send("Network.emulateNetworkConditions", SLOW)
    page.reload()
    expect(page.locator("[data-said]")).to_have_text(re.compile(r"clip\.mp4"))
    there = {str(number) for (number,) in stack.rows("SELECT number FROM submissions_uploadpart")}
    sent.clear()
    page.locator("input[type=file]").set_input_files(film)
    page.get_by_label("Title").fill("The cut")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("Added: The cut. It is being checked; you can leave this page.")).to_be_visible(
        timeout=30_000
    )

    stack.start_worker()
    stack.start_beat()
    wait_until(lambda: stack.one(PIECE)[0] != "checking", "the check")
    assert stack.one(PIECE) == ("ready", "The cut", len(FILM), hashlib.sha256(FILM).hexdigest())
    assert kinds(sent, bucket_server) == {"past us": sorted({"1", "2", "3", "4", "5"} - there), "through us": []}
    original, copy = stack.python(LINK)
    assert asked(stack, original) == (200, FILM)
    assert asked(stack, original, Range="bytes=20000000-20000999") == (206, FILM[20_000_000:20_001_000])
    # The copy is laid over it while it is sent: the same but for what its device wrote, of which little is kept.
    wait_until(lambda: stack.one(COPY)[0] != "waiting", "the copy")
    assert stack.one(COPY) == ("made", len(FILM))
    _status, looked_at = asked(stack, copy)
    assert (len(looked_at), TOLD in FILM, TOLD in looked_at) == (len(FILM), True, False)
    assert asked(stack, copy, Range="bytes=0-99999") == (206, looked_at[:100_000])
    assert (bucket_server.names("uploads/"), bucket_server.under_way("uploads/")) == ([], [])
    assert (bucket_server.origin in here, bucket_server.origin in elsewhere, complaints) == (True, False, [])


def test_a_bucket_that_takes_nothing_from_browsers_gets_the_parts_through_us(opened, bucket_server, film):
    page, sent, _complaints = opened
    bucket_server.client.delete_bucket_cors(Bucket=NAME)

    try:
        page.locator("input[type=file]").set_input_files(film)
        page.get_by_role("button", name="Add it").click()
        expect(page.get_by_text("Added: clip.mp4. It is being checked")).to_be_visible(timeout=30_000)
    finally:
        bucket_server.let_browsers_send()

    went = kinds(sent, bucket_server)
    assert (went["past us"], [one.rpartition("/")[2] for one in went["through us"]]) == (
        ["1"],
        ["1", "2", "3", "4", "5"],
    )
