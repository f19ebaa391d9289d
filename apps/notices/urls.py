"""/notices/, and /dev/mail/ where letters are kept instead of sent."""

from django.conf import settings
from django.urls import path

from apps.notices.views import kept, mail_events, notices

app_name = "notices"
urlpatterns = [
    # Beside the API, which has its own limits: a mail service reports on many letters at once.
    path("api/mail-events/<slug:service>/", mail_events.mail_events, name="mail_events"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read-all/", notices.read_all, name="read_all"),
    path("notices/preferences/", notices.preferences, name="preferences"),
    path("notices/unsubscribe/<str:token>/", notices.unsubscribe, name="unsubscribe"),
    path("notices/<public_id:public_id>/", notices.read, name="read"),
]
if settings.MODE != "prod":
    urlpatterns += [
        path("dev/mail/", kept.kept_letters, name="kept_letters"),
        path("dev/mail/<str:name>/", kept.kept_letter, name="kept_letter"),
        path("dev/mail/<str:name>/html/", kept.kept_html, name="kept_html"),
        path("dev/mail/<str:name>/attachments/<int:number>/", kept.kept_attachment, name="kept_attachment"),
    ]
