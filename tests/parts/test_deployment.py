"""The containers' files agree with the code, and production's settings have nothing to be warned of."""

import os
import re
import shlex
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from apps.core.models import Job
from apps.credentials import sheets
from apps.credentials import verbs as credentials
from config.parts import roles
from tests.stack import ROOT

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if "build" in one}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
NEEDED = {
    "PUBLIC_URL": "https://badges.example.org",
    "EVIDENCE_ORIGIN": "https://evidence.example.org",
    "DATABASE_URL": "postgresql://satchel:secret@database/satchel",
    "REDIS_URL": "redis://broker:6379/0",
    "SECRET_KEY": "Zx0aJq3JvTn1sFhGf6cQn7bLwZr8y5mUeKpXd2iOoWvAaBcDeF",
    "SHARE_LINK_KEY": "c3RvcmVkIGFwYXJ0IGZyb20gdGhlIG90aGVyIG9uZS4",
}
# What only `make up`, a command of it or a try-out reads: no installation sets it.
NOT_FOR_PRODUCTION = {
    "SATCHEL_SERVES_PAGES",  # the web server says so of itself
    "DEBUG",
    "RELOAD",
    "DEMO_PUBLIC",
    "RATE_LIMITS",
    "FETCH_ALLOW",
    "SATCHEL_FAILPOINT",
    "SATCHEL_FAULTS",
}


def settings_read():
    """Every name that the settings, the web server or the roles take from the environment."""
    read = re.compile(r"""(?:env\.\w+|os\.environ\.get)\(\s*["']([A-Z][A-Z0-9_]*[A-Z0-9])["']""")
    files = [*(ROOT / "config" / "settings").glob("*.py")]
    files += [ROOT / "config" / name for name in ("files.py", "gunicorn.py", "parts/roles.py")]
    return {name for path in files for name in read.findall(path.read_text())}


def manage(*command, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.prod", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_has_nothing_to_be_warned_of(tmp_path):
    done = manage("check", "--deploy", "--fail-level", "WARNING", SATCHEL_DATA=str(tmp_path), **NEEDED)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "System check identified no issues (3 silenced).\n"


@pytest.mark.parametrize("name", NEEDED)
def test_without_any_one_of_what_it_needs_production_says_which_in_a_sentence(name, tmp_path):
    told = {one: value for one, value in NEEDED.items() if one != name}

    done = manage("check", "--deploy", SATCHEL_DATA=str(tmp_path), **told)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{name} is not set. Start with `make up`, or set it in the environment.\n"


def test_every_service_of_ours_starts_as_a_role_or_a_command_that_is_there():
    commands = {path.stem for path in ROOT.glob("apps/*/management/commands/*.py")} | {"migrate"}

    begun = {name: service["command"][0] for name, service in OURS.items()}

    assert {name: word for name, word in begun.items() if word not in {*roles.ROLES, *commands}} == {}
    assert {word for word in begun.values() if word in roles.ROLES} == set(roles.ROLES)
    checked = [one["healthcheck"]["test"] for one in OURS.values() if "test" in one.get("healthcheck", {})]
    assert [words[1:5] for words in checked] == [["python", "-m", "config.parts.roles", "healthy"]] * len(checked)
    assert [words[5] for words in checked if words[5] not in roles.WORKERS] == []


def test_every_queue_has_a_worker_and_a_job_for_any_other_can_not_be_written():
    begun = {service["command"][0] for service in OURS.values()}

    served = [queue for role, (queue, _processes) in roles.WORKERS.items() if role in begun]

    assert sorted(served) == sorted(Job.Queue.values)


def test_only_what_signs_is_given_what_opens_the_keys():
    given = {name for name, one in OURS.items() if one["environment"]["KEY_ENCRYPTION_KEYS"]}

    assert given == {name for name, one in OURS.items() if one["command"][0] in roles.SIGNING}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEY_ENCRYPTION_KEYS", "k1:x")
        held = {role for role in roles.ROLES if "KEY_ENCRYPTION_KEYS" in roles.environment(role)}
    assert held == roles.SIGNING


def test_what_services_and_the_image_are_told_is_what_settings_read():
    known = settings_read() | {"DJANGO_SETTINGS_MODULE"}
    told = {name for service in OURS.values() for name in service["environment"]}
    (block,) = re.findall(r"^ENV (.+?[^\\])\n(?=[A-Z])", DOCKERFILE, re.MULTILINE | re.DOTALL)
    told |= set(re.findall(r"([A-Z_]+)=", block)) - {
        *("PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "TMPDIR"),
    }

    assert sorted(told - known) == []


def test_the_example_names_every_setting_and_each_with_a_sentence_somewhere_above():
    named = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", EXAMPLE, re.MULTILINE))
    for_compose_alone = {"FILES_HOST", "POSTGRES_PASSWORD", "SATCHEL_IMAGE"}

    assert sorted(settings_read() - NOT_FOR_PRODUCTION - named) == []
    assert sorted(named - settings_read() - for_compose_alone) == []
    asked = set(re.findall(r"\$\{([A-Z0-9_]+)", (ROOT / "compose.yaml").read_text()))
    assert sorted(asked - named) == []
    empty = set(re.findall(r"^([A-Z][A-Z0-9_]+)=$", EXAMPLE, re.MULTILINE))
    assert empty >= {"PUBLIC_URL", "EVIDENCE_ORIGIN", "SECRET_KEY", "SHARE_LINK_KEY", "KEY_ENCRYPTION_KEYS"}
    # What is needed is empty there: an example that works is an installation whose secrets everybody knows.
    assert sorted(re.findall(r"^[A-Z0-9_]*(?:SECRET|PASSWORD|KEYS?)\b[A-Z0-9_]*=.+", EXAMPLE, re.MULTILINE)) == [
        "S3_ACCESS_KEY=satchel"
    ]


def test_services_wait_for_services_and_keep_their_data_in_volumes_that_are_there():
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        volumes = [volume.split(":")[0] for volume in service.get("volumes", [])]
        assert [one for one in volumes if not one.startswith("./") and one not in COMPOSE["volumes"]] == []
        assert [one for one in volumes if one.startswith("./") and not (ROOT / one).is_file()] == []


def test_what_the_image_copies_is_in_the_repository_and_reaches_who_builds_it():
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    let_in = [rule.removeprefix("!") for rule in rules if rule.startswith("!")]
    copied = [
        word
        for words in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for word in shlex.split(words)[:-1]
    ]

    assert rules[0] == "*"
    assert [name for name in (*copied, *let_in) if not (ROOT / name).exists()] == []
    assert [
        name for name in copied if not any(Path(name) == Path(one) or fnmatch(name, f"{one}/*") for one in let_in)
    ] == []
    assert "USER satchel" in DOCKERFILE.split("FROM")[-1]


def test_the_proxy_serves_every_name_and_reaches_services_that_are_there():
    proxy = (ROOT / "config" / "Caddyfile").read_text()

    assert set(re.findall(r"\{\$([A-Z_]+)\}", proxy)) == set(SERVICES["proxy"]["environment"]) - {"GOMEMLIMIT"}
    assert set(re.findall(r"name (\w+)|reverse_proxy (\w+):", proxy)) == {("web", ""), ("", "store")}
    assert {"web", "store"} <= set(SERVICES)


def test_the_proxy_lets_through_whatever_a_page_takes_at_once():
    (most,) = re.findall(r"max_size (\d+)MiB", (ROOT / "config" / "Caddyfile").read_text())

    assert int(most) * 1024**2 > max(credentials.MOST_BYTES_TOGETHER, settings.UPLOAD_LIMIT, sheets.MOST_BYTES)


def test_a_word_that_is_no_role_is_one_of_manage_py(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "config.parts.roles", "version"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "config.settings.prod"}
        | NEEDED,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout.split(".")[0], done.stderr) == (0, "5", "")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "(31536000, False, False)"),
        ({"HSTS_REACH": "subdomains"}, "(31536000, True, False)"),
        ({"HSTS_REACH": "preload"}, "(31536000, True, True)"),
    ],
)
def test_browsers_are_told_of_https_for_other_hosts_only_where_that_is_asked_for(asked, told, tmp_path):
    read = (
        "from django.conf import settings as s; "
        "print((s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD))"
    )

    done = manage("shell", "--no-imports", "-c", read, SATCHEL_DATA=str(tmp_path), **NEEDED, **asked)

    assert (done.stderr, done.stdout) == ("", f"{told}\n")
