from django.urls import path

from apps.pathways.views import stacks

app_name = "pathways"
urlpatterns = [
    path("pathways/stacks/", stacks.stacks, name="stacks"),
    path("pathways/stacks/<public_id:public_id>/", stacks.stack, name="stack"),
]
