"""API for sharing what an earner shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.response import Response

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.backpacks import queries, records, sheet
from apps.core.refused import Refused
from apps.credentials import queries as credentials
from apps.credentials.models import Credential

if TYPE_CHECKING:
    from rest_framework.request import Request


class LinkSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    url = serializers.URLField()


class LinkedInSerializer(serializers.Serializer[Any]):
    add_to_profile = serializers.URLField(allow_null=True)
    share = serializers.URLField()


class EmbedSerializer(serializers.Serializer[Any]):
    url = serializers.URLField()
    html = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class OembedSerializer(serializers.Serializer[Any]):
    json = serializers.URLField()
    xml = serializers.URLField()


class QrSerializer(serializers.Serializer[Any]):
    svg = serializers.URLField()
    png = serializers.URLField()


class ShareSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    url = serializers.URLField()
    short_url = serializers.URLField(allow_null=True)
    linkedin = LinkedInSerializer()
    networks = LinkSerializer(many=True)
    cv_line = serializers.CharField(allow_null=True)
    signature_html = serializers.CharField(allow_null=True)
    embed = EmbedSerializer()
    oembed = OembedSerializer()
    qr = QrSerializer()
    card = serializers.URLField()


class ShareCredential(generics.GenericAPIView[Credential]):
    """Every way to share a credential that you show. 409 while only you see it."""

    serializer_class = ShareSerializer
    scopes = {"GET": Scope.CREDENTIALS_READ}

    @extend_schema(responses={200: ShareSerializer})
    def get(self, request: Request, public_id: str) -> Response:
        mine = Credential.objects.filter(earner=person_of(request)).for_its_page()
        found = get_object_or_404(mine, public_id=public_id)
        if found.seen_by == Credential.Visibility.PRIVATE:
            raise Refused(_("Nobody but you sees it now. Show it first."))
        told = records.record_of(found, form=credentials.signed_form(found), full=False, brief=True)
        return Response(sheet.of_credential(told, found, short=queries.short_address_of(found)).to_json())
