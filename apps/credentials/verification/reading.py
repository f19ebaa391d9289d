"""From whatever somebody drops on us to one JSON document, with limits before any work."""

from __future__ import annotations

import json
import re
from typing import Any

from django.utils.translation import gettext as _

from apps.credentials import baking
from apps.credentials.verification.report import NotABadge

MOST_BYTES = baking.MOST_BYTES
MOST_JSON = 1024 * 1024
DEEPEST = 40
# Three times a credential of thirty criteria and twenty pieces of evidence.
MOST_VALUES = 5_000

# A string, closed or not: what matches from its first quote on is never looked at twice.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)


class ReadingError(Exception):
    """It looks like a badge, but can't be read; the message is technical."""


class OtherKindError(Exception):
    """A badge of a kind that is not read here; the message names the kind."""


def read(data: bytes) -> tuple[str, dict[str, Any]]:
    """The credential's text and its JSON object.

    Raises NotABadge when it is none at all, OtherKindError for kinds not read here, ReadingError when it is broken.
    """
    if len(data) > MOST_BYTES:
        raise NotABadge(_("That is larger than 20 MB: a badge is never so large."))
    if not data.strip():
        raise NotABadge(_("That is empty."))
    if is_picture(data):
        data = _from_picture(data)
    elif data.startswith(b"%PDF"):
        raise NotABadge(
            _("That is a PDF. If it is an evidence record, check the file that is attached to it, or its address.")
        )
    elif data.startswith((b"\xff\xd8\xff", b"GIF8", b"RIFF")):
        raise NotABadge(_("That is a picture that cannot hold a badge. Badges are PNG or SVG pictures."))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise NotABadge(_("That is neither a badge picture nor the text of a credential.")) from None
    _refuse_others(text)
    body = parse(text)
    _refuse_other_objects(body)
    return text, body


def is_picture(data: bytes) -> bool:
    return data.startswith(baking.SIGNATURE) or baking.is_svg(data)


def parse(text: str) -> dict[str, Any]:
    """One JSON object, read strictly: no duplicate names, no NaN, no lone surrogates, neither too deep nor too large."""
    if text.lstrip()[:1] != "{":
        raise NotABadge(_("That is not a credential: it should be a badge picture, or JSON that begins with {."))
    if len(text) > MOST_JSON:
        raise ReadingError("the credential is larger than 1 MB")
    _refuse_heavy(text)
    try:
        body: dict[str, Any] = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_modest, parse_float=_modest_float
        )
        json.dumps(body, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise ReadingError(f"not JSON as it must be: {str(error)[:200]}") from None
    return body


def _from_picture(data: bytes) -> bytes:
    try:
        version, text = baking.read(data)
    except baking.NoBadgeError:
        raise NotABadge(_("That picture has no badge inside. Ask for the file that was sent to the earner.")) from None
    except baking.BakingError as error:
        raise ReadingError(str(error)) from None
    if version != baking.OB3:
        raise OtherKindError("Open Badges 2.0 or older, in a picture")
    return text.encode()


def _refuse_others(text: str) -> None:
    """Signed tokens are badges too, but not read here."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("eyJ") and _TOKEN.fullmatch(start.strip()):
        raise OtherKindError("signed token (JWT or JWS)")
    if text.startswith("\ufeff"):
        raise ReadingError("begins with a byte order mark")


def _refuse_other_objects(body: dict[str, Any]) -> None:
    types, named = _words(body.get("type")), _words(body.get("@context"))
    older = any("openbadges" in one for one in named) and "VerifiableCredential" not in types
    if older or types & {"Assertion", "BadgeClass"} or {"badge", "recipient"} <= body.keys():
        raise OtherKindError("Open Badges 2.0 or older")
    credential = "VerifiableCredential" in types or any("/credentials/v" in one for one in named)
    badge = types & {"OpenBadgeCredential", "AchievementCredential"}
    if not credential and not badge:
        raise NotABadge(_("That is not a credential: nothing in it says that it is one."))
    if not badge and types & {"EndorsementCredential", "ClrCredential"}:
        raise OtherKindError(", ".join(sorted(types)))


def _words(value: Any) -> set[str]:
    return {one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}


def _refuse_heavy(text: str) -> None:
    """By what stands outside of strings, without recursion and before anything is built."""
    bare = _STRING.sub("", text)
    if bare.count(",") + bare.count("{") + bare.count("[") > MOST_VALUES:
        raise ReadingError(f"more than {MOST_VALUES} values")
    depth = 0
    for sign in re.findall(r"[\[\]{}]", bare):
        depth += 1 if sign in "[{" else -1
        if depth > DEEPEST:
            raise ReadingError(f"nested more than {DEEPEST} levels deep")


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
