"""API for the backpack: what is in it, and importing badges from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.backpacks import doctor, listing, showing, verbs
from apps.backpacks.models import BackpackItem, Import, ImportedItem
from apps.core.problems import TooLarge
from apps.core.refused import Refused
from apps.core.searching import asked_of
from apps.credentials import verbs as credentials
from apps.credentials import verifier

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

# Room in a multipart body for what surrounds the files.
AROUND = 256 * 1024


class ItemSerializer(serializers.ModelSerializer[BackpackItem]):
    id = serializers.CharField(source="public_id")
    url = serializers.SerializerMethodField()
    standing = serializers.SerializerMethodField(
        help_text="valid, expired, revoked, suspended, superseded; of one from elsewhere unsure (it could not be"
        " checked), nameless (genuine, but its issuer is known by a key alone), unproved (genuine, but not proved to be its holder's) and invalid too; declared: told by its holder, never checked"
    )
    proved = serializers.SerializerMethodField(
        help_text="Whether it was awarded to an address that its holder has confirmed; null where nobody signed it"
    )
    ends_on = serializers.SerializerMethodField()
    checked_at = serializers.DateTimeField(source="foreign.checked_at", default=None)

    class Meta:
        model = BackpackItem
        fields = (
            *("id", "url", "kind", "name", "issuer_name", "earned_on", "ends_on", "standing", "proved", "checked_at"),
            *("skills", "tags", "note", "filed_at", "archived_at"),
        )

    def get_url(self, item: BackpackItem) -> str:
        return f"{settings.PUBLIC_URL}{item.get_absolute_url()}"

    def get_standing(self, item: BackpackItem) -> str:
        return showing.standing_of(item)

    @extend_schema(responses=OpenApiTypes.BOOL)
    def get_proved(self, item: BackpackItem) -> bool | None:
        if item.foreign is not None:
            return bool(item.foreign.proved_address)
        return True if item.credential is not None else None

    def get_ends_on(self, item: BackpackItem) -> str | None:
        return ends.isoformat() if (ends := listing.ends_on(item)) else None


class FindingSerializer(serializers.Serializer[Any]):
    failed = serializers.CharField(help_text="The check that failed, in a sentence")
    meaning = serializers.CharField()
    cure = serializers.CharField(help_text="What its holder can do about it")
    technical = serializers.CharField(help_text="For who mends it, in English; may be empty")


class ImportedItemSerializer(serializers.ModelSerializer[ImportedItem]):
    id = serializers.CharField(source="public_id")
    outcome = serializers.ChoiceField((("waiting", "Waiting"), *ImportedItem.Outcome.choices), source="standing")
    item = serializers.SlugRelatedField[BackpackItem](
        slug_field="public_id", read_only=True, help_text="Where it lies in the backpack"
    )
    findings = serializers.SerializerMethodField(
        help_text="What is wrong with one that was not kept, or is kept and does not count"
    )

    class Meta:
        model = ImportedItem
        fields = ("id", "position", "kind", "name", "outcome", "words", "item", "findings", "looked_at")

    @extend_schema(responses=FindingSerializer(many=True))
    def get_findings(self, item: ImportedItem) -> list[dict[str, str]]:
        return [FindingSerializer(one).data for one in doctor.findings_of(item)]


class ImportSerializer(serializers.ModelSerializer[Import]):
    id = serializers.CharField(source="public_id")
    url = serializers.SerializerMethodField(help_text="Its page")
    items = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields = ("id", "url", "made_at", "finished_at", "ends_at", "items")

    def get_url(self, found: Import) -> str:
        return f"{settings.PUBLIC_URL}{found.get_absolute_url()}"

    @extend_schema(responses=ImportedItemSerializer(many=True))
    def get_items(self, found: Import) -> list[dict[str, Any]]:
        rows = found.items.select_related("item__foreign").order_by("position")
        return [ImportedItemSerializer(one).data for one in rows]


class BroughtSerializer(serializers.Serializer[Any]):
    """Badges from elsewhere: `files` (a ZIP is unpacked), `urls`, and `text`, which may hold several."""

    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), required=False)
    urls = serializers.ListField(child=serializers.CharField(), required=False)
    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=verifier.LONGEST_TEXT)


class Items(generics.ListAPIView[BackpackItem]):
    """The contents of your backpack: earned here, imported from elsewhere, or self-declared. Newest first."""

    serializer_class = ItemSerializer
    scopes = {"GET": Scope.BACKPACK_READ}
    ordering = ("-filed_at", "-pk")

    def get_queryset(self) -> QuerySet[BackpackItem]:
        if not self.request.user.is_authenticated:  # while the description is made
            return BackpackItem.objects.none()
        asked = listing.asked_in(self.request.query_params, words=asked_of(self.request))
        return listing.items(person_of(self.request), asked)

    @extend_schema(
        parameters=[
            OpenApiParameter("view", enum=[name for name in (*listing.VIEWS, listing.ARCHIVE) if name]),
            OpenApiParameter("kind", enum=[name for name in listing.KINDS if name]),
            OpenApiParameter("q", description="Words of the name, the issuer, a skill, a tag or the note"),
            *(OpenApiParameter(name) for name in ("issuer", "skill", "tag")),
            OpenApiParameter("year", OpenApiTypes.INT, description="In which it was earned"),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class Imports(APIView):
    """Import badges from elsewhere."""

    scopes = {"POST": Scope.BACKPACK_WRITE}
    limits = {"POST": "import"}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Reject a body that declares itself too long, before any of it is read."""
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if length.isdecimal() and int(length) > credentials.MOST_BYTES_TOGETHER + AROUND:
            raise TooLarge
        super().initial(request, *args, **kwargs)

    @extend_schema(
        request={"multipart/form-data": BroughtSerializer, "application/json": BroughtSerializer},
        responses={202: ImportSerializer},
    )
    def post(self, request: Request) -> Response:
        """Hand in up to 200 badges. They are checked one after another, and the valid ones are kept."""
        asked = BroughtSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        try:
            files = given.get("files", ())
            credentials.refuse_heavy(one.size for one in files)
            brought = verbs.import_badges(
                by=person_of(request),
                files=[(one.name or "", one.read()) for one in files],
                addresses=given.get("urls", ()),
                text=given["text"],
            )
        except Refused as refusal:
            raise exceptions.ValidationError(str(refusal)) from None
        headers = {"Location": f"/api/v1/backpack/imports/{brought.public_id}/", "Retry-After": "2"}
        return Response(ImportSerializer(brought).data, status=status.HTTP_202_ACCEPTED, headers=headers)


class ImportDetail(APIView):
    """One import and its results."""

    scopes = {"GET": Scope.BACKPACK_READ}

    @extend_schema(responses=ImportSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """The progress of the import and, for each badge, the result or what is wrong with it and how to fix it."""
        found = get_object_or_404(Import.objects.visible_to(person_of(request)), public_id=public_id)
        return Response(ImportSerializer(found).data)
