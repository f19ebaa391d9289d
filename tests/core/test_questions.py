"""Querysets that are put into words once: they answer as ever, and lock as ever."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Upper

from apps.core import clock, prepared
from apps.core.models import Event, EventBlock, Pulse
from apps.core.questions import Question, each_of

KEPT = "SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s"


def a_block(number):
    facts = {"merkle_root": "r", "previous_hash": "p", "hash": f"h{number}", "sealed_at": clock.now()}
    return EventBlock.objects.create(number=number, events=1, **facts)


def a_pulse(name):
    return Pulse.objects.create(name=name, seen_at=clock.now())


@pytest.mark.django_db
def test_it_gives_the_rows_that_its_queryset_gives():
    block = a_block(1)
    facts = {"kind": "pulse.felt", "subject_type": "core.pulse", "happened_at": clock.now(), "recorded_at": clock.now()}
    for subject_id in ("one", "two"):
        Event.objects.create(subject_id=subject_id, data={"of": subject_id}, block=block, **facts)

    def asked(subject, kind):
        found = Event.objects.filter(subject_id=subject, kind=kind, block__number=1).select_related("block")
        return found.annotate(loud=Upper("subject_id"), is_first=Q(subject_id="one"))

    question = Question(asked)

    for subject in ("one", "two", "none"):
        expected = list(asked(subject, "pulse.felt"))
        answer = question.all(subject, "pulse.felt")
        assert [vars(one) | {"_state": ()} for one in answer] == [vars(one) | {"_state": ()} for one in expected]
        assert [one.block for one in answer] == [block] * len(expected)
        assert [one.data for one in answer] == [{"of": subject}] * len(expected)


@pytest.mark.django_db
def test_it_gives_values_where_its_queryset_gives_values():
    blocks = [a_block(number) for number in (1, 2, 3)]
    numbers = Question(
        lambda keys: EventBlock.objects.filter(pk__in=each_of(keys)).order_by("number").values_list("number")
    )

    assert numbers.all([one.pk for one in blocks[:2]]) == [(1,), (2,)]
    assert numbers.all([]) == []


@pytest.mark.django_db
def test_one_that_is_not_there_is_said_as_a_queryset_says_it():
    pulse = a_pulse("one")
    question = Question(lambda name: Pulse.objects.filter(name=name))

    assert question.get("one") == question.first("one") == pulse
    assert question.first("two") is None
    with pytest.raises(Pulse.DoesNotExist):
        question.get("two")


@pytest.mark.django_db
def test_it_is_planned_once_with_what_never_changes_in_its_words():
    question = Question(
        lambda pk: Event.objects.filter(pk=pk, kind="50 % felt", block=None).order_by().values_list("pk")
    )

    for pk in range(6):
        assert question.all(pk) == []

    ((words,),) = prepared.ask(KEPT, ["%50 \\%%felt%"])
    assert "\"kind\" = '50 % felt'" in words
    assert '"id" = $1' in words


@pytest.mark.django_db(transaction=True)
def test_a_lock_without_a_transaction_is_an_error_also_when_it_was_asked_before():
    pulse = a_pulse("one")
    locked = Question(lambda pk: Pulse.objects.select_for_update().filter(pk=pk))
    with transaction.atomic():
        assert locked.get(pulse.pk) == pulse

    with pytest.raises(transaction.TransactionManagementError):
        locked.get(pulse.pk)

    assert connection.get_autocommit()


@pytest.mark.django_db
def test_a_moment_that_would_be_asked_for_ever_is_an_error():
    late = Question(lambda: Pulse.objects.filter(seen_at__lt=clock.now() - timedelta(minutes=1)))

    with pytest.raises(ValueError, match="would be asked for ever"):
        late.all()

    assert Question(lambda at: Pulse.objects.filter(seen_at__lt=at)).all(clock.now()) == []
