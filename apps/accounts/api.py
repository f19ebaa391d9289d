from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers, views
from rest_framework.response import Response

from apps.accounts import queries
from apps.accounts.http import person_of
from apps.accounts.models import Scope

if TYPE_CHECKING:
    from rest_framework.request import Request


class MeSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    addresses = serializers.ListField(child=serializers.EmailField())


class Me(views.APIView):
    """The person that a session or token stands for."""

    scopes = {"GET": Scope.PROFILE_READ}
    serializer_class = MeSerializer

    def get(self, request: Request) -> Response:
        person = person_of(request)
        body = {"id": person.public_id, "name": person.name, "addresses": queries.verified_addresses_of(person)}
        return Response(MeSerializer(body).data)
