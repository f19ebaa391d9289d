"""A visitor finds a badge: by ticking and typing where scripts run, by a form where they don't, folded on a phone."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.stack, pytest.mark.browser]

OFFER = """
import json
from tests.factories import issuer_with_owner, published_version
school, street = issuer_with_owner("Kōwhai Ridge")[0], issuer_with_owner("Lantern Street")[0]
published_version(school, name="Sharpen a chisel", kind="Competency", tags=["Blades"])
newest = published_version(school, name="Shear a ewe", tags=["Te reo Māori"])
published_version(street, name="Host a kōrero", tags=["te reo maori"])
print(json.dumps(newest.achievement.get_absolute_url()))
"""
WATCH = (
    "addEventListener('securitypolicyviolation', event => console.error('CSP', event.violatedDirective,"
    " event.blockedURI, event.sourceFile))"
)


@pytest.fixture(scope="module")
def offered(shared):
    """The address of an achievement. One house for all of them: visitors change nothing."""
    return shared.python(OFFER)


@pytest.fixture
def visit(browser, shared, offered):
    """(a page opener, address of an achievement, what browsers complained of)"""
    complaints, contexts = [], []

    def opened(*, width=1280, **options):
        context = browser.new_context(
            base_url=shared.url, viewport={"width": width, "height": 900}, locale="en", **options
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda one: one.type in {"error", "warning"} and complaints.append(one.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if options.get("java_script_enabled", True):
            page.add_init_script(WATCH)
        return page

    yield opened, offered, complaints
    for context in contexts:
        context.close()


def cards(page):
    return page.locator(".pocket-card h3")


def test_ticking_and_typing_narrow_at_once_and_the_address_says_what_was_asked(visit):
    opened, address, complaints = visit
    page = opened()
    page.goto("/catalogue/")
    expect(cards(page)).to_have_count(3)

    page.get_by_role("checkbox", name=re.compile("^Kōwhai Ridge")).check()
    expect(cards(page)).to_have_text(["Shear a ewe", "Sharpen a chisel"])
    expect(page.get_by_role("status")).to_have_text("2 badges.")
    expect(page).to_have_url(re.compile(r"\?q=&issuer="))
    expect(page.get_by_role("checkbox", name=re.compile("^Kōwhai Ridge"))).to_be_focused()
    expect(page.get_by_role("checkbox", name=re.compile("^Assessed"))).to_have_accessible_name("Assessed 1")

    words = page.get_by_label("Words")
    words.press_sequentially("chisle")
    expect(cards(page)).to_have_text(["Sharpen a chisel"])
    expect(page.get_by_role("status")).to_contain_text("Nothing contains “chisle”. Close to it: chisel")
    expect(words).to_be_focused()
    expect(words).to_have_value("chisle")
    expect(page).to_have_url(re.compile(r"\?q=chisle&issuer="))

    page.reload()
    expect(cards(page)).to_have_text(["Sharpen a chisel"])
    page.get_by_role("link", name=re.compile("Issuer: Kōwhai Ridge")).click()
    expect(page).to_have_url(re.compile(r"\?q=chisle$"))

    page.goto(address)
    structured = page.evaluate("document.querySelector('script[type=\"application/ld+json\"]').textContent")
    assert '"EducationalOccupationalCredential"' in structured
    assert complaints == []


def test_going_back_shows_what_was_there_before(visit):
    opened, _address, complaints = visit
    page = opened()
    page.goto("/catalogue/")

    page.get_by_role("checkbox", name=re.compile("^Assessed")).check()
    expect(cards(page)).to_have_count(1)
    page.go_back()

    expect(page).to_have_url(re.compile(r"/catalogue/$"))
    expect(cards(page)).to_have_count(3)
    assert complaints == []


def test_without_scripts_the_form_does_the_same(visit):
    opened, _address, _complaints = visit
    page = opened(java_script_enabled=False)
    page.goto("/catalogue/")

    page.get_by_role("checkbox", name=re.compile("^Te reo Māori")).check()
    page.get_by_role("button", name="Show badges").click()

    expect(cards(page)).to_have_text(["Host a kōrero", "Shear a ewe"])
    expect(page.get_by_role("checkbox", name=re.compile("^Te reo Māori"))).to_be_checked()
    page.get_by_label("Words").fill("host")
    page.get_by_label("Words").press("Enter")
    expect(cards(page)).to_have_text(["Host a kōrero"])
    expect(page.get_by_role("checkbox", name=re.compile("^Te reo Māori"))).to_be_checked()


def test_on_a_phone_the_filters_are_folded_above_and_stay_open_while_one_chooses(visit):
    opened, _address, complaints = visit
    page = opened(width=390)
    page.goto("/catalogue/")
    tick = page.get_by_role("checkbox", name=re.compile("^Assessed"))
    expect(tick).to_be_hidden()

    page.get_by_text("Narrow it down").click()
    expect(tick).to_be_visible()
    tick.check()

    expect(cards(page)).to_have_text(["Sharpen a chisel"])
    expect(tick).to_be_visible()
    expect(tick).to_be_focused()
    above = page.evaluate(
        "document.querySelector('.narrow').getBoundingClientRect().top <"
        " document.querySelector('#found').getBoundingClientRect().top"
    )
    assert above
    assert complaints == []
