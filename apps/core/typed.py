"""What somebody typed into a form that can't be taken, so that the page that says so gives it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import SuspiciousOperation
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError

if TYPE_CHECKING:
    from django.http import HttpRequest

# Shorter than that is no text that anybody would miss.
FEWEST = 12
# What is secret, or not for people, by how its field's name begins.
_SECRET = (
    *("csrfmiddlewaretoken", "password", "oldpassword", "code", "login", "credential", "token", "secret"),
    *("next", "boxes", "key", "kind", "edition", "attempt"),
)


def is_ours(request: HttpRequest) -> bool:
    """Whether a page of ours asks, or somebody by hand: browsers say when it is another site."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}


def typed_in(request: HttpRequest) -> list[str]:
    """The words that came with a form of ours; none where it can't be read."""
    if request.method != "POST" or not is_ours(request):
        return []
    try:
        # This may be the first look at what was sent.
        given = {name: str(words) for name, words in request.POST.items()}
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return []
    return [words for name, words in given.items() if len(words) >= FEWEST and not name.startswith(_SECRET)]
