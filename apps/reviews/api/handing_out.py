"""Leads hand out work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope, User
from apps.issuers.models import Achievement
from apps.reviews import verbs
from apps.reviews.api.common import asked_of, colleague, led_turn
from apps.reviews.api.shapes import (
    AssignmentSerializer,
    AssignSerializer,
    SharedOutSerializer,
    ShareOutSerializer,
)
from apps.reviews.models import Turn

if TYPE_CHECKING:
    from rest_framework.request import Request


class Assign(APIView):
    """Offer a turn to someone."""

    scopes = {"POST": Scope.REVIEWS_WRITE}

    @extend_schema(request=AssignSerializer, responses={201: AssignmentSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        """Ask a colleague to take it: it is kept for them."""
        turn, asked = led_turn(request, public_id), asked_of(request, AssignSerializer)
        to = colleague(asked.validated_data["to"])
        if to is None:
            raise serializers.ValidationError({"to": [_("There is no person with that id.")]})
        offered = verbs.assign(turn, to=to, by=person_of(request))
        return Response(AssignmentSerializer(offered).data, status=status.HTTP_201_CREATED)


class ShareOut(APIView):
    """Offer many turns at once, evenly."""

    scopes = {"POST": Scope.REVIEWS_WRITE}

    @extend_schema(request=ShareOutSerializer, responses=SharedOutSerializer)
    def post(self, request: Request) -> Response:
        """Offer each turn to the person with the least in hand who may judge it."""
        asked, by = asked_of(request, ShareOutSerializer).validated_data, person_of(request)
        led = Turn.objects.filter(achievement__in=Achievement.objects.moderated_by(by))
        turns = list(led.filter(public_id__in=asked["turns"]).select_related("attempt").order_by("due_on", "pk"))
        among = list(User.objects.filter(public_id__in=asked["among"], is_active=True).order_by("pk"))
        if len(turns) < len(set(asked["turns"])):
            raise serializers.ValidationError({"turns": [_("One of these is not yours to hand out.")]})
        shared = verbs.share_out(turns, among=among, by=by)
        left = [{"turn": turn.public_id, "why": why} for turn, why in shared.left]
        return Response({"offered": AssignmentSerializer(shared.offered, many=True).data, "left": left})
