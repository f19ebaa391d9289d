"""The checks behind doctor and /health/. `config/health.py` lists them; each reports what it saw and a remedy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
from django.conf import settings
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.utils.module_loading import import_string
from redis.exceptions import RedisError

from apps.core.models import Installation, Job, Pulse

if TYPE_CHECKING:
    from collections.abc import Callable

OK, FAIL = "ok", "fail"
# Not present because nobody asked for it: neither well nor ill.
OFF = "off"
OLDEST_POSTGRES = 15


@dataclass(frozen=True)
class Check:
    name: str
    result: str
    saw: str
    remedy: str = ""


def needs_database(function: Callable[[], Check]) -> Callable[[], Check]:
    """Mark a check that is pointless while the database is away, so that it isn't run and waited for."""
    function.needs_database = True  # type: ignore[attr-defined]
    return function


def run(*, quick: bool = False) -> list[Check]:
    """Run every check in `config/health.py`, or with `quick` only those that take milliseconds."""
    results: list[Check] = []
    away = False
    for path, is_quick in import_string(settings.HEALTH_CHECKS).items():
        if quick and not is_quick:
            continue
        function: Callable[[], Check] = import_string(path)
        name = function.__name__.replace("_", " ")
        if away and getattr(function, "needs_database", False):
            results.append(Check(name, FAIL, "not asked, since the database fails", "Mend the database first."))
            continue
        try:
            one = function()
        except Exception as error:  # noqa: BLE001 - a check that breaks is a finding, not a crash
            one = Check(name, FAIL, f"{type(error).__name__}: {_first_line(error)}", "See the log.")
        away = away or (function is database and one.result == FAIL)
        results.append(one)
    return results


def database() -> Check:
    """Check the database over its own connection, since one from the pool might have to be waited for."""
    parameters = connection.get_connection_params()
    parameters.pop("pool", None)
    try:
        with psycopg.connect(**parameters | {"connect_timeout": 3}) as own:
            version = own.info.server_version // 10000
    except Exception as error:  # noqa: BLE001 - whatever keeps us from the database
        return Check("database", FAIL, _first_line(error), "`make up`, or start PostgreSQL and mend DATABASE_URL.")
    if version < OLDEST_POSTGRES:
        return Check("database", FAIL, f"PostgreSQL {version}", f"Satchel needs PostgreSQL {OLDEST_POSTGRES} or newer.")
    return Check("database", OK, f"PostgreSQL {version} answers")


def _last_line(job: Job) -> str:
    """The last line of a failed job's error."""
    return (job.last_error.strip().splitlines() or [""])[-1]


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no words"])[0]


@needs_database
def migrations() -> Check:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        return Check("migrations", FAIL, f"{len(plan)} not applied", "Run `manage.py migrate`.")
    return Check("migrations", OK, "all applied")


def broker() -> Check:
    import redis

    try:
        redis.Redis.from_url(caches["default"]._servers[0], socket_timeout=1, socket_connect_timeout=1).ping()  # type: ignore[attr-defined]  # noqa: SLF001
    except (RedisError, OSError) as error:
        return Check(
            "broker", FAIL, _first_line(error), "Start Valkey or Redis, or mend REDIS_URL. Nothing is lost meanwhile."
        )
    return Check("broker", OK, "answers")


def workers() -> Check:
    from config.celery import app

    needed = {choice.value for choice in Job.Queue}
    try:
        with app.connection_for_read() as broker:
            answers: dict[str, Any] = app.control.inspect(timeout=1.5, connection=broker).active_queues() or {}
    except (RedisError, OSError) as error:
        return Check("workers", FAIL, f"the broker does not answer: {error}", "Start the broker first.")
    served = {queue["name"] for queues in answers.values() for queue in queues}
    missing = sorted(needed - served)
    if missing:
        return Check(
            "workers",
            FAIL,
            f"no worker serves {', '.join(missing)}",
            f"`make up`, or `celery -A config worker -Q {','.join(missing)}`. Work waits in the outbox until then.",
        )
    return Check("workers", OK, f"{len(answers)} answer, every queue is served")


@needs_database
def beat() -> Check:
    pulse = Pulse.objects.filter(name="sweep").first()
    if pulse is None:
        return Check(
            "beat", FAIL, "the outbox was never swept", "`make up`, or `celery -A config beat` and a worker for `now`."
        )
    age = datetime.now(UTC) - pulse.seen_at
    if age > max(timedelta(seconds=30), 4 * settings.SWEEP_EVERY):
        return Check(
            "beat",
            FAIL,
            f"the last sweep was {int(age.total_seconds())} s ago",
            "`make up`, or `celery -A config beat`.",
        )
    return Check("beat", OK, f"swept {int(age.total_seconds())} s ago")


@needs_database
def dead_letters() -> Check:
    dead = Job.objects.filter(state=Job.State.DEAD).count()
    if dead:
        first = Job.objects.filter(state=Job.State.DEAD).order_by("pk").first()
        error = _last_line(first) if first else ""
        return Check(
            "dead letters",
            FAIL,
            f"{dead} given up; the first: {error}",
            "Mend the cause, then `manage.py revive_jobs`.",
        )
    return Check("dead letters", OK, "none")


def storage() -> Check:
    try:
        name = default_storage.save("doctor/check", ContentFile(b"satchel"))
        with default_storage.open(name) as file:
            same = file.read() == b"satchel"
        default_storage.delete(name)
    except Exception as error:  # noqa: BLE001 - every backend has errors of its own
        said = f"{settings.FILES_LIE_IN}: {_first_line(error)}"
        return Check("storage", FAIL, said, "Make the storage folder or bucket writable.")
    if not same:
        return Check("storage", FAIL, f"{settings.FILES_LIE_IN} gave back something else")
    return Check("storage", OK, f"{settings.FILES_LIE_IN}, written and read back")


def mail() -> Check:
    if settings.EMAIL_BACKEND == "apps.notices.backends.KeptMail":
        if settings.MODE == "prod":
            return Check("mail", FAIL, "letters are kept here and reach nobody", "Set EMAIL_HOST, or EMAIL_BACKEND.")
        return Check("mail", OK, "letters are kept, read them at /dev/mail/")
    if settings.EMAIL_BACKEND.startswith("anymail."):
        return _mail_service(settings.EMAIL_BACKEND.split(".")[-2])
    from django.core.mail import get_connection

    try:
        server = get_connection(timeout=5)
        server.open()
        server.close()
    except Exception as error:  # noqa: BLE001 - every backend has errors of its own
        return Check(
            "mail", FAIL, _first_line(error), "Mend the EMAIL_ settings. Letters are tried again for two days."
        )
    return Check("mail", OK, "the mail server answers")


def _mail_service(name: str) -> Check:
    """Check a mail service that is reached over HTTP, and only when a letter is sent: judge it by the last letters. A
    failed letter is retried within the hour.
    """
    waiting = Job.objects.filter(queue=Job.Queue.MAIL, state=Job.State.PENDING).exclude(last_error="").order_by("pk")
    first = waiting.first()
    hour_ago = Now() - timedelta(hours=1)
    if Job.objects.filter(queue=Job.Queue.MAIL, state=Job.State.DONE, done_at__gt=hour_ago).exists():
        return Check("mail", OK, f"{name} took a letter within the hour")
    if first is None:
        return Check("mail", OK, f"letters go to {name}; none was tried within the hour")
    return Check(
        "mail",
        FAIL,
        f"{waiting.count()} waiting, and {name} took none within the hour; the first: {_last_line(first)}",
        "Mend the ANYMAIL_ settings. Letters are tried again for two days.",
    )


@needs_database
def public_url() -> Check:
    fixed = Installation.objects.first()
    if fixed and fixed.public_url != settings.PUBLIC_URL:
        return Check(
            "public url",
            FAIL,
            f"{settings.PUBLIC_URL} is set, but credentials were signed as {fixed.public_url}",
            f"Set PUBLIC_URL={fixed.public_url}.",
        )
    if settings.MODE == "prod" and not settings.PUBLIC_URL.startswith("https://"):
        return Check("public url", FAIL, f"{settings.PUBLIC_URL} is not https", "Set PUBLIC_URL to your https address.")
    return Check("public url", OK, settings.PUBLIC_URL)


def evidence_host() -> Check:
    if settings.EVIDENCE_HOST == settings.PUBLIC_HOST:
        return Check(
            "evidence host",
            FAIL,
            "evidence is served from the host that holds the sign-in cookie",
            "Set EVIDENCE_ORIGIN to another host name that leads here.",
        )
    return Check("evidence host", OK, settings.EVIDENCE_ORIGIN)
