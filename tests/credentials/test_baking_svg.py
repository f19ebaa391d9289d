"""Credentials in drawings: one element spliced in, taken out again, and no other byte touched."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.credentials import baking
from apps.credentials.baking import svg as drawings
from tests.credentials.test_baking import chunk, picture, with_chunks

DRAWING = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
    b"<!-- <svg> is not here -->\n"
    b"<svg xmlns='http://www.w3.org/2000/svg' viewBox=\"0 0 9 9\"\n  aria-label='a > b'  >\r\n"
    b'<title>K\xc5\x8dwhai &amp; \xf0\x9f\x98\x80</title><g  id="a"\t><path d="M0 0h9v9z"/></g></svg>\n'
)
JSON = '{"id":"https://a.example/1?a=b&c=d","name":"Kōwhai ]]> ]]]]> 羊毛 😀 <&\\""}'
TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJ4In0.c2ln"
TEXTS = [JSON, TOKEN]
THREE = b'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'
TWO = b'xmlns:openbadges="http://openbadges.org"'


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("text", TEXTS)
def test_the_credential_comes_out_as_it_went_in_and_no_other_byte_is_touched(text, version):
    baked = baking.bake_svg(DRAWING, text, version=version)

    assert baking.read(baked) == (version, text)
    start, end = baked.index(b"<openbadges"), baked.index(b"\r\n<title>")
    space = b" " + (THREE if version == 3 else TWO)
    assert (baked[:start] + baked[end:]).replace(space, b"") == DRAWING
    assert baking.bake_svg(DRAWING, text, version=version) == baking.bake_svg(baked, text, version=version) == baked


def test_a_signed_one_stands_in_the_attribute_and_json_inside():
    plain = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'

    head, tail = b'<svg xmlns="http://www.w3.org/2000/svg" ', b'<path d="M0 0"/></svg>'
    assert baking.bake_svg(plain, "a.b.c") == head + THREE + b'><openbadges:credential verify="a.b.c"/>' + tail
    assert baking.bake_svg(plain, "{}") == (
        head + THREE + b"><openbadges:credential><![CDATA[{}]]></openbadges:credential>" + tail
    )
    assert baking.bake_svg(plain, "a.b.c", version=2) == head + TWO + b'><openbadges:assertion verify="a.b.c"/>' + tail
    assert baking.bake_svg(plain, '{"id":"https://a.example/"}', version=2) == (
        head
        + TWO
        + b'><openbadges:assertion verify="https://a.example/"><![CDATA[{"id":"https://a.example/"}]]>'
        + b"</openbadges:assertion>"
        + tail
    )


def test_baking_replaces_every_badge_that_is_there_wherever_and_however_it_is_written():
    others = (
        b'<ob:credential xmlns:ob="https://purl.imsglobal.org/ob/v3p0"><ob:credential/> > </ob:credential >',
        b"<assertion xmlns='http://openbadges.org' verify='https://old.example/?a=>'/>",
    )
    full = DRAWING.replace(b"<title>", others[0] + b"<title>").replace(b"<path", others[1] + b"<path")

    baked = baking.bake_svg(baking.bake_svg(full, "old", version=2), JSON)

    assert baked == baking.bake_svg(DRAWING, JSON)


def test_only_the_declaration_itself_is_written_over():
    said = b"""<svg xmlns='http://www.w3.org/2000/svg' a=' xmlns:openbadges="a" ' xmlns:openbadges = 'b'>"""
    plain = said + b"<g/></svg>"

    baked = baking.bake_svg(plain, "a.b.c")

    assert baked.startswith(said.replace(b"'b'", b'"https://purl.imsglobal.org/ob/v3p0"'))
    assert baking.read(baked) == (3, "a.b.c")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40))
def test_any_words_in_json_survive(words):
    text = json.dumps({"name": words}, ensure_ascii=False)

    assert baking.read_svg(baking.bake_svg(DRAWING, text)) == (3, text)


@pytest.mark.parametrize(
    ("inside", "read"),
    [
        (b'<openbadges:credential verify=" a.b.c "/>', (3, "a.b.c")),
        (b"<openbadges:credential>\n <![CDATA[ {} ]]>\n</openbadges:credential>", (3, "{}")),
        (b"<openbadges:credential>{&quot;a&quot;:1}</openbadges:credential>", (3, '{"a":1}')),
        (b'<o:assertion xmlns:o="http://openbadges.org" verify="https://a.example/"/>', (2, "https://a.example/")),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_what_others_bake_is_read_in_any_encoding(inside, read, encoding):
    start = f'<?xml version="1.0" encoding="{encoding}"?><svg '
    drawing = start.encode() + THREE + b' xmlns="http://www.w3.org/2000/svg">' + inside + b"</svg>"

    assert baking.read(drawing.decode().encode(encoding)) == read


def drawing(inside, *, before=b"", root=b'<svg xmlns="http://www.w3.org/2000/svg" ' + THREE + b">"):
    return before + root + inside + b"</svg>"


BADGE = b'<openbadges:credential verify="a.b.c"/>'
REFUSED = {
    "nothing": (b"", baking.BakingError, "to its end"),
    "cut off": (drawing(BADGE)[:-3], baking.BakingError, "to its end"),
    "another page": (b"<html/>", baking.BakingError, "not an SVG"),
    "an undeclared prefix": (drawing(BADGE, root=b"<svg>"), baking.BakingError, "to its end"),
    "an unknown encoding": (drawing(BADGE, before=b'<?xml version="1.0" encoding="x"?>'), baking.BakingError, "to its"),
    "no badge": (DRAWING, baking.NoBadgeError, "no badge"),
    "two badges": (drawing(BADGE + BADGE), baking.BakingError, "more than one"),
    "an empty badge": (drawing(b"<openbadges:credential/>"), baking.BakingError, "empty"),
    "entities": (
        drawing(b"&b;", before=b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'),
        baking.BakingError,
        "entities",
    ),
    "an entity of a file": (
        drawing(b"&b;", before=b'<!DOCTYPE svg [<!ENTITY b SYSTEM "file:///etc/passwd">]>'),
        baking.BakingError,
        "entities",
    ),
    "an entity from elsewhere": (
        drawing(b"&b;", before=b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://a.example/">'),
        baking.BakingError,
        "to its end",
    ),
    "too many parts": (drawing(b"<g/>" * 200_000), baking.BakingError, "more than"),
    "too deep": (drawing(b"<g>" * 200_000), baking.BakingError, "more than"),
    "too large": (drawing(b" " * 21 * 1024 * 1024), baking.BakingError, "larger"),
    "a badge in many pieces": (
        drawing(b"<openbadges:credential>" + b"a<!---->" * 500_000 + b"<g>"),
        baking.BakingError,
        "to its end",
    ),
    "an attribute without end": (b'<svg a="' + b"'" * 5_000_000, baking.BakingError, "to its end"),
}


@pytest.mark.parametrize(("svg", "error", "words"), REFUSED.values(), ids=REFUSED)
def test_a_drawing_that_can_not_be_read_is_refused_in_words_and_soon(svg, error, words):
    began = time.process_time()

    with pytest.raises(error, match=words) as refusal:
        baking.read_svg(svg)

    assert refusal.type is error
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("svg", "text", "words"),
    [
        (DRAWING.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "{}", "UTF-8"),
        (DRAWING.replace(b"UTF-8", b"ISO-8859-1"), "{}", "UTF-8"),
        (b"<svg/>", "{}", "nothing drawn"),
        (DRAWING, '{"a":"\ufffe"}', "can't stand"),
        (DRAWING, '{"a":\r\n1}', "can't stand"),
    ],
)
def test_what_can_not_be_baked_is_refused_in_words(svg, text, words):
    with pytest.raises(baking.BakingError, match=words):
        baking.bake_svg(svg, text)


def test_a_byte_order_mark_stays_where_it_is():
    marked = b"\xef\xbb\xbf" + DRAWING

    assert baking.bake_svg(marked, JSON) == b"\xef\xbb\xbf" + baking.bake_svg(DRAWING, JSON)
    assert baking.read(baking.bake_svg(marked, JSON)) == (3, JSON)


def test_a_picture_of_either_version_tells_which():
    assert baking.read(baking.bake_png(picture(), JSON)) == (3, JSON)
    older = baking.bake_png(picture(), TOKEN, version=2)
    assert baking.read(older) == (2, TOKEN)
    assert baking.bake_png(older, JSON) == baking.bake_png(picture(), JSON)
    assert baking.read(with_chunks(chunk(b"tEXt", b"openbadges\x00https://a.example/1"))) == (2, "https://a.example/1")


@pytest.mark.parametrize(
    "badge", [chunk(b"zTXt", b"openbadges\x00\x00x"), chunk(b"iTXt", b"openbadges\x00\x01\x00\x00\x00x")]
)
def test_nothing_compressed_is_unpacked(badge):
    with pytest.raises(baking.BakingError, match=r"zTXt|compressed"):
        baking.read(with_chunks(badge))


def test_a_drawing_prepared_once_takes_many_badges_and_is_kept(monkeypatch):
    holding = baking.bake_svg(DRAWING, "an older badge", version=2)

    prepared = baking.prepare_svg(holding)

    assert [prepared.bake(text) for text in TEXTS] == [baking.bake_svg(DRAWING, text) for text in TEXTS]
    assert baking.prepare_svg(bytes(bytearray(holding))) is prepared
    assert baking.prepare_svg(holding, version=2) != prepared
    monkeypatch.setattr(drawings, "MOST_KEPT", len(holding) - 1)
    assert baking.prepare_svg(holding) == prepared
    assert baking.prepare_svg(holding) is not prepared


@pytest.mark.parametrize("form", ['{{"a":"{}"}}', "x{}"])
def test_every_sign_that_xml_can_not_carry_is_refused_and_no_other(form):
    prepared = baking.prepare_svg(DRAWING)
    refused = set()
    for point in (*range(0x3000), *range(0xD000, 0x11000), 0x10FFFF):
        try:
            prepared.bake(form.format(chr(point)))
        except baking.BakingError:
            refused.add(point)

    controls = set(range(0x20)) - {0x09, 0x0A}
    assert refused == controls | set(range(0xD800, 0xE000)) | {0xFFFE, 0xFFFF}
