"""What a first visit of a public page costs, in bytes over the wire."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from tests.factories import issuer_with_owner, published_version

pytestmark = pytest.mark.django_db

MOST_HTML = 60_000
MOST_BESIDE = 150_000
# A page of the catalogue, full, with the longest names that a table may hold in mind.
FULL = 24
# What the second half of the typeface holds (see base.css): a page fetches it when such a letter stands on it.
SECOND_HALF = re.compile("[\u0100-\u014b\u014e-\u0151\u0154-\u02ba\u1e00-\u1eff]")


@pytest.fixture
def full_house():
    issuer, _owner = issuer_with_owner("Te Kura Whakangungu o Ngā Awa me Ngā Maunga")
    for number in range(FULL):
        version = published_version(issuer, name=f"Facilitate a restorative conversation in te reo Māori {number}")
    return version


def beside(page):
    """Name -> bytes over the wire of each style sheet, script and typeface that the page fetches."""
    wanted = set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|woff2))"', page))
    if SECOND_HALF.search(page):
        wanted.add("fonts/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2")
    return {name: over_the_wire(name) for name in wanted}


def over_the_wire(name):
    content = Path(finders.find(name)).read_bytes()
    # A typeface is packed already.
    return len(content) if name.endswith(".woff2") else len(gzip.compress(content, 9))


def test_public_pages_are_light(full_house):
    heavy = {}
    for path in ("/", "/catalogue/", "/verify/", "/help/", "/accounts/login/", full_house.get_absolute_url()):
        page = Client().get(path).content
        fetched = beside(page.decode())
        assert {name.rpartition(".")[2] for name in fetched} == {"css", "js", "woff2"}, path
        if len(page) > MOST_HTML or sum(fetched.values()) > MOST_BESIDE:
            heavy[path] = (len(page), fetched)

    assert heavy == {}


def test_brotli_makes_it_lighter_still():
    """What whitenoise sends to nearly every browser."""
    for name in ("css/satchel.css", "css/satchel.rtl.css", "js/satchel.js"):
        assert len(brotli.compress(Path(finders.find(name)).read_bytes())) < over_the_wire(name)


def test_every_picture_keeps_its_place_before_it_is_there():
    folder = settings.ROOT / "templates"
    pages = [path for path in folder.rglob("*.html") if "mail" not in path.parts]

    loose = [
        (path.name, tag)
        for path in pages
        for tag in re.findall(r"<img [^>]*>", re.sub(r"{%.*?%}|{{.*?}}", "", path.read_text()))
        if not {"width=", "height="} <= {part for part in ("width=", "height=") if part in tag}
    ]

    assert loose == []
