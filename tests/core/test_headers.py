"""What every answer says of who may do what with it."""

import pytest
from django.urls import reverse

from config.parts.bootstrap import ROOT
from tests.factories import published_version

pytestmark = pytest.mark.django_db

APPS, TEMPLATES = (ROOT / name for name in ("apps", "templates"))
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self' {evidence}; "
    "img-src 'self' data: blob: {evidence}; media-src 'self' blob: {evidence}; frame-src {evidence}; "
    "worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def granted(headers):
    return dict(one.split("=") for one in headers["Permissions-Policy"].split(", "))


def test_a_page_runs_nothing_from_elsewhere_and_is_framed_by_nobody(client, settings):
    said = client.get("/help/").headers

    policy = POLICY.format(evidence=settings.EVIDENCE_ORIGIN)
    assert sorted(said["Content-Security-Policy"].split("; ")) == sorted(policy.split("; "))
    assert said["X-Frame-Options"] == "DENY"
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Referrer-Policy"] == "same-origin"
    assert said["Cross-Origin-Opener-Policy"] == "same-origin"
    assert said["Cross-Origin-Resource-Policy"] == "same-origin"
    assert {name: granted(said)[name] for name in ("publickey-credentials-get", "camera", "microphone")} == {
        "publickey-credentials-get": "(self)",
        "camera": "()",
        "microphone": "()",
    }


def test_the_page_that_reads_qr_codes_may_ask_for_the_camera_and_for_nothing_else(client):
    elsewhere, there = granted(client.get("/help/").headers), granted(client.get("/verify/").headers)

    assert there == elsewhere | {"camera": "(self)"}
    assert granted(client.post("/verify/", {"text": "x"}).headers) == there


def test_a_badge_picture_may_stand_on_any_page(client):
    version = published_version()

    said = client.get(reverse("issuers:picture", args=[version.achievement.slug, version.number])).headers

    assert (said["Cross-Origin-Resource-Policy"], said["Access-Control-Allow-Origin"]) == ("cross-origin", "*")


def test_no_page_with_a_button_hides_where_it_was_pressed():
    # A browser sends such a page's forms as of no origin, and those are refused. These answer with files and frames.
    frames = {"backpacks/views/embeds.py", "submissions/views/hosted.py", "submissions/links.py"}

    hiding = {
        str(path.relative_to(APPS))
        for path in APPS.rglob("*.py")
        if '"Referrer-Policy"] = "no-referrer"' in path.read_text()
    }

    assert hiding == frames
    assert "<form" not in "".join(path.read_text() for path in TEMPLATES.glob("backpacks/embed_*.html"))
