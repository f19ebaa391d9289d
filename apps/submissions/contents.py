"""Tell what a file is from its content: from its first bytes, then with a parser for that type."""

from __future__ import annotations

import re
import struct
import warnings
import zipfile
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any

import puremagic
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from apps.core.refused import Refused
from apps.issuers.models import EvidenceType
from apps.submissions import reading
from apps.submissions.models import EvidenceItem

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
# A JPEG with a smaller one behind it, as many phones make them. Pillow opens it as a JPEG, then reports this format.
_ALSO_JPEG = "MPO"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
ENDINGS = {
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "text/markdown": ".md",
    "application/json": ".json",
    f"{_OFFICE}wordprocessingml.document": ".docx",
    f"{_OFFICE}spreadsheetml.sheet": ".xlsx",
    f"{_OFFICE}presentationml.presentation": ".pptx",
    f"{_OPEN}text": ".odt",
    f"{_OPEN}spreadsheet": ".ods",
    "application/zip": ".zip",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "video/ogg": ".ogv",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/webm": ".weba",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/gif": ".gif",
}
# One name for types with several.
_ALSO = {"audio/wave": "audio/wav", "audio/x-wav": "audio/wav", "application/ogg": "audio/ogg"}
# The entry that identifies each kind of office document, which are all zips.
_HEART = {
    f"{_OFFICE}wordprocessingml.document": "word/document.xml",
    f"{_OFFICE}spreadsheetml.sheet": "xl/workbook.xml",
    f"{_OFFICE}presentationml.presentation": "ppt/presentation.xml",
    f"{_OPEN}text": "content.xml",
    f"{_OPEN}spreadsheet": "content.xml",
}
# Text is recognised only by its ending, since it has no signature. The code of a web page is text too: it is shown as
# source, and browsers are told never to render it. Anyone else who saves a code file gets it as .txt, which no
# program runs.
_WORDS = {
    **dict.fromkeys((".txt", ".log", ".srt", ".vtt", ".tex", ".bib", ".diff", ".patch"), "text/plain"),
    ".md": "text/markdown",
    **dict.fromkeys((".csv", ".tsv"), "text/csv"),
    **dict.fromkeys((".json", ".ipynb", ".geojson"), "application/json"),
    **dict.fromkeys((".yml", ".yaml", ".toml", ".ini", ".cfg", ".conf", ".properties", ".rst"), "text/plain"),
    **dict.fromkeys((".py", ".r", ".rmd", ".qmd", ".jl", ".m", ".sql", ".do", ".sas", ".sps"), "text/plain"),
    **dict.fromkeys((".c", ".h", ".cc", ".cpp", ".hpp", ".ino", ".cs", ".go", ".rs", ".swift", ".dart"), "text/plain"),
    **dict.fromkeys(
        (".java", ".kt", ".kts", ".scala", ".groovy", ".gradle", ".php", ".rb", ".pl", ".lua"), "text/plain"
    ),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".vue", ".css", ".scss", ".less"), "text/plain"),
    **dict.fromkeys((".sh", ".bash", ".ps1", ".bat", ".vb", ".bas", ".hs", ".ex", ".clj", ".asm"), "text/plain"),
}
# Accepted only as code: a page handed in as a document is meant to be viewed, and nobody here opens one.
_PAGES = dict.fromkeys((".html", ".htm", ".xml", ".xsd", ".xsl"), "text/plain")
_NO_TEXT = re.compile("[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
_CHUNK = 64 * 1024
MOST_PIXELS = 50_000_000
# A picture of fifty million pixels has some thousand parts and ten scans.
MOST_PARTS = 50_000
MOST_SCANS = 64
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
# Zips are never unpacked here; these limits protect whoever does so.
MOST_ENTRIES = 10_000
MOST_UNPACKED = 8 * 1024**3
MOST_RATIO = 200
_RATIO_MATTERS_FROM = 50 * 1024**2
_TOO_MUCH = 16 * 1024**2 + 1


def media_type_of(file: IO[Any], *, name: str, size: int, kind: str) -> str:
    """The media type, from the content, checked to be complete as far as possible. Raises Refused with a sentence for
    files that nobody could assess.
    """
    head = _read(file, 0, _CHUNK)
    if kind == EvidenceItem.Kind.IMAGE:
        return _picture(file)
    ending = PurePosixPath(name.lower()).suffix
    found = _told_by(head, ending, kind)
    if found in IMAGE_TYPES.values():
        found = _picture(file)
    elif found == "application/pdf":
        _look_at_pdf(file, head, size)
    elif found == "application/zip":
        found = _look_at_zip(file, head, ending, size)
    elif found in {"video/mp4", "video/quicktime", "audio/mp4"}:
        _look_at_boxes(file, size)
    elif found == "audio/wav":
        _look_at_wave(head, size)
    return _as(kind, found)


def told_by_name(name: str) -> str:
    """The media type that the name of an unread file suggests; empty if it suggests none."""
    ending = PurePosixPath(name.lower()).suffix
    return next((media_type for media_type, one in ENDINGS.items() if one == ending), "")


def type_of(media_type: str) -> EvidenceType:
    """The group of the media type, among those an issuer can accept."""
    first = media_type.partition("/")[0]
    by_first = {"image": EvidenceType.PICTURES, "audio": EvidenceType.SOUND, "video": EvidenceType.VIDEO}
    if first in by_first:
        return by_first[first]
    if media_type == "application/zip":
        return EvidenceType.ARCHIVES
    return EvidenceType.DATA if media_type in {"text/csv", "application/json"} else EvidenceType.DOCUMENTS


def refuse_untaken(media_type: str, taken: list[str]) -> None:
    """Refuse a file of a type that the issuer doesn't accept; an empty choice accepts all."""
    if taken and type_of(media_type) not in taken:
        names = [str(EvidenceType(one).label).lower() for one in EvidenceType.values if one in taken]
        raise Refused(
            _("%(sort)s are not taken for this badge. Its issuer takes: %(taken)s.")
            % {"sort": type_of(media_type).label, "taken": ", ".join(names)}
        )


def _told_by(head: bytes, ending: str, kind: str) -> str:
    words = _WORDS | _PAGES if kind == EvidenceItem.Kind.DATA else _WORDS
    if head.startswith(b"PK\x03\x04"):
        return "application/zip"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in {b"heic", b"heix", b"mif1", b"avif", b"msf1"}:
            raise Refused(_("That picture is in a form few can open. Send it as JPEG or PNG."))
        return {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"qt  ": "video/quicktime"}.get(brand, "video/mp4")
    # The first bytes of UTF-16 are also those of an audio file.
    is_wide_text = ending in words and reading.is_wide(head) and _is_text(head)
    if not _is_markup(head) and not is_wide_text:
        for media_type in _guesses(head, ending):
            if media_type in ENDINGS and not media_type.startswith("text/") and media_type != "application/json":
                return media_type
    if ending in words:
        # JSON readers expect UTF-8.
        if _is_utf8(head) if words[ending] == "application/json" else _is_text(head):
            return words[ending]
        if kind not in {EvidenceItem.Kind.AUDIO, EvidenceItem.Kind.VIDEO}:
            raise Refused(_("That file doesn't read as text. If it is one, save it as UTF-8, and send it again."))
    raise Refused(
        _("We can't take that kind of file. Send a PDF, a picture, text, an office document, audio, video or a zip.")
    )


def _guesses(head: bytes, ending: str) -> list[str]:
    try:
        found = puremagic.magic_string(head, filename=f"x{ending}")
    except (puremagic.PureError, ValueError):
        return []
    return [_ALSO.get(match.mime_type, match.mime_type) for match in found if match.confidence > 0]


def _as(kind: str, found: str) -> str:
    """The media type for a kind: audio may come in a video container, and the learner's choice decides."""
    family = found.partition("/")[0]
    if kind == EvidenceItem.Kind.AUDIO:
        found = {"video/webm": "audio/webm", "video/mp4": "audio/mp4", "video/ogg": "audio/ogg"}.get(found, found)
        if not found.startswith("audio/"):
            raise Refused(_("That is not a sound recording. Send MP3, M4A, OGG, WAV or WebM."))
    if kind == EvidenceItem.Kind.VIDEO and family != "video":
        raise Refused(_("That is not a video. Send MP4, MOV or WebM."))
    return found


def _picture(file: IO[Any]) -> str:
    """The type of a picture, found by decoding it, as a browser will."""
    try:
        _count_parts(file)
        file.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=tuple(IMAGE_TYPES))
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused(_("That picture has more than 50 million pixels. Send a smaller one."))
        media_type = IMAGE_TYPES["JPEG" if picture.format == _ALSO_JPEG else str(picture.format)]
        picture.load()
    except UnidentifiedImageError:
        raise Refused(_("That is not a picture we can show. Send a PNG, JPEG, WebP or GIF.")) from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Refused(_("That picture is broken: it could not be read to its end.")) from None
    return media_type


def _count_parts(file: IO[Any]) -> None:
    """Refuse, with ValueError, small files that keep a reader busy for minutes: each scan of a JPEG draws the whole
    picture again, and each part of a picture is read one by one.
    """
    head = _read(file, 0, 8)
    if head.startswith(b"\xff\xd8"):
        _count_segments(file)
    elif head == b"\x89PNG\r\n\x1a\n":
        _count_chunks(file)


def _count_segments(file: IO[Any]) -> None:
    """Count scans up to the end of the picture; nothing here reads what cameras put behind it."""
    at, scans, passed_over = 2, 0, 0
    while passed_over < MOST_PARTS:
        head = _read(file, at, 4)
        if head[:2] == b"\xff\xd9" or len(head) < 4:  # noqa: PLR2004 - a marker and a length
            return
        if not _MARKER.match(head):
            # A decoder also skips bytes that are not a marker, one by one.
            ahead = _next_marker(file, at + 1)
            passed_over, at = passed_over + ahead - at, ahead
            continue
        passed_over += 1
        at += 2 + int.from_bytes(head[2:], "big")
        if head[1] == 0xDA:  # noqa: PLR2004 - SOS: here a scan begins (ITU T.81, B.1.1.3)
            scans += 1
            if scans > MOST_SCANS:
                break
            at = _next_marker(file, at)
    raise ValueError


def _next_marker(file: IO[Any], at: int) -> int:
    """The position of the next marker; restart markers inside a scan don't count."""
    while content := _read(file, at, _CHUNK * 4):
        if found := _MARKER.search(content):
            return at + found.start()
        at += max(len(content) - 1, 1)
    return at


def _count_chunks(file: IO[Any]) -> None:
    at = 8
    for _chunk in range(MOST_PARTS):
        head = _read(file, at, 8)
        if len(head) < 8 or head[4:] == b"IEND":  # noqa: PLR2004 - a length and a name
            return
        at += 12 + int.from_bytes(head[:4], "big")
    raise ValueError


def _look_at_pdf(file: IO[Any], head: bytes, size: int) -> None:
    """Check that it starts and ends as a PDF, and that the table it points at lies inside it."""
    tail = _read(file, max(size - 4096, 0), 4096)
    end = tail.rfind(b"%%EOF")
    where = tail[:end].rpartition(b"startxref")[2].split() if end >= 0 and b"startxref" in tail[:end] else []
    if not head.startswith(b"%PDF-") or end < 0 or (where and not (where[0].isdigit() and int(where[0]) < size)):
        raise Refused(_("That PDF is broken: it could not be read to its end."))


class _Careful:
    """A file that refuses to read more at once than a table of contents may hold."""

    def __init__(self, file: IO[Any]) -> None:
        self.seek, self.tell, self._file = file.seek, file.tell, file

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        content: bytes = self._file.read(min(size, _TOO_MUCH) if size >= 0 else _TOO_MUCH)
        if len(content) == _TOO_MUCH:
            raise zipfile.BadZipFile
        return content


def _look_at_zip(file: IO[Any], head: bytes, ending: str, size: int) -> str:
    """The type of a zip from its table of contents, since office documents are zips. Nothing is unpacked."""
    try:
        with zipfile.ZipFile(_Careful(file)) as archive:
            entries = archive.infolist()
    # All the errors zipfile raises for a table of contents that is broken or malicious.
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error):
        raise Refused(_("That file is broken: what it holds can't be listed.")) from None
    packed, unpacked = sum(one.compress_size for one in entries), sum(one.file_size for one in entries)
    swells = unpacked > _RATIO_MATTERS_FROM and unpacked > MOST_RATIO * max(packed, 1)
    # Overlapping entries add up to more than the file.
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or swells or packed > size:
        raise Refused(_("That file holds far more than its size says, so nobody could open it safely."))
    names = {one.filename for one in entries}
    for media_type, heart in _HEART.items():
        # Open documents name their type in their first entry; the others are told apart by their main part.
        if heart in names and (not media_type.startswith(_OPEN) or head[38:].startswith(media_type.encode())):
            return media_type
    if ending in {ENDINGS[one] for one in _HEART}:
        raise Refused(_("That file is broken: it is not the document that its name says."))
    return "application/zip"


def _look_at_boxes(file: IO[Any], size: int) -> None:
    """Check that a film is a sequence of boxes with their lengths, the last of which ends with the file."""
    at = count = 0
    while at < size:
        head = _read(file, at, 16)
        if len(head) < 8:  # noqa: PLR2004 - a length and a name
            break
        length = int.from_bytes(head[:4], "big")
        length = int.from_bytes(head[8:16], "big") if length == 1 else length or size - at
        count += 1
        if length < 8 or count > 100_000:  # noqa: PLR2004 - as above; no film has so many
            break
        at += length
    if at != size:
        raise Refused(_("That recording is broken: it is cut off."))


def _look_at_wave(head: bytes, size: int) -> None:
    told = int.from_bytes(head[4:8], "little")
    # A file written while recording doesn't know its length.
    if told not in {0, 0xFFFFFFFF} and told + 8 > size:
        raise Refused(_("That recording is broken: it is cut off."))


def _is_markup(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    return start.startswith((b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml", b"<!--", b"<head", b"<body"))


def _is_text(head: bytes) -> bool:
    """Whether it is UTF-8, or text as older Windows programs or “Unicode” save it, without control characters."""
    return _is_utf8(head) or not _NO_TEXT.search(reading.words_of(head, is_cut=True))


def _is_utf8(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # the cut may fall inside a character
    return True


def _read(file: IO[Any], at: int, most: int) -> bytes:
    file.seek(at)
    content: bytes = file.read(most)
    return content


def chunks_of(file: IO[bytes], size: int = 1024 * 1024) -> Iterator[bytes]:
    """Yield the whole file in chunks."""
    file.seek(0)
    while chunk := file.read(size):
        yield chunk
