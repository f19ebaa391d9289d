"""Uploads in parts by a script: begin, receive, query, complete, cancel. Everything is JSON."""

from __future__ import annotations

import json
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.ids import clean_id
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.submissions import bodies, files, parts, verbs
from apps.submissions.forms import BeginUploadForm, CompleteUploadForm
from apps.submissions.models import Upload
from apps.submissions.views.common import newest_attempt, own

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from apps.accounts.http import SignedInRequest

_STATUS = {
    files.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    parts.BadPart: HTTPStatus.UNPROCESSABLE_ENTITY,
    **parts.STATUS,
}


def for_scripts(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return refusals as JSON with their status. Someone signed out is told so, since a script can't follow to the
    sign-in page.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _refuse(HTTPStatus.UNAUTHORIZED, _("You are signed out. Sign in in another tab, then go on here."))
        try:
            return view(request, *args, **kwargs)
        except Refused as refusal:
            return _refuse(_STATUS.get(type(refusal), HTTPStatus.CONFLICT), str(refusal))
        except (UnreadablePostError, ConnectionError, TimeoutError):
            return _refuse(HTTPStatus.BAD_REQUEST, _("The connection broke off. Send that part again."))

    return wrapped


@never_cache
@require_POST
@for_scripts
@limited("upload")
def begin_upload(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = newest_attempt(own(request, public_id))
    form = BeginUploadForm(_sent(request), attempt=attempt)
    if not form.is_valid():
        return _refuse(HTTPStatus.UNPROCESSABLE_ENTITY, *form.sentences())
    named = clean_id(request.GET.get("instead_of", ""))
    piece = get_object_or_404(attempt.evidence, public_id=named) if named else None
    upload = verbs.begin_upload(attempt, by=request.user, instead_of=piece, **form.cleaned_data)
    return JsonResponse(_told(upload), status=HTTPStatus.CREATED)


@never_cache
@require_http_methods(["GET", "HEAD", "DELETE"])
@for_scripts
def upload(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Which parts have arrived. DELETE cancels the upload."""
    found = _own_upload(request, public_id)
    if request.method == "DELETE":
        verbs.cancel_upload(found, by=request.user)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return JsonResponse(_told(found))


@never_cache
@require_http_methods(["PUT"])
@for_scripts
@limited("part")
def receive_part(request: SignedInRequest, public_id: str, number: int) -> HttpResponse:
    """The body is the bytes of one part, with `Content-Digest: sha-256=:…:` if the sender knows it."""
    found = _own_upload(request, public_id)
    bodies.refuse_length(found, number, request.headers)
    sha256 = bodies.digest(request.headers)
    part = verbs.receive_part(found, by=request.user, number=number, stream=bodies.stream(request), sha256=sha256)
    return JsonResponse({"number": part.number, "sha256": part.sha256})


@never_cache
@require_POST
@for_scripts
@limited("part")
def sign_part(request: SignedInRequest, public_id: str, number: int) -> HttpResponse:
    """Where to send a part directly, with the given sum, and with which headers."""
    address = verbs.sign_part(_own_upload(request, public_id), by=request.user, number=number, sha256=_sum(request))
    return JsonResponse({"url": address.url, "headers": address.headers})


@never_cache
@require_POST
@for_scripts
@limited("part")
def find_part(request: SignedInRequest, public_id: str, number: int) -> HttpResponse:
    """Count a part that was sent directly, with the given sum, as arrived."""
    part = verbs.find_part(_own_upload(request, public_id), by=request.user, number=number, sha256=_sum(request))
    return JsonResponse({"number": part.number, "sha256": part.sha256})


@never_cache
@require_POST
@for_scripts
def complete_upload(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _own_upload(request, public_id)
    form = CompleteUploadForm(_sent(request), attempt=found.attempt)
    if not form.is_valid():
        return _refuse(HTTPStatus.UNPROCESSABLE_ENTITY, *form.sentences())
    piece = verbs.complete_upload(found, by=request.user, **form.cleaned_data)
    return JsonResponse({"evidence": piece.public_id, "title": piece.title, "file_state": piece.file_state})


def _own_upload(request: SignedInRequest, public_id: str) -> Upload:
    return get_object_or_404(Upload.objects.visible_to(request.user), public_id=public_id)


def _told(found: Upload) -> dict[str, Any]:
    return {
        "id": found.public_id,
        "state": found.state,
        "name": found.file_name,
        "size": found.size,
        "part_size": found.part_size,
        "past_us": bool(settings.BUCKET_ORIGIN),
        "parts": list(found.parts.values_list("number", flat=True)),
        "evidence": found.piece.public_id if found.piece else None,
    }


def _sent(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request; empty if it isn't one."""
    try:
        sent = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return sent if isinstance(sent, dict) else {}


def _sum(request: HttpRequest) -> str:
    return str(_sent(request).get("sha256", "")).lower()


def _refuse(status: int, *errors: str) -> HttpResponse:
    return JsonResponse({"errors": list(errors)}, status=status)
