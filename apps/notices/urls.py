"""/dev/mail/, only where letters are kept."""

from django.urls import path

from apps.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.kept_letters, name="kept_letters"),
    path("<str:name>/", views.kept_letter, name="kept_letter"),
    path("<str:name>/html/", views.kept_html, name="kept_html"),
    path("<str:name>/attachments/<int:number>/", views.kept_attachment, name="kept_attachment"),
]
