"""Two web servers and four workers on one database and one broker: killed in turn, they lose nothing."""

import os
import threading

import pytest

from tests.many import WEBS, WORKERS, Many
from tests.stack import wait_until

pytestmark = pytest.mark.stack
AWARDS = 14


@pytest.fixture
def many(template, tmp_path):
    with Many(tmp_path, template, name=f"many_{os.getpid()}") as whole:
        yield whole


def test_two_web_servers_and_four_workers_killed_in_turn_lose_nothing_and_double_nothing(many):
    attempts, assessor, owner, marking = many.prepare(AWARDS)
    many.start_all()
    decided, victims = [], [*WEBS, *WORKERS, "beat"]

    def decide(own):
        for attempt in own:
            many.decide(attempt, assessor, marking)
            decided.append(attempt)

    people = [threading.Thread(target=decide, args=[attempts[number::2]]) for number in range(2)]
    for one in people:
        one.start()
    for number, victim in enumerate(victims):
        wait_until(lambda number=number: len(decided) >= 2 * number + 1, "the next decisions")
        many.shoot(victim)
    for one in people:
        one.join()
    wait_until(many.all_done, "the end of all work", seconds=60)
    revoked = [name for (name,) in many.rows("SELECT public_id FROM credentials_credential ORDER BY id LIMIT 3")]
    for name in revoked:
        many.revoke(name, owner)
    by = many.one("SELECT now()")
    many.shoot("worker 1")
    wait_until(many.all_done, "the end of what was taken back", seconds=60)

    # One of those killed hands letters over.
    found = many.look(decided, dict.fromkeys(revoked, "revoked"), cut_short=1, by=by)

    assert [found["things"][name] for name in ("credentials", "letters", "signed forms")] == [
        AWARDS,
        AWARDS,
        5 * AWARDS,
    ]
    wrong = {
        f"{how}: {what}": number for how in found if how != "things" for what, number in found[how].items() if number
    }
    assert wrong == {}
