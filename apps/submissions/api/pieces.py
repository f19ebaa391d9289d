"""Pieces of evidence in the API: add, edit, map, order, remove."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.core.problems import Away, Full
from apps.core.refused import Refused
from apps.submissions import parts, said, verbs
from apps.submissions.api.common import own_attempt, own_piece, rubric_of
from apps.submissions.api.shapes import (
    AnotherFileSerializer,
    ChangedEvidenceSerializer,
    CriteriaSerializer,
    EvidenceSerializer,
    NewEvidenceSerializer,
    OrderSerializer,
)
from apps.submissions.models import Attempt, EvidenceItem
from apps.submissions.verbs import About

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rest_framework.request import Request


class EvidenceList(APIView):
    """The pieces of one attempt."""

    scopes = {"GET": Scope.SUBMISSIONS_READ, "POST": Scope.SUBMISSIONS_WRITE}
    limits = {"POST": "upload"}

    @extend_schema(operation_id="submissions_attempts_evidence_list", responses=EvidenceSerializer(many=True))
    def get(self, request: Request, public_id: str, number: int) -> Response:
        """The pieces in order, fifty at most."""
        return Response(_told(own_attempt(request, public_id, number)))

    @extend_schema(
        request={"application/json": NewEvidenceSerializer, "multipart/form-data": NewEvidenceSerializer},
        responses={201: EvidenceSerializer},
    )
    def post(self, request: Request, public_id: str, number: int) -> Response:
        """Add a piece: a link, a text, a badge from your backpack, a file as multipart, or one already uploaded in
        parts. Adding the same piece again returns the first.
        """
        attempt = own_attempt(request, public_id, number)
        asked = NewEvidenceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        by, criteria = person_of(request), asked.supported(rubric_of(attempt))
        with _pointed_at("file", attempt, asked.validated_data):
            piece = verbs.add_evidence(attempt, by=by, criteria=criteria, about=asked.about(), **asked.given(by))
        return Response(EvidenceSerializer(piece).data, status=status.HTTP_201_CREATED)


class EvidenceOrder(APIView):
    """The order of an attempt's pieces."""

    scopes = {"PUT": Scope.SUBMISSIONS_WRITE}

    @extend_schema(request=OrderSerializer, responses=EvidenceSerializer(many=True))
    def put(self, request: Request, public_id: str, number: int) -> Response:
        """Set the order of the pieces."""
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

    @extend_schema(request=ChangedEvidenceSerializer, responses=EvidenceSerializer)
    def patch(self, request: Request, public_id: str) -> Response:
        """Change its details. What is left out stays."""
        piece = own_piece(request, public_id)
        asked = ChangedEvidenceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        if "text" in asked.validated_data and piece.kind not in EvidenceItem.TEXTS:
            raise exceptions.ValidationError({"text": [_("This kind of evidence has none.")]}, code="not_wanted")
        began = said.of(piece)
        given, before = asked.validated_data, vars(began.about)
        if "criteria" in given:
            criteria = asked.supported(rubric_of(piece.attempt))
        else:
            criteria = {one.criterion: one.place for one in piece.supports.select_related("criterion")}
        about = About(**{name: given.get(name, as_it_was) for name, as_it_was in before.items()})
        text = given.get("text", began.text)
        edited = verbs.edit_evidence(
            piece, by=person_of(request), about=about, criteria=criteria, text=text, began=began.fields()
        )
        return Response(EvidenceSerializer(edited).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Remove it from an open attempt."""
        verbs.remove_evidence(own_piece(request, public_id), by=person_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class EvidenceFile(APIView):
    """The file of a piece."""

    scopes = {"PUT": Scope.SUBMISSIONS_WRITE}
    limits = {"PUT": "upload"}

    @extend_schema(
        request={"application/json": AnotherFileSerializer, "multipart/form-data": AnotherFileSerializer},
        responses=EvidenceSerializer,
    )
    def put(self, request: Request, public_id: str) -> Response:
        """Replace its file. Its details and the criteria it supports stay."""
        piece = own_piece(request, public_id)
        asked = AnotherFileSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        by = person_of(request)
        if not piece.has_file:
            raise exceptions.ValidationError({"file": [_("This kind of evidence has none.")]}, code="not_wanted")
        with _pointed_at("file", piece.attempt, asked.validated_data):
            piece = verbs.replace_file(piece, by=by, upload=asked.given(by))
        return Response(EvidenceSerializer(piece).data)


class EvidenceCriteria(APIView):
    """The criteria that a piece supports."""

    scopes = {"PUT": Scope.SUBMISSIONS_WRITE}

    @extend_schema(request=CriteriaSerializer, responses=EvidenceSerializer)
    def put(self, request: Request, public_id: str) -> Response:
        """Replace the criteria that a piece supports, and where in it to look."""
        piece = own_piece(request, public_id)
        asked = CriteriaSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        verbs.map_evidence(piece, by=person_of(request), criteria=asked.supported(rubric_of(piece.attempt)))
        return Response(EvidenceSerializer(piece).data)


@contextmanager
def _pointed_at(name: str, attempt: Attempt, sent: Mapping[str, Any]) -> Iterator[None]:
    """Report a problem with the file that was sent at its field; problems with any file are not."""
    try:
        yield
    except parts.NoRoom as refusal:
        raise Full(str(refusal)) from None
    except parts.Away as refusal:
        raise Away(str(refusal)) from None
    except Refused as refusal:
        if name in sent and attempt.state == Attempt.State.OPEN:
            raise exceptions.ValidationError({name: [str(refusal)]}) from None
        raise


def _told(attempt: Attempt) -> list[dict[str, Any]]:
    pieces = attempt.evidence.select_related("foreign").prefetch_related("supports__criterion")
    return list(EvidenceSerializer(pieces, many=True).data)
