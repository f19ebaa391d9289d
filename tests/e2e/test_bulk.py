"""A table of three hundred people in the browser, as an owner does it: given, corrected, awarded while one watches,
written to, taken back. `PEOPLE=10000` is as many.
"""

import io
import os

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import expect

from tests import judges
from tests.e2e.test_pages import look, too_wide
from tests.stack import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.browser]

NUMBER = int(os.environ.get("PEOPLE") or 300)
# Seconds for what workers do with all of them.
PATIENCE = 120 + NUMBER / 20
MAKE = """
import json
from django.conf import settings
from django.test import Client
from tests.factories import owner_of, published_version

version = published_version()
client = Client()
client.force_login(owner_of(version.achievement.issuer))
print(json.dumps([client.cookies[settings.SESSION_COOKIE_NAME].value, version.achievement.issuer.slug]))
"""
SENT = "SELECT count(*) FROM notices_letter WHERE kind = 'award' AND state = 'sent'"


@pytest.fixture(scope="module")
def made(shared):
    shared.start_worker("now", name="now")
    shared.start_worker("bulk,mail", name="bulk")
    shared.start_beat()
    return shared.python(MAKE)


@pytest.fixture
def visit(browser, shared, made):
    contexts = []

    def opened(*, width=1280, scripts=True):
        context = browser.new_context(
            base_url=shared.url,
            viewport={"width": width, "height": 900},
            locale="en",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.add_cookies([{"name": "sessionid", "value": made[0], "url": shared.url}])
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def people(number=NUMBER):
    """A workbook as somebody keeps it: two of its rows can't be awarded."""
    book = Workbook()
    book.active.append(["No.", "Given names", "Surname", "Contact", "What they did", "Link", "Expires"])
    for n in range(1, number + 1):
        address = {7: "learner-7 at people.example", 11: "learner-10@people.example"}.get(
            n, f"learner-{n}@people.example"
        )
        link = f"https://work.example/{n}" if n % 2 else None
        book.active.append([n, "Learner", f"Number {n}", address, f"Sharpened {n} blades.", link, "31/12/2031"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def file(data, name="people.xlsx"):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def fits(page, opened):
    """Nothing that axe finds, here and on a phone."""
    narrow = opened(width=390)
    narrow.goto(page.url)
    assert (look(page, judges.axe()), too_wide(narrow)) == ([], [])
    narrow.context.close()


def test_hundreds_are_awarded_from_a_workbook_and_taken_back(visit, shared, made, tmp_path):
    page = visit()
    page.goto(f"/organisations/{made[1]}/credentials/")
    page.get_by_role("link", name="Award to many").click()
    page.get_by_role("link", name="Give a table").click()
    fits(page, visit)

    page.get_by_label("Badge").select_option(index=1)
    page.get_by_label("What it rests on").fill("The course list of 2026.")
    page.get_by_label("Table").set_input_files(file(people()))
    page.get_by_role("button", name="Go on").click()

    # The headings told all but one of the columns; the first values told that one.
    expect(page.get_by_role("heading", level=1)).to_have_text("What the columns hold")
    held = {label: page.get_by_label(label, exact=True) for label in ("A No.", "B Given names", "D Contact")}
    expect(held["A No."]).to_have_value("")
    expect(held["B Given names"]).to_have_value("first_name")
    expect(held["D Contact"]).to_have_value("address")
    fits(page, visit)
    page.get_by_role("button", name="Check the rows").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("This is what would be awarded", timeout=1000 * PATIENCE)
    expect(page.get_by_text(f"{NUMBER - 2} rows are ready, 2 to be corrected")).to_be_visible()
    expect(page.get_by_text("“learner-7 at people.example” is not an e-mail address.")).to_be_visible()
    expect(page.get_by_text("Line 11 has the same address.")).to_be_visible()
    fits(page, visit)

    # What was found is taken home in the report, corrected there, and given again.
    with page.expect_download() as download:
        page.get_by_role("link", name="as a workbook (.xlsx)").click()
    report = tmp_path / "report.xlsx"
    download.value.save_as(report)
    book = load_workbook(report)
    for row in book.active.iter_rows(min_row=2):
        if row[8].value == "To be corrected":
            row[3].value = f"learner-{row[0].value}@people.example"
    book.save(report)
    page.get_by_role("link", name="Give a corrected table").click()
    page.get_by_label("Table").set_input_files(report)
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_text(f"{NUMBER} rows are ready")).to_be_visible(timeout=1000 * PATIENCE)

    page.get_by_role("link", name=f"Award {NUMBER} badges").click()
    expect(page.get_by_text(f"{NUMBER} letters go out")).to_be_visible()
    fits(page, visit)
    page.get_by_role("button", name=f"Award {NUMBER} badges").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{NUMBER} badges awarded", timeout=1000 * PATIENCE)
    fits(page, visit)
    wait_until(lambda: shared.one(SENT) == NUMBER, "every earner's letter went out", PATIENCE)
    page.reload()
    expect(page.locator(".stat", has_text="letters sent")).to_contain_text(str(NUMBER))
    letter = shared.one("SELECT text FROM notices_letter WHERE \"to\" = 'learner-11@people.example' AND kind = 'award'")
    assert "Sharpen a knife" in letter

    page.get_by_role("link", name="Take all of it back").click()
    page.get_by_label("It was awarded by mistake").check()
    page.get_by_label("Yes, take back every one of them for good").check()
    fits(page, visit)
    page.get_by_role("button", name="Take all of it back for good").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All of it was taken back", timeout=1000 * PATIENCE)
    assert shared.rows("SELECT status, count(*) FROM credentials_credential GROUP BY status") == [("revoked", NUMBER)]


def test_without_scripts_it_takes_a_press_more(visit, shared, made):
    page = visit(scripts=False, width=390)
    page.goto(f"/organisations/{made[1]}/bulk/new/")
    page.get_by_label("Badge").select_option(index=1)
    page.get_by_label("What it rests on").fill("The course list of 2026.")
    page.get_by_label("Table").set_input_files(file(b"E-mail,Name\nani@people.example,Ani Ruru\n", "people.csv"))
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Check the rows").click()

    def looked_at():
        again = page.get_by_role("link", name="Look again")
        if again.count():
            again.click()
        return page.get_by_text("1 row is ready").count() == 1

    wait_until(looked_at, "the rows were looked at", 60)
    page.get_by_role("link", name="Award 1 badge").click()
    page.get_by_role("button", name="Award 1 badge").click()
    wait_until(
        lambda: shared.one("SELECT count(*) FROM credentials_credential WHERE sent_to = 'ani@people.example'") == 1,
        "the badge was awarded",
        60,
    )
