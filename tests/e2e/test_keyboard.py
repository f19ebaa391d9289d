"""Without a mouse: a learner signs in and hands in, an assessor takes it and decides; focus is always seen."""

import pytest
from playwright.sync_api import expect

from tests.factories.people import PASSWORD
from tests.stack import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.browser]

SEED = """
import json
from tests.factories import assessor_of, open_attempt
attempt = open_attempt()
submission = attempt.submission
print(json.dumps([submission.learner.email, submission.get_absolute_url(), assessor_of(submission.achievement).email]))
"""
WAITING = """
import json
from tests.factories import assessable_attempt, assessor_of
attempt = assessable_attempt()
criteria = [[one.code, one.name, one.required_level] for one in attempt.submission.version.criteria.all()]
print(json.dumps([assessor_of(attempt.submission.achievement).email, attempt.public_id, criteria]))
"""
MOST_STOPS = 80
# Where the focus is: its name, whether an outline marks it, and whether anything lies over its middle.
FOCUS = """() => {
  const one = document.activeElement
  if (!one || one === document.body) return null
  const box = one.getBoundingClientRect()
  const target = one.matches("input[type=radio], input[type=checkbox]") ? one.closest("label") || one : one
  const seen = target.getBoundingClientRect()
  const over = document.elementFromPoint(seen.left + seen.width / 2, seen.top + Math.min(seen.height / 2, 20))
  const marks = [one, target, one.parentElement, one.nextElementSibling || one].map(each => getComputedStyle(each))
  return {
    name: (one.getAttribute("aria-label") || one.labels?.[0]?.innerText || one.innerText || one.name || "").trim(),
    type: one.type || one.tagName,
    marked: marks.some(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
    covered: box.width > 1 && !(over && (target.contains(over) || over.contains(target) || one.contains(over))),
    main: Boolean(one.closest("main, .action-bar")),
  }
}"""


class Keys:
    """A person who has a keyboard only."""

    def __init__(self, browser, url):
        self.context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 720})
        self.context.set_default_timeout(8000)
        self.page = self.context.new_page()

    def to(self, name, *, kind=None):
        """Go on by Tab until what is called `name` has the focus; each stop must be marked and lie uncovered."""
        for _stop in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(FOCUS)
            if here is None:
                continue
            assert here["marked"], f"the focus on {here} is not to be seen on {self.page.url}"
            assert not here["covered"], f"something lies over {here} on {self.page.url}"
            if here["name"].startswith(name) and kind in (None, here["type"]):
                return here
        raise AssertionError(f"“{name}” was not reached on {self.page.url}")

    def press(self, key):
        self.page.keyboard.press(key)

    def here(self):
        return self.page.evaluate(FOCUS)

    def type(self, words):
        self.page.keyboard.type(words)

    def sign_in(self, email):
        self.page.goto("/accounts/login/")
        self.to("E-mail address")
        self.type(email)
        self.to("Password", kind="password")
        self.type(PASSWORD)
        self.press("Enter")
        expect(self.page.get_by_role("heading", name="Kia ora")).to_be_visible()


# What is chosen in the marks; no next step is chosen from the start.
CHOSEN = "#marks [type=radio]:checked:not([value=''])"


def test_a_learner_hands_in_and_an_assessor_decides_by_keyboard_alone(browser, stack):
    learner_email, path, assessor_email = stack.python(SEED)
    stack.start_all()

    learner = Keys(browser, stack.url)
    learner.sign_in(learner_email)
    learner.page.goto(path)
    learner.press("Tab")
    assert learner.page.evaluate(FOCUS)["name"] == "Skip to content"
    learner.press("Enter")
    assert learner.to("")["main"], "the skip link leads into the page"
    learner.to("Look it over and hand in")
    learner.press("Enter")
    expect(learner.page).to_have_url(f"{stack.url}{path}submit/")
    learner.page.wait_for_load_state()
    learner.to("Hand it in")
    learner.press("Enter")
    expect(learner.page.get_by_text("Handed in. You hear by")).to_be_visible()
    wait_until(lambda: stack.one("SELECT state FROM submissions_attempt") == "assessable", "the frozen attempt")

    assessor = Keys(browser, stack.url)
    assessor.sign_in(assessor_email)
    assessor.page.goto("/reviews/")
    assessor.to("Take the next one")
    assessor.press("Enter")
    expect(assessor.page.get_by_role("button", name="Decide", exact=True)).to_be_visible()
    assessor.page.wait_for_load_state()
    rubric = stack.rows("SELECT required_level FROM issuers_criterion ORDER BY position")
    for (needed,) in rubric:
        assessor.to("1 ", kind="radio")
        assessor.press("Space")
        for _step in range(needed - 1):
            assessor.press("ArrowDown")
    for _question in range(4):
        assessor.to("Yes", kind="radio")
        assessor.press("Space")
    assessor.to("Decide")
    assessor.press("Enter")
    expect(assessor.page.get_by_text("Decided: awarded. The learner is told.")).to_be_visible()
    assert stack.rows("SELECT outcome FROM reviews_decision") == [("meets",)]


def test_the_map_of_keys_judges_a_submission_from_start_to_finish(browser, stack):
    email, attempt, criteria = stack.python(WAITING)
    stack.start_web()
    first = criteria[0][0]

    assessor = Keys(browser, stack.url)
    page = assessor.page
    assessor.sign_in(email)
    page.goto("/reviews/")
    assessor.to("Take the next one")
    assessor.press("Enter")
    expect(page).to_have_url(f"{stack.url}/reviews/{attempt}/")
    # The address is there before the page's script is, and with it the keys.
    page.wait_for_load_state()

    # The list of keys, and the switch in it.
    assessor.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    assessor.to("Single keys act")
    assessor.press("Space")
    assessor.press("Escape")
    expect(keys).to_be_hidden()
    page.reload()
    for key in ("?", "j", "1", "d", "D"):
        assessor.press(key)
    expect(keys).to_be_hidden()
    assert (assessor.here(), page.locator(CHOSEN).count()) == (None, 0)
    assessor.to("Keys")
    assessor.press("Enter")
    assessor.to("Single keys act")
    assessor.press("Space")
    assessor.press("Escape")

    # A level before anything is at hand leads to the first criterion, and chooses nothing.
    assessor.press("3")
    assert page.evaluate("document.activeElement.closest('fieldset').id") == first
    expect(page.locator(CHOSEN)).to_have_count(0)

    # Evidence and back; then each criterion, the first of them below what is needed: there is a next step to choose.
    assessor.press("e")
    assessor.press("n")
    assert page.evaluate("document.activeElement.id").startswith("piece-")
    assessor.press("r")
    for number, (code, _name, needed) in enumerate(criteria):
        if number:
            assessor.press("j")
        assert page.evaluate("document.activeElement.closest('fieldset').id") == code
        assessor.press(str(needed - 1 if code == first else needed))
        assert assessor.here()["marked"]
        assert not assessor.here()["covered"]
        assert page.locator(f"#{code} .asked-step").is_visible() == (code == first)
        # The same key again takes the next step back, and once more chooses it.
        for step in ("new_evidence", "", "new_evidence"):
            assessor.press("b")
            chosen = page.evaluate(f"document.querySelector('[name={code}-next_step]:checked').value")
            assert chosen == (step if code == first else "")
    assessor.press("j")
    for _question in range(3):
        assessor.press("y")
    assessor.press("x")
    chosen = page.locator(CHOSEN).evaluate_all("all => all.map(one => `${one.name} ${one.value}`)")
    assert chosen == [
        *(f"{first}-level {criteria[0][2] - 1}", f"{first}-next_step new_evidence"),
        *(f"{code}-level {needed}" for code, _name, needed in criteria[1:]),
        *("valid yes", "sufficient yes", "authentic yes", "current no"),
    ]

    # Decide leads to what is missing: why the first is not met. What is typed there is no key.
    assessor.press("D")
    assert assessor.here()["name"] == "Decide, then the next one"
    assessor.press("d")
    assert assessor.here()["name"] == "Decide: not yet"
    assessor.press("Enter")
    expect(page.locator(".action-bar [role=status]")).to_have_text(
        f"Say what to change for “{criteria[0][1]}”: the learner reads it."
    )
    assert page.evaluate("document.activeElement.name") == f"{first}-comment"
    assessor.type("Set just one edge, then jot it down.")
    assessor.press("Escape")
    assert page.evaluate("document.activeElement.name") == f"{first}-level"
    assessor.press("s")
    wait_until(lambda: stack.rows("SELECT comment FROM reviews_mark WHERE comment <> ''"), "the saved marks")
    assessor.press("g")
    assessor.press("q")
    expect(page).to_have_url(f"{stack.url}/reviews/")
    page.goto(f"/reviews/{attempt}/")
    assessor.press("d")
    assessor.press("Enter")
    expect(page.get_by_text("Decided: not yet. The learner is told.")).to_be_visible()
    assert stack.rows("SELECT outcome FROM reviews_decision") == [("not_yet",)]
    assert stack.rows("SELECT next_step, comment FROM reviews_mark WHERE comment <> ''") == [
        ("new_evidence", "Set just one edge, then jot it down.")
    ]
