"""What a column holds is guessed by its heading, and kept for the next table."""

import pytest
from django.utils import translation

from apps.core.refused import Refused
from apps.credentials import mapping


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            ("E-mail address", "Name", "Narrative", "Evidence", "Valid until", "Language"),
            {"address": 0, "name": 1, "narrative": 2, "evidence": [3], "valid_until": 4, "language": 5},
        ),
        (
            ("Recipient Email", "Issued To First Name", "Issued To Last Name", "Expires At"),
            {"address": 0, "first_name": 1, "last_name": 2, "valid_until": 3},
        ),
        (("identifier", "recipient_name", "evidence_url"), {"address": 0, "name": 1, "evidence": [2]}),
        (("firstname", "lastname", "email"), {"first_name": 0, "last_name": 1, "address": 2}),
        (("Email", "Full name", "Evidence 1", "Evidence 2"), {"address": 0, "name": 1, "evidence": [2, 3]}),
        (("Wāhitau īmēra", "Ingoa", "Taunakitanga", "Reo"), {"address": 0, "name": 1, "evidence": [2], "language": 3}),
        (("البريد الإلكتروني", "الاسم الكامل", "تاريخ الانتهاء"), {"address": 0, "name": 1, "valid_until": 2}),
        (("Email", "Name", "First name", "Last name"), {"address": 0, "name": 1}),
        (("EMAIL (required)", "name*"), {"address": 0, "name": 1}),
        (("Room", "Shoe size"), {}),
    ],
    ids=lambda one: one[0] if isinstance(one, tuple) else "",
)
def test_headings_that_people_and_other_systems_write(names, expected):
    assert mapping.guess(names, [[""]] * len(names)) == expected


def test_a_column_of_addresses_needs_no_heading_that_says_so():
    first = [["Ani"], ["not one", "a@people.example"], ["a@people.example", "b@people.example"]]

    assert mapping.guess(["Name", "Contact", "Kontakt"], first) == {"name": 0, "address": 2}


def test_the_template_of_each_language_is_understood():
    for language in ("en", "mi", "ar"):
        with translation.override(language):
            names = [str(mapping.FIELDS[field]) for field in mapping.TEMPLATE]
        guessed = mapping.guess(names, [[]] * len(names))
        assert guessed == {"address": 0, "name": 1, "narrative": 2, "evidence": [3], "valid_until": 4, "language": 5}


def test_what_columns_hold_is_kept_by_their_names():
    before = ["Mail", "Who", "Link", "Link"]
    chosen = {"address": 0, "name": 1, "evidence": [2, 3]}

    assert mapping.kept(chosen, before, ["Link", "Who", "Mail", "More", "Link"]) == {
        "address": 2,
        "name": 1,
        "evidence": [0, 4],
    }
    assert mapping.kept(chosen, before, ["Link", "Who", "Mail"]) is None


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"name": 1}, "e-mail addresses"),
        ({"address": 0}, "the names"),
        ({"address": 0, "name": 1, "first_name": 2}, "not both"),
        ({"address": 0, "name": 0}, "one thing only"),
        ({"address": 0, "name": 3}, "no such column"),
        ({"address": 0, "name": 1, "evidence": [-1]}, "no such column"),
        ({"address": 0, "name": 1, "salary": 2}, "no such column"),
    ],
    ids=str,
)
def test_a_mapping_that_names_nobody_is_refused(chosen, words):
    mapping.refuse_unfit({"address": 0, "name": 1, "evidence": [2]}, 3)

    with pytest.raises(Refused, match=words):
        mapping.refuse_unfit(chosen, 3)


def test_our_own_columns_are_known_in_every_language():
    for language in ("en", "mi", "ar"):
        with translation.override(language):
            ours = mapping.own_headings()
        assert mapping.without_own(["E-mail", "State", *ours]) == 2
    assert mapping.without_own(["E-mail", "State", "Line"]) == 3


def test_columns_have_the_letters_of_spreadsheets():
    assert [mapping.letter(number) for number in (0, 25, 26, 59)] == ["A", "Z", "AA", "BH"]
