"""From a credential's JSON to the statements that a signature covers (JSON-LD 1.1, RDFC-1.0), contexts pinned.

One walk makes the statements and refuses whatever would be read but not signed, or signed but not read. General libraries
expand, compact and compare for that, several times slower (decision 13); and what they do not know, they leave out
without a word.
"""

from apps.credentials.linked_data.canonical import CanonicalisationError, blanks, canonicalise, first_degree, line
from apps.credentials.linked_data.statements import AmbiguousError, Statement, UnsignableError, statements
from apps.credentials.linked_data.terms import ContextError

__all__ = [
    "AmbiguousError",
    "CanonicalisationError",
    "ContextError",
    "Statement",
    "UnsignableError",
    "blanks",
    "canonicalise",
    "first_degree",
    "line",
    "statements",
]
