"""Attempts in the API: their texts, and what was frozen of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.core.problems import Conflict
from apps.submissions import export, manifest, verbs
from apps.submissions.api.changes import ChangesSerializer, SinceSerializer, changes_of
from apps.submissions.api.common import own_attempt
from apps.submissions.api.shapes import AttemptWithGapsSerializer, DraftSerializer, SavedAttemptSerializer
from apps.submissions.api.told import TOLD
from apps.submissions.models import Attempt

if TYPE_CHECKING:
    from rest_framework.request import Request

NOT_FROZEN = OpenApiResponse(description="Not handed in yet, or its files are still being checked.")


class AttemptDetail(APIView):
    """The texts of one attempt, and what you were told about it."""

    scopes = {"GET": Scope.SUBMISSIONS_READ, "PATCH": Scope.SUBMISSIONS_WRITE}

    @extend_schema(responses=AttemptWithGapsSerializer)
    def get(self, request: Request, public_id: str, number: int) -> Response:
        """One of your attempts: while it is open, with what is missing; once it is decided, with the answer."""
        attempt = own_attempt(request, public_id, number)
        prefetch_related_objects([attempt], *TOLD)
        return Response(AttemptWithGapsSerializer(attempt).data)

    @extend_schema(request=DraftSerializer, responses=SavedAttemptSerializer)
    def patch(self, request: Request, public_id: str, number: int) -> Response:
        """Save texts of an open attempt. What was saved elsewhere since `edition` is merged, and nothing is lost."""
        attempt = own_attempt(request, public_id, number)
        asked = DraftSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        words = dict(asked.validated_data)
        saved = verbs.save_draft(attempt, by=person_of(request), edition=words.pop("edition"), **words)
        merged = [name for name, sent in words.items() if getattr(saved, name) != sent]
        return Response(AttemptWithGapsSerializer(saved).data | {"merged": merged})


class AttemptChanges(APIView):
    """What changed from one attempt to the next."""

    scopes = {"GET": Scope.SUBMISSIONS_READ}

    @extend_schema(parameters=[SinceSerializer], responses=ChangesSerializer)
    def get(self, request: Request, public_id: str, number: int) -> Response:
        """The texts that differ, and all pieces of both attempts, compared with the one before or with `since`."""
        attempt = own_attempt(request, public_id, number)
        earlier = Attempt.objects.visible_to(person_of(request)).filter(submission=attempt.submission_id)
        return Response(changes_of(request, attempt, earlier))


class _AnyKind(DefaultContentNegotiation):
    """For an address with only one media type, whatever the client accepts."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class AttemptManifest(APIView):
    """The frozen manifest."""

    scopes = {"GET": Scope.SUBMISSIONS_READ}
    content_negotiation_class = _AnyKind

    @extend_schema(responses={200: OpenApiTypes.OBJECT, 409: NOT_FROZEN})
    def get(self, request: Request, public_id: str, number: int) -> HttpResponse:
        """What was handed in, with a SHA-256 for each piece, byte for byte as it was summed."""
        attempt = _frozen(own_attempt(request, public_id, number))
        return HttpResponse(attempt.manifest, content_type="application/json")


class AttemptExport(APIView):
    """A frozen attempt as one ZIP."""

    scopes = {"GET": Scope.SUBMISSIONS_READ}
    limits = {"GET": "export"}
    content_negotiation_class = _AnyKind

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY, 409: NOT_FROZEN})
    def get(self, request: Request, public_id: str, number: int) -> StreamingHttpResponse:
        """Everything that was handed in, with sums that `sha256sum -c SHA256SUMS` checks. It is streamed as it is
        written.
        """
        attempt = _frozen(own_attempt(request, public_id, number))
        chunks = export.archive(attempt, reader=person_of(request)) if request.method == "GET" else ()
        response = StreamingHttpResponse(chunks, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="{export.file_name(attempt)}"'
        response["Cache-Control"] = "no-store"
        return response


def _frozen(attempt: Attempt) -> Attempt:
    if why := manifest.why_none(attempt):
        raise Conflict(why)
    return attempt
