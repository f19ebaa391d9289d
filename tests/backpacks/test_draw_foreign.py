"""The picture of a badge from elsewhere: its own, drawn anew apart, and a frame for what has none."""

import base64
import io
import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from apps.backpacks import pictures, verbs
from apps.backpacks.models import BackpackItem
from apps.backpacks.verbs import drawing
from apps.core import clock, outbox
from apps.core.models import Job
from apps.credentials import baking, jose
from apps.credentials import verbs as credentials
from tests.backpacks import theirs
from tests.core.test_client import Server, ok
from tests.factories import browser, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOSTILE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}<rect width="9" height="9" fill="#a00"/></svg>'


@pytest.fixture(autouse=True)
def _noon():
    with clock.at(NOW):
        yield


def png(colour="teal", size=(900, 700), **options):
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG", **options)
    return data.getvalue()


def filed(data):
    item = verbs.file_foreign(credentials.keep_foreign(data, by=person()))
    verbs.draw_foreign(item.pk)
    item.refresh_from_db()
    return item


def drawn(item):
    with default_storage.open(item.picture, "rb") as file:
        picture = Image.open(io.BytesIO(file.read()))
        picture.load()
    return picture


def holding(image, **facts):
    """A badge of openbadgeslib with an image of ours to read in it, as its text."""
    body = json.loads(theirs.proof(**facts))
    body["credentialSubject"]["achievement"]["image"] = image
    return json.dumps(body)


def test_a_baked_picture_is_drawn_anew_and_small_without_what_was_in_it():
    picture = baking.bake_png(png(), theirs.proof().decode())
    item = filed(picture)
    shown = drawn(item)

    assert (shown.format, shown.size, shown.getpixel((5, 5)), shown.info) == ("PNG", (640, 498), (0, 128, 128), {})
    answer = browser(item.person).get(f"/backpack/items/{item.public_id}/picture")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert b"openbadge" not in b"".join(answer)


def test_a_drawing_is_drawn_apart():
    item = filed(baking.bake_svg(theirs.SVG.encode(), theirs.proof().decode()))

    assert drawn(item).size == (640, 640)


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '<image href="/etc/passwd" width="9" height="9"/>',
        '<image href="http://169.254.169.254/x.png" width="9" height="9"/>',
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
    ],
)
def test_a_drawing_that_acts_or_reaches_out_is_not_drawn(evil):
    baked = baking.bake_svg(HOSTILE.format(evil).encode(), theirs.proof().decode())

    assert filed(baked).picture == ""


@pytest.mark.parametrize("broken", [lambda: png()[:200], lambda: png(size=(9000, 6000)), lambda: b"GIF8 no"])
def test_a_broken_or_endless_picture_keeps_its_frame(broken, monkeypatch):
    item = verbs.file_foreign(credentials.keep_foreign(theirs.proof(), by=person()))
    monkeypatch.setattr(drawing, "_found", lambda _foreign: broken())
    verbs.draw_foreign(item.pk)
    item.refresh_from_db()

    assert item.picture == ""
    assert "elsewhere" in browser(item.person).get(f"/backpack/items/{item.public_id}/").content.decode()


def test_what_a_text_names_as_its_picture_is_found_wherever_it_stands():
    inside = "data:image/png;base64," + base64.b64encode(b"x").decode()
    payload = jose.base64url(json.dumps({"vc": json.loads(holding("https://a.example/1.png"))}).encode())

    cases = {
        holding(inside): pictures.Named(data=b"x"),
        holding({"id": "https://a.example/1.png", "type": "Image"}): pictures.Named(address="https://a.example/1.png"),
        f"{jose.base64url(b'{}')}.{payload}.eHg": pictures.Named(address="https://a.example/1.png"),
        '{"badge": {"image": "https://a.example/2.png"}}': pictures.Named(address="https://a.example/2.png"),
        '{"badge": "https://a.example/badge"}': pictures.Named(badge="https://a.example/badge"),
        '{"badge": "file:///etc/passwd", "image": 7}': pictures.Named(),
        "not json": pictures.Named(),
        "[" * 100_000: pictures.Named(),
    }
    assert {text: pictures.named_in(text) for text in cases} == cases
    assert pictures.named_by(b'{"image": "https://a.example/3.png"}') == pictures.Named(
        address="https://a.example/3.png"
    )
    assert pictures.named_by(b"\xff") == pictures.Named()


def test_a_picture_at_an_address_is_fetched_and_one_inside_or_of_ours_is_not(settings):
    server = Server(ok(png()), ok(json.dumps({"image": "http://10.0.0.1/x.png"}).encode()))
    settings.FETCH_ALLOW = [f"localhost:{server.port}"]
    at = f"http://localhost:{server.port}"
    with server:
        found = drawing._found(SimpleNamespace(is_picture=False, text=holding(f"{at}/1.png")))
        with pytest.raises(drawing.client.FetchRefused):
            drawing._found(SimpleNamespace(is_picture=False, text=json.dumps({"badge": f"{at}/badge"})))
    for address in (f"{settings.PUBLIC_URL}/backpack/", "http://169.254.169.254/x.png"):
        with pytest.raises(drawing.client.FetchRefused):
            drawing._found(SimpleNamespace(is_picture=False, text=holding(address)))

    assert found == png()


def test_it_is_drawn_once_by_a_job_and_not_for_what_was_given_up():
    item = verbs.file_foreign(credentials.keep_foreign(baking.bake_png(png(), theirs.proof().decode()), by=person()))
    assert Job.objects.filter(key=f"draw_foreign:{item.pk}").exists()
    verbs.give_up(item, by=item.person)
    outbox.drain()
    verbs.draw_foreign(0)

    assert BackpackItem.objects.get().picture == ""
