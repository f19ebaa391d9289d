"""Look up what addresses name. Seats decide who may see work at all, as on the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from apps.accounts.http import person_of
from apps.accounts.models import User
from apps.core.refused import Refused
from apps.issuers.models import Achievement
from apps.reviews import queries
from apps.reviews.models import Turn

if TYPE_CHECKING:
    from rest_framework import serializers
    from rest_framework.request import Request

    from apps.submissions.models import Attempt


def asked_of(request: Request, shape: type[serializers.Serializer[Any]]) -> Any:
    """The request's data, read as `shape`. Raises ValidationError if it doesn't fit."""
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    return asked


def handed_in(request: Request, public_id: str) -> Attempt:
    """An attempt that was handed in, for someone who may assess it."""
    by = person_of(request)
    related = ("submission__version__achievement__issuer", "submission__learner", "answer")
    attempt = queries.at_desk(by).select_related(*related).filter(public_id=public_id).first()
    if attempt is None:
        if request.method != "GET" and (why := queries.why_it_went(by, public_id)):
            raise Refused(why)
        get_object_or_404(queries.seated_at(by), public_id=public_id)
        raise PermissionDenied(_("You cannot judge this one: the work is yours."))
    return attempt


def led_turn(request: Request, public_id: str) -> Turn:
    """A turn at a badge that this person leads."""
    led = Turn.objects.filter(achievement__in=Achievement.objects.moderated_by(person_of(request)))
    return get_object_or_404(led.select_related("attempt__submission"), public_id=public_id)


def colleague(public_id: str) -> User | None:
    """An active person by id, or None. Whether they may take the work is checked by the verb."""
    return User.objects.filter(public_id=public_id, is_active=True).first()
