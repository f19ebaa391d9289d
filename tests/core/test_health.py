"""Doctor and /health/: each part that can fail is made to fail, and said in words with what would help."""

import base64
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as conf
from django.core.management import call_command
from django.db import connection

from apps.core import health
from apps.core.health import Check
from apps.core.models import Installation, Job, Pulse
from config.health import CHECKS
from tests.factories import awarded_credential

pytestmark = pytest.mark.django_db

QUICK = {"database", "broker", "beat", "public url", "evidence host"}


@pytest.fixture(autouse=True)
def _swept_just_now():
    Pulse.objects.create(name="sweep", seen_at=datetime.now(UTC))


def no_database(settings, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")


def old_postgres(settings, monkeypatch):
    monkeypatch.setattr(health, "OLDEST_POSTGRES", 99)


def a_migration_less(settings, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)")


def no_broker(settings, monkeypatch):
    settings.CACHES = {"default": conf.CACHES["default"] | {"LOCATION": "unix:///nowhere/valkey.sock?db=1"}}


def never_swept(settings, monkeypatch):
    Pulse.objects.all().delete()


def swept_long_ago(settings, monkeypatch):
    Pulse.objects.update(seen_at=datetime.now(UTC) - timedelta(seconds=100))


def a_dead_letter(settings, monkeypatch):
    now = datetime.now(UTC)
    Job.objects.create(
        function="f",
        key="k",
        queue="now",
        state="dead",
        last_error="Traceback\nLookupError: gone",
        next_at=now,
        enqueued_at=now,
    )


def storage_away(settings, monkeypatch):
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": "/proc/nowhere"}}
    settings.STORAGES = conf.STORAGES | {"default": default}


def mail_server_away(settings, monkeypatch):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        1,
    )


def mail_service_takes_nothing(settings, monkeypatch):
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "of nobody"}
    mail_job("refused", last_error="Traceback\nAnymailRequestsAPIError: 401 Unauthorized")
    mail_job("long ago", state="done", done_at=datetime.now(UTC) - timedelta(hours=2))


def mail_job(key, *, state="pending", **more):
    now = datetime.now(UTC)
    told = {"function": "apps.notices.tasks.deliver", "queue": "mail", "key": key, "state": state}
    return Job.objects.create(**told, next_at=now, enqueued_at=now, **more)


def mail_kept_in_production(settings, monkeypatch):
    settings.MODE = "prod"
    settings.PUBLIC_URL = "https://badges.example"
    settings.EMAIL_BACKEND = "apps.notices.backends.KeptMail"


def another_wrapping_key(settings, monkeypatch):
    awarded_credential()
    settings.KEY_ENCRYPTION_KEYS = "other:" + base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")


def another_public_url(settings, monkeypatch):
    Installation.objects.all().delete()
    Installation.objects.create(public_url="https://badges.example", fixed_at=datetime.now(UTC))


def http_in_production(settings, monkeypatch):
    settings.MODE = "prod"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def evidence_on_the_same_host(settings, monkeypatch):
    settings.PUBLIC_HOST = settings.EVIDENCE_HOST


FAILURES = [
    (no_database, "database", "/nowhere", "`make up`, or start PostgreSQL and mend DATABASE_URL."),
    (old_postgres, "database", "PostgreSQL 1", "Satchel needs PostgreSQL 99 or newer."),
    (a_migration_less, "migrations", "1 not applied", "Run `manage.py migrate`."),
    (no_broker, "broker", "No such file", "Start Valkey or Redis, or mend REDIS_URL. Nothing is lost meanwhile."),
    (
        never_swept,
        "beat",
        "the outbox was never swept",
        "`make up`, or `celery -A config beat` and a worker for `now`.",
    ),
    (swept_long_ago, "beat", "the last sweep was 10", "`make up`, or `celery -A config beat`."),
    (a_dead_letter, "dead letters", "1 given up; the first: LookupError: gone", "then `manage.py revive_jobs`."),
    (storage_away, "storage", "/proc/nowhere", "Make the storage folder or bucket writable."),
    (mail_server_away, "mail", "refused", "Mend the EMAIL_ settings. Letters are tried again for two days."),
    (
        mail_service_takes_nothing,
        "mail",
        "1 waiting, and postmark took none within the hour; the first: AnymailRequestsAPIError: 401 Unauthorized",
        "Mend the ANYMAIL_ settings. Letters are tried again for two days.",
    ),
    (mail_kept_in_production, "mail", "reach nobody", "Set EMAIL_HOST, or EMAIL_BACKEND."),
    (another_wrapping_key, "keys", "does not open", "Restore KEY_ENCRYPTION_KEYS from backup."),
    (
        another_public_url,
        "public url",
        "were signed as https://badges.example",
        "Set PUBLIC_URL=https://badges.example.",
    ),
    (http_in_production, "public url", "http://localhost:8000 is not https", "Set PUBLIC_URL to your https address."),
    (evidence_on_the_same_host, "evidence host", "holds the sign-in cookie", "Set EVIDENCE_ORIGIN to another host"),
]


@pytest.fixture
def _without_workers(monkeypatch):
    """No test here has a worker; tests/e2e/test_faults.py has one, and one that serves two queues of three."""
    checks = {path: quick for path, quick in CHECKS.items() if "workers" not in path}
    monkeypatch.setattr("config.health.CHECKS", checks)


@pytest.mark.usefixtures("_without_workers")
@pytest.mark.parametrize("failure", FAILURES, ids=[one[0].__name__ for one in FAILURES])
def test_doctor_says_what_fails_and_what_would_help(settings, monkeypatch, capsys, client, failure):
    broken, name, saw, remedy = failure
    broken(settings, monkeypatch)

    with pytest.raises(SystemExit) as end:
        call_command("doctor", "--format", "json")
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    status = client.get("/health/", SERVER_NAME="localhost").status_code

    failing = {one for one in found if found[one]["result"] == "fail" and "database fails" not in found[one]["saw"]}
    assert (end.value.code, failing) == (1, {name})
    assert saw in found[name]["saw"]
    assert remedy in found[name]["remedy"]
    assert status == (503 if name in QUICK else 200)


def test_with_the_database_away_nothing_else_is_blamed_or_waited_for(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")

    found = {one.name: (one.result, one.saw) for one in health.run(quick=True)}

    assert {name for name, (result, _saw) in found.items() if result == "fail"} == {"database", "beat", "public url"}
    assert found["beat"] == found["public url"] == ("fail", "not asked, since the database fails")


@pytest.mark.usefixtures("_without_workers")
def test_doctor_is_content_and_health_says_so(capsys, client):
    call_command("doctor")
    answer = client.get("/health/")

    lines = capsys.readouterr().out.splitlines()
    said = [line.split()[0] for line in lines]
    # Nobody asked for a virus scanner.
    assert Counter(said) == {"OK": len(CHECKS) - 2, "OFF": 1}
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json() == {"status": "ok", "checks": dict.fromkeys(sorted(QUICK), "ok")}
    assert "no-store" in answer["Cache-Control"]


def test_doctor_misses_workers_in_words(capsys):
    with pytest.raises(SystemExit):
        call_command("doctor")

    said = capsys.readouterr().out
    assert "FAIL  workers        no worker serves bulk, mail, now" in said
    assert "→ `make up`, or `celery -A config worker -Q bulk,mail,now`. Work waits in the outbox until then." in said


def test_a_check_that_breaks_is_a_finding(monkeypatch):
    monkeypatch.setattr("config.health.CHECKS", {"tests.core.test_health.explodes": False})

    assert health.run() == [health.Check("explodes", "fail", "RuntimeError: a sentence", "See the log.")]


def explodes():
    raise RuntimeError("a sentence\nand a second")


def test_of_a_mail_service_only_a_letter_tells_whether_it_takes_any(settings):
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "of nobody"}
    nobody_asked = health.mail()
    # One address that is refused says nothing of the service, as long as it takes others.
    mail_job("refused", last_error="AnymailRecipientsRefused")
    mail_job("taken", state="done", done_at=datetime.now(UTC) - timedelta(minutes=50))

    assert nobody_asked == Check("mail", "ok", "letters go to postmark; none was tried within the hour")
    assert health.mail() == Check("mail", "ok", "postmark took a letter within the hour")
