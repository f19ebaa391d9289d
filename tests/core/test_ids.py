"""Public ids: random, and alike whether one is drawn or thousands are."""

import re

import pytest
from django.db import connection

from apps.core.ids import PATTERN, new_public_id, new_public_ids


@pytest.mark.parametrize("drawn", [lambda: [new_public_id() for _ in range(2_000)], lambda: new_public_ids(2_000)])
def test_every_sign_is_drawn_but_at_the_end_those_of_three_bits(drawn):
    ids = drawn()

    assert (len(set(ids)), all(re.fullmatch(PATTERN, one) for one in ids)) == (2_000, True)
    assert ["".join(sorted({one[place] for one in ids})) for place in (0, 24, 25)] == [
        *["234567abcdefghijklmnopqrstuvwxyz"] * 2,
        "4aeimquy",
    ]


@pytest.mark.django_db
def test_no_row_pays_for_an_index_of_beginnings_of_ids():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexdef LIKE '%(public_id%' ORDER BY indexname")
        found = [definition for (definition,) in cursor.fetchall()]

    assert len(found) > 50
    assert [one for one in found if "pattern_ops" in one] == []
