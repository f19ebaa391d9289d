"""Credentials for programs: your own, and for an issuer's staff, its awards and the actions of its desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.core.api import LineField
from apps.core.text import validate_text
from apps.credentials import queries, verbs
from apps.credentials.models import Credential
from apps.issuers.models import AchievementVersion, Issuer

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from apps.accounts.models import User

LONGEST_NOTE = 2_000


class CredentialSerializer(serializers.ModelSerializer[Credential]):
    id = serializers.CharField(source="public_id")
    url = serializers.SerializerMethodField()
    issuer = serializers.CharField(source="issuer.slug")
    achievement = serializers.CharField(source="achievement.slug")
    version = serializers.IntegerField(source="version.number")
    name = serializers.CharField(source="version.name")

    class Meta:
        model = Credential
        fields: tuple[str, ...] = (
            *("id", "url", "issuer", "achievement", "version", "name", "basis", "state", "status", "status_at"),
            *("status_reason", "status_note", "visibility", "awarded_at", "valid_from", "valid_until"),
        )

    def get_url(self, credential: Credential) -> str:
        return queries.credential_url(credential.public_id)


class AwardSerializer(CredentialSerializer):
    """A credential as its issuer sees it: with its earner, and what it replaced or renewed."""

    earner = serializers.SerializerMethodField()
    supersedes = serializers.SlugRelatedField[Credential](slug_field="public_id", read_only=True)
    renews = serializers.SlugRelatedField[Credential](slug_field="public_id", read_only=True)

    class Meta(CredentialSerializer.Meta):
        fields = (*CredentialSerializer.Meta.fields, "earner", "supersedes", "renews")

    def get_earner(self, credential: Credential) -> dict[str, str]:
        return {"name": credential.recipient_name, "address": credential.recipient_address}


class RecipientSerializer(serializers.Serializer[Any]):
    address = serializers.EmailField(max_length=254)
    name = LineField(max_length=300)


class NewAwardSerializer(RecipientSerializer):
    achievement = serializers.SlugField()
    why = serializers.CharField(max_length=LONGEST_NOTE, validators=[validate_text])


class NoteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=LONGEST_NOTE, allow_blank=True, default="", validators=[validate_text])


class NothingSerializer(serializers.Serializer[Any]):
    pass


class RevocationSerializer(NoteSerializer):
    reason = serializers.ChoiceField(Credential.Reason.choices)


class CorrectionSerializer(RecipientSerializer, NoteSerializer):
    pass


class MyCredentials(generics.ListAPIView[Credential]):
    """The credentials that you earned."""

    serializer_class = CredentialSerializer
    scopes = {"GET": Scope.CREDENTIALS_READ}
    ordering = ("-awarded_at", "pk")

    def get_queryset(self) -> QuerySet[Credential]:
        mine = Credential.objects.filter(earner=person_of(self.request))
        return mine.select_related("issuer", "achievement", "version")


class Awards(generics.ListAPIView[Credential]):
    """The credentials that an issuer awarded, for its staff."""

    serializer_class = AwardSerializer
    scopes = {"GET": Scope.AWARDS_READ, "POST": Scope.AWARDS_WRITE}
    limits = {"POST": "invite"}
    ordering = ("-awarded_at", "pk")

    def get_queryset(self) -> QuerySet[Credential]:
        return _awards(self.request).filter(issuer=self._issuer())

    @extend_schema(request=NewAwardSerializer, responses={201: AwardSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Award directly, without an assessment here. The credential says so."""
        asked = NewAwardSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        facts = asked.validated_data
        offered = AchievementVersion.objects.public().filter(achievement__issuer=self._issuer())
        version = get_object_or_404(offered, achievement__slug=facts.pop("achievement"))
        awarded = verbs.award_directly(version, by=person_of(request), **facts)
        return Response(_said(request, awarded), status=status.HTTP_201_CREATED)

    def _issuer(self) -> Issuer:
        return get_object_or_404(Issuer.objects.run_by(person_of(self.request)), slug=self.kwargs["slug"])


class _Act(generics.GenericAPIView[Credential]):
    """One verb on one award."""

    scopes = {"POST": Scope.AWARDS_WRITE}
    verb: Callable[..., Credential]

    def post(self, request: Request, public_id: str) -> Response:
        found = get_object_or_404(_awards(request), public_id=public_id)
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(_said(request, type(self).verb(found, by=person_of(request), **asked.validated_data)))


@extend_schema(responses={200: AwardSerializer})
class Suspend(_Act):
    """Suspend a credential while something is looked into."""

    serializer_class = NoteSerializer
    verb = verbs.suspend


@extend_schema(responses={200: AwardSerializer})
class Reinstate(_Act):
    """Reinstate a suspended credential."""

    serializer_class = NoteSerializer
    verb = verbs.reinstate


@extend_schema(responses={200: AwardSerializer})
class Revoke(_Act):
    """Revoke a credential for good."""

    serializer_class = RevocationSerializer
    verb = verbs.revoke


@extend_schema(responses={200: AwardSerializer})
class Reissue(_Act):
    """Sign a credential again for the same person. Returns the new one."""

    serializer_class = NoteSerializer
    verb = verbs.reissue


@extend_schema(responses={200: AwardSerializer})
class Correct(_Act):
    """Move a direct award, or an unclaimed renewal of one, to the address that was meant. Returns the new one."""

    serializer_class = CorrectionSerializer
    limits = {"POST": "invite"}
    verb = verbs.correct


@extend_schema(responses={200: AwardSerializer})
class Renew(_Act):
    """Renew a credential from today, without new work. Returns the new one."""

    serializer_class = NothingSerializer
    verb = verbs.renew


@extend_schema(responses={200: AwardSerializer})
class Resend(_Act):
    """Send the letter about an unclaimed award again: not within an hour of the last one, five times in all."""

    serializer_class = NothingSerializer
    limits = {"POST": "invite"}

    @staticmethod
    def verb(credential: Credential, *, by: User) -> Credential:
        return verbs.resend(credential, by=by).credential


class Decline(generics.GenericAPIView[Credential]):
    """Decline one of your awards. You can still claim it later."""

    serializer_class = NothingSerializer
    scopes = {"POST": Scope.CREDENTIALS_WRITE}

    @extend_schema(responses={200: CredentialSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        mine = Credential.objects.filter(earner=person_of(request)).select_related("issuer", "achievement", "version")
        found = get_object_or_404(mine, public_id=public_id)
        verbs.decline(found, by=person_of(request))
        return Response(CredentialSerializer(mine.get(pk=found.pk)).data)


def _awards(request: Request) -> QuerySet[Credential]:
    return Credential.objects.issued_by(person_of(request)).select_related(
        "issuer", "achievement", "version", "earner", "supersedes", "renews"
    )


def _said(request: Request, credential: Credential) -> dict[str, Any]:
    return dict(AwardSerializer(_awards(request).get(pk=credential.pk)).data)
