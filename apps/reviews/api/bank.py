"""The comment bank in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.core.searching import LONGEST
from apps.core.text import is_plain
from apps.issuers.models import Achievement
from apps.reviews import verbs
from apps.reviews.api.common import asked_of
from apps.reviews.models import LONGEST_COMMENT, BankComment, banks_of
from apps.submissions.api.shapes import WordsField

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class BankCommentSerializer(serializers.ModelSerializer[BankComment]):
    """Without `achievement` it fits any badge of the issuer; without `criterion` any criterion."""

    id = serializers.CharField(source="public_id")
    issuer = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    achievement = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    criterion = serializers.CharField(source="criterion_code")

    class Meta:
        model = BankComment
        fields: ClassVar = (
            *("id", "issuer", "achievement", "criterion", "text", "uses"),
            *("made_at", "edited_at", "retired_at"),
        )


class NewCommentSerializer(serializers.Serializer[Any]):
    """Where it fits: `achievement`, with `criterion` (a code) if need be; or `issuer`, for any of its badges."""

    issuer = serializers.SlugField(required=False)
    achievement = serializers.SlugField(required=False)
    criterion = serializers.CharField(max_length=40, allow_blank=True, default="")
    text = WordsField(max_length=LONGEST_COMMENT)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("issuer" in attrs) == ("achievement" in attrs):
            raise serializers.ValidationError(_("Name either a badge or an issuer."))
        if attrs["criterion"] and "achievement" not in attrs:
            raise serializers.ValidationError({"criterion": [_("A criterion belongs to a badge. Name that too.")]})
        return attrs


class CommentTextSerializer(serializers.Serializer[Any]):
    text = WordsField(max_length=LONGEST_COMMENT)


class BankComments(generics.ListAPIView[BankComment]):
    """The comments that you share with others who assess there."""

    serializer_class = BankCommentSerializer
    scopes = {"GET": Scope.REVIEWS_READ, "POST": Scope.REVIEWS_WRITE}
    limits = {"POST": "note"}
    ordering = ("-made_at", "pk")

    def get_queryset(self) -> QuerySet[BankComment]:
        found = BankComment.objects.visible_to(person_of(self.request)).select_related("issuer", "achievement")
        asked = self.request.query_params
        if "achievement" in asked:
            found = (
                found.filter(achievement__slug=asked["achievement"]) if is_plain(asked["achievement"]) else found.none()
            )
        if "criterion" in asked:
            found = found.filter(criterion_code=asked["criterion"]) if is_plain(asked["criterion"]) else found.none()
        if "retired" not in asked:
            found = found.kept()
        words = asked.get("q", "")[:LONGEST]
        return found.matching(words) if is_plain(words) else found.none()

    @extend_schema(
        parameters=[
            OpenApiParameter("achievement", OpenApiTypes.STR, description="Slug of a badge"),
            OpenApiParameter("criterion", OpenApiTypes.STR, description="Code of a criterion; empty: of none"),
            OpenApiParameter("q", OpenApiTypes.STR, description="Words that stand in it"),
            OpenApiParameter("retired", OpenApiTypes.STR, description="With those that are offered no more"),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=NewCommentSerializer, responses={201: BankCommentSerializer})
    def post(self, request: Request) -> Response:
        """Keep a comment. If the bank has it already, that one is returned."""
        by = person_of(request)
        given = asked_of(request, NewCommentSerializer).validated_data
        if "achievement" in given:
            badges = Achievement.objects.assessable_by(by).select_related("issuer")
            achievement = get_object_or_404(badges, slug=given["achievement"])
            issuer = achievement.issuer
        else:
            achievement, issuer = None, get_object_or_404(banks_of(by), slug=given["issuer"])
        kept = verbs.keep_comment(
            issuer, by=by, text=given["text"], achievement=achievement, criterion_code=given["criterion"]
        )
        return Response(BankCommentSerializer(kept).data, status=status.HTTP_201_CREATED)


class BankCommentDetail(APIView):
    """One comment from the bank."""

    scopes = {"GET": Scope.REVIEWS_READ, "PATCH": Scope.REVIEWS_WRITE, "DELETE": Scope.REVIEWS_WRITE}
    limits = {"PATCH": "note"}

    @extend_schema(responses=BankCommentSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """The comment, even if it is retired."""
        return Response(BankCommentSerializer(_found(request, public_id)).data)

    @extend_schema(request=CommentTextSerializer, responses=BankCommentSerializer)
    def patch(self, request: Request, public_id: str) -> Response:
        """Edit the comment, for everyone."""
        comment, asked = _found(request, public_id), asked_of(request, CommentTextSerializer)
        verbs.edit_comment(comment, by=person_of(request), text=asked.validated_data["text"])
        return Response(BankCommentSerializer(_found(request, public_id)).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Retire the comment: it is no longer offered."""
        verbs.retire_comment(_found(request, public_id), by=person_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _found(request: Request, public_id: str) -> BankComment:
    comments = BankComment.objects.visible_to(person_of(request)).select_related("issuer", "achievement")
    return get_object_or_404(comments, public_id=public_id)
