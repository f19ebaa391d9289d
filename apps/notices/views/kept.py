"""/dev/mail/: the letters that a development installation kept instead of sending. Not available in production."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core.listening import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage, MIMEPart

    from django.http import HttpRequest

P = ParamSpec("P")


def may_read(request: HttpRequest) -> bool:
    return is_loopback(settings.BIND) or getattr(request.user, "is_operator", False)


def not_for_strangers(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only operators read the letters if others can reach this machine: they hold codes that open accounts."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_read(request):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


_NAME = re.compile(r"[0-9a-f]{32}$")


@dataclass(frozen=True)
class KeptLetter:
    name: str
    kept_at: datetime
    message: EmailMessage

    @property
    def attachments(self) -> list[MIMEPart]:
        return [part for part in self.message.walk() if part.get_filename()]

    def body(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part else ""


def _kept(name: str) -> KeptLetter:
    path = settings.MAIL_DIR / f"{name}.eml"
    if not _NAME.match(name) or not path.is_file():
        raise Http404
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return KeptLetter(name, datetime.fromtimestamp(path.stat().st_mtime, UTC), message)


@require_safe
@not_for_strangers
def kept_letters(request: HttpRequest) -> HttpResponse:
    files = sorted(settings.MAIL_DIR.glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)
    asked = request.GET.get("to", "").strip().lower()
    if asked:
        files = [path for path in files if asked in str(_kept(path.stem).message["To"]).lower()]
    page = Paginator(files, 50).get_page(request.GET.get("page"))
    letters = [_kept(path.stem) for path in page]
    return render(request, "notices/kept_letters.html", {"letters": letters, "page": page, "to": asked})


@require_safe
@not_for_strangers
def kept_letter(request: HttpRequest, name: str) -> HttpResponse:
    letter = _kept(name)
    # A template would look the name up among the headers.
    files = [part.get_filename() for part in letter.attachments]
    context = {"letter": letter, "text": letter.body("plain"), "files": files}
    return render(request, "notices/kept_letter.html", context)


@require_safe
@not_for_strangers
def kept_html(request: HttpRequest, name: str) -> HttpResponse:
    """The letter's HTML by itself, under a policy that lets nothing run; cid: pictures become addresses."""
    letter = _kept(name)
    html = letter.body("html")
    for number, part in enumerate(letter.attachments):
        cid = str(part.get("Content-ID", "")).strip("<>")
        if cid:
            html = html.replace(f"cid:{cid}", f"../attachments/{number}/")
    response = HttpResponse(html)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    return response


@require_safe
@not_for_strangers
def kept_attachment(request: HttpRequest, name: str, number: int) -> HttpResponse:
    attachments = _kept(name).attachments
    if number >= len(attachments):
        raise Http404
    part = attachments[number]
    picture = part.get_content_type() in {"image/png", "image/jpeg"}
    response = HttpResponse(
        part.get_payload(decode=True),
        content_type=part.get_content_type() if picture else "application/octet-stream",
    )
    filename = re.sub(r"[^\w.\- ]", "_", part.get_filename() or "file")
    response["Content-Disposition"] = f'{"inline" if picture else "attachment"}; filename="{filename}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    # The letter's HTML is shown in a sandbox, which has no origin.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
