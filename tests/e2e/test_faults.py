"""The plug is pulled, for real: nothing is lost, nothing is doubled."""

import json
import signal
from email import message_from_bytes

import pytest
from playwright.sync_api import expect

from tests.e2e.test_loop import Walk
from tests.stack import wait_until

pytestmark = pytest.mark.stack

PREPARE = """
import json
from tests.factories import taken_attempt
attempt, assessor = taken_attempt()
print(json.dumps([attempt.pk, assessor.pk]))
"""
DRAIN = "from apps.core import outbox; outbox.drain()"
DECIDE = """
import json
from apps.accounts.models import User
from apps.reviews import verbs
from apps.submissions.models import Attempt
from tests.factories import ALL_GOOD, marks_for
attempt, by = Attempt.objects.get(pk={0}), User.objects.get(pk={1})
decision = verbs.decide(attempt, by=by, marks=marks_for(attempt), answers=ALL_GOOD, note="Good.")
print(json.dumps(decision.public_id))
"""


WORK = """
from django.db import transaction
from apps.core import outbox
with transaction.atomic():
    outbox.enqueue("apps.core.tasks.prune_jobs", key="prune:{0}")
"""
# The last that a worker says at the end of a job.
BY_WORKERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE %s"


def hurry(stack):
    """What a killed worker held is free at once: the test need not wait for the lease to end."""
    stack.rows(
        "UPDATE core_job SET leased_until = now() - interval '1 second', rung_at = NULL WHERE state = 'pending' RETURNING 1"
    )


def outcome(stack):
    """(credentials and their states, distinct digests, letters in the ledger, letters that a mailbox would show, how
    often they were handed over, jobs not done)
    """
    awards = [path.read_bytes() for path in stack.letters()]
    awards = [message_from_bytes(letter)["Message-ID"] for letter in awards if b"You earned it" in letter]
    handed_over = stack.handed_over()
    return (
        stack.rows("SELECT state FROM credentials_credential"),
        stack.one("SELECT count(*), count(DISTINCT sha256) FROM credentials_bake"),
        stack.rows("SELECT state FROM notices_letter WHERE kind = 'award'"),
        len(awards),
        sum(handed_over[name] for name in awards),
        stack.one("SELECT count(*) FROM core_job WHERE state <> 'done'"),
    )


def whole(*, handed_over=1):
    """Two pictures, each with two versions of Open Badges."""
    return [("offered",)], (4, 4), [("sent",)], 1, handed_over, 0


# Nobody knows whether a letter arrived when whoever handed it over died before they could say so: it goes once more,
# under the same Message-ID.
@pytest.mark.parametrize(
    ("failpoint", "handed_over"), [("award", 1), ("sign", 1), ("bake", 1), ("before_letter", 1), ("after_letter", 2)]
)
def test_a_worker_killed_at_any_step_leaves_one_credential_one_digest_and_one_letter(stack, failpoint, handed_over):
    attempt, assessor = stack.python(PREPARE)
    stack.python(DRAIN)
    stack.start_worker(SATCHEL_FAILPOINT=failpoint)
    stack.start_beat()

    stack.python(DECIDE.format(attempt, assessor))
    wait_until(lambda: not stack.alive("worker"), f"the death at {failpoint}")
    half_way = outcome(stack)
    hurry(stack)
    stack.start_worker()

    all_of_it = whole(handed_over=handed_over)
    wait_until(lambda: outcome(stack) == all_of_it, f"the whole outcome, after {half_way} and now {outcome(stack)}")
    assert half_way != all_of_it


def test_a_broker_lost_with_its_data_at_approval_loses_nothing(stack):
    attempt, assessor = stack.python(PREPARE)
    stack.manage("drain_jobs")
    stack.lose_broker()

    stack.python(DECIDE.format(attempt, assessor))
    assert outcome(stack)[0] == [("awarded",)]
    stack.start_broker()
    stack.start_worker()
    stack.start_beat()

    wait_until(lambda: outcome(stack) == whole(), "the credential after the broker came back")


IN_A_HANG = """
import json, time
from django.core.cache import cache
from django.db import transaction
from apps.core import outbox
cache.get("warm")
began = time.monotonic()
for turn in range(2):
    with transaction.atomic():
        for number in range(3):
            outbox.enqueue("apps.core.tasks.prune_jobs", key=f"hang:{turn}:{number}")
    cache.get("x"), cache.add("x", 1)
print(json.dumps(time.monotonic() - began))
"""


def test_a_broker_that_hangs_costs_an_act_a_moment_and_not_five_seconds_a_bell(stack):
    stack.start_worker(processes=1)
    stack.start_beat()
    stack.python(WORK.format("before"))
    done = "SELECT count(*) FROM core_job WHERE function LIKE '%%prune_jobs' AND state = 'done'"
    wait_until(lambda: stack.one(done) == 1, "a job before the broker hangs")
    stack.processes["broker"].send_signal(signal.SIGSTOP)
    try:
        took = stack.python(IN_A_HANG)
    finally:
        stack.processes["broker"].send_signal(signal.SIGCONT)

    assert took < 3
    wait_until(lambda: stack.one(done) == 7, "the jobs that nobody could ring for")


POISON = """
from datetime import timedelta
from django.db import transaction
from apps.core import outbox
from apps.core.models import Job
outbox.LONGEST_HELD[Job.Queue.NOW] = outbox.KILLED_AFTER = timedelta(seconds=1)
with transaction.atomic():
    for name in ("kills", "hangs", "is_deaf"):
        outbox.enqueue(f"tests.poison.{name}", key=name)
    Job.objects.update(attempts=outbox.MOST_ATTEMPTS + outbox.SPARED - 1)
    Job.objects.filter(key="hangs").update(attempts=outbox.MOST_ATTEMPTS - 1)
"""
GIVEN_UP = "15 took it up, and of the last 4 none came to its end. It kills them, or takes longer than 30 s."


def test_what_kills_or_hangs_a_worker_is_given_up_and_leaves_it_to_others(stack):
    stack.start_worker("now,bulk", processes=1)
    stack.python(POISON)

    ended = (
        "SELECT count(*) = 2 FROM core_job WHERE key IN ('kills', 'is_deaf') AND leased_until < now() AND attempts = 15"
    )
    wait_until(lambda: stack.one(ended), "the end of who took them up", seconds=60)
    # So that the pause need not be over.
    stack.rows("UPDATE core_job SET leased_until = NULL, rung_at = NULL WHERE state = 'pending' RETURNING 1")
    stack.start_beat()
    wait_until(lambda: stack.one("SELECT count(*) = 3 FROM core_job WHERE state = 'dead'"), "the end of all three")

    said = {key: words.strip().splitlines()[-1] for key, words in stack.rows("SELECT key, last_error FROM core_job")}
    assert said == {
        "kills": f"Given up: {GIVEN_UP}",
        "is_deaf": f"Given up: {GIVEN_UP}",
        "hangs": "billiard.exceptions.SoftTimeLimitExceeded: SoftTimeLimitExceeded()",
    }
    stack.python(WORK.format("after"))
    wait_until(lambda: stack.one("SELECT state = 'done' FROM core_job WHERE key = 'prune:after'"), "what came after")


TWO_AT_ONCE = """
import json, threading
from django.db import connection
from apps.accounts.models import User
from apps.core.refused import Refused
from apps.credentials.models import Credential
from apps.reviews import verbs
from apps.reviews.models import Assignment
from tests.factories import ALL_GOOD, assessable_attempt, assessor_of, marks_for, published_version

version = published_version()
two = [assessor_of(version.achievement) for _ in range(2)]
rounds = []
for _ in range({rounds}):
    attempt = assessable_attempt(version)
    barrier, said = threading.Barrier(2), []

    def decide(by):
        try:
            barrier.wait()
            verbs.take(attempt, by=by)
            verbs.decide(attempt, by=by, marks=marks_for(attempt), answers=ALL_GOOD, note="")
            said.append("won")
        except Refused as refusal:
            said.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[by]) for by in two]
    [one.start() for one in threads]
    [one.join() for one in threads]
    held = Credential.objects.filter(earner=attempt.submission.learner).count()
    rounds.append([sorted(said, key=lambda words: words != "won"), held])
print(json.dumps(rounds))
"""


def test_of_two_assessors_who_decide_at_once_one_wins_and_the_other_reads_why(shared):
    rounds = shared.python(TWO_AT_ONCE.format(rounds=15))

    assert [(said[0], held) for said, held in rounds] == [("won", 1)] * 15
    why = ("holds this", "not ready", "decided already")
    assert [said[1] for said, _held in rounds if not any(one in said[1] for one in why)] == []


DOUBLE_CLICK = """
import json, threading
from django.db import connection
from apps.core.refused import Refused
from apps.submissions import verbs
from apps.submissions.models import Submission
from tests.factories import open_attempt, person, published_version

version = published_version()
rounds = []
for _ in range(10):
    learner, barrier, said = person("Learner"), threading.Barrier(3), []

    def click(act):
        try:
            barrier.wait()
            act()
            said.append("done")
        except Refused as refusal:
            said.append(str(refusal))
        finally:
            connection.close()

    def all_at_once(act):
        threads = [threading.Thread(target=click, args=[act]) for _ in range(3)]
        [one.start() for one in threads]
        [one.join() for one in threads]

    all_at_once(lambda: verbs.start(version, by=learner))
    attempt = open_attempt(version, learner=learner)
    all_at_once(lambda: verbs.submit(attempt, by=learner))
    rounds.append([Submission.objects.filter(learner=learner).count(), said.count("done")])
print(json.dumps(rounds))
"""


def test_a_double_click_starts_and_hands_in_one_submission(shared):
    # three clicks to start are answered, one of three to hand in
    assert shared.python(DOUBLE_CLICK) == [[1, 3 + 1]] * 10


TWO_COLLECTIONS = """
import json, threading
from django.db import connection
from apps.backpacks import verbs
from apps.credentials import verbs as credentials
from tests.factories import awarded_credential

credential = awarded_credential()
by = credential.earner
two = [verbs.make_collection(by=by, title=title) for title in ("One", "Two")]
for one in two:
    verbs.collect(one, credential.backpack_item, by=by)

def at_once(act):
    barrier = threading.Barrier(2)

    def run(collection):
        barrier.wait()
        act(collection, by=by)
        connection.close()

    threads = [threading.Thread(target=run, args=[one]) for one in two]
    [one.start() for one in threads]
    [one.join() for one in threads]

rounds = []
for _ in range(15):
    at_once(verbs.share)
    lifted = [one.lifts.count() for one in two]
    at_once(verbs.unshare)
    credential.refresh_from_db()
    rounds.append([lifted, credential.visibility])
    credentials.show(credential, "private", by=by)
print(json.dumps(rounds))
"""


def test_two_collections_shared_and_taken_back_at_once_hide_what_only_they_showed(shared):
    assert shared.python(TWO_COLLECTIONS) == [[[1, 1], "private"]] * 15


OPEN = """
import json
from tests.factories import open_attempt
attempt = open_attempt()
print(json.dumps([attempt.submission.learner.email, attempt.submission.get_absolute_url(), attempt.pk]))
"""
MEANWHILE = """
from apps.submissions import verbs
from apps.submissions.models import Attempt
attempt = Attempt.objects.get(pk={pk})
verbs.submit(attempt, by=attempt.submission.learner)
print("null")
"""
WARNS = "!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))"


@pytest.mark.browser
def test_leaving_warns_where_what_was_typed_can_no_longer_be_saved(browser, shared):
    email, address, pk = shared.python(OPEN)
    with Walk(browser, shared, scripts=True) as walk:
        walk.sign_in(email)
        walk.page.goto(address)
        line = walk.page.locator("[data-saved]")
        with walk.page.expect_response("**/save/"):
            walk.page.locator("[name=overview]").fill("Eleven knives.")
        expect(line).to_have_attribute("data-state", "saved")
        assert not walk.page.evaluate(WARNS)

        shared.python(MEANWHILE.format(pk=pk))
        walk.page.locator("[name=overview]").fill("Twelve knives.")
        expect(line).to_have_attribute("data-state", "unsaved")
        expect(line).to_contain_text("was handed in")
        assert walk.page.evaluate(WARNS)


def test_health_says_what_is_away_and_when_it_is_back(stack):
    stack.start_web()
    stack.start_worker()
    stack.start_beat()
    wait_until(lambda: stack.health()[0] == 200, "health")

    stack.lose_broker()
    status, body = stack.health()
    assert (status, body["status"], body["checks"]["broker"]) == (503, "failing", "fail")
    assert stack.get("/catalogue/")[0] == 200

    stack.start_broker()
    wait_until(lambda: stack.health()[0] == 200, "health again")


def test_doctor_names_the_queue_that_nobody_serves_and_is_content_when_all_is_well(stack):
    stack.start_worker(queues="now,mail")
    stack.start_beat()
    wait_until(lambda: stack.one("SELECT count(*) FROM core_pulse"), "the first sweep")

    found = stack.manage("doctor", "--format", "json", check=False)

    results = {one["name"]: one for one in json.loads(found.stdout)}
    assert found.returncode == 1
    assert (results["workers"]["result"], results["workers"]["saw"]) == ("fail", "no worker serves bulk")
    assert "celery -A config worker -Q bulk" in results["workers"]["remedy"]
    assert {name for name, one in results.items() if one["result"] == "fail"} == {"workers"}
    stack.stop("worker")
    stack.start_worker()
    done = wait_until(lambda: (one := stack.manage("doctor", check=False)).returncode == 0 and one, "a content doctor")
    assert "FAIL" not in done.stdout


def test_a_worker_keeps_its_connection_from_job_to_job(stack):
    stack.start_worker()
    kept = []
    for number in range(2):
        stack.python(WORK.format(number))
        wait_until(lambda: stack.one("SELECT count(*) FROM core_job WHERE state <> 'done'") == 0, "the end of the job")
        kept += wait_until(lambda: stack.rows(BY_WORKERS, "\nUPDATE core_job SET state = 'done'%"), "its words")

    assert len(kept) == 2
    assert len(set(kept)) == 1
