"""The first loop, as people walk it: evidence in, credential out, checked by a stranger. With scripts, and without."""

import json
import re
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import expect

from tests.factories.people import PASSWORD
from tests.stack import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.browser]

SEED = """
import json
from tests.factories import issuer_with_owner, published_version, seated
issuer, _owner = issuer_with_owner("Kōwhai Ridge Shearing School")
version = published_version(issuer)
print(json.dumps([version.achievement.slug, seated("assessor", issuer).email]))
"""


class Walk:
    """One person's window. Every page they open is looked at for errors of script and policy."""

    def __init__(self, browser, stack, *, scripts):
        self.stack, self.scripts = stack, scripts
        self.context = browser.new_context(base_url=stack.url, java_script_enabled=scripts, accept_downloads=True)
        self.context.set_default_timeout(8000)
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def __enter__(self):
        return self

    def __exit__(self, kind, *_rest):
        if kind is not None:
            print(f"--- {self.page.url}\n{self.page.locator('body').inner_text()[:1500]}\n{self.complaints}")
        self.context.close()
        if kind is None:
            # A 422 or 409 answers a form; the browser logs it, nothing is wrong.
            assert [one for one in self.complaints if "status of 4" not in one] == []

    def press(self, words, **options):
        self.page.get_by_role("button", name=words, **options).first.click()

    def follow(self, words, **options):
        self.page.get_by_role("link", name=words, **options).first.click()

    def sign_in(self, email, password=PASSWORD):
        self.page.goto("/accounts/login/")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.press("Sign in", exact=True)
        expect(self.page.get_by_role("heading", name="Kia ora")).to_be_visible()


def letter_to(stack, address, words):
    """The newest letter to an address with these words in its subject, once it is there."""

    def found():
        for path in sorted(stack.letters(), key=lambda one: one.stat().st_mtime, reverse=True):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            if address in message["To"] and words in message["Subject"]:
                return message
        return None

    return wait_until(found, f"a letter “{words}” to {address}")


def code_in(letter):
    return re.search(r"^    (\w{4}-\w{4})\r?$", letter.get_body(("plain",)).get_content(), re.MULTILINE)[1]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_evidence_goes_in_and_a_credential_that_a_stranger_can_check_comes_out(browser, stack, tmp_path, scripts):
    slug, assessor_email = stack.python(SEED)
    stack.start_all()
    picture = tmp_path / "after.png"
    _draw(picture)
    learner_email = "marama@people.example"

    # A visitor reads the catalogue and one achievement, without signing in.
    with Walk(browser, stack, scripts=scripts) as learner:
        page = learner.page
        page.goto("/catalogue/")
        learner.follow("Sharpen a knife")
        for heading in ("What it represents", "How it is earned", "Who issues it", "What it takes", "The rubric"):
            expect(page.get_by_role("heading", name=heading)).to_be_visible()
        expect(page.get_by_text("The edge is even, every time.").first).to_be_visible()

        # She signs up and proves her address.
        learner.follow("Start")
        learner.follow("Make an account")
        page.get_by_label("Your name").fill("Mārama Tīpene-Hoult")
        page.get_by_label("E-mail address").fill(learner_email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("I agree to the terms").check()
        learner.press("Make an account")
        page.get_by_label("Code").fill(code_in(letter_to(stack, learner_email, "Your code to confirm your address")))
        learner.press("Go on")

        # She writes, adds a file, a picture, a link and a text, and says what each supports.
        page.goto(f"/achievements/{slug}/")
        learner.press("Start")
        page.get_by_label("Where*", exact=True).fill("A kitchen in Gore")
        page.get_by_label("When*", exact=True).fill("March 2026")
        page.get_by_label("Your role").fill("I sharpened them all.")
        page.get_by_label("Overview").fill("Ten knives, one afternoon.")
        page.wait_for_load_state()
        learner.press("Add Text")
        page.get_by_label("Text", exact=True).fill("I set the edge at 17 degrees.")
        page.get_by_label("Title").fill("Log")
        page.get_by_label("1. Edge").check()
        page.get_by_label("Where to look for Edge").fill("17 degrees")
        learner.press("Add it")
        expect(page.get_by_label("Overview")).to_have_value("Ten knives, one afternoon.")
        page.wait_for_load_state()
        learner.press("Add Picture")
        if scripts:
            expect(page.get_by_role("dialog")).to_be_visible()
        page.get_by_label("File" if scripts else "Picture", exact=True).set_input_files(picture)
        page.get_by_label("2. Safety").check()
        page.get_by_label("Nobody can be recognised in it").check()
        learner.press("Add it")
        learner.press("Add Link")
        page.get_by_label("Address").fill("https://videos.example/knives")
        learner.press("Add it")
        learner.press("Add Document")
        if scripts:
            expect(page.get_by_role("dialog")).to_be_visible()
        page.get_by_label("File" if scripts else "Document", exact=True).set_input_files(
            {"name": "page.html", "mimeType": "text/html", "buffer": b"<script>alert(1)</script>"}
        )
        page.get_by_label("Title").fill("My sheet")
        learner.press("Add it")
        expect(page.get_by_text("We can't take that kind of file")).to_be_visible()
        expect(page.get_by_label("Title")).to_have_value("My sheet")
        page.get_by_label("File" if scripts else "Document", exact=True).set_input_files(
            {"name": "sheet.txt", "mimeType": "text/plain", "buffer": b"17 degrees\n"}
        )
        learner.press("Add it")
        learner.press("Look it over and hand in")
        expect(page.get_by_text("Write the reflection").first).to_be_visible()
        if scripts:
            expect(page.get_by_label("Reflection")).to_be_focused()
        else:
            learner.follow("Back to the form")
        page.get_by_label("Reflection").fill("Patience.")
        page.get_by_label("This is my own work").check()
        learner.press("Look it over and hand in")
        learner.press("Hand it in")
        expect(page.get_by_text("Handed in. You hear by")).to_be_visible()
        submission_path = page.url.removeprefix(stack.url)
        wait_until(lambda: stack.one("SELECT state FROM submissions_attempt") == "assessable", "the frozen attempt")
        wait_until(lambda: stack.one("SELECT state FROM submissions_reviewcopy") == "made", "the picture's copy")

    # An assessor takes it, marks it, says what to change.
    with Walk(browser, stack, scripts=scripts) as assessor:
        page = assessor.page
        assessor.sign_in(assessor_email)
        with page.expect_response(lambda answer: "//evidence.localhost" in answer.url) as shown:
            assessor.press("Take the next one")
        assert (shown.value.status, shown.value.headers["content-type"]) == (200, "image/png")
        expect(page.get_by_text("I set the edge at 17 degrees.")).to_be_visible()
        _mark(page, {"Edge": 1, "Safety": 3, "Care": 2})
        assessor.press("Decide")
        expect(page.get_by_text("Say what to change for “Edge”")).to_be_visible()
        page.locator("#c1").get_by_label("Comment").fill("Set both sides evenly.")
        assessor.press("Decide")
        expect(page.get_by_text("Decided: not yet. The learner is told.")).to_be_visible()

    # She reads why, begins again with everything carried over, and hands in once more.
    with Walk(browser, stack, scripts=scripts) as learner:
        page = learner.page
        told = letter_to(stack, learner_email, "Not yet: one thing to change in Sharpen a knife")
        assert "Set both sides evenly." in told.get_body(("plain",)).get_content()
        learner.sign_in(learner_email)
        page.goto(submission_path)
        expect(page.get_by_text("Set both sides evenly.").first).to_be_visible()
        if scripts:  # what is folded on the screen is on paper
            reflection = page.get_by_text("Patience.")
            for moment, is_open in (("load", False), ("beforeprint", True), ("afterprint", False)):
                page.evaluate("moment => void dispatchEvent(new Event(moment))", moment)
                expect(reflection).to_be_visible(visible=is_open)
        learner.press("Start attempt 2")
        expect(page.get_by_label("Reflection")).to_have_value("Patience.")
        expect(page.locator("#evidence .ev")).to_have_count(4)
        page.get_by_label("Overview").fill("Ten knives, both sides evenly.")
        page.get_by_label("What you changed").fill("I set both sides evenly.")
        page.get_by_label("This is my own work").check()
        learner.press("Look it over and hand in")
        learner.press("Hand it in")
        expect(page.get_by_text("Handed in. You hear by")).to_be_visible()
        wait_until(
            lambda: stack.one("SELECT count(*) FROM submissions_attempt WHERE state = 'assessable'") == 1, "attempt 2"
        )

    with Walk(browser, stack, scripts=scripts) as assessor:
        page = assessor.page
        assessor.sign_in(assessor_email)
        page.goto("/reviews/")
        assessor.follow("Open")
        assessor.press("Take it")
        _mark(page, {"Edge": 2})
        assessor.press("Decide")
        expect(page.get_by_text("Decided: awarded. The learner is told.")).to_be_visible()

    # The letter brings the badge; she keeps it, collects it, shares it.
    award = letter_to(stack, learner_email, "You earned it: Sharpen a knife")
    (badge,) = [part.get_payload(decode=True) for part in award.walk() if part.get_filename()]
    with Walk(browser, stack, scripts=scripts) as learner, Walk(browser, stack, scripts=scripts) as stranger:
        page = learner.page
        learner.sign_in(learner_email)
        page.goto("/backpack/")
        learner.press("Keep it")
        learner.follow("New collection")
        page.get_by_label("Title").fill("Blades")
        page.get_by_label("Story").fill("What I **keep** sharp.")
        learner.press("Make it")
        page.get_by_label(re.compile("^Sharpen a knife")).check()
        learner.press("Add what is chosen")
        learner.follow("Share by link")
        expect(page.get_by_role("listitem").filter(has_text="Sharpen a knife")).to_be_visible()
        learner.press("Share it")
        link = page.get_by_label("Link to share").input_value()

        # A stranger opens it, downloads the picture, and checks it.
        page = stranger.page
        page.goto(link)
        expect(page.get_by_role("heading", level=1)).to_have_text("Blades, put together by Mārama Tīpene-Hoult.")
        stranger.follow("Sharpen a knife")
        sentence = page.get_by_role("heading", level=1)
        expect(sentence).to_contain_text(
            "Kōwhai Ridge Shearing School confirms that Mārama Tīpene-Hoult can sharpen a knife to shaving sharpness, shown on"
        )
        expect(page.get_by_text("Valid today")).to_be_visible()
        credential = page.url
        with page.expect_download() as download:
            stranger.follow("Badge picture (PNG)")
        downloaded = download.value.path().read_bytes()
        assert downloaded == badge
        assert _verdict(stranger, downloaded) == {
            "format": "pass", "signature": "pass", "issuer": "pass", "in_time": "pass", "record": "pass", "status": "pass",
            "evidence": "pass",
        }  # fmt: skip
        expect(page.get_by_role("heading", level=1)).to_contain_text("This badge is genuine and valid today")
        spoiled = downloaded.replace(b"Sharpen a knife", b"Sharpen a knive", 1)
        assert _verdict(stranger, spoiled) == {"format": "fail"}
        expect(page.get_by_role("heading", level=1)).to_contain_text("This badge is damaged or incomplete")

        # The command says the same.
        file, broken = tmp_path / "badge.png", tmp_path / "broken.png"
        file.write_bytes(downloaded)
        broken.write_bytes(spoiled)
        said = stack.manage("verify_credential", str(file), "--format", "json", check=False)
        assert (said.returncode, json.loads(said.stdout)["valid"]) == (0, True)
        assert stack.manage("verify_credential", credential, check=False).returncode == 0
        assert stack.manage("verify_credential", str(broken), check=False).returncode == 1

        # She takes the link back: the page, the credential and its files show nothing, at once.
        learner.press("Take this link back")
        expect(learner.page.get_by_text("Taken back. That link shows nothing now.")).to_be_visible()
        for address in (link, credential, f"{credential}.png", f"{credential}.json"):
            assert page.request.get(address).status == 404, address
        expect(_heading(learner, credential)).to_contain_text("confirms that Mārama")


def _heading(walk, address):
    walk.page.goto(address)
    return walk.page.get_by_role("heading", level=1)


def _mark(page, levels):
    for place, (name, level) in enumerate(levels.items(), start=1):
        row = page.locator(f"#c{place}")
        expect(row).to_contain_text(name)
        row.get_by_role("radio").nth(level - 1).check()
    page.wait_for_load_state()  # else some would not be there to be counted
    for yes in page.get_by_label("Yes").all():
        yes.check()


def _verdict(walk, picture):
    walk.page.goto("/verify/")
    walk.page.get_by_label("Badge picture or file").set_input_files(
        {"name": "badge.png", "mimeType": "image/png", "buffer": picture}
    )
    walk.press("Check it")
    rows = walk.page.locator("[data-check]")
    expect(rows.first).to_be_visible()
    walk.page.wait_for_load_state()
    return {row.get_attribute("data-check"): row.get_attribute("data-result") for row in rows.all()}


def _draw(path):
    from PIL import Image

    Image.effect_noise((320, 200), 60).save(path)
