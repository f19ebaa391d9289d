"""API for pathways: those that can be begun, and each as a tree and in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from drf_spectacular.utils import extend_schema_field
from rest_framework import generics, serializers

from apps.core.searching import asked_of
from apps.pathways import queries
from apps.pathways.models import Pathway, PathwayVersion
from apps.pathways.rules import sentence

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.pathways.models import Node
    from apps.pathways.rules import Rule


class PathwaySerializer(serializers.ModelSerializer[PathwayVersion]):
    """`award` is the slug of the achievement that completing it awards; empty: none."""

    id = serializers.CharField(source="pathway.public_id")
    slug = serializers.CharField(source="pathway.slug")
    issuer = serializers.CharField(source="pathway.issuer.slug", allow_null=True, default=None)
    version = serializers.IntegerField(source="number")
    award = serializers.CharField(source="award.slug", default="")

    class Meta:
        model = PathwayVersion
        fields: tuple[str, ...] = (
            *("id", "slug", "issuer", "version", "state", "name", "description", "language", "award", "published_at"),
        )


class PathwayWithTreeSerializer(PathwaySerializer):
    """`tree` is the root: {id, kind, name, children, …}; a node's id stays the same from version to version."""

    sentence = serializers.SerializerMethodField()
    tree = serializers.SerializerMethodField()

    class Meta(PathwaySerializer.Meta):
        fields = (*PathwaySerializer.Meta.fields, "sentence", "tree")

    def get_sentence(self, version: PathwayVersion) -> str:
        about = self.context["about"]
        return sentence(about.tree, about.names)

    @extend_schema_field({"type": "object"})
    def get_tree(self, version: PathwayVersion) -> dict[str, Any]:
        about, nodes = self.context["about"], {node.code: node for node in version.nodes.all()}
        told: dict[str, dict[str, Any]] = {}
        for rule in about.tree.upward:
            beneath = [told[child.code] for child in rule.children]
            told[rule.code] = _told(rule, nodes[rule.code], about.names.of(rule)) | (
                {} if rule.is_leaf else {"children": beneath}
            )
        return told[about.tree.root.code]


def _told(rule: Rule, node: Node, name: str) -> dict[str, Any]:
    """One node as data: only what applies to its kind."""
    told: dict[str, Any] = {"id": rule.code, "kind": rule.kind, "name": name}
    if node.achievement is not None:
        told["achievement" if rule.is_leaf else "award"] = node.achievement.slug
    if node.equivalence is not None:
        told["equivalence"] = _rule(node)
    if rule.in_order:
        told["in_order"] = True
    if node.needed is not None:
        told["needed"] = node.needed
    if node.credits is not None:
        told |= {"credits": str(node.credits), "credit_framework": node.credit_framework}
        if rule.draws_on_any:
            told["from_any"] = {
                "level_framework": node.level_framework,
                "level_from": node.level_from,
                "skills": node.skills,
                "issuers": [one.slug for one in node.issuers.all()],
            }
    return told


def _rule(node: Node) -> dict[str, str]:
    rule = node.equivalence
    if rule is None:
        return {}
    if rule.theirs is not None:
        return {"achievement": rule.theirs.slug}
    return {"issuer_id": rule.foreign_issuer_id, "achievement_id": rule.foreign_achievement_id}


class Pathways(generics.ListAPIView[PathwayVersion]):
    """Issuers' pathways that can be begun; with `q`, those whose text contains every word of it."""

    serializer_class = PathwaySerializer
    ordering = ("name", "pk")

    def get_queryset(self) -> QuerySet[PathwayVersion]:
        return queries.listed(asked_of(self.request))


class PathwayDetail(generics.RetrieveAPIView[PathwayVersion]):
    """One pathway as published now, with its tree. A plan is for those who may read it; with a token, only a shared
    one.
    """

    serializer_class = PathwayWithTreeSerializer

    def get_object(self) -> PathwayVersion:
        seen = Pathway.objects.visible_to(self.request.user if self.request.auth is None else None)
        found = PathwayVersion.objects.whole().filter(
            pathway__in=seen, pathway__slug=self.kwargs["slug"], state=PathwayVersion.State.PUBLISHED
        )
        version = found.first()
        if version is None:
            raise Http404
        self._about = queries.asked(version)
        return version

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "about": getattr(self, "_about", None)}
