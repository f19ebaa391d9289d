from django.urls import path

from apps.issuers.views import catalogue

app_name = "issuers"
urlpatterns = [
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("achievements/<slug:slug>/v<int:number>/badge.png", catalogue.picture, name="picture"),
]
