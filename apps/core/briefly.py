"""Responses to visitors, reused for under a second, so that a page that everyone opens costs little.

Responses are kept in this process only, so anything hidden disappears everywhere within a second. Only responses to
visitors without a session cookie are kept, keyed by everything that such a response depends on.
"""

from __future__ import annotations

import time
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.http import HttpResponse

from apps.core.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    View = Callable[..., HttpResponse]

# The most that one process keeps, the largest response it keeps, and the overhead assumed for each entry.
MOST_BYTES, LARGEST = 16 * 1024 * 1024, 1024 * 1024
FRAME = 1024


class _Answer(NamedTuple):
    made_at: float
    status: int
    headers: list[tuple[str, str]]
    content: bytes
    after: tuple[Callable[[], None], ...]


_answers: Kept[_Answer] = Kept(most_bytes=MOST_BYTES, largest=LARGEST)


def briefly(view: View) -> View:
    """Give a visitor the response made for another a moment ago. Actions passed to `after_each` run for each of them."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key(request) if settings.KEPT_BRIEFLY else None
        now = time.monotonic()
        answer = _answers.get(key) if key else None
        if answer is not None and now - answer.made_at < settings.KEPT_BRIEFLY:
            for act in answer.after:
                act()
            return HttpResponse(answer.content, status=answer.status, headers=dict(answer.headers))
        response = view(request, *args, **kwargs)
        after = tuple(getattr(request, "after_each", ()))
        for act in after:
            act()
        if key and not response.streaming and not response.cookies:
            answer = _Answer(now, response.status_code, list(response.items()), response.content, after)
            _answers.put(key, answer, _weight(key, answer))
        return response

    return answered


def _weight(key: tuple[Any, ...], answer: _Answer) -> int:
    """Size of an entry. The key counts too: visitors choose its length, and a 304 has nothing else."""
    words = [one for one in key if isinstance(one, str)] + [part for header in answer.headers for part in header]
    return FRAME + len(answer.content) + sum(map(len, words))


def after_each(request: HttpRequest, act: Callable[[], None]) -> None:
    """Run `act` each time this response is sent, reused or not (to count a view, say)."""
    request.after_each = [*getattr(request, "after_each", ()), act]  # type: ignore[attr-defined]  # hung on the request, as Django's middlewares do


def _key(request: HttpRequest) -> tuple[Any, ...] | None:
    """Everything that a visitor's response depends on, as a key; None if the response must not be kept."""
    if request.method != "GET" or not request.COOKIES.keys() <= {
        settings.LANGUAGE_COOKIE_NAME,
        settings.THEME_COOKIE_NAME,
    }:
        return None
    asked = request.headers
    return (
        *(request.get_host(), request.is_secure(), request.get_full_path(), getattr(request, "LANGUAGE_CODE", "")),
        *(request.COOKIES.get(settings.THEME_COOKIE_NAME, ""), asked.get("Accept", ""), asked.get("HX-Request", "")),
        asked.get("If-None-Match", ""),
    )
