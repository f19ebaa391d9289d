"""For those who run an issuer: credentials whose decision changed after they were issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.reviews import queries, verbs
from apps.reviews.api.common import asked_of
from apps.reviews.models import LONGEST_WORDS, Consequence
from apps.submissions.api.shapes import WordsField

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class ConsequenceSerializer(serializers.ModelSerializer[Consequence]):
    """A credential whose decision changed after it was issued: the outcomes and the reason, but nothing of the
    evidence.
    """

    id = serializers.CharField(source="public_id")
    credential = serializers.CharField(source="credential.public_id")
    achievement = serializers.CharField(source="credential.version.achievement.slug")
    before = serializers.CharField(source="decision.replaces.outcome")
    after = serializers.CharField(source="decision.outcome")

    class Meta:
        model = Consequence
        fields: tuple[str, ...] = ("id", "credential", "achievement", "before", "after", "opened_at", "done", "done_at")


class LevelChangeSerializer(serializers.Serializer[Any]):
    criterion = serializers.CharField(source="criterion.code")
    before = serializers.CharField()
    after = serializers.CharField()


class ConsequenceWithLevelsSerializer(ConsequenceSerializer):
    levels = serializers.SerializerMethodField()
    reason = serializers.CharField(source="decision.reason")
    note = serializers.CharField()

    class Meta(ConsequenceSerializer.Meta):
        fields = (*ConsequenceSerializer.Meta.fields, "reason", "levels", "note")

    @extend_schema_field(LevelChangeSerializer(many=True))
    def get_levels(self, consequence: Consequence) -> list[dict[str, Any]]:
        return list(LevelChangeSerializer(queries.levels_compared(consequence), many=True).data)


class NewDoneSerializer(serializers.Serializer[Any]):
    done = serializers.ChoiceField(Consequence.Done.choices)
    note = WordsField(max_length=LONGEST_WORDS)


class Consequences(generics.ListAPIView[Consequence]):
    """Your organisations' credentials whose decision changed after they were issued."""

    serializer_class = ConsequenceSerializer
    scopes = {"GET": Scope.AWARDS_READ}
    ordering = ("-opened_at", "-pk")

    def get_queryset(self) -> QuerySet[Consequence]:
        return queries.consequences_for(person_of(self.request))


class ConsequenceDetail(APIView):
    """One of them, with its levels."""

    scopes = {"GET": Scope.AWARDS_READ, "POST": Scope.AWARDS_WRITE}

    @extend_schema(responses=ConsequenceWithLevelsSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        return Response(ConsequenceWithLevelsSerializer(_consequence(request, public_id)).data)

    @extend_schema(request=NewDoneSerializer, responses=ConsequenceWithLevelsSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Revoke the credential, replace it with the changed result, or leave it as it is; and say why."""
        found, asked = _consequence(request, public_id), asked_of(request, NewDoneSerializer)
        verbs.see_to(found, by=person_of(request), **asked.validated_data)
        return Response(ConsequenceWithLevelsSerializer(_consequence(request, public_id)).data)


def _consequence(request: Request, public_id: str) -> Consequence:
    return get_object_or_404(queries.consequences_for(person_of(request)), public_id=public_id)
