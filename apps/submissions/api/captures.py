"""Captures of links in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.submissions import verbs
from apps.submissions.api.common import own_piece
from apps.submissions.models import Capture

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class CaptureSerializer(serializers.ModelSerializer[Capture]):
    """One look at a link. `sha256` is the sum of the response, `text_sha256` that of the text kept from it; `same_as`
    is the capture that first had the same text.
    """

    id = serializers.CharField(source="public_id")
    same_as = serializers.SlugRelatedField[Capture](slug_field="public_id", read_only=True)

    class Meta:
        model = Capture
        fields = (
            *("id", "url", "at", "outcome", "why", "media_type", "title", "size", "sha256", "text_sha256"),
            "same_as",
        )


class EvidenceCaptures(generics.ListAPIView[Capture]):
    """What a link of yours showed each time it was captured."""

    serializer_class = CaptureSerializer
    scopes = {"GET": Scope.SUBMISSIONS_READ}
    ordering = ("-at", "-pk")

    def get_queryset(self) -> QuerySet[Capture]:
        piece = own_piece(self.request, self.kwargs["public_id"])
        looks = Capture.objects.of_link(piece.attempt.submission_id, piece.url)
        return looks.select_related("same_as").defer("text", "same_as__text")

    @extend_schema(operation_id="evidence_captures_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The captures, newest first. There are none for a piece that isn't a link."""
        return super().get(request, *args, **kwargs)


class CaptureAgain(APIView):
    """Capture a link again."""

    scopes = {"POST": Scope.SUBMISSIONS_WRITE}
    limits = {"POST": "capture"}

    @extend_schema(request=None, responses={202: None})
    def post(self, request: Request, public_id: str) -> Response:
        """Capture the link again. A job does it, and the result then joins the others."""
        verbs.capture_again(own_piece(request, public_id), by=person_of(request))
        return Response(status=status.HTTP_202_ACCEPTED)
