"""The shell as people use it: with scripts, without, by keyboard, on a phone."""

import itertools
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_loop import Walk

pytestmark = [pytest.mark.stack, pytest.mark.browser]

SEED = """
import json
from apps.backpacks import verbs as backpacks
from apps.issuers import verbs as issuers
from tests.factories import assessable_attempt, issuer_with_owner, published_version
issuer, owner = issuer_with_owner("Kōwhai Ridge Shearing School")
issuers.seat(owner, issuer, "assessor", by=owner)
version = published_version(issuer, name="Host a kōrero")
assessable_attempt(version)
collection = backpacks.make_collection(by=owner, title="For work")
print(json.dumps([owner.email, collection.get_absolute_url()]))
"""
THEME = "document.documentElement.dataset.bsTheme"
# Whether what has the focus is seen: in the window, and with no bar that sticks to it lying over its middle.
SEEN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  if (one === document.body || !box.width) return "";
  const x = box.left + box.width / 2, y = box.top + Math.min(box.height / 2, 20);
  const top = document.elementFromPoint(x, y);
  const bar = top?.closest(".action-bar, .tabs-foot, .desk-nav");
  return bar && !bar.contains(one) ? (one.id || one.name || one.textContent.trim()).slice(0, 60) : "";
}"""


def test_the_shell_with_scripts(browser, shared):
    email, collection = shared.python(SEED)
    with Walk(browser, shared, scripts=True) as walk:
        page = walk.page

        # Dark at once, and on the next page.
        page.goto("/catalogue/")
        page.get_by_label("Menu, language and theme").click()
        with page.expect_response("**/theme/"):
            walk.press("Dark")
        assert page.evaluate(THEME) == "dark"
        expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
        page.goto("/help/")
        assert page.evaluate(THEME) == "dark"

        # The search finds while one types.
        page.goto("/search/")
        page.locator("#q").press_sequentially("korero")
        expect(page.get_by_role("heading", name="Badges to earn")).to_be_visible()
        expect(page).to_have_url(f"{shared.url}/search/?q=korero")

        # One person, two parts.
        walk.sign_in(email)
        page.locator("summary.role-pill").click()
        page.get_by_role("button", name="Issuer").click()
        expect(page.get_by_role("heading", name="Open for evidence")).to_be_visible()
        page.wait_for_load_state()
        page.locator("summary.role-pill").click()
        page.keyboard.press("Escape")
        expect(page.locator("summary.role-pill")).to_be_focused()
        page.locator("summary.role-pill").click()
        page.get_by_role("button", name="Assessor", exact=True).click()

        # Deciding too early leads to the first gap; whatever has the focus is seen, on a phone too.
        walk.press("Take the next one")
        page.locator("#c1").get_by_role("radio").nth(2).check()
        page.wait_for_load_state()
        walk.press("Decide")
        expect(page.locator("#c2").get_by_role("radio").first).to_be_focused()
        expect(page.locator(".action-bar")).to_contain_text("Mark “Safety” first.")
        page.locator("#c2").get_by_role("radio").first.check()
        expect(page.locator("#c2").get_by_label("Comment")).to_be_visible()
        desk = page.url
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 700})
            page.goto(desk)
            hidden = []
            for _press in range(60):
                page.keyboard.press("Tab")
                hidden.append(page.evaluate(SEEN))
            assert [one for one in hidden if one] == [], width
        page.set_viewport_size({"width": 1280, "height": 800})

        # A dialog opens above the page, Escape closes it, and the focus is back where it was.
        page.goto(collection)
        asking = page.get_by_role("link", name="Remove this collection")
        asking.click()
        dialog = page.get_by_role("dialog", name="Remove this collection?")
        expect(dialog).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(asking).to_be_focused()
        asking.click()
        dialog.get_by_role("button", name="Remove it").click()

        # What went well floats and can be sent away.
        news = page.get_by_role("status").filter(has_text="Collection removed.")
        expect(news).to_be_visible()
        news.get_by_role("button", name="Close").click()
        expect(news).to_have_count(0)


SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""


PAINTED = """() => new Promise((done) => {
  new PerformanceObserver((list) => list.getEntriesByName("first-contentful-paint").length && done())
    .observe({ type: "paint", buffered: true });
})"""
LATE = re.compile(r"\.(png|woff2)$")


def visit(page, path, *, late):
    """The page, whole; with `late` its pictures and its typeface come when it has been painted without them."""
    held = []
    if late:
        page.route(LATE, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks its handlers
    page.goto(path, wait_until="domcontentloaded")
    page.evaluate(PAINTED)
    if late:
        assert held, "nothing was late"
        page.unroute(LATE)  # which lets them go
    page.wait_for_load_state("networkidle")


def test_nothing_jumps_while_a_public_page_loads(browser, shared):
    shared.python(SEED)
    found = {}
    for width, late in itertools.product((1280, 390), (False, True)):
        with Walk(browser, shared, scripts=True) as walk:
            walk.page.set_viewport_size({"width": width, "height": 800})
            walk.page.add_init_script(SHIFTS)
            for path in ("/", "/catalogue/", "/search/?q=korero", "/accounts/login/"):
                visit(walk.page, path, late=late)
                found[width, path, late] = round(walk.page.evaluate("window.shifted"), 3)

    # Good is 0.1 or less; ours may move by the typeface alone.
    assert {where: moved for where, moved in found.items() if moved > 0.02} == {}


def test_the_shell_without_scripts(browser, shared):
    email, collection = shared.python(SEED)
    with Walk(browser, shared, scripts=False) as walk:
        page = walk.page

        page.goto("/catalogue/?q=korero")
        page.get_by_label("Menu, language and theme").click()
        walk.press("Dark")
        expect(page).to_have_url(f"{shared.url}/catalogue/?q=korero")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")

        page.locator("#bar-q").fill("korero")
        page.locator("#bar-q").press("Enter")
        expect(page.get_by_role("heading", name="Badges to earn")).to_be_visible()

        walk.sign_in(email)
        page.locator("summary.role-pill").click()
        page.get_by_role("button", name="Learner").click()
        expect(page.get_by_role("heading", name="Begin with a badge")).to_be_visible()
        walk.press("As assessor: 1 piece of work waits")
        expect(page.get_by_role("heading", name="1 piece of work is free to take")).to_be_visible()

        # The dialog stands open at its place.
        page.goto(collection)
        walk.follow("Remove this collection")
        expect(page.get_by_role("button", name="Remove it")).to_be_visible()
        walk.follow("Not now")
        expect(page.get_by_role("button", name="Remove it")).to_be_hidden()
        walk.follow("Remove this collection")
        walk.press("Remove it")
        expect(page.get_by_text("Collection removed.")).to_be_visible()


def test_a_newcomers_days_are_told_where_their_browser_is(browser, shared):
    context = browser.new_context(base_url=shared.url, timezone_id="America/Lima")
    page = context.new_page()

    page.goto("/accounts/signup/")

    expect(page.locator("[data-time-zone]")).to_have_value("America/Lima")
    context.close()
