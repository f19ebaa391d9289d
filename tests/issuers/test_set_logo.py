import hashlib
import struct
import zlib
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.core import pictures
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import Issuer
from tests.factories import browser, events_of, issuer_with_owner, person, seated

pytestmark = pytest.mark.django_db


def picture(kind="PNG", size=(900, 600), mode="RGB", colour="teal", **options):
    data = BytesIO()
    Image.new(mode, size, colour).save(data, kind, **options)
    return SimpleUploadedFile(f"logo.{kind.lower()}", data.getvalue())


def kept(issuer):
    issuer.refresh_from_db()
    with issuer.logo.open() as file:
        return file.read()


def promising(width, height):
    """A PNG that says how large it is and holds nothing of it."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("upload", "size", "mode"),
    [
        (picture, (512, 341), "RGB"),
        (lambda: picture("JPEG"), (512, 341), "RGB"),
        (lambda: picture("WEBP", mode="RGBA", colour=(0, 128, 128, 90)), (512, 341), "RGBA"),
        (lambda: picture("JPEG", mode="CMYK", colour=(10, 20, 30, 40)), (512, 341), "RGB"),
        (lambda: picture("PNG", mode="P", colour=3, transparency=3), (512, 341), "RGBA"),
        (lambda: picture("PNG", mode="I;16", colour=900), (512, 341), "RGB"),
        (lambda: picture("PNG", (64, 48), "L", 7), (64, 48), "RGB"),
    ],
)
def test_whatever_picture_comes_a_small_png_is_kept(upload, size, mode):
    issuer, owner = issuer_with_owner()

    verbs.set_logo(issuer, by=owner, upload=upload())

    content = kept(issuer)
    shown = Image.open(BytesIO(content))
    assert (shown.format, shown.size, shown.mode) == ("PNG", size, mode)
    assert issuer.logo_sha256 == hashlib.sha256(content).hexdigest()
    assert events_of(issuer)[-1] == ("issuer.logo_set", owner.public_id)


def test_a_photograph_is_turned_upright_and_what_came_with_it_is_dropped():
    issuer, owner = issuer_with_owner()
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at home"

    verbs.set_logo(issuer, by=owner, upload=picture("JPEG", (300, 200), exif=exif))

    shown = Image.open(BytesIO(kept(issuer)))
    assert (shown.size, dict(shown.getexif()), b"taken at home" in kept(issuer)) == ((200, 300), {}, False)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", "empty"),
        (b"GIF89a" + b"\x00" * 40, "not a picture we can show"),
        (b"hello", "not a picture we can show"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "An SVG cannot be used here"),
        (b'\xef\xbb\xbf\n<?xml version="1.0"?><svg><script>alert(1)</script></svg>', "An SVG cannot be used here"),
        (promising(20_000, 20_000), "more than 24 million pixels"),
        (promising(100_000, 1_000), "more than 24 million pixels"),
        (promising(16, 400), "too small"),
        (promising(400, 400), "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 60, "picture"),
        (b"\x00" * (pictures.MOST_BYTES + 1), "the most is 5.0"),
    ],
)
def test_what_is_no_logo_is_refused_in_words(content, refusal):
    issuer, owner = issuer_with_owner()

    with pytest.raises(Refused, match=refusal):
        verbs.set_logo(issuer, by=owner, upload=SimpleUploadedFile("logo.png", content))

    issuer.refresh_from_db()
    assert (issuer.logo, issuer.logo_sha256) == ("", "")


def test_a_picture_cut_off_is_refused():
    whole = picture("JPEG").read()
    issuer, owner = issuer_with_owner()

    with pytest.raises(Refused, match="broken"):
        verbs.set_logo(issuer, by=owner, upload=SimpleUploadedFile("logo.jpg", whole[: len(whole) // 2]))


def test_remove_logo_twice_is_told_once():
    issuer, owner = issuer_with_owner()
    verbs.set_logo(issuer, by=owner, upload=picture())

    verbs.remove_logo(issuer, by=owner)
    verbs.remove_logo(issuer, by=owner)

    assert Issuer.objects.get().logo_sha256 == ""
    kinds = [kind for kind, _by in events_of(issuer)]
    assert kinds == ["issuer.founded", "issuer.logo_set", "issuer.logo_removed"]


def test_who_does_not_run_it_neither_sets_nor_removes():
    issuer, owner = issuer_with_owner()
    verbs.set_logo(issuer, by=owner, upload=picture())

    for someone in (seated("designer", issuer), issuer_with_owner()[1], person()):
        with pytest.raises(PermissionDenied):
            verbs.set_logo(issuer, by=someone, upload=picture())
        with pytest.raises(PermissionDenied):
            verbs.remove_logo(issuer, by=someone)
        assert browser(someone).get(f"/organisations/{issuer.slug}/logo/").status_code == 404
        assert browser(someone).post(f"/organisations/{issuer.slug}/logo/remove/").status_code == 404

    assert Issuer.objects.get(pk=issuer.pk).logo_sha256


def test_the_page_takes_one_and_shows_it_and_removes_it():
    issuer, owner = issuer_with_owner()
    client, page = browser(owner), f"/organisations/{issuer.slug}/logo/"

    done = client.post(page, {"picture": picture(colour="red")}, follow=True).content.decode()
    issuer.refresh_from_db()
    again = client.post(page, {"picture": picture(colour="blue")})
    gone = client.post(f"{page}remove/", follow=True).content.decode()

    address = f"/issuers/{issuer.slug}/logo.png?{issuer.logo_sha256[:8]}"
    assert f'src="{address}"' in done
    assert again.headers["Location"] == page
    assert "your initials stand there" in gone


def test_a_refusal_stands_beside_the_field():
    issuer, owner = issuer_with_owner()

    wrong = browser(owner).post(
        f"/organisations/{issuer.slug}/logo/", {"picture": SimpleUploadedFile("logo.png", promising(20_000, 20_000))}
    )
    nothing = browser(owner).post(f"/organisations/{issuer.slug}/logo/", {})

    assert (wrong.status_code, nothing.status_code) == (422, 422)
    assert "more than 24 million pixels" in wrong.content.decode()


def test_everybody_sees_the_logo_and_without_one_there_is_none():
    issuer, owner = issuer_with_owner()
    address = f"/issuers/{issuer.slug}/logo.png"
    before = browser().get(address).status_code
    verbs.set_logo(issuer, by=owner, upload=picture())

    answer = browser().get(address)

    assert (before, answer.status_code, answer.headers["Content-Type"]) == (404, 200, "image/png")
    assert answer.content == kept(issuer)
    assert answer.headers["ETag"] == f'"{issuer.logo_sha256}"'
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
