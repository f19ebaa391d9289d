"""RFC 9457: errors as programs read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import JsonResponse
from django.utils.translation import gettext_lazy as _
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import exception_handler
from rest_framework import exceptions

from apps.core import limits
from apps.core.refused import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest
    from drf_standardized_errors.types import ErrorResponse, ExceptionHandlerContext
    from rest_framework.response import Response


class Conflict(exceptions.APIException):
    """A refusal, as the API reports it."""

    status_code = 409
    default_code = "refused"
    default_detail = _("This can't be done now.")


class TooLarge(exceptions.APIException):
    """More than is accepted in one request."""

    status_code = 413
    default_code = "too_large"
    default_detail = _("That is too big.")


class Full(exceptions.APIException):
    """There is no room to store it."""

    status_code = 507
    default_code = "full"
    default_detail = _("This can't be done now.")


class Unfit(exceptions.APIException):
    """What arrived is not what was announced."""

    status_code = 422
    default_code = "unfit"
    default_detail = _("This can't be done now.")


class Unreadable(exceptions.APIException):
    """The request is malformed and was not processed."""

    status_code = 400
    default_code = "bad_request"
    default_detail = _("That request could not be read.")


class Away(exceptions.APIException):
    """Something that the request needs isn't answering."""

    status_code = 503
    default_code = "away"
    default_detail = _("This can't be done now.")


class NoDatabase(Away):
    """The database is away; REST framework sends `wait` as Retry-After."""

    default_detail = _("The database does not answer just now. Try again in a moment.")
    wait = 10


class Gone(exceptions.APIException):
    """It existed and was removed for good."""

    status_code = 410
    default_code = "gone"
    default_detail = _("That is gone.")


class ProblemFormatter(ExceptionFormatter):
    """RFC 9457: `type, title, status, detail`, and `errors: [{code, pointer, detail}]` for invalid input."""

    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        first = error_response.errors[0]
        problem = _as_said(self.exc, first.detail)
        if error_response.type == "validation_error":
            problem["errors"] = [
                {"code": one.code, "pointer": "#/" + (one.attr or "").replace(".", "/"), "detail": _whole(one.detail)}
                for one in error_response.errors
            ]
        else:
            problem["code"] = first.code
        return problem


def _as_said(error: exceptions.APIException, detail: object) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": str(error.default_detail).rstrip("."),
        "status": error.status_code,
        "detail": _whole(detail),
    }


def answered(request: HttpRequest, error: exceptions.APIException) -> JsonResponse | None:
    """The problem response if a program asked, for errors raised before the API is reached; otherwise None."""
    return problem_response(error) if request.path.startswith("/api/") else None


def problem_response(error: exceptions.APIException) -> JsonResponse:
    """The response REST framework would give, for errors that don't go through it."""
    problem = _as_said(error, error.detail) | {"code": error.default_code}
    response = JsonResponse(problem, status=error.status_code, content_type="application/problem+json")
    if isinstance(error, NoDatabase):
        response["Retry-After"] = str(error.wait)
    return response


def _whole(detail: object) -> str:
    """The text, made encodable: a sentence may quote what was sent, including half a character."""
    return str(detail).encode(errors="replace").decode()


def problem_handler(error: Exception, context: ExceptionHandlerContext) -> Response | None:
    if isinstance(error, Refused):
        error = Conflict(str(error))
    elif isinstance(error, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        error = TooLarge()
    elif isinstance(error, PermissionDenied) and error.args:  # its message would be lost
        error = exceptions.PermissionDenied(*error.args)
    elif isinstance(error, OperationalError | InterfaceError):
        error = NoDatabase()
    elif isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed) and context["request"]:
        # Callers with a token are counted once they are known; those without could try for ever.
        wait = limits.seconds_until_allowed("api", limits.network(context["request"]))
        error = exceptions.Throttled(wait) if wait else error
    response = exception_handler(error, context)
    if response is not None:
        response.content_type = "application/problem+json"
    return response
