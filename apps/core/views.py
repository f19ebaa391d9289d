"""Pages that belong to no other app: health, help, errors, and preferences for the shell."""

from __future__ import annotations

import csv
import re
import sys
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from rest_framework import exceptions

from apps.core import context, problems
from apps.core import health as checks
from apps.core import styleguide as samples
from apps.core.models import Job
from apps.core.refused import Refused
from apps.core.typed import is_ours, typed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from django.forms import Form
    from django.http import HttpRequest

    View = Callable[..., HttpResponse]

Came = TypeVar("Came")
# Spreadsheets only recognise UTF-8 with a byte order mark.
BOM = "\ufeff"


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """200 if everything that serves people works, otherwise 503; names of parts and one word each, no more."""
    results = checks.run(quick=True)
    well = all(one.result != checks.FAIL for one in results)
    body = {"status": "ok" if well else "failing", "checks": {one.name: one.result for one in results}}
    return JsonResponse(body, status=200 if well else 503)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "core/help.html")


@never_cache
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in all its states; `?dir=rtl` reads from right to left. Not in production."""
    with translation.override("ar" if request.GET.get("dir") == "rtl" else translation.get_language()):
        return render(request, "core/styleguide.html", samples.context())


@login_required
@never_cache
@require_safe
def doctor(request: HttpRequest) -> HttpResponse:
    """The report of `manage.py doctor` and the failed jobs, for whoever runs the installation."""
    if not request.user.is_operator:  # type: ignore[union-attr]
        raise PermissionDenied
    dead = Job.objects.filter(state=Job.State.DEAD).order_by("-pk")
    return render(request, "core/doctor.html", {"checks": checks.run(), "dead": dead[:25], "dead_count": dead.count()})


@csrf_exempt
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Set the theme: light, dark, or the system's; kept in a cookie, for visitors too.

    Without a CSRF token, so that public pages stay the same for everyone; a request that the browser says comes from
    elsewhere changes nothing.
    """
    response = back(request)
    if is_ours(request):
        chosen = request.POST.get("theme", "")
        response.set_cookie(
            settings.THEME_COOKIE_NAME,
            chosen if chosen in context.THEMES else "auto",
            max_age=365 * 24 * 3600,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


@login_required
@require_POST
def role(request: HttpRequest) -> HttpResponse:
    """Switch to another of the person's roles: navigation and home follow, until the session ends."""
    held = {one.name for one in context.shell_of(request).roles}
    chosen = request.POST.get("role", "")
    if chosen not in held:
        raise PermissionDenied(_("You do not have that role here."))
    request.session[context.ROLE_KEY] = chosen
    return redirect("home")


def did(request: HttpRequest, act: Callable[[], object], done: str = "") -> bool:
    """Do one act, and show `done` on the next page, or why it was refused. Return whether it was done."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    if done:
        messages.success(request, done)
    return True


def edition_seen(request: HttpRequest) -> int | None:
    """The edition shown on the page that had the button; None if it wasn't sent."""
    said = request.POST.get("edition", "")
    return int(said) if re.fullmatch("[0-9]{1,9}", said) else None


def did_with(request: HttpRequest, form: Form, act: Callable[..., Came]) -> Came | None:
    """Do one act with the data of a submitted form, and return its result.

    Return None if nothing was submitted or it was not accepted; the form then says why.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return act(**form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


def in_words(words: str, *, status: int) -> HttpResponse:
    """A one-line response for programs and pictures, in the reader's language."""
    response = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Accept-Language, Cookie"
    return response


def gone(request: HttpRequest) -> HttpResponse:
    """410, because whoever had it left: a page for people, a line for programs and pictures; neither says whose it
    was.
    """
    if "text/html" in request.headers.get("Accept", ""):
        response = render(request, "410.html", status=410)
    else:
        response = in_words(_("Gone for good."), status=410)
    patch_vary_headers(response, ("Accept", "Accept-Language", "Cookie"))
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


def or_gone(was_there: Callable[[str], bool]) -> Callable[[View], View]:
    """Answer 410 instead of 404 if it's missing because someone left; the response doesn't say whose it was.
    `was_there` is called with the first argument from the path.
    """

    def decorated(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *named: str, **more: str) -> HttpResponse:
            try:
                return view(request, *named, **more)
            except Http404:
                if not was_there(next(iter((*named, *more.values())))):
                    raise
            return gone(request)

        return wrapped

    return decorated


def csv_answer(name: str) -> HttpResponse:
    """A CSV download, its rows still to be written."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write(BOM)
    return response


def csv_stream(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A CSV download whose rows are written as they are read, however many there are."""
    response = StreamingHttpResponse(_written(headings, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Echo:
    """A file that returns what is written to it, line by line."""

    def write(self, line: str) -> str:
        return line


def _written(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    yield BOM + writer.writerow(headings)
    for row in rows:
        yield writer.writerow(row)


def back(request: HttpRequest) -> HttpResponse:
    """Return to the page with the form; 204 for a script."""
    if request.headers.get("Accept") == "application/json":
        return HttpResponse(status=204)
    there = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(there if known else "/")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; or 413 if more was sent than is accepted in one request."""
    is_too_big = isinstance(exception, RequestDataTooBig | TooManyFilesSent)
    said = problems.answered(request, problems.TooLarge() if is_too_big else problems.Unreadable())
    if said is not None:
        return said
    if is_too_big:
        return render(request, "413.html", status=413)
    return HttpResponse(render_to_string("400.html"), status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", {"reason": reason, "typed": typed_in(request)}, status=403)


def keeping_words(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Like `login_required`, but gives people who were signed out while writing their words back, to copy."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method != "POST":
            return redirect_to_login(request.get_full_path())
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"errors": [_("You were signed out. Sign in again.")]}, status=401)
        return render(request, "401.html", {"typed": typed_in(request)}, status=401)

    return asked


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with what was typed into a form whose object was removed in the meantime."""
    said = problems.answered(request, exceptions.NotFound())
    return said or render(request, "404.html", {"typed": typed_in(request)}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503 if the database went away during the request, since trying again in a minute helps then.

    Rendered without a context: whatever is broken, this page isn't.
    """
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    said = problems.answered(request, problems.NoDatabase() if is_away else exceptions.APIException())
    if said is not None:
        return said
    if is_away:
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = "10"
        return response
    return HttpResponse(render_to_string("500.html"), status=500)
