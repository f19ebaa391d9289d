from django.urls import include, path

from apps.issuers.views import catalogue, organisations

app_name = "issuers"
# Inside one organisation.
organisation_urls = [
    path("", organisations.organisation, name="organisation"),
    path("place/", organisations.place, name="place"),
    path("verify/", organisations.verify, name="verify"),
    path("unverify/", organisations.unverify, name="unverify"),
    path("owner/", organisations.invite_owner, name="invite_owner"),
    path("profile/", organisations.edit_issuer, name="edit_issuer"),
    path("logo/", organisations.set_logo, name="set_logo"),
    path("logo/remove/", organisations.remove_logo, name="remove_logo"),
    path("approvals/", organisations.add_approval, name="approvals"),
    path("approvals/<public_id:public_id>/", organisations.change_approval, name="change_approval"),
    path("approvals/<public_id:public_id>/remove/", organisations.remove_approval, name="remove_approval"),
    path("people/", organisations.people, name="people"),
    path("people/invite/", organisations.invite, name="invite"),
    path("people/<public_id:public_id>/", organisations.seat, name="seat"),
    path("people/<public_id:public_id>/end/", organisations.end_seat, name="end_seat"),
    path("people/<public_id:public_id>/suspend/", organisations.suspend, name="suspend"),
    path("people/<public_id:public_id>/resume/", organisations.resume, name="resume"),
    path("invitations/<public_id:public_id>/resend/", organisations.resend, name="resend"),
    path("invitations/<public_id:public_id>/withdraw/", organisations.withdraw_invitation, name="withdraw_invitation"),
    path("leave/", organisations.leave, name="leave"),
]
urlpatterns = [
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("achievements/<slug:slug>/v<int:number>/badge.png", catalogue.picture, name="picture"),
    path("issuers/<slug:slug>/logo.png", organisations.logo, name="logo"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/found/", organisations.found, name="found"),
    path("organisations/<slug:slug>/", include(organisation_urls)),
    path("invitations/<str:token>/", organisations.invitation, name="invitation"),
    path("invitations/<str:token>/accept/", organisations.accept_invitation, name="accept_invitation"),
    path("invitations/<str:token>/decline/", organisations.decline_invitation, name="decline_invitation"),
]
