"""A pathway as people walk it: from two badges to a micro-credential, credit for it elsewhere, and a component that falls."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests import judges
from tests.e2e.test_loop import Walk
from tests.e2e.test_pages import look, too_wide
from tests.stack import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.browser]

WHOLE = "The whole woolshed"
MAKE = """
import json
from dataclasses import replace
from decimal import Decimal
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.test import Client
from apps.core import outbox
from apps.credentials import multikey, proofs, snapshots
from apps.credentials.formats import ob3
from apps.pathways import verbs
from tests.conformance.conftest import MINIMAL
from tests.factories import agreed, assessor_of, held, issuer_with_owner, owner_of, person, published_version, seated
from tests.factories.pathways import published

school, partner = issuer_with_owner("Kōwhai Ridge")[0], issuer_with_owner("Longwater")[0]
learner = person("Hēmi Rāpana")
worth = lambda n: {"credits": Decimal(n), "credit_framework": "nzqa"}
gear, clip, shear = (
    published_version(school, name=name, **worth(n)) for name, n in (("Gear", 2), ("Clip", 3), ("Shearing", 4))
)
capstone = published_version(school, name="Lead a gang", **worth(5))
stack = published_version(school, name="Woolshed hand", kind="Stack", rubric=(), credit_framework="nzqa")

# An issuer elsewhere, known by its key alone: nobody has to be asked about it.
key = Ed25519PrivateKey.generate()
name = multikey.encode(key.public_key().public_bytes_raw())
foreign = ob3.build(replace(
    MINIMAL,
    id="https://nurses.example/c/1",
    issuer=replace(MINIMAL.issuer, id=f"did:key:{name}", name="Country Nurses"),
    achievement=replace(MINIMAL.achievement, id="https://nurses.example/badges/1", name="First aid"),
    identities=(snapshots.hash_identity(learner.email),),
))
signed = proofs.sign(
    foreign, private_key=key, verification_method=f"did:key:{name}#{name}", created=MINIMAL.valid_from
)
aid = verbs.propose_equivalence(
    school, by=owner_of(school), why="We sat in on it.", **worth(1), foreign_name="First aid",
    foreign_issuer_id=f"did:key:{name}", foreign_achievement_id="https://nurses.example/badges/1",
)
pathway = published(
    school, [gear, clip, aid, shear, {"capstone": capstone.achievement}], name="The whole woolshed", award=stack
).pathway
agreed(pathway, partner=partner)
for version in (gear, clip):
    held(learner, version)
outbox.drain()
keys = {}
people = {
    "learner": learner, "owner": owner_of(school), "assessor": assessor_of(capstone.achievement),
    "recogniser": seated("recogniser", partner),
}
for who, one in people.items():
    client = Client()
    client.force_login(one)
    keys[who] = client.cookies[settings.SESSION_COOKIE_NAME].value
print(json.dumps([keys, learner.email, school.slug, capstone.achievement.slug, proofs.dump(signed)]))
"""
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Person(Walk):
    """Somebody's window, signed in. Whatever it asks the server for succeeds."""

    def __init__(self, browser, stack, session, *, size=WIDE):
        super().__init__(browser, stack, scripts=True)
        self.context.add_cookies([{"name": "sessionid", "value": session, "url": stack.url}])
        self.page.set_viewport_size(size)
        self.page.emulate_media(reduced_motion="reduce")
        self.page.on("response", lambda one: one.status >= 400 and self.complaints.append(f"{one.url}: {one.status}!"))

    def until(self, seen):
        """Look at the page again until workers have done what shows there."""
        wait_until(lambda: seen.is_visible() or self.page.reload() is None, f"{seen} on {self.page.url}")


def test_badges_of_two_houses_become_a_whole_that_counts_elsewhere_and_falls_when_one_of_them_does(
    browser, stack, tmp_path
):
    keys, email, school, capstone, foreign = stack.python(MAKE)
    stack.start_web()
    stack.start_worker()
    learner = Person(browser, stack, keys["learner"], size=PHONE)
    owner = Person(browser, stack, keys["owner"])
    with learner, owner:
        # With two badges she begins; the third is one from elsewhere, and counts by equivalence.
        page = learner.page
        page.goto("/pathways/")
        learner.follow(WHOLE)
        pathway = page.url
        learner.press("Begin")
        expect(page.get_by_text("You are on this pathway now. You already hold 2 of its steps.")).to_be_visible()
        learner.follow("Bring a badge")
        page.get_by_label("Badge files, or a ZIP of them").set_input_files(
            {"name": "first-aid.json", "mimeType": "application/json", "buffer": foreign.encode()}
        )
        learner.press("Check and add")
        expect(page.get_by_role("heading", level=1)).to_have_text("All of them are seen to", timeout=30_000)
        page.goto(pathway)
        learner.until(page.get_by_text("Counted by equivalence: First aid, from elsewhere."))

        # The capstone is closed, says why, and no address takes it.
        last = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Lead a gang"))
        expect(last).to_contain_text("Not yet")
        expect(last).to_contain_text("Why not yet: First comes Shearing.")
        expect(last.get_by_role("button")).to_have_count(0)
        assert looked(page) == []
        assert too_wide(page) == []
        last.get_by_role("link", name="Lead a gang").click()
        expect(page.get_by_text("First comes Shearing.")).to_be_visible()
        expect(page.get_by_role("button", name="Start your evidence")).to_have_count(0)
        assert refused(learner, f"/achievements/{capstone}/start/") == 302
        assert refused(learner, "/api/v1/submissions/", achievement=capstone) == 409
        assert stack.one("SELECT count(*) FROM submissions_submission") == 0

        # The fourth is awarded at the desk; that opens it.
        desk = owner.page
        desk.goto(f"/organisations/{school}/credentials/")
        owner.follow("Award directly")
        desk.get_by_label(re.compile("^Badge")).select_option("Shearing")
        desk.get_by_label("E-mail address").fill(email)
        desk.get_by_label(re.compile("^Name")).fill("Hēmi Rāpana")
        desk.get_by_label("What it rests on").fill("A course.")
        owner.press("Award it")
        page.goto(pathway)
        learner.until(page.get_by_role("heading", name="Next for you: Lead a gang"))
        learner.press("Start")
        hand_in(learner)

    wait_until(lambda: stack.one("SELECT state FROM submissions_attempt") == "assessable", "the frozen attempt")
    with Person(browser, stack, keys["assessor"]) as assessor:
        assessor.page.goto("/reviews/")
        assessor.follow("Open")
        assessor.press("Take it")
        for place, level in enumerate((2, 3, 2), start=1):
            assessor.page.locator(f"#c{place}").get_by_role("radio").nth(level - 1).check()
        assessor.page.wait_for_load_state()
        for yes in assessor.page.get_by_label("Yes").all():
            yes.check()
        assessor.press("Decide")
        expect(assessor.page.get_by_text("Decided: awarded. The learner is told.")).to_be_visible()

    # The whole comes by itself: signed, with what it is made of and their credits summed once.
    with Person(browser, stack, keys["learner"], size=PHONE) as learner:
        page = learner.page
        page.goto(pathway)
        learner.until(page.get_by_role("heading", name="You have it: Woolshed hand"))
        learner.follow("See it")
        learner.until(page.get_by_text("Valid today"))
        parts = page.locator("section").filter(has=page.get_by_role("heading", name="What it is made of"))
        expect(parts.locator(".ev .name")).to_have_count(5)
        names = [one.split("\n")[0] for one in parts.locator(".ev .name").all_inner_texts()]
        assert names == ["Gear", "Clip", "First aid", "Shearing", "Lead a gang"]
        expect(parts).to_contain_text("Together 15 credits, each badge counted once.")
        with page.expect_download() as download:
            learner.follow("Signed record (JSON)")
        body = download.value.path().read_bytes()
        told = json.loads(body)
        subject = told["credentialSubject"]
        assert subject["creditsEarned"] == 15
        assert len(subject["achievement"]["related"]) == len(told["evidence"]) == 5
        assert verdict(learner, body) == {"pass"}

        # She asks a partner to count it, and sees what goes along.
        page.goto(pathway)
        learner.follow("Ask for credit")
        page.get_by_label("Credits that you ask for").fill("5")
        learner.press("See what they would")
        expect(page.get_by_role("heading", name="What the partner will see")).to_be_visible()
        page.wait_for_load_state()
        assert too_wide(page) == []
        learner.press("Ask", exact=True)
        expect(page.get_by_text("Sent. Longwater has your request.")).to_be_visible()

    with Person(browser, stack, keys["recogniser"]) as recogniser:
        page = recogniser.page
        page.goto("/credit/")
        recogniser.follow(re.compile("Hēmi Rāpana|whole woolshed"))
        expect(page.get_by_role("heading", name="First aid")).to_be_visible()
        assert looked(page) == []
        page.get_by_label("A part of 5 counts").check()
        page.get_by_label("Credits that count").fill("3")
        page.get_by_label("Reason").fill("The gang is yours; two are for animal health.")
        recogniser.press("Send the answer")
        expect(page.get_by_text("Answered. The learner has been told.")).to_be_visible()

    # One of its components is taken back: it is at risk, and a person decides.
    learner = Person(browser, stack, keys["learner"], size=PHONE)
    owner = Person(browser, stack, keys["owner"])
    with learner, owner:
        page = learner.page
        page.goto(pathway)
        expect(page.get_by_text("3 of 5")).to_be_visible()
        desk = owner.page
        desk.goto(f"/organisations/{school}/credentials/")
        desk.get_by_role("row").filter(has_text="Gear").get_by_role("link").click()
        owner.follow("Take it back")
        desk.get_by_role("radio").first.check()
        owner.press("Take it back for good")
        page.goto(pathway)
        learner.until(page.get_by_text(f"At risk: {WHOLE}"))
        expect(page.get_by_text("It rests on something that no longer counts: Gear.")).to_be_visible()
        assert looked(page) == []

        desk.goto("/pathways/stacks/")
        owner.follow("Woolshed hand")
        expect(desk.get_by_role("row").filter(has_text="First aid")).to_contain_text("From elsewhere")
        assert looked(desk) == []
        desk.get_by_label("It stands as it is").check()
        desk.get_by_label(re.compile("^Why")).fill("The new gear was shown in the shed.")
        owner.press("Decide")
        expect(desk.get_by_text("Decided. The earner has been told.")).to_be_visible()
        page.goto(pathway)
        expect(page.get_by_text("The new gear was shown in the shed.")).to_be_visible()
        expect(page.get_by_text("At risk")).to_have_count(0)


def refused(walk, address, **data):
    """The answer to who posts there without a button."""
    token = next(one["value"] for one in walk.context.cookies() if one["name"] == "csrftoken")
    headers = {"X-CSRFToken": token, "Referer": walk.page.url}
    return walk.context.request.post(address, headers=headers, data=data, max_redirects=0).status


def hand_in(walk):
    page = walk.page
    for label, words in (
        ("Where*", "A shed"), ("When*", "March 2026"), ("Your role*", "I led."), ("Overview*", "Five, one day."),
        ("Reflection*", "Patience."),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(words)
    walk.press("Add Text")
    page.get_by_role("textbox", name="Text", exact=True).fill("Who stood where.")
    page.get_by_label("Title").fill("Log")
    for one in ("1. Edge", "2. Safety"):
        page.get_by_label(one).check()
    walk.press("Add it")
    expect(page.locator("#evidence .ev")).to_have_count(1)
    page.get_by_label("This is my own work").check()
    walk.press("Look it over and hand in")
    walk.press("Hand it in")
    expect(page.get_by_text("Handed in. You hear by")).to_be_visible()


def verdict(walk, body):
    page = walk.page
    page.goto("/verify/")
    page.get_by_label("Badge picture or file").set_input_files(
        {"name": "badge.json", "mimeType": "application/json", "buffer": body}
    )
    walk.press("Check it")
    rows = page.locator("[data-check]")
    expect(rows.first).to_be_visible()
    return {row.get_attribute("data-result") for row in rows.all()}


def looked(page):
    """By axe, at the end of the page: there nothing lies under the bar at the foot of a phone."""
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    return look(page, judges.axe())
