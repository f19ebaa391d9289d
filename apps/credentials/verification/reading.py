"""From whatever someone submits to one credential as it was written, with limits before any work."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from apps.credentials import baking, jose, strict
from apps.credentials.verification.report import NotABadge
from apps.credentials.verification.values import words

MOST_BYTES = baking.MOST_BYTES
# For anything but pictures: a token of 2 MB, or JSON of a million four-byte characters.
MOST_BYTES_OF_TEXT = baking.MOST_OF_BADGE
OPEN_BADGE_TYPES = {"OpenBadgeCredential", "AchievementCredential"}
OTHER_CREDENTIAL_TYPES = {"EndorsementCredential", "ClrCredential"}
# In base64url a document takes a third more.
LONGEST_TOKEN = 2 * strict.MOST_TEXT

# What may be a URL in a picture of Open Badges 1.0, or in the `verify` of a drawing.
_ADDRESS = re.compile(r"https?://[^\x00-\x20\x7f<>\"]{1,2000}")
_BEFORE_JSON = "\ufeff \t\r\n"


class ReadingError(Exception):
    """It looks like a badge, but can't be read; the message is technical."""


@dataclass(frozen=True)
class Given:
    """One credential as it was in what was given.

    `text` is its JSON, token or (Open Badges 1.0, in a picture) URL; `body` its JSON object, for a token the payload,
    empty for a URL; `older`: Open Badges 2.1 or older.
    """

    text: str
    body: dict[str, Any] = field(default_factory=dict)
    token: jose.Token | None = None
    older: bool = False

    @property
    def address(self) -> str:
        return "" if self.body else self.text


def read(data: bytes) -> Given:
    """Read what was given. Raises NotABadge if it is no badge at all, ReadingError if it is broken."""
    if len(data) > MOST_BYTES:
        raise NotABadge(_("That is larger than 20 MB: a badge is never so large."), "large")
    if is_picture(data):
        return _from_picture(data)
    if data.startswith(b"%PDF"):
        raise NotABadge(
            _("That is a PDF. If it is an evidence record, check the file that is attached to it, or its address."),
            "paper",
        )
    if data.startswith((b"\xff\xd8\xff", b"GIF8", b"RIFF")):
        raise NotABadge(
            _(
                "That is a photograph or a copy: only the PNG or SVG that was downloaded from a badge’s page holds the"
                " badge. Ask for that file, or for the address of the page."
            ),
            "photo",
        )
    if len(data) > MOST_BYTES_OF_TEXT:
        _refuse_long(data[:1024])
    if not data.strip():
        raise NotABadge(_("That is empty."), "empty")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise NotABadge(_("That is neither a badge picture nor the text of a credential."), "bytes") from None
    return _from_text(text)


def _refuse_long(beginning: bytes) -> NoReturn:
    """Raises ReadingError if the text begins like a credential, otherwise NotABadge."""
    if beginning.lstrip(_BEFORE_JSON.encode())[:1] == b"{" or beginning.lstrip().startswith(b"ey"):
        raise ReadingError("the text is larger than 4 MB")
    raise _no_credential()


def _no_credential() -> NotABadge:
    return NotABadge(_("That is not a credential: it should be a badge picture, or JSON that begins with {."), "text")


def is_picture(data: bytes) -> bool:
    return data.startswith(baking.SIGNATURE) or baking.is_svg(data)


def _from_picture(data: bytes) -> Given:
    try:
        version, text = baking.read(data)
    except baking.NoBadgeError:
        raise NotABadge(
            _(
                "That is only a picture of a badge: the signed part is not in it. Is it yours? Download it from your"
                " badge’s page. Did somebody send it? Ask for that file, or for the address of the page."
            ),
            "picture",
        ) from None
    except baking.BakingError as error:
        raise ReadingError(str(error)) from None
    if version == baking.OB2 and _ADDRESS.fullmatch(text.strip()):
        return Given(text.strip(), older=True)
    return _from_text(text)


def _from_text(text: str) -> Given:
    bare = text.strip(" \t\r\n")
    if jose.is_compact(bare):
        return _from_token(bare)
    if text.lstrip(_BEFORE_JSON)[:1] == "<":
        raise NotABadge(
            _("That is a web page, not a badge. Ask the earner for the badge’s picture or file, or its own address."),
            "page",
        )
    if text.lstrip(_BEFORE_JSON)[:1] != "{":
        raise _no_credential()
    if text.startswith("\ufeff"):
        raise ReadingError("begins with a byte order mark")
    try:
        body = strict.parse(text)
    except strict.JSONError as error:
        raise ReadingError(str(error)) from None
    return Given(text, body, older=is_older(body))


def _from_token(text: str) -> Given:
    if len(text) > LONGEST_TOKEN:
        raise ReadingError("the token is larger than 2 MB")
    try:
        token = jose.parse(text)
        body = strict.parse(token.payload.decode())
    except (jose.TokenError, ValueError) as error:
        raise ReadingError(str(error)) from None
    return Given(text, body, token, older=is_older(_inside(body)))


def _inside(payload: dict[str, Any]) -> dict[str, Any]:
    """The credential in a token of the VC Data Model 1.1; otherwise the payload itself (2.0, and Open Badges 2.0)."""
    found = payload.get("vc")
    return found if isinstance(found, dict) else payload


def is_older(body: dict[str, Any]) -> bool:
    """Whether it is a badge of Open Badges 2.1 or older, rather than a verifiable credential.

    Raises NotABadge for a JSON object that is neither.
    """
    types, named = words(body.get("type")), words(body.get("@context"))
    credential = "VerifiableCredential" in types or any("/credentials/v" in one for one in named)
    older = any("openbadges" in one for one in named) and not credential
    if older or types & {"Assertion", "BadgeClass"} or {"badge", "recipient"} <= body.keys():
        return True
    if not credential and not types & (OPEN_BADGE_TYPES | OTHER_CREDENTIAL_TYPES):
        raise NotABadge(_("That is not a credential: nothing in it says that it is one."), "text")
    return False
