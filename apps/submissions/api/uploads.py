"""Uploads in parts in the API: begin, receive, query, complete, cancel. A lost connection costs one part."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import UnreadablePostError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions, generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.core.api import LineField
from apps.core.ids import clean_id
from apps.submissions import bodies, verbs
from apps.submissions.api.common import own_attempt, own_upload, rubric_of, told_by_status
from apps.submissions.api.shapes import AboutSerializer, EvidenceSerializer
from apps.submissions.models import EvidenceItem, Upload, UploadPart

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from apps.issuers.models import Criterion

MOST_BYTES = 2**63 - 1
TOO_LARGE = OpenApiResponse(
    description="Larger than is taken here, than its criteria ask for, or than you have room for."
)
NOT_SENT = OpenApiResponse(description="Not the length or the sum that was announced: send it again.")
FULL = OpenApiResponse(description="The disk is full. What has arrived is kept: go on later.")


class UploadPartSerializer(serializers.ModelSerializer[UploadPart]):
    class Meta:
        model = UploadPart
        fields = ("number", "size", "sha256")


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """An upload. It has `count` parts, counted from one, each of `part_size` bytes except the last; `parts` are those
    that have arrived. `evidence` is the piece that it became.
    """

    id = serializers.CharField(source="public_id")
    attempt = serializers.IntegerField(source="attempt.number")
    name = serializers.CharField(source="file_name")
    count = serializers.IntegerField()
    parts = UploadPartSerializer(many=True)
    evidence = serializers.SlugRelatedField[EvidenceItem](source="piece", slug_field="public_id", read_only=True)

    class Meta:
        model = Upload
        fields = (
            *("id", "attempt", "state", "kind", "name", "title", "size", "part_size", "count", "parts", "evidence"),
            *("begun_at", "touched_at", "ended_at"),
        )


class BeginUploadSerializer(serializers.Serializer[Any]):
    """A file to upload. `criteria` are codes: their requirements limit its size."""

    name = LineField(max_length=1000)
    size = serializers.IntegerField(min_value=0, max_value=MOST_BYTES, help_text="In bytes")
    kind = serializers.ChoiceField([(one.value, one.label) for one in EvidenceItem.FILES])
    type = LineField(max_length=127, allow_blank=True, default="", help_text="As you call it; nobody relies on it")
    title = LineField(max_length=300, allow_blank=True, default="")
    criteria = serializers.ListField(child=serializers.CharField(max_length=40), max_length=200, default=list)
    instead_of = serializers.CharField(max_length=64, required=False, help_text="Of the piece whose file it replaces")

    def chosen(self, rubric: dict[str, Criterion]) -> list[Criterion]:
        for code in self.validated_data["criteria"]:
            if code not in rubric:
                words = _("The rubric has no criterion “%(code)s”.") % {"code": code}
                raise serializers.ValidationError({"criteria": [words]})
        return [rubric[code] for code in self.validated_data["criteria"]]


class AttemptUploads(generics.ListAPIView[Upload]):
    """The uploads of an attempt."""

    serializer_class = UploadSerializer
    scopes = {"GET": Scope.SUBMISSIONS_READ, "POST": Scope.SUBMISSIONS_WRITE}
    limits = {"POST": "upload"}
    ordering = ("-begun_at", "pk")

    def get_queryset(self) -> QuerySet[Upload]:
        attempt = own_attempt(self.request, self.kwargs["public_id"], self.kwargs["number"])
        mine = Upload.objects.visible_to(person_of(self.request)).filter(attempt=attempt)
        return mine.select_related("attempt", "piece").prefetch_related("parts")

    @extend_schema(operation_id="submissions_attempts_uploads_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The uploads, newest first, so that a client can continue after an interruption."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=BeginUploadSerializer, responses={201: UploadSerializer, 413: TOO_LARGE})
    def post(self, request: Request, public_id: str, number: int) -> Response:
        """Begin an upload. Any refusal comes before the file is sent. It lapses after a week without a part."""
        attempt = own_attempt(request, public_id, number)
        asked = BeginUploadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        chosen, told = asked.chosen(rubric_of(attempt)), asked.validated_data
        facts = {name: told[name] for name in ("name", "size", "kind", "title")}
        if "instead_of" in told:
            facts["instead_of"] = get_object_or_404(attempt.evidence, public_id=clean_id(told["instead_of"]))
        with told_by_status():
            begun = verbs.begin_upload(attempt, by=person_of(request), told_type=told["type"], criteria=chosen, **facts)
        return Response(UploadSerializer(begun).data, status=status.HTTP_201_CREATED)


class UploadDetail(APIView):
    """One upload."""

    scopes = {"GET": Scope.SUBMISSIONS_READ, "DELETE": Scope.SUBMISSIONS_WRITE}

    @extend_schema(responses=UploadSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """Which parts have arrived, with their sums: send the others."""
        return Response(UploadSerializer(own_upload(request, public_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Cancel it, and delete what has arrived."""
        verbs.cancel_upload(own_upload(request, public_id), by=person_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class UploadParts(APIView):
    """The parts of an upload."""

    scopes = {"PUT": Scope.SUBMISSIONS_WRITE}
    limits = {"PUT": "part"}

    @extend_schema(
        operation_id="uploads_parts_receive",
        parameters=[
            OpenApiParameter(
                "Content-Digest", str, OpenApiParameter.HEADER, description="RFC 9530, as in `sha-256=:…:`"
            )
        ],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={200: UploadPartSerializer, 422: NOT_SENT, 507: FULL},
    )
    def put(self, request: Request, public_id: str, number: int) -> Response:
        """The body is the bytes of one part. If it is sent again, the later one counts."""
        found = own_upload(request, public_id)
        with told_by_status():
            bodies.refuse_length(found, number, request.headers)
            sha256, stream = bodies.digest(request.headers), bodies.stream(request)
            try:
                part = verbs.receive_part(found, by=person_of(request), number=number, stream=stream, sha256=sha256)
            except (UnreadablePostError, ConnectionError, TimeoutError):
                raise exceptions.ParseError(_("The connection broke off. Send that part again.")) from None
        return Response(UploadPartSerializer(part).data)


class CompleteUpload(APIView):
    """Complete an upload whose parts have all arrived."""

    scopes = {"POST": Scope.SUBMISSIONS_WRITE}

    @extend_schema(request=AboutSerializer, responses=EvidenceSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Make a piece of evidence from it; or name it as `upload` when you add one. Called twice, it returns the
        same piece. A job reads and checks it: see `file_state`.
        """
        found = own_upload(request, public_id)
        asked = AboutSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        criteria, about = asked.supported(rubric_of(found.attempt)), asked.about()
        about = replace(about, title=about.title or found.title)
        with told_by_status():
            piece = verbs.complete_upload(found, by=person_of(request), about=about, criteria=criteria)
        return Response(EvidenceSerializer(piece).data)
