"""The letter of an answer, for programs of who judges."""

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
    """How the newest letter about an answer stands, and since when; not where it went. `here`: they are told on their own
    page alone. `why_not`: why it is not to be sent again; empty where it may be.
    """

    state = serializers.ChoiceField((*Letter.State.values, "here"), source="posted.state")
    at = serializers.DateTimeField(source="posted.at")
    why_not = serializers.CharField()


class SendAgain(APIView):
    """The letter of an answer, once more."""

    scopes = {"POST": Scope.REVIEWS_WRITE}

    @extend_schema(request=None, responses=LetterSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Have what was answered mailed to the learner once more: a letter that came back, or did not arrive."""
        attempt = handed_in(request, public_id)
        verbs.send_again(attempt, by=person_of(request))
        return Response(LetterSerializer(queries.letter_about(attempt)).data)
