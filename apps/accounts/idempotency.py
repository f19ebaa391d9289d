"""Performs a POST to the API only once per `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07).

A program whose connection broke can't know whether its request was carried out. With a key it may ask again, and gets
the answer it missed. The answer is stored in the transaction of the action, so that both are kept or neither.
Refusals are not stored, since the request may be repeated once their cause is gone.

A view that only looks (`only_looks`) may wait long for other servers: it runs outside a transaction, and its answer is
stored afterwards.
"""

from __future__ import annotations

import hashlib
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeGuard

from django.core.exceptions import RequestDataTooBig
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from apps.accounts.authentication import BearerToken
from apps.accounts.models import ApiToken, KeptAnswer, User
from apps.core import clock
from apps.core.problems import TooLarge, Unfit, Unreadable, problem_response

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    GetResponse = Callable[[HttpRequest], HttpResponseBase]

HEADER = "Idempotency-Key"
# Any value a program can send in a header: a UUID, or one in quotes, as in structured fields.
KEY = re.compile(r"[\x21-\x7e]{1,200}")
# Headers stored with an answer; all others are made again.
KEPT_HEADERS = (
    *("Content-Type", "Location", "ETag", "Cache-Control", "Content-Language"),
    # Whether another site may read it: only the view knows.
    *("Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Cross-Origin-Resource-Policy"),
)


def done_once(get_response: GetResponse) -> GetResponse:
    """Only for requests with a session or a token: without either, a key belongs to nobody."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        key = request.headers.get(HEADER)
        if key is None or request.method != "POST" or not request.path.startswith("/api/"):
            return get_response(request)
        if not KEY.fullmatch(key):
            return problem_response(Unreadable(_("An Idempotency-Key has 1 to 200 letters, digits and signs.")))
        try:
            asked = hashlib.sha256(b"\0".join((request.get_full_path().encode(), _unwrapped(request)))).hexdigest()
        except RequestDataTooBig:
            return problem_response(TooLarge(_("That request is too big for an Idempotency-Key. Send it without one.")))
        person, token = _who_asks(request)
        if person is None:
            return get_response(request)
        if _only_looks(request):
            return _seen_once(request, get_response, asked, {"person": person, "token": token, "key": key})
        with transaction.atomic():
            # A request at the same moment waits here for the first, and then finds its answer.
            kept, is_new = KeptAnswer.objects.get_or_create(
                person=person, token=token, key=key, defaults={"asked": asked, "made_at": clock.now()}
            )
            return _kept(kept, get_response(request)) if is_new else _again(kept, asked)

    return middleware


def forget_answers(before: datetime, limit: int) -> int:
    some = list(KeptAnswer.objects.filter(made_at__lt=before).order_by("made_at").values_list("pk", flat=True)[:limit])
    return KeptAnswer.objects.filter(pk__in=some).delete()[0]


def with_the_header(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """Add the header to each POST in the API's description."""
    told = {
        "in": "header",
        "name": HEADER,
        "schema": {"type": "string", "maxLength": 200},
        "description": "Whoever signs in or has a token asks once more with the same key within a day, and is given the "
        "first answer: it is not done again.",
    }
    for path in result["paths"].values():
        if "post" in path:
            path["post"].setdefault("parameters", []).append(told)
    return result


def _unwrapped(request: HttpRequest) -> bytes:
    """The body, or for a form with files the digests of its parts: programs draw a new boundary each time they send it.

    Raises RequestDataTooBig, so that little is held in memory.
    """
    boundary = (request.content_params or {}).get("boundary")
    if request.content_type != "multipart/form-data" or not boundary:
        return request.body
    parts = request.body.split(b"--" + boundary.encode())
    return b"".join(hashlib.sha256(part).digest() for part in parts)


def _who_asks(request: HttpRequest) -> tuple[User | None, ApiToken | None]:
    """The person and token that the API itself will find; None for those it will turn away."""
    asking = Request(request, authenticators=[one() for one in (BearerToken, SessionAuthentication)])
    try:
        person, token = asking.user, asking.auth
    except APIException:
        return None, None
    return (person, token) if isinstance(person, User) else (None, None)  # type: ignore[return-value] # the stubs know REST framework's own tokens only


def _again(kept: KeptAnswer, asked: str) -> HttpResponse:
    if kept.asked != asked:
        return problem_response(Unfit(_("That Idempotency-Key was used for something else. Use a new one.")))
    response = HttpResponse(bytes(kept.body), status=kept.status)
    for name, value in kept.headers.items():
        response[name] = value
    return response


def _only_looks(request: HttpRequest) -> bool:
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return getattr(getattr(view, "cls", None), "only_looks", False) is True


def _seen_once(request: HttpRequest, get_response: GetResponse, asked: str, whose: dict[str, Any]) -> HttpResponseBase:
    """Nothing is done twice where nothing is done: who asks at the same moment looks too, and is told what was kept first."""
    kept = KeptAnswer.objects.filter(**whose).first()
    if kept is not None:
        return _again(kept, asked)
    response = get_response(request)
    if not _is_kept(response):
        return response
    answered = {"asked": asked, "made_at": clock.now(), **_said_by(response)}
    kept, is_new = KeptAnswer.objects.get_or_create(**whose, defaults=answered)
    return response if is_new else _again(kept, asked)


def _kept(kept: KeptAnswer, response: HttpResponseBase) -> HttpResponseBase:
    if connection.needs_rollback:  # it failed: nothing of it is kept
        return response
    if not _is_kept(response):
        kept.delete()
        return response
    for name, value in _said_by(response).items():
        setattr(kept, name, value)
    kept.save(update_fields=["status", "headers", "body"])
    return response


def _is_kept(response: HttpResponseBase) -> TypeGuard[HttpResponse]:
    return isinstance(response, HttpResponse) and response.status_code < HTTPStatus.MULTIPLE_CHOICES


def _said_by(response: HttpResponse) -> dict[str, Any]:
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    return {"status": response.status_code, "headers": headers, "body": response.content}
