"""Acts begun at one moment, each in a thread and a connection of its own."""

import threading

from django.db import connection


def at_once(*acts):
    """What each act gave, or the error that it raised, in their order. The test needs `transaction=True`."""
    barrier, came_of = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            barrier.wait()
            came_of[place] = act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            came_of[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return came_of
