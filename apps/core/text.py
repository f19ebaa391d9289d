"""Text that a database, a signature and every verifier read alike."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Control characters but TAB, LF and CR, and the two non-characters that RDF libraries escape differently.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def validate_text(value: str) -> None:
    """Refuse characters that nobody types and signatures cannot carry."""
    if FORBIDDEN.search(value):
        raise ValidationError(
            _("This holds a control character that can't be kept. Type the text anew."), code="control"
        )
