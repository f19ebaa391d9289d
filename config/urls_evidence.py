"""The evidence host knows this one address."""

from django.urls import path

from apps.submissions import views

urlpatterns = [path("<str:token>/<str:name>", views.evidence_file, name="evidence_file")]
