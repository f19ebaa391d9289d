"""Acts that meet: each in a connection and a transaction of its own. Such a test needs `transaction=True`."""

import threading

from django.db import connection, transaction

_WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class _Act(threading.Thread):
    """`came_of` is what the act gave, or the error that it raised."""

    def __init__(self, act, barrier=None):
        super().__init__()
        self.act, self.barrier, self.came_of = act, barrier, None

    def run(self):
        try:
            if self.barrier:
                self.barrier.wait()
            self.came_of = self.act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.came_of = error
        finally:
            connection.close()


def meanwhile(first, second, then=None):
    """What came of both, where the second is asked when the first has acted and its transaction is still open.

    The first ends as soon as the second is through, or waits for it; before that it does what is to come `then`.
    """
    other = _Act(second)
    with transaction.atomic():
        came_of = first()
        other.start()
        while other.is_alive() and not _waiting():
            other.join(0.01)
        if then:
            came_of = then()
    other.join()
    return came_of, other.came_of


def in_a_row(first, *others):
    """What came of each, where each of the others is asked when the one before it waits, or is through, and the
    transaction of the first is still open.
    """
    acts = [_Act(one) for one in others]
    with transaction.atomic():
        came_of = first()
        for one in acts:
            before = _waiting()
            one.start()
            while one.is_alive() and _waiting() == before:
                one.join(0.01)
    for one in acts:
        one.join()
    return [came_of, *(one.came_of for one in acts)]


def at_once(*acts):
    """What came of each, all begun at one moment: whoever is first is first."""
    barrier = threading.Barrier(len(acts))
    threads = [_Act(act, barrier) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return [one.came_of for one in threads]


def _waiting():
    """How many wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees what it saw first
        cursor.execute(_WAITING)
        return cursor.rowcount
