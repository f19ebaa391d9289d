"""A designer builds a badge in the browser, a colleague asks for a change and approves it, and it is published."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.stack, pytest.mark.browser]

SEED = """
import json
from apps.issuers import verbs
from tests.factories import issuer_with_owner, seated
issuer, owner = issuer_with_owner("The Ridge")
verbs.edit_issuer(issuer, by=owner, asks_approval=True)
print(json.dumps([seated("designer", issuer).email, owner.email]))
"""


def signed_in(browser, stack, email):
    context = browser.new_context(base_url=stack.url, viewport={"width": 1280, "height": 900}, locale="en")
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto("/accounts/login/?next=/designs/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Designs", level=1)).to_be_visible()
    return page


def test_built_looked_at_sent_back_mended_approved_and_published(browser, stack):
    designer_email, owner_email = stack.python(SEED)
    stack.start_web()
    designer, owner = signed_in(browser, stack, designer_email), signed_in(browser, stack, owner_email)

    designer.get_by_role("link", name="New badge").first.click()
    designer.get_by_label("Name", exact=False).first.fill("Grind a comb true")
    designer.get_by_role("button", name="Begin").click()
    designer.get_by_label("What the earner can do").fill("grind combs and cutters true")
    for heading in ("Focus", "Outcomes and criteria", "Graphic", "Facts"):
        expect(designer.get_by_role("heading", name=heading, exact=True, level=1)).to_be_visible()
        designer.get_by_role("button", name="Save and go on").click()
    expect(designer.get_by_role("heading", name="Ready", level=1)).to_be_visible()
    expect(designer.get_by_role("button", name=re.compile("^Publish"))).to_have_count(0)
    designer.get_by_role("button", name="Send it in").click()
    expect(designer.get_by_text("People who may publish decide.")).to_be_visible()
    design = designer.url

    owner.goto(design)
    owner.get_by_label("About").select_option("1")
    owner.get_by_label("Comment").fill("Say on how many combs.")
    owner.get_by_role("button", name="Say it").click()
    expect(owner.get_by_text("Say on how many combs.").first).to_be_visible()
    owner.get_by_label("note", exact=False).first.fill("One criterion is vague.")
    owner.get_by_role("button", name="Ask for changes").click()
    expect(owner.get_by_text("One criterion is vague.").first).to_be_visible()

    designer.goto(design)
    designer.get_by_role("link", name="Go on with the draft").click()
    designer.get_by_role("link", name=re.compile("Outcomes and criteria")).click()
    expect(designer.get_by_text("Say on how many combs.").first).to_be_visible()
    designer.locator("[name=c0-description]").fill("Ten combs and thirty cutters, over two weeks.")
    designer.get_by_role("button", name="Save", exact=True).last.click()
    expect(designer.locator("[name=c0-description]")).to_have_value("Ten combs and thirty cutters, over two weeks.")
    designer.goto(f"{design}ready/")
    designer.get_by_role("button", name="Send it in").click()
    expect(designer.get_by_text("People who may publish decide.")).to_be_visible()

    owner.goto(design)
    owner.get_by_role("button", name="Approve").click()
    owner.get_by_role("link", name="Publish it").click()
    owner.get_by_role("button", name=re.compile("^Publish")).click()
    expect(owner.get_by_role("heading", name="Grind a comb true", level=1)).to_be_visible()
    page = owner.url

    stranger = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en").new_page()
    stranger.goto(page)
    expect(stranger.get_by_text("Ten combs and thirty cutters, over two weeks.")).to_be_visible()
    expect(stranger.get_by_text("Say on how many combs.")).to_have_count(0)
    assert stack.rows("SELECT outcome FROM issuers_approvalstep ORDER BY id") == [
        ("sent_in",),
        ("changes_asked",),
        ("sent_in",),
        ("approved",),
    ]
    for context in (designer.context, owner.context, stranger.context):
        context.close()
