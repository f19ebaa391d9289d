"""A connection that is kept: found dead without a question, and never asked whether it lives."""

import psycopg
import pytest
from django.db import OperationalError, connection

from apps.core.postgresql.base import DatabaseWrapper


@pytest.fixture
def beside(django_db_setup, django_db_blocker):
    """Another connection to the same database, and Django's own one outside of any transaction."""
    with django_db_blocker.unblock():
        connection.ensure_connection()
        with psycopg.connect(connection.connection.info.dsn, password=connection.connection.info.password) as other:
            other.autocommit = True
            yield other
        connection.close()


@pytest.fixture
def pooled(beside):
    """A connection of a pool of one, as the web server has it."""
    settings = connection.settings_dict | {"CONN_HEALTH_CHECKS": False}
    settings["OPTIONS"] = settings["OPTIONS"] | {"pool": {"min_size": 1, "max_size": 1, "timeout": 5}}
    one = DatabaseWrapper(settings)
    yield one
    one.close()
    one.close_pool()


def server_of(one):
    """The process at the server's end, and what it was last asked."""
    one.ensure_connection()
    return one.connection.info.backend_pid


def end(beside, pid):
    """Ends a server process, and waits until it is gone."""
    assert beside.execute("SELECT pg_terminate_backend(%s, 5000)", [pid]).fetchone() == (True,)


def ask(one):
    with one.cursor() as cursor:
        cursor.execute("SELECT 42")
        return cursor.fetchone()


def test_a_kept_connection_that_lives_is_asked_nothing(beside):
    assert ask(connection) == (42,)
    pid = server_of(connection)

    assert connection.is_usable()

    assert beside.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone() == ("SELECT 42",)


def test_a_kept_connection_whose_server_went_is_found_dead(beside):
    assert ask(connection) == (42,)

    end(beside, server_of(connection))

    assert not connection.is_usable()
    with pytest.raises(OperationalError):
        ask(connection)


def test_a_connection_of_a_pool_is_given_again_without_a_question(beside, pooled):
    assert ask(pooled) == (42,)
    pid = server_of(pooled)
    pooled.close()

    assert server_of(pooled) == pid

    assert beside.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone() == ("SELECT 42",)


def test_a_pool_whose_server_went_gives_another_connection_and_no_question_fails(beside, pooled):
    assert ask(pooled) == (42,)
    pid = server_of(pooled)
    pooled.close()

    end(beside, pid)

    assert ask(pooled) == (42,)
    assert server_of(pooled) != pid
