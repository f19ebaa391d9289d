"""Submissions in the API: the list, one of them, handing in, trying again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.core import clock
from apps.issuers.models import AchievementVersion
from apps.submissions import queries, verbs
from apps.submissions.api.common import own
from apps.submissions.api.shapes import AttemptSerializer, AttemptWithGapsSerializer
from apps.submissions.api.told import TOLD, TalkSerializer
from apps.submissions.models import Attempt, Submission

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


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
            "route",
            "started_at",
            "submitted_at",
            "answer_by",
            "decided_at",
            "sample_since",
        )
        read_only_fields = ("state", "route", "started_at", "submitted_at", "answer_by", "decided_at", "sample_since")


class ExpectationSerializer(serializers.Serializer[Any]):
    """`measured`: from how fast work for this badge was answered lately; otherwise `day` is the promised one."""

    day = serializers.DateField(allow_null=True)
    ahead = serializers.IntegerField(help_text="How many wait before it")
    measured = serializers.BooleanField()


class SubmissionWithAttemptsSerializer(SubmissionSerializer):
    """`expected` is the day by which an answer can be expected; for a draft, if it were handed in now.

    `talk_is_due`: you have to talk with an assessor before the next attempt. `talk`: what you agreed in the latest.
    """

    expected = serializers.SerializerMethodField()
    talk_is_due = serializers.SerializerMethodField()
    talk = serializers.SerializerMethodField()
    attempts = AttemptSerializer(source="told", many=True, read_only=True)

    class Meta(SubmissionSerializer.Meta):
        fields = (*SubmissionSerializer.Meta.fields, "expected", "talk_is_due", "talk", "attempts")

    @extend_schema_field(ExpectationSerializer(allow_null=True))
    def get_expected(self, found: Submission) -> dict[str, Any] | None:
        if found.state not in {*queries.WAITING, Submission.State.DRAFT}:
            return None
        return dict(ExpectationSerializer(queries.expected_by(found, clock.now())).data)

    def get_talk_is_due(self, found: Submission) -> bool:
        return queries.talk_is_due(found)

    @extend_schema_field(TalkSerializer(allow_null=True))
    def get_talk(self, found: Submission) -> dict[str, Any] | None:
        talk = found.coach_talks.order_by("-after_attempt").first()
        return dict(TalkSerializer(talk).data) if talk else None


class NewSubmissionSerializer(serializers.Serializer[Any]):
    achievement = serializers.SlugField()
    route = serializers.ChoiceField(Submission.Route.choices, default=Submission.Route.WORK)


class SampleSerializer(serializers.Serializer[Any]):
    lent = serializers.BooleanField(help_text="Whether it may serve as an anonymous sample, for assessors to learn on")


class RouteSerializer(serializers.Serializer[Any]):
    route = serializers.ChoiceField(Submission.Route.choices)


class Submissions(generics.ListCreateAPIView[Submission]):
    """Your submissions. POST `{"achievement": "<slug>"}` starts one, or returns the one under way."""

    serializer_class = SubmissionSerializer
    scopes = {"GET": Scope.SUBMISSIONS_READ, "POST": Scope.SUBMISSIONS_WRITE}
    ordering = ("-started_at", "pk")

    def get_queryset(self) -> QuerySet[Submission]:
        return Submission.objects.filter(learner=person_of(self.request)).select_related("achievement", "version")

    @extend_schema(request=NewSubmissionSerializer, responses={201: SubmissionSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = NewSubmissionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        slug, route = asked.validated_data["achievement"], asked.validated_data["route"]
        version = get_object_or_404(AchievementVersion.objects.public(), achievement__slug=slug)
        started = verbs.start(version, by=person_of(request), route=route)
        return Response(SubmissionSerializer(started).data, status=status.HTTP_201_CREATED)


class SubmissionDetail(generics.RetrieveAPIView[Submission]):
    """One of your submissions, with its attempts and what you were told about them. PATCH `{"route": …}` chooses its
    route, until it is handed in.
    """

    serializer_class = SubmissionWithAttemptsSerializer
    scopes = {"GET": Scope.SUBMISSIONS_READ, "PATCH": Scope.SUBMISSIONS_WRITE}
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Submission]:
        mine = Submission.objects.filter(learner=person_of(self.request))
        attempts = Attempt.objects.select_related("answer", "returned").prefetch_related(*TOLD)
        return mine.select_related("achievement", "version__achievement__issuer").prefetch_related(
            Prefetch("attempts", attempts, to_attr="told")
        )

    @extend_schema(request=RouteSerializer, responses=SubmissionSerializer)
    def patch(self, request: Request, public_id: str) -> Response:
        found = own(request, public_id)
        asked = RouteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        chosen = verbs.choose_route(found, by=person_of(request), route=asked.validated_data["route"])
        return Response(SubmissionSerializer(chosen).data)


class Submit(APIView):
    """Hand in the open attempt of a submission."""

    scopes = {"POST": Scope.SUBMISSIONS_WRITE}
    limits = {"POST": "submit"}

    @extend_schema(request=None, responses=SubmissionSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Hand it in. Nothing can be changed after that; the attempt's `missing` says what it still lacks."""
        attempt = own(request, public_id).attempts.latest("number")
        return Response(SubmissionSerializer(verbs.submit(attempt, by=person_of(request))).data)


class TryAgain(APIView):
    """Try again after a “not yet”."""

    scopes = {"POST": Scope.SUBMISSIONS_WRITE}

    @extend_schema(request=None, responses={201: AttemptWithGapsSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        """Open the next attempt, with everything carried over from the last."""
        attempt = verbs.try_again(own(request, public_id), by=person_of(request))
        return Response(AttemptWithGapsSerializer(attempt).data, status=status.HTTP_201_CREATED)


class Withdraw(APIView):
    """Withdraw work."""

    scopes = {"POST": Scope.SUBMISSIONS_WRITE}

    @extend_schema(request=None, responses=SubmissionSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Withdraw the submission, if it isn't decided yet."""
        return Response(SubmissionSerializer(verbs.withdraw(own(request, public_id), by=person_of(request))).data)


class Reopen(APIView):
    """Continue work that was withdrawn or has lapsed."""

    scopes = {"POST": Scope.SUBMISSIONS_WRITE}

    @extend_schema(request=None, responses={201: AttemptWithGapsSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        """Reopen the submission. The response is the attempt that is now open."""
        attempt = verbs.reopen(own(request, public_id), by=person_of(request))
        return Response(AttemptWithGapsSerializer(attempt).data, status=status.HTTP_201_CREATED)


class LendSample(APIView):
    """Whether work may serve as a sample."""

    scopes = {"POST": Scope.SUBMISSIONS_WRITE}

    @extend_schema(request=SampleSerializer, responses=SubmissionSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Let it serve as an anonymous sample, or stop that: at any time, in any state."""
        found = own(request, public_id)
        asked = SampleSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = verbs.lend_sample(found, by=person_of(request), lent=asked.validated_data["lent"])
        return Response(SubmissionSerializer(said).data)


class ChangeVersion(APIView):
    """Move a submission to the newest version."""

    scopes = {"POST": Scope.SUBMISSIONS_WRITE}

    @extend_schema(request=None, responses=SubmissionSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Continue with the newest version of the achievement, if nothing was handed in yet. Pieces keep supporting
        the criteria that continue in it.
        """
        return Response(SubmissionSerializer(verbs.change_version(own(request, public_id), by=person_of(request))).data)
