"""The badge composer with scripts and by keyboard: the preview follows, the words follow, and nothing is lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.stack, pytest.mark.browser]

SEED = """
import json
from tests.factories import drafted_version, owner_of
draft = drafted_version(name="Shear a full-wool ewe")
print(json.dumps([owner_of(draft.achievement.issuer).email, f"/designs/{draft.achievement.public_id}/graphic/"]))
"""
SAVED = """
import json
from apps.issuers.models import AchievementVersion
version = AchievementVersion.objects.latest("pk")
print(json.dumps([version.picture_words, version.picture_alt]))
"""


@pytest.fixture
def page(browser, shared):
    """The composer, open before its designer; a phone's width."""
    email, path = shared.python(SEED)
    context = browser.new_context(base_url=shared.url, viewport={"width": 390, "height": 780})
    context.set_default_timeout(8000)
    page = context.new_page()
    page.problems = []
    page.on("console", lambda said: page.problems.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(f"/accounts/login/?next={path}")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Graphic")).to_be_visible()
    page.wait_for_load_state()
    yield page
    context.close()


def test_the_preview_follows_what_is_chosen_and_typed_by_keyboard_alone(page, shared):
    seen = page.locator("#seen .large")
    page.locator("[name=cloth]:checked").focus()
    while page.locator("[name=cloth]:checked").get_attribute("value") != "harbour":
        page.keyboard.press("ArrowRight")
    page.get_by_label("Ribbon").fill("kōrero")
    page.get_by_label("Level studs").select_option("2")
    expect(seen).to_have_attribute("src", re.compile(r"cloth=harbour.*ribbon=k%C5%8Drero&studs=2"))
    page.get_by_text("more").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Find a picture").fill("korero")
    page.keyboard.press("Enter")
    expect(page.locator("[data-found-by]:visible")).to_have_count(2)
    page.get_by_label("A speech bubble").focus()
    page.keyboard.press("Space")

    shape = page.locator("[name=shape]:checked").get_attribute("value").replace("scallop", "scalloped disc")
    told = f"A harbour-blue {shape} with a speech bubble, ribbon “KŌRERO”, 2 studs."
    expect(page.get_by_label("What the picture shows")).to_have_value(told)
    expect(seen).to_have_attribute("alt", told)
    page.get_by_role("button", name="Save", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()

    words, alt = shared.python(SAVED)
    assert (words["cloth"], words["icon"], words["ribbon"], words["studs"], alt) == (
        "harbour",
        "speech",
        "kōrero",
        2,
        told,
    )
    assert page.problems == []


def test_another_one_comes_without_leaving_the_place_and_own_words_stay(page):
    page.get_by_label("What the picture shows").fill("Two shears, crossed.")
    page.get_by_label("Ribbon").scroll_into_view_if_needed()
    page.get_by_role("button", name="Another one").focus()
    at, before = page.evaluate("scrollY"), page.locator("#seen .large").get_attribute("src")

    page.keyboard.press("Enter")

    expect(page.locator("#another")).to_have_attribute("value", "2")
    expect(page.locator("#another")).to_be_focused()
    assert page.locator("#seen .large").get_attribute("src") != before
    assert page.evaluate("scrollY") == at
    expect(page.get_by_label("What the picture shows")).to_have_value("Two shears, crossed.")


def test_the_preview_stays_in_sight_on_a_phone(page):
    page.get_by_label("What the picture shows").scroll_into_view_if_needed()

    expect(page.locator("#seen .large")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
