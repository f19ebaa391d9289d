"""Questions whose words stay the same."""

import pytest

from apps.core import prepared

pytestmark = pytest.mark.django_db
KEPT = "SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s"


def test_what_is_asked_often_is_answered_anew_and_planned_once():
    answers = [prepared.ask("SELECT %s::int * 7 AS sevenfold", [n]) for n in range(6)]

    assert answers == [[(7 * n,)] for n in range(6)]
    assert prepared.ask(KEPT, ["%sevenfold"]) == [("SELECT $1::int * 7 AS sevenfold",)]


def test_it_counts_as_a_question_like_any_other(django_assert_num_queries):
    with django_assert_num_queries(2):
        prepared.ask("SELECT 1")
        prepared.ask("SELECT %s::text", ["100 %"])
