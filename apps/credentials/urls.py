from django.urls import path

from apps.credentials import views

app_name = "credentials"
urlpatterns = [
    path("issuers/<slug:slug>", views.issuer, name="issuer"),
    path("c/<public_id:public_id>.json", views.credential_json, name="json"),
    path("c/<public_id:public_id>.png", views.credential_png, name="png"),
    path("verify/", views.verify, name="verify"),
]
