"""Pictures from elsewhere: what is taken is made into one PNG, what is hostile or broken is refused in a sentence."""

import base64
import hashlib
import io
import struct
import time
import zlib
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from apps.core.refused import Refused
from apps.credentials import baking
from apps.issuers import art
from apps.issuers.art import uploads
from apps.issuers.art.uploads import take

SQUARE = "<rect width='100' height='100' fill='#14564e'/>"


def encoded(picture, form="PNG", **how):
    data = io.BytesIO()
    picture.save(data, form, **how)
    return data.getvalue()


def pixels(size=(600, 600), colour="teal", mode="RGB", form="PNG"):
    return encoded(Image.new(mode, size, colour), form)


def decoded(png):
    return Image.open(io.BytesIO(png))


def svg(inside=SQUARE, *, box="0 0 100 100", root="", before=""):
    space = "xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'"
    return f"{before}<svg {space} viewBox='{box}' {root}>{inside}</svg>".encode()


def png_header(wide, high):
    """A PNG that says how large it is and holds hardly a pixel."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", wide, high, 8, 6, 0, 0, 0)
    return baking.SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


# --- pixels -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "L"), ("PNG", "P"), ("JPEG", "RGB"), ("JPEG", "CMYK")]
)
def test_a_square_picture_is_taken_as_it_is(form, mode):
    taken = take(pixels(mode=mode, colour=None if mode in {"P", "CMYK"} else "gray", form=form))

    assert taken.svg == ""
    assert decoded(taken.png).format == "PNG"
    assert decoded(taken.png).size == (600, 600)


def test_sixteen_bits_of_grey_become_eight():
    taken = take(encoded(Image.new("I;16", (500, 500), 0x8000)))

    assert decoded(taken.png).convert("RGB").getpixel((250, 250)) in {(127, 127, 127), (128, 128, 128)}


def test_a_picture_that_is_wider_than_high_lies_on_a_transparent_square():
    picture = decoded(take(pixels((800, 600))).png)

    assert (picture.size, picture.mode) == ((800, 800), "RGBA")
    assert picture.getpixel((400, 10)) == (0, 0, 0, 0)
    assert picture.getpixel((400, 400)) == (0, 128, 128, 255)


def test_a_large_picture_is_made_smaller():
    assert decoded(take(pixels((3000, 3000))).png).size == (1200, 1200)


def test_a_photograph_is_made_smaller_until_it_can_be_mailed():
    noise = Image.effect_noise((1500, 1500), 90).convert("RGB")

    png = take(encoded(noise, "JPEG", quality=60)).png

    assert len(png) <= uploads.LIGHT_ENOUGH
    assert 400 <= decoded(png).width < 1200


def test_a_photograph_stands_as_the_camera_was_held():
    picture = Image.new("RGB", (800, 600), "teal")
    turned = Image.Exif()
    turned[0x0112] = 6
    png = decoded(take(encoded(picture, "JPEG", exif=turned)).png)

    assert png.getpixel((10, 400))[3] == 0
    assert png.getpixel((400, 10))[3] == 255


def test_nothing_but_pixels_is_kept_and_it_can_be_baked():
    baked = baking.bake_png(pixels(), "an older badge")
    taken = take(baked)

    assert {kind for kind, _data, _raw in baking.chunks(taken.png)} == {b"IHDR", b"IDAT", b"IEND"}
    assert baking.read(baking.bake_png(taken.png, "ours")) == (3, "ours")
    assert hashlib.sha256(taken.png).digest() == hashlib.sha256(take(baked).png).digest()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "That file is empty."),
        (b"hello", "A badge picture is a PNG, a JPEG or an SVG."),
        (b"%PDF-1.7\n<svg", "A badge picture is a PNG, a JPEG or an SVG."),
        (pixels(form="GIF"), "A badge picture is a PNG, a JPEG or an SVG."),
        (pixels(form="WEBP"), "A badge picture is a PNG, a JPEG or an SVG."),
        (pixels()[:300], "That picture is broken"),
        (pixels(form="JPEG")[:300], "That picture is broken"),
        (baking.SIGNATURE, "That picture is broken"),
        (png_header(10_000, 10_000), "more than 16 million pixels"),
        (png_header(60_000, 60_000), "more than 16 million pixels"),
        (png_header(1000, 1000), "That picture is broken"),
        (pixels((399, 399)), "399 by 399 pixels. A badge needs 400 at least."),
        (pixels((1300, 600)), "1300 by 600. A badge is about as wide as it is high"),
        (pixels(mode="RGBA", colour=(0, 0, 0, 0)), "nothing to be seen"),
        (bytes(uploads.MOST_BYTES + 1), "the most is 2.0\xa0MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_what_is_no_badge_picture_is_refused_in_a_sentence(data, sentence):
    with pytest.raises(Refused, match=sentence):
        take(data)


def test_a_picture_of_a_hundred_million_pixels_is_refused_before_it_is_decoded():
    began = time.perf_counter()
    with pytest.raises(Refused, match="more than 16 million pixels"):
        take(png_header(10_000, 10_000))

    assert time.perf_counter() - began < 0.5


def test_text_in_a_png_that_unpacks_to_gigabytes_is_refused():
    bomb = zlib.compress(bytes(200_000_000), 9)
    body = b"Comment\x00\x00" + bomb
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    whole = pixels()

    with pytest.raises(Refused, match="That picture is broken"):
        take(whole[:33] + chunk + whole[33:])


# --- drawings ---------------------------------------------------------------------------------------------------------
def test_a_drawing_becomes_a_picture_and_stays_a_drawing():
    taken = take(svg())

    assert decoded(taken.png).size == (640, 640)
    assert decoded(taken.png).convert("RGBA").getpixel((320, 320)) == (0x14, 0x56, 0x4E, 255)
    assert taken.svg == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        '<rect width="100" height="100" fill="#14564e"/></svg>'
    )
    assert baking.read(baking.bake_png(taken.png, "ours")) == (3, "ours")


def test_a_badge_of_ours_comes_back_as_it_left():
    drawn = art.badge(art.BadgeWords(shape="arch", ring="rope", cloth="wine", ground="waves", ribbon="KŌRERO", studs=2))

    taken = take(drawn.encode())

    assert taken.png == art.png(drawn)
    assert art.png(taken.svg) == art.png(drawn)
    assert take(taken.svg.encode()) == taken


def test_a_drawing_that_is_wider_than_high_lies_on_a_square():
    taken = take(svg("<rect width='100' height='60' fill='#14564e'/>", box="0 0 100 60"))

    picture = decoded(taken.png).convert("RGBA")
    assert 'viewBox="0 -20 100 100"' in taken.svg
    assert picture.getpixel((320, 60))[3] == 0
    assert picture.getpixel((320, 320))[3] == 255


def test_a_drawing_without_a_view_box_says_its_size_in_pixels():
    data = b"<svg xmlns='http://www.w3.org/2000/svg' width='100px' height='100'>" + SQUARE.encode() + b"</svg>"

    assert 'viewBox="0 0 100 100"' in take(data).svg


def test_what_drawing_programs_leave_lying_about_is_left_out():
    data = svg(
        "<metadata><cc:Work xmlns:cc='http://cc/'><a href='https://me.example'/></cc:Work></metadata>"
        "<sodipodi:namedview xmlns:sodipodi='http://sodipodi/' pagecolor='#fff'/>"
        "<!-- a comment --><title>A square &amp; nothing else</title>"
        "<g inkscape:label='Layer 1' xmlns:inkscape='http://inkscape/' style='-inkscape-font: \"X\"; fill : #14564e'>"
        "<rect width='100' height='100' tabindex='1' data-x='y'/><animate attributeName='x' to='9'/></g>",
        before="<?xml version='1.0' encoding='iso-8859-1'?>"
        "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>",
        root="width='10mm' height='10mm' version='1.1' id='svg8'",
    ).replace(b"https://me.example", b"#me")

    assert take(data).svg == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" id="svg8">'
        "<title>A square &amp; nothing else</title>"
        '<g style="fill:#14564e"><rect width="100" height="100"/></g></svg>'
    )


def test_a_plain_style_sheet_is_kept_and_colours_the_picture():
    taken = take(
        svg(
            "<style>/* colours */ .a, g > .b { fill: #14564e; -x-y: 1; behavior: none }</style><rect class='a' width='100' height='100'/>"
        )
    )

    assert "<style>.a, g &gt; .b{fill:#14564e}</style>" in taken.svg
    assert decoded(taken.png).convert("RGB").getpixel((320, 320)) == (0x14, 0x56, 0x4E)


def test_gradients_copies_and_small_pictures_inside_work():
    dot = base64.b64encode(pixels((10, 10))).decode()
    taken = take(
        svg(
            "<defs><linearGradient id='g'><stop stop-color='#f00'/><stop offset='1' stop-color='#00f'/></linearGradient>"
            "<rect id='r' width='50' height='50' fill='url(#g)'/></defs><use xlink:href='#r'/>"
            f"<image x='50' y='50' width='50' height='50' xlink:href='data:image/png;base64,{dot}'/>"
        )
    )

    picture = decoded(taken.png).convert("RGBA")
    assert picture.getpixel((10, 10))[0] > 200
    assert picture.getpixel((310, 10))[2] > 200
    assert picture.getpixel((500, 500)) == (0, 128, 128, 255)
    assert "xlink" not in taken.svg


def bomb_of_copies():
    layers = "".join(f"<g id='a{n}'>" + f"<use href='#a{n - 1}'/>" * 10 + "</g>" for n in range(1, 10))
    return svg(f"<defs><rect id='a0' width='1' height='1'/>{layers}</defs><use href='#a9'/>")


def bomb_of_patterns():
    layers = "".join(
        f"<pattern id='p{n}' width='.1' height='.1'>"
        + f"<rect width='9' height='9' fill='url(#p{n - 1})'/>" * 10
        + "</pattern>"
        for n in range(1, 10)
    )
    return svg(f"<pattern id='p0' width='1' height='1'/>{layers}<rect width='100' height='100' fill='url(#p9)'/>")


BILLION = b"<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>" + svg(
    "<title>&b;</title>"
)
EXTERNAL = b"<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + svg("<title>&x;</title>")
PARAMETER = b"<!DOCTYPE svg [<!ENTITY % x SYSTEM 'http://evil.example/x.dtd'> %x;]>" + svg()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (svg("<script>alert(1)</script>"), "holds a script"),
        (svg("<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>"), "holds a script"),
        (svg(SQUARE, root="onload='alert(1)'"), "holds a script"),
        (svg("<rect onClick='alert(1)'/>"), "holds a script"),
        (svg("<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>"), "a piece of a page"),
        (svg("<text>Shear</text>"), "letters that need a font"),
        (svg("<image href='https://evil.example/x.png'/>"), "fetches something from elsewhere"),
        (svg("<image xlink:href='//evil.example/x.png'/>"), "fetches something from elsewhere"),
        (svg("<image href='file:///etc/passwd'/>"), "fetches something from elsewhere"),
        (svg("<use xlink:href='other.svg#a'/>"), "fetches something from elsewhere"),
        (svg("<a href='javascript:alert(1)'><rect/></a>"), "fetches something from elsewhere"),
        (svg("<image href='data:image/svg+xml;base64,PHN2Zy8+'/>"), "fetches something from elsewhere"),
        (svg("<image href='data:text/html,x'/>"), "fetches something from elsewhere"),
        (svg("<rect fill='url(https://evil.example/#a)'/>"), "fetches something from elsewhere"),
        (svg("<rect style='fill:url(//evil.example/#a)'/>"), "fetches something from elsewhere"),
        (svg("<style>@import url(https://evil.example/x.css);</style>"), "fetches something from elsewhere"),
        (svg("<style>@import 'https://evil.example/x.css';</style>"), "does more than a badge needs"),
        (svg("<style>@font-face { font-family: x }</style>"), "does more than a badge needs"),
        (svg("<style>.a { fill: u\\72l(//evil.example) }</style>"), "does more than a badge needs"),
        (svg(before="<?xml-stylesheet href='https://evil.example/x.css'?>"), "fetches something from elsewhere"),
        (svg(before="<!DOCTYPE svg SYSTEM 'https://evil.example/x.dtd'>"), "fetches something from elsewhere"),
        (BILLION, "declares entities"),
        (EXTERNAL, "declares entities"),
        (PARAMETER, "declares entities"),
        (svg(before="<!DOCTYPE svg [<!ATTLIST svg onload CDATA 'alert(1)'>]>"), "declares entities"),
        (bomb_of_copies(), "copies its parts so often"),
        (bomb_of_patterns(), "copies its parts so often"),
        (svg("<g id='a'><use href='#a'/></g>"), "refers to itself"),
        (svg("<g>" * 60 + "</g>" * 60), "nested too deeply"),
        (svg("<g>" * 100_000), "nested too deeply"),
        (svg("<g/>" * 6000), "more than 5000 parts"),
        (svg("<path d='" + "M0 0" * 300_000 + "'/>"), "more than 1 MB"),
        (svg(box="0 0 100 20"), "A badge is about as wide as it is high"),
        (svg(box="0 0 0 0"), "does not say how large it is"),
        (svg(box="0 0 nan 1"), "does not say how large it is"),
        (svg(box="0 0 inf inf"), "does not say how large it is"),
        (svg(box="1 2 3"), "does not say how large it is"),
        (svg(""), "nothing to be seen"),
        (svg()[:-5], "broken: it could not be read to its end as SVG"),
        (b"<svg&>", "A badge picture is"),
        (b"<svg >&nbsp;</svg>", "broken"),
        (b"<html><svg ></svg></html>", "That is not an SVG drawing."),
        (b"<?xml version='1.0' encoding='utf-7'?><svg />", "broken"),
        (b"<?xml version='1.0' encoding='shift_jis'?><svg />", "broken"),
        (b"\xff\xfe<svg />", "broken"),
        (
            svg(f"<image href='data:image/png;base64,{base64.b64encode(png_header(3000, 3000)).decode()}'/>"),
            "A picture inside that drawing has more than 4 million pixels",
        ),
        (svg("<image href='data:image/png;base64,aGVsbG8='/>"), "A picture inside that drawing is broken."),
        (
            svg(f"<image href='data:image/png;base64,{base64.b64encode(bytes(400_000)).decode()}'/>"),
            "more than 300 KB",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else value[-70:-40].decode("ascii", "replace"),
)
def test_a_hostile_or_broken_drawing_is_refused_in_a_sentence(data, sentence):
    began = time.perf_counter()
    with pytest.raises(Refused, match=sentence):
        take(data)

    assert time.perf_counter() - began < 3


@pytest.mark.parametrize(
    "hidden",
    [
        "<rect width='100' height='100' fill='u\\72l(https://evil.example)'/>",
        "<rect width='100' height='100' style='fill:image-set(\"https://evil.example\")'/>",
        "<rect width='100' height='100' style='background-image:none;filter:src(//evil.example)'/>",
        "<g xml:base='https://evil.example/'><rect width='100' height='100'/></g>",
    ],
)
def test_an_address_that_hides_is_left_out(hidden):
    assert "evil" not in take(svg(hidden)).svg


def test_a_kept_drawing_holds_only_what_a_badge_may_hold():
    kept = take(svg("<switch><g><a href='#x'><rect width='100' height='100'/></a></g></switch>")).svg

    assert {element.tag.rpartition("}")[2] for element in ET.fromstring(kept).iter()} == {"svg", "switch", "g", "rect"}  # noqa: S314 - just cleaned


def test_a_drawing_that_takes_for_ever_is_stopped(monkeypatch):
    """What no count foresees ends with the process that draws it."""
    from apps.issuers.art import raster

    monkeypatch.setattr(raster, "_SECONDS", 0.001)

    with pytest.raises(Refused, match="takes too long"):
        take(svg())
