"""An earner builds a page of badges from several sources, shows it three ways, and takes one back."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.dragging import drag_to_top

pytestmark = [pytest.mark.stack, pytest.mark.browser]

EARNER = """
import json
from datetime import date
from django.conf import settings
from django.test import Client
from apps.backpacks import verbs
from tests.factories import awarded_credential
held = awarded_credential()
owner = held.earner
for name in ("First aid", "Wool classing"):
    verbs.declare(by=owner, name=name, issuer_name="Brightwater", earned_on=date(2025, 3, 2))
client = Client()
client.force_login(owner)
print(json.dumps([client.cookies[settings.SESSION_COOKIE_NAME].value, held.version.name]))
"""


@pytest.fixture
def pages(shared, browser):
    """A page of the earner's and one of a stranger's, and what the browsers complained of."""
    session, name = shared.python(EARNER)
    contexts = [
        browser.new_context(base_url=shared.url, viewport=size) for size in ({"width": 1280, "height": 900}, None)
    ]
    contexts[0].add_cookies([{"name": "sessionid", "value": session, "url": shared.url}])
    complaints = []
    mine, theirs = (one.new_page() for one in contexts)
    mine.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield mine, theirs, name
    for one in contexts:
        one.close()
    assert complaints == []


def has_order(page, *names):
    expect(page.locator("[data-arrange] .t")).to_contain_text(list(names))


def test_a_collection_is_built_arranged_shown_three_ways_and_one_is_taken_back(pages):
    mine, theirs, badge = pages
    mine.goto("/backpack/collections/new/")
    mine.get_by_label("Title").fill("For the woolshed")
    mine.get_by_role("button", name="Make it").click()
    boxes = mine.locator(".pick-list input")
    expect(boxes).to_have_count(3)
    for box in boxes.all():
        box.check()
    mine.get_by_role("button", name="Add what is chosen").click()
    placed = mine.locator("[data-arrange] .t")
    expect(placed).to_have_count(3)
    before = [one.split("\n")[0] for one in placed.all_inner_texts()]
    assert sorted(before) == sorted([badge, "First aid", "Wool classing"])

    # By the grip: the last above the first.
    with mine.expect_response("**/arrange/"):
        grips, rows = mine.locator("[data-arrange] .grip"), mine.locator("[data-arrange] li")
        expect(grips.first).to_be_visible()
        drag_to_top(mine, before[2], grips=grips, rows=rows)
    after = [before[2], before[0], before[1]]
    has_order(mine, *after)
    mine.reload()
    has_order(mine, *after)
    # And by its arrow, down again.
    down = mine.get_by_role("button", name=re.compile(f"^Move {re.escape(after[0])} down"))
    with mine.expect_response("**/arrange/"):
        down.press("Enter")
    has_order(mine, after[1], after[0], after[2])
    # Whoever walks it down stays at its arrow, and hears where it is.
    expect(down).to_be_focused()
    expect(mine.locator("#place")).to_have_text("Now at place 2 of 3")
    mine.reload()
    has_order(mine, after[1], after[0], after[2])

    shown = []
    for whom in ("Farm", "Agency"):
        mine.get_by_role("link", name=re.compile("^(Share by link|Another link)$")).click()
        mine.get_by_label("For whom").fill(whom)
        mine.get_by_role("button", name="Share it").click()
        expect(mine.get_by_text("Shared. Anyone with the link can open it.")).to_be_visible()
    expect(mine.locator(".link-row input[readonly]")).to_have_count(2)
    shown += [one.input_value() for one in mine.locator(".link-row input[readonly]").all()]
    mine.get_by_role("link", name="Show it to anyone").click()
    mine.get_by_role("button", name="Show it").click()
    shown.append(mine.locator("#share a[href*='/b/']").first.get_attribute("href"))
    assert len(set(shown)) == 3
    for address in shown:
        theirs.goto(address)
        expect(theirs.get_by_role("heading", level=1)).to_contain_text("For the woolshed")
        assert theirs.locator(".blocks article").count() == 3
        expect(theirs.get_by_text("Told, not checked")).to_have_count(2)

    mine.locator(".link-row").first.get_by_role("button", name="Take this link back").click()
    expect(mine.get_by_text("Taken back. That link shows nothing now.")).to_be_visible()
    assert [theirs.goto(address).status for address in shown] == [404, 200, 200]

    mine.get_by_role("button", name="Hide it from everybody").click()
    expect(mine.get_by_text("Collection hidden.")).to_be_visible()
    assert [theirs.goto(address).status for address in shown] == [404, 404, 404]
    assert theirs.locator("body").inner_text().count("For the woolshed") == 0
