import io
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models.functions import Now

from apps.core import outbox, tasks
from apps.core.models import Job
from apps.core.outbox import Bell
from config.celery import app

pytestmark = pytest.mark.django_db

calls = []


@pytest.fixture(autouse=True)
def _fresh_calls():
    calls.clear()


@outbox.job(queue="now")
def note(*, word):
    calls.append(word)


@outbox.job(queue="now")
def stumble(*, word):
    calls.append(word)
    raise RuntimeError(word)


@outbox.job(queue="bulk")
def brings_forth(*, word):
    with transaction.atomic():
        outbox.enqueue(f"{__name__}.note", key=f"child of {word}", word=word)


def _greet_several(told):
    words = [one["word"] for one in told]
    calls.append(words)
    if "bad" in words:
        raise RuntimeError(words)


@outbox.job(queue="now", several=_greet_several)
def greet(*, word):
    _greet_several([{"word": word}])


def not_a_job(*, word):
    calls.append(word)


def state_of(key):
    return Job.objects.values_list("state", "attempts").get(key=key)


def test_a_job_runs_once_and_is_done():
    outbox.enqueue(f"{__name__}.note", key="a", word="hello")

    assert outbox.drain() == 1
    assert outbox.drain() == 0
    assert calls == ["hello"]
    assert state_of("a") == ("done", 1)


def test_a_key_is_used_once_for_ever():
    for word in ("first", "second"):
        outbox.enqueue(f"{__name__}.note", key="a", word=word)
    outbox.drain()
    outbox.enqueue(f"{__name__}.note", key="a", word="third")
    outbox.drain()

    assert calls == ["first"]


def test_what_is_not_registered_cannot_be_enqueued():
    with pytest.raises(LookupError, match="not registered"):
        outbox.enqueue(f"{__name__}.not_a_job", key="a", word="x")
    assert not Job.objects.filter(key="a").exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        outbox.enqueue(f"{__name__}.note", key="outside", word="x")


def test_a_failed_job_is_written_down_and_waits_longer_each_time():
    outbox.enqueue(f"{__name__}.stumble", key="a", word="ouch")
    waits = []
    for _round in range(3):
        Job.objects.filter(key="a").update(next_at=Now())
        assert outbox.drain() == 1
        job = Job.objects.annotate(now=Now()).get(key="a")
        waits.append(job.next_at - job.now)

    assert (job.state, job.attempts, job.leased_until) == ("pending", 3, None)
    assert "RuntimeError: ouch" in job.last_error
    assert waits[0] < waits[1] < waits[2]
    assert timedelta(seconds=1) < waits[0] < timedelta(seconds=3)


def test_a_job_that_never_works_becomes_a_dead_letter_and_can_be_revived():
    outbox.enqueue(f"{__name__}.stumble", key="a", word="ouch")
    for _round in range(outbox.MOST_ATTEMPTS):
        Job.objects.filter(key="a").update(next_at=Now())
        outbox.drain()
    assert state_of("a") == ("dead", outbox.MOST_ATTEMPTS)

    outbox.revive(Job.objects.get(key="a"))

    assert state_of("a") == ("pending", 0)


@outbox.job(queue="mail", tries=outbox.OVER_DAYS)
def patient(*, word):
    raise RuntimeError(word)


def test_what_may_be_away_for_days_is_tried_for_longer_before_it_is_a_dead_letter():
    outbox.enqueue(f"{__name__}.patient", key="a", word="ouch")
    waited, job = timedelta(0), Job.objects.get(key="a")
    while job.state == "pending":
        Job.objects.update(next_at=Now())
        outbox.drain()
        job = Job.objects.annotate(now=Now()).get(key="a")
        waited += job.next_at - job.now

    assert (job.state, job.attempts) == ("dead", outbox.OVER_DAYS)
    assert timedelta(days=2) < waited < timedelta(days=3)


def taken_up(key, times):
    """So often, and nobody came to its end: each was killed, or hung until it was."""
    Job.objects.filter(key=key).update(attempts=times, leased_until=Now() - timedelta(milliseconds=1))


def test_a_job_that_kills_whoever_takes_it_up_becomes_a_dead_letter_that_takes_nobody_more():
    most = outbox.MOST_ATTEMPTS + outbox.SPARED
    for key in ("kills", "killed"):
        outbox.enqueue(f"{__name__}.note", key=key, word=key)
    Job.objects.update(last_error="OperationalError: away")
    taken_up("kills", most)
    taken_up("killed", most - 1)

    outbox.drain()

    assert calls == ["killed"]
    assert {key: state_of(key) for key in ("kills", "killed")} == {
        "kills": ("dead", most + 1),
        "killed": ("done", most),
    }
    job = Job.objects.get(key="kills")
    assert job.leased_until is None
    assert job.last_error == (
        "OperationalError: away\n"
        "Given up: 15 took it up, and of the last 4 none came to its end. It kills them, or takes longer than 30 s."
    )
    outbox.revive(job)
    outbox.drain()
    assert calls == ["killed", "kills"]


def enqueue_greetings(*words):
    for word in words:
        outbox.enqueue(f"{__name__}.greet", key=word, word=word)
    return Job.objects.get(key=words[0]).pk


def test_what_waits_and_can_be_done_together_is_taken_up_at_once_the_longest_waiting_first():
    outbox.enqueue(f"{__name__}.note", key="another function", word="note")
    first = enqueue_greetings(*(f"{n:02}" for n in range(14)))
    Job.objects.filter(key="03").update(leased_until=Now() + timedelta(minutes=1))
    Job.objects.filter(key="04").update(next_at=Now() + timedelta(minutes=1))
    Job.objects.filter(key="05").update(attempts=1)
    Job.objects.filter(key="13").update(next_at=Now() - timedelta(minutes=1))

    ran = outbox.run(first)

    assert calls == [["00", "01", "02", "06", "07", "08", "09", "10", "11", "13"]]
    assert ran == outbox.MOST_TOGETHER
    assert {key: state_of(key) for key in ("00", "01", "03", "04", "05", "12", "13", "another function")} == {
        **dict.fromkeys(("00", "01", "13"), ("done", 1)),
        **dict.fromkeys(("03", "04", "12", "another function"), ("pending", 0)),
        "05": ("pending", 1),
    }


def test_what_fails_together_is_done_one_by_one_and_only_what_is_bad_waits(monkeypatch):
    rung = []
    monkeypatch.setattr(outbox, "ring", lambda pk, queue, *, bell: rung.append((pk, queue, bell)))
    first = enqueue_greetings("a", "bad", "b")

    outbox.run(first)
    told = [(Job.objects.get(key=key).pk, "now", Bell.LATER) for key in ("bad", "b")]
    outbox.drain()

    assert (calls, rung) == ([["a", "bad", "b"], ["a"], ["bad"], ["b"]], told)
    assert {key: state_of(key) for key in ("a", "b", "bad")} == {
        "a": ("done", 1),
        "b": ("done", 2),
        "bad": ("pending", 2),
    }
    assert "RuntimeError: ['bad']" in Job.objects.get(key="bad").last_error


def test_what_was_taken_up_before_is_done_alone():
    first = enqueue_greetings("a", "b")
    Job.objects.filter(key="a").update(attempts=1, leased_until=Now() - timedelta(seconds=1))

    outbox.run(first)

    assert calls == [["a"]]
    assert (state_of("a"), state_of("b")) == (("done", 2), ("pending", 0))


@pytest.mark.parametrize(
    ("times", "seconds_ago", "rings"), [(1, 0, 1), (4, 6, 0), (4, 8, 1), (60, 3590, 0), (60, 3610, 1)]
)
def test_the_more_have_died_over_a_job_the_later_the_next_is_told_of_it(monkeypatch, times, seconds_ago, rings):
    monkeypatch.setattr(outbox, "ring", lambda *_args, **_more: None)
    outbox.enqueue(f"{__name__}.note", key="a", word="a")
    Job.objects.update(
        attempts=times,
        rung_at=Now() - timedelta(seconds=seconds_ago + 7),
        leased_until=Now() - timedelta(seconds=seconds_ago, milliseconds=1),
    )

    assert outbox.ring_again() == rings


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("queue", "held"), [("now", 30), ("mail", 60), ("bulk", 600)])
def test_who_holds_a_job_for_too_long_is_told_so_and_then_killed(queue, held):
    with app.connection_for_read() as connection, connection.SimpleQueue(queue) as bells:
        bells.clear()
        outbox.ring(1, queue)
        bell = bells.get(timeout=5)
        bell.ack()

    assert bell.headers["timelimit"] == [held + 15, held]  # Celery's order: killed, told


def test_dead_letters_of_a_function_are_tried_once_more_and_stay_dead_letters_where_that_fails():
    for key in ("a", "b"):
        outbox.enqueue(f"{__name__}.stumble", key=key, word="ouch")
    outbox.enqueue(f"{__name__}.note", key="other", word="hello")
    Job.objects.exclude(key="b").update(state="dead", attempts=outbox.MOST_ATTEMPTS)

    assert outbox.try_dead(f"{__name__}.stumble") == 1
    assert outbox.try_dead(f"{__name__}.stumble") == 0
    assert outbox.drain() == 2

    assert {key: state_of(key) for key in ("a", "b", "other")} == {
        "a": ("dead", outbox.MOST_ATTEMPTS),
        "b": ("pending", 1),
        "other": ("dead", outbox.MOST_ATTEMPTS),
    }
    assert calls == ["ouch", "ouch"]
    assert "RuntimeError: ouch" in Job.objects.get(key="a").last_error


def test_a_job_that_a_worker_holds_is_left_to_it_until_the_lease_ends():
    outbox.enqueue(f"{__name__}.note", key="a", word="hello")
    Job.objects.filter(key="a").update(leased_until=Now() + timedelta(seconds=30))
    assert outbox.drain() == 0

    Job.objects.filter(key="a").update(leased_until=Now() - timedelta(seconds=1))

    assert outbox.drain() == 1
    assert calls == ["hello"]


def test_drain_runs_what_jobs_bring_forth():
    outbox.enqueue(f"{__name__}.brings_forth", key="a", word="hello")

    assert outbox.drain() == 2
    assert calls == ["hello"]


def test_a_delayed_job_is_not_due_yet():
    outbox.enqueue(f"{__name__}.note", key="a", delay=timedelta(hours=1), word="later")

    assert outbox.drain() == 0
    assert state_of("a") == ("pending", 0)


def test_only_what_nobody_was_told_of_lately_is_rung_again(monkeypatch):
    rung = []
    monkeypatch.setattr(outbox, "ring", lambda _job_id, queue, **_more: rung.append(queue))
    for key in ("told", "lost", "held", "done"):
        outbox.enqueue(f"{__name__}.note", key=key, word=key)
    Job.objects.exclude(key="told").update(rung_at=None)
    Job.objects.filter(key="held").update(leased_until=Now() + timedelta(seconds=30))
    Job.objects.filter(key="done").update(state="done", done_at=Now())

    assert outbox.ring_again() == 1
    assert rung == ["now"]
    assert outbox.ring_again() == 0


def test_what_a_dead_worker_held_is_rung_for_when_its_lease_ends_and_once(monkeypatch):
    rung = []
    monkeypatch.setattr(outbox, "ring", lambda _id, queue, **_more: rung.append(queue))
    outbox.enqueue(f"{__name__}.note", key="a", word="a")
    a_moment_ago = Now() - timedelta(milliseconds=1)
    Job.objects.update(rung_at=Now() - timedelta(seconds=3), leased_until=a_moment_ago)

    assert [outbox.ring_again(), outbox.ring_again()] == [1, 0]
    assert rung == ["now"]


@outbox.job(queue="mail")
def mailed(*, word):
    calls.append(word)


def lost(number, function, queue, **more):
    """So many due jobs that nobody was told of, each older than those that were made so before."""
    oldest = Now() - timedelta(days=1 + Job.objects.count())
    some = [Job(function=f"{__name__}.{function}", key=f"{function} {n}", queue=queue, **more) for n in range(number)]
    for one in some:
        one.next_at = one.enqueued_at = oldest
    Job.objects.bulk_create(some)


def test_nothing_stands_so_long_in_one_queue_that_what_was_lost_in_another_is_not_rung_for(monkeypatch):
    rung = []
    monkeypatch.setattr(outbox, "ring", lambda _id, queue, *, bell: rung.append((queue, bell)))
    lost(1, "awaited", "now", bell=Bell.SOON)
    lost(30, "note", "now", bell=Bell.LATER)
    lost(30, "mailed", "mail", bell=Bell.LATER)

    assert outbox.ring_again(limit=10) == 21

    assert rung[0] == ("now", Bell.SOON)
    assert Counter(rung) == {("now", Bell.SOON): 1, ("now", Bell.LATER): 10, ("mail", Bell.LATER): 10}


@pytest.mark.parametrize(
    ("waited", "rung_before", "rings"),
    [(0, 4, 0), (0, 6, 1), (10, 9, 0), (10, 11, 1), (600, 14, 0), (600, 16, 1)],
)
def test_the_longer_a_job_has_waited_the_later_it_is_rung_for_again_up_to_a_quarter_of_a_minute(
    waited, rung_before, rings
):
    outbox.enqueue(f"{__name__}.note", key="a", word="a")
    Job.objects.update(
        enqueued_at=Now() - timedelta(seconds=waited + rung_before), rung_at=Now() - timedelta(seconds=rung_before)
    )

    assert outbox.ring_again() == rings
    Job.objects.update(rung_at=Now() - timedelta(milliseconds=1))
    assert outbox.ring_again(after=timedelta(0)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_began_anew_is_told_of_all_that_is_due(monkeypatch):
    rung = []
    monkeypatch.setattr(outbox, "ring", lambda _id, queue, **_more: rung.append(queue))
    cache.set("core.outbox.bells", value=True)
    with transaction.atomic():
        outbox.enqueue(f"{__name__}.note", key="a", word="a")
    rung.clear()

    tasks.sweep()
    assert rung == []
    cache.clear()
    tasks.sweep()
    tasks.sweep()

    assert rung == ["now"]


@outbox.job(queue="now", bell=Bell.FIRST)
def hurry(*, word):
    calls.append(word)


@outbox.job(queue="now", bell=Bell.SOON)
def awaited(*, word):
    calls.append(word)


@pytest.mark.django_db(transaction=True)
def test_a_worker_hears_first_of_what_everybody_reads_then_of_what_somebody_waits_for_then_of_the_rest():
    with app.connection_for_read() as connection, connection.SimpleQueue("now") as bells:
        bells.clear()
        with transaction.atomic():
            for key, name in (("a", "note"), ("b", "awaited"), ("c", "hurry"), ("d", "note"), ("e", "awaited")):
                outbox.enqueue(f"{__name__}.{name}", key=key, word=key)
        heard = []
        for _bell in range(5):
            bell = bells.get(timeout=5)
            bell.ack()
            heard.append(Job.objects.get(pk=bell.payload[0][0]).key)

    assert heard == ["c", "b", "e", "a", "d"]


@pytest.mark.django_db(transaction=True)
def test_what_is_rung_for_again_is_heard_of_as_early_as_before():
    with app.connection_for_read() as connection, connection.SimpleQueue("now") as bells:
        with transaction.atomic():
            for key, name in (("a", "note"), ("b", "hurry"), ("c", "gone"), ("d", "awaited")):
                outbox.enqueue(f"{__name__}.{'note' if name == 'gone' else name}", key=key, word=key)
        # A version before this one had it.
        Job.objects.filter(key="c").update(function=f"{__name__}.gone")
        bells.clear()
        Job.objects.update(rung_at=None)
        outbox.ring_again()
        heard = []
        for _bell in range(4):
            bell = bells.get(timeout=5)
            bell.ack()
            heard.append(Job.objects.get(pk=bell.payload[0][0]).key)

    assert (heard[:2], {*heard[2:]}) == (["b", "d"], {"a", "c"})


@outbox.job(queue="now")
def waits(*, word):
    """Until somebody renews its lease, or for as long as nobody does."""
    own = Job.objects.get(key=word)
    calls.append(own.leased_until)
    ends = time.monotonic() + 0.5
    while time.monotonic() < ends and Job.objects.get(key=word).leased_until == own.leased_until:
        pass
    calls.append(Job.objects.get(key=word).leased_until)


@outbox.job(queue="now", several=lambda told: waits(word=told[-1]["word"]))
def waits_with_others(*, word):
    waits(word=word)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("longest", [timedelta(minutes=1), timedelta(0)])
def test_who_is_at_a_job_keeps_it_for_as_long_as_its_queue_allows(monkeypatch, longest):
    monkeypatch.setattr(outbox, "SIGN_OF_LIFE", timedelta(milliseconds=1))
    monkeypatch.setitem(outbox.LONGEST_HELD, Job.Queue.NOW, longest)
    with transaction.atomic():
        outbox.enqueue(f"{__name__}.waits", key="a", word="a")

    outbox.drain()

    began, then = calls
    assert (then > began) == bool(longest)
    assert Job.objects.values_list("state", "attempts", "leased_until").get(key="a") == ("done", 1, None)
    assert not [thread for thread in threading.enumerate() if thread.name == "life of a"]


@pytest.mark.django_db(transaction=True)
def test_who_is_at_several_keeps_all_of_them(monkeypatch):
    monkeypatch.setattr(outbox, "SIGN_OF_LIFE", timedelta(milliseconds=1))
    with transaction.atomic():
        for word in ("a", "b"):
            outbox.enqueue(f"{__name__}.waits_with_others", key=word, word=word)

    outbox.run(Job.objects.get(key="a").pk)

    began, then = calls
    assert then > began


def test_each_fault_that_was_asked_for_is_taken_once_and_says_at_which_job(settings, tmp_path):
    settings.FAULTS = str(tmp_path)
    for name in ("leased", "worked", "taken"):
        (tmp_path / name).mkdir()
    (tmp_path / "leased" / "raise.1").touch()
    (tmp_path / "worked" / "raise.2").touch()
    outbox.enqueue(f"{__name__}.note", key="a", word="hello")

    for ran in ([], ["hello"], ["hello", "hello"]):
        outbox.drain()
        assert calls == ran
        Job.objects.update(next_at=Now())

    assert state_of("a") == ("done", 3)
    taken = {path.name: path.read_text().split()[1] for path in (tmp_path / "taken").iterdir()}
    assert taken == {"leased.raise.1": "a", "worked.raise.2": "a"}


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_neither_breaks_the_act_nor_slows_it(caplog):
    old = app.conf.broker_url
    app.conf.broker_url = "redis+socket:///nowhere/at/all.sock"
    app._after_fork()  # what is connected already would go on being rung by
    try:
        with caplog.at_level("WARNING"):
            for key in ("broker away", "not rung for"):
                with transaction.atomic():
                    outbox.enqueue(f"{__name__}.note", key=key, word=key)
    finally:
        app.conf.broker_url = old
        app._after_fork()
        outbox._unheard_until = 0.0

    assert sum("No bell for job" in line for line in caplog.messages) == 1
    assert set(Job.objects.values_list("state", "rung_at")) == {("pending", None)}
    outbox.drain()
    assert calls == ["broker away", "not rung for"]


def test_a_process_that_holds_no_keys_runs_nothing_by_hand(settings):
    outbox.enqueue(f"{__name__}.note", key="a", word="hello")
    settings.HOLDS_KEYS = False
    with pytest.raises(CommandError, match="KEY_ENCRYPTION_KEYS"):
        call_command("drain_jobs")
    before = list(calls)
    settings.HOLDS_KEYS = True
    call_command("drain_jobs", stdout=io.StringIO())

    assert (before, calls) == ([], ["hello"])
