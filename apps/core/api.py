"""The API's manners: cursor pages and one throttle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from rest_framework import pagination, throttling

if TYPE_CHECKING:
    from rest_framework.request import Request


class CursorPages(pagination.CursorPagination):
    """`?cursor=&limit=` (at most 100); each view names its `ordering`."""

    page_size = 25
    page_size_query_param = "limit"
    max_page_size = 100

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        ordering: tuple[str, ...] = view.ordering
        return ordering


class Throttle(throttling.SimpleRateThrottle):
    """So many calls a minute for a token, a person or an address on the network."""

    scope = "api"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if not settings.RATE_LIMITS_FACTOR:
            return None
        who = request.user.public_id if request.user.is_authenticated else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": who}

    def parse_rate(self, rate: str | None) -> tuple[int | None, int | None]:
        most, seconds = super().parse_rate(rate)
        return (most * max(settings.RATE_LIMITS_FACTOR, 1) if most else most), seconds
