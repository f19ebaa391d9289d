"""What a letter leads to, in a browser: pages whose address is a key, and whose buttons are to work all the same."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.stack, pytest.mark.browser]

SEED = """
import json
from apps.accounts import verbs
from apps.accounts.tokens import guardian_token
from apps.credentials import queries
from tests.credentials.letters import awarded
from tests.factories import awarded_credential
claim = queries.claim_path(awarded().claim_link.public_id)
one = awarded_credential().earner
verbs.say_minor(one, by=one)
asked = verbs.ask_guardian(one, by=one, address="guardian@people.example")
print(json.dumps([claim, f"/accounts/guardian/{guardian_token(asked)}/"]))
"""


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_somebody_new_keeps_a_badge_and_a_guardian_agrees(browser, stack, scripts):
    claim, guardian = stack.python(SEED)
    stack.start_web()
    context = browser.new_context(
        base_url=stack.url, viewport={"width": 390, "height": 844}, java_script_enabled=scripts
    )
    page = context.new_page()

    page.goto(guardian)
    page.get_by_role("button", name="I am their guardian, and I agree").click()
    expect(page.get_by_text("You agreed.")).to_be_visible()

    page.goto(claim)
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Keep it").click()
    expect(page).to_have_url(f"{stack.url}/backpack/")
    expect(page.get_by_text("Kept. Nobody else sees it until you say so.")).to_be_visible()
    context.close()
