"""The desk of a lead in a browser: choosing between two, and a lease that is kept or lost."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.stack, pytest.mark.browser]

SEED = """
import json
from django.conf import settings
from django.test import Client
from tests.factories import adjudicating, granting, hearing, moderating

found = []
for attempt, somebody in (adjudicating(), granting(short=True), moderating(short=True), hearing()):
    client = Client()
    client.force_login(somebody)
    found.append([f"/reviews/{attempt.public_id}/", client.cookies[settings.SESSION_COOKIE_NAME].value])
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def desks(shared):
    return shared.python(SEED)


@pytest.fixture
def window(browser, shared, desks):
    """A window of who plays the part of that number, at their desk."""
    contexts = []

    def opened(number, **options):
        path, key = desks[number]
        context = browser.new_context(base_url=shared.url, **{"viewport": {"width": 1280, "height": 900}, **options})
        context.add_cookies([{"name": "sessionid", "value": key, "url": shared.url}])
        context.set_default_timeout(8000)
        contexts.append(context)
        page = context.new_page()
        page.clock.install()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_whose_level_is_chosen_brings_their_words_and_what_was_typed_instead_stays(window):
    page = window(0)
    edge = page.locator("fieldset#c1")
    words = edge.get_by_label("What the learner reads")

    edge.get_by_label("First marker").check()
    expect(words).to_have_value("Set the edge evenly, then show it again.")
    edge.get_by_label("Second marker").check()
    expect(words).to_have_value("Well shown.")
    expect(edge.locator(".own-levels")).to_be_hidden()
    words.fill("In my own words.")
    edge.get_by_label("My own").check()

    expect(words).to_have_value("In my own words.")
    expect(edge.locator(".own-levels")).to_be_visible()
    page.clock.run_for(2000)
    expect(page.locator("[data-saved]")).to_contain_text("Saved")


def test_who_is_at_it_keeps_it_and_who_lost_it_is_told_and_takes_it_again(window, shared):
    page = window(0)
    note = page.get_by_label("Note to the learner", exact=True)
    note.fill("So far.")
    page.clock.run_for(2000)
    # A save that is under way makes the next one wait for a clock that stands still.
    expect(page.locator("[data-saved]")).to_have_attribute("data-state", "saved")
    with page.expect_response("**/keep/") as kept:
        page.clock.run_for(241_000)
    assert kept.value.status == 200

    shared.python(LAPSE)
    note.fill("So far, and more.")
    page.clock.run_for(2000)

    expect(page.locator("[data-lost]")).to_contain_text("Take it again; what you marked is kept.")
    expect(note).to_have_value("So far, and more.")
    page.get_by_role("button", name="Take it again and save").click()
    expect(page.get_by_label("Note to the learner", exact=True)).to_have_value("So far, and more.")
    expect(page.locator("[data-lost]")).to_be_hidden()


LAPSE = """
import json
from datetime import timedelta
from django.db.models import F
from apps.reviews.models import Assignment
shift = timedelta(hours=9)
held = Assignment.objects.filter(state="taken", turn__part="adjudicate")
print(json.dumps(held.update(taken_at=F("taken_at") - shift, until=F("until") - shift)))
"""


@pytest.mark.parametrize("number", range(4))
def test_on_a_phone_and_in_the_dark_every_part_fits(window, number):
    page = window(number, viewport={"width": 390, "height": 800}, color_scheme="dark")

    wide = page.evaluate("document.documentElement.scrollWidth")

    assert wide <= 390
    expect(page.locator(".action-bar .btn-primary")).to_be_visible()
