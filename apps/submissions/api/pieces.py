"""Pieces of evidence for programs: added, described, mapped, ordered, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.core.problems import Away, Full
from apps.core.refused import Refused
from apps.submissions import parts, verbs
from apps.submissions.api.common import own_attempt, own_piece
from apps.submissions.api.shapes import (
    AboutSerializer,
    CriteriaSerializer,
    EvidenceSerializer,
    NewEvidenceSerializer,
    OrderSerializer,
)
from apps.submissions.models import Attempt
from apps.submissions.verbs import About

if TYPE_CHECKING:
    from rest_framework.request import Request

    from apps.issuers.models import Criterion


class EvidenceList(APIView):
    """The pieces of one attempt."""

    scopes = {"GET": Scope.SUBMISSIONS_READ, "POST": Scope.SUBMISSIONS_WRITE}
    limits = {"POST": "upload"}

    @extend_schema(operation_id="submissions_attempts_evidence_list", responses=EvidenceSerializer(many=True))
    def get(self, request: Request, public_id: str, number: int) -> Response:
        """Its pieces in their order: fifty at most."""
        return Response(_told(own_attempt(request, public_id, number)))

    @extend_schema(
        request={"application/json": NewEvidenceSerializer, "multipart/form-data": NewEvidenceSerializer},
        responses={201: EvidenceSerializer},
    )
    def post(self, request: Request, public_id: str, number: int) -> Response:
        """Add a piece: a link, a text, a badge from your backpack, or a file as multipart. The same again is one."""
        attempt = own_attempt(request, public_id, number)
        asked = NewEvidenceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        by, criteria = person_of(request), asked.supported(_rubric(attempt))
        try:
            piece = verbs.add_evidence(attempt, by=by, criteria=criteria, about=asked.about(), **asked.given(by))
        except parts.NoRoom as refusal:
            raise Full(str(refusal)) from None
        except parts.Away as refusal:
            raise Away(str(refusal)) from None
        except Refused as refusal:
            if "file" in asked.validated_data and attempt.state == Attempt.State.OPEN:
                raise exceptions.ValidationError({"file": [str(refusal)]}) from None
            raise
        return Response(EvidenceSerializer(piece).data, status=status.HTTP_201_CREATED)


class EvidenceOrder(APIView):
    """The order of an attempt's pieces."""

    scopes = {"PUT": Scope.SUBMISSIONS_WRITE}

    @extend_schema(request=OrderSerializer, responses=EvidenceSerializer(many=True))
    def put(self, request: Request, public_id: str, number: int) -> Response:
        """Put the pieces into an order."""
        attempt = own_attempt(request, public_id, number)
        asked = OrderSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        verbs.order_evidence(attempt, by=person_of(request), order=asked.validated_data["order"])
        return Response(_told(attempt))


class EvidencePiece(APIView):
    """One piece of evidence."""

    scopes = {
        "GET": Scope.SUBMISSIONS_READ,
        "PATCH": Scope.SUBMISSIONS_WRITE,
        "DELETE": Scope.SUBMISSIONS_WRITE,
    }

    @extend_schema(responses=EvidenceSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """One of your pieces."""
        return Response(EvidenceSerializer(own_piece(request, public_id)).data)

    @extend_schema(request=AboutSerializer, responses=EvidenceSerializer)
    def patch(self, request: Request, public_id: str) -> Response:
        """Say something else about it: what is left out stays."""
        piece = own_piece(request, public_id)
        asked = AboutSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given, before = asked.validated_data, {name: getattr(piece, name) for name in vars(About())}
        if "criteria" in given:
            criteria = asked.supported(_rubric(piece.attempt))
        else:
            criteria = {one.criterion: one.place for one in piece.supports.select_related("criterion")}
        about = About(**{name: given.get(name, said) for name, said in before.items()})
        edited = verbs.edit_evidence(piece, by=person_of(request), about=about, criteria=criteria)
        return Response(EvidenceSerializer(edited).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Take it out of an open attempt."""
        verbs.remove_evidence(own_piece(request, public_id), by=person_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class EvidenceCriteria(APIView):
    """What a piece supports."""

    scopes = {"PUT": Scope.SUBMISSIONS_WRITE}

    @extend_schema(request=CriteriaSerializer, responses=EvidenceSerializer)
    def put(self, request: Request, public_id: str) -> Response:
        """Say which criteria a piece supports, and where in it to look, in place of what was said before."""
        piece = own_piece(request, public_id)
        asked = CriteriaSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        verbs.map_evidence(piece, by=person_of(request), criteria=asked.supported(_rubric(piece.attempt)))
        return Response(EvidenceSerializer(piece).data)


def _told(attempt: Attempt) -> list[dict[str, Any]]:
    pieces = attempt.evidence.select_related("foreign").prefetch_related("supports__criterion")
    return list(EvidenceSerializer(pieces, many=True).data)


def _rubric(attempt: Attempt) -> dict[str, Criterion]:
    return {one.code: one for one in attempt.submission.version.criteria.all()}
