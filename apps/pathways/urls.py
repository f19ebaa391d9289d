from django.urls import include, path

from apps.pathways.views import agreements, stacks

app_name = "pathways"
# Inside one organisation.
agreement_urls = [
    path("", agreements.agreements, name="agreements"),
    path("propose/", agreements.propose_agreement, name="propose_agreement"),
    path("<public_id:public_id>/", agreements.agreement, name="agreement"),
    path("<public_id:public_id>/accept/", agreements.accept_agreement, name="accept_agreement"),
    path("<public_id:public_id>/decline/", agreements.decline_agreement, name="decline_agreement"),
    path("<public_id:public_id>/withdraw/", agreements.withdraw_agreement, name="withdraw_agreement"),
    path("<public_id:public_id>/end/", agreements.end_agreement, name="end_agreement"),
]
urlpatterns = [
    path("pathways/stacks/", stacks.stacks, name="stacks"),
    path("pathways/stacks/<public_id:public_id>/", stacks.stack, name="stack"),
    path("organisations/<slug:slug>/agreements/", include(agreement_urls)),
]
