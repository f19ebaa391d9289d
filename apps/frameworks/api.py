from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers

from apps.core.searching import LONGEST
from apps.core.text import is_plain
from apps.frameworks import queries
from apps.frameworks.models import FrameworkVersion, Item

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.response import Response


class FrameworkSerializer(serializers.ModelSerializer[FrameworkVersion]):
    """A framework as it stands now: its current version."""

    id = serializers.CharField(source="framework.public_id")
    slug = serializers.CharField(source="framework.slug")
    title = serializers.CharField(source="framework.title")
    kind = serializers.CharField(source="framework.kind")
    publisher = serializers.CharField(source="framework.publisher")
    source_url = serializers.CharField(source="framework.source_url")
    licence = serializers.CharField(source="framework.licence")
    language = serializers.CharField(source="framework.language")
    retired = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="number")
    items = serializers.IntegerField(source="items_count")

    class Meta:
        model = FrameworkVersion
        fields = (
            *("id", "slug", "title", "kind", "publisher", "source_url", "licence", "language", "retired"),
            *("version", "label", "items", "imported_at"),
        )

    def get_retired(self, version: FrameworkVersion) -> bool:
        return version.framework.state != version.framework.State.ACTIVE


class FrameworkItemSerializer(serializers.ModelSerializer[Item]):
    """One item. `parent` is the id of the item directly above it."""

    id = serializers.CharField(source="public_id")
    type = serializers.CharField(source="kind")
    parent = serializers.CharField(  # type: ignore[assignment] # what REST framework calls so is set when it is bound
        source="parent.public_id", default=None, allow_null=True
    )
    education_levels = serializers.ListField(source="levels", child=serializers.CharField())

    class Meta:
        model = Item
        fields = (
            *("id", "identifier", "code", "statement", "full_statement", "type", "parent", "depth", "url"),
            *("education_levels", "retired"),
        )


class Frameworks(generics.ListAPIView[FrameworkVersion]):
    """Skills, levels and occupations that achievements may be aligned to."""

    serializer_class = FrameworkSerializer
    ordering = ("-imported_at", "pk")

    def get_queryset(self) -> QuerySet[FrameworkVersion]:
        return FrameworkVersion.objects.current().select_related("framework")


class FrameworkItems(generics.ListAPIView[Item]):
    """The items of a framework, each parent before its children; with `q`, those that contain every word of it."""

    serializer_class = FrameworkItemSerializer
    ordering = ("position", "pk")

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, description="Words to find; neither capitals nor macrons matter."),
            OpenApiParameter("version", int, description="The number of an earlier version."),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Item]:
        version = queries.version_of(self.kwargs.get("slug", ""), self.request.query_params.get("version", ""))
        if version is None:
            raise Http404
        asked = " ".join(self.request.query_params.get("q", "")[:LONGEST].split())
        items = Item.objects.filter(version=version).select_related("parent")
        return items.matching(asked) if is_plain(asked) else items.none()
