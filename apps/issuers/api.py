"""API for the catalogue, and for drafting and publishing achievements."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.validators import slug_re
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.core.searching import asked_of
from apps.issuers import exchange, verbs
from apps.issuers.catalogue import FACETS, ORDERS, SORTS, search_of
from apps.issuers.exchange import BadDesignError
from apps.issuers.models import (
    AchievementVersion,
    Alignment,
    CatalogueEntry,
    Criterion,
    EvidenceRequirement,
    Issuer,
    Level,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from apps.issuers.catalogue import Search
    from apps.issuers.models.achievements import AchievementVersionQuerySet

_PLACED = re.compile(r"([\w.\[\]]+): (.*)", re.DOTALL)


class LevelSerializer(serializers.ModelSerializer[Level]):
    id = serializers.CharField(source="code")

    class Meta:
        model = Level
        fields = ("id", "position", "name", "description", "points")


class EvidenceRequirementSerializer(serializers.ModelSerializer[EvidenceRequirement]):
    class Meta:
        model = EvidenceRequirement
        fields = exchange.REQUIREMENT


class CriterionSerializer(serializers.ModelSerializer[Criterion]):
    id = serializers.CharField(source="code")
    levels = LevelSerializer(many=True)
    requirements = EvidenceRequirementSerializer(many=True)

    class Meta:
        model = Criterion
        fields = ("id", "position", "name", "description", "required", "required_level", "levels", "requirements")


class AlignmentSerializer(serializers.ModelSerializer[Alignment]):
    """`criterion` and `level` are the ids of what meets it; without them it is the whole achievement."""

    criterion = serializers.CharField(source="criterion.code", allow_null=True)
    level = serializers.CharField(source="level.code", allow_null=True)

    class Meta:
        model = Alignment
        fields = ("criterion", "level", *exchange.TARGET)


class AchievementSerializer(serializers.ModelSerializer[AchievementVersion]):
    id = serializers.CharField(source="achievement.public_id")
    slug = serializers.CharField(source="achievement.slug")
    issuer = serializers.CharField(source="achievement.issuer.slug")
    version = serializers.IntegerField(source="number")

    class Meta:
        model = AchievementVersion
        fields: tuple[str, ...] = (
            *("id", "slug", "issuer", "version", "state", "kind", "name", "description", "skill_sentence"),
            *("how_earned", "language", "tags", "field_of_study", "level", "level_framework", "level_number"),
            *("credits", "credit_framework", "hours", "service_days", "published_at"),
        )


class AchievementWithRubricSerializer(AchievementSerializer):
    outcomes: Any = serializers.SlugRelatedField(many=True, read_only=True, slug_field="text")
    criteria = CriterionSerializer(many=True)
    alignments = AlignmentSerializer(many=True)

    class Meta(AchievementSerializer.Meta):
        fields = (
            *AchievementSerializer.Meta.fields,
            *("description_for_earners", "evidence_wanted", "valid_for_days", "prerequisites", "participation"),
            *("assessment_type", "supervision", "stackability", "cost", "rpl_allowed", "attempts_allowed"),
            *(
                "coach_after",
                "policy",
                "blind",
                "moderation_percent",
                "moderation_before",
                "review_by",
                "picture_alt",
                "outcomes",
                "criteria",
                "alignments",
            ),
        )


def with_everything() -> AchievementVersionQuerySet:
    return AchievementVersion.objects.with_rubric().prefetch_related(
        "alignments__criterion", "alignments__level__criterion"
    )


ASKED = [
    OpenApiParameter("q", str, description="Words; neither capitals, accents nor one wrong letter matter."),
    *(
        OpenApiParameter(
            facet.name, str, many=True, enum=list(facet.words) or None, description=f"{facet.title}; may be repeated."
        )
        for facet in FACETS
    ),
    OpenApiParameter("sort", str, enum=list(SORTS)),
]


class Achievements(generics.ListAPIView[Any]):
    """The catalogue: what is open for submissions, with the same search and filters as its page."""

    serializer_class = AchievementSerializer

    @cached_property
    def search(self) -> Search:
        return search_of(asked_of(self.request), self.request.query_params)

    @property
    def ordering(self) -> tuple[str, ...]:
        return ORDERS[self.search.sort]

    def get_queryset(self) -> QuerySet[CatalogueEntry]:
        return self.search.entries().select_related("version__achievement__issuer").defer("document", "heading")

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        return [entry.version for entry in super().paginate_queryset(queryset) or ()]

    @extend_schema(parameters=ASKED)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class AchievementDetail(generics.RetrieveAPIView[AchievementVersion]):
    """One achievement with its rubric, as published now."""

    serializer_class = AchievementWithRubricSerializer
    lookup_field = "achievement__slug"
    lookup_url_kwarg = "slug"

    def get_queryset(self) -> Any:
        return with_everything().public()


class DraftAchievement(generics.GenericAPIView[AchievementVersion]):
    """Draft a whole achievement of an issuer, for its designers.

    The body is a design, as its page exports it: `{"slug", "single", "version": {…}, "picture": {…}, "outcomes": […],
    "criteria": [{"name", …, "levels": […], "requirements": […]}], "alignments": […]}`. What is left out is empty;
    without a slug, one is made from the name.
    """

    serializer_class = AchievementWithRubricSerializer
    scopes = {"POST": Scope.ACHIEVEMENTS_WRITE}

    @extend_schema(request={"application/json": {"type": "object"}}, responses={201: AchievementWithRubricSerializer})
    def post(self, request: Request, slug: str) -> Response:
        issuer = get_object_or_404(Issuer, slug=slug)
        design = _design_of(request)
        name, short = design.get("version", {}).get("name", ""), design.get("slug", "")
        if short:
            drafted = verbs.draft(
                issuer,
                by=person_of(request),
                slug=short,
                words=design["version"],
                rubric=design.get("criteria", ()),
                outcomes=design.get("outcomes", ()),
                alignments=design.get("alignments", ()),
                picture_words=design.get("picture"),
                single=design.get("single", True),
            )
        else:
            drafted = verbs.begin(issuer, by=person_of(request), name=name, design=design)
        said = self.get_serializer(with_everything().get(pk=drafted.pk)).data
        return Response(said, status=status.HTTP_201_CREATED)


class PublishAchievement(generics.GenericAPIView[AchievementVersion]):
    """Publish the draft of an achievement, for those who may publish there. From then on it never changes."""

    serializer_class = AchievementWithRubricSerializer
    scopes = {"POST": Scope.ACHIEVEMENTS_WRITE}

    @extend_schema(request=None, responses={200: AchievementWithRubricSerializer})
    def post(self, request: Request, slug: str) -> Response:
        by = person_of(request)
        newest = AchievementVersion.objects.visible_to(by).filter(achievement__slug=slug).order_by("-number").first()
        if newest is None:
            raise Http404
        published = verbs.publish(newest, by=by)
        return Response(self.get_serializer(with_everything().get(pk=published.pk)).data)


def _design_of(request: Request) -> dict[str, Any]:
    """The design that was sent. Raises ValidationError with everything that is wrong with it, by place."""
    # One byte more than the limit, to tell a body that is too long from one that just fits.
    body = request.stream.read(exchange.MOST_BYTES + 1) if request.stream else b""
    try:
        design = exchange.read(body)
    except BadDesignError as refusal:
        raise ValidationError(_by_place(refusal.sentences)) from refusal
    if not design.get("version", {}).get("name", "").strip():
        raise ValidationError({"version.name": [_("Give it a name.")]})
    if design.get("slug") and not slug_re.fullmatch(design["slug"]):
        raise ValidationError({"slug": [_("A short name has small letters, digits and hyphens.")]})
    return design


def _by_place(sentences: list[str]) -> dict[str, list[str]]:
    """Errors by place. “criteria[2].name: …” counts from 1, as people do; a pointer counts from 0."""
    found: dict[str, list[str]] = {}
    for sentence in sentences:
        placed = _PLACED.fullmatch(sentence)
        place, said = placed.groups() if placed else ("non_field_errors", sentence)
        path = re.sub(r"\[(\d+)\]", lambda number: f".{int(number[1]) - 1}", place)
        found.setdefault(path, []).append(said)
    return found
