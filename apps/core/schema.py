"""The API's description of itself."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.encoding import force_bytes
from django.utils.http import quote_etag
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView

if TYPE_CHECKING:
    from django.http import HttpResponseBase
    from rest_framework.request import Request


class Schema(SpectacularAPIView):
    """The OpenAPI schema, for programs and people. It takes a second to make and is the same for everyone, so each
    process makes it once per language (`?lang=`, or the reader's own) and format.
    """

    kept: ClassVar[dict[tuple[str, str], bytes]] = {}

    @extend_schema(exclude=True)
    def get(self, request: Request, *_args: Any, **_more: Any) -> HttpResponseBase | None:
        told, renderer = request.GET.get("lang", ""), request.accepted_renderer
        language = told if told in dict(settings.LANGUAGES) else translation.get_language()
        kept = self.kept.get((language, renderer.media_type))
        if kept is None:
            with translation.override(language):
                found = self.generator_class().get_schema(request=None, public=True)
                kept = force_bytes(renderer.render(found, renderer.media_type, {}))
            self.kept[language, renderer.media_type] = kept
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        response = HttpResponse(kept, content_type=renderer.media_type + charset)
        response["Content-Disposition"] = f'inline; filename="Satchel API.{renderer.format}"'
        response["Cache-Control"] = "private, no-cache"
        response["ETag"] = etag = quote_etag(sha256(kept).hexdigest())
        patch_vary_headers(response, ("Accept", "Accept-Language", "Cookie"))
        return get_conditional_response(request, etag, None, response)
