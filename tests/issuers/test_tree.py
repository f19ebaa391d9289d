"""Who stands below whom, kept by the database however organisations move."""

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core import clock
from apps.core.ids import new_public_id
from apps.issuers.models import Descent, Issuer
from tests.together import at_once

pytestmark = pytest.mark.django_db

HOUSES = 6


def founded(parent=None):
    mark = new_public_id()[:12]
    return Issuer.objects.create(slug=mark, name=mark, parent=parent, created_at=clock.now())


def moved(issuer, parent):
    with transaction.atomic():
        Issuer.objects.filter(pk=issuer.pk).update(parent=parent)


def descents():
    return set(Descent.objects.values_list("ancestor", "descendant", "steps"))


def recomputed():
    """Every (ancestor, descendant, steps), walked up from each organisation to the top."""
    parents = dict(Issuer.objects.values_list("pk", "parent"))
    found = set()
    for one in parents:
        above, steps = one, 0
        while above is not None:
            assert steps <= len(parents), "a ring"
            found.add((above, one, steps))
            above, steps = parents[above], steps + 1
    return found


def test_an_organisation_stands_below_itself_and_all_above_it():
    top = founded()
    middle = founded(top)
    low = founded(middle)

    assert descents() == {
        *((one.pk, one.pk, 0) for one in (top, middle, low)),
        *((top.pk, middle.pk, 1), (middle.pk, low.pk, 1), (top.pk, low.pk, 2)),
    }


def test_moved_it_takes_all_below_it_along():
    top, other = founded(), founded()
    middle = founded(top)
    low = founded(middle)

    moved(middle, other)

    assert descents() == recomputed()
    assert (other.pk, low.pk, 2) in descents()
    assert not Descent.objects.filter(ancestor=top).exclude(descendant=top).exists()


def test_moved_to_the_top_it_stands_below_nobody():
    middle = founded(founded())
    low = founded(middle)

    moved(middle, None)

    assert descents() == recomputed()
    assert list(Descent.objects.filter(descendant=low).order_by("steps").values_list("ancestor", flat=True)) == [
        low.pk,
        middle.pk,
    ]


def test_moved_to_where_it_stands_nothing_changes():
    top = founded()
    middle = founded(top)
    before = set(Descent.objects.values_list("pk", flat=True))

    moved(middle, top)

    assert set(Descent.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_below_one_that_stands_below_it_it_can_not_stand(steps):
    chain = [founded()]
    for _step in range(steps):
        chain.append(founded(chain[-1]))

    with pytest.raises(IntegrityError, match="never stands below itself"):
        moved(chain[0], chain[-1])

    assert descents() == recomputed()


def test_below_itself_it_can_not_stand():
    one = founded()

    with pytest.raises(IntegrityError, match="issuer_not_below_itself"):
        moved(one, one)


def test_nobody_is_written_below_another_twice():
    one = founded(founded())

    with pytest.raises(IntegrityError, match="descent_once"), transaction.atomic():
        Descent.objects.create(ancestor=one.parent, descendant=one, steps=7)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(st.integers(-1, HOUSES - 1), min_size=HOUSES, max_size=HOUSES),
    moves=st.lists(st.tuples(st.integers(0, HOUSES - 1), st.integers(-1, HOUSES - 1)), max_size=12),
)
def test_after_any_moves_the_rows_are_what_walking_up_finds(first, moves):
    with transaction.atomic():
        houses = []
        for place, under in enumerate(first):
            houses.append(founded(houses[under] if 0 <= under < place else None))
        for place, under in moves:
            parent = houses[under] if under >= 0 else None
            makes_a_ring = parent is not None and (houses[place].pk, parent.pk) in {row[:2] for row in descents()}
            try:
                moved(houses[place], parent)
            except IntegrityError:
                assert makes_a_ring
            else:
                assert not makes_a_ring
            assert descents() == recomputed()
        transaction.set_rollback(True)


def test_several_moved_by_one_statement_are_each_moved():
    top, other = founded(), founded()
    both = [founded(top), founded(top)]
    founded(both[0])

    with connection.cursor() as cursor:
        cursor.execute("UPDATE issuers_issuer SET parent_id = %s WHERE parent_id = %s", [other.pk, top.pk])

    assert descents() == recomputed()
    assert set(other.children.all()) == set(both)


@pytest.mark.django_db(transaction=True)
def test_of_two_moves_at_once_that_would_make_a_ring_one_is_refused():
    one, other = founded(), founded()

    came_of = at_once(lambda: moved(one, other), lambda: moved(other, one))

    assert sorted(type(answer).__name__ for answer in came_of) == ["IntegrityError", "NoneType"]
    assert descents() == recomputed()


@pytest.mark.django_db(transaction=True)
def test_founded_below_one_that_moves_at_once_it_stands_below_all_above():
    top, middle = founded(), founded()

    at_once(lambda: moved(middle, top), lambda: founded(middle))

    assert descents() == recomputed()
    assert Descent.objects.filter(ancestor=top).count() == 3
