"""The API's manners: cursor pages, RFC 9457 problems, one throttle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import exception_handler
from rest_framework import exceptions, pagination, throttling

from apps.core.refused import Refused

if TYPE_CHECKING:
    from drf_standardized_errors.types import ErrorResponse
    from rest_framework.request import Request
    from rest_framework.response import Response


class CursorPages(pagination.CursorPagination):
    """`?cursor=&limit=` (at most 100); each view names its `ordering`."""

    page_size = 25
    page_size_query_param = "limit"
    max_page_size = 100

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        ordering: tuple[str, ...] = view.ordering
        return ordering


class Conflict(exceptions.APIException):
    """A refusal, as the API says it."""

    status_code = 409
    default_code = "refused"


class ProblemFormatter(ExceptionFormatter):
    """RFC 9457: `type, title, status, detail`, and `errors: [{code, pointer, detail}]` for what was sent wrong."""

    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        first = error_response.errors[0]
        status = self.exc.status_code
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": str(self.exc.default_detail).rstrip("."),
            "status": status,
            "detail": str(first.detail),
        }
        if error_response.type.value == "validation_error":
            problem["errors"] = [
                {"code": one.code, "pointer": "#/" + (one.attr or "").replace(".", "/"), "detail": str(one.detail)}
                for one in error_response.errors
            ]
        else:
            problem["code"] = first.code
        return problem


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(error, Refused):
        error = Conflict(str(error))
    response = exception_handler(error, context)
    if response is not None:
        response.content_type = "application/problem+json"
    return response


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
