"""Badges in the sizes of pages: the same bytes each time, kept by browsers, and nobody's who may not see the whole."""

from io import BytesIO

import pytest
from PIL import Image

from apps.backpacks import verbs as backpacks
from apps.issuers import thumbnails
from tests.backpacks.test_items import declared
from tests.factories import awarded_credential, browser, drafted_version, person, published_version

pytestmark = pytest.mark.django_db


def at(version, end):
    return f"/achievements/{version.achievement.slug}/v{version.number}/badge{end}"


def test_each_size_is_the_same_picture_smaller_and_the_same_bytes_each_time(django_assert_num_queries):
    version, client = published_version(), browser()
    whole = client.get(at(version, ".png"))
    size = len(whole.content)
    thumbnails.made.cache_clear()
    with django_assert_num_queries(1):
        small = client.get(at(version, "-240.webp"))
    large = client.get(at(version, "-480.webp"))

    for answer, width in ((small, 240), (large, 480)):
        drawn = Image.open(BytesIO(answer.content))
        assert (drawn.format, drawn.size, drawn.mode) == ("WEBP", (width, width), "RGBA")
        assert answer["Content-Type"] == "image/webp"
        assert answer["Cache-Control"] == whole["Cache-Control"] == "public, max-age=31536000, immutable"
    assert len(small.content) < len(large.content) < size / 2
    thumbnails.made.cache_clear()
    assert client.get(at(version, "-240.webp")).content == small.content


def test_who_has_it_is_told_that_it_is_the_same():
    version, client = published_version(), browser()
    first = client.get(at(version, "-240.webp"))
    again = client.get(at(version, "-240.webp"), headers={"If-None-Match": first["ETag"]})
    other = client.get(at(version, "-480.webp"), headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert other.status_code == 200


def test_there_are_two_sizes_and_none_of_a_draft():
    version, draft = published_version(), drafted_version()
    asked = [at(version, "-241.webp"), at(version, "-99999.webp"), at(draft, "-240.webp"), at(draft, "-480.webp")]

    assert [browser().get(address).status_code for address in asked] == [404] * 4


def test_pages_name_the_sizes_that_they_need_beside_the_whole_and_of_other_pictures_none():
    held, someone = awarded_credential(), person()
    version = held.version
    backpacks.show_credential(held, by=held.earner, visibility="public")
    collection = backpacks.make_collection(by=someone, title="Mine")
    backpacks.collect(collection, declared(someone), by=someone)
    framed = f"/b/{backpacks.publish_collection(collection, by=someone).public_id}/"
    sources = f'srcset="{at(version, "-240.webp")} 240w, {at(version, "-480.webp")} 480w" sizes='

    small = f'srcset="{at(version, "-240.webp")}"'

    for page, told in (
        (f"/c/{held.public_id}", sources),
        (f"/achievements/{version.achievement.slug}/v{version.number}", sources),
        ("/catalogue/", small),
    ):
        text = browser().get(page).text
        assert (told in text, f'src="{at(version, ".png")}"' in text) == (True, True), page
    assert "srcset" not in browser().get(framed).text
