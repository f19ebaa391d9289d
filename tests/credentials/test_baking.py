"""Credentials in pictures: spliced in, taken out, and nothing else touched."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from apps.credentials import baking
from apps.credentials.baking import png as pictures

TEXT = '{"name":"Kōwhai 羊毛 😀"}'


def picture(colour="teal", **options):
    data = BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "PNG", **options)
    return data.getvalue()


def chunk(kind, data, crc=None):
    return (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) if crc is None else crc)
    )


def with_chunks(*more, png=None):
    """A picture with more chunks behind IHDR."""
    png = png or picture()
    head = len(baking.SIGNATURE) + 25
    return png[:head] + b"".join(more) + png[head:]


def badge(text=b"{}", *, keyword=b"openbadgecredential", flags=b"\x00\x00", kind=b"iTXt"):
    return chunk(kind, keyword + b"\x00" + flags + b"\x00\x00" + text)


def test_the_credential_comes_out_as_it_went_in_and_no_pixel_is_touched():
    plain = picture()

    baked = baking.bake_png(plain, TEXT)

    assert baking.read(baked) == (3, TEXT)
    added = [raw for _kind, _data, raw in baking.chunks(baked)]
    del added[1]
    assert baking.SIGNATURE + b"".join(added) == plain
    assert Image.open(BytesIO(baked)).tobytes() == Image.open(BytesIO(plain)).tobytes()


def test_the_chunk_is_an_uncompressed_itxt_behind_the_header():
    _header, (kind, data, _raw), *_rest = baking.chunks(baking.bake_png(picture(), "{}"))

    assert (kind, data) == (b"iTXt", b"openbadgecredential\x00\x00\x00\x00\x00{}")


def test_baking_again_gives_the_same_bytes():
    once = baking.bake_png(picture(), TEXT)

    assert baking.bake_png(picture(), TEXT) == once
    assert baking.bake_png(once, TEXT) == once


def test_baking_replaces_every_badge_that_is_there_and_keeps_other_texts():
    other = chunk(b"tEXt", b"Author\x00somebody")
    full = with_chunks(
        badge(b"old"),
        badge(b"older", keyword=b"openbadges"),
        chunk(b"tEXt", b"openbadges\x00https://old.example/1"),
        chunk(b"zTXt", b"openbadges\x00\x00x"),
        other,
    )

    baked = baking.bake_png(full, TEXT)

    assert baked == baking.bake_png(with_chunks(other), TEXT)
    assert baking.read(baked) == (3, TEXT)


@pytest.mark.parametrize(
    ("png", "error", "words"),
    [
        (b"", baking.BakingError, "not a PNG"),
        (b"GIF89a", baking.BakingError, "not a PNG"),
        (baking.SIGNATURE, baking.BakingError, "cut off"),
        (picture()[:-1], baking.BakingError, "cut off"),
        (picture()[:50], baking.BakingError, "cut off"),
        (picture() + b"x", baking.BakingError, "after the end"),
        (baking.SIGNATURE + chunk(b"IEND", b""), baking.BakingError, "IHDR"),
        (with_chunks(chunk(b"IHDR", b"again")), baking.BakingError, "IHDR"),
        (picture()[:33] + chunk(b"IEND", b""), baking.BakingError, "no pixels"),
        (with_chunks(chunk(b"tEXt", b"a\x00b", crc=0)), baking.BakingError, "sum of chunk"),
        (with_chunks(struct.pack(">I4s", 2**31 - 1, b"tEXt")), baking.BakingError, "cut off"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * (20 * 1024 * 1024), baking.BakingError, "larger"),
        (picture(), baking.NoBadgeError, "no badge"),
        (with_chunks(chunk(b"tEXt", b"Author\x00somebody")), baking.NoBadgeError, "no badge"),
        (with_chunks(badge(), badge()), baking.BakingError, "more than one"),
        (with_chunks(badge(), badge(keyword=b"openbadges")), baking.BakingError, "more than one"),
        (with_chunks(badge(zlib.compress(b"{}" * 10**6), flags=b"\x01\x00")), baking.BakingError, "compressed"),
        (with_chunks(badge(kind=b"zTXt")), baking.BakingError, "zTXt"),
        (with_chunks(badge(kind=b"tEXt")), baking.BakingError, "tEXt"),
        (with_chunks(chunk(b"iTXt", b"openbadgecredential")), baking.BakingError, "malformed"),
        (with_chunks(chunk(b"iTXt", b"openbadgecredential\x00\x00\x00{}")), baking.BakingError, "malformed"),
        (with_chunks(badge(b"\xff\xfe")), baking.BakingError, "UTF-8"),
    ],
)
def test_a_picture_that_can_not_be_read_is_refused_in_words(png, error, words):
    with pytest.raises(error, match=words) as refusal:
        baking.read_png(png)

    assert refusal.type is error


def test_any_byte_changed_is_noticed():
    baked = baking.bake_png(picture(), TEXT)

    for place in range(len(baked)):
        changed = bytearray(baked)
        changed[place] ^= 1
        with pytest.raises(baking.BakingError):
            baking.read_png(bytes(changed))


def test_any_cut_is_noticed():
    baked = baking.bake_png(picture(), TEXT)

    for length in range(len(baked)):
        with pytest.raises(baking.BakingError):
            baking.read_png(baked[:length])


def test_a_picture_prepared_once_takes_many_badges_and_is_kept(monkeypatch):
    for plain in (picture(), with_chunks(badge(b"older"), chunk(b"tEXt", b"Title\x00x"))):
        prepared = baking.prepare_png(plain)

        assert [prepared.bake(text) for text in (TEXT, "a.b.c")] == [
            baking.bake_png(plain, text) for text in (TEXT, "a.b.c")
        ]
        assert baking.read(prepared.bake(TEXT, version=2)) == (2, TEXT)
        assert baking.prepare_png(bytes(bytearray(plain))) is prepared
        with monkeypatch.context() as patched:
            patched.setattr(pictures, "MOST_KEPT", len(plain) - 1)
            assert baking.prepare_png(plain) == prepared
            assert baking.prepare_png(plain) is not prepared
