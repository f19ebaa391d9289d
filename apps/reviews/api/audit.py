"""API for the export of an issuer's decisions, for those who run it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.issuers.models import Issuer
from apps.reviews.forms import AuditForm
from apps.reviews.views.audit import sent

if TYPE_CHECKING:
    from typing import Any

    from django.http import StreamingHttpResponse
    from rest_framework.request import Request


class _AnyKind(DefaultContentNegotiation):
    """Always answers with a ZIP, whatever the request accepts."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class AuditTrail(APIView):
    """Every decision of an organisation that you run, with proof that nothing was changed afterwards."""

    scopes = {"GET": Scope.AWARDS_READ}
    limits = {"GET": "export"}
    content_negotiation_class = _AnyKind

    @extend_schema(
        parameters=[OpenApiParameter("since", OpenApiTypes.DATE), OpenApiParameter("until", OpenApiTypes.DATE)],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        """One ZIP, written while it is sent; its README says how to check it. `since` and `until` are days in the issuer's
        time zone, and both are included. By default `until` is today, and `since` a year before `until`.
        """
        by = person_of(request)
        issuer = get_object_or_404(Issuer.objects.run_by(by), slug=slug)
        form = AuditForm(request.GET, issuer=issuer)
        asked = form.asked(by)
        if asked is None:
            raise serializers.ValidationError({name: [str(one) for one in said] for name, said in form.errors.items()})
        return sent(asked, method=request.method)
