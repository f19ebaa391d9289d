"""The letter with an answer, for assessors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.notices.models import Letter
from apps.reviews import queries, verbs
from apps.reviews.api.common import handed_in

if TYPE_CHECKING:
    from rest_framework.request import Request


class LetterSerializer(serializers.Serializer[Any]):
    """The state of the newest letter about an answer, and since when, but not its address. `here`: the learner is
    told only on their own page. `why_not`: why it can't be sent again; empty if it can.
    """

    state = serializers.ChoiceField((*Letter.State.values, "here"), source="posted.state")
    at = serializers.DateTimeField(source="posted.at")
    why_not = serializers.CharField()


class SendAgain(APIView):
    """Send the letter with an answer again."""

    scopes = {"POST": Scope.REVIEWS_WRITE}

    @extend_schema(request=None, responses=LetterSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Mail the learner the letter with their answer again, for example if it bounced or never arrived."""
        attempt = handed_in(request, public_id)
        verbs.send_again(attempt, by=person_of(request))
        return Response(LetterSerializer(queries.letter_about(attempt)).data)
