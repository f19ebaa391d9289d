"""Where in a piece to look, as people type it."""

import pytest
from django.utils import translation

from apps.submissions.places import Place, parse


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("", Place()),
        ("4", Place(page=4)),
        ("page 4", Place(page=4)),
        ("p. 12", Place(page=12)),
        ("2:15", Place(seconds=135)),
        ("1:02:15", Place(seconds=3735)),
        ("4, no burr", Place(page=4, quote="no burr")),
        ("page 4 · 2:15 · “no burr”", Place(4, 135, "no burr")),
        ("17 degrees", Place(quote="17 degrees")),
        ("2:15 to the end", Place(quote="2:15 to the end")),
        ("the 4th ewe", Place(quote="the 4th ewe")),
        ("page 0", Place()),
        ("x" * 600, Place(quote="x" * 500)),
    ],
)
def test_a_page_a_time_or_words(typed, place):
    assert parse(typed) == place


@pytest.mark.parametrize("language", ["en", "mi", "ar"])
@pytest.mark.parametrize("place", [Place(), Place(4), Place(4, 135, "no burr"), Place(None, 3735, "")])
def test_what_is_shown_is_read_back_as_the_same(place, language):
    with translation.override(language):
        assert parse(str(place)) == place
