"""Two people in a woolshed: from an empty installation to a published micro-credential, on a phone, in few clicks."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories.people import PASSWORD
from tests.stack import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.browser]

MOST_CLICKS = 12
SEED = """
import json
from tests.factories import person
print(json.dumps(person("Hana", email="hana@ridge.example", is_operator=True).email))
"""


class Thumb:
    """Presses what is on the page, and counts."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def press(self, role, name):
        self.clicks += 1
        self.page.get_by_role(role, name=name).first.click()
        self.page.wait_for_load_state()


def test_from_an_empty_installation_to_a_published_badge_in_twelve_clicks(browser, stack):
    email = stack.python(SEED)
    stack.start_all()
    wait_until(lambda: stack.rows("SELECT FROM core_pulse WHERE name = 'sweep'"), "the first sweep")
    context = browser.new_context(base_url=stack.url, viewport={"width": 390, "height": 780}, locale="en")
    context.set_default_timeout(15_000)
    page = context.new_page()
    thumb = Thumb(page)

    page.goto("/")
    thumb.press("link", "Sign in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    thumb.press("button", re.compile("^Sign in$"))
    thumb.press("link", re.compile("Set one up"))
    page.get_by_label("Name", exact=False).first.fill("The Ridge")
    thumb.press("button", "Set it up")
    thumb.press("link", re.compile("New badge"))
    page.get_by_label("Name", exact=False).first.fill("Shear a full-wool ewe")
    thumb.press("button", "Begin")
    page.get_by_label("What the earner can do").fill("shear full-wool ewes alone for a whole run")
    for heading in ("Focus", "Outcomes and criteria", "Graphic", "Facts"):
        expect(page.get_by_role("heading", name=heading, exact=True, level=1)).to_be_visible()
        thumb.press("button", "Save and go on")
    expect(page.get_by_role("heading", name="Ready", level=1)).to_be_visible()
    thumb.press("button", re.compile("^Publish"))

    expect(page.get_by_role("heading", name="Shear a full-wool ewe", level=1)).to_be_visible()
    expect(page.get_by_text("Show that you can shear full-wool ewes alone for a whole run.")).to_be_visible()
    assert thumb.clicks <= MOST_CLICKS, thumb.clicks
    picture = page.get_by_role("img").first
    assert stack.get(picture.get_attribute("src"))[0] == 200
    assert stack.one("SELECT state, kind FROM issuers_achievementversion") == ("published", "MicroCredential")
    context.close()
