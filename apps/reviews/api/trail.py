"""The history and messages of a submission, and the workload of assessors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.issuers import policies as seats
from apps.reviews import queries
from apps.reviews.api.common import asked_of, handed_in
from apps.reviews.queries.story import story_of
from apps.submissions import queries as work
from apps.submissions import verbs as submissions
from apps.submissions.api.thread import MessageSerializer, NewMessageSerializer

if TYPE_CHECKING:
    from rest_framework.request import Request


class EntrySerializer(serializers.Serializer[Any]):
    """`what`, `who` and `more` in your language; `kind` for programs. `attempt` is 0 before the first was handed in.
    `id` is empty in blind work.
    """

    id = serializers.CharField(source="event")
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    attempt = serializers.IntegerField()
    what = serializers.CharField()
    who = serializers.CharField()
    more = serializers.CharField()


class Story(APIView):
    """The history of a submission, oldest first."""

    scopes = {"GET": Scope.REVIEWS_READ}

    @extend_schema(responses=EntrySerializer(many=True))
    def get(self, request: Request, public_id: str) -> Response:
        """What happened to this attempt's submission, as far as you may know. Blind work doesn't name its learner."""
        by, submission = person_of(request), handed_in(request, public_id).submission
        chapters = story_of(submission, reader=by, leads=seats.can_moderate(by, submission.achievement))
        entries = [one for chapter in chapters for one in chapter.entries]
        return Response(EntrySerializer(entries, many=True).data)


class DeskThread(APIView):
    """The messages between the learner and the assessors."""

    scopes = {"GET": Scope.REVIEWS_READ, "POST": Scope.REVIEWS_WRITE}
    limits = {"POST": "message"}

    @extend_schema(responses=MessageSerializer(many=True))
    def get(self, request: Request, public_id: str) -> Response:
        """The messages, oldest first. Reading them here doesn't mark them as read on the page."""
        said = work.thread_of(handed_in(request, public_id).submission, person_of(request))
        return Response(MessageSerializer(said, many=True).data)

    @extend_schema(request=NewMessageSerializer, responses={201: MessageSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        """Write to the learner, who is told by letter. A message can't be changed once it is sent."""
        by, submission = person_of(request), handed_in(request, public_id).submission
        asked = asked_of(request, NewMessageSerializer).validated_data
        sent = submissions.write_message(submission, by=by, text=asked["text"])
        said = next(one for one in work.thread_of(submission, by) if one.message == sent)
        return Response(MessageSerializer(said).data, status=status.HTTP_201_CREATED)


class LoadSerializer(serializers.Serializer[Any]):
    """Numbers of turns. `late`: of those held or offered; `sent`: within 30 days; `median_days`: how long those had
    waited; `offered_until`: when the first offer ends.
    """

    assessor = serializers.CharField(source="person.public_id")
    name = serializers.CharField(source="person")
    taken = serializers.IntegerField(source="held")
    offered = serializers.IntegerField()
    late = serializers.IntegerField()
    sent = serializers.IntegerField()
    median_days = serializers.FloatField(source="days", allow_null=True)
    offered_until = serializers.DateTimeField(source="until", allow_null=True)


class Workload(APIView):
    """The workload of each assessor whom you lead."""

    scopes = {"GET": Scope.REVIEWS_READ}

    @extend_schema(responses=LoadSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Everyone whom you lead, by name."""
        by = person_of(request)
        if not seats.moderates(by):
            raise PermissionDenied(_("You have no moderator's seat, so you can't see anybody's workload here."))
        return Response(LoadSerializer(queries.workload_of(by), many=True).data)
