"""`make test-a11y`: every page in every look (theme × language × width) under every rule. Too long for each test run.

Prints a table and writes `.satchel/accessibility.json`; the figures stand in docs/accessibility.md.
"""

import json
import time
from collections import Counter
from itertools import product

import pytest
from django.conf import settings

from tests import judges
from tests.e2e.test_pages import ALL, PHONE, WIDE, context_for, look, too_wide
from tests.stack import ROOT

pytestmark = [pytest.mark.stack, pytest.mark.browser]

THEMES = ("light", "dark")
WIDTHS = {"1280": WIDE, "390": PHONE}


def test_every_page_in_every_look(browser, place):
    axe, found, seconds, rows = judges.axe(), {}, 0.0, []
    languages = [code for code, _name in settings.LANGUAGES]
    for theme, language, width in product(THEMES, languages, WIDTHS):
        began, wrong = time.monotonic(), Counter()
        for persona in dict.fromkeys(persona for _address, persona in ALL):
            context = context_for(
                browser, place, persona, language=language, reduced_motion="reduce", color_scheme=theme
            )
            page = context.new_page()
            page.set_viewport_size(WIDTHS[width])
            for address in (address for address, whose in ALL if whose == persona):
                page.goto(address.format(**place[1]))
                if width == "390":
                    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
                said = look(page, axe) + [("reflow", [one]) for one in too_wide(page)]
                wrong.update(rule for rule, _where in said)
                if said:
                    found[f"{address} as {persona}, {theme}, {language}, {width}"] = said
            context.close()
        seconds += time.monotonic() - began
        rows.append({"theme": theme, "language": language, "width": width, "pages": len(ALL), "findings": dict(wrong)})
    path = ROOT / ".satchel" / "accessibility.json"
    path.write_text(json.dumps({"rows": rows, "findings": found}, indent=1, ensure_ascii=False) + "\n")
    print("\n| theme | language | width | pages | findings |\n| --- | --- | --- | --- | --- |")
    for row in rows:
        told = ", ".join(f"{rule} × {times}" for rule, times in row["findings"].items()) or "none"
        print(f"| {row['theme']} | {row['language']} | {row['width']} | {row['pages']} | {told} |")
    print(f"\n{len(rows) * len(ALL)} looks in {seconds:.0f} s")
    assert found == {}, json.dumps(found, indent=1, ensure_ascii=False)
