"""The evidence host has only these two URLs; both begin with a signed link."""

from django.urls import path

from apps.submissions import views

urlpatterns = [
    path("<str:token>/view", views.viewer, name="viewer"),
    path("<str:token>/<str:name>", views.evidence_file, name="evidence_file"),
]
