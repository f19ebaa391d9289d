"""How often one person, or one network address, may do a thing: fixed windows, counted in the shared cache."""

from __future__ import annotations

import time
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.shortcuts import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds_until_allowed(name: str, who: str) -> int:
    """Count one act under the limit `name`; 0 when it is allowed, else how long to wait."""
    if not settings.RATE_LIMITS_FACTOR:
        return 0
    most, period = settings.RATE_LIMITS[name].split("/")
    window = _SECONDS[period]
    now = int(time.time())
    key = f"limit:{name}:{who}:{now // window}"
    cache.add(key, 0, timeout=window * 2)
    try:
        count = cache.incr(key)
    except ValueError:  # expired between the two
        count = 1
    return 0 if count <= int(most) * settings.RATE_LIMITS_FACTOR else window - now % window


def who_asks(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return user.public_id if user is not None and user.is_authenticated else str(request.META.get("REMOTE_ADDR", ""))


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    response = render(request, "429.html", {"wait": wait}, status=429)
    response["Retry-After"] = str(wait)
    return response


def limited(name: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Limit a view's unsafe requests."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in {"GET", "HEAD", "OPTIONS"} and (
                wait := seconds_until_allowed(name, who_asks(request))
            ):
                return too_many(request, wait)
            return view(request, *args, **kwargs)

        return wrapped

    return wrap
