from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import generics, serializers

from apps.issuers.models import AchievementVersion, Criterion, Level

if TYPE_CHECKING:
    from django.db.models import QuerySet


class LevelSerializer(serializers.ModelSerializer[Level]):
    id = serializers.CharField(source="code")

    class Meta:
        model = Level
        fields = ("id", "position", "name", "description", "points")


class CriterionSerializer(serializers.ModelSerializer[Criterion]):
    id = serializers.CharField(source="code")
    levels = LevelSerializer(many=True)

    class Meta:
        model = Criterion
        fields = ("id", "position", "name", "description", "required", "required_level", "levels")


class AchievementSerializer(serializers.ModelSerializer[AchievementVersion]):
    id = serializers.CharField(source="achievement.public_id")
    slug = serializers.CharField(source="achievement.slug")
    issuer = serializers.CharField(source="achievement.issuer.slug")
    version = serializers.IntegerField(source="number")

    class Meta:
        model = AchievementVersion
        fields: tuple[str, ...] = (
            *("id", "slug", "issuer", "version", "kind", "name", "description", "how_earned", "language", "tags"),
            *("level", "credits", "hours", "service_days", "published_at"),
        )


class AchievementWithRubricSerializer(AchievementSerializer):
    criteria = CriterionSerializer(many=True)

    class Meta(AchievementSerializer.Meta):
        fields = (*AchievementSerializer.Meta.fields, "criteria")


class Achievements(generics.ListAPIView[AchievementVersion]):
    """The catalogue: what is open for submissions."""

    serializer_class = AchievementSerializer
    ordering = ("-published_at", "pk")

    def get_queryset(self) -> QuerySet[AchievementVersion]:
        return AchievementVersion.objects.public().select_related("achievement__issuer")


class AchievementDetail(generics.RetrieveAPIView[AchievementVersion]):
    """One achievement with its rubric, as published now."""

    serializer_class = AchievementWithRubricSerializer
    lookup_field = "achievement__slug"
    lookup_url_kwarg = "slug"

    def get_queryset(self) -> Any:
        return AchievementVersion.objects.public().with_rubric()
