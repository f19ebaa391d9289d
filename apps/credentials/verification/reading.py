"""From whatever somebody drops on us to one JSON document, with limits before any work."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from apps.credentials import baking
from apps.credentials.verification.report import NotABadge

MOST_BYTES = 20 * 1024 * 1024
MOST_JSON = 1024 * 1024
DEEPEST = 40


class ReadingError(Exception):
    """It looks like a badge, but can't be read; the message is technical."""


def read(data: bytes | str) -> tuple[str, dict[str, Any]]:
    """The credential's text and its JSON object. NotABadge when it is none at all, ReadingError when it is broken."""
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    if not data.strip():
        raise NotABadge(_("That is empty."))
    if len(data) > MOST_BYTES:
        raise NotABadge(_("That is larger than 20 MB: a badge is never so large."))
    if data.startswith(baking.SIGNATURE):
        data = _from_picture(data)
    elif data.startswith((b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF")):
        raise NotABadge(_("That is a picture or document that cannot hold a badge. Badges are PNG or SVG pictures."))
    if len(data) > MOST_JSON:
        raise ReadingError("the credential is larger than 1 MB")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise NotABadge(_("That is neither a badge picture nor the text of a credential.")) from None
    return text, parse(text)


def parse(text: str) -> dict[str, Any]:
    """One JSON object, read strictly: no duplicate names, no NaN, no lone surrogates, not too deep."""
    start = text.lstrip()[:1]
    if start != "{":
        raise NotABadge(_("That is not a credential: it should be a badge picture, or JSON that begins with {."))
    if _depth(text) > DEEPEST:
        raise ReadingError(f"nested more than {DEEPEST} levels deep")
    try:
        body = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_modest, parse_float=_modest_float
        )
        json.dumps(body, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise ReadingError(f"not JSON as it must be: {str(error)[:200]}") from None
    if not isinstance(body, dict):
        raise NotABadge(_("That is not a credential: it should be one JSON object."))
    return body


def _from_picture(data: bytes) -> bytes:
    try:
        return baking.unbake_png(data).encode()
    except baking.NoBadgeError:
        raise NotABadge(_("That picture has no badge inside. Ask for the file that was sent to the earner.")) from None
    except baking.BakingError as error:
        raise ReadingError(str(error)) from None


def _depth(text: str) -> int:
    """How deep brackets nest, without recursion and outside strings."""
    deepest = depth = 0
    inside = escaped = False
    for sign in text:
        if inside:
            if escaped:
                escaped = False
            elif sign == "\\":
                escaped = True
            elif sign == '"':
                inside = False
        elif sign == '"':
            inside = True
        elif sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return body


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _modest(digits: str) -> int:
    if len(digits) > 15:  # noqa: PLR2004 - beyond this readers disagree (RFC 8259, section 6)
        raise ValueError("a number is too large to be read alike everywhere")
    return int(digits)


def _modest_float(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")) or len(digits) > 30:  # noqa: PLR2004 - as above
        raise ValueError("a number is too large to be read alike everywhere")
    return value
