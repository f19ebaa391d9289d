"""Work that two mark apart, in the demo: they differ, a lead decides between them, a moderator looks, and its learner
appeals. Whoever judges it never learns whose it is.
"""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from apps.demo import people
from tests.e2e.test_loop import Walk

pytestmark = [pytest.mark.stack, pytest.mark.browser]

BADGE = "Explain a task so that a stranger can do it"
# The work of a learner whose name stands in it, and that one assessor has marked.
WORK = """
import json
from apps.demo import desk
from apps.demo.stories.judged import HOA_EXPLAINING
attempt = desk.attempt_of(HOA_EXPLAINING)
assert attempt.evidence.filter(title="Where they stopped").exists()
print(json.dumps([attempt.public_id, attempt.submission.reference, attempt.submission.get_absolute_url()]))
"""
LOOKED = """addEventListener("DOMContentLoaded", () => looked(location.href, document.documentElement.outerHTML))"""
TRACES = ("Nguyễn", "Thị Hoa", "hoa.nguyen", people.HOA.email)
OWN_WORDS = "Tell of the second one by the clock: at which step they stopped, and for how long."
GROUNDS = "“Where they stopped” has the second one's seconds, step by step. Please read it beside the film."
REASONS = "The list of stops gives step and seconds for both. With it level 3 is reached."


@contextmanager
def judge(browser, college, person):
    """An assessor's window. No page that is opened in it says whose work it is, to the eye or in its source."""
    with Walk(browser, college, scripts=True) as walk:
        seen = {}
        walk.context.expose_function("looked", lambda address, source: seen.update({address: source}))
        walk.context.add_init_script(LOOKED)
        walk.sign_in(person.email, people.PASSWORD)
        yield walk
        assert f"{college.url}/reviews/?view=free" in seen
        assert [(address, one) for address, source in seen.items() for one in TRACES if one in source] == []


def take(walk, reference, *, as_what):
    """From the queue to the desk, and take it there; its story, and the evidence in a window of its own, are looked at too."""
    page = walk.page
    page.goto("/reviews/?view=free")
    row = page.get_by_role("row").filter(has_text=reference)
    expect(row).to_contain_text(as_what)
    row.get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(BADGE)
    for beside in ("story/", "evidence/"):
        desk = page.url
        page.goto(desk + beside)
        page.goto(desk)
    walk.press("Take it")
    expect(page.get_by_text("Yours until")).to_be_visible()
    page.wait_for_load_state()


def mark(page, levels, *, comments):
    for place, level in enumerate(levels, start=1):
        page.locator(f"#c{place} .lvl").nth(level - 1).get_by_role("radio").check()
    for place, words in comments.items():
        page.locator(f"#c{place}").get_by_label("Comment").fill(words)


def answer_all(page, *, enough):
    """The four questions about the evidence."""
    for asked in page.locator("#marks fieldset.yes-no:not(.stacked)").all():
        no = "Sufficient" in asked.locator("legend").inner_text() and not enough
        asked.get_by_label("No" if no else "Yes", exact=True).check()


def test_two_differ_a_lead_decides_a_moderator_looks_and_an_appeal_is_heard_without_a_name(browser, college):
    public_id, reference, submission = college.python(WORK)

    # Tevita is the second to mark it, and sees nothing of what the first one found.
    with judge(browser, college, people.TEVITA) as tevita:
        page = tevita.page
        take(tevita, reference, as_what="Second marking")
        expect(page.get_by_text("the other assessor's marks stay hidden until you send yours")).to_be_visible()
        expect(page.get_by_text("I was hungry by step five.")).to_have_count(0)
        veiled = page.locator("article, section").filter(has=page.get_by_text("it shows who they are"))
        expect(veiled.last.get_by_role("img")).not_to_be_visible()
        tevita.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        expect(page.get_by_text("What supports what").locator("..")).to_have_attribute("open", "")
        expect(veiled.last.get_by_role("img")).not_to_be_visible()
        tevita.page.evaluate("dispatchEvent(new Event('afterprint'))")
        mark(
            page,
            (4, 2, 2, 2),
            comments={2: "Step 6 holds two acts.", 4: "The second one is in the film alone."},
        )
        answer_all(page, enough=False)
        tevita.press("Send my marking")
        expect(page.get_by_text("Sent. It is decided once another person has looked.")).to_be_visible()

    # Margriet decides between them: the second's level, the first's, one of her own; on the third they agree.
    with judge(browser, college, people.MARGRIET) as margriet:
        page = margriet.page
        take(margriet, reference, as_what="Adjudication")
        expect(page.locator("details").filter(has_text="Both agree")).to_have_count(1)
        page.locator("#c1").get_by_label("Second marker").check()
        expect(page.locator("#c2").get_by_role("textbox")).to_have_value("")
        page.locator("#c2").get_by_label("First marker").check()
        expect(page.locator("#c2").get_by_role("textbox")).to_have_value("One act each, and it looks like a nest.")
        page.locator("#c4").get_by_label("My own").check()
        page.locator("#c4 .own-levels .lvl").nth(1).get_by_role("radio").check()
        page.locator("#c4").get_by_role("textbox").fill(OWN_WORDS)
        answer_all(page, enough=False)
        margriet.press("Decide between them")
        expect(page.get_by_text("Decided. A moderator looks at it before the learner hears.")).to_be_visible()
        page.goto(f"/reviews/{public_id}/")
        expect(page.get_by_role("button", name="Take it")).to_have_count(0)

    # Nerida looks before anybody is told.
    with judge(browser, college, people.NERIDA) as nerida:
        take(nerida, reference, as_what="Moderation")
        expect(nerida.page.get_by_text("The learner has not been told yet.")).to_be_visible()
        nerida.press("Agree")
        expect(nerida.page.get_by_text("Agreed. The decision stands.")).to_be_visible()

    # The learner reads it, and appeals.
    with Walk(browser, college, scripts=True) as hoa:
        page = hoa.page
        hoa.sign_in(people.HOA.email, people.PASSWORD)
        page.goto(submission)
        expect(page.get_by_role("heading", name="Not yet: this is what to change")).to_be_visible()
        expect(page.get_by_text(OWN_WORDS).first).to_be_visible()
        hoa.follow("Appeal")
        page.get_by_label("Evidence was overlooked or misread").check()
        page.get_by_label("What went wrong, and what you ask for").fill(GROUNDS)
        page.get_by_label("I know that the answer is final").check()
        hoa.press("Lodge the appeal")
        expect(page.get_by_text("Your appeal is lodged.")).to_be_visible()
        expect(page.get_by_role("heading", name="Your appeal is with somebody")).to_be_visible()

    # Of those who had a part in it none may hear it; Fetuao does, and gives his reasons.
    with judge(browser, college, people.MARGRIET) as margriet:
        margriet.page.goto("/reviews/?view=free")
        expect(margriet.page.get_by_role("row").filter(has_text=reference)).to_have_count(0)
    with judge(browser, college, people.FETUAO) as fetuao:
        page = fetuao.page
        take(fetuao, reference, as_what="Appeal")
        expect(page.get_by_text(GROUNDS)).to_be_visible()
        mark(page, (4, 3, 2, 3), comments={})
        answer_all(page, enough=True)
        fetuao.press("Decide the appeal")
        expect(page.get_by_text("Give the reasons for what you decide on the appeal")).to_be_visible()
        page.get_by_label("Reasons").fill(REASONS)
        fetuao.press("Decide the appeal")
        expect(page.get_by_text("The appeal is decided: it meets the rubric.")).to_be_visible()

    with Walk(browser, college, scripts=True) as hoa:
        page = hoa.page
        hoa.sign_in(people.HOA.email, people.PASSWORD)
        page.goto(submission)
        expect(page.get_by_role("heading", name="Your appeal was upheld")).to_be_visible()
        expect(page.get_by_text(REASONS).first).to_be_visible()
        expect(page.get_by_role("heading", name="You earned it")).to_be_visible()
