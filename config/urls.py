"""Every URL of the main host. A path prefix isn't an app: a page lives in the highest app whose data it shows."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from apps.accounts.urls import document_urls, language_url
from apps.backpacks.urls import home_url
from apps.core import views as core
from apps.core.addresses import by_first_word
from config.api import api_urls

handler400 = "apps.core.views.bad_request"
handler404 = "apps.core.views.page_not_found"
handler500 = "apps.core.views.server_error"
# One sign-in for everyone, with its limits and second step: the admin has none of its own.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

addresses = [
    path("", include("apps.credentials.urls")),
    home_url,
    language_url,
    path("", include("apps.core.urls")),
    path("", include(document_urls)),
    path("", include("apps.notices.urls")),
    path("", include("apps.frameworks.urls")),
    path("", include("apps.issuers.urls")),
    path("", include("apps.pathways.urls")),
    path("", include("apps.submissions.urls")),
    path("", include("apps.reviews.urls")),
    path("", include("apps.backpacks.urls")),
    path("accounts/", include("apps.accounts.urls")),
    path("accounts/", include("apps.accounts.urls_allauth")),
    # The password is changed where its limits, its letter and its event are.
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api_urls)),
]
if settings.MODE != "prod":
    addresses.append(path("styleguide/", core.styleguide, name="styleguide"))
urlpatterns = by_first_word(addresses)
