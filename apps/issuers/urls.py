from django.urls import path

from apps.issuers import views

app_name = "issuers"
urlpatterns = [
    path("catalogue/", views.catalogue, name="catalogue"),
    path("achievements/<slug:slug>/v<int:number>/badge.png", views.picture, name="picture"),
]
