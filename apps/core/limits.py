"""How often one person, or one network address, may do something: fixed windows, counted in the shared cache."""

from __future__ import annotations

import ipaddress
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.shortcuts import render

from apps.core import clock
from apps.core.typed import typed_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds_until_allowed(name: str, who: str) -> int:
    """Count one act under the limit `name`; return 0 if it is allowed, otherwise how long to wait."""
    if not settings.RATE_LIMITS_FACTOR:
        return 0
    most, period = settings.RATE_LIMITS[name].split("/")
    window = _SECONDS[period]
    now = int(clock.now().timestamp())
    key = f"limit:{name}:{who}:{now // window}"
    cache.add(key, 0, timeout=window * 2)
    try:
        count = cache.incr(key)
    except ValueError:  # expired between the two
        count = 1
    return 0 if count <= int(most) * settings.RATE_LIMITS_FACTOR else window - now % window


def who_asks(request: HttpRequest) -> str:
    """The public id of the signed-in person, otherwise the network address."""
    user = getattr(request, "user", None)
    return user.public_id if user is not None and user.is_authenticated else network(request)


def network(request: HttpRequest) -> str:
    """The network counted as one caller: an IPv4 address, or the whole IPv6 prefix that one customer gets."""
    seen = address(request)
    try:
        found = ipaddress.IPv6Address(seen)
    except ValueError:
        return seen
    prefix = settings.RATE_LIMIT_IPV6_PREFIX
    return str(ipaddress.IPv6Network((int(found), prefix), strict=False).network_address)


def address(request: HttpRequest) -> str:
    """The client's address, as `plain` writes it. Only entries added by our own proxies count; anyone can forge the
    rest.
    """
    seen = str(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.TRUSTED_PROXY_COUNT
    if proxies:
        told = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
        if len(told) >= proxies:
            return plain(told[-proxies])
    return plain(seen)


def plain(seen: str) -> str:
    """Normalise an address: servers that listen on both write IPv4 inside IPv6. Anything else is returned unchanged."""
    try:
        found = ipaddress.ip_address(seen)
    except ValueError:
        return seen
    return str(getattr(found, "ipv4_mapped", None) or found)


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """Render the “too many requests” page, with what was typed into the form that can't be accepted now."""
    response = render(request, "429.html", {"wait": wait, "typed": typed_in(request)}, status=429)
    response["Retry-After"] = str(wait)
    return response


def limited(
    name: str, *, reading: bool = False
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Limit a view's unsafe requests; with `reading`, all requests, if a response is expensive to make."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            counts = reading or request.method not in {"GET", "HEAD", "OPTIONS"}
            if counts and (wait := seconds_until_allowed(name, who_asks(request))):
                return too_many(request, wait)
            return view(request, *args, **kwargs)

        return wrapped

    return wrap
