"""Colours that can be read, in both themes."""

import pytest

from apps.core import tokens


def test_black_on_white_is_21_and_a_colour_on_itself_1():
    assert tokens.ratio("000000", "ffffff") == 21.0
    assert tokens.ratio("14564e", "14564e") == 1.0


@pytest.mark.parametrize("pair", tokens.pairs(), ids=lambda pair: f"{pair.front} on {pair.back}")
def test_every_pair_reads_in_light_and_dark(pair):
    assert pair.light >= pair.needs
    assert pair.dark >= pair.needs


def test_every_colour_of_the_light_theme_has_a_dark_one_or_is_meant_to_stay():
    same = {name for name, value in tokens.colours("light").items() if tokens.colours("dark")[name] == value}

    assert same == {"on-brass"}
