"""The notes that a learner was told about their evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.reviews.models import Annotation
from apps.submissions.models import Attempt

if TYPE_CHECKING:
    from rest_framework.request import Request


class DeskNoteSerializer(serializers.ModelSerializer[Annotation]):
    """`criterion` is a code, `evidence` an id: either may be missing. `seconds` from the beginning."""

    id = serializers.CharField(source="public_id")
    evidence = serializers.CharField(source="evidence.public_id", default=None)
    criterion = serializers.CharField(source="criterion.code", default=None)

    class Meta:
        model = Annotation
        fields: ClassVar = ("id", "evidence", "criterion", "page", "seconds", "quote", "text")


class AttemptNotes(APIView):
    """The notes on one of your attempts that are meant for you."""

    scopes = {"GET": Scope.SUBMISSIONS_READ}

    @extend_schema(responses=DeskNoteSerializer(many=True))
    def get(self, request: Request, public_id: str, number: int) -> Response:
        """The notes on places in your evidence. There are none until the decision."""
        mine = Attempt.objects.filter(submission__learner=person_of(request))
        attempt = get_object_or_404(mine, submission__public_id=public_id, number=number)
        told = Annotation.objects.told().filter(review__assignment__attempt=attempt)
        told = told.select_related("evidence", "criterion").order_by("evidence__position", "seconds", "page", "pk")
        return Response(DeskNoteSerializer(told, many=True).data)
