from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework import generics, serializers

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.credentials import queries
from apps.credentials.models import Credential

if TYPE_CHECKING:
    from django.db.models import QuerySet


class CredentialSerializer(serializers.ModelSerializer[Credential]):
    id = serializers.CharField(source="public_id")
    url = serializers.SerializerMethodField()
    issuer = serializers.CharField(source="issuer.slug")
    achievement = serializers.CharField(source="achievement.slug")
    version = serializers.IntegerField(source="version.number")
    name = serializers.CharField(source="version.name")

    class Meta:
        model = Credential
        fields = (
            *("id", "url", "issuer", "achievement", "version", "name", "basis", "state", "visibility"),
            *("awarded_at", "valid_from", "valid_until"),
        )

    def get_url(self, credential: Credential) -> str:
        return queries.credential_url(credential.public_id)


class MyCredentials(generics.ListAPIView[Credential]):
    """The credentials that you earned."""

    serializer_class = CredentialSerializer
    scopes = {"GET": Scope.CREDENTIALS_READ}
    ordering = ("-awarded_at", "pk")

    def get_queryset(self) -> QuerySet[Credential]:
        mine = Credential.objects.filter(earner=person_of(self.request))
        return mine.select_related("issuer", "achievement", "version")
