"""The learner's side of the thread in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.submissions import queries, verbs
from apps.submissions.api.common import own
from apps.submissions.api.shapes import WordsField
from apps.submissions.models import LONGEST_MESSAGE

if TYPE_CHECKING:
    from rest_framework.request import Request


class NewMessageSerializer(serializers.Serializer[Any]):
    text = WordsField(max_length=LONGEST_MESSAGE)


class MessageSerializer(serializers.Serializer[Any]):
    """`who` is a name only if you may know it."""

    id = serializers.CharField(source="message.public_id")
    who = serializers.CharField()
    is_mine = serializers.BooleanField()
    is_new = serializers.BooleanField()
    text = serializers.CharField()
    written_at = serializers.DateTimeField(source="message.written_at")


class Thread(APIView):
    """The messages between you and the assessors. They use up no attempt."""

    scopes = {"GET": Scope.SUBMISSIONS_READ, "POST": Scope.SUBMISSIONS_WRITE}
    limits = {"POST": "message"}

    @extend_schema(responses=MessageSerializer(many=True))
    def get(self, request: Request, public_id: str) -> Response:
        """The messages, oldest first. Reading them here doesn't mark them as read on the page."""
        said = queries.thread_of(own(request, public_id), person_of(request))
        return Response(MessageSerializer(said, many=True).data)

    @extend_schema(request=NewMessageSerializer, responses={201: MessageSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        """Write to the assessors. A message can't be changed once it is sent. They can read it once you have handed in
        your work.
        """
        by, found = person_of(request), own(request, public_id)
        asked = NewMessageSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        sent = verbs.write_message(found, by=by, text=asked.validated_data["text"])
        said = next(one for one in queries.thread_of(found, by) if one.message == sent)
        return Response(MessageSerializer(said).data, status=status.HTTP_201_CREATED)
