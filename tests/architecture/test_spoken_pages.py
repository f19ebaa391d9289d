"""No page of the table of doors shows English words for which there are others in its language."""

import html
import re

import pytest
from django.test import Client

from config.parts import messages
from tests.architecture.test_doors import NO_PAGES, PERSONAS, build_house, rows
from tests.architecture.test_languages import entries

pytestmark = pytest.mark.django_db

# Files and programs' answers, and pages that `messages.SPOKEN` leaves in English.
NOT_SPOKEN = (
    *NO_PAGES,
    *("/designs/", "/organisations/", "/frameworks/imports/", "/dev/mail/", "/doctor/", "/styleguide/"),
)
# In Arabic only the shell and the pages around sign-in are whole.
ARABIC = ["/help/", "/nowhere/"]
# Short words stand in names, too: "Log" may be a title that somebody chose.
LONG = 12


def english(language):
    """What must not be read on a page: whole strings without placeholders that say something else in this language."""
    for _name, entry in entries(language):
        one, other = " ".join(entry.msgid.split()), " ".join(entry.msgstr.split())
        if len(one) >= LONG and one != other and not re.search(r"%[(sdr]|\{", one) and not entry.msgid_plural:
            yield one


def text_of(page):
    page = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    shown = " ".join(re.findall(r'\b(?:aria-label|alt|title|placeholder|content|data-\w+)="([^"]*)"', page))
    words = re.sub(r"<[^>]*>", "\n", page)
    return "\n".join(" ".join(html.unescape(line).split()) for line in f"{words}\n{shown}".splitlines())


def pages():
    for address, *statuses in rows():
        seen = [persona for persona, status in zip(PERSONAS, statuses, strict=True) if status == "200"]
        if address == "/nowhere/":
            seen = ["visitor"]
        if seen and not any(mark in address for mark in NOT_SPOKEN):
            yield from ((address, persona) for persona in (seen if address == "/" else seen[:1]))


# What a check found is told in the language of who asked for it then, and stays so.
TOLD_THEN = {
    "/backpack/items/{elsewhere}/",
    "/backpack/imports/{brought}/",
    "/backpack/imports/{brought}/{sick}/tell/",
}


def is_spoken(language, address, persona):
    if address in TOLD_THEN:
        return False
    if language == "ar":
        return address.startswith("/accounts/") or address in ARABIC or (address, persona) == ("/", "visitor")
    return (address, persona) != ("/", "operator")


@pytest.mark.parametrize("language", list(messages.SPOKEN))
def test_no_page_shows_english_where_it_could_speak(language):
    people, names = build_house()
    for someone in filter(None, people.values()):
        someone.language = language
        someone.save(update_fields=["language"])
    words = sorted(set(english(language)), key=len, reverse=True)
    found, looked_at = {}, 0
    for address, persona in pages():
        if not is_spoken(language, address, persona):
            continue
        client = Client(headers={"Accept-Language": language})
        if people[persona] is not None:
            client.force_login(people[persona])
        page = client.get(address.format(**names), follow=False).content.decode()
        assert f'<html lang="{language}"' in page, address
        text = text_of(page)
        looked_at += 1
        # Most stand nowhere, and that is seen without a pattern.
        left = [one for one in words if one in text and re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text)]
        if left:
            found[f"{address} as {persona}"] = left
    assert found == {}
    assert looked_at > (15 if language == "ar" else 40)
