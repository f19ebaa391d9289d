from django.urls import path

from apps.core import views

urlpatterns = [
    path("health/", views.health, name="health"),
    path("help/", views.help_page, name="help"),
    path("doctor/", views.doctor, name="doctor"),
    path("preferences/theme/", views.theme, name="theme"),
    path("preferences/role/", views.role, name="role"),
]
