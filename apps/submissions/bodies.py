"""The body of a request that carries one part of a file, read as it arrives, and the headers about it."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from apps.submissions import parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.submissions.models import Upload


def stream(request: Any) -> parts.Stream:
    """The server's own reader, if it has one: what gunicorn passes to applications comes a kilobyte at a time, which
    takes longer than hashing and writing it.
    """
    reader: parts.Stream = getattr(request.META["wsgi.input"], "reader", request)
    return reader


def refuse_length(upload: Upload, number: int, headers: Mapping[str, str]) -> None:
    """Refuse a part of the wrong length before reading it."""
    told = headers.get("Content-Length", "")
    if told and told.isdigit() and 1 <= number <= upload.count and int(told) != upload.size_of(number):
        raise parts.BadPart(_("That part is not as long as it should be. Send it again."))


def digest(headers: Mapping[str, str]) -> str:
    """The SHA-256 of the body from its RFC 9530 header, as hex; empty if there is none."""
    for one in headers.get("Content-Digest", "").split(","):
        name, _equals, value = one.strip().partition("=")
        if name.lower() == "sha-256":
            try:
                return base64.b64decode(value.strip(":"), validate=True).hex()
            except (binascii.Error, ValueError):
                raise parts.BadPart(_("The checksum of that part can't be read.")) from None
    return ""
