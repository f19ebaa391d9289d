"""Text that a database, a signature and every verifier read alike."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Sequence

# Control characters but TAB, LF and CR, and the two non-characters that RDF libraries escape differently.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# What a terminal obeys, and what turns words round: the rest of what must not stand in a name that somebody else wrote.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_BREAKS = re.compile("[\t\r\n\x85\u2028\u2029]+")
# What every library writes alike: ASCII, whole escapes, no brackets.
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")


def is_plain(value: str) -> bool:
    """Whether no character stands in it that nobody types and signatures cannot carry."""
    return FORBIDDEN.search(value) is None


def is_iri(value: str) -> bool:
    """Whether it is a whole address that may stand in a signed document."""
    return _IRI.fullmatch(value) is not None


def sorts_alike(values: Sequence[str]) -> bool:
    """Whether UTF-16 and code points give one order: libraries sort by the one or the other before they sign."""
    return sorted(values) == sorted(values, key=lambda value: value.encode("utf-16-be", "surrogatepass"))


def one_line(value: str) -> str:
    """Without breaks: what is one line of a form must not become several of a letter."""
    return _BREAKS.sub(" ", value)


def seen(value: str) -> str:
    """What of somebody else's words can be seen, in one line: no signs that move, hide or turn what stands beside."""
    return " ".join(_UNSEEN.sub(" ", value).split())


def masked_address(address: str) -> str:
    """An e-mail address for who has to know it again and nobody else: `h•••@people.example`."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}•••@{host}"


def normal_address(address: str) -> str:
    """What an e-mail address is kept as, and compared by: exactly. An address that only looks like another, or that a
    database would call the same in capitals (`ı`, `ſ`), is another.
    """
    return unicodedata.normalize("NFC", address.strip().lower())


def validate_text(value: str) -> None:
    if not is_plain(value):
        raise ValidationError(
            _("This holds a control character that can't be kept. Type the text again."), code="control"
        )
