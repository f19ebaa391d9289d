"""The pages that speak te reo Māori and Arabic: accessible, within a phone's width, no word spilling over its button."""

import json

import pytest

from tests import judges
from tests.e2e.test_pages import PHONE, WIDE, context_for, look, too_wide

pytestmark = [pytest.mark.stack, pytest.mark.browser]

SIGN_IN = [("/accounts/login/", "visitor"), ("/accounts/signup/", "visitor"), ("/accounts/password/reset/", "visitor")]
PAGES = {
    "mi": [
        ("/", "visitor"),
        ("/catalogue/", "visitor"),
        ("/achievements/{slug}/", "visitor"),
        ("/issuers/{issuer}", "visitor"),
        ("/verify/", "visitor"),
        ("/c/{shared}", "visitor"),
        ("/b/{token}/", "visitor"),
        *SIGN_IN,
        ("/", "learner"),
        ("/submissions/", "learner"),
        ("/submissions/{open}/", "learner"),
        ("/submissions/{open}/submit/", "learner"),
        ("/submissions/{handed_in}/", "learner"),
        ("/backpack/", "learner"),
        ("/backpack/collections/{collection}/", "learner"),
        ("/backpack/collections/{collection}/share/", "learner"),
        ("/", "assessor"),
        ("/reviews/", "assessor"),
        ("/reviews/{attempt}/", "assessor"),
    ],
    "ar": [
        ("/", "visitor"),
        ("/help/", "visitor"),
        ("/nowhere/", "visitor"),
        *SIGN_IN,
        ("/", "learner"),
        ("/accounts/profile/", "learner"),
        ("/accounts/tokens/", "learner"),
        ("/accounts/email/", "learner"),
    ],
}


def spilled(page):
    """Buttons, pills and tabs whose words are wider than they are."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".btn, .pill, .tag, .tabs-foot a")]
        .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerText)"""
    )


@pytest.mark.parametrize("language", list(PAGES))
def test_pages_in_other_languages_are_accessible_and_fit(browser, place, language):
    axe, wrong = judges.axe(), {}
    for persona in dict.fromkeys(persona for _address, persona in PAGES[language]):
        context = context_for(browser, place, persona, language=language, reduced_motion="reduce")
        page = context.new_page()
        for address in (address for address, whose in PAGES[language] if whose == persona):
            page.set_viewport_size(WIDE)
            page.goto(address.format(**place[1]))
            html = page.locator("html")
            assert (html.get_attribute("lang"), html.get_attribute("dir")) == (
                language,
                "rtl" if language == "ar" else "ltr",
            )
            found = {"wide": look(page, axe) + spilled(page)}
            page.set_viewport_size(PHONE)
            page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
            found["phone"] = look(page, axe, rules=["target-size"]) + too_wide(page) + spilled(page)
            if any(found.values()):
                wrong[f"{address} as {persona}"] = {name: one for name, one in found.items() if one}
        context.close()
    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)
