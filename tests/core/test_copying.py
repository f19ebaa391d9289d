"""Many rows at once: what goes wrong there is an error of Django's, as everywhere else in the house."""

import psycopg
import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from apps.core import clock
from apps.core.copying import copy_in
from apps.core.models import Pulse

COLUMNS = ("name", "seen_at")


@pytest.mark.django_db
def test_a_row_that_breaks_a_rule_is_an_integrity_error():
    now = clock.now()
    copy_in(Pulse, COLUMNS, [("one", now), ("two", now)])

    with pytest.raises(IntegrityError), transaction.atomic():
        copy_in(Pulse, COLUMNS, [("three", now), ("two", now)])

    assert set(Pulse.objects.values_list("name", flat=True)) == {"one", "two"}


@pytest.mark.django_db
def test_what_no_column_takes_is_a_data_error():
    with pytest.raises(DataError), transaction.atomic():
        copy_in(Pulse, COLUMNS, [("a \x00 in it", clock.now())])

    assert not Pulse.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_meanwhile_is_an_operational_error():
    def rows():
        """Ends the connection when it is asked for the second row."""
        yield "one", clock.now()
        with psycopg.connect(**connection.get_connection_params()) as beside:
            beside.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
        yield "two", clock.now()

    with pytest.raises(OperationalError), transaction.atomic():
        copy_in(Pulse, COLUMNS, rows())

    assert not Pulse.objects.exists()
