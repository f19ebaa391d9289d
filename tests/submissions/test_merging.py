"""What two tabs wrote is put together."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.submissions.merging import merge, merge_line

BASE = "First.\nSecond.\nThird."


@pytest.mark.parametrize(
    ("ours", "theirs", "both"),
    [
        (BASE, BASE, BASE),
        ("First, more.\nSecond.\nThird.", BASE, "First, more.\nSecond.\nThird."),
        (BASE, "First.\nSecond.\nThird, more.", "First.\nSecond.\nThird, more."),
        ("First, a.\nSecond.\nThird.", "First.\nSecond.\nThird, b.", "First, a.\nSecond.\nThird, b."),
        ("First.\nThird.", "First.\nSecond.\nThird.\nFourth.", "First.\nThird.\nFourth."),
        ("First.\nSecond a.\nThird.", "First.\nSecond b.\nThird.", "First.\nSecond a.\nSecond b.\nThird."),
        # One goes on where the other stops: said once.
        (
            "First.\nSecond. I gro\nThird.",
            "First.\nSecond. I ground it.\nThird.",
            "First.\nSecond. I ground it.\nThird.",
        ),
    ],
)
def test_paragraphs_of_both_are_kept(ours, theirs, both):
    assert merge(BASE, ours, theirs) == both


def test_one_line_that_both_changed_stands_there_twice():
    assert merge("", "Ten knives.", "Nine knives.") == "Ten knives.\n\nNine knives."
    assert merge_line("", "Gore", "Mataura") == "Gore / Mataura"


def test_one_line_that_one_changed_is_as_they_have_it():
    assert (merge_line("Gore", "Mataura", "Gore"), merge_line("Gore", "Gore", "Mataura")) == ("Mataura", "Mataura")


lines = st.lists(st.sampled_from(["a", "b", "c d", "", "e"]), max_size=6).map("\n".join)


@settings(max_examples=200, deadline=None)
@given(base=lines, ours=lines, theirs=lines)
def test_no_line_that_either_added_is_lost(base, ours, theirs):
    merged = merge(base, ours, theirs).split("\n")

    known = set(base.split("\n"))
    added = {line for line in (*ours.split("\n"), *theirs.split("\n")) if line and line not in known}
    assert [line for line in added if not any(kept.startswith(line) for kept in merged)] == []


@settings(max_examples=100, deadline=None)
@given(base=lines, changed=lines)
def test_who_changed_alone_is_taken_at_their_word(base, changed):
    assert (merge(base, changed, base), merge(base, base, changed)) == (changed, changed)


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        ("\n" * 19_999, "x" + "\n" * 19_998, "\n" * 19_998 + "y"),
        (
            "",
            "".join(f"{chr(0x4E00 + n)}\n" for n in range(9_999)),
            "".join(f"{chr(0x4E00 - n)}\n" for n in range(9_999)),
        ),
        ("a\n" * 9_999, "a\ny\n" * 4_999, "z\na\n" * 4_999),
        ("a\n" * 500, "a\ny\n" * 500, "z\na\n" * 500),
        ("a\n" * 150, "a\ny\n" * 150, "z\na\n" * 150),
    ],
)
def test_no_two_texts_take_long_to_put_together(base, ours, theirs):
    began = time.process_time()
    merged = merge(base, ours, theirs)

    assert time.process_time() - began < 1
    assert {*ours.split("\n"), *theirs.split("\n")} - {""} <= {*merged.split("\n")}


def test_what_one_wrote_far_apart_from_the_other_is_merged_in_a_long_text_too():
    base = "\n".join(["First."] + ["Same."] * 5_000 + ["Last."])

    merged = merge(base, base.replace("First.", "First, more."), base.replace("Last.", "Last, more."))

    assert merged == base.replace("First.", "First, more.").replace("Last.", "Last, more.")
