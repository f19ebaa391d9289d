"""From a credential's JSON to the statements that a signature covers (JSON-LD 1.1, RDFC-1.0), with pinned contexts.

One walk makes the statements and refuses anything that would be read but not signed, or signed but not read. General
libraries need to expand, compact and compare for that, several times slower (decision 13), and silently drop what
they don't know.
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
