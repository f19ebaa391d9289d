"""Recordings made here, byte by byte, with NAME wherever a device or a program writes one."""

import struct

from tests.submissions.hostile import NAME, sound

TOLD = NAME.encode()
# As telephones write where they are (ISO 6709), and what they are.
PLACE, DEVICE = b"-41.2889+174.7772+012.000/", b"Planted Telephone 7"
SAMPLES = b"seen" * 8 + b"heard" * 4


def box(kind, *content):
    data = b"".join(content)
    return struct.pack(">I4s", 8 + len(data), kind) + data


def full(kind, *content):
    return box(kind, bytes(4), *content)


def _track(handler, offset, length, number):
    """One chunk with one sample, and a name in everything that has room for one."""
    coded = bytes(12) + TOLD[:4] + bytes(26) + bytes([len(TOLD)]) + TOLD.ljust(31) + bytes(4)
    table = box(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), box(b"avc1", coded, box(b"avcC", b"how"))),
        full(b"stts", struct.pack(">III", 1, 1, 1)),
        full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        full(b"stsz", struct.pack(">III", 0, 1, length)),
        full(b"stco", struct.pack(">II", 1, offset)),
    )
    places = full(b"dref", struct.pack(">I", 1), box(b"alis", bytes(4), TOLD))
    media = box(
        b"mdia",
        full(b"mdhd", b"made" * 2, struct.pack(">IIHH", 1000, 1000, 0, 0)),
        full(b"hdlr", bytes(4), handler, bytes(12), TOLD + b"\x00"),
        box(b"minf", full(b"vmhd", bytes(8)), box(b"dinf", places), table),
    )
    head = full(b"tkhd", b"made" * 2, struct.pack(">I", number), bytes(68))
    return box(b"trak", head, media, box(b"udta", box(b"name", TOLD)), box(b"meta", bytes(4), TOLD))


def film(*, brand=b"isom", long=False):
    """What is seen, and a track of where its maker stood; tags, XMP, and a box that nobody knows."""
    head = box(b"ftyp", brand, bytes(4), brand)
    where = b"where " + TOLD
    media = SAMPLES + where
    lead = struct.pack(">I4sQ", 1, b"mdat", 16 + len(media)) if long else struct.pack(">I4s", 8 + len(media), b"mdat")
    start = len(head) + len(lead)
    moov = box(
        b"moov",
        full(b"mvhd", b"made" * 2, struct.pack(">II", 1000, 1000), bytes(80)),
        _track(b"vide", start, len(SAMPLES), 1),
        _track(b"meta", start + len(SAMPLES), len(where), 2),
        box(b"udta", box(b"\xa9nam", TOLD), box(b"\xa9xyz", PLACE), box(b"meta", bytes(4), TOLD)),
        box(b"meta", box(b"keys", b"mdtacom.apple.quicktime.model"), box(b"ilst", box(b"data", DEVICE)), TOLD),
    )
    xmp = box(b"uuid", b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac", TOLD)
    return head + lead + media + moov + xmp + box(b"free", TOLD) + box(b"what", TOLD)


def element(kind, *content, size=None):
    data = b"".join(content)
    name = bytes.fromhex(kind)
    if size == "open":
        return name + b"\x01" + b"\xff" * 7 + data
    return name + struct.pack(">Q", (1 << 56) | len(data)) + data


def webm(*, live=False):
    """Title, tags, a track's name, a chapter and an attachment; `live`: as a browser records, nothing says its length."""
    info = element(
        "1549a966", element("7ba9", TOLD), element("4d80", TOLD), element("5741", TOLD), element("bf", b"sums")
    )
    track = element("ae", element("d7", b"\x01"), element("536e", TOLD), element("86", b"V_VP8"))
    cluster = element("1f43b675", element("e7", b"\x00"), element("a3", SAMPLES), size="open" if live else None)
    tags = element("1254c367", element("7373", TOLD * 20))
    rest = element("1043a770", TOLD) + element("1941a469", TOLD) + element("ec", TOLD) + element("4321", TOLD)
    inside = info + element("1654ae6b", track) + cluster + tags + rest
    return element("1a45dfa3", element("4282", b"webm")) + element("18538067", inside, size="open" if live else None)


def wave():
    """LIST, ID3, a broadcaster's head, and words behind the end."""

    def chunk(kind, data):
        return kind + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)

    told = chunk(b"LIST", b"INFO" + chunk(b"IART", TOLD)) + chunk(b"id3 ", TOLD) + chunk(b"bext", TOLD + b"x")
    whole = sound()
    inside = whole[8:36] + told + whole[36:] + chunk(b"JUNK", TOLD)
    return b"RIFF" + struct.pack("<I", len(inside)) + inside + TOLD


# MPEG 1, layer III, 128 kbit/s, 44 100 Hz: 417 bytes.
FRAME = b"\xff\xfb\x90\x00" + b"s" * 413


def mp3():
    """A tag of each kind, before, between and behind the frames."""
    tag = b"ID3\x04\x00\x00" + bytes([0, 0, 1, 0]) + TOLD.ljust(128, b"\xff")
    return tag + FRAME * 3 + b"APETAGEX" + TOLD + FRAME * 2 + b"LYRICSBEGIN" + TOLD + b"TAG" + TOLD.ljust(125, b" ")


def ogg_sum(page):
    value = 0
    for byte in page:
        value ^= byte << 24
        for _bit in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


def ogg_page(kind, number, *packets, lacing=None):
    data = b"".join(packets)
    segments = lacing or b"".join(b"\xff" * (len(one) // 255) + bytes([len(one) % 255]) for one in packets)
    page = bytearray(b"OggS\x00" + bytes([kind]) + bytes(8) + b"here" + struct.pack("<I", number) + bytes(4))
    page += bytes([len(segments)]) + segments + data
    page[22:26] = struct.pack("<I", ogg_sum(page))
    return bytes(page)


def opus(*, picture=0, codec=b"OpusHead"):
    """Comments on two pages, where a picture makes them long."""

    def said(words):
        return struct.pack("<I", len(words)) + words

    comments = b"OpusTags" + said(TOLD) + struct.pack("<I", 2)
    comments += said(b"ARTIST=" + TOLD) + said(b"METADATA_BLOCK_PICTURE=" + TOLD + b"p" * picture)
    first, rest = comments[: 255 * 4], comments[255 * 4 :]
    second = ogg_page(0, 1, comments) if not rest else ogg_page(0, 1, first, lacing=b"\xff" * 4) + ogg_page(1, 2, rest)
    return ogg_page(2, 0, codec + bytes(11)) + second + ogg_page(4, 3, SAMPLES)


def pages_of(data):
    """Each page of an Ogg file, with whether its own sum agrees."""
    at = 0
    while at < len(data):
        count = data[at + 26]
        end = at + 27 + count + sum(data[at + 27 : at + 27 + count])
        page = bytearray(data[at:end])
        told = struct.unpack("<I", page[22:26])[0]
        page[22:26] = bytes(4)
        yield bytes(data[at:end]), told == ogg_sum(page)
        at = end
