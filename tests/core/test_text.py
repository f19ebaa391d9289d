import pytest
from django.core.exceptions import ValidationError

from apps.core.text import is_iri, is_plain, seen, sorts_alike, validate_text


@pytest.mark.parametrize("sign", ["\x00", "\x08", "\x0b", "\x1f", "\x7f", "\ud800", "\ufffe", "\uffff"])
def test_a_sign_that_nobody_types_is_refused_in_a_sentence(sign):
    with pytest.raises(ValidationError, match="control character"):
        validate_text(f"a{sign}b")

    assert not is_plain(sign)


def test_every_other_sign_is_kept():
    validate_text("Kia ora\t\r\n\x85 ā ø 羊毛 كامل 😀 \u2028 \u202e \ufffd")


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("https://satchel.example/achievements/shear/v2#c1-l3", True),
        ("https://satchel.example:8443/a?b=c&d=%C4%81", True),
        ("mailto:a@b.example", True),
        ("did:web:satchel.example", True),
        ("", False),
        ("satchel.example", False),
        ("/c/1", False),
        ("https:", False),
        ("https://satchel.example/ā", False),
        ("https://satchel.example/a b", False),
        ("https://satchel.example/%", False),
        ("https://satchel.example/%zz", False),
        ("https://[::1]/", False),
        ("https://satchel.example/>", False),
        ("https://satchel.example/\n", False),
    ],
)
def test_an_address_that_is_signed_is_whole_and_written_alike_everywhere(address, whole):
    assert is_iri(address) is whole


@pytest.mark.parametrize(
    ("values", "alike"),
    [
        ([], True),
        (["b", "a", "ō"], True),
        (["😀"], True),
        (["😀", "a"], True),
        (["😀", "ｆ"], False),
        (["a😀", "aｆ"], False),
    ],
)
def test_words_sort_alike_unless_one_is_beyond_sixteen_bits_and_another_nearly_so(values, alike):
    assert sorts_alike(values) is alike


@pytest.mark.parametrize(
    ("written", "seen_as"),
    [
        ("Kōwhai  Ridge\n", "Kōwhai Ridge"),
        ("\x1b[1A\x1b[2KValid.\x9b8m", "[1A [2KValid. 8m"),
        ("evil\u202eTIM\u2066", "evil TIM"),
        ("می\u200cخواهم 👩\u200d🌾", "می\u200cخواهم 👩\u200d🌾"),
        (" \u200b\ufeff", ""),
    ],
)
def test_of_somebody_elses_words_only_what_can_be_seen_is_shown(written, seen_as):
    assert seen(written) == seen_as
