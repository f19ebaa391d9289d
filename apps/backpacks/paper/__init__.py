"""Evidence records as PDF and preview cards as pictures: set by typst, using only our own typefaces.

The content goes in as JSON and is never part of the source, so no text can act on it. Equal records give equal bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.backpacks.paper import typefaces
from apps.core import markdown, qr
from apps.core.pills import pill_of
from apps.credentials.models import Credential

if TYPE_CHECKING:
    import typst

    from apps.backpacks.records import CriterionResult, EvidenceRecord

_HERE = Path(__file__).parent
# Each typeface fills in what those before it lack.
FAMILIES = (
    "Atkinson Hyperlegible Next",
    "Noto Sans",
    "Noto Sans Arabic",
    "Noto Sans Devanagari",
    "Noto Sans Hebrew",
    "Noto Sans S Chinese",
    "Noto Sans Korean",
)
STANDARDS: tuple[typst.PDFStandard, ...] = ("a-3a", "ua-1")
# A page is set in milliseconds. Longer texts are cut here, and can be read in full at the record's address.
MOST_LETTERS = 4_000
_STAND_IN = "\N{WHITE SQUARE}"
_JOINERS = "\u200c\u200d"


class Board(NamedTuple):
    """The content of the card for a page with several things. `pictures`: up to six, as PNG or JPEG bytes; `sign`:
    the letters shown in a disc if there are none.
    """

    title: str
    line: str
    foot: str
    pictures: tuple[bytes, ...] = ()
    sign: str = ""


def pdf(record: EvidenceRecord, *, badge: bytes, signed_text: str, short: str = "") -> bytes:
    """PDF/A-3a and PDF/UA-1, with the signed credential embedded as it was signed. `short`: the address to type."""
    at = record.signed.signed_at if record.signed else record.awarded_on
    body = _printable(_told(record, short)) | {
        "made": {part: getattr(at, part) for part in ("year", "month", "day", "hour", "minute", "second")},
        "attached": {
            "name": "credential.json",
            "text": signed_text,
            "about": _("The signed credential, Open Badges 3.0"),
        },
    }
    body["badge"]["drawing"] = _wrapped(badge)
    body["check"]["drawing"] = qr.svg(record.address)
    return _set("record", body, to="pdf")


def card(record: EvidenceRecord, *, badge: bytes, short: str = "") -> bytes:
    """The preview card: 1200 by 630 pixels, PNG."""
    body = _printable(
        {
            "sentence": _sentence(record),
            "named": f"{record.badge_name} · {record.issuer_name}",
            "badge": {"alt": record.badge_name},
            "short": short,
        }
    )
    body["badge"]["drawing"] = _wrapped(badge)
    return _set("card", body, to="png", ppi=72)


def board(told: Board) -> bytes:
    """The card of a page with several things: 1200 by 630 pixels, PNG."""
    body = _printable({"title": told.title, "line": told.line, "foot": told.foot, "sign": told.sign})
    body["pictures"] = [_wrapped(one) for one in told.pictures]
    return _set("board", body, to="png", ppi=72)


@cache
def blank() -> bytes:
    """The card for what is hidden or never existed: always the same bytes, with no words but Satchel's own."""
    return _set("blank", {}, to="png", ppi=72)


@cache
def edition() -> str:
    """A value that changes with the way paper is set, so that nothing set in an older way is kept."""
    total = hashlib.sha256()
    for file in sorted([*_HERE.glob("*.typ"), *_HERE.glob("*.py")]):
        total.update(file.read_bytes())
    return total.hexdigest()[:16]


def lacking(text: str) -> set[str]:
    """The letters that none of our typefaces has."""
    return {letter for letter in unicodedata.normalize("NFC", text) if not _can_set(letter)}


def _told(record: EvidenceRecord, short: str) -> dict[str, Any]:
    """The record as the paper says it, in the reader's language; `templates/backpacks/record.html` says the same."""
    sections = [
        _section(_("What it represents"), _said(record.description)),
        _section(_("How it was earned") if record.assessed else _("What it usually takes"), _said(record.how_earned)),
        _section(_("The award"), {"kind": "facts", "facts": _facts(record)}),
    ]
    if record.criteria:
        results = {"kind": "criteria", "criteria": [_criterion(one) for one in record.criteria]}
        sections.append(_section(_("How the work was judged"), results))
    if record.note:
        sections.append(_section(_("What the assessor wrote"), _said(record.note)))
    if record.said:
        sections.append(_section(_("What the issuer wrote"), _said(record.said)))
    if record.evidence:
        pieces = [
            {
                "name": f"{one.name}, {str(one.kind).lower()}",
                "serves": ", ".join(one.serves),
                "sha256": one.sha256,
                "address": one.address,
                "open": one.open,
            }
            for one in record.evidence
        ]
        sections.append(_section(_("The work itself"), {"kind": "evidence", "evidence": pieces}))
    if record.signed:
        signed = [
            (_("Format"), record.signed.format),
            (_("Key"), record.signed.key),
            (_("SHA-256"), record.signed.sha256),
            (_("Signed"), f"{record.signed.signed_at:%Y-%m-%d %H:%M:%S} UTC"),
        ]
        sections.append(_section(_("Details"), {"kind": "facts", "facts": signed}))
    return {
        "title": f"{record.badge_name} · {record.issuer_name}",
        "statement": record.statement,
        "sentence": _sentence(record),
        "named": record.badge_name,
        "address": record.address,
        "badge": {"alt": _("%(badge)s, from %(issuer)s") % {"badge": record.badge_name, "issuer": record.issuer_name}},
        "sections": sections,
        "labels": {"wrote": _("The assessor wrote:"), "fingerprint": _("Fingerprint (SHA-256)")},
        "check": {
            "title": _("Check it"),
            "alt": _("QR code that leads to %(address)s") % {"address": record.address},
            "words": _checking(record, short),
        },
    }


def _checking(record: EvidenceRecord, short: str) -> list[str]:
    words = [
        _("Paper proves nothing by itself: open the address to see what the check says today."),
        *([_("Quicker to type: %(address)s") % {"address": short}] if short else []),
        _("The signed credential is attached to this PDF, and can be checked anywhere."),
    ]
    if not record.full:
        words.append(_("It holds what its earner shows. They may show less tomorrow."))
    if _marks_of(record):
        words.append(_("Some characters could not be printed here and are shown as squares. Its page shows them."))
    return words


def _facts(record: EvidenceRecord) -> list[tuple[str, str]]:
    until = date_format(record.valid_until, "j F Y") if record.valid_until else _("no end date")
    facts = [(_("Earner"), record.earner_name)] if record.earner_name else []
    return [
        *facts,
        (_("Issuer"), record.issuer_name),
        (_("Badge"), _("%(badge)s, version %(n)s") % {"badge": record.badge_name, "n": record.badge_version}),
        (_("Basis"), record.basis),
        *([(_("Made of"), "; ".join(one.name for one in record.components))] if record.components else []),
        (_("Awarded on"), date_format(record.awarded_on, "j F Y")),
        (_("Valid from"), date_format(record.valid_from, "j F Y")),
        (_("Valid until"), until),
        *_standing(record),
    ]


def _standing(record: EvidenceRecord) -> list[tuple[str, str]]:
    if record.standing == Credential.Status.VALID:
        return []
    since = f", {date_format(record.standing_since, 'j F Y')}" if record.standing_since else ""
    standing = [(_("Standing"), f"{pill_of(record.standing, 'credential').word}{since}")]
    why = ". ".join(part for part in (record.standing_why, record.standing_note) if part)
    return [*standing, (_("Why"), why)] if why else standing


def _criterion(one: CriterionResult) -> dict[str, Any]:
    reached = _("Reached: %(level)s, %(n)d of %(of)d")
    return {
        "name": one.name,
        "reached": reached % {"level": one.level_name, "n": one.level, "of": one.levels},
        "needed-words": _("Needed: %(level)s") % {"level": one.needed_name},
        "level-words": one.level_description,
        "level": one.level,
        "levels": one.levels,
        "needed": one.needed,
        "met": one.met,
        "comment": _said(one.comment)["blocks"],
    }


def _section(title: str, *parts: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "parts": list(parts)}


def _said(text: str) -> dict[str, Any]:
    cut = text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]} …"
    return {
        "kind": "said",
        "blocks": [{"kind": one.kind, "runs": one.runs, "mark": one.mark} for one in markdown.blocks(cut)],
    }


def _sentence(record: EvidenceRecord) -> list[dict[str, Any]]:
    return [{"text": part.text, "strong": part.strong, "em": False} for part in record.sentence]


def _marks_of(record: EvidenceRecord) -> set[str]:
    comments = "".join(one.comment for one in record.criteria)
    return lacking(
        f"{record.statement}{record.badge_name}{record.description}{record.how_earned}{record.note}{record.said}{comments}"
    )


def _printable(value: Any) -> Any:
    """Every text without what our typefaces can't set: an archive's PDF may hold no letter without a glyph."""
    if isinstance(value, str):
        kept = (_plain_space(one) for one in unicodedata.normalize("NFC", value) if not _is_idle(one))
        return "".join(letter if _can_set(letter) else _STAND_IN for letter in kept)
    if isinstance(value, dict):
        return {name: _printable(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_printable(one) for one in value]
    return value


def _plain_space(letter: str) -> str:
    """The letter; or a plain space, if it is some kind of space that none of our typefaces has."""
    if not letter.isspace() or letter == "\n" or any(ord(letter) in face for face in _repertoire()):
        return letter
    return " "


def _is_idle(letter: str) -> bool:
    """Whether a letter is an invisible control. Joiners are kept: Arabic needs them."""
    return unicodedata.category(letter) in {"Cc", "Cf", "Cs"} and letter not in f"\n{_JOINERS}"


@cache
def _repertoire() -> tuple[frozenset[int], ...]:
    """The code points of each typeface that was built."""
    from fontTools.ttLib import TTFont

    faces = []
    for file in (file for folder in typefaces.folders() for file in sorted(folder.glob("*.[ot]tf"))):
        with TTFont(file, lazy=True) as font:
            faces.append(frozenset(font.getBestCmap()))
    return tuple(faces)


@cache
def _can_set(letter: str) -> bool:
    """Whether some typeface sets it as one glyph, or as letter and marks."""
    if letter.isspace() or letter in _JOINERS or _is_idle(letter):
        return True
    parts = {ord(part) for part in unicodedata.normalize("NFD", letter)}
    return any(ord(letter) in face or parts <= face for face in _repertoire())


@cache
def _fonts() -> typst.Fonts:
    """Our typefaces, read once per process. The machine's are ignored, so that every machine gives equal bytes."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(typefaces.folders()))


def _set(name: str, body: dict[str, Any], *, to: typst.OutputFormat, ppi: float | None = None) -> bytes:
    import typst

    told = body | {"fonts": FAMILIES, "lang": (get_language() or "en").partition("-")[0]}
    return typst.compile(
        _HERE / f"{name}.typ",
        root=_HERE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(told)},
        format=to,
        ppi=ppi,
        pdf_standards=list(STANDARDS) if to == "pdf" else [],
    )


def _wrapped(picture: bytes) -> str:
    """A picture wrapped in an SVG, since only texts can go in."""
    data = base64.b64encode(picture).decode()
    kind = "jpeg" if picture.startswith(b"\xff\xd8") else "png"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="640" viewBox="0 0 640 640">'
        f'<image width="640" height="640" href="data:image/{kind};base64,{data}"/></svg>'
    )
