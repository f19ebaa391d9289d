"""Parts of a page that are drawn once: the same values, the same words, and nothing of anybody else."""

import re

import pytest
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import mark_safe

from apps.core.templatetags import kept
from apps.reviews.templatetags.ledger import Row

PAGE = Template('{% load kept %}{% kept "components/note.html" text=text tone="brand" %}')
SHELL = Template('{% load kept %}{% kept "shell/role_switch.html" parts=parts role="" %}')
THEMES = Template('{% load kept %}{% kept "shell/preferences.html" theme="dark" %}')

ROW = Row("t", False, "/reviews/abc/", "Knots", "S-7K2M", 1, "English", False, "A learner", "", False, "", "")


def drawn(page, path="/", **context):
    return page.render(RequestContext(RequestFactory().get(path), context))


@pytest.fixture
def drawings(monkeypatch):
    """The names of templates that were really drawn, with the counter of them empty at first."""
    kept._parts.clear()
    names = []
    real = kept.get_template
    monkeypatch.setattr(kept, "get_template", lambda name: names.append(name) or real(name))
    return names


def test_the_same_values_are_drawn_once_and_others_anew(drawings):
    pages = [drawn(PAGE, text=text) for text in ("Kia ora", "Kia ora", "Haere rā")]

    assert pages[0] == pages[1] != pages[2]
    assert len(drawings) == 2


def test_a_part_knows_nothing_of_the_page_but_what_it_is_given(drawings):
    with_more = drawn(PAGE, text="Kia ora", href="/secret/", act="Look")
    kept._parts.clear()

    assert with_more == drawn(PAGE, text="Kia ora")
    assert len(drawings) == 2


def test_a_part_is_drawn_in_each_language(drawings):
    pages = []
    for language in ("en", "mi", "en"):
        with translation.override(language):
            pages.append(drawn(THEMES))

    assert pages[0] == pages[2] != pages[1]
    assert "Theme" in pages[0]


def test_words_that_are_safe_are_told_from_the_same_words_of_somebody(drawings):
    safe, typed = (drawn(PAGE, text=text) for text in (mark_safe("<b>now</b>"), "<b>now</b>"))

    assert "<b>now</b>" in safe
    assert "&lt;b&gt;now&lt;/b&gt;" in typed
    assert "<b>now</b>" not in typed


def test_each_reader_gets_a_token_and_a_way_back_of_their_own(drawings):
    ours, theirs = (drawn(SHELL, parts=()) for _reader in range(2))
    here, there = (drawn(THEMES, path) for path in ("/backpack/?q=<b>", "/reviews/"))

    our, their = (re.search(r'name="csrfmiddlewaretoken" value="(\w{64})"', page)[1] for page in (ours, theirs))
    assert our != their
    assert theirs == ours.replace(our, their)
    assert 'name="next" value="/backpack/?q=%3Cb%3E"' in here
    assert there == here.replace("/backpack/?q=%3Cb%3E", "/reviews/")
    assert len(drawings) == 2


def test_what_differs_at_each_visit_is_written_out_and_takes_no_room_in_memory(drawings):
    row = Template('{% load kept %}{% kept "reviews/_row.html" visited=visited row=row %}')
    plain, viewed = (drawn(row, visited=visited, row=ROW) for visited in ("", "?from=<b>"))

    assert 'href="/reviews/abc/"' in plain
    assert viewed == plain.replace("/reviews/abc/", "/reviews/abc/?from=&lt;b&gt;")
    assert len(drawings) == 1


def test_while_templates_are_being_written_each_page_is_drawn_anew(drawings, settings):
    settings.DEBUG = True

    drawn(PAGE, text="Kia ora")
    drawn(PAGE, text="Kia ora")

    assert len(drawings) == 2
