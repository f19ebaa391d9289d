from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.issuers.models import AchievementVersion
from apps.submissions import verbs
from apps.submissions.models import Attempt, Submission

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    id = serializers.CharField(source="public_id")

    class Meta:
        model = Attempt
        fields = ("id", "number", "state", "overview", "reflection", "submitted_at", "manifest_sha256")


class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    id = serializers.CharField(source="public_id", read_only=True)
    achievement = serializers.SlugField(source="achievement.slug")
    version = serializers.IntegerField(source="version.number", read_only=True)

    class Meta:
        model = Submission
        fields: tuple[str, ...] = (
            "id",
            "achievement",
            "version",
            "state",
            "started_at",
            "submitted_at",
            "answer_by",
            "decided_at",
        )
        read_only_fields = ("state", "started_at", "submitted_at", "answer_by", "decided_at")


class SubmissionWithAttemptsSerializer(SubmissionSerializer):
    attempts = AttemptSerializer(many=True, read_only=True)

    class Meta(SubmissionSerializer.Meta):
        fields = (*SubmissionSerializer.Meta.fields, "attempts")


class Submissions(generics.ListCreateAPIView[Submission]):
    """Your submissions. POST `{"achievement": "<slug>"}` starts one, or gives back the one under way."""

    serializer_class = SubmissionSerializer
    scopes = {"GET": Scope.SUBMISSIONS_READ, "POST": Scope.SUBMISSIONS_WRITE}
    ordering = ("-started_at", "pk")

    def get_queryset(self) -> QuerySet[Submission]:
        return Submission.objects.filter(learner=person_of(self.request)).select_related("achievement", "version")

    @extend_schema(request=SubmissionSerializer, responses={201: SubmissionSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = SubmissionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        slug = asked.validated_data["achievement"]["slug"]
        version = get_object_or_404(AchievementVersion.objects.public(), achievement__slug=slug)
        started = verbs.start(version, by=person_of(request))
        return Response(SubmissionSerializer(started).data, status=status.HTTP_201_CREATED)


class SubmissionDetail(generics.RetrieveAPIView[Submission]):
    """One of your submissions with its attempts."""

    serializer_class = SubmissionWithAttemptsSerializer
    scopes = {"GET": Scope.SUBMISSIONS_READ}
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Submission]:
        mine = Submission.objects.filter(learner=person_of(self.request))
        return mine.select_related("achievement", "version").prefetch_related("attempts")
