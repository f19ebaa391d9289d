"""PDFs, copied page by page into a new one: no author, no history, nothing that runs, opens or sends."""

from __future__ import annotations

from typing import IO, Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

from apps.submissions.copying.chunks import bare
from apps.submissions.copying.common import Copy, NoCopy, Why

MOST_BYTES = 200 * 1024 * 1024
MOST_PAGES = 1000
# Removed from any object: scripts, automatic actions, embedded files, and who wrote it, with which program and when.
_GONE = (
    *("/AA", "/OpenAction", "/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/AF", "/RichMediaContent", "/XFA"),
    *("/Metadata", "/PieceInfo", "/LastModified", "/Info", "/Perms", "/Collection", "/Thumb"),
)
_HARMLESS_ACTIONS = {"/GoTo"}
# Annotations that carry a file, a film or a program.
_ANNOTATIONS_GONE = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
_BROKEN = (PyPdfError, OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError)
_TOO_MUCH = (RecursionError, MemoryError)


def copy(original: IO[bytes], into: IO[bytes]) -> Copy:
    original.seek(0, 2)
    if original.tell() > MOST_BYTES:
        raise NoCopy(Why.TOO_MUCH)
    try:
        return _copy(original, into)
    except _TOO_MUCH:
        raise NoCopy(Why.TOO_MUCH) from None
    except _BROKEN:
        raise NoCopy(Why.BROKEN) from None


def _copy(original: IO[bytes], into: IO[bytes]) -> Copy:
    reader = PdfReader(original, strict=False)
    # Many only restrict printing, without a password.
    if reader.is_encrypted and not reader.decrypt(""):
        raise NoCopy(Why.LOCKED)
    count = len(reader.pages)
    if count == 0:
        raise NoCopy(Why.BROKEN)
    if count > MOST_PAGES:
        raise NoCopy(Why.TOO_MUCH)
    writer = PdfWriter()
    writer.metadata = None
    for page in reader.pages:
        writer.add_page(page)
    # Every object separately, however deeply nested: a dictionary inside another is reached through it.
    for one in writer._objects:  # noqa: SLF001 - there is no public list of them
        _clean(one)
    writer.write(into)
    return Copy("application/pdf", pages=count)


def _clean(one: Any) -> None:
    if isinstance(one, DictionaryObject):
        _clean_dictionary(one)
        for value in one.values():
            _clean(value)
    elif isinstance(one, ArrayObject):
        for value in one:
            _clean(value)


def _clean_dictionary(one: DictionaryObject) -> None:
    for name in _GONE:
        one.pop(NameObject(name), None)
    subtype, action = one.raw_get("/Subtype") if "/Subtype" in one else None, one.get("/S")
    if "/A" in one:
        target = one["/A"]
        if isinstance(target, DictionaryObject) and target.get("/S") not in _HARMLESS_ACTIONS:
            del one[NameObject("/A")]
    if _is_action(one, action):
        one.clear()
        return
    if "/Annots" in one:
        notes = one["/Annots"]
        if isinstance(notes, ArrayObject):
            one[NameObject("/Annots")] = ArrayObject(
                note for note in notes if _get(note).get("/Subtype") not in _ANNOTATIONS_GONE
            )
    if "/Rect" in one and subtype is not None and subtype != "/Widget":
        # Whose an annotation is, and when it was made.
        for name in ("/T", "/M", "/CreationDate", "/NM"):
            one.pop(NameObject(name), None)
    if subtype == "/Image" and isinstance(one, StreamObject) and one.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
        one._data = bare(one._data)  # noqa: SLF001 - set_data would have to encode it again


def _is_action(one: DictionaryObject, action: Any) -> bool:
    """Whether its /S names an action. Others have one: groups (/Transparency), structure (/P), borders, labels."""
    return (one.get("/Type") == "/Action" and action not in _HARMLESS_ACTIONS) or action in _ACTS


_ACTS = (
    *("/JavaScript", "/Launch", "/URI", "/SubmitForm", "/ImportData", "/ResetForm", "/GoToR", "/GoToE", "/Rendition"),
    *("/Movie", "/Sound", "/Named", "/Hide", "/GoTo3DView", "/RichMediaExecute", "/SetOCGState", "/Thread", "/Trans"),
)


def _get(one: Any) -> DictionaryObject:
    found = one.get_object()
    return found if isinstance(found, DictionaryObject) else DictionaryObject()
