"""Shared API behaviour: cursor pages, one throttle, and careful parsing of request bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from rest_framework import exceptions, pagination, parsers, serializers, throttling

from apps.core import limits
from apps.core.forms import HTTP
from apps.core.text import is_plain, one_line, validate_text

if TYPE_CHECKING:
    from rest_framework.request import Request


class CursorPages(pagination.CursorPagination):
    """`?cursor=&limit=` (at most 100); each view names its `ordering`."""

    page_size = 25
    page_size_query_param = "limit"
    max_page_size = 100

    def decode_cursor(self, request: Request) -> pagination.Cursor | None:
        cursor: pagination.Cursor | None = super().decode_cursor(request)
        if cursor is not None and not is_plain(str(cursor.position or "")):
            raise exceptions.NotFound(self.invalid_cursor_message)
        return cursor

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, ValidationError):  # a place in the list that no row could have
            raise exceptions.NotFound(self.invalid_cursor_message) from None

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        ordering: tuple[str, ...] = view.ordering
        return ordering


class JSONParser(parsers.JSONParser):
    """Refuses JSON that is nested too deeply to parse, with a message."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError:
            raise exceptions.ParseError(_("This is nested too deep.")) from None


class LineField(serializers.CharField):
    """One line of text, as in `core.forms.PlainText`."""

    default_validators = [validate_text]

    def to_internal_value(self, data: Any) -> str:
        return one_line(super().to_internal_value(data))


class WebAddressField(serializers.URLField):
    """An http or https address, as in `core.forms.WebAddress`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Replaces the validator that also accepts ftp.
        self.validators[-1] = URLValidator(schemes=HTTP, message=self.error_messages["invalid"])
        self.validators.append(validate_text)


class Throttle(throttling.BaseThrottle):
    """Limits calls per minute by person, whatever token they use, or by network address if nobody is signed in.

    A view's `limits` maps methods to tighter limits, shared with the page that does the same thing.
    """

    seconds = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        who, tighter = limits.who_asks(request), getattr(view, "limits", {}).get(request.method)
        self.seconds = limits.seconds_until_allowed("api", who)
        if tighter and not self.seconds:
            self.seconds = limits.seconds_until_allowed(tighter, who)
        return not self.seconds

    def wait(self) -> float:
        return self.seconds
