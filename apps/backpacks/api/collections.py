"""API for collections: make, fill, arrange and share them by link or publicly, and hide them again."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.backpacks import tokens, verbs
from apps.backpacks.api.recognition import NothingSerializer
from apps.backpacks.models import BackpackItem, Block, Collection, ShareLink
from apps.core.api import LineField
from apps.core.text import validate_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from rest_framework.request import Request

LONGEST = 10_000
# Only badges earned here have more than the name to hide.
_SWITCHES = ("shows_result", "shows_evidence")


class CollectionSerializer(serializers.ModelSerializer[Collection]):
    id = serializers.CharField(source="public_id", read_only=True)
    url = serializers.SerializerMethodField()
    title = LineField(max_length=200)
    story = serializers.CharField(
        max_length=LONGEST, allow_blank=True, required=False, validators=[validate_text], help_text="In Markdown"
    )
    size = serializers.IntegerField(read_only=True, help_text="How many badges are in it")
    public_url = serializers.SerializerMethodField(help_text="Where everybody opens it, while everybody may")

    class Meta:
        model = Collection
        fields: tuple[str, ...] = (
            *("id", "url", "title", "story", "layout", "shows_name", "size", "visibility", "may_be_found"),
            *("public_url", "made_at", "changed_at"),
        )
        read_only_fields = ("visibility", "may_be_found", "made_at", "changed_at")

    def get_url(self, collection: Collection) -> str:
        return f"{settings.PUBLIC_URL}{collection.get_absolute_url()}"

    def get_public_url(self, collection: Collection) -> str | None:
        is_public = collection.visibility == Collection.Visibility.PUBLIC
        return tokens.public_address_of(collection) if is_public else None


class BlockSerializer(serializers.ModelSerializer[Block]):
    id = serializers.CharField(source="public_id", read_only=True)
    item = serializers.SlugRelatedField[BackpackItem](slug_field="public_id", read_only=True)
    words = serializers.CharField(
        max_length=LONGEST,
        allow_blank=True,
        required=False,
        validators=[validate_text],
        help_text="Of a badge its caption",
    )

    class Meta:
        model = Block
        fields = ("id", "kind", "item", "words", "shows_name", "shows_result", "shows_evidence")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        block = self.instance
        if isinstance(block, Block):
            if block.item is None and attrs.get("words", "…").strip() == "":
                raise serializers.ValidationError(
                    {"words": [self.fields["words"].error_messages["blank"]]}, code="blank"
                )
            is_ours = block.item is not None and block.item.kind == BackpackItem.Kind.EARNED
            unfit = [] if is_ours else [name for name in _SWITCHES if name in attrs]
            if block.item is None and "shows_name" in attrs:
                unfit.append("shows_name")
            if unfit:
                told = _("This part has nothing of that kind to hide.")
                raise serializers.ValidationError({name: [told] for name in unfit}, code="nothing_to_keep_back")
        return attrs


class CollectionWithPartsSerializer(CollectionSerializer):
    parts = BlockSerializer(source="blocks", many=True, read_only=True)

    class Meta(CollectionSerializer.Meta):
        fields = (*CollectionSerializer.Meta.fields, "parts")


class NewPartSerializer(serializers.Serializer[Any]):
    """Either `item`, something from the backpack, or `kind` and `words`, a text or a heading."""

    item = serializers.CharField(required=False, max_length=40)
    kind = serializers.ChoiceField(sorted(Block.WORDS), required=False)
    words = serializers.CharField(required=False, max_length=LONGEST, validators=[validate_text])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.keys() not in ({"item"}, {"kind", "words"}):
            raise serializers.ValidationError(_("Give either an item, or a kind and words."), code="item_or_words")
        return attrs


class PartsOrderSerializer(serializers.Serializer[Any]):
    order = serializers.ListField(child=serializers.CharField(max_length=40), max_length=1_000)


class ShareLinkSerializer(serializers.ModelSerializer[ShareLink]):
    id = serializers.CharField(source="public_id", read_only=True)
    url = serializers.SerializerMethodField(help_text="Whoever has it sees the collection")
    name = LineField(max_length=100, allow_blank=True, required=False, help_text="For whom it is; only you read it")
    expires_at = serializers.DateTimeField(allow_null=True, required=False, default_timezone=UTC)

    class Meta:
        model = ShareLink
        fields = ("id", "url", "name", "made_at", "expires_at", "hides_name", "hides_evidence")
        read_only_fields = ("made_at",)

    def get_url(self, link: ShareLink) -> str:
        return tokens.address_of(link)


class PublicitySerializer(serializers.Serializer[Any]):
    may_be_found = serializers.BooleanField(default=False, help_text="Whether search engines may list it")


class Collections(generics.ListAPIView[Collection]):
    """Your collections."""

    serializer_class = CollectionSerializer
    scopes = {"GET": Scope.COLLECTIONS_READ, "POST": Scope.COLLECTIONS_WRITE}
    ordering = ("-changed_at", "-pk")

    def get_queryset(self) -> QuerySet[Collection]:
        return _mine(self.request)

    @extend_schema(request=CollectionSerializer, responses={201: CollectionWithPartsSerializer})
    def post(self, request: Request) -> Response:
        """Make a collection. Nobody else sees it until it is shared."""
        asked = CollectionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made = verbs.make_collection(by=person_of(request), **asked.validated_data)
        return Response(_said(request, made), status=status.HTTP_201_CREATED)


class CollectionDetail(generics.GenericAPIView[Collection]):
    """One of your collections."""

    serializer_class = CollectionSerializer
    scopes = {"GET": Scope.COLLECTIONS_READ, "PATCH": Scope.COLLECTIONS_WRITE, "DELETE": Scope.COLLECTIONS_WRITE}

    @extend_schema(responses=CollectionWithPartsSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """A collection with its parts, in order."""
        return Response(_said(request, _found(request, public_id)))

    @extend_schema(responses=CollectionWithPartsSerializer)
    def patch(self, request: Request, public_id: str) -> Response:
        """Change the title, story or layout."""
        found = _found(request, public_id)
        asked = CollectionSerializer(found, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        return Response(_said(request, verbs.edit_collection(found, by=person_of(request), **asked.validated_data)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Delete the collection. What was in it stays in your backpack."""
        verbs.remove_collection(_found(request, public_id), by=person_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class CollectionParts(generics.GenericAPIView[Block]):
    """The parts of one of your collections."""

    serializer_class = NewPartSerializer
    scopes = {"POST": Scope.COLLECTIONS_WRITE}

    @extend_schema(responses={200: CollectionWithPartsSerializer, 201: CollectionWithPartsSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        """Add something at the end. A badge that is already in it stays where it is (200)."""
        found = _found(request, public_id)
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        by = person_of(request)
        if "item" in asked.validated_data:
            item = get_object_or_404(BackpackItem.objects.visible_to(by), public_id=asked.validated_data["item"])
            made = verbs.collect(found, item, by=by)
        else:
            made = verbs.write_block(found, by=by, **asked.validated_data)
        return Response(_said(request, found), status=status.HTTP_201_CREATED if made else status.HTTP_200_OK)


class CollectionPart(generics.GenericAPIView[Block]):
    """One part of one of your collections."""

    serializer_class = BlockSerializer
    scopes = {"PATCH": Scope.COLLECTIONS_WRITE, "DELETE": Scope.COLLECTIONS_WRITE}

    @extend_schema(responses=CollectionWithPartsSerializer)
    def patch(self, request: Request, public_id: str, part_id: str) -> Response:
        """Change the text, size, or what a badge shows here."""
        found = _found(request, public_id)
        block = get_object_or_404(found.blocks.select_related("item"), public_id=part_id)
        asked = BlockSerializer(block, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        verbs.edit_block(block, by=person_of(request), **asked.validated_data)
        return Response(_said(request, found))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str, part_id: str) -> Response:
        """Remove the part."""
        block = get_object_or_404(_found(request, public_id).blocks, public_id=part_id)
        verbs.uncollect(block, by=person_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class CollectionPartBack(APIView):
    """A part that was removed recently."""

    scopes = {"POST": Scope.COLLECTIONS_WRITE}

    @extend_schema(request=None, responses=CollectionWithPartsSerializer)
    def post(self, request: Request, public_id: str, part_id: str) -> Response:
        """Put a part back as it was and where it was, within a day of removing it."""
        found = _found(request, public_id)
        verbs.put_back(found, by=person_of(request), block_id=part_id)
        return Response(_said(request, found))


class CollectionOrder(APIView):
    """The order of the parts of one of your collections."""

    scopes = {"PUT": Scope.COLLECTIONS_WRITE}

    @extend_schema(request=PartsOrderSerializer, responses=CollectionWithPartsSerializer)
    def put(self, request: Request, public_id: str) -> Response:
        """Arrange the parts by their ids; those not named follow in their present order."""
        found = _found(request, public_id)
        asked = PartsOrderSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        verbs.arrange(found, by=person_of(request), order=asked.validated_data["order"])
        return Response(_said(request, found))


class CollectionLinks(generics.ListAPIView[ShareLink]):
    """The live links to one of your collections."""

    serializer_class = ShareLinkSerializer
    scopes = {"GET": Scope.COLLECTIONS_READ, "POST": Scope.COLLECTIONS_WRITE}
    ordering = ("made_at", "pk")

    def get_queryset(self) -> QuerySet[ShareLink]:
        return _found(self.request, self.kwargs["public_id"]).share_links.live()

    @extend_schema(request=ShareLinkSerializer, responses={201: ShareLinkSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        """Make a link. If a live link has the same name and end and hides the same, that one is returned."""
        found = _found(request, public_id)
        asked = ShareLinkSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        link = verbs.share(found, by=person_of(request), **asked.validated_data)
        return Response(ShareLinkSerializer(link).data, status=status.HTTP_201_CREATED)


class CollectionLink(generics.GenericAPIView[ShareLink]):
    """One link of one of your collections."""

    serializer_class = ShareLinkSerializer
    scopes = {"DELETE": Scope.COLLECTIONS_WRITE}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str, link_id: str) -> Response:
        """Revoke the link: it shows nothing from now on. If it was the last one, the collection is private again."""
        link = get_object_or_404(_found(request, public_id).share_links, public_id=link_id)
        verbs.revoke_link(link, by=person_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class _Act(generics.GenericAPIView[Collection]):
    """Base for actions on one of your collections."""

    serializer_class: type[serializers.BaseSerializer[Any]] = NothingSerializer
    scopes = {"POST": Scope.COLLECTIONS_WRITE}
    verb: Callable[..., Any]

    def post(self, request: Request, public_id: str) -> Response:
        found = _found(request, public_id)
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        type(self).verb(found, by=person_of(request), **asked.validated_data)
        return Response(_said(request, found))


@extend_schema(responses={200: CollectionWithPartsSerializer})
class PublishCollection(_Act):
    """Show one of your collections to everyone."""

    serializer_class = PublicitySerializer
    verb = verbs.publish_collection


@extend_schema(responses={200: CollectionWithPartsSerializer})
class UnpublishCollection(_Act):
    """Stop showing one of your collections to everyone. Anyone with a live link still sees it."""

    verb = verbs.unpublish_collection


@extend_schema(responses={200: CollectionWithPartsSerializer})
class UnshareCollection(_Act):
    """Hide one of your collections from everyone: all its links are revoked."""

    verb = verbs.unshare


def _mine(request: Request) -> QuerySet[Collection]:
    return Collection.objects.visible_to(request.user).with_sizes()


def _found(request: Request, public_id: str) -> Collection:
    return get_object_or_404(_mine(request), public_id=public_id)


def _said(request: Request, collection: Collection) -> dict[str, Any]:
    found = get_object_or_404(_mine(request).prefetch_related("blocks__item"), pk=collection.pk)
    return dict(CollectionWithPartsSerializer(found).data)
