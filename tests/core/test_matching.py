"""Texts are compared in a time that has an end, whatever stands in them."""

import time

import pytest

from apps.core import changes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 10_000, "a y " * 5_000),
        ("a\n" * 10_000, "a\ny\n" * 5_000),
        ("a " * 1_000, "a y " * 1_000),
        ("a " * 50_000, "y a " * 25_000),
        ("a " * 50_000, "a y " * 25_000),
    ],
)
def test_no_two_texts_take_long_to_compare(before, after):
    began = time.process_time()
    found = changes.between(before, after)

    assert time.process_time() - began < 1
    assert found.added > 0


def test_of_a_long_text_what_was_changed_in_it_is_found():
    before = " ".join(f"Word {number} of the thing that was made on the bench." for number in range(300))
    after = before.replace("Word 150 of", "Sentence 150 of")

    found = changes.between(before, after)

    assert (found.added, found.removed) == (1, 1)
