from django.urls import path

from apps.credentials import views

app_name = "credentials"
urlpatterns = [
    path("issuers/<slug:slug>", views.issuer, name="issuer"),
    path("c/<public_id:public_id>.json", views.credential_json, name="json"),
    path("c/<public_id:public_id>.png", views.credential_png, name="png"),
    path("endorsements/", views.endorsements, name="endorsements"),
    path("endorsements/request/issuer/<slug:issuer>/", views.request_endorsement, name="request_endorsement"),
    path(
        "endorsements/request/achievement/<slug:achievement>/v<int:number>/",
        views.request_endorsement,
        name="request_endorsement",
    ),
    path(
        "endorsements/request/credential/<public_id:credential>/",
        views.request_endorsement,
        name="request_endorsement",
    ),
    path("endorsements/<public_id:public_id>", views.endorsement, name="endorsement"),
    path("endorsements/<public_id:public_id>/accept/", views.accept_endorsement, name="accept_endorsement"),
    path("endorsements/<public_id:public_id>/decline/", views.decline_endorsement, name="decline_endorsement"),
    path("endorsements/<public_id:public_id>/withdraw/", views.withdraw_endorsement, name="withdraw_endorsement"),
    path("endorsements/<public_id:public_id>/take-back/", views.take_back_endorsement, name="take_back_endorsement"),
    path("verify/", views.verify, name="verify"),
]
