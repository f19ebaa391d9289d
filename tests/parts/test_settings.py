"""The environment is read strictly, and production refuses what is for trying things out."""

import json
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from apps.core.bucket import Bucket
from config import env, files
from config.env import BadSetting
from config.settings import base
from tests.stack import ROOT

READERS = [
    (lambda: env.text("X"), None, "X is not set. Start with `make up`, or set it in the environment."),
    (lambda: env.text("X"), "", "X is not set. Start with `make up`, or set it in the environment."),
    (lambda: env.choice("X", ["on", "off"], "on"), "maybe", "X is 'maybe'; it can be on, off."),
    (lambda: env.flag("X"), "maybe", "X is 'maybe'; it can be on or off."),
    (lambda: env.number("X", 1), "many", "X is 'many'; it must be a whole number."),
    (
        lambda: env.zone("X", "UTC"),
        "Mars/Olympus",
        "X is 'Mars/Olympus'; it must be a time zone that this machine knows, like Europe/Berlin.",
    ),
    *(
        (lambda: env.origin("X"), wrong, f"X is {wrong!r}; it must look like https://badges.example.org, with no path.")
        for wrong in (
            "badges.example.org",
            "ftp://badges.example.org",
            "https://",
            "https://a.example/b",
            "https://a?b",
            "http://[bad",
            "http://localhost:abc",
            "https://localhost:70000",
            "https://user@badges.example.org",
            "https://:hush@badges.example.org",
        )
    ),
    (lambda: env.number("X", 1, least=0), "-1", "X is '-1'; it must be a whole number, 0 or more."),
    (lambda: env.number("X", 1, least=1), "0", "X is '0'; it must be a whole number, 1 or more."),
    (lambda: env.number("X", 1, least=1), "many", "X is 'many'; it must be a whole number, 1 or more."),
]


@pytest.mark.parametrize(("read", "value", "words"), READERS)
def test_a_value_that_makes_no_sense_is_refused_in_words(monkeypatch, read, value, words):
    monkeypatch.delenv("X", raising=False)
    if value is not None:
        monkeypatch.setenv("X", value)

    with pytest.raises(BadSetting) as refusal:
        read()

    assert str(refusal.value) == words


def test_values_that_make_sense_are_read(monkeypatch):
    assert (env.text("X", "kept"), env.number("X", 7), env.flag("X", default=True), env.words("X")) == (
        "kept",
        7,
        True,
        [],
    )
    monkeypatch.setenv("X", "https://badges.example.org:8443/")
    assert env.origin("X") == "https://badges.example.org:8443"
    monkeypatch.setenv("X", "a, b c")
    assert env.words("X") == ["a", "b", "c"]
    monkeypatch.setenv("X", "Europe/Berlin")
    assert env.zone("X", "UTC") == "Europe/Berlin"
    monkeypatch.setenv("X", "YES")
    assert env.flag("X") is True


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (lambda: base._database("mysql://u@h/n"), "Satchel has no other database (mysql://…)"),
        (lambda: base._database("postgresql://u@h/"), "DATABASE_URL names no database"),
        *(
            (lambda url=url: base._database(url), "DATABASE_URL cannot be read: it must look like postgresql://")
            for url in ("postgresql://u:hush@h:abc/x", "postgresql://[h/x", "postgresql://u@/x?host=/run&port=abc")
        ),
        (
            lambda: base._beside("amqp://h"),
            "REDIS_URL begins with 'amqp' and ends with ''; it must look like redis://host",
        ),
        (lambda: base._beside("redis://:hush@h/first"), "REDIS_URL begins with 'redis' and ends with '/first'"),
        (lambda: base._beside("redis+socket:///s?virtual_host=x"), "it must look like"),
        (lambda: base._beside("redis://:hush@h:abc/0"), "REDIS_URL cannot be read: it must look like redis://host"),
        (lambda: base._beside("redis://[h/0"), "REDIS_URL cannot be read: it must look like redis://host"),
    ],
)
def test_servers_that_cannot_be_are_refused_in_words(read, words):
    with pytest.raises(BadSetting) as refusal:
        read()

    assert words in str(refusal.value)
    assert "hush" not in str(refusal.value)


def test_the_cache_lies_beside_the_broker():
    assert base._beside("redis://h:6379") == "redis://h:6379/1"
    assert base._beside("rediss://u:p@h/4") == "rediss://u:p@h/5"
    assert base._beside("redis+socket:///run/v.sock?virtual_host=2") == "unix:///run/v.sock?db=3"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"S3_REGION": "eu-west-1", "S3_ACCESS_KEY": "k"},
            "S3_BUCKET is not set, but S3_REGION, S3_ACCESS_KEY: files would lie in a folder.",
        ),
        (
            {"S3_BUCKET": "files", "S3_REGION": "eu-west-1", "S3_ACCESS_KEY": "k"},
            "S3_ACCESS_KEY and S3_SECRET_KEY belong together; with neither, the machine's own role is asked for.",
        ),
        (
            {"S3_BUCKET": "files"},
            "S3_BUCKET is set, but neither S3_REGION (for Amazon's) nor S3_ENDPOINT_URL says where it is.",
        ),
        (
            {"S3_BUCKET": "files", "S3_REGION": "eu-west-1", "S3_INTERNAL_URL": "http://store:8333"},
            "S3_INTERNAL_URL is set, but S3_ENDPOINT_URL does not say where browsers reach the same bucket.",
        ),
        (
            {"S3_BUCKET": "files", "S3_ENDPOINT_URL": "s3.example"},
            "S3_ENDPOINT_URL is 's3.example'; it must look like https://badges.example.org, with no path.",
        ),
    ],
)
def test_a_bucket_that_is_half_named_is_refused_in_words(monkeypatch, given, words):
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(BadSetting) as refusal:
        files.place(ROOT)

    assert str(refusal.value) == words


@pytest.mark.parametrize(
    ("given", "origin", "path"),
    [
        ({"S3_REGION": "us-east-1"}, "https://files.s3.us-east-1.amazonaws.com", "/name"),
        ({"S3_REGION": "ap-southeast-2"}, "https://files.s3.ap-southeast-2.amazonaws.com", "/name"),
        ({"S3_ENDPOINT_URL": "https://s3.example:9000/"}, "https://s3.example:9000", "/files/name"),
    ],
)
def test_pages_let_browsers_send_where_addresses_lead(monkeypatch, given, origin, path):
    for name, value in ({"S3_BUCKET": "files", "S3_ACCESS_KEY": "k", "S3_SECRET_KEY": "s"} | given).items():
        monkeypatch.setenv(name, value)
    found = files.place(ROOT)

    url = urlsplit(Bucket(**found.storage["OPTIONS"]).url("name"))

    assert (found.origin, f"{url.scheme}://{url.netloc}", url.path) == (origin, origin, path)


def test_our_own_servers_may_go_another_way_than_browsers(monkeypatch):
    told = {"S3_ENDPOINT_URL": "https://files.example", "S3_INTERNAL_URL": "http://store:8333"}
    for name, value in ({"S3_BUCKET": "files", "S3_ACCESS_KEY": "k", "S3_SECRET_KEY": "s"} | told).items():
        monkeypatch.setenv(name, value)
    found = files.place(ROOT)
    bucket = Bucket(**found.storage["OPTIONS"])

    given = urlsplit(bucket.address_for("put_object", bucket.at("name"), seconds=60))

    assert (found.origin, bucket.client.meta.endpoint_url) == ("https://files.example", "http://store:8333")
    assert (given.scheme, given.netloc, given.path) == ("https", "files.example", "/files/name")


START = """
import importlib, json, os, sys
from config.env import BadSetting
told = {"PUBLIC_URL": "https://badges.example", "EVIDENCE_ORIGIN": "https://evidence.example", "SECRET_KEY": "s",
        "SHARE_LINK_KEY": "s", "DATABASE_URL": "postgresql://u@h/n", "REDIS_URL": "redis://h"}
said = {}
for settings, given in json.loads(sys.argv[1]):
    os.environ.clear()
    os.environ.update({name: value for name, value in (told | given).items() if value is not None})
    for name in [name for name in sys.modules if name.startswith("config.settings.")]:
        del sys.modules[name]
    try:
        found = importlib.import_module(f"config.settings.{settings}")
        words = f"{found.MODE} {found.FAILPOINT} {found.DEMO_ALLOWED} {found.RATE_LIMITS_FACTOR} {found.FETCH_ALLOW}"
    except BadSetting as refusal:
        words = str(refusal)
    said[f"{settings} {given}"] = words
print(json.dumps(said))
"""
REFUSES = "is for trying things out; production refuses to start with it."
STARTS = [
    ("prod", {}, "prod none False 1 []"),
    ("prod", {"SATCHEL_FAILPOINT": "award"}, f"SATCHEL_FAILPOINT {REFUSES}"),
    ("prod", {"SATCHEL_FAULTS": "/tmp/faults"}, f"SATCHEL_FAULTS {REFUSES}"),
    ("prod", {"FETCH_ALLOW": "127.0.0.1:80"}, f"FETCH_ALLOW {REFUSES}"),
    ("prod", {"RATE_LIMITS": "off"}, f"RATE_LIMITS {REFUSES}"),
    ("prod", {"DEMO_PUBLIC": "1"}, f"DEMO_PUBLIC {REFUSES}"),
    ("prod", {"PUBLIC_URL": "http://badges.example"}, "PUBLIC_URL and EVIDENCE_ORIGIN must be https in production."),
    (
        "prod",
        {"EVIDENCE_ORIGIN": "http://evidence.example"},
        "PUBLIC_URL and EVIDENCE_ORIGIN must be https in production.",
    ),
    (
        "prod",
        {"EVIDENCE_ORIGIN": "https://badges.example:8443"},
        "EVIDENCE_ORIGIN must be another host than PUBLIC_URL: cookies do not mind the port.",
    ),
    (
        "prod",
        {"S3_BUCKET": "files", "S3_ENDPOINT_URL": "http://s3.example"},
        "S3_ENDPOINT_URL must be https in production: browsers send to it from our pages.",
    ),
    ("prod", {"S3_BUCKET": "files", "S3_ENDPOINT_URL": "https://s3.example"}, "prod none False 1 []"),
    ("prod", {"SECRET_KEY": None}, "SECRET_KEY is not set. Start with `make up`, or set it in the environment."),
    (
        "prod",
        {"EVIDENCE_ORIGIN": None},
        "EVIDENCE_ORIGIN is not set. Start with `make up`, or set it in the environment.",
    ),
    ("dev", {}, "dev none True 100 []"),
    ("dev", {"TRUSTED_PROXY_COUNT": "-1"}, "TRUSTED_PROXY_COUNT is '-1'; it must be a whole number, 0 or more."),
    ("dev", {"SWEEP_SECONDS": "0"}, "SWEEP_SECONDS is '0'; it must be a whole number, 1 or more."),
    ("dev", {"RATE_LIMITS": "off", "SATCHEL_FAILPOINT": "bake"}, "dev bake True 0 []"),
    ("dev", {"RATE_LIMITS": "maybe"}, "RATE_LIMITS is 'maybe'; it can be on, off."),
    (
        "dev",
        {"SATCHEL_FAILPOINT": "nowhere"},
        "SATCHEL_FAILPOINT is 'nowhere'; it can be none, award, sign, bake, before_letter, after_letter.",
    ),
    ("test", {"SATCHEL_FAILPOINT": "sign", "FETCH_ALLOW": "127.0.0.1:9"}, "test sign True 100 ['127.0.0.1:9']"),
]


def test_production_starts_without_toys_and_with_nothing_missing():
    done = subprocess.run(
        [sys.executable, "-c", START, json.dumps([(settings, given) for settings, given, _words in STARTS])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert json.loads(done.stdout) == {f"{settings} {given}": words for settings, given, words in STARTS}


@pytest.mark.parametrize(
    ("given", "has"),
    [
        ({}, False),
        # Whatever .env says, which all of them read: a pool's threads do not survive the fork of a worker.
        ({"DATABASE_POOL": "on"}, False),
        ({"SATCHEL_SERVES_PAGES": "on"}, True),
        ({"SATCHEL_SERVES_PAGES": "on", "DATABASE_POOL": "off"}, False),
    ],
)
def test_the_web_server_alone_has_a_pool_of_connections(given, has):
    look = START.replace("found.MODE", "'pool' in found.DATABASES['default']['OPTIONS']")
    done = subprocess.run(
        [sys.executable, "-c", look, json.dumps([("prod", given)])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert list(json.loads(done.stdout).values()) == [f"{has} none False 1 []"]
    assert "SATCHEL_SERVES_PAGES=on" in (ROOT / "config" / "gunicorn.py").read_text()


@pytest.mark.parametrize(
    ("settings", "given", "origins"),
    [
        ("prod", {}, "https://badges.example"),
        # Started with another port than the first time, whose address is the one that is signed.
        (
            "dev",
            {"PORT": "8124", "PUBLIC_URL": "http://localhost:8000"},
            "http://localhost:8124 http://127.0.0.1:8124 http://localhost:8000",
        ),
    ],
)
def test_the_viewer_of_evidence_is_framed_by_the_pages_that_people_open(settings, given, origins):
    look = START.replace("found.MODE", "' '.join(found.FRAMED_BY)")
    done = subprocess.run(
        [sys.executable, "-c", look, json.dumps([(settings, given)])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    (said,) = json.loads(done.stdout).values()
    assert said.partition(" none ")[0] == origins


def test_a_command_says_a_bad_setting_in_one_sentence():
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": "/usr/bin", "DJANGO_SETTINGS_MODULE": "config.settings.prod"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == "PUBLIC_URL is not set. Start with `make up`, or set it in the environment.\n"
