"""API for the items in a holder's backpack: note, keep, show, give up and export them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.backpacks import exporting, queries, sheet, tokens, verbs
from apps.backpacks.api import ImportSerializer, ItemSerializer
from apps.backpacks.api.recognition import NothingSerializer
from apps.backpacks.api.sharing import ShareSerializer
from apps.backpacks.models import BackpackItem, Collection, Import, Profile, ShareLink
from apps.core.api import LineField
from apps.core.refused import Refused
from apps.core.text import validate_text
from apps.credentials import queries as held
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import StreamingHttpResponse
    from rest_framework.request import Request

LONGEST = 5_000


class KeepingSerializer(serializers.Serializer[Any]):
    """Tags and note are replaced together; `archived` moves the item into the archive or out of it."""

    tags = serializers.ListField(child=LineField(), required=False, max_length=100)
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST, validators=[validate_text], help_text="Only you read it"
    )
    archived = serializers.BooleanField(required=False)


class TellingSerializer(serializers.Serializer[Any]):
    """Something that nobody signed, such as a paper certificate."""

    name = LineField(max_length=200)
    issuer_name = LineField(max_length=200)
    earned_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)
    words = serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST, validators=[validate_text], help_text="In Markdown"
    )
    picture = serializers.FileField(required=False, help_text="PNG, JPEG or WebP")


class PieceShownSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField(help_text="As you know it")
    shown = serializers.BooleanField()


class ShownSerializer(serializers.Serializer[Any]):
    """Who sees a credential, and what they see besides the award itself."""

    visibility = serializers.CharField()
    name = serializers.BooleanField(help_text="Whether your name stands on it")
    words = serializers.BooleanField(help_text="Whether the assessor's comments do")
    evidence = PieceShownSerializer(many=True)


class ShowingSerializer(serializers.Serializer[Any]):
    """What is left out stays as it is. `evidence`: the ids of every piece that is shown from now on."""

    visibility = serializers.ChoiceField(Credential.Visibility.choices, required=False)
    name = serializers.BooleanField(required=False)
    words = serializers.BooleanField(required=False)
    evidence = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=500)


class PageSerializer(serializers.Serializer[Any]):
    """The contents of your public page."""

    handle = LineField(max_length=40, help_text="The end of its address: 3 to 40 letters a to z, digits, hyphens")
    headline = LineField(max_length=200, allow_blank=True, default="")
    about = serializers.CharField(
        allow_blank=True, default="", max_length=10_000, validators=[validate_text], help_text="In Markdown"
    )
    shows_skills = serializers.BooleanField(default=False)


class ProfileSerializer(serializers.ModelSerializer[Profile]):
    url = serializers.SerializerMethodField(help_text="Where everybody opens it while it is on")

    class Meta:
        model = Profile
        fields = ("url", "handle", "headline", "about", "shows_skills", "is_on", "may_be_found", "changed_at")

    def get_url(self, profile: Profile) -> str:
        return tokens.profile_address_of(profile)


class FoundSerializer(serializers.Serializer[Any]):
    may_be_found = serializers.BooleanField(
        required=False, default=False, help_text="Whether search engines may list it"
    )


# --- one item ---------------------------------------------------------------------------------------------------------
class ItemDetail(generics.GenericAPIView[BackpackItem]):
    """One item in your backpack."""

    serializer_class = KeepingSerializer
    scopes = {"GET": Scope.BACKPACK_READ, "PATCH": Scope.BACKPACK_WRITE, "DELETE": Scope.BACKPACK_WRITE}

    @extend_schema(responses=ItemSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """The item as it stands now."""
        return Response(ItemSerializer(_item(request, public_id)).data)

    @extend_schema(responses=ItemSerializer)
    def patch(self, request: Request, public_id: str) -> Response:
        """Change the tags, the note, or whether the item is archived."""
        found, by = _item(request, public_id), person_of(request)
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = {"tags": found.tags, "note": found.note} | asked.validated_data
        archived = told.pop("archived", None)
        if asked.validated_data.keys() & {"tags", "note"}:
            verbs.note_item(found, by=by, **told)
        if archived is not None:
            (verbs.archive_item if archived else verbs.unarchive_item)(found, by=by)
        return Response(ItemSerializer(_item(request, public_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Give up a badge from elsewhere, or delete something self-declared. What was awarded here stays (409)."""
        found, by = _item(request, public_id), person_of(request)
        (verbs.give_up if found.foreign is not None else verbs.remove_declared)(found, by=by)
        return Response(status=status.HTTP_204_NO_CONTENT)


class _ItemAct(generics.GenericAPIView[BackpackItem]):
    """Base for actions on one item in your backpack."""

    serializer_class = NothingSerializer
    scopes = {"POST": Scope.CREDENTIALS_WRITE}
    verb: Callable[..., Any]

    @extend_schema(responses={200: ItemSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        self.act(_item(request, public_id), request)
        return Response(ItemSerializer(_item(request, public_id)).data)

    def act(self, item: BackpackItem, request: Request) -> None:
        type(self).verb(_awarded(item), by=person_of(request))


class KeepItem(_ItemAct):
    """Keep an award that was offered, or that you declined and now want."""

    verb = verbs.keep_credential


class DeclineItem(_ItemAct):
    """Decline an award: nobody else sees it. You can still keep it later."""

    verb = credentials.decline


class BadgeLetterSerializer(serializers.Serializer[Any]):
    what = serializers.CharField()
    to = serializers.CharField(help_text="An address of yours; empty if it went to none that you have now")
    at = serializers.DateTimeField()
    state = serializers.CharField(help_text="queued, sent, bounced, failed, cancelled, or here: under the bell alone")


class ReaddressSerializer(serializers.Serializer[Any]):
    address = serializers.EmailField(help_text="One of your confirmed addresses")


class ItemLetters(generics.GenericAPIView[BackpackItem]):
    """The letters about an award of yours."""

    serializer_class = ReaddressSerializer
    # They show the person's addresses.
    scopes = {"GET": Scope.PROFILE_READ, "POST": Scope.BACKPACK_WRITE}
    limits = {"POST": "invite"}
    pagination_class = None

    @extend_schema(responses=BadgeLetterSerializer(many=True))
    def get(self, request: Request, public_id: str) -> Response:
        """Each with the address that it went to and whether it arrived, the newest first."""
        found = _awarded(_item(request, public_id))
        return Response(BadgeLetterSerializer(held.letters_to(person_of(request), found), many=True).data)

    @extend_schema(responses={201: BadgeLetterSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        """Have it sent again to another address of yours. Not within an hour of the last letter (409)."""
        found, by = _awarded(_item(request, public_id)), person_of(request)
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        credentials.readdress(found, by=by, **asked.validated_data)
        return Response(BadgeLetterSerializer(held.letters_to(by, found)[0]).data, status=status.HTTP_201_CREATED)


class CheckItemAgain(_ItemAct):
    """Check a badge from elsewhere again now. Its issuer's server is asked."""

    scopes = {"POST": Scope.BACKPACK_WRITE}
    limits = {"POST": "import"}

    def act(self, item: BackpackItem, request: Request) -> None:
        verbs.check_again(item, by=person_of(request))


class ItemShown(generics.GenericAPIView[BackpackItem]):
    """Who sees an award of yours, and how much of it."""

    serializer_class = ShowingSerializer
    scopes = {"GET": Scope.BACKPACK_READ, "PATCH": Scope.SHARING_WRITE}

    @extend_schema(responses=ShownSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """Who sees it now, and how much of it."""
        return Response(_shown(_awarded(_item(request, public_id))))

    @extend_schema(responses=ShownSerializer)
    def patch(self, request: Request, public_id: str) -> Response:
        """Show or hide it. If it is private, it is private in every collection too."""
        found, by = _awarded(_item(request, public_id)), person_of(request)
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = dict(asked.validated_data)
        visibility = told.pop("visibility", None)
        if told:
            credentials.disclose(
                found,
                by=by,
                name=told.get("name", found.shows_name),
                words=told.get("words", found.shows_words),
                evidence=told.get("evidence", list(found.shown_evidence.values_list("evidence_id", flat=True))),
            )
        if visibility is not None:
            verbs.show_credential(found, by=by, visibility=visibility)
        return Response(_shown(_awarded(_item(request, public_id))))


class DeclareItem(generics.GenericAPIView[BackpackItem]):
    """Something that nobody signed."""

    serializer_class = TellingSerializer
    scopes = {"POST": Scope.BACKPACK_WRITE}

    @extend_schema(responses={201: ItemSerializer})
    def post(self, request: Request) -> Response:
        """Declare it. It is shown as self-declared, never as checked."""
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made = verbs.declare(by=person_of(request), **asked.validated_data)
        return Response(ItemSerializer(made).data, status=status.HTTP_201_CREATED)


# --- imports and exports ----------------------------------------------------------------------------------------------
class MyImports(generics.ListAPIView[Import]):
    """Your recent imports, newest first."""

    serializer_class = ImportSerializer
    scopes = {"GET": Scope.BACKPACK_READ}
    ordering = ("-made_at", "-pk")

    def get_queryset(self) -> QuerySet[Import]:
        return Import.objects.visible_to(self.request.user)


class Export(generics.GenericAPIView[BackpackItem]):
    """Your whole backpack, to download."""

    scopes = {"GET": Scope.BACKPACK_READ}
    limits = {"GET": "export"}

    @extend_schema(
        parameters=[OpenApiParameter("name", enum=list(exporting.FORMS), location=OpenApiParameter.PATH)],
        responses={200: OpenApiTypes.BINARY},
    )
    def get(self, request: Request, name: str) -> StreamingHttpResponse:
        """One archive, with the work or without it; or a CLR 2.0, a verifiable presentation, or a table."""
        if name not in exporting.FORMS:
            raise Http404
        return exporting.sent_as(name, person_of(request))


# --- the public page, and sharing -------------------------------------------------------------------------------------
class MyProfile(generics.GenericAPIView[Profile]):
    """Your public page."""

    serializer_class = PageSerializer
    scopes = {"GET": Scope.BACKPACK_READ, "PUT": Scope.SHARING_WRITE}

    @extend_schema(responses=ProfileSerializer)
    def get(self, request: Request) -> Response:
        """Your public page; 404 if you have not written one."""
        return Response(ProfileSerializer(_profile(request)).data)

    @extend_schema(responses=ProfileSerializer)
    def put(self, request: Request) -> Response:
        """Write your public page. This turns it neither on nor off."""
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        by = person_of(request)
        return Response(ProfileSerializer(verbs.edit_profile(by, by=by, **asked.validated_data)).data)


class _ProfileAct(generics.GenericAPIView[Profile]):
    """Base for actions on your public page. 404 if you have not written one."""

    serializer_class: type[serializers.BaseSerializer[Any]] = NothingSerializer
    scopes = {"POST": Scope.SHARING_WRITE}
    verb: Callable[..., Any]

    @extend_schema(responses={200: ProfileSerializer})
    def post(self, request: Request) -> Response:
        _profile(request)
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        by = person_of(request)
        type(self).verb(by, by=by, **asked.validated_data)
        return Response(ProfileSerializer(_profile(request)).data)


class TurnOnProfile(_ProfileAct):
    """Show your public page to everyone."""

    serializer_class = FoundSerializer
    verb = verbs.turn_on_profile


class TurnOffProfile(_ProfileAct):
    """Hide your public page: its address shows nothing."""

    verb = verbs.turn_off_profile


class ShareCollection(generics.GenericAPIView[Collection]):
    """Every way to share a collection that is public. 409 while it isn't."""

    serializer_class = ShareSerializer
    scopes = {"GET": Scope.COLLECTIONS_READ}

    def get(self, request: Request, public_id: str) -> Response:
        found = get_object_or_404(Collection.objects.visible_to(request.user), public_id=public_id)
        if found.visibility != Collection.Visibility.PUBLIC:
            raise Refused(_("Not everyone can open it now. Make it public first, or pass on one of its links."))
        short = queries.short_address_of(found)
        return Response(sheet.of_collection(found, found.public_id, short=short).to_json())


class ShareCollectionByLink(generics.GenericAPIView[ShareLink]):
    """Every way to share one link to a collection."""

    serializer_class = ShareSerializer
    scopes = {"GET": Scope.COLLECTIONS_READ}

    def get(self, request: Request, public_id: str, link_id: str) -> Response:
        live = ShareLink.objects.live().select_related("collection__person")
        mine = live.filter(collection__in=Collection.objects.visible_to(request.user))
        link = get_object_or_404(mine, collection__public_id=public_id, public_id=link_id)
        made = sheet.of_collection(
            link.collection.through(link), tokens.token_of(link.public_id), short=queries.short_address_of(link)
        )
        return Response(made.to_json())


def _item(request: Request, public_id: str) -> BackpackItem:
    return get_object_or_404(BackpackItem.objects.visible_to(request.user).with_things(), public_id=public_id)


def _awarded(item: BackpackItem) -> Credential:
    if item.credential is None:
        raise Refused(_("Only what was awarded here has that."))
    return item.credential


def _shown(credential: Credential) -> dict[str, Any]:
    shown = set(credential.shown_evidence.values_list("evidence_id", flat=True))
    pieces = [{"id": one, "name": name, "shown": one in shown} for one, name in queries.pieces_of(credential)]
    told = {"visibility": credential.seen_by, "name": credential.shows_name, "words": credential.shows_words}
    return dict(ShownSerializer({**told, "evidence": pieces}).data)


def _profile(request: Request) -> Profile:
    return get_object_or_404(Profile, person=person_of(request))
