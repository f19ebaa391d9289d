"""Takes a large JSON object apart without holding it whole: the entries of its lists are decoded one by one.

So it needs little more memory than the bytes themselves, and neither depth nor hidden content can do harm.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from apps.frameworks.importers.encoding import Unreadable

MOST_DEPTH = 24
MOST_PIECES = 250_000
MOST_BYTES_OF_ONE = 256 * 1024
MOST_BYTES_BESIDE = 4 * 1024 * 1024

# A string, whole or cut off, or a bracket. It never backtracks: a hostile file takes no longer than another.
_SIGN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+|[\[\]{}]', re.DOTALL)
_QUOTE = ord('"')
_OPENING = {ord("{"), ord("[")}
_LIST = ord("[")


class Pieces:
    """`outline` is the object with each entry of its lists replaced by `[n]`; `piece(n)` decodes that entry."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._spans: list[tuple[int, int]] = []
        outline = self._cut()
        if len(outline) > MOST_BYTES_BESIDE:
            raise Unreadable(_("There is too much in this file besides its items."))
        self.outline = _decoded(bytes(outline))

    def piece(self, n: int) -> Any:
        begin, end = self._spans[n]
        if end - begin > MOST_BYTES_OF_ONE:
            raise Unreadable(
                _("One entry of this file is larger than %(most)d KB.") % {"most": MOST_BYTES_OF_ONE // 1024}
            )
        return _decoded(self._data[begin:end])

    def _cut(self) -> bytearray:
        data, outline = self._data, bytearray()
        depth = kept = begun = 0
        in_list = False
        for match in _SIGN.finditer(data):
            sign = data[match.start()]
            if sign == _QUOTE:
                continue
            if sign in _OPENING:
                if depth == 1:
                    in_list = sign == _LIST
                elif depth == 2:  # noqa: PLR2004 - an entry of a list of the object itself
                    begun = match.start()
                depth += 1
                if depth > MOST_DEPTH:
                    raise Unreadable(_("This file is nested more than %(most)d deep.") % {"most": MOST_DEPTH})
                continue
            depth -= 1
            if depth == 2 and in_list:  # noqa: PLR2004 - that entry ends
                outline += data[kept:begun]
                outline += b"[%d]" % len(self._spans)
                self._spans.append((begun, match.end()))
                kept = match.end()
                if len(self._spans) > MOST_PIECES:
                    raise Unreadable(_("This file has more than %(most)d entries.") % {"most": MOST_PIECES})
        outline += data[kept:]
        return outline


def _decoded(data: bytes) -> Any:
    try:
        return json.loads(data, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Unreadable(_("This file is not in UTF-8. Save it again as UTF-8.")) from None
    except ValueError as error:
        raise Unreadable(
            _("This is not complete JSON: %(reason)s.") % {"reason": getattr(error, "msg", error)}
        ) from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
