"""An author builds a tree with the mouse and with keys, and sees at once what it asks for."""

import re

import pytest
from playwright.sync_api import expect

from tests import judges
from tests.e2e.test_pages import look, too_wide

pytestmark = [pytest.mark.stack, pytest.mark.browser]

DRAFT = """
import json
from django.conf import settings
from django.test import Client
from tests.factories import issuer_with_owner
from tests.factories.pathways import pathway_of
issuer, owner = issuer_with_owner()
draft = pathway_of(issuer, ["First", {"any": ["Second", "Third"]}, "Fourth"])
client = Client()
client.force_login(owner)
print(json.dumps([draft.pathway.slug, client.cookies[settings.SESSION_COOKIE_NAME].value]))
"""


@pytest.fixture
def page(shared, browser):
    slug, session = shared.python(DRAFT)
    context = browser.new_context(base_url=shared.url, viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": session, "url": shared.url}])
    complaints = []
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"/pathways/{slug}/edit/")
    yield page
    context.close()
    assert complaints == []


def codes(page):
    return page.locator("#editor .branch").evaluate_all("all => all.map((one) => one.dataset.code).join(' ')")


def grip_of(page, code):
    """Shown by the script that has just wired the branch."""
    grip = page.locator(f"#{code} > .branch-row .grip")
    expect(grip).to_be_visible()
    return grip


def drag(page, code, onto, *, part):
    grip = grip_of(page, code).bounding_box()
    row = page.locator(f"#{onto} > .branch-row").bounding_box()
    with page.expect_response("**/edit/move/"):
        page.mouse.move(grip["x"] + 8, grip["y"] + 8)
        page.mouse.down()
        page.mouse.move(row["x"] + 60, row["y"] + row["height"] * part, steps=8)
        page.mouse.up()


def test_a_tree_is_arranged_by_dragging_and_by_keys(page):
    assert codes(page) == "n2 n3 n4 n5 n6"
    assert look(page, judges.axe()) + too_wide(page) == []

    drag(page, "n6", "n3", part=0.8)  # into the group
    expect(page.locator("#n3 #n6")).to_be_visible()
    assert codes(page) == "n2 n3 n6 n4 n5"
    expect(page.locator(".tree-sentence")).to_contain_text("“First” and (“Fourth”, “Second” or “Third”).")
    drag(page, "n4", "n2", part=0.2)  # above the first
    expect(page.locator("#n4 + #n2")).to_be_visible()
    assert codes(page) == "n4 n2 n3 n6 n5"

    # By keys: the button that was pressed keeps the focus, so that it can be pressed again.
    grip_of(page, "n4")
    page.locator("#n4-down").focus()
    with page.expect_response("**/edit/move/"):
        page.keyboard.press("Enter")
    expect(page.locator("#n2 + #n4")).to_be_visible()
    grip_of(page, "n4")
    expect(page.locator("#n4-down")).to_be_focused()
    with page.expect_response("**/edit/move/"):
        page.keyboard.press("Enter")
    expect(page.locator("#n3 + #n4")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Take Third out")).click()
    expect(page.locator("#n5")).to_have_count(0)
    page.get_by_role("button", name="Put back what was taken out").click()
    expect(page.locator("#n5")).to_be_visible()
    page.reload()
    assert codes(page) == "n2 n3 n6 n5 n4"
