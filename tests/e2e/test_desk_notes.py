"""Notes and the comment bank at the desk: by keyboard, without leaving the page, and without scripts."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.stack, pytest.mark.browser]
# The filled button, which says the outcome once there is one; not the one that goes on to the next.
DECIDE = re.compile("^Decide(?!,)")

SEED = """
import json
from django.conf import settings
from django.test import Client
from apps.reviews import verbs
from tests.factories import taken_attempt

attempt, assessor = taken_attempt()
achievement = attempt.submission.achievement
for code, text in (("c1", "Set both sides evenly."), ("c2", "Keep your thumb off the blade."), ("c1", "Kia kaha: hone it.")):
    verbs.keep_comment(achievement.issuer, by=assessor, text=text, achievement=achievement, criterion_code=code)
client = Client()
client.force_login(assessor)
piece = attempt.evidence.get().public_id
print(json.dumps([f"/reviews/{attempt.public_id}/", piece, client.cookies[settings.SESSION_COOKIE_NAME].value]))
"""
WRITES = """
import json
from apps.submissions import verbs
from apps.submissions.models import EvidenceItem

submission = EvidenceItem.objects.get(public_id="{piece}").attempt.submission
print(json.dumps(verbs.write_message(submission, by=submission.learner, text="Is the film too dark?").public_id))
"""
USES = "SELECT text, uses FROM reviews_bankcomment ORDER BY id"
NOTES = "SELECT text, seconds, page, quote, for_learner FROM reviews_annotation ORDER BY id"
MARKS = "SELECT comment FROM reviews_mark WHERE comment <> '' ORDER BY id"


@pytest.fixture
def desk(browser, stack):
    """(a window signed in as the assessor, which may be one without scripts; the desk's address; the piece)."""
    path, piece, key = stack.python(SEED)
    stack.start_web()
    windows = []

    def window(**options):
        context = browser.new_context(base_url=stack.url, **{"viewport": {"width": 1280, "height": 900}, **options})
        context.add_cookies([{"name": "sessionid", "value": key, "url": stack.url}])
        context.set_default_timeout(8000)
        windows.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.goto(path)
        return page

    yield window, piece
    for context in windows:
        context.close()


def test_a_comment_is_found_put_in_and_said_otherwise_by_keyboard_alone(desk, stack):
    window, _piece = desk
    page = window()
    edge = page.locator("#c1")
    edge.get_by_text("Add a comment").click()
    field = edge.get_by_label("Comment: Edge")
    field.press("/")
    options = edge.get_by_role("listbox", name="Comments").get_by_role("option")
    expect(options).to_have_count(3)
    expect(options.last).to_contain_text("Keep your thumb off the blade.")

    page.keyboard.type("HONE")
    expect(options).to_have_count(1)
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    field.press("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Set both sides evenly.")
    expect(field).to_be_focused()
    field.press("/")
    expect(field).to_have_value("Set both sides evenly./")
    expect(page.get_by_text("Saved", exact=False).first).to_be_visible()

    edge.get_by_role("button", name="From the comment bank").click()
    edge.get_by_role("button", name="Edit this one").click()
    page.get_by_label("Change the wording, for everyone").fill("Set both sides evenly, then strop.")
    edge.get_by_role("button", name="Save").click()
    expect(options.first).to_contain_text("Set both sides evenly, then strop.")
    edge.get_by_role("button", name="Close").click()
    edge.get_by_role("button", name="Keep this comment in the bank").click()
    expect(edge.get_by_text("Kept in the bank.")).to_be_visible()
    assert stack.rows(USES) == [
        ("Set both sides evenly, then strop.", 1),
        ("Keep your thumb off the blade.", 0),
        ("Kia kaha: hone it.", 0),
        ("Set both sides evenly./", 0),
    ]


def test_what_is_in_the_way_is_said_at_the_foot_of_the_window(desk, stack):
    window, _piece = desk
    page, other = window(), window()
    bar, unsaved = page.locator(".action-bar [role=status]"), page.locator("[data-unsaved]")

    for name in ("fieldset.mark-crit", "fieldset.yes-no"):
        for stop in page.locator(name).all():
            # The highest level; yes, before no.
            levels = stop.locator(".lvl input[type=radio]")
            (levels.last if name == "fieldset.mark-crit" else stop.locator("input[type=radio]").first).check()
    page.get_by_label("Your message").fill("Was it the left blade?")
    page.get_by_role("button", name=DECIDE).click()
    expect(bar).to_have_text("Send your message first, or empty it.")
    expect(page.get_by_label("Your message")).to_be_focused()
    expect(page.locator("[data-saved]")).to_have_attribute("data-state", "saved")
    expect(unsaved).to_be_hidden()

    other.locator("#c2 input[type=radio]").first.check()
    expect(other.locator("[data-unsaved]")).to_contain_text("You have since marked this in another window.")
    expect(other.locator("[data-unsaved]")).to_be_in_viewport()
    expect(other.locator("[data-saved]")).to_have_text("Not saved.")
    other.get_by_role("button", name=DECIDE).click()
    replace = other.get_by_role("button", name="Replace it with what is here")
    expect(replace).to_be_in_viewport()
    expect(replace).to_be_focused()
    with other.expect_popup() as anew:
        other.get_by_role("link", name="Open it again in another window").click()
    expect(anew.value.locator("#c2 .lvl input[type=radio]").last).to_be_checked()
    replace.click()
    expect(other.locator("#lost")).to_be_hidden()
    expect(other.locator("#c2 input[type=radio]").first).to_be_checked()


def test_notes_are_written_answered_and_cited_without_leaving_the_desk(desk, stack):
    window, piece = desk
    page = window()
    notes, log = page.locator(f"#notes-{piece}"), page.locator(f"#piece-{piece}")
    fold = page.locator(f"#note-new-{piece}")
    page.locator("#c2").get_by_text("On your own").click()

    fold.locator("summary").click()
    fold.get_by_role("button", name="Keep the note").click()
    expect(fold.get_by_role("alert")).to_contain_text("Write something first")
    fold.get_by_label("Where in it").fill("3:12")
    fold.get_by_label("Note", exact=True).fill("The sound is gone here.")
    fold.get_by_role("button", name="Keep the note").click()
    note = notes.locator(".noted")
    expect(note).to_be_focused()
    expect(note).to_contain_text("Internal: assessors only")

    note.get_by_text("Answer", exact=True).first.click()
    note.get_by_label("Your answer").fill("It comes back.")
    note.get_by_label("Your answer").press("Control+Enter")
    expect(note).to_contain_text("It comes back.")
    note.get_by_role("button", name="Resolve").click()
    expect(note).to_contain_text("Resolved by")

    edge = page.locator("#c1")
    edge.get_by_text("Cite evidence").click()
    edge.get_by_label("Piece").select_option(index=1)
    edge.get_by_label("Where in it").fill("“ten knives”")
    edge.get_by_label("Where in it").press("Enter")
    expect(page.locator("#cites-c1 .noted")).to_contain_text("1. Log · “ten knives”")
    expect(log.locator(".to-learner.noted")).to_contain_text("For the learner, with the decision")
    assert stack.rows(NOTES) == [
        ("The sound is gone here.", 192, None, "", False),
        ("It comes back.", None, None, "", False),
        ("", None, None, "ten knives", True),
    ]
    expect(page.locator("#c2").get_by_role("radio", name="On your own")).to_be_checked()


def test_what_is_cited_elsewhere_opens_the_form_with_its_place(desk):
    window, piece = desk
    page = window()
    detail = {"piece": piece, "seconds": 3725.4, "quote": "no burr", "criterion": "c2"}

    taken = page.evaluate(
        "detail => !document.dispatchEvent(new CustomEvent('desk:cite', { detail, cancelable: true }))", detail
    )

    fold = page.locator(f"#note-new-{piece}")
    assert taken
    expect(fold.get_by_label("Where in it")).to_have_value("1:02:05 · “no burr”")
    expect(fold.get_by_label("Criterion")).to_have_value("c2")
    expect(fold.get_by_label("Note", exact=True)).to_be_focused()


def test_on_a_phone_without_scripts_the_same_is_done_by_plain_forms_and_nothing_typed_is_lost(desk, stack):
    window, piece = desk
    page = window(java_script_enabled=False, viewport={"width": 390, "height": 844})

    page.locator("#c1").get_by_text("Add a comment").click()
    page.get_by_label("Comment: Edge").fill("Nearly.")
    page.locator("#c1").get_by_role("button", name="From the comment bank").click()
    page.get_by_role("button", name=re.compile("Put it in.*Set both sides evenly")).click()
    expect(page.get_by_label("Comment: Edge")).to_have_value("Nearly.\n\nSet both sides evenly.")
    page.locator("#c2").get_by_text("Cite evidence").click()
    page.locator("#c2").get_by_label("Piece").select_option(index=1)
    page.get_by_label("Note to the learner").fill("Thank you.")
    page.locator("#c2").get_by_role("button", name="Cite it").click()
    expect(page.get_by_label("Note to the learner")).to_have_value("Thank you.")
    page.locator(f"#note-new-{piece} summary").click()
    fold = page.locator(f"#note-new-{piece}")
    fold.get_by_label("Note", exact=True).fill("Even here.")
    fold.get_by_text("For the learner, with the decision").click()
    fold.get_by_role("button", name="Keep the note").click()

    expect(page.get_by_text("Even here.").first).to_be_visible()
    assert [(text, told) for text, *_place, told in stack.rows(NOTES)] == [("", True), ("Even here.", True)]
    assert stack.rows(MARKS) == [("Nearly.\n\nSet both sides evenly.",)]


def test_a_message_is_read_once_it_is_in_view_and_without_scripts_by_a_button(desk, stack):
    window, piece = desk
    seen = (
        "SELECT count(*) FROM submissions_threadseen s"
        " JOIN submissions_message m ON m.written_at = s.seen_at AND m.author_id <> s.person_id"
    )
    stack.python(WRITES.format(piece=piece))
    plain = window(java_script_enabled=False)
    opened = stack.rows(seen)
    plain.get_by_role("button", name="Mark all read").click()
    expect(plain.locator("#thread").get_by_text("New", exact=True)).to_have_count(0)
    by_button = stack.rows(seen)

    stack.python(WRITES.format(piece=piece))
    page = window()
    expect(page.locator("#thread").get_by_text("New", exact=True)).to_have_count(1)
    before = stack.rows(
        seen.replace("count(*)", "count(*) FILTER (WHERE m.id = (SELECT max(id) FROM submissions_message))")
    )
    with page.expect_response("**/read-thread/") as answer:
        page.get_by_label("Your message").scroll_into_view_if_needed()
    page.reload()

    expect(page.locator("#thread").get_by_text("New", exact=True)).to_have_count(0)
    assert (opened, by_button, before, answer.value.status) == ([(0,)], [(1,)], [(0,)], 204)
