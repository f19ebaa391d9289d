from django.urls import path

from apps.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.account, name="account"),
    path("profile/", views.profile, name="profile"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/sign-out-elsewhere/", views.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("consent/", views.consent, name="consent"),
    path("leave/", views.leave, name="leave"),
    path("merge/", views.ask_merge, name="ask_merge"),
    path("merge/sign-in/", views.begin_merge, name="begin_merge"),
    path("merge/here/", views.merge_here, name="merge_here"),
    path("merge/<str:token>/", views.merge_by_letter, name="merge_by_letter"),
    path("erased/<public_id:reference>/", views.erasure, name="erasure"),
    path("guardian/", views.guardian, name="guardian"),
    path("guardian/minor/", views.say_minor, name="say_minor"),
    path("guardian/<str:token>/", views.guardian_consent, name="guardian_consent"),
    path("stay/", views.stay, name="stay"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<public_id:public_id>/revoke/", views.revoke_token, name="revoke_token"),
]

# Beside the shell's other preferences.
language_url = path("preferences/language/", views.speak, name="language")

# The texts people agree to are linked from the footer of the whole site.
document_urls = [
    path("terms/", views.document, {"document": "terms"}, name="terms"),
    path("terms/v<int:version>", views.document, {"document": "terms"}, name="terms_version"),
    path("privacy/", views.document, {"document": "privacy"}, name="privacy"),
    path("privacy/v<int:version>", views.document, {"document": "privacy"}, name="privacy_version"),
]
