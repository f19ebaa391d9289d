from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status, views
from rest_framework.response import Response

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.notices import verbs, words
from apps.notices.models import Notice

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """A notice, worded in the language that the request asks for."""

    id = serializers.CharField(source="public_id")
    title = serializers.SerializerMethodField()
    line = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ("id", "kind", "title", "line", "url", "way", "made_at", "read_at")

    def get_title(self, notice: Notice) -> str:
        return words.title_of(notice)

    def get_line(self, notice: Notice) -> str:
        return words.line_of(notice)

    def get_url(self, notice: Notice) -> str:
        return f"{settings.PUBLIC_URL}{notice.address}"


class MyNotices(generics.ListAPIView[Notice]):
    """Your notices, newest first."""

    serializer_class = NoticeSerializer
    scopes = {"GET": Scope.NOTICES_READ}
    ordering = ("-made_at", "-id")

    def get_queryset(self) -> QuerySet[Notice]:
        return Notice.objects.visible_to(person_of(self.request))


class ReadNotice(views.APIView):
    """Mark one of your notices as read."""

    scopes = {"POST": Scope.NOTICES_WRITE}

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, public_id: str) -> Response:
        person = person_of(request)
        verbs.read(get_object_or_404(Notice.objects.visible_to(person), public_id=public_id), by=person)
        return Response(status=status.HTTP_204_NO_CONTENT)
