"""The tools of the desk: a border that moves, a closer look, notes at a place, a second window, a drawer on a phone."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.stack, pytest.mark.browser]

SEED = """
import json
from dataclasses import replace
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from apps.core import outbox
from apps.demo.evidence.canvas import drawing
from apps.demo.evidence.film import A_SECOND, as_film
from apps.reviews import verbs as reviews
from apps.submissions import verbs
from tests.factories import assessor_of, nobody_in, open_attempt
from tests.submissions import hostile

CUES = "WEBVTT\\n\\n00:01.000 --> 00:02.500\\nThe edge.\\n\\n00:00:03,000 --> 00:00:04,000\\nThe burr,\\nand off with it."
attempt = open_attempt()
learner = attempt.submission.learner
edge, safety, _care = attempt.submission.version.criteria.all()
pieces = {}
for name, kind, content, about, criteria in (
    ("bench.png", "image", hostile.picture(size=(400, 200)), nobody_in("The bench"), [edge]),
    ("told.wav", "audio", hostile.sound(9), replace(nobody_in("Told"), transcript="0:02 The edge.\\n0:07 The burr."), [safety]),
    ("cut.webm", "video", as_film((drawing(80, 60, ground="#f00"),) * (4 * A_SECOND)), replace(nobody_in("The cut"), transcript=CUES), [safety]),
    ("record.pdf", "document", hostile.pdf(), nobody_in("The record"), [edge]),
):
    upload = SimpleUploadedFile(name, content)
    piece = verbs.add_evidence(attempt, by=learner, kind=kind, upload=upload, about=about, criteria=criteria)
    pieces[name.partition(".")[0]] = piece.public_id
pieces["log"] = attempt.evidence.get(title="Log").public_id
verbs.submit(attempt, by=learner)
outbox.drain()
assessor = assessor_of(attempt.submission.achievement)
reviews.take(attempt, by=assessor)
client = Client()
client.force_login(assessor)
print(json.dumps([f"/reviews/{attempt.public_id}/", pieces, client.cookies[settings.SESSION_COOKIE_NAME].value]))
"""
BOX = "one => { const {width, height} = one.getBoundingClientRect(); return [width, height] }"
MARK = """one => { const all = document.createRange(); all.selectNodeContents(one); const now = getSelection();
  now.removeAllRanges(); now.addRange(all) }"""
CAPTIONS = """one => [...one.textTracks].map(track =>
  [track.kind, track.label, track.mode, [...track.cues].map(cue => [cue.startTime, cue.endTime, cue.text])])"""
AT_THE_TAP = """one => addEventListener("click", () => { window.tappedAt = one.getBoundingClientRect().y },
  { capture: true, once: true })"""


@pytest.fixture
def desk(browser, shared):
    """(a window signed in as the assessor, which may be one without scripts; the desk's address; pieces by name)."""
    path, pieces, key = shared.python(SEED)
    windows = []

    def window(**options):
        context = browser.new_context(base_url=shared.url, **{"viewport": {"width": 1280, "height": 900}, **options})
        context.add_cookies([{"name": "sessionid", "value": key, "url": shared.url}])
        context.set_default_timeout(8000)
        windows.append(context)
        return context.new_page()

    yield window, path, pieces
    for context in windows:
        context.close()


def piece_of(page, pieces, name):
    return page.locator(f"#piece-{pieces[name]}")


def note_on(page, pieces, name):
    """The place and the criterion of the note that is begun on a piece."""
    note = piece_of(page, pieces, name).locator(".note-new")
    expect(note.get_by_label("Note", exact=True)).to_be_visible()
    return note.get_by_label("Where in it").input_value(), note.get_by_label("Criterion").input_value()


def test_the_border_between_evidence_and_rubric_moves_and_stays_where_it_was_put(desk):
    window, path, _pieces = desk
    page = window()
    page.goto(path)
    border = page.get_by_role("separator", name="Width of the evidence")
    share = page.locator(".paper-side")

    def put():
        return int(border.get_attribute("aria-valuenow")), round(share.bounding_box()["x"] / 12.8)

    assert put() == (58, 58)
    border.focus()
    for key, wanted in (("ArrowLeft", 56), ("ArrowRight", 58), ("End", 75), ("Home", 25), ("Enter", 58)):
        page.keyboard.press(key)
        # The rubric keeps a width that it can be read at.
        assert put() == (wanted, min(wanted, 70))
    box = border.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(640, box["y"] + 60, steps=4)
    page.mouse.up()
    assert put() == (50, 50)

    page.reload()
    assert put() == (50, 50)
    border.dblclick()
    assert put() == (58, 58)


def test_pieces_are_looked_at_closely_and_a_note_is_begun_at_the_place(desk):
    window, path, pieces = desk
    page = window()
    page.goto(path)
    edge, safety = page.locator("#c1"), page.locator("#c2")

    # A picture: larger, and turned on its side, inside the desk.
    bench = piece_of(page, pieces, "bench")
    bench.scroll_into_view_if_needed()
    image = bench.get_by_role("img")
    width, height = image.evaluate(BOX)
    bench.get_by_role("button", name="Larger").click()
    assert image.evaluate(BOX) == pytest.approx([width * 1.25, height * 1.25], abs=1)
    bench.get_by_role("region", name="The bench, as").hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    expect(bench.locator("[data-scale]")).to_have_text("156 %")
    page.keyboard.press("0")
    page.keyboard.press("Shift+R")
    wide, high = image.evaluate(BOX)
    assert high == pytest.approx(2 * wide, abs=1)
    expect(bench.locator("[data-scale]")).to_have_text("100 %")
    for _quarter in range(3):
        page.keyboard.press("Shift+R")
    assert image.evaluate(BOX) == pytest.approx([width, height], abs=1)

    # A recording: its speed is kept, a time in its transcript leads there, the moment is cited where one stands.
    told = piece_of(page, pieces, "told")
    told.get_by_label("Speed").select_option("1.5")
    page.reload()
    expect(told.get_by_label("Speed")).to_have_value("1.5")
    assert told.locator("audio").evaluate("one => one.playbackRate") == 1.5
    told.get_by_role("link", name="0:07").click()
    page.wait_for_function("document.querySelector('audio').currentTime >= 7")
    told.locator("audio").evaluate("one => { one.pause(); one.currentTime = 7.4 }")
    edge.get_by_role("radio").first.focus()
    told.get_by_role("button", name="Note at 0:07").click()
    assert note_on(page, pieces, "told") == ("0:07", "c1")

    # A film: its captions are shown, each when it is said.
    assert piece_of(page, pieces, "cut").locator("video").evaluate(CAPTIONS) == [
        ["captions", "Captions", "showing", [[1, 2.5, "The edge."], [3, 4, "The burr,\nand off with it."]]]
    ]

    # Words that are marked, and the page of a paper: a note takes them, for the criterion at hand.
    safety.get_by_role("radio").first.focus()
    log = piece_of(page, pieces, "log")
    log.locator(".viewer p").evaluate(MARK)
    log.get_by_role("button", name="I sharpened ten knives.").click()
    assert note_on(page, pieces, "log") == ("“I sharpened ten knives.”", "c2")
    record = piece_of(page, pieces, "record")
    record.scroll_into_view_if_needed()
    paper = record.locator("iframe").content_frame
    paper.get_by_label("Page", exact=True).fill("2")
    paper.get_by_label("Page", exact=True).press("Enter")
    record.get_by_role("button", name="Note on page 2").click()
    assert note_on(page, pieces, "record") == ("page 2", "c2")


def test_a_note_begun_in_a_second_window_is_at_the_desk(desk):
    window, path, pieces = desk
    page = window()
    page.goto(path)
    page.locator("#c2").get_by_role("radio").first.focus()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Evidence in a window of its own").click()
    second = opened.value
    second.wait_for_load_state()

    assert second.url.endswith(f"{path}evidence/")
    assert (second.locator(".piece[data-piece]").count(), second.locator("#marks, .paper-side").count()) == (5, 0)
    told = piece_of(second, pieces, "told")
    told.get_by_role("button", name="Note at 0:00").click()
    expect(told.get_by_role("status")).to_have_text("The place was added to a new note at the desk.")
    assert note_on(page, pieces, "told") == ("0:00", "c2")

    page.close(run_before_unload=False)
    told.get_by_role("button", name="Note at 0:00").click()
    expect(told.get_by_role("status")).to_contain_text("The desk is open in no other window")


def test_on_a_phone_a_piece_comes_to_the_rubric_and_without_scripts_all_lies_below_each_other(desk):
    window, path, pieces = desk
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    page = window(**phone)
    page.goto(path)
    page.get_by_role("link", name="Rubric").click()
    safety = page.locator("#c2")
    safety.get_by_role("link", name="Told").scroll_into_view_if_needed()
    # Measured at the tap itself, which may scroll first to bring the link out from under the bar.
    safety.evaluate(AT_THE_TAP)

    safety.get_by_role("link", name="Told").click()
    told = piece_of(page, pieces, "told")
    expect(told).to_be_in_viewport()
    expect(told).to_be_focused()
    before = page.evaluate("tappedAt")
    box = page.locator(".evidence-side").bounding_box()
    assert round(safety.bounding_box()["y"] - before) == round(box["height"])
    page.locator(".ev-tabs").get_by_role("link", name="Log").click()
    expect(piece_of(page, pieces, "log")).to_be_in_viewport()
    page.keyboard.press("Escape")
    assert round(safety.bounding_box()["y"]) == round(before)
    expect(safety.get_by_role("link", name="Told")).to_be_focused()

    plain = window(java_script_enabled=False, **phone)
    plain.goto(path)
    tops = [one.bounding_box()["y"] for one in plain.locator(".piece[data-piece]").all()]
    assert (len(tops), tops) == (5, sorted(tops))
    assert plain.locator(".paper-side").bounding_box()["y"] > tops[-1]
    tools = plain.locator("[data-tools], [data-splitter], [data-drawer], [data-dialog], dialog").all()
    assert [one.evaluate("one => one.outerHTML") for one in tools if one.is_visible()] == []
    plain.goto(f"{path}evidence/")
    assert plain.locator(".piece[data-piece]").count() == 5


def test_marks_of_who_was_signed_out_are_saved_once_they_sign_in_in_another_tab(desk, shared):
    window, path, _pieces = desk
    page = window()
    page.goto(path)
    session, token = page.context.cookies()[0], page.locator("#marks [name=csrfmiddlewaretoken]").input_value()
    line = page.locator("[data-saved]")

    page.context.clear_cookies()
    page.get_by_label("Note to the learner").fill("Written while signed out.")
    expect(line).to_contain_text("You were signed out.")
    page.context.add_cookies([session])  # as after signing in: a session, and another token

    expect(line).to_contain_text(re.compile(r"Saved \d"), timeout=15_000)
    assert page.locator("#marks [name=csrfmiddlewaretoken]").input_value() != token
    assert page.locator("[data-lost]").is_hidden()
