"""Pieces of evidence as pages show them: how to draw them, the address of their bytes, where to look."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _

from apps.submissions import blind, copies, links, queries, reading, viewing
from apps.submissions.masking import MARK, Mask
from apps.submissions.models import EvidenceItem, ReviewCopy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.accounts.models import User
    from apps.issuers.models import Criterion
    from apps.submissions.models import Support
    from apps.submissions.places import Place as Where

MOST_READ = 256 * 1024
# For all pieces on a page together: fifty long files would take minutes to open.
MOST_ON_A_PAGE = 1024 * 1024
MOST_IN_MARKDOWN = 128 * 1024
MOST_ROWS = 200
MOST_CELLS = 50
_WITHOUT_FILE = {"link": "link", "credential": "credential"}
_TEXTS = {"text/markdown": "markdown", "text/csv": "table"}
# This is text too, but browsers would not display it.
_DATA = "application/json"


@dataclass(frozen=True)
class Place:
    """A criterion that the piece supports, and where in it to look. `address` opens it there."""

    criterion: Criterion
    words: str
    address: str
    seconds: int | None = None


@dataclass
class Shown:
    """`looks`: picture, pdf, audio, video, text, markdown, table, words, link, credential, file, unshown, waiting,
    checking or blocked.
    """

    piece: EvidenceItem
    looks: str
    address: str = ""
    viewer: str = ""
    original: str = ""
    said: str = ""
    text: str = ""
    rows: list[list[str]] = field(default_factory=list)
    is_cut: bool = False
    copy: ReviewCopy | None = None
    places: list[Place] = field(default_factory=list)
    is_own: bool = False
    is_whole: bool = False  # the reader may know whose it is
    is_for_strangers: bool = False
    is_veiled: bool = False  # its learner says that it shows them, and the reader may not know them
    is_untouched: bool = False  # `original` shows someone else the metadata that a device or program wrote
    hides_address: bool = False  # a link whose address identifies the learner


@dataclass
class _Room:
    """What is left of a page's limits for text, and for Markdown, which is slow to render."""

    words: int = MOST_ON_A_PAGE
    markdown: int = MOST_IN_MARKDOWN


def show(pieces: Iterable[EvidenceItem], *, reader: User | None, way: links.Way | None = None) -> list[Shown]:
    """Pieces for a reader who may see them. They bring `supports` with criteria, and their attempt's submission.
    `way`: how a stranger came to them, if not by a credential's own page.
    """
    pieces = list(pieces)
    found = copies.of(pieces)
    room = _Room()
    return [_shown(piece, reader, found.get(piece.sha256), room, way) for piece in pieces]


def _shown(
    piece: EvidenceItem, reader: User | None, copy: ReviewCopy | None, room: _Room, way: links.Way | None
) -> Shown:
    shown = Shown(piece, _looks(piece, copy), copy=copy, is_own=links.is_own(piece, reader))
    shown.is_for_strangers = reader is None
    shown.is_whole = reader is not None and queries.may_know_learner(reader, piece.attempt.submission)
    # Strangers come by a credential, on which its earner shows what they like.
    mask = Mask() if reader is None else queries.mask_for(reader, piece.attempt.submission)
    if mask:
        _veil(shown, mask)
    if piece.has_file and piece.file_state == EvidenceItem.FileState.READY:
        if shown.looks not in {"unshown", "waiting"}:
            shown.address = links.to_file(piece, reader=reader, way=way)
        if links.may_have_original(piece, reader):
            shown.original = links.to_file(piece, reader=reader, sort=links.Sort.ORIGINAL)
            shown.is_untouched = copies.is_copied(piece) and not shown.is_own
    if shown.is_own and shown.looks in {"unshown", "waiting"} and copies.is_recording(piece):
        # The learner's own plays before there is a copy, or without one.
        shown.looks, shown.address = piece.media_type.partition("/")[0], shown.original
    if shown.looks == "pdf":
        shown.viewer = links.to_viewer(piece, reader=reader, way=way)
    _fill(shown, room, mask)
    if shown.looks == "unshown" and copy is not None:
        shown.said = f"{blind.uncleaned()} {copy.get_reason_display()}" if mask else copy.get_reason_display()
    if shown.looks == "blocked":
        shown.said = piece.blocked_because
    shown.places = [_place(shown, support) for support in piece.supports.all()]
    return shown


def _veil(shown: Shown, mask: Mask) -> None:
    """Hide what must not be known by a reader who may not know whose it is."""
    piece = shown.piece
    queries.cover_piece(piece, mask)
    shown.hides_address = piece.url == MARK
    shown.is_veiled = piece.shows_me
    if shown.looks == "file" and piece.media_type not in blind.TEXTS:
        shown.looks, shown.said = "unshown", blind.uncleaned()


def _fill(shown: Shown, room: _Room, mask: Mask) -> None:
    """Add its text, as far as the page has room."""
    if shown.looks in {"text", "markdown", "table"}:
        _read(shown, min(MOST_READ, room.words), mask)
        room.words -= len(shown.text)
    elif shown.looks == "words":
        shown.text = shown.piece.text
    if shown.looks in {"markdown", "words"}:
        if len(shown.text) > room.markdown:
            shown.looks = "text"  # as it was typed
        else:
            room.markdown -= len(shown.text)


def _looks(piece: EvidenceItem, copy: ReviewCopy | None) -> str:
    if not piece.has_file:
        return _WITHOUT_FILE.get(piece.kind, "words")
    if piece.file_state != EvidenceItem.FileState.READY:
        return str(piece.file_state)
    if copies.is_copied(piece):
        return _looks_of_copy(piece, copy)
    return _TEXTS.get(piece.media_type, "text") if piece.media_type in {*links.INLINE, _DATA} else "file"


def _looks_of_copy(piece: EvidenceItem, copy: ReviewCopy | None) -> str:
    if copy is None or copy.state == ReviewCopy.State.WAITING:
        return "waiting"
    if copy.state == ReviewCopy.State.NONE:
        return "unshown"
    if copy.media_type == viewing.PDF:
        return "pdf"
    whole = copies.type_of(piece, copy).partition("/")[0]
    return {"image": "picture", "audio": "audio", "video": "video"}.get(whole, "file")


def _read(shown: Shown, most: int, mask: Mask) -> None:
    """Read the beginning of a text, up to `most` bytes."""
    try:
        with shown.piece.file.open("rb") as file:
            data = file.read(most + 1)
    except OSError:
        shown.looks, shown.said = "unshown", _("This file can't be read just now. Try it again in a while.")
        return
    shown.is_cut = len(data) > most
    shown.text = mask(reading.words_of(data[:most], is_cut=shown.is_cut))
    if shown.looks == "table":
        shown.rows = _rows(shown.text)
        shown.is_cut = shown.is_cut or len(shown.rows) > MOST_ROWS
        del shown.rows[MOST_ROWS:]
        shown.looks = "table" if shown.rows else "text"


def _rows(text: str) -> list[list[str]]:
    """The rows, up to one more than are shown; none if it isn't a table."""
    head = text.partition("\n")[0]
    mark = max(",;\t", key=head.count)
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), MOST_ROWS + 1))
    except csv.Error:
        return []
    width = min(max((len(row) for row in rows), default=0), MOST_CELLS)
    return [row[:width] + [""] * (width - len(row)) for row in rows]


def _place(shown: Shown, support: Support) -> Place:
    place = support.place
    return Place(support.criterion, str(place), address_at(shown, place), support.seconds)


def address_at(shown: Shown, place: Where) -> str:
    """The address that opens the piece at a place; empty if it can't be opened there."""
    if shown.viewer and (place.page is not None or place.quote):
        there = {"page": place.page, "quote": place.quote}
        return f"{shown.viewer}#{urlencode({name: said for name, said in there.items() if said}, quote_via=quote)}"
    if shown.looks in {"audio", "video"} and place.seconds is not None:
        return f"{shown.address}#t={place.seconds}"
    return ""
