"""Text that a database, a signature and every verifier read the same way."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Sequence

# Control characters except TAB, LF and CR, and the two non-characters that RDF libraries escape differently.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# Characters that control terminals or text direction: the rest of what a name written by someone else must not
# contain.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_BREAKS = re.compile("[\t\r\n\x85\u2028\u2029]+")
# What every library writes the same way: ASCII, whole escapes, no brackets.
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")


def is_plain(value: str) -> bool:
    """Whether it has no characters that nobody types and signatures can't carry."""
    return FORBIDDEN.search(value) is None


def is_iri(value: str) -> bool:
    """Whether it is an absolute IRI that may go into a signed document."""
    return _IRI.fullmatch(value) is not None


def sorts_alike(values: Sequence[str]) -> bool:
    """Whether UTF-16 and code points sort the same: libraries use the one or the other before they sign."""
    return sorted(values) == sorted(values, key=lambda value: value.encode("utf-16-be", "surrogatepass"))


def one_line(value: str) -> str:
    """Replace line breaks with spaces: one line of a form must not become several in a letter."""
    return _BREAKS.sub(" ", value)


def seen(value: str) -> str:
    """The visible part of someone else's text, in one line: no characters that move, hide or reorder what is beside
    them.
    """
    return " ".join(_UNSEEN.sub(" ", value).split())


def masked_address(address: str) -> str:
    """An e-mail address that its owner can recognise and others can't read: `h•••@people.example`."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}•••@{host}"


def normal_address(address: str) -> str:
    """The form in which e-mail addresses are stored and compared, exactly. An address that only looks the same, or
    that a database would consider equal ignoring case (`ı`, `ſ`), is another.
    """
    return unicodedata.normalize("NFC", address.strip().lower())


def validate_text(value: str) -> None:
    if not is_plain(value):
        raise ValidationError(
            _("This holds a control character that can't be kept. Type the text again."), code="control"
        )
