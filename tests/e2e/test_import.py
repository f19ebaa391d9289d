"""An earner brings badges from elsewhere: dropped, packed and pasted; a broken one meets the doctor."""

import base64
import re

import pytest
from playwright.sync_api import expect

from tests import judges
from tests.e2e.test_pages import look, too_wide
from tests.stack import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.browser]

MAKE = """
import base64, io, json, warnings, zipfile
warnings.simplefilter("ignore")
from django.conf import settings
from django.test import Client
from openbadgeslib import baking
from tests.backpacks import theirs
from tests.factories import person

learner, other = person("Hēmi Rāpana"), person()
keys = []
for one in (learner, other):
    client = Client()
    client.force_login(one)
    keys.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    archive.writestr("badges/token.jwt", theirs.token(number=2, name="Card the wool"))
    archive.writestr("badges/teamwork.svg", theirs.vector("simple-json.svg"))
changed = theirs.proof(number=3, name="Dye the wool").replace(b"Wove one.", b"Wove ten.")
given = {
    "kete.png": baking.bake_png(theirs.PNG, theirs.proof().decode(), keyword=baking.ITXT_KEYWORD_OB3),
    "older.png": theirs.older_picture(),
    "changed.json": changed,
    "kete again.json": theirs.proof(),
    "mine.zip": packed.getvalue(),
}
print(json.dumps([keys, {name: base64.b64encode(data).decode() for name, data in given.items()},
                  theirs.proof(number=4, name="Spin the wool").decode()]))
"""
# What a hand does with several files, as the browser tells a page.
DROP = """([target, files]) => {
  const data = new DataTransfer();
  for (const [name, bytes] of Object.entries(files))
    data.items.add(new File([Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0))], name));
  const at = document.querySelector(target);
  for (const kind of ['dragover', 'drop'])
    at.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""
WATCH = (
    "addEventListener('securitypolicyviolation', event => console.error('CSP', event.violatedDirective,"
    " event.blockedURI, event.sourceFile))"
)


@pytest.fixture(scope="module")
def made(shared):
    shared.start_worker()
    return shared.python(MAKE)


@pytest.fixture
def visit(browser, shared, made):
    """(a page opener for one of the two people, what browsers complained of)"""
    keys, _files, _text = made
    complaints, contexts = [], []

    def opened(who=0, *, width=1280, scripts=True):
        context = browser.new_context(
            base_url=shared.url,
            viewport={"width": width, "height": 900},
            locale="en",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.add_cookies([{"name": "sessionid", "value": keys[who], "url": shared.url}])
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda one: one.type in {"error", "warning"} and complaints.append(one.text))
        if scripts:
            page.add_init_script(WATCH)
        return page

    yield opened, complaints
    for context in contexts:
        context.close()


def rows(page):
    return [
        (row.locator("h2").inner_text(), row.get_attribute("data-outcome"))
        for row in page.locator("#imported article").all()
    ]


def test_badges_of_many_makers_are_dropped_checked_kept_and_the_broken_one_is_cured(visit, made):
    opened, complaints = visit
    _keys, files, _text = made
    page = opened()

    page.goto("/backpack/")
    page.get_by_role("link", name="Add one from elsewhere").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add badges from elsewhere")
    page.wait_for_load_state()
    assert look(page, judges.axe()) == []
    page.evaluate(DROP, ["h1", files])
    expect(page.locator("[data-names] li")).to_have_count(5)
    page.get_by_role("button", name="Check and add").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 needs attention", timeout=60_000)
    came = sorted(rows(page))
    sick = page.locator("[data-outcome=sick]")

    # Of the two that are the same, either may have come first.
    assert [one for one in came if one[1] != "unsure"] == [
        ("Card the wool", "kept"),
        ("Weave a kete", "kept"),
        ("Weave a kete", "there"),
        ("changed.json", "sick"),
    ]
    assert sum(outcome == "unsure" for _name, outcome in came) == 2
    expect(sick).to_contain_text("It was changed after it was signed, or the signature is not genuine.")
    expect(sick).to_contain_text("Find the file that was first sent to you")
    expect(page.locator("[data-outcome=unsure] .t-pass, [data-outcome=unsure] .s-pass")).to_have_count(0)
    assert look(page, judges.axe()) == []
    narrow = opened(width=390)
    narrow.goto(page.url)
    assert too_wide(narrow) == []

    # Told instead, in a word, and never with a tick.
    sick.get_by_role("link", name=re.compile("Keep it as told by you")).click()
    expect(page.get_by_label("What it is called")).to_have_value("Dye the wool")
    assert look(page, judges.axe()) == []
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dye the wool")
    expect(page.get_by_text("Told, not checked")).to_be_visible()
    page.goto("/backpack/?kind=elsewhere")
    page.get_by_role("link", name="Weave a kete").click()
    expect(page.get_by_role("button", name="Check again now")).to_be_visible()
    assert look(page, judges.axe()) == []
    page.goto("/backpack/?view=unchecked")
    expect(page.get_by_text("Could not check")).to_have_count(2)
    assert complaints == []


def test_without_scripts_the_same_is_done_by_hand_and_given_up_again(visit, made, tmp_path):
    opened, complaints = visit
    _keys, files, text = made
    page, archive = opened(1, scripts=False), tmp_path / "mine.zip"
    archive.write_bytes(base64.b64decode(files["mine.zip"]))

    page.goto("/backpack/import/")
    page.get_by_label("Badge files, or a ZIP of them").set_input_files(archive)
    page.get_by_text("The text of a badge").click()
    page.get_by_label("Text of a credential").fill(text)
    page.get_by_role("button", name="Check and add").click()

    def looked_at():
        page.wait_for_load_state()
        if page.get_by_role("heading", level=1).inner_text() == "All of them are seen to":
            return True
        page.get_by_role("link", name="Look again").click()
        return False

    wait_until(looked_at, "the checks", 60)
    assert rows(page) == [("Card the wool", "kept"), ("Teamwork", "unsure"), ("Spin the wool", "kept")]

    page.get_by_role("link", name="Spin the wool").click()
    expect(page.get_by_role("button", name="Check again now")).to_be_visible()
    page.get_by_role("link", name="Give it up").click()
    page.locator("#give-up").get_by_role("button", name="Give it up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your backpack")
    expect(page.get_by_text("Spin the wool")).to_have_count(0)
    assert complaints == []
