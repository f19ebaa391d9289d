"""Every address of the main host. A path prefix is not a room: a page lives in the highest room whose data it shows."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from apps.backpacks.urls import home_url
from apps.core import views as core
from config.api import api_urls

handler400 = "apps.core.views.bad_request"
handler500 = "apps.core.views.server_error"

urlpatterns = [
    home_url,
    path("", include("apps.core.urls")),
    path("", include("apps.issuers.urls")),
    path("", include("apps.credentials.urls")),
    path("", include("apps.submissions.urls")),
    path("", include("apps.reviews.urls")),
    path("", include("apps.backpacks.urls")),
    path("accounts/", include("apps.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api_urls)),
]
if settings.MODE != "prod":
    urlpatterns += [
        path("dev/mail/", include("apps.notices.urls")),
        path("styleguide/", core.styleguide, name="styleguide"),
    ]
