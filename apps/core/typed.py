"""What someone typed into a form that can't be accepted, so that the error page can give it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import SuspiciousOperation
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError

if TYPE_CHECKING:
    from django.http import HttpRequest

# Nobody would miss a text shorter than this.
FEWEST = 12
# Beginnings of names of fields that are secret or not written by people.
_SECRET = (
    *("csrfmiddlewaretoken", "password", "oldpassword", "code", "login", "credential", "token", "secret"),
    *("next", "boxes", "key", "kind", "edition", "attempt"),
)


def is_ours(request: HttpRequest) -> bool:
    """Whether the request comes from our own page or was typed in: browsers say if it is another site."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}


def typed_in(request: HttpRequest) -> list[str]:
    """The texts sent with one of our forms; none if they can't be read."""
    if request.method != "POST" or not is_ours(request):
        return []
    try:
        # This may be the first read of the request's body.
        given = {name: str(words) for name, words in request.POST.items()}
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return []
    return [words for name, words in given.items() if len(words) >= FEWEST and not name.startswith(_SECRET)]
