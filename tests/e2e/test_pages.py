"""Every page of the table of doors, looked at by axe, on a phone, in the dark, and under the policy of content."""

import json
import time
from functools import cache

import pytest

from tests import judges
from tests.architecture.test_doors import NO_PAGES, PERSONAS, rows

pytestmark = [pytest.mark.stack, pytest.mark.browser]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# Frames have a policy of their own, and a test beside them (test_share_sheet.py).
NOT_OURS_OR_NO_PAGE = (*NO_PAGES, "/attachments/", "/embed/")


def pages():
    """(address, persona) of each page: as the first persona sees it who is let in; the home as everyone."""
    for address, *statuses in rows():
        seen = [persona for persona, status in zip(PERSONAS, statuses, strict=True) if status == "200"]
        if not seen and address == "/nowhere/":
            seen = ["visitor"]
        if seen and not any(mark in address for mark in NOT_OURS_OR_NO_PAGE):
            yield from ((address, persona) for persona in (seen if address == "/" else seen[:1]))


ALL = list(pages())
PARTS = 4


def by_persona(part):
    """A part of the pages as (persona, addresses)."""
    mine = ALL[part::PARTS]
    for persona in dict.fromkeys(persona for _address, persona in mine):
        yield persona, [address for address, whose in mine if whose == persona]


def context_for(browser, place, persona, *, language="en", **options):
    url, _names, keys = place
    context = browser.new_context(base_url=url, viewport=WIDE, locale="en", **options)
    cookies = [{"name": "django_language", "value": language, "url": url}]
    if persona in keys:
        cookies.append({"name": "sessionid", "value": keys[persona], "url": url})
    context.add_cookies(cookies)
    if persona in keys:
        # A person's language is the account's, not the browser's.
        assert context.request.post("/preferences/language/", form={"language": language, "next": "/help/"}).ok
    return context


def look(page, axe, *, rules=None):
    """What axe finds wrong: [(rule, elements)]."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe)  # by the debugger, for which the page's policy doesn't hold
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found = page.evaluate("only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only)
    return [
        (one["id"], [f"{node['target'][0]}: {_why(node)}" for node in one["nodes"]][:5]) for one in found["violations"]
    ]


def _why(node):
    return " ".join((node["failureSummary"] or "").split())[:200]


def too_wide(page):
    """Elements that make a page scroll sideways."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
        [...document.querySelectorAll("body *")].filter(one => {
            const box = one.getBoundingClientRect();
            return box.right > window.innerWidth + 1 || box.left < -1;
        }).slice(0, 5).map(one => one.tagName + "." + one.className)"""
    )


@pytest.fixture(scope="module")
def seen(browser, place):
    """By part, what was wrong on its pages and what they said in the browser's console: each is visited once."""
    return cache(lambda part: _seen(browser, place, part))


def _seen(browser, place, part):
    axe, wrong, complaints, spent = judges.axe(), {}, {}, []
    for persona, addresses in by_persona(part):
        # Still: a colour on its way from light to dark is none of the two.
        context = context_for(browser, place, persona, reduced_motion="reduce")
        context.add_init_script(
            "addEventListener('securitypolicyviolation', event => console.error('CSP', event.violatedDirective,"
            " event.blockedURI, event.sourceFile))"
        )
        page, said = context.new_page(), []
        page.on("console", lambda one, said=said: one.type in {"error", "warning"} and said.append(one.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        for address in addresses:
            began = time.monotonic()
            said.clear()
            page.set_viewport_size(WIDE)
            page.emulate_media(color_scheme="light")
            response = page.goto(address.format(**place[1]))
            complaints[f"{address} as {persona}"] = [*said, *_lenient(response)]
            found = {"light": look(page, axe) + [("reflow", [one]) for one in too_wide(page)]}
            page.set_viewport_size(PHONE)
            # At its end nothing lies under the bar at the foot but by the page's own fault.
            page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
            page.emulate_media(color_scheme="dark")
            found["phone, dark"] = look(page, axe, rules=["target-size", "color-contrast"])
            found["phone, dark"] += [("reflow", [one]) for one in too_wide(page)]
            spent.append(time.monotonic() - began)
            if any(found.values()):
                wrong[f"{address} as {persona}"] = {name: one for name, one in found.items() if one}
        context.close()
    print(f"{len(spent)} pages, {sum(spent) / len(spent):.2f} s each")
    return wrong, complaints


def _lenient(response):
    """The page's policy of content, where it lacks what every page has."""
    policy = response.headers["content-security-policy"].split("; ")
    strict = {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"}
    return [] if strict <= set(policy) else [str(policy)]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_accessible_fits_a_phone_and_can_be_read_in_the_dark(seen, part):
    wrong, _complaints = seen(part)

    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_breaks_the_policy_of_content_or_complains(seen, part):
    _wrong, complaints = seen(part)

    complaints = {page: said for page, said in complaints.items() if said}
    complaints.pop("/nowhere/ as visitor", None)  # the browser names the 404
    assert complaints == {}
